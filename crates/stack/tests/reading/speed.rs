//! Loading is fast enough to do it on every change of a file.

use std::fmt::Write as _;

use stack::compose::hash::service_hash;

use crate::load_files;

/// A file as large as Sentry's: 57 services that share anchors and depend on each other.
fn large_file() -> String {
    let mut text = "x-common: &common\n  restart: unless-stopped\n  logging: &logging {driver: json-file, options: {max-size: 10m}}\n  environment: &environment\n".to_owned();
    for index in 0..40 {
        _ = writeln!(text, "    VARIABLE_{index}: ${{VALUE_{index}:-default {index}}}");
    }
    text.push_str("services:\n");
    for index in 0..57 {
        _ = write!(
            text,
            "  service-{index}:\n    <<: *common\n    image: example/service:${{TAG:-{index}}}\n    command: run --port 80 'service {index}'\n    environment:\n      <<: *environment\n      OWN: {index}\n    ports: [\"127.0.0.1:{}:80\"]\n    volumes: [data:/data, ./conf/{index}:/etc/conf:ro]\n    healthcheck: {{test: [CMD, check], interval: 10s, timeout: 5s, retries: 3}}\n",
            8000 + index
        );
        if index > 0 {
            _ = writeln!(text, "    depends_on: {{service-{}: {{condition: service_healthy}}}}", index - 1);
        }
    }
    text.push_str("volumes: {data: }\n");
    text
}

#[test]
fn a_file_as_large_as_sentrys_loads_and_hashes_within_a_frame_or_two() {
    let text = large_file();
    let mut best = std::time::Duration::MAX;
    for _ in 0..5 {
        let start = std::time::Instant::now();
        let project = load_files(&[("compose.yml", &text)], &[]).unwrap();
        let hashes: Vec<String> = project.services.values().map(service_hash).collect();
        assert_eq!(hashes.len(), 57);
        best = best.min(start.elapsed());
    }
    println!("57 services loaded and hashed in {best:?}");
    // The promise is for a release build; a debug build gets ten times as long.
    let limit = if cfg!(debug_assertions) { 600 } else { 60 };
    assert!(best.as_millis() < limit, "{best:?}");
}
