//! Following on an engine that breaks off, refuses, goes and comes back.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::{UnixListener, UnixStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use engine::Engine;
use stack::observed::{Container, State};
use tokio::sync::{mpsc, watch};

use super::*;

/// What the engine does at the moment.
#[derive(Default)]
struct World {
    /// Lines that `chatty` has written: one a second.
    written: u64,
    /// The next answer with its lines ends in the middle of a line after so many of them.
    breaks_after: Option<u64>,
    /// `mute` can be read.
    speaks: bool,
}

fn frame(second: u64) -> Vec<u8> {
    let text = format!("2024-02-29T12:30:{second:02}.000000000Z line {second}\n");
    let mut frame = vec![1, 0, 0, 0];
    frame.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    frame.extend(text.as_bytes());
    frame
}

fn answer(mut stream: UnixStream, world: &Mutex<World>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let mut world = world.lock().unwrap();
    let json = |text: &str| {
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}", text.len())
    };
    let chunked = "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut chunks: Vec<Vec<u8>> = Vec::new();
    if request.contains("/version") {
        let _ = stream.write_all(json(r#"{"Version":"99","ApiVersion":"1.51","Os":"linux"}"#).as_bytes());
        return;
    } else if request.contains("/json") {
        let _ = stream.write_all(json(r#"{"Id":"x","Config":{"Tty":false}}"#).as_bytes());
        return;
    } else if request.contains("/mute/") && !world.speaks {
        let text = r#"{"message":"the driver keeps nothing"}"#;
        let _ = write!(
            stream,
            "HTTP/1.1 501 No\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        return;
    } else if request.contains("/mute/") {
        chunks.push(frame(1));
    } else {
        // 12:30:00 of that day.
        let begin = 1_709_209_800;
        let since = request.split("since=").nth(1).and_then(|rest| rest.split(['.', '&', ' ']).next());
        let since = since.map_or(0, |second| second.parse::<u64>().unwrap().saturating_sub(begin));
        chunks.extend((1..=world.written).filter(|second| *second >= since).map(frame));
        if let Some(breaks) = world.breaks_after.take() {
            chunks.truncate(usize::try_from(breaks).unwrap());
            let mut half = frame(breaks + 1);
            half.truncate(half.len() - 3);
            chunks.push(half);
            let _ = stream.write_all(chunked.as_bytes());
            for chunk in chunks {
                let _ = write!(stream, "{:x}\r\n", chunk.len());
                let _ = stream.write_all(&chunk).and_then(|()| stream.write_all(b"\r\n"));
            }
            return;
        }
    }
    let _ = stream.write_all(chunked.as_bytes());
    for chunk in chunks {
        let _ = write!(stream, "{:x}\r\n", chunk.len());
        let _ = stream.write_all(&chunk).and_then(|()| stream.write_all(b"\r\n"));
    }
    let _ = stream.write_all(b"0\r\n\r\n");
}

/// What has come, in words.
async fn until(items: &mut mpsc::Receiver<LogItem>, heard: &mut Vec<String>, last: &str) {
    let hear = async {
        while !heard.iter().any(|it| it == last) {
            match items.recv().await.expect("it goes on") {
                LogItem::Lines(lines) => {
                    heard.extend(lines.iter().map(|it| format!("{} {}", it.origin.service, it.line.text)));
                }
                LogItem::News(News::Unreadable(origin, error)) => {
                    heard.push(format!("{} unreadable: {}", origin.service, error.detail));
                }
                LogItem::News(News::Readable(origin)) => heard.push(format!("{} readable", origin.service)),
                LogItem::News(News::EngineLost) => heard.push("lost".to_owned()),
                LogItem::News(News::EngineBack) => heard.push("back".to_owned()),
            }
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), hear).await;
    assert!(waited.is_ok(), "{last:?} did not come: {heard:#?}");
}

#[tokio::test]
async fn each_reader_fails_and_goes_on_alone_and_gives_each_line_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let world = Arc::new(Mutex::new(World { written: 5, breaks_after: Some(3), speaks: false }));
    let shared = world.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let world = shared.clone();
            std::thread::spawn(move || answer(stream, &world));
        }
    });
    let address = format!("unix://{}", path.display());
    let endpoint = engine::resolve(Some(&address), &|_| None, std::path::Path::new("/")).unwrap();
    let engine = Engine::connect(&endpoint).await.unwrap();
    let containers = ["chatty", "mute"].map(|name| Container {
        id: name.to_owned(),
        name: format!("p-{name}-1"),
        service: name.to_owned(),
        state: State::Running,
        ..Container::default()
    });
    let mut known = Sources::default();
    known.update("p", Some(&engine), Some(&containers));
    let (sources, watching) = watch::channel(known);
    let query = LogQuery { services: None, since: None, tail: Some(100), times: true };
    let mut items = follow(watching, query);
    let mut heard = Vec::new();
    until(&mut items, &mut heard, "chatty line 5").await;
    let refused = "mute unreadable: read logs: the driver keeps nothing (status 501)";
    until(&mut items, &mut heard, refused).await;

    sources.send_if_modified(|known| known.update("p", None, None));
    until(&mut items, &mut heard, "lost").await;
    *world.lock().unwrap() = World { written: 9, breaks_after: Some(2), speaks: true };
    let engine = Engine::connect(&endpoint).await.unwrap();
    sources.send_if_modified(|known| known.update("p", Some(&engine), Some(&containers)));
    until(&mut items, &mut heard, "back").await;
    until(&mut items, &mut heard, "chatty line 9").await;
    until(&mut items, &mut heard, "mute line 1").await;

    let of = |name: &str| -> Vec<&str> {
        heard.iter().filter_map(|it| it.strip_prefix(name)?.strip_prefix(' ')).collect()
    };
    let lines: Vec<String> = (1..=9).map(|number| format!("line {number}")).collect();
    assert_eq!(of("chatty"), lines, "{heard:#?}");
    let refused = refused.strip_prefix("mute ").unwrap();
    assert_eq!(of("mute"), [refused, "readable", "line 1"], "{heard:#?}");
}
