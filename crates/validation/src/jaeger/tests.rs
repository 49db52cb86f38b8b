//! Changes to a configuration and what Jaeger said of them.

use std::collections::BTreeMap;

use super::printed;
use crate::{Complaint, Files, Invocation, Program, ReadError, check, files::Texts};

const PATH: &str = "/etc/jaeger/config.yml";

const GOOD: &str = r#"service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces:
      receivers: [otlp, jaeger]
      processors: [memory_limiter, batch]
      exporters: [jaeger_storage_exporter, span_metrics]
    metrics/spans:
      receivers: [span_metrics]
      exporters: [prometheus]
  telemetry:
    resource:
      attributes: [{ name: service.name, value: jaeger }]
    metrics:
      level: normal
      readers:
        - pull: { exporter: { prometheus: { host: 0.0.0.0, port: 8888 } } }
    logs:
      level: ${env:LEVEL:-info}
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
      http:
        endpoint: 0.0.0.0:4318
  jaeger:
    protocols:
      thrift_http: { endpoint: "0.0.0.0:14268" }
processors:
  memory_limiter:
    check_interval: 1s
    limit_mib: ${env:LIMIT:-400}
    spike_limit_mib: 50
  batch:
connectors:
  span_metrics:
    metrics_flush_interval: 15s
    resource_metrics_key_attributes: [service.name]
exporters:
  jaeger_storage_exporter:
    trace_storage: a
  prometheus:
    endpoint: 0.0.0.0:8889
extensions:
  healthcheckv2:
    use_v2: true
    http: { endpoint: "0.0.0.0:13133" }
  jaeger_storage:
    backends:
      a:
        memory: { max_traces: 10 }
    metric_backends:
      spans:
        prometheus: { endpoint: "http://prometheus:9090" }
  jaeger_query:
    storage: { traces: a, metrics: spans }
    http: { endpoint: "0.0.0.0:16686" }
    grpc: { endpoint: "0.0.0.0:16685" }
    ui: { config_file: /etc/jaeger/ui.json }
"#;

fn complaints_of(files: &dyn Files, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    check(&Invocation {
        program: Program::Jaeger,
        version: None,
        arguments: &arguments,
        environment: &environment,
        files,
    })
}

fn files(text: &str) -> Texts {
    Texts::one(PATH, text).and("/etc/jaeger/ui.json", "{ \"monitor\": { \"menuEnabled\": true } }")
}

fn complaints(text: &str) -> Vec<Complaint> {
    complaints_of(&files(text), &["--config", PATH], &[])
}

/// As `line:column stage message`.
fn told(text: &str) -> Vec<String> {
    let shown = |it: &Complaint| format!("{}:{} {:?} {}", it.line, it.column, it.stage, it.message);
    complaints(text).iter().map(shown).collect()
}

