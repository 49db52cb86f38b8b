use super::*;

#[test]
fn what_the_recorded_checks_refused_is_refused() {
    table(&[
        (&format!("{JOB}nonsense: 1\n"), "5:1 Parse field nonsense not found in type config.plain"),
        (&format!("{JOB} x: [\n"), "5:2 Parse yaml: line 4: did not find expected key"),
        (&format!("global:\n  scrape_interval: 15\n{JOB}"), "2:20 Parse not a valid duration string: \"15\""),
        (
            &format!("global:\n  scrape_interval: 5s\n  scrape_timeout: 10s\n{JOB}"),
            "3:19 Validate global scrape timeout greater than scrape interval",
        ),
        (
            &format!("{JOB}  - job_name: a\n"),
            "5:15 Validate found multiple scrape configs with job name \"a\"",
        ),
        (
            &format!(
                "{JOB}    relabel_configs:\n      - {{source_labels: [a], regex: \"(\", action: keep}}\n"
            ),
            "6:37 Parse error parsing regexp: missing closing ): `^(?s:()$`",
        ),
    ]);
    assert_eq!(config(JOB), []);
    assert_eq!(config(""), []);
}

#[test]
fn tabs_and_other_bytes_are_no_yaml() {
    table(&[(
        "global:\n\tscrape_interval: 5s\n",
        "2:1 Parse yaml: line 2: found character that cannot start any token",
    )]);
}

#[test]
fn settings_that_are_not_known_are_refused_where_they_stand() {
    table(&[
        (
            "scrape_configs:\n  - job_name: a\n    foo: 1\n",
            "3:5 Parse field foo not found in type config.ScrapeConfig",
        ),
        (
            "scrape_configs:\n  - job_name: a\n    static_configs:\n      - targets: [\"x:1\"]\n        foo: 1\n",
            "5:9 Parse field foo not found in type struct { Targets []string \"yaml:\\\"targets\\\"\"; Labels model.LabelSet \"yaml:\\\"labels\\\"\" }",
        ),
        (
            "alerting:\n  alertmanagers:\n    - foo: 1\n",
            "3:7 Parse field foo not found in type config.AlertmanagerConfig",
        ),
        (
            "scrape_configs:\n  - job_name: a\n    consul_sd_configs: [{foo: 1}]\n",
            "3:26 Parse field foo not found in type consul.plain",
        ),
        (
            "scrape_configs:\n  - job_name: a\n    foo_sd_configs: []\n",
            "3:5 Parse field foo_sd_configs not found in type config.ScrapeConfig",
        ),
        ("- a\n", "1:1 Parse cannot unmarshal !!seq into config.plain"),
        (
            "scrape_configs:\n  - {job_name: a, honor_labels: maybe}\n",
            "2:33 Parse cannot unmarshal !!str `maybe` into bool",
        ),
        (
            "scrape_configs:\n  - {job_name: a, sample_limit: -1}\n",
            "2:33 Parse cannot unmarshal !!int `-1` into uint",
        ),
        (
            "scrape_configs:\n  - {job_name: a, params: {a: b}}\n",
            "2:31 Parse cannot unmarshal !!str `b` into []string",
        ),
        ("rule_files: a.yml\n", "1:13 Parse cannot unmarshal !!str `a.yml` into []string"),
    ]);
}

#[test]
fn a_newer_prometheus_may_know_more() {
    let text = "new_section: {}\nscrape_configs:\n  - {job_name: a, new_setting: 1, scrape_interval: 5}\n";
    let files = Texts::one(FILE, text);
    let arguments = vec![format!("--config.file={FILE}")];
    let complaints = crate::check(&Invocation {
        program: Program::Prometheus,
        version: Some("v4.0.0"),
        arguments: &arguments,
        environment: &BTreeMap::new(),
        files: &files,
    });
    let fatal: Vec<&str> =
        complaints.iter().filter(|it| it.is_fatal()).map(|it| it.message.as_str()).collect();
    assert_eq!(fatal, ["not a valid duration string: \"5\""]);
}

