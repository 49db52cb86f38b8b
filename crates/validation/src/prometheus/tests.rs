use std::collections::BTreeMap;

use crate::{Complaint, Files, Invocation, Program, ReadError, Stage, files::Texts};

mod config;
mod rules;
mod shipped;

const FILE: &str = "/p/prometheus.yml";
const JOB: &str = "scrape_configs:\n  - job_name: a\n    static_configs:\n      - targets: [\"x:1\"]\n";

fn run(files: &dyn Files, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let program = Program::Prometheus;
    crate::check(&Invocation {
        program,
        version: None,
        arguments: &arguments,
        environment: &environment,
        files,
    })
}

fn of(files: &dyn Files) -> Vec<Complaint> {
    run(files, &[&format!("--config.file={FILE}")], &[])
}

fn config(text: &str) -> Vec<Complaint> {
    of(&Texts::one(FILE, text))
}

/// `line:column stage message`.
fn shown(complaints: &[Complaint]) -> Vec<String> {
    complaints.iter().map(|it| format!("{}:{} {:?} {}", it.line, it.column, it.stage, it.message)).collect()
}

/// Each text with its place, its stage and the words that Prometheus or its `promtool` printed.
fn table(rows: &[(&str, &str)]) {
    for (text, words) in rows {
        assert_eq!(shown(&config(text)), [*words], "{text}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_gos_words() {
    struct Locked;
    impl Files for Locked {
        fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
            Err(ReadError::Denied)
        }
        fn list(&self, _: &str) -> Result<Vec<String>, ReadError> {
            Err(ReadError::Denied)
        }
    }
    let words = |complaints: Vec<Complaint>| complaints.into_iter().map(|it| it.message).collect::<Vec<_>>();
    assert_eq!(words(of(&Texts::default())), ["open /p/prometheus.yml: no such file or directory"]);
    assert_eq!(words(of(&Locked)), ["open /p/prometheus.yml: permission denied"]);
    let folder = Texts::one("/p/prometheus.yml/a", "");
    assert_eq!(words(of(&folder)), ["read /p/prometheus.yml: is a directory"]);
}

#[test]
fn without_arguments_the_images_own_file_is_read() {
    let files = Texts::one("/etc/prometheus/prometheus.yml", "nonsense: 1\n");
    assert_eq!(run(&files, &[], &[]).len(), 1);
    assert_eq!(run(&files, &["--web.enable-lifecycle"], &[]), []);
}

#[test]
fn flags_with_wrong_values_are_refused_in_prometheus_words() {
    let files = Texts::one(FILE, JOB);
    for (flag, words) in [
        ("--log.level=foo", "unrecognized log level foo"),
        ("--log.format=x", "unrecognized log format x"),
        ("--storage.tsdb.retention.time=5", "not a valid duration string: \"5\""),
        ("--storage.tsdb.retention.time=1.5h", "unknown unit \".\" in duration \"1.5h\""),
        ("--storage.tsdb.retention.size=10", "units: unknown unit  in 10"),
        ("--storage.tsdb.retention.size=10QB", "units: unknown unit QB in 10QB"),
        ("--web.read-timeout=5x", "unknown unit \"x\" in duration \"5x\""),
        ("--config.auto-reload-interval=10", "not a valid duration string: \"10\""),
    ] {
        let complaints = run(&files, &[&format!("--config.file={FILE}"), flag], &[]);
        assert_eq!(complaints.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), [words], "{flag}");
        assert!(complaints[0].is_fatal());
    }
    let good = ["--config.file", FILE, "--log.level=WARN", "--storage.tsdb.retention.time=15d"];
    assert_eq!(run(&files, &good, &[]), []);
    let short = run(&files, &[&format!("--config.file={FILE}"), "--storage.tsdb.retention.time", "1h"], &[]);
    assert_eq!(short.iter().map(|it| it.stage).collect::<Vec<_>>(), [Stage::Accepted]);
}
