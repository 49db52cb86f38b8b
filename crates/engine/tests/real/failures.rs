//! What goes wrong, by name.

use engine::{EngineError, EventKind, LogOptions};
use futures_util::{StreamExt, TryStreamExt};
use stack::{
    observed::{Health, State},
    plan::{ExistingContainer, Op},
};

use crate::stand::stand;

const PLAIN: &str = "
services:
  x: {image: 'switchyard/test-base:1', command: [sleep, '1000'], stop_grace_period: 0s}
  absent: {image: 'switchyard/no-such-image:9', command: [sleep, '1000']}
  fails: {image: 'switchyard/test-base:1', command: [sh, -c, 'echo before; echo why >&2; exit 3']}
  sick:
    image: switchyard/test-base:1
    command: [sleep, '1000']
    healthcheck: {test: [CMD-SHELL, 'echo refused; exit 1'], interval: 1s, retries: 1}
  nonsense: {image: 'switchyard/test-base:1', command: [/no/such/program]}
";

#[tokio::test]
async fn a_missing_image_is_missing() {
    let stand = stand("eng-absent", PLAIN).await;
    stand.prepare().await;
    let error = stand.create("absent").await.unwrap_err();
    assert!(matches!(error, EngineError::ImageNotFound { .. }), "{error:?}");
    let error = stand.pull("switchyard/no-such-image:9").await.unwrap_err();
    eprintln!("pull of a missing image: {error:?}");
    assert!(
        matches!(
            error,
            EngineError::ImageNotFound { .. }
                | EngineError::RegistryDenied { .. }
                // Engines ask Docker Hub when the mirror has nothing, and there is no network here.
                | EngineError::RegistryUnreachable { .. }
        ),
        "{error:?}"
    );
    stand.clear().await;
}

#[tokio::test]
async fn a_taken_name_is_taken() {
    let stand = stand("eng-name", PLAIN).await;
    stand.prepare().await;
    let first = stand.create("x").await.unwrap();
    // Another service, or another configuration of the same one, is another container.
    let error = stand.create_as("sick", &first.name, None).await.unwrap_err();
    assert!(matches!(&error, EngineError::NameTaken { name } if *name == first.name), "{error:?}");
    let again = stand.create("x").await.unwrap();
    assert_eq!(again.id, first.id, "the very container that is wanted is taken over");
    let other = stand.create_as("x", "eng-name-other", None).await.unwrap();
    let container = stack::plan::ContainerRef::Existing(other);
    let error = stand.perform(Some("x"), Op::Rename { container, name: first.name }).await.unwrap_err();
    assert!(matches!(error, EngineError::NameTaken { .. }), "{error:?}");
    stand.clear().await;
}

#[tokio::test]
async fn a_running_container_is_not_removed() {
    let stand = stand("eng-force", PLAIN).await;
    stand.prepare().await;
    let container = stand.run("x").await;
    let error = stand.perform(Some("x"), Op::Remove(container)).await.unwrap_err();
    assert!(matches!(error, EngineError::Engine { status: 409, .. }), "{error:?}");
    stand.clear().await;
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let stand = stand("eng-gone", PLAIN).await;
    let ghost = ExistingContainer { id: "feedfeedfeed".to_owned(), name: "ghost".to_owned() };
    let error = stand.start("x", &ghost).await.unwrap_err();
    assert!(matches!(error, EngineError::NoSuchContainer { .. }), "{error:?}");
    let error = stand.engine.evidence(&ghost.id, 5).await.unwrap_err();
    assert!(matches!(error, EngineError::NoSuchContainer { .. }), "{error:?}");
    for tty in [None, Some(false)] {
        let logs = stand.engine.logs(&ghost.id, tty, LogOptions::default());
        let error = logs.try_collect::<Vec<_>>().await.unwrap_err();
        assert!(matches!(error, EngineError::NoSuchContainer { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_failure_leaves_evidence() {
    let stand = stand("eng-evidence", PLAIN).await;
    stand.prepare().await;
    let fails = stand.run("fails").await;
    stand.until(|container| container.state == State::Exited && container.exit_code == Some(3)).await;
    let evidence = stand.engine.evidence(&fails.id, 10).await.unwrap();
    assert_eq!((evidence.exit_code, evidence.oom_killed), (Some(3), false));
    let mut lines = evidence.log_tail.clone();
    lines.sort();
    assert_eq!(lines, ["before", "why"]);

    let sick = stand.run("sick").await;
    stand.until(|container| container.health == Some(Health::Unhealthy)).await;
    let check = stand.engine.evidence(&sick.id, 10).await.unwrap().healthcheck.unwrap();
    assert_eq!((check.exit_code, check.output.trim()), (1, "refused"));

    let nonsense = stand.create("nonsense").await.unwrap();
    let error = stand.start("nonsense", &nonsense).await.unwrap_err();
    eprintln!("a program that does not exist: {error}");
    let evidence = stand.engine.evidence(&nonsense.id, 10).await.unwrap();
    assert!(evidence.error.contains("no such file"), "{evidence:?}");
    stand.clear().await;
}

#[tokio::test]
async fn a_cancelled_stop_does_not_wait_for_the_end() {
    let yaml = "
services:
  x: {image: 'switchyard/test-base:1', command: [sh, -c, 'trap : TERM; while :; do sleep 1; done'], stop_grace_period: 20s}
";
    let stand = stand("eng-cancel", yaml).await;
    stand.prepare().await;
    let container = stand.run("x").await;
    let mut events = stand.engine.events(None);
    let stop = stand.perform(Some("x"), Op::Stop(container));
    let (stopped, ()) = tokio::join!(stop, async {
        // The engine has asked it to stop, and now waits for it.
        while let Some(Ok(event)) = events.next().await {
            if event.project == "eng-cancel" && event.kind == EventKind::Killed {
                break;
            }
        }
        stand.cancel.cancel();
    });
    assert!(matches!(stopped, Err(EngineError::Cancelled)), "{stopped:?}");
    assert_eq!(stand.observe().await.containers[0].state, State::Running, "its grace period is not over");
    let stand = crate::stand::stand("eng-cancel", yaml).await;
    stand.clear().await;
}
