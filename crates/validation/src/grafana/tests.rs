//! What Grafana makes of its provisioning files.

use std::collections::BTreeMap;

use crate::{Complaint, Files, Invocation, Program, ReadError, Stage, files::Texts};

mod dashboards;
mod datasources;

const DATASOURCES: &str = "/etc/grafana/provisioning/datasources/all.yml";
const PROVIDER: &str = "/etc/grafana/provisioning/dashboards/provider.yml";
const DASHBOARD: &str = "/etc/grafana/provisioning/dashboards/one.json";

const GOOD_SOURCES: &str = r#"apiVersion: 1
prune: true
deleteDatasources:
  - { name: Old, orgId: 1 }
datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    url: http://prometheus:9090
    isDefault: true
    editable: false
    jsonData:
      httpMethod: POST
      timeInterval: 15s
      exemplarTraceIdDestinations:
        - { name: trace_id, datasourceUid: jaeger }
  - name: Loki
    uid: loki
    type: loki
    url: http://loki:3100
    jsonData:
      derivedFields:
        - { name: Trace, matcherType: label, matcherRegex: trace_id, url: "$${__value.raw}", datasourceUid: jaeger }
        - { name: In text, matcherRegex: "trace=([0-9a-f]+)", url: "$${__value.raw}", datasourceUid: jaeger }
  - name: Jaeger
    uid: jaeger
    type: jaeger
    url: http://jaeger:16686
    jsonData:
      tracesToLogsV2:
        datasourceUid: loki
        spanStartTimeShift: "-5m"
        customQuery: true
        query: '{job="x"} | trace_id="$${__trace.traceId}"'
      tracesToMetrics:
        datasourceUid: prometheus
        queries:
          - { name: Rate, query: 'sum(rate(calls_total{span_name="$${__span.name}", $${__tags}}[5m]))' }
"#;

const GOOD_PROVIDER: &str = "apiVersion: 1
providers:
  - name: x
    type: file
    options:
      path: /etc/grafana/provisioning/dashboards
";

fn check_with(files: &dyn Files, environment: &[(&str, &str)]) -> Vec<Complaint> {
    let environment: BTreeMap<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    crate::check(&Invocation {
        program: Program::Grafana,
        version: Some("12.4.9"),
        arguments: &[],
        environment: &environment,
        files,
    })
}

fn check(files: &dyn Files) -> Vec<Complaint> {
    check_with(files, &[])
}

/// A good text in which something was replaced.
fn replaced(good: &str, from: &str, to: &str) -> String {
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1)
}

/// Where something stands in a text for the first time.
fn place(text: &str, of: &str) -> (usize, usize) {
    let before = &text[..text.find(of).unwrap_or_else(|| panic!("{of} in {text}"))];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// What is said of good data sources after a text in them was replaced.
fn with_sources(from: &str, to: &str) -> Vec<Complaint> {
    check(&Texts::one(DATASOURCES, replaced(GOOD_SOURCES, from, to)))
}

/// What is said of a dashboard beside good data sources.
fn with_dashboard(dashboard: &str) -> Vec<Complaint> {
    check(&Texts::one(DATASOURCES, GOOD_SOURCES).and(PROVIDER, GOOD_PROVIDER).and(DASHBOARD, dashboard))
}

fn told(complaints: &[Complaint]) -> Vec<(usize, usize, Stage, &str)> {
    complaints.iter().map(|it| (it.line, it.column, it.stage, it.message.as_str())).collect()
}

/// Files, one of which cannot be read.
struct Unreadable(Texts, &'static str, ReadError);

impl Files for Unreadable {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path == self.1 { Err(self.2.clone()) } else { self.0.read(path) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.0.list(folder)
    }
}

#[test]
fn a_grafana_without_mounted_provisioning_has_nothing_to_complain_about() {
    assert_eq!(check(&Texts::default()), []);
}

#[test]
fn good_files_are_accepted() {
    assert_eq!(with_sources("", ""), []);
    assert_eq!(with_dashboard(r#"{"uid": "one", "title": "One", "panels": []}"#), []);
}

#[test]
fn the_folder_of_provisioning_can_be_another_one() {
    let files = Texts::one("/conf/datasources/x.yaml", "apiVersion: 1\ndatasources: {}\n");
    assert_eq!(check(&files), []);
    let complaints = check_with(&files, &[("GF_PATHS_PROVISIONING", "/conf/")]);
    assert_eq!(complaints[0].file, "/conf/datasources/x.yaml");
}

#[test]
fn files_that_the_environment_names_must_be_there() {
    let files = Texts::one("/run/secrets/key", "x").and("/home.json", "{}");
    let home = "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH";
    assert_eq!(check_with(&files, &[("GF_X__FILE", "/run/secrets/key"), (home, "/home.json")]), []);
    for (environment, stage, message) in [
        (&[(home, "/none.json")][..], Stage::Accepted, "open /none.json: no such file or directory"),
        (&[("GF_X__FILE", "/none")], Stage::Accepted, "/none: No such file or directory"),
        (
            &[("GF_X__FILE", "/run/secrets/key"), ("GF_X", "y")],
            Stage::Start,
            "ERROR: Both GF_X and GF_X__FILE are set (but are exclusive)",
        ),
    ] {
        assert_eq!(told(&check_with(&files, environment)), [(0, 0, stage, message)]);
    }
}
