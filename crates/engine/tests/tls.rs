//! An engine that takes nobody without certificates is reached by its context, and by nothing less.
#![cfg(unix)]
#![allow(missing_docs, reason = "a test binary has no API")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/tls.rs"]
mod tls;

use std::{
    io::{Read, Write},
    os::unix::net::UnixListener,
};

use engine::{Engine, Origin};

fn nothing(_: &str) -> Option<String> {
    None
}

#[tokio::test]
async fn a_context_reaches_its_engine_with_its_certificates_and_its_address_alone_does_not() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            _ = connection.read(&mut [0; 4096]);
            let body = r#"{"Version":"99","ApiVersion":"1.47"}"#;
            _ = write!(connection, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        }
    });
    let door = tls::door(home.path(), "safe", socket).await;

    let found = engine::candidates(&nothing, home.path());
    let safe = found.iter().find(|it| *it.origin() == Origin::Context("safe".to_owned())).unwrap();
    let chosen = engine::pick(&safe.id(), &nothing, home.path()).unwrap();
    let engine = Engine::connect(&chosen).await.unwrap();
    assert_eq!((engine.info().version.as_str(), engine.info().uri.as_str()), ("99", door.address.as_str()));
    let again = Engine::greet(engine.endpoint()).await.unwrap();
    assert_eq!(again.endpoint(), &chosen, "a later connection is made of the same");

    let address = engine::resolve(Some(&door.address), &nothing, home.path()).unwrap();
    Engine::connect(&address).await.expect_err("it has no certificates");
}
