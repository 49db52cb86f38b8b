//! The engine behind TLS, by a Docker context.

use std::path::PathBuf;

use engine::Engine;

use crate::{stand::stand, tls};

#[tokio::test]
async fn an_engine_behind_tls_is_the_same_engine() {
    let stand = stand("eng-tls", "services: {x: {image: 'switchyard/test-base:1'}}").await;
    let socket = stand.engine.endpoint().uri().strip_prefix("unix://").map(PathBuf::from).unwrap();
    let home = tempfile::tempdir().unwrap();
    let door = tls::door(home.path(), "safe", socket).await;

    let endpoint = engine::resolve(Some("safe"), &|_| None, home.path()).unwrap();
    let engine = Engine::connect(&endpoint).await.unwrap();
    assert_eq!(engine.info().uri, door.address);
    assert!(!engine.info().local, "it may be anywhere");
    let seen = engine.observe(&stand.project).await.unwrap();
    assert_eq!(seen.images, stand.observe().await.images);
}
