//! Promtail's configuration: what Promtail refuses is refused in its words, and what it takes is taken. The words are
//! those that Promtail 3.6.15 said of the same stages and settings.

use std::collections::BTreeMap;

use validation::{Complaint, Files, Invocation, Program, ReadError, Stage, files::Texts};

const PATH: &str = "/etc/promtail/promtail.yml";

const GOOD: &str = r#"server:
  http_listen_port: 9080
positions:
  filename: /data/positions.yml
clients:
  - url: http://loki:3100/loki/api/v1/push
scrape_configs:
  - job_name: containers
    docker_sd_configs:
      - host: tcp://proxy:2375
        refresh_interval: 5s
    relabel_configs:
      - source_labels: [__meta_docker_container_name]
        regex: "/(.+)"
        target_label: container
    pipeline_stages:
      - regex:
          expression: "level=(?P<level>[a-z]+)"
      - labels:
          level:
"#;

fn check_files(files: &dyn Files, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let environment: BTreeMap<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    validation::check(&Invocation {
        program: Program::Promtail,
        version: Some("3.6.15"),
        arguments: &arguments,
        environment: &environment,
        files,
    })
}

/// Starts with `-config.expand-env`.
fn check(text: &str) -> Vec<Complaint> {
    let arguments = [&format!("-config.file={PATH}"), "-config.expand-env=true"];
    check_files(&Texts::one(PATH, text), &arguments, &[])
}

/// Line, column, stage and message of each complaint.
fn told(text: &str) -> Vec<(usize, usize, Stage, String)> {
    check(text).into_iter().map(|it| (it.line, it.column, it.stage, it.message)).collect()
}

/// Where something stands, of several the first; nowhere for nothing.
fn place(text: &str, part: &str) -> (usize, usize) {
    if part.is_empty() {
        return (0, 0);
    }
    let at = text.find(part).expect("the part is in the text");
    let line = text[..at].matches('\n').count() + 1;
    (line, at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1)
}

/// The good file with something in the place of something else.
fn with(part: &str, other: &str) -> String {
    assert!(GOOD.contains(part), "{part}");
    GOOD.replacen(part, other, 1)
}

/// The good file with a stage behind the others.
fn with_stage(stage: &str) -> String {
    format!("{GOOD}      - {stage}\n")
}

#[test]
fn the_shipped_file_gives_no_complaint() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/stack/loki");
    let text = std::fs::read_to_string(format!("{folder}/promtail-config.yml")).expect("the shipped file");
    let arguments = ["-config.file=/etc/promtail/promtail-config.yml", "-config.expand-env=true"];
    let files = Texts::one("/etc/promtail/promtail-config.yml", text);
    for as_label in ["true", "false"] {
        let environment = [("RWA_PROJECTS", "rwa.*"), ("LOKI_TRACE_ID_LABEL", as_label)];
        assert_eq!(check_files(&files, &arguments, &environment), [], "{as_label}");
    }
}

#[test]
fn a_good_file_is_taken() {
    assert_eq!(check(GOOD), []);
}

