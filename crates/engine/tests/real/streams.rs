//! Pulls, events, logs and stats.

use std::time::Duration;

use engine::{EngineError, EventKind, LogOptions, Progress};
use futures_util::{StreamExt, TryStreamExt};
use stack::{observed::Health, plan::Op};

use crate::stand::{Stand, stand};

fn reports(stand: &mut Stand) -> Vec<engine::PullProgress> {
    let mut reports = Vec::new();
    while let Ok(Progress::Pull(report)) = stand.reports.try_recv() {
        reports.push(report);
    }
    reports
}

#[tokio::test]
async fn a_pull_reports_how_far_it_is() {
    let mut stand = stand("eng-pull", "services: {x: {image: 'switchyard/test-layers:1'}}").await;
    reports(&mut stand);
    stand.pull("switchyard/test-layers:1").await.unwrap();
    let reports = reports(&mut stand);
    let last = reports.last().unwrap();
    assert!(last.layers > 0);
    assert_eq!((last.layers_done, last.current), (last.layers, last.total));
    assert!(reports.windows(2).all(|pair| pair[0].layers_done <= pair[1].layers_done), "{reports:#?}");
    assert!(stand.observe().await.images.contains_key("switchyard/test-layers:1"));
}

#[tokio::test]
async fn a_cancelled_pull_leaves_no_image() {
    let image = "prom/prometheus:v3.13.2";
    let mut stand = stand("eng-pull-cancel", &format!("services: {{x: {{image: '{image}'}}}}")).await;
    reports(&mut stand);
    let (_, none) = tokio::sync::mpsc::unbounded_channel();
    let mut heard = std::mem::replace(&mut stand.reports, none);
    let (pulled, ()) = tokio::join!(stand.pull(image), async {
        // It is under way.
        heard.recv().await.unwrap();
        stand.cancel.cancel();
    });
    assert!(matches!(pulled, Err(EngineError::Cancelled)), "{pulled:?}");
    assert!(!stand.observe().await.images.contains_key(image));
}

#[tokio::test]
async fn events_tell_what_happens() {
    let yaml = "
services:
  x:
    image: switchyard/test-base:1
    command: [sh, -c, 'trap \"exit 7\" TERM; while :; do sleep 0.1; done']
    healthcheck: {test: [CMD, 'true'], interval: 1s}
";
    let stand = stand("eng-events", yaml).await;
    stand.prepare().await;
    let mut events = stand.engine.events(None);
    let mut seen = Vec::new();
    let act = async {
        // The stream opens when it is polled; an event that nobody saw would be no failure of it.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let container = stand.run("x").await;
        stand.until(|container| container.health == Some(Health::Healthy)).await;
        stand.perform(Some("x"), Op::Stop(container.clone())).await.unwrap();
        stand.perform(Some("x"), Op::Remove(container)).await.unwrap();
    };
    let watch = async {
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            if event.project != "eng-events" {
                continue;
            }
            assert_eq!(event.service, "x");
            assert!(event.time_nano > 0);
            seen.push((event.kind, event.exit_code));
            if event.kind == EventKind::Destroyed {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), async { tokio::join!(act, watch) }).await.unwrap();
    let mut kinds: Vec<EventKind> = seen.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        [kinds.first(), kinds.last()],
        [Some(&EventKind::Created), Some(&EventKind::Destroyed)],
        "{kinds:?}"
    );
    // Engines do not agree whether a container dies before its stop is complete.
    kinds.sort();
    assert_eq!(
        kinds,
        [
            EventKind::Created,
            EventKind::Started,
            EventKind::Died,
            EventKind::Stopped,
            EventKind::Killed,
            EventKind::Destroyed,
            EventKind::Health(Health::Healthy),
        ]
    );
    assert_eq!(seen.iter().find(|(kind, _)| *kind == EventKind::Died).unwrap().1, Some(7));
    stand.clear().await;
}

#[tokio::test]
async fn events_of_the_past_are_told_from_a_moment_on() {
    let yaml = "services: {x: {image: 'switchyard/test-base:1', command: ['true']}}";
    let stand = stand("eng-since", yaml).await;
    stand.prepare().await;
    stand.run("x").await;
    let mut died = stand
        .engine
        .events(Some(1))
        .filter_map(|event| async move {
            let event = event.unwrap();
            (event.project == "eng-since" && event.kind == EventKind::Died).then_some(event)
        })
        .boxed();
    let died = tokio::time::timeout(Duration::from_secs(10), died.next()).await.unwrap().unwrap();
    assert_eq!(died.exit_code, Some(0));
    stand.clear().await;
}

