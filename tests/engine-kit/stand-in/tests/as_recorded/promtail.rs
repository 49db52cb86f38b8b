use crate::program::{Folder, Program, command, unheard};
use crate::{HEAD, Verdict, WHOLE, assert_command, every_recording_has_a_verdict, play, recording};

const PORT: u16 = 9080;
const VERSION: (&str, &str) = ("STANDIN_VERSION", "3.6.15");

const SAID: Verdict = Verdict::In("promtail_says_nothing_that_was_not_recorded_and_ends_with_0");
const COLLECTS: Verdict = Verdict::In("collectors");
const REFUSED_AT_START: Verdict = Verdict::In("refusals");

const VERDICTS: &[(&str, Verdict)] = &[
    ("ready.http", WHOLE),
    ("ready-now.http", WHOLE),
    ("ready-loki-away.http", WHOLE),
    ("ready-proxy-away.http", WHOLE),
    ("targets.http", HEAD),
    ("service-discovery.http", HEAD),
    ("config.http", HEAD),
    ("not-found.http", WHOLE),
    ("metrics.http", HEAD),
    ("reload-off.http", WHOLE),
    ("root.http", WHOLE),
    ("metrics-of-sending.txt", COLLECTS),
    ("proxy-away-log.txt", COLLECTS),
    ("loki-away-stopped-log.txt", COLLECTS),
    ("loki-away-data-dropped-log.txt", COLLECTS),
    ("starting-transitions.txt", Verdict::Left("until its port is open it answers nothing, here and there")),
    ("start-log.txt", SAID),
    ("version.txt", SAID),
    ("check-syntax-good.txt", REFUSED_AT_START),
    ("check-syntax-bad.txt", REFUSED_AT_START),
    ("start-bad-config.txt", REFUSED_AT_START),
];

/// Nobody listens at either address.
pub const CONFIG: &str = "server:
  http_listen_port: 9080
positions:
  filename: POSITIONS
clients:
  - url: http://LOKI:3100/loki/api/v1/push
scrape_configs:
  - job_name: containers
    docker_sd_configs:
      - host: tcp://PROXY:2375
        refresh_interval: 5s
";

#[test]
fn every_recording_of_promtail_has_a_verdict() {
    every_recording_has_a_verdict("promtail", VERDICTS);
}

fn start(folder: &Folder) -> Program {
    let positions = folder.path().join("positions.yml").to_string_lossy().into_owned();
    // Without an engine and without Loki: it is ready all the same.
    let config = CONFIG
        .replace("POSITIONS", &positions)
        .replace("LOKI", "127.0.0.1")
        .replace("tcp://PROXY:2375", "unix:///x");
    let file = folder.file("promtail.yml", &config);
    Program::start("promtail", &[&format!("-config.file={file}")], &[VERSION], PORT)
}

#[test]
fn the_recordings_of_promtail_are_answered() {
    let folder = Folder::new();
    play(&start(&folder), "promtail", VERDICTS, |_| PORT, |_, _| {});
}

#[test]
fn promtail_says_nothing_that_was_not_recorded_and_ends_with_0() {
    let folder = Folder::new();
    let mut promtail = start(&folder);
    assert_eq!(promtail.stop(), Some(0));
    assert_eq!(unheard(&promtail.said(), &[recording::text("promtail", "start-log.txt")]), [""; 0]);
    let version = command("promtail", &promtail.address, &["-version"]).env(VERSION.0, VERSION.1).output();
    assert_command(&recording::text("promtail", "version.txt"), &version.expect("it runs"));
}