#[test]
fn values_that_are_none_are_refused_in_prometheus_words() {
    table(&[
        ("global: {body_size_limit: 10}\n", "1:27 Parse units: unknown unit  in 10"),
        ("global: {body_size_limit: 10XB}\n", "1:27 Parse units: unknown unit XB in 10XB"),
        ("global: {body_size_limit: ten}\n", "1:27 Parse units: invalid ten"),
        (
            "storage: {tsdb: {retention: {size: 1.5GB, percentage: 101}}}\n",
            "1:55 Validate 'storage.tsdb.retention.percentage' must be in the range [0, 100], got 101",
        ),
        ("storage: {tsdb: {retention: {time: 5}}}\n", "1:36 Parse not a valid duration string: \"5\""),
        ("global: {external_labels: {\"\": b}}\n", "1:28 Validate \"\" is not a valid label name"),
        ("global: {external_labels: {a: [b]}}\n", "1:31 Parse cannot unmarshal !!seq into string"),
        (
            "global: {metric_name_validation_scheme: foo}\n",
            "1:41 Parse unrecognized ValidationScheme: \"foo\"",
        ),
        (
            "global: {scrape_protocols: []}\n",
            "1:28 Validate scrape_protocols cannot be empty for global config",
        ),
        (
            "scrape_configs:\n  - {job_name: a, fallback_scrape_protocol: Foo}\n",
            "2:45 Validate invalid fallback_scrape_protocol for scrape config with job name \"a\": unknown scrape protocol Foo, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0]",
        ),
        (
            "scrape_configs:\n  - {job_name: a, scrape_interval: 5s, scrape_timeout: 6s}\n",
            "2:56 Validate scrape timeout greater than scrape interval for scrape config with job name \"a\"",
        ),
        ("scrape_configs:\n  - {metrics_path: /x}\n", "2:5 Validate job_name is empty"),
        (
            "scrape_configs:\n  - {job_name: a, tls_config: {min_version: TLS9}}\n",
            "2:45 Parse unknown TLS version: TLS9",
        ),
        (
            "scrape_configs:\n  - {job_name: a, tls_config: {cert_file: a}}\n",
            "2:31 Validate exactly one of key or key_file must be configured when a client certificate is configured",
        ),
        (
            "scrape_configs:\n  - {job_name: a, basic_auth: {username: a}, bearer_token: x}\n",
            "2:60 Validate at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
        ),
        ("remote_write: [{}]\n", "1:16 Validate url for remote_write is empty"),
        ("remote_write: [{url: \"::\"}]\n", "1:22 Parse parse \"::\": missing protocol scheme"),
        (
            "remote_write: [{url: \"http://a\", queue_config: {max_shards: 0}}]\n",
            "1:61 Validate remote write queue max_shards must be positive",
        ),
        (
            "tracing: {client_type: foo, endpoint: a}\n",
            "1:24 Parse expected tracing client type to be to be http or grpc, but got foo",
        ),
        ("tracing: {insecure: true}\n", "1:10 Validate tracing endpoint must be set"),
        (
            "otlp: {translation_strategy: foo}\n",
            "1:30 Validate unsupported OTLP translation strategy \"foo\"",
        ),
        ("rule_files: [\"a*/b.yml\"]\n", "1:14 Validate invalid rule file path \"a*/b.yml\""),
        (
            "alerting: {alertmanagers: [{api_version: v1}]}\n",
            "1:42 Parse expected Alertmanager api version to be one of [v2] but got v1",
        ),
    ]);
}

#[test]
fn discovery_is_checked_as_prometheus_checks_it() {
    for (discovery, words) in [
        ("dns_sd_configs: [{names: [a], type: X, port: 1}]", "3:41 Validate invalid DNS-SD records type X"),
        (
            "dns_sd_configs: [{names: [a], type: a}]",
            "3:22 Validate a port is required in DNS-SD configs for all record types except SRV",
        ),
        (
            "dns_sd_configs: [{type: A, port: 1}]",
            "3:22 Validate DNS-SD config must contain at least one SRV record name",
        ),
        (
            "consul_sd_configs: [{server: ''}]",
            "3:34 Validate consul SD configuration requires a server address",
        ),
        (
            "file_sd_configs: [{files: [\"a.txt\"]}]",
            "3:32 Validate path name \"a.txt\" is not valid for file discovery",
        ),
        ("http_sd_configs: [{url: 'ftp://a'}]", "3:29 Validate URL scheme must be 'http' or 'https'"),
        ("http_sd_configs: [{}]", "3:23 Validate URL is missing"),
        ("docker_sd_configs: [{host: ''}]", "3:32 Validate host missing"),
        (
            "dockerswarm_sd_configs: [{host: 'tcp://a', role: x}]",
            "3:54 Validate invalid role x, expected tasks, services, or nodes",
        ),
        ("kubernetes_sd_configs: [{role: foo}]", "3:36 Parse unknown Kubernetes SD role \"foo\""),
        (
            "static_configs: [{targets: [\"http://x:1/m\"]}]",
            "3:33 Validate \"http://x:1/m\" is not a valid hostname",
        ),
        ("static_configs: [null]", "3:22 Validate empty or null section in static_configs"),
        ("ec2_sd_configs: [{anything: 1}]", ""),
        ("dns_sd_configs: [{names: [a]}, {names: [b], type: aaaa, port: 9}]", ""),
        ("file_sd_configs: [{files: [\"t/*.json\", b.YAML], refresh_interval: 5s}]", ""),
    ] {
        let complaints = config(&format!("scrape_configs:\n  - job_name: a\n    {discovery}\n"));
        let expected: Vec<&str> = Some(words).filter(|words| !words.is_empty()).into_iter().collect();
        assert_eq!(shown(&complaints), expected, "{discovery}");
    }
}