#[test]
fn a_file_that_is_no_configuration_is_refused_in_promtails_words() {
    for (text, marker, words) in [
        (
            with("positions:", "nonsense: 1\npositions:"),
            "nonsense",
            "field nonsense not found in type config.plain",
        ),
        (
            with("  - url:", "  - nonsense: 1\n    url:"),
            "nonsense",
            "field nonsense not found in type client.raw",
        ),
        (
            with("  - job_name:", "  - nonsense: 1\n    job_name:"),
            "nonsense",
            "field nonsense not found in type scrapeconfig.plain",
        ),
        (
            with("refresh_interval: 5s", "refresh_interval: soon"),
            "soon",
            "not a valid duration string: \"soon\"",
        ),
        (
            with("clients:", "target_config:\n  sync_period: 1d\nclients:"),
            "1d",
            "cannot unmarshal !!str `1d` into time.Duration",
        ),
        (with("9080", "http"), "http\n", "cannot unmarshal !!str `http` into int"),
        (
            with("http://loki:3100/loki/api/v1/push", "127.0.0.1:3100/x"),
            "127.0",
            "parse \"127.0.0.1:3100/x\": first path segment in URL cannot contain colon",
        ),
        (with("\"/(.+)\"", "\"/(.+\""), "\"/(", "error parsing regexp: missing closing ): `^(?s:/(.+)$`"),
        (
            with("[__meta_docker_container_name]", "name"),
            "name\n",
            "cannot unmarshal !!str `name` into model.LabelNames",
        ),
        (with("target_label: container", "action: dorp"), "dorp", "unknown relabel action \"dorp\""),
        (with("job_name: containers", "job_name: \"\""), "job_name", "job_name is empty"),
        (with("host: tcp://proxy:2375", "port: 80"), "port: 80", "host missing"),
        (
            "server:\n\thttp_listen_port: 1\n".to_owned(),
            "\thttp",
            "yaml: line 2: found character that cannot start any token",
        ),
        (
            "server:\n  http_listen_port: 1\n grpc_listen_port: 1\n".to_owned(),
            "grpc",
            "yaml: line 2: did not find expected key",
        ),
        (format!("# ${{...}}\n{GOOD}"), "${", "unable to parse variable name"),
        (format!("# ${{NOT_SET... in a comment\n{GOOD}"), "${", "missing closing brace"),
        (with("\"/(.+)\"", "\"/(\\\\w+)\""), "\"/(", "yaml: found unknown escape character"),
    ] {
        let (line, column) = place(&text, marker);
        let found = told(&text);
        assert_eq!(found.first(), Some(&(line, column, Stage::Parse, words.to_owned())));
        assert!(found[1..].iter().all(|it| it.2 == Stage::Accepted), "{found:?}");
    }
}

#[test]
fn what_only_the_start_refuses_is_refused_in_promtails_words() {
    let bracket = "could not compile regular expression: error parsing regexp: missing closing ): `(`";
    let docker = "failed to make Docker service discovery target manager: ";
    let regex = format!("{docker}invalid regex stage config: {bracket}");
    let nested = format!(
        "{docker}invalid match stage config: match stage failed to create pipeline from config: map[selector:{{job=\"a\"}} stages:[map[regex:map[expression:(]]]]: invalid regex stage config: {bracket}"
    );
    let template =
        format!("{docker}invalid template stage config: template: pipeline_template:1: unclosed action");
    let decoding = format!(
        "{docker}invalid labels stage config: 1 error(s) decoding:\n\n* '[<interface {{}} Value>]' expected type 'string', got unconvertible type 'int', value: '5'"
    );
    for (text, marker, words) in [
        (with_stage("nonsense: {}"), "nonsense", format!("{docker}invalid nonsense stage config: Unknown stage type: nonsense")),
        (with_stage("regex: {expression: (}"), "(}", regex),
        (with_stage("template: {source: level, template: '{{ .Value'}"), "'{{", template),
        (with_stage("match: {selector: '{job=\"a\"}', stages: [{regex: {expression: (}}]}"), "(}", nested),
        (with_stage("match: {selector: '{job}', action: drop}"), "'{job}", format!("{docker}invalid match stage config: invalid selector syntax for match stage: parse error at line 1, col 5: syntax error: unexpected }}, expecting = or != or =~ or !~")),
        (with_stage("match: {selector: '{job=~\"(\"}', action: drop}"), "'{job", "panic: error parsing regexp: missing closing ): `(`".to_owned()),
        (with_stage("json: {expressions: {trace: trace-id}}"), "trace: ", format!("{docker}invalid json stage config: could not compile JMES expression: SyntaxError: Unexpected token at the end of the expression: tNumber")),
        (with_stage("multiline: {firstline: (}"), "(}", format!("{docker}invalid multiline stage config: multiline stage first line regex compilation error: error parsing regexp: missing closing ): `(`")),
        (with_stage("drop: {older_than: 7d}"), "7d", format!("{docker}invalid drop stage config: drop stage invalid duration, 7d cannot be converted to a duration: time: unknown unit \"d\" in duration \"7d\"")),
        (with_stage("labels: {trace-id: level}"), "trace-id", format!("{docker}invalid labels stage config: invalid label name: trace-id")),
        (with_stage("labels: {level: 5}"), "labels: {", decoding),
        (with_stage("docker"), "docker\n", format!("{docker}invalid YAML config, make sure each stage of your pipeline is a YAML object (must end with a `:`), check stage `- docker`")),
        (with_stage("{docker: {}, cri: {}}"), "cri", format!("{docker}pipeline stage must contain only one key")),
        (with("    docker_sd_configs:\n      - host: tcp://proxy:2375\n        refresh_interval: 5s\n", ""), "containers", "no valid target scrape config defined for \"containers\"".to_owned()),
        (with("        target_label: container\n", ""), "source_labels", "error validating config: ScrapeConfig[0].RelabelConfigs[0]: relabel configuration for replace action requires 'target_label' value".to_owned()),
        (with("clients:\n  - url: http://loki:3100/loki/api/v1/push\n", ""), "server", "failed to create client manager: at least one client config must be provided".to_owned()),
        (with("url: http", "tenant_id: a # http"), "tenant_id", "failed to create client manager: client needs target URL".to_owned()),
    ] {
        let (line, column) = place(&text, marker);
        assert_eq!(told(&text), [(line, column, Stage::Start, words)]);
    }
}