/// The line and column of the first `marker`.
fn place(text: &str, marker: &str) -> String {
    let before = &text[..text.find(marker).unwrap_or_else(|| panic!("no {marker}"))];
    let line = before.lines().count().max(1) + usize::from(before.ends_with('\n'));
    format!("{line}:{}", before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

fn changed(old: &str, new: &str) -> String {
    assert_eq!(GOOD.matches(old).count(), 1, "{old}");
    GOOD.replace(old, new)
}

#[test]
fn a_good_configuration_is_accepted() {
    assert_eq!(told(GOOD), [""; 0]);
}

#[test]
fn what_jaeger_refuses_is_refused_in_its_paragraphs() {
    const INNER: &str = "decoding failed due to the following error(s):\n\n";
    let reading =
        |section: &str, id: &str| format!("'{section}' error reading configuration for \"{id}\": {INNER}");
    let memory = format!("{}'backends[a]' {INNER}", reading("extensions", "jaeger_storage"));
    let otlp = reading("receivers", "otlp");
    let batch = reading("processors", "batch");
    let health = format!("{}'' {INNER}", reading("extensions", "healthcheckv2"));
    for (old, new, marker, words) in [
        ("service:\n", "nonsense: 1\nservice:\n", "nonsense: 1", "'otelcol.configSettings' has invalid keys: nonsense".into()),
        ("{ max_traces: 10 }", "{ nonsense: 1 }", "nonsense: 1 }", format!("{memory}'memory' has invalid keys: nonsense")),
        (
            "max_traces: 10",
            "max_traces: ten",
            "ten }",
            format!("{memory}'memory.max_traces' expected type 'int', got unconvertible type 'string'"),
        ),
        (
            "receivers:\n  otlp:",
            "receivers:\n  nonsense: {}\n  otlp:",
            "nonsense: {}",
            "'receivers' unknown type: \"nonsense\" for id: \"nonsense\" (valid values: [jaeger kafka zipkin otlp nop])".into(),
        ),
        (
            "endpoint: 0.0.0.0:4317",
            "nonsense: 1",
            "nonsense: 1",
            format!("{otlp}'protocols.grpc' {INNER}'configgrpc.ServerConfig' has invalid keys: nonsense"),
        ),
        (
            "endpoint: 0.0.0.0:4317",
            "endpoint: 4317",
            "4317\n",
            format!("{otlp}'protocols.grpc' {INNER}'endpoint' expected type 'string', got unconvertible type 'int'"),
        ),
        (
            "grpc:\n        endpoint: 0.0.0.0:4317",
            "grpc: 5",
            "5\n",
            format!("{otlp}'protocols.grpc' '' expected a map or struct, got \"int\""),
        ),
        ("  batch:\n", "  batch: { b: 2, a: 1 }\n", "a: 1 }", format!("{batch}'batchprocessor.Config' has invalid keys: a, b")),
        ("  batch:\n", "  batch: { timeout: soon }\n", "soon }", format!("{batch}'timeout' time: invalid duration")),
        ("  batch:\n", "  batch: { timeout: 5q }\n", "5q }", format!("{batch}'timeout' time: unknown unit")),
        ("  batch:\n", "  batch: { timeout: '5' }\n", "'5' }", format!("{batch}'timeout' time: missing unit in duration")),
        (
            "  batch:\n",
            "  batch: { send_batch_size: -1 }\n",
            "-1 }",
            format!("{batch}'send_batch_size' cannot parse value as 'uint32': -1 overflows uint"),
        ),
        (
            "  batch:\n",
            "  batch: 5\n",
            "5\nconnectors",
            format!("'processors' {INNER}'[batch]' expected type 'map[string]interface {{}}', got unconvertible type 'int'"),
        ),
        ("use_v2: true", "nonsense: 1", "nonsense: 1", format!("{health}'healthcheck.Config' has invalid keys: nonsense")),
        (
            "use_v2: true",
            "use_v2: 1",
            "1\n    http",
            format!("{health}'use_v2' expected type 'bool', got unconvertible type 'int'"),
        ),
        (
            "level: ${env:LEVEL:-info}",
            "level: loud",
            "loud",
            format!("'service.telemetry.logs' {INNER}'level' unrecognized level: \"loud\""),
        ),
        (
            "level: normal",
            "level: loud",
            "loud",
            format!("'service.telemetry.metrics' {INNER}'level' unknown metrics level \"loud\""),
        ),
        (
            "receivers: [otlp, jaeger]",
            "receivers: otlp",
            "otlp\n",
            "'service.pipelines[traces].receivers' source data must be an array or slice, got string".into(),
        ),
        (
            "    traces:\n",
            "    nonsense:\n",
            "nonsense:",
            "'service.pipelines' in \"nonsense\" id: unknown pipeline signal: \"nonsense\"".into(),
        ),
        (
            "  otlp:\n    protocols",
            "  otlp/:\n    protocols",
            "otlp/:",
            "'receivers' '' in \"otlp/\" id: the part after / should not be empty".into(),
        ),
    ] {
        let text = changed(old, new);
        assert_eq!(told(&text), [format!("{} Parse {words}", place(&text, marker))], "{new}");
    }
}

#[test]
fn what_does_not_belong_together_is_told() {
    for (old, new, marker, words) in [
        (
            "receivers: [otlp, jaeger]",
            "receivers: [otlp, nonsense]",
            "nonsense]",
            "service::pipelines::traces: references receiver \"nonsense\" which is not configured",
        ),
        (
            "[jaeger_storage, jaeger_query, healthcheckv2]",
            "[jaeger_storage, jaeger_query, nope]",
            "nope]",
            "service::extensions: references extension \"nope\" which is not configured",
        ),
        (
            "receivers: [otlp, jaeger]",
            "receivers: []",
            "[]",
            "service::pipelines::traces: must have at least one receiver",
        ),
        (
            "processors: [memory_limiter, batch]",
            "processors: [batch, batch]",
            "batch]",
            "service::pipelines::traces: references processor \"batch\" multiple times",
        ),
        (
            "exporters: [jaeger_storage_exporter, span_metrics]",
            "exporters: [jaeger_storage_exporter]",
            "span_metrics]",
            "failed to build pipelines: connector \"span_metrics\" used as receiver in [metrics/spans] pipeline but not used in any supported exporter pipeline",
        ),
        (
            "check_interval: 1s",
            "check_interval: 0s",
            "0s",
            "processors::memory_limiter: 'check_interval' must be greater than zero",
        ),
        (
            "    check_interval: 1s\n",
            "",
            "memory_limiter:",
            "processors::memory_limiter: 'check_interval' must be greater than zero",
        ),
        (
            "limit_mib: ${env:LIMIT:-400}\n    spike_limit_mib: 50",
            "limit_mib: 0",
            "0\n  batch",
            "processors::memory_limiter: 'limit_mib' or 'limit_percentage' must be greater than zero",
        ),
        (
            "spike_limit_mib: 50",
            "spike_limit_mib: 500",
            "500",
            "processors::memory_limiter: 'spike_limit_mib' must be smaller than 'limit_mib'",
        ),
        (
            "trace_storage: a",
            "trace_storage:",
            ":\n  prometheus",
            "exporters::jaeger_storage_exporter: TraceStorage: non zero value required",
        ),
        (
            "        memory: { max_traces: 10 }\n",
            "        {}\n",
            "{}\n",
            "extensions::jaeger_storage: empty backend configuration for storage 'a'",
        ),
        (
            "metrics_flush_interval: 15s",
            "metrics_flush_interval: -5s",
            "-5s",
            "connectors::span_metrics: invalid metrics_flush_interval: -5s, the duration should be positive",
        ),
    ] {
        let text = changed(old, new);
        assert_eq!(told(&text), [format!("{} Validate {words}", place(&text, marker))], "{new}");
    }
}

#[test]
fn what_only_a_start_refuses_is_found_before_it() {
    for (old, new, marker, words) in [
        (
            "trace_storage: a",
            "trace_storage: b",
            "b\n",
            "cannot start pipelines: failed to start \"jaeger_storage_exporter\" exporter: cannot find storage factory: storage 'b' not declared in 'jaeger_storage' extension configuration",
        ),
        (
            "traces: a, metrics: spans",
            "traces: b, metrics: spans",
            "b, metrics",
            "failed to start extensions: cannot find factory for trace storage b: storage 'b' not declared in 'jaeger_storage' extension configuration",
        ),
        (
            "0.0.0.0:4318",
            "0.0.0.0:4317",
            "0.0.0.0:4317\n  jaeger",
            "cannot start pipelines: failed to start \"otlp\" receiver: listen tcp 0.0.0.0:4317: bind: address already in use",
        ),
        (
            "0.0.0.0:16685",
            ":16686",
            "\":16686",
            "failed to start extensions: could not start jaeger-query: query server failed to initialize listener: listen tcp :16686: bind: address already in use",
        ),
        (
            "0.0.0.0:4317",
            "0.0.0.0:431799",
            "0.0.0.0:431799",
            "cannot start pipelines: failed to start \"otlp\" receiver: listen tcp: address 431799: invalid port",
        ),
        (
            "0.0.0.0:4317",
            "localhost",
            "localhost",
            "cannot start pipelines: failed to start \"otlp\" receiver: listen tcp: address localhost: missing port in address",
        ),
        (
            "/etc/jaeger/ui.json",
            "/nope.json",
            "/nope.json",
            "Could not create static assets handler: cannot read UI config file /nope.json: open /nope.json: no such file or directory",
        ),
        (
            "/etc/jaeger/ui.json",
            "/etc/jaeger",
            "/etc/jaeger }",
            "Could not create static assets handler: cannot read UI config file /etc/jaeger: read /etc/jaeger: is a directory",
        ),
    ] {
        let text = changed(old, new);
        assert_eq!(told(&text), [format!("{} Start {words}", place(&text, marker))], "{new}");
    }
}

#[test]
fn what_starts_and_does_something_else_is_said() {
    let inside = changed("0.0.0.0:4317", "localhost:4317");
    assert_eq!(told(&inside), ["24:19 Accepted localhost:4317 is reached from inside of the container only"]);
    let silent = changed("thrift_http: { endpoint: \"0.0.0.0:14268\" }", "thrift_http:");
    assert_eq!(told(&silent), ["29:7 Accepted localhost:14268 is reached from inside of the container only"]);
    let old = GOOD.replace("span_metrics", "spanmetrics");
    assert_eq!(
        told(&old),
        ["37:3 Accepted \"spanmetrics\" alias is deprecated; use \"span_metrics\" instead"]
    );
    let legacy = changed("attributes: [{ name: service.name, value: jaeger }]", "service.name: jaeger");
    assert_eq!(
        told(&legacy),
        [
            "13:7 Accepted Using legacy service.telemetry.resource inline map format; prefer service.telemetry.resource.attributes (array of maps with `name` and `value` keys)"
        ]
    );
}

#[test]
fn variables_are_replaced_after_yaml_is_read() {
    let with = |environment: &[(&str, &str)], value: &str| {
        let text = changed("max_traces: 10 }", &format!("max_traces: \"{value}\" }}"));
        let found = complaints_of(&files(&text), &["--config", PATH], environment);
        found
            .iter()
            .map(|it| it.message.rsplit("\n\n").next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(with(&[("N", "5")], "${env:N}"), [""; 0]);
    assert_eq!(with(&[("N", "5")], "${N}"), [""; 0]);
    assert_eq!(with(&[], "${env:N:-5}"), [""; 0]);
    assert_eq!(with(&[], "${env:N}"), ["Configuration references unset environment variable N"]);
    let number = "'memory.max_traces' expected type 'int', got unconvertible type 'string'";
    assert_eq!(with(&[("N", "five")], "${env:N}"), [number]);
    assert_eq!(with(&[("N", "5")], "$${env:N}"), [number]);
    assert_eq!(with(&[("A", "${env:B}"), ("B", "5")], "${env:A}"), [""; 0]);
    for (value, words) in [
        (
            "${env:A-B}",
            "environment variable \"A-B\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
        ("${env:A$B}", "the uri \"env:A$B\" contains unsupported characters ('$')"),
        ("${foo:A}", "scheme \"foo\" is not supported for uri \"foo:A\""),
        ("${N:-5}", "invalid uri: \"N:-5\""),
        ("${LIMIT:-5}", "scheme \"LIMIT\" is not supported for uri \"LIMIT:-5\""),
        ("${file:/nope}", "unable to read the file file:/nope: open /nope: no such file or directory"),
    ] {
        assert_eq!(with(&[], value), [format!("cannot resolve the configuration: {words}")]);
    }
    // A number from the environment is a text where one is wanted.
    let host = changed("host: 0.0.0.0", "host: \"${env:N}\"");
    assert_eq!(complaints_of(&files(&host), &["--config", PATH], &[("N", "5")]), []);
}

/// A file that may not be read.
struct Denied;

impl Files for Denied {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::Denied)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Err(ReadError::Denied)
    }
}

#[test]
fn files_that_cannot_be_read_are_told_in_whole() {
    let words = |files: &dyn Files, path: &str| {
        let found = complaints_of(files, &["validate", "--config", path], &[]);
        let first = found.first().expect("a complaint");
        (first.line, first.column, printed(first))
    };
    let resolve = "failed to get config: cannot resolve the configuration: ";
    let retrieve = format!("{resolve}cannot retrieve the configuration: unable to read the file file:");
    let none = Texts::default();
    assert_eq!(
        words(&none, "/j/absent.yml"),
        (0, 0, format!("{retrieve}/j/absent.yml: open /j/absent.yml: no such file or directory"))
    );
    assert_eq!(
        words(&files(GOOD), "file:/etc/jaeger"),
        (0, 0, format!("{retrieve}/etc/jaeger: read /etc/jaeger: is a directory"))
    );
    assert_eq!(words(&Denied, PATH), (0, 0, format!("{retrieve}{PATH}: open {PATH}: permission denied")));
    let yaml = "retrieved value (type=string) cannot be used as a Conf: assuming string type since contents are not valid YAML: yaml: ";
    for (text, line, column, expected) in [
        ("a:\n  b: {max_traces: ${env:NOT_SET}}\n", 2, 20, "line 2: did not find expected ',' or '}'"),
        ("a: {}\nb:\n\tc: d\n", 3, 1, "line 3: found character that cannot start any token"),
        ("a: {}\na: {}\n", 2, 1, "unmarshal errors:\n  line 2: mapping key \"a\" already defined at line 1"),
    ] {
        assert_eq!(words(&files(text), PATH), (line, column, format!("{resolve}{yaml}{expected}")));
    }
    let list = format!("{resolve}retrieved value (type=[]interface {{}}) cannot be used as a Conf");
    assert_eq!(words(&files("[a]"), PATH), (1, 1, list));
    let misfit = changed("service:\n", "nonsense: 1\nservice:\n");
    assert_eq!(
        words(&files(&misfit), PATH).2,
        "failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n'otelcol.configSettings' has invalid keys: nonsense"
    );
}

#[test]
fn later_files_go_over_earlier_ones() {
    let files = files(GOOD).and(
        "/etc/jaeger/more.yml",
        "extensions:\n  jaeger_storage:\n    backends:\n      b:\n        memry: { max_traces: 5 }\n",
    );
    let found = complaints_of(&files, &["--config", PATH, "--config=/etc/jaeger/more.yml"], &[]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].file.as_str(), found[0].line, found[0].column), ("/etc/jaeger/more.yml", 5, 9));
    assert_eq!(found[0].hint.as_deref(), Some("did you mean memory?"));
}

#[test]
fn at_another_version_a_field_that_is_not_known_is_no_fault() {
    let text = changed("check_interval: 1s", "check_interval: 1s\n    newest: 1");
    let arguments = ["--config".to_owned(), PATH.to_owned()];
    let found = check(&Invocation {
        program: Program::Jaeger,
        version: Some("2.30.0"),
        arguments: &arguments,
        environment: &BTreeMap::new(),
        files: &files(&text),
    });
    assert!(found.len() == 1 && !found[0].is_fatal());
}

#[test]
fn the_shipped_file_is_accepted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/stack/jaeger");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).expect("a shipped file");
    let files = Texts::one(PATH, read("config.yml")).and("/etc/jaeger/ui.json", read("ui.json"));
    assert_eq!(complaints_of(&files, &["--config", PATH], &[("JAEGER_MAX_TRACES", "20000")]), []);
}