#[test]
fn relabelling_is_checked_as_prometheus_checks_it() {
    for (rule, words) in [
        ("{action: foo}", "unknown relabel action \"foo\""),
        ("{source_labels: [\"\"], target_label: b}", "\"\" is not a valid label name"),
        ("{source_labels: [a]}", "relabel configuration for replace action requires 'target_label' value"),
        ("{action: hashmod, target_label: b}", "relabel configuration for hashmod requires non-zero modulus"),
        (
            "{action: labeldrop, regex: a, source_labels: [b]}",
            "labeldrop action requires only 'regex', and no other fields",
        ),
        (
            "{action: keepequal, source_labels: [a], target_label: b, regex: c}",
            "keepequal action requires only 'source_labels' and `target_label`, and no other fields",
        ),
        (
            "{action: lowercase, target_label: b, replacement: c}",
            "'replacement' can not be set for lowercase action",
        ),
        ("{action: KEEP, source_labels: [a], regex: b}", ""),
        ("{source_labels: [a-b], target_label: \"b.c\"}", ""),
        (
            "{source_labels: [a], regex: '(.*)-(?P<n>.*)', target_label: \"${n}\", replacement: '$1_${2}$$x'}",
            "$1_",
        ),
        ("{source_labels: [a], regex: '(.*)-(?P<n>.*)', target_label: b, replacement: '${1}_$n$$x'}", ""),
        ("{regex: '__meta_(.+)', action: labelmap, replacement: '$2'}", "uses the group \"2\""),
    ] {
        let complaints = config(&format!("{JOB}    relabel_configs: [{rule}]\n"));
        let messages: Vec<&str> = complaints.iter().map(|it| it.message.as_str()).collect();
        match words {
            "" => assert_eq!(messages, [""; 0], "{rule}"),
            words => assert!(matches!(messages[..], [one] if one.contains(words)), "{rule}: {messages:?}"),
        }
    }
    let legacy = "global: {metric_name_validation_scheme: legacy}\n";
    let rule = |label: &str| format!("{legacy}{JOB}    relabel_configs: [{{target_label: \"{label}\"}}]\n");
    assert_eq!(config(&rule("b-c"))[0].message, "\"b-c\" is invalid 'target_label' for replace action");
    assert_eq!(config(&rule("b_${1}_$2")).iter().filter(|it| it.is_fatal()).count(), 0);
}

#[test]
fn a_dollar_in_an_external_label_is_a_variable() {
    let text = "global:\n  external_labels:\n    a: $HOST-${ZONE}\n    b: costs $$5\n    c: $SET\n";
    let files = Texts::one(FILE, text);
    let complaints = run(&files, &[&format!("--config.file={FILE}")], &[("SET", "x"), ("ZONE", "y")]);
    assert_eq!(shown(&complaints), ["3:8 Accepted Empty environment variable: HOST"]);
}

#[test]
fn files_with_targets_are_read_where_they_are() {
    let text = "scrape_configs:\n  - job_name: a\n    file_sd_configs: [{files: [\"t/*.json\", t/b.yml, t/absent.yml]}]\n";
    let files = Texts::one(FILE, text)
        .and("/p/t/a.json", "[\n\t{\"targets\": [\"x:1\"], \"labels\": {\"a\": \"b\"}}\n]\n")
        .and("/p/t/b.yml", "- targets: ['y:2']\n  labels: {c: 1}\n");
    assert_eq!(of(&files), []);
    for (json, words) in [
        ("[{\"targets\":[\"x:1\"],\"lables\":{}}]", "1:21 Accepted json: unknown field \"lables\""),
        ("[{\"targets\":[\"x:1\"],}]", "1:21 Accepted trailing comma"),
        (
            "[{\"targets\":[\"x:1\"],\n\"labels\":{\"a\":1}}]",
            "2:15 Accepted json: cannot unmarshal number into Go struct field .labels of type model.LabelValue",
        ),
        ("[{\"targets\":[\"http://x:1/\"]}]", "1:14 Accepted \"http://x:1/\" is not a valid hostname"),
        ("[null]", "1:2 Accepted nil target group item found (index 0)"),
    ] {
        let complaints = of(&files.clone().and("/p/t/a.json", json));
        assert_eq!(shown(&complaints), [words], "{json}");
        assert_eq!(complaints[0].file, "/p/t/a.json");
    }
}

#[test]
fn more_jobs_may_stand_in_files_of_their_own() {
    let files = Texts::one(FILE, format!("{JOB}scrape_config_files: [jobs/*.yml]\n"))
        .and("/p/jobs/b.yml", "scrape_configs:\n  - {job_name: b, foo: 1}\n")
        .and("/p/jobs/c.yml", "scrape_configs:\n  - {job_name: a}\n");
    assert_eq!(
        shown(&of(&files)),
        [
            "2:19 Parse field foo not found in type config.ScrapeConfig",
            "2:16 Validate found multiple scrape configs with job name \"a\", first found in main config file",
        ]
    );
}

#[test]
fn what_starts_and_never_works_is_told() {
    let cases = [
        "scrape_configs:\n  - {job_name: a, scheme: ftp}\n",
        "scrape_configs:\n  - {job_name: a, metrics_path: /m?format=prometheus}\n",
        "scrape_configs:\n  - {job_name: a, authorization: {credentials_file: absent}}\n",
    ];
    for text in cases {
        let complaints = config(text);
        assert_eq!(complaints.iter().map(|it| it.stage).collect::<Vec<_>>(), [Stage::Accepted], "{text}");
    }
}
