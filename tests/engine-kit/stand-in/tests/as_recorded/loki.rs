use serde_json::json;

use crate::compare::series;
use crate::program::{Folder, Program, command, unheard};
use crate::{HEAD, Verdict, WHOLE, assert_command, every_recording_has_a_verdict, play, recording};

const PORT: u16 = 3100;
/// When it was recorded.
const CLOCK: (&str, &str) = ("STANDIN_CLOCK", "1795843342");
const VERSION: (&str, &str) = ("STANDIN_VERSION", "3.7.6");

pub const CONFIG: &str = "auth_enabled: false
server:
  http_listen_port: 3100
common:
  path_prefix: /loki
  replication_factor: 1
  instance_addr: 127.0.0.1
  ring: { kvstore: { store: inmemory } }
  storage: { filesystem: { chunks_directory: /loki/chunks, rules_directory: /loki/rules } }
schema_config:
  configs:
    - from: \"2024-01-01\"
      store: tsdb
      object_store: filesystem
      schema: v13
      index: { prefix: index_, period: 24h }
ingester:
  lifecycler: { min_ready_duration: 1s }
  max_chunk_age: 2h
limits_config:
  reject_old_samples_max_age: 168h
  ingestion_rate_mb: 16
  ingestion_burst_size_mb: 32
  per_stream_rate_limit: 8MB
  per_stream_rate_limit_burst: 16MB
  max_line_size: 256KB
  max_line_size_truncate: true
";

const QUICK: &str = "frontend: { scheduler_dns_lookup_period: 1s }
frontend_worker: { dns_lookup_duration: 1s }
";

const STARTING: Verdict = Verdict::In("it_becomes_ready_step_by_step");
const REFUSED_AT_START: Verdict = Verdict::In("refusals");
const HEALTH: Verdict = Verdict::In("its_health_check_says_what_it_found");
const SAID: Verdict = Verdict::In("loki_says_nothing_that_was_not_recorded_and_ends_with_0");

/// In the order in which they are played: some find what others have left.
const VERDICTS: &[(&str, Verdict)] = &[
    ("ready.http", WHOLE),
    ("labels.http", WHOLE),
    ("label-service-values.http", WHOLE),
    ("label-level-values.http", WHOLE),
    ("label-unknown-values.http", WHOLE),
    ("labels-empty.http", WHOLE),
    ("query-range-streams.http", WHOLE),
    ("query-range-streams-categorized.http", WHOLE),
    ("query-range-trace-id.http", WHOLE),
    ("query-range-empty.http", WHOLE),
    ("query-range-backward.http", WHOLE),
    ("query-range-matrix.http", WHOLE),
    ("query-count-over-time.http", WHOLE),
    ("query-streams-refused.http", WHOLE),
    ("query-scalar.http", WHOLE),
    ("query-vector-literal.http", WHOLE),
    ("query-json-pipeline.http", WHOLE),
    ("index-stats.http", WHOLE),
    ("index-volume.http", WHOLE),
    ("index-volume-range.http", WHOLE),
    ("series.http", WHOLE),
    ("detected-fields.http", WHOLE),
    ("detected-labels.http", WHOLE),
    ("patterns-off.http", WHOLE),
    ("error-parse.http", WHOLE),
    ("error-parse-empty-matcher.http", WHOLE),
    ("error-parse-pipe.http", WHOLE),
    ("error-no-query.http", WHOLE),
    ("error-time-range.http", WHOLE),
    ("error-limit.http", WHOLE),
    ("error-range-too-long.http", WHOLE),
    ("error-step.http", WHOLE),
    ("error-bad-limit.http", WHOLE),
    ("push.http", WHOLE),
    ("push-too-old.http", WHOLE),
    ("push-future.http", WHOLE),
    ("push-no-labels.http", WHOLE),
    ("query-unknown-service.http", WHOLE),
    ("push-far-behind-first.http", WHOLE),
    ("push-far-behind.http", WHOLE),
    ("push-bad-json.http", WHOLE),
    ("push-bad-timestamp.http", WHOLE),
    ("push-bad-label-name.http", WHOLE),
    ("push-empty.http", WHOLE),
    ("push-nothing.http", WHOLE),
    ("push-text.http", WHOLE),
    ("push-many-labels.http", WHOLE),
    ("push-line-too-long.http", WHOLE),
    ("push-too-large.http", WHOLE),
    ("push-stream-rate-limited.http", WHOLE),
    ("push-rate-limited.http", WHOLE),
    ("metrics-of-ingestion.txt", Verdict::In("the_recordings_of_loki_are_answered")),
    ("config.http", HEAD),
    ("services.http", WHOLE),
    ("buildinfo.http", WHOLE),
    ("metrics.http", HEAD),
    ("ring.http", HEAD),
    ("log-level.http", WHOLE),
    ("log-level-set.http", WHOLE),
    ("not-found.http", WHOLE),
    ("rules.http", WHOLE),
    ("alerts.http", WHOLE),
    ("flush.http", WHOLE),
    ("delete-requests.http", WHOLE),
    ("format-query.http", WHOLE),
    ("tail-without-upgrade.http", WHOLE),
    ("tail-bad-query.http", HEAD),
    ("tail.http", Verdict::Left("the stand-in has no websockets")),
    ("starting-1-503.http", STARTING),
    ("starting-2-503.http", STARTING),
    ("starting-3-503.http", STARTING),
    ("starting-4-503.http", STARTING),
    ("starting-5-503.http", STARTING),
    ("starting-transitions.txt", STARTING),
    ("start-log.txt", SAID),
    ("stop-log.txt", SAID),
    ("version.txt", SAID),
    ("health-check.txt", HEALTH),
    ("health-check-while-starting.txt", HEALTH),
    ("verify-config-good.txt", REFUSED_AT_START),
    ("verify-config-bad.txt", REFUSED_AT_START),
    ("start-bad-config.txt", REFUSED_AT_START),
    (
        "start-permission-denied.txt",
        Verdict::Left("needs the folder of an image; the real one's trace is of its code"),
    ),
];

