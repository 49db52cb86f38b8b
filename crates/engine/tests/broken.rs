//! Engines that hang, break off or talk nonsense: each becomes an error of its own, in time.
#![cfg(unix)]
#![allow(missing_docs, reason = "a test binary has no API")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    time::Duration,
};

use engine::{Deadlines, Engine, EngineError, LogOptions};
use expect_test::{Expect, expect};
use futures_util::{StreamExt, TryStreamExt};
use stack::compose::Project;

/// An engine that introduces itself properly and then answers every request with `answer`; an answer
/// that ends in `…` leaves the connection open.
async fn engine_that_says(answer: &'static str) -> (Engine, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let request = head_of(&mut connection);
            let answer = if request.starts_with("GET /version") {
                r#"HTTP/1.1 200 OK
content-length: 52

{"Version":"99","ApiVersion":"1.51","Os":"linux"}   "#
            } else {
                answer
            };
            _ = connection.write_all(answer.trim_end_matches('…').replace('\n', "\r\n").as_bytes());
            if answer.ends_with('…') {
                open.push(connection);
            }
        }
    });
    let deadlines = Deadlines {
        read: Duration::from_millis(200),
        change: Duration::from_millis(200),
        ..Deadlines::default()
    };
    let endpoint = engine::resolve(path.to_str(), &|_| None, folder.path()).unwrap();
    (Engine::connect_within(&endpoint, deadlines).await.unwrap(), folder)
}

fn head_of(connection: &mut UnixStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

async fn check(answer: &'static str, expected: &Expect) {
    let (engine, _folder) = engine_that_says(answer).await;
    let project = Project::default();
    let looked = tokio::time::timeout(Duration::from_secs(60), engine.observe(&project)).await;
    let error = looked.expect("it ends by its own deadline").unwrap_err();
    let text = match &error {
        EngineError::Lost { .. } => format!("Lost: {error}"),
        EngineError::TimedOut { .. } => format!("TimedOut: {error}"),
        EngineError::Malformed { .. } => format!("Malformed: {error}"),
        EngineError::Engine { .. } => format!("Engine: {error}"),
        other => format!("unexpected: {other:?}"),
    };
    // Which of the concurrent calls fails first is left open.
    let text = ["containers", "networks", "volumes", "images"]
        .iter()
        .fold(text, |text, what| text.replace(&format!("list {what}"), "list …"));
    expected.assert_eq(&text);
}

#[tokio::test]
async fn an_engine_that_hangs_before_its_answer() {
    check("…", &expect!["TimedOut: list …: no answer within 0 s"]).await;
}

#[tokio::test]
async fn an_engine_that_hangs_within_its_answer() {
    check("HTTP/1.1 200 OK\ncontent-length: 99\n\n[…", &expect!["TimedOut: list …: no answer within 0 s"])
        .await;
}

#[tokio::test]
async fn an_engine_that_breaks_off() {
    check("", &expect!["Lost: list …: the connection to the engine broke"]).await;
    check(
        "HTTP/1.1 200 OK\ncontent-length: 99\n\n[",
        &expect!["Lost: list …: the connection to the engine broke"],
    )
    .await;
}

#[tokio::test]
async fn an_engine_that_talks_nonsense() {
    check(
        "HTTP/1.1 200 OK\ncontent-length: 3\n\n[{]",
        &expect!["Malformed: list …: the engine's answer cannot be read"],
    )
    .await;
    check(
        "HTTP/1.1 500 Oops\ncontent-length: 18\n\n{\"message\":\"ouch\"}",
        &expect!["Engine: list …: ouch (status 500)"],
    )
    .await;
    check(
        "HTTP/1.1 502 Oops\ncontent-length: 11\n\n<b>gone</b>",
        &expect!["Engine: list …: <b>gone</b> (status 502)"],
    )
    .await;
}

#[tokio::test]
async fn streams_end_with_the_reason_after_what_was_read() {
    let (engine, _folder) = engine_that_says(
        "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2d\n{\"Type\":\"container\",\"Action\":\"nonsense\"}    \n\n",
    )
    .await;
    let events: Vec<_> = engine.events(None).collect().await;
    assert!(matches!(events.as_slice(), [Err(EngineError::Lost { .. })]), "{events:?}");

    let (engine, _folder) =
        engine_that_says("HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n7\nwhole\n\n").await;
    let mut lines = engine.logs("x", Some(true), LogOptions::default());
    assert_eq!(lines.next().await.unwrap().unwrap().text, "whole");
    assert!(matches!(lines.next().await, Some(Err(EngineError::Lost { .. }))));
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn an_event_stream_that_never_opens_times_out() {
    let (engine, _folder) = engine_that_says("…").await;
    let error = engine.events(None).try_next().await.unwrap_err();
    assert!(matches!(error, EngineError::TimedOut { seconds: 1, .. }), "{error:?}");
}