#[test]
fn each_kind_of_reader_says_what_it_could_not_make() {
    for (reader, words) in [
        ("static_configs: [{labels: {__path__: /x}}]", "failed to make file target manager"),
        ("syslog: {listen_address: \"127.0.0.1:1514\"}", "failed to make syslog target manager"),
        ("loki_push_api: {server: {http_listen_port: 3500}}", "failed to make Loki Push API target manager"),
    ] {
        let text = with_stage("nonsense: {}").replace(
            "docker_sd_configs:\n      - host: tcp://proxy:2375\n        refresh_interval: 5s",
            reader,
        );
        let expected = format!("{words}: invalid nonsense stage config: Unknown stage type: nonsense");
        assert_eq!(check(&text).first().map(|it| it.message.clone()), Some(expected));
    }
}

#[test]
fn what_promtail_takes_and_then_does_otherwise_is_told() {
    for (text, marker, words) in [
        (
            with_stage(
                "template: {source: level, template: '{{ if eq .Value \"x\" }}y{{ else }}{{ .Value }}{{ end }}'}",
            ),
            "'{{ if",
            "a line without level gets level=\"<no value>\"",
        ),
        (
            with(
                "regex:\n          expression",
                "labels:\n          level:\n      - regex:\n          expression",
            ),
            "level:\n",
            "level is extracted only by a later stage: there is nothing to take here",
        ),
        (
            with_stage("labels: {service: levle}"),
            "levle",
            "no stage extracts levle: there is nothing to take here",
        ),
        (
            with_stage("structured_metadata: {trace_id: }"),
            "trace_id",
            "no stage extracts trace_id: there is nothing to take here",
        ),
        (
            with_stage("output: {source: message}"),
            "message",
            "no stage extracts message: there is nothing to take here",
        ),
        (
            with_stage("regex: {expression: 'level=([a-z]+)'}"),
            "'level=",
            "the expression has no group with a name: nothing is extracted",
        ),
        (
            with_stage("replace: {expression: secret, replace: x}"),
            "secret",
            "the expression has no group: nothing is replaced",
        ),
        (
            with_stage("replace: {expression: (secret), replace: '{{ .Value'}"),
            "'{{",
            "nothing is replaced: template: pipeline_template:1: unclosed action",
        ),
        (
            with_stage("regex: {expression: '(?P<a>b)', sorce: level}"),
            "sorce",
            "the stage has no sorce: it is left aside",
        ),
        (
            with_stage("timestamp: {source: level, format: 'yyyy-MM-dd'}"),
            "'yyyy",
            "no time is ever read by the layout \"yyyy-MM-dd\"",
        ),
        (
            with("target_label: container", "target_label: the-container"),
            "the-container",
            "Loki refuses \"the-container\" as the name of a label",
        ),
        (
            with("/loki/api/v1/push", ""),
            "http://loki",
            "Loki takes lines at /loki/api/v1/push; the address has no path",
        ),
        (
            with("http://loki:3100/loki", "loki:3100/loki"),
            "loki:3100",
            "nothing is sent: unsupported protocol scheme \"loki\"",
        ),
        (
            with("tcp://proxy", "http://proxy"),
            "http://proxy",
            "over http each stream of logs is cut off after refresh_interval",
        ),
        (with("regex: \"/(.+)\"", "regex: '/(\\\\w+)'"), "\\\\w", "-config.expand-env makes \\\\ into \\"),
        (
            with("target_label: container", "replacement: ${1}\n        target_label: container"),
            "${1}",
            "-config.expand-env takes ${1} for a variable, which is empty",
        ),
        (
            with("regex: \"/(.+)\"", "regex: ${PROJECTS}"),
            "${PROJECTS}",
            "PROJECTS is not set, and becomes empty",
        ),
    ] {
        let (line, column) = place(&text, marker);
        assert_eq!(told(&text), [(line, column, Stage::Accepted, words.to_owned())]);
    }
}