#[test]
fn every_recording_of_loki_has_a_verdict() {
    every_recording_has_a_verdict("loki", VERDICTS);
}

fn start(folder: &Folder, config: &str, environment: &[(&str, &str)]) -> Program {
    let file = folder.file("loki.yml", config);
    let environment = [environment, &[CLOCK, VERSION]].concat();
    Program::start("loki", &[&format!("-config.file={file}")], &environment, PORT)
}

#[test]
fn the_recordings_of_loki_are_answered() {
    let folder = Folder::new();
    // No rate depends on how busy this machine is.
    let loki = start(&folder, CONFIG, &[("STANDIN_SPEED", "0")]);
    loki.post(PORT, "/_standin/age/20", "");
    seed(&loki);
    play(
        &loki,
        "loki",
        VERDICTS,
        |_| PORT,
        |loki, recording| match recording.name.as_str() {
            "push-line-too-long.http" => recording.body = lines("long", 1, 300_000),
            "push-too-large.http" => recording.body = lines("large", 30, 200_000),
            // What was sent before has used up a part of what is allowed.
            "push-stream-rate-limited.http" => {
                for _ in 0..6 {
                    send(loki, &lines("stream2", 20, 180_000));
                }
                recording.body = lines("stream2", 20, 180_000);
            }
            "push-rate-limited.http" => {
                send(loki, &lines("flood", 90, 200_000));
                recording.body = lines("flood", 90, 200_000);
            }
            _ => {}
        },
    );
    let here = series(&loki.get(PORT, "/metrics").body);
    let wanted = series(&recording::text("loki", "metrics-of-ingestion.txt"));
    let missing: Vec<_> = wanted.difference(&here).collect();
    assert!(missing.is_empty(), "series that Loki has and the stand-in has not: {missing:?}");
}

fn send(loki: &Program, body: &[u8]) {
    loki.post(PORT, "/loki/api/v1/push", &String::from_utf8_lossy(body));
}

fn lines(service: &str, count: usize, length: usize) -> Vec<u8> {
    let line = "x".repeat(length);
    let values: Vec<_> = (0..count)
        .map(|number| json!([(1_795_843_341_000_000_000 + number as u64).to_string(), line]))
        .collect();
    json!({"streams": [{"stream": {"job": "rec", "service": service}, "values": values}]})
        .to_string()
        .into_bytes()
}

