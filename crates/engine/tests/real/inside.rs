//! Programs run inside of containers, and the sizes of volumes.

use std::time::Duration;

use engine::EngineError;

use crate::stand::{Stand, stand};

const STORE: &str = "
services:
  store:
    image: switchyard/test-base:1
    command: [sh, -c, 'head -c 300000 /dev/zero >/data/zeros && exec sleep 3600']
    volumes: ['data:/data']
    stop_grace_period: 1s
volumes: {data: {}}
";

async fn run(stand: &Stand, container: &str, script: &str) -> Result<engine::Ran, EngineError> {
    let command = ["sh", "-c", script].map(str::to_owned);
    stand.engine.run_inside(container, &command, Duration::from_secs(10)).await
}

#[tokio::test]
async fn a_program_in_a_container_is_run_to_its_end() {
    let stand = stand("eng-inside", STORE).await;
    stand.prepare().await;
    let container = stand.run("store").await;

    let ran = run(&stand, &container.id, "echo out; echo err >&2; exit 3").await.unwrap();
    assert_eq!(ran.exit_code, 3);
    let mut lines: Vec<&str> = ran.output.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["err", "out"]);

    let long = run(&stand, &container.id, "yes | head -c 1000000").await.unwrap();
    assert_eq!((long.exit_code, long.output.len()), (0, 64 << 10), "bounded, and read to the end");

    let command = ["no-such-program".to_owned()];
    let none = stand.engine.run_inside(&container.id, &command, Duration::from_secs(10));
    match none.await {
        Ok(ran) => assert!(matches!(ran.exit_code, 126 | 127), "{ran:?}"),
        Err(error) => assert!(matches!(error, EngineError::Engine { .. }), "{error:?}"),
    }

    let command = ["sleep", "60"].map(str::to_owned);
    let endless = stand.engine.run_inside(&container.id, &command, Duration::from_millis(200)).await;
    assert!(matches!(endless, Err(EngineError::TimedOut { .. })), "{endless:?}");

    stand.clear().await;
    let gone = run(&stand, &container.id, "true").await;
    assert!(matches!(gone, Err(EngineError::NoSuchContainer { .. })), "{gone:?}");
}

#[tokio::test]
async fn volumes_are_measured() {
    let stand = stand("eng-sizes", STORE).await;
    stand.prepare().await;
    let container = stand.run("store").await;
    // The file is complete when the program that follows it runs.
    let waited = run(&stand, &container.id, "until pidof sleep >/dev/null; do :; done").await.unwrap();
    assert_eq!(waited.exit_code, 0, "{waited:?}");
    let sizes = stand.engine.volume_sizes().await.unwrap();
    assert!(sizes["eng-sizes_data"] >= 300_000, "{sizes:?}");
    stand.clear().await;
}