#[tokio::test]
async fn a_hundred_thousand_lines_come_whole_and_in_order() {
    let yaml = "
services:
  x:
    image: switchyard/test-base:1
    command: [sh, -c, 'yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 | head -n 100000']
";
    let stand = stand("eng-logs", yaml).await;
    stand.prepare().await;
    let container = stand.run("x").await;
    stand.until(|container| container.exit_code == Some(0)).await;
    let mut lines = stand.engine.logs(&container.id, Some(false), LogOptions::default());
    let mut count = 0;
    let mut last = 0;
    while let Some(line) = lines.next().await {
        let line = line.unwrap();
        assert_eq!(line.text.len(), 100);
        let time = line.time.unwrap();
        assert!(time >= last);
        last = time;
        count += 1;
    }
    assert_eq!(count, 100_000);
    let tail = LogOptions { tail: Some(1_000), ..LogOptions::default() };
    let lines: Vec<_> = stand.engine.logs(&container.id, None, tail).try_collect().await.unwrap();
    assert_eq!(lines.len(), 1_000);
    let timeless = LogOptions { timeless: true, ..tail };
    let same: Vec<_> = stand.engine.logs(&container.id, None, timeless).try_collect().await.unwrap();
    assert!(same.iter().all(|line| line.time.is_none()));
    assert!(same.iter().map(|line| &line.text).eq(lines.iter().map(|line| &line.text)));
    let since = LogOptions { since: lines.last().unwrap().time, ..LogOptions::default() };
    let lines: Vec<_> = stand.engine.logs(&container.id, Some(false), since).try_collect().await.unwrap();
    assert!((1..1_000).contains(&lines.len()), "{}", lines.len());
    stand.clear().await;
}

#[tokio::test]
async fn logs_keep_streams_long_lines_and_terminals_apart() {
    let yaml = "
services:
  plain: {image: 'switchyard/test-base:1', command: [sh, -c, 'head -c 50000 /dev/zero | tr \"\\\\0\" x; echo; echo err >&2']}
  tty: {image: 'switchyard/test-base:1', tty: true, command: [sh, -c, 'echo one; printf two; sleep 1000'], stop_grace_period: 0s}
";
    let stand = stand("eng-lines", yaml).await;
    stand.prepare().await;
    let plain = stand.run("plain").await;
    stand.until(|container| container.service == "plain" && container.exit_code == Some(0)).await;
    let mut lines: Vec<_> =
        stand.engine.logs(&plain.id, None, LogOptions::default()).try_collect().await.unwrap();
    lines.sort_by_key(|line| line.stderr);
    assert_eq!(lines.len(), 2, "{:?}", lines.iter().map(|line| line.text.len()).collect::<Vec<_>>());
    assert_eq!((lines[0].text.len(), lines[0].text.chars().all(|x| x == 'x')), (50_000, true));
    assert_eq!((lines[1].text.as_str(), lines[1].stderr), ("err", true));

    let tty = stand.run("tty").await;
    let follow = LogOptions { follow: true, ..LogOptions::default() };
    let mut lines = stand.engine.logs(&tty.id, None, follow);
    let first = tokio::time::timeout(Duration::from_secs(10), lines.next()).await.unwrap().unwrap().unwrap();
    assert_eq!((first.text.as_str(), first.stderr, first.time.is_some()), ("one", false, true));
    stand.clear().await;
    // The container is gone, so the stream ends, with what had no line end.
    let rest: Vec<_> =
        tokio::time::timeout(Duration::from_secs(10), lines.try_collect()).await.unwrap().unwrap();
    assert!(rest.iter().all(|line: &engine::LogLine| line.text == "two"), "{rest:?}");
}

#[tokio::test]
async fn stats_say_what_a_container_uses() {
    let yaml = "services: {x: {image: 'switchyard/test-base:1', command: [sh, -c, 'while :; do :; done'], stop_grace_period: 0s, mem_limit: 64m}}";
    let stand = stand("eng-stats", yaml).await;
    stand.prepare().await;
    let container = stand.run("x").await;
    let first = stand.engine.stats_once(&container.id, None).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = stand.engine.stats_once(&container.id, Some(&first)).await.unwrap();
    eprintln!("{second:?}");
    assert!(second.cpu_percent.unwrap() > 10.0);
    assert_eq!(second.memory_limit, 64 << 20);
    let streamed: Vec<_> = stand.engine.stats(&container.id).take(2).try_collect().await.unwrap();
    assert!(streamed[1].cpu_percent.unwrap() > 10.0, "{streamed:?}");
    stand.clear().await;
}

#[tokio::test]
async fn a_container_that_has_written_is_found_within_the_time_in_which_it_did() {
    let yaml = "services:\n  talker:\n    image: switchyard/test-base:1\n    command: [sh, -c, 'echo said; exec sleep 3600']\n    stop_grace_period: 1s\n";
    let stand = stand("eng-writer", yaml).await;
    stand.prepare().await;
    let container = stand.run("talker").await;
    let mut lines =
        stand.engine.logs(&container.id, None, LogOptions { follow: true, ..LogOptions::default() });
    let time = lines.next().await.unwrap().unwrap().time.unwrap();
    // Other tests write on this engine too, so nothing is said of who it was.
    let found = stand.engine.writer(time - 1_000_000, time + 1_000_000_000, None).await.unwrap();
    assert!(found.is_some());
    assert_eq!(stand.engine.writer(1_000_000_000, 2_000_000_000, None).await.unwrap(), None, "long before");
    stand.clear().await;
}