/// The lines of the demo services that ran when the recordings were made.
fn seed(loki: &Program) {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let labels = |service: &str, stream: &str, level: &str| {
        let mut labels = json!({
            "compose_project": "rwa-demo", "container": format!("rwa-demo-{service}-1"), "job": "rwa-backend",
            "service": service, "stream": stream
        });
        if !level.is_empty() {
            labels["level"] = json!(level);
        }
        labels
    };
    let mut streams = Vec::new();
    for minute in 0..5_u64 {
        let time = |number: u64| (1_795_843_337_813_000_000 - minute * 60_000_000_000 + number).to_string();
        let traced = json!({"trace_id": trace});
        streams.push(json!({"stream": labels("identity-service", "stdout", "error"), "values": [
            [time(1), format!("{{\"level\":50,\"time\":1700000000,\"msg\":\"pino failure\",\"traceId\":\"{trace}\"}}"), traced],
            [time(2), format!("{{\"level\":\"error\",\"msg\":\"login failed\",\"trace_id\":\"{trace}\",\"n\":2}}"), traced],
            [time(3), "2026-11-28 04:00:00.123 ERROR [main] something broke"],
            [time(4), "{\"level\":\"error\",\"msg\":\"short id\",\"trace_id\":\"abc123\"}"],
        ]}));
        streams.push(json!({"stream": labels("identity-service", "stdout", "info"), "values": [
            [time(5), "[Nest] 1  - 11/28/2026, 4:00:00 AM     LOG [NestFactory] Starting Nest application..."],
        ]}));
        streams.push(json!({"stream": labels("identity-service", "stdout", "warn"), "values": [
            [time(6), format!("level=warn msg=\"logfmt line\" trace_id={trace}"), traced],
            [time(7), "{\"timestamp\":\"2026-11-28T04:00:00Z\",\"severity\":\"WARNING\",\"message\":\"slow\"}"],
        ]}));
        streams.push(json!({"stream": labels("identity-service", "stderr", ""), "values": [
            [time(8), "error: coloured failure"],
        ]}));
        streams.push(json!({"stream": labels("presence-service", "stdout", ""), "values": [
            [time(9), "client connected"], [time(10), "heartbeat timeout for client 3"], [time(11), "client disconnected"],
        ]}));
    }
    let answer = loki.post(PORT, "/loki/api/v1/push", &json!({"streams": streams}).to_string());
    assert_eq!(answer.status, 204, "{}", answer.body);
}

#[test]
fn it_becomes_ready_step_by_step() {
    let folder = Folder::new();
    for (config, ages) in [
        (CONFIG.to_owned(), [0.31, 0.40, 0.45, 1.2, 10.2, 10.7]),
        (CONFIG.to_owned() + QUICK, [0.31, 0.40, 0.45, 1.2, 1.5, 1.6]),
    ] {
        // Time stands still unless it is told to go on.
        let loki = start(&folder, &config, &[("STANDIN_SPEED", "0")]);
        for (age, step) in ages.iter().zip(1..) {
            loki.post(PORT, &format!("/_standin/age/{age}"), "");
            let answer = loki.get(PORT, "/ready");
            let name = if step == 6 { "ready.http".into() } else { format!("starting-{step}-503.http") };
            let wanted = recording::read("loki", &name).answer;
            assert_eq!(
                (answer.status, answer.body.trim_end()),
                (wanted.status, wanted.body.trim_end()),
                "at {age} s"
            );
            let transitions = recording::text("loki", "starting-transitions.txt");
            assert!(
                transitions.contains(&format!("{:?}", answer.body)),
                "{:?} was not among the transitions",
                answer.body
            );
        }
    }
}

#[test]
fn its_health_check_says_what_it_found() {
    let folder = Folder::new();
    let loki = start(&folder, CONFIG, &[("STANDIN_SPEED", "0")]);
    let probe = |address: &str| command("loki", address, &["-health"]).output().expect("it runs");
    let output = probe(&loki.address);
    assert_command(&recording::text("loki", "health-check-while-starting.txt"), &output);
    loki.post(PORT, "/_standin/healthy", "");
    let recorded = recording::text("loki", "health-check.txt");
    let good = probe(&loki.address);
    assert_eq!(good.status.code(), Some(0));
    assert!(recorded.contains(&format!("{:?}", String::from_utf8_lossy(&good.stdout))));
    let nobody = probe(&crate::program::address());
    assert_eq!(nobody.status.code(), Some(1));
    let said = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(said.starts_with("Health check failed: Get \"http://localhost:3100/ready\": dial tcp"), "{said}");
    assert!(said.ends_with("connect: connection refused\n"), "{said}");
}

#[test]
fn loki_says_nothing_that_was_not_recorded_and_ends_with_0() {
    let folder = Folder::new();
    let mut loki = start(&folder, CONFIG, &[]);
    assert_eq!(loki.stop(), Some(0));
    let recorded = ["start-log.txt", "stop-log.txt"].map(|name| recording::text("loki", name));
    assert_eq!(unheard(&loki.said(), &recorded), [""; 0]);
    let version =
        command("loki", &loki.address, &["-version"]).env(VERSION.0, VERSION.1).output().expect("it runs");
    assert_command(&recording::text("loki", "version.txt"), &version);
}