#[test]
fn a_misspelt_name_gets_the_one_that_was_meant() {
    let hint = |text: &str| check(text).first().and_then(|it| it.hint.clone());
    assert_eq!(hint(&with_stage("lables: {level: }")).as_deref(), Some("did you mean labels?"));
    assert_eq!(hint(&with_stage("labels: {x: levle}")).as_deref(), Some("did you mean level?"));
    assert_eq!(
        hint(&with("refresh_interval", "refresh_intervall")).as_deref(),
        Some("did you mean refresh_interval?")
    );
}

#[test]
fn files_need_a_path_and_bring_their_labels() {
    let files = |labels: &str| {
        let static_files = format!("static_configs:\n      - labels: {labels}");
        let text = with_stage("output: {source: app}");
        text.replace(
            "docker_sd_configs:\n      - host: tcp://proxy:2375\n        refresh_interval: 5s",
            &static_files,
        )
    };
    assert_eq!(check(&files("{app: shop, __path__: /var/log/*.log}")), []);
    let found = check(&files("{app: shop}"));
    assert_eq!(found[0].message, "nothing says which files to read: no label __path__");
}

#[test]
fn a_value_may_come_from_any_stage_before_or_from_rules() {
    for stage in [
        "json: {expressions: {a: b}}\n      - labels: {a: }",
        "logfmt: {mapping: {a: }}\n      - structured_metadata: {a: }",
        "docker: {}\n      - labels: {stream: }",
        "labels: {name: container}\n      - output: {source: name}",
        "template: {source: new, template: '{{ .level }}'}\n      - labels: {new: }",
        "match: {selector: '{container=\"x\"}', stages: [{regex: {expression: '(?P<in>.)'}}]}\n      - labels: {in: }",
        "template: {source: level, template: '{{ with .Value }}{{ ToLower . }}{{ end }}'}",
        "template: {source: level, template: '{{ ToLower .Value }}'}",
    ] {
        assert_eq!(check(&with_stage(stage)), [], "{stage}");
    }
    let open = with("target_label: container", "action: labelmap") + "      - labels: {anything: }\n";
    assert_eq!(check(&open), []);
}

/// Files of which one may not be read.
struct Guarded(Texts);

impl Files for Guarded {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path == "/secret.yml" { Err(ReadError::Denied) } else { self.0.read(path) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        self.0.list(folder)
    }
}

#[test]
fn a_file_that_cannot_be_read_is_refused_in_promtails_words() {
    let files = Guarded(Texts::one(PATH, GOOD));
    for (argument, words) in [
        (
            "-config.file=/p/absent.yml",
            "/p/absent.yml does not exist, set config.file for custom config path",
        ),
        ("-config.file=/etc/promtail", "read /etc/promtail: is a directory"),
        ("-config.file=/secret.yml", "open /secret.yml: permission denied"),
    ] {
        let found = check_files(&files, &[argument], &[]);
        assert_eq!(found.len(), 1, "{argument}");
        assert_eq!((found[0].stage, found[0].message.as_str()), (Stage::Parse, words));
    }
}

#[test]
fn nothing_is_said_of_a_file_that_cannot_be_seen() {
    struct Image;
    impl Files for Image {
        fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
            Err(ReadError::Hidden)
        }
        fn list(&self, _: &str) -> Result<Vec<String>, ReadError> {
            Err(ReadError::Hidden)
        }
    }
    assert_eq!(check_files(&Image, &[&format!("-config.file={PATH}")], &[]), []);
    assert_eq!(check_files(&Image, &[], &[]), []);
}
