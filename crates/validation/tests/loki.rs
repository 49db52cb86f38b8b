//! Loki's configuration: what Loki refuses is refused in its words, and what it takes is taken.

use std::collections::BTreeMap;

use validation::{Complaint, Files, Invocation, Program, ReadError, Stage, files::Texts};

const PATH: &str = "/etc/loki/loki.yml";

const GOOD: &str = r#"auth_enabled: false
server:
  http_listen_port: 3100
common:
  path_prefix: /loki
  replication_factor: 1
  ring:
    kvstore:
      store: inmemory
  storage:
    filesystem:
      chunks_directory: /loki/chunks
      rules_directory: /loki/rules
schema_config:
  configs:
    - from: "2024-01-01"
      store: tsdb
      object_store: filesystem
      schema: v13
      index:
        prefix: index_
        period: 24h
ingester:
  lifecycler:
    min_ready_duration: 1s
  wal:
    replay_memory_ceiling: 300MB
compactor:
  working_directory: /loki/compactor
  retention_enabled: true
  delete_request_store: filesystem
limits_config:
  retention_period: 168h
  per_stream_rate_limit: 8MB
ruler:
  alertmanager_url: http://alertmanager:9093
"#;

fn check_files(files: &dyn Files, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let environment: BTreeMap<_, _> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    validation::check(&Invocation {
        program: Program::Loki,
        version: Some("3.7.6"),
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

#[test]
fn the_shipped_file_gives_no_complaint() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/stack/loki");
    let text = std::fs::read_to_string(format!("{folder}/loki-config.yml")).expect("the shipped file");
    let arguments = ["-config.file=/etc/loki/loki-config.yml", "-config.expand-env=true"];
    let files = Texts::one("/etc/loki/loki-config.yml", text);
    assert_eq!(check_files(&files, &arguments, &[("LOKI_RETENTION", "168h")]), []);
    assert_eq!(check_files(&files, &arguments, &[]), []);
}

#[test]
fn a_good_file_is_taken() {
    assert_eq!(check(GOOD), []);
}

#[test]
fn a_file_that_is_no_configuration_is_refused_in_lokis_words() {
    for (text, marker, words) in [
        (
            with("auth_enabled: false\n", "auth_enabled: false\nnonsense: 1\n"),
            "nonsense: 1",
            "field nonsense not found in type loki.ConfigWrapper",
        ),
        (
            with("limits_config:\n", "limits_config:\n  nonsense: 1\n"),
            "nonsense: 1",
            "field nonsense not found in type validation.plain",
        ),
        (
            with("min_ready_duration: 1s", "min_ready_duration: soon"),
            "soon",
            "cannot unmarshal !!str `soon` into time.Duration",
        ),
        (
            with("retention_period: 168h", "retention_period: 7 days"),
            "7 days",
            "unknown unit \" days\" in duration \"7 days\"",
        ),
        (
            with("replay_memory_ceiling: 300MB", "replay_memory_ceiling: lots"),
            "lots",
            "strconv.UnmarshalText: parsing \"LOTS\": invalid syntax",
        ),
        (
            with("http_listen_port: 3100", "http_listen_port: http"),
            "http\n",
            "cannot unmarshal !!str `http` into int",
        ),
        (with("server:\n", "server:\n  log_level: loud\n"), "loud", "unrecognized log level \"loud\""),
        (
            with("2024-01-01", "01.01.2024"),
            "\"01.01.2024",
            "parsing time \"01.01.2024\" as \"2006-01-02\": cannot parse \"01.01.2024\" as \"2006\"",
        ),
        (
            with("schema: v13", "schema: new"),
            "new",
            "invalid schema version: strconv.Atoi: parsing \"new\": invalid syntax",
        ),
        (
            with("        prefix: index_", "        prefx: index_"),
            "prefx",
            r#"field prefx not found in type struct { PathPrefix string "yaml:\"path_prefix\""; Prefix string "yaml:\"prefix\""; Period model.Duration "yaml:\"period\""; Tags config.Tags "yaml:\"tags\"" }"#,
        ),
        (with("ruler:\n", "target: [all]\nruler:\n"), "[all]", "cannot unmarshal !!seq into string"),
        (
            with("    filesystem:\n", "    s3:\n      bucketnames: a\n    filesystem:\n"),
            "filesystem:",
            "too many storage configs provided in the common config, please only define one storage backend",
        ),
        (
            "server:\n\thttp_listen_port: 3100\n".to_owned(),
            "\thttp",
            "yaml: line 2: found character that cannot start any token",
        ),
        (
            "server:\n  http_listen_port: 3100\n grpc_listen_port: 1\n".to_owned(),
            "grpc_listen",
            "yaml: line 2: did not find expected key",
        ),
        ("# ${...} in a comment\n".to_owned() + GOOD, "${", "unable to parse variable name"),
        ("# ${NOT_SET... in a comment\n".to_owned() + GOOD, "${", "missing closing brace"),
    ] {
        let (line, column) = place(&text, marker);
        assert_eq!(told(&text), [(line, column, Stage::Parse, words.to_owned())]);
    }
}

#[test]
fn a_variable_in_a_comment_is_no_fault() {
    assert_eq!(check(&("# ${NOT_SET} in a comment\n".to_owned() + GOOD)), []);
}

#[test]
fn a_file_that_does_not_hold_together_is_refused_in_lokis_words() {
    let metadata = "CONFIG ERROR: schema v13 is required to store Structured Metadata and use native OTLP ingestion, your schema version is v12. Set `allow_structured_metadata: false` in the `limits_config` section or set the command line argument `-validation.allow-structured-metadata=false` and restart Loki. Then proceed to update to schema v13 or newer before re-enabling this config, search for 'Storage Schema' in the docs for the schema update procedure";
    let second = "    - {from: \"2023-01-01\", store: tsdb, object_store: filesystem, schema: v13, index: {prefix: i_, period: 24h}}\ningester:\n";
    for (text, marker, words) in [
        (
            with("  delete_request_store: filesystem\n", ""),
            "true\n",
            "CONFIG ERROR: invalid compactor config: compactor.delete-request-store should be configured when retention is enabled",
        ),
        (with("schema: v13", "schema: v12"), "v12", metadata),
        (
            with("period: 24h", "period: 48h"),
            "48h",
            "CONFIG ERROR: invalid schema config: validating period_config: tsdb must always have periodic config for index set to 24h",
        ),
        (
            with("ingester:\n", second),
            "\"2023",
            "CONFIG ERROR: invalid schema config: from time in schemas must be distinct and in increasing order",
        ),
        (
            with("store: tsdb", "store: tsbd"),
            "tsbd",
            "unrecognized `store` (index) type `tsbd`, choose one of: boltdb-shipper, tsdb",
        ),
        (
            with("object_store: filesystem", "object_store: files"),
            "files\n",
            "unrecognized `object_store` type `files`, which also does not match any named_stores. Choose one of: filesystem, aws, alibabacloud, azure, bos, cos, gcs, s3, swift, noop. Or choose a named_store",
        ),
        (
            with("  path_prefix: /loki\n", "")
                + "storage_config:\n  tsdb_shipper: {cache_location: /loki/cache}\n",
            "tsdb_shipper",
            "CONFIG ERROR: `tsdb` index type is configured in at least one schema period, however, `storage_config`, `tsdb_shipper`, `active_index_directory` is not set, please set this directly or set `path_prefix:` in the `common:` section",
        ),
        (
            with("ingester:\n", "ingester:\n  flush_op_timeout: 0s\n"),
            "0s",
            "CONFIG ERROR: invalid ingester config: invalid flush op timeout: 0s",
        ),
        (
            with("  wal:\n", "  wal:\n    checkpoint_duration: 0s\n"),
            "0s",
            "CONFIG ERROR: invalid ingester config: invalid checkpoint duration: 0s",
        ),
        (
            with("ingester:\n", "ingester:\n  chunk_encoding: zip\n"),
            "zip",
            "CONFIG ERROR: invalid ingester config: invalid encoding: zip, supported: none, gzip, lz4-64k, snappy, lz4-256k, lz4-1M, lz4, flate, zstd",
        ),
        (
            with(
                "limits_config:\n",
                "limits_config:\n  retention_stream: [{selector: '{a=\"b\"}', period: 1h}]\n",
            ),
            "1h}",
            "CONFIG ERROR: invalid limits_config config: retention period must be >= 24h was 1h",
        ),
        (
            with("limits_config:\n", "limits_config:\n  deletion_mode: all\n"),
            "all",
            "CONFIG ERROR: invalid limits_config config: unknown deletion mode: must be one of disabled|filter-only|filter-and-delete",
        ),
        (
            "auth_enabled: false\n".to_owned(),
            "",
            "CONFIG ERROR: invalid schema config: must specify at least one schema configuration",
        ),
    ] {
        let (line, column) = place(&text, marker);
        // A type that is not known is also not the one that is needed.
        let expected = if words.contains("tsbd") { 2 } else { 1 };
        let found = told(&text);
        assert_eq!(found.first(), Some(&(line, column, Stage::Validate, words.to_owned())));
        assert_eq!(found.len(), expected, "{found:?}");
    }
}

#[test]
fn a_flag_of_the_command_line_counts_too() {
    let text = with("schema: v13", "schema: v12");
    let arguments = [&format!("-config.file={PATH}"), "-validation.allow-structured-metadata=false"];
    assert_eq!(check_files(&Texts::one(PATH, text), &arguments, &[]), []);
}

#[test]
fn what_only_the_start_refuses_is_told() {
    for (text, marker, words) in [
        (
            with("delete_request_store: filesystem", "delete_request_store: files"),
            "files\n",
            "failed to create delete request store object client: Unrecognized storage client files, choose one of: aws, s3, gcs, azure, alibabacloud, swift, bos, cos, filesystem",
        ),
        (
            with("http_listen_port: 3100", "http_listen_port: 9095"),
            "9095",
            "listen tcp :9095: bind: address already in use",
        ),
    ] {
        let (line, column) = place(&text, marker);
        assert_eq!(told(&text), [(line, column, Stage::Start, words.to_owned())]);
    }
}

#[test]
fn what_loki_takes_and_then_does_otherwise_is_told() {
    for (text, marker, words) in [
        (
            with("retention_period: 168h", "retention_period: 1h"),
            "1h",
            "retention_period below 24h is taken, but nothing is deleted before a day has passed",
        ),
        (
            with("  retention_enabled: true\n", ""),
            "168h",
            "retention_period has no effect while compactor.retention_enabled is not true: logs are kept for ever",
        ),
        (
            with("      chunks_directory: /loki/chunks\n", ""),
            "filesystem\n",
            "chunks have no folder: Loki writes them to its own",
        ),
        (
            with("http://alertmanager:9093", "alertmanager:9093"),
            "alertmanager:9093",
            "alerts cannot be sent to \"alertmanager:9093\"",
        ),
        (
            with("retention_period: 168h", "retention_period: ${RETENTION}"),
            "${",
            "RETENTION is not set, and becomes empty",
        ),
    ] {
        let (line, column) = place(&text, marker);
        assert_eq!(told(&text), [(line, column, Stage::Accepted, words.to_owned())]);
    }
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
fn a_file_that_cannot_be_read_is_refused_in_lokis_words() {
    let files = Guarded(Texts::one(PATH, GOOD));
    for (argument, words) in [
        (
            "-config.file=/p/absent.yml",
            "/p/absent.yml does not exist, set config.file for custom config path",
        ),
        ("-config.file=/etc/loki", "read /etc/loki: is a directory"),
        ("-config.file=/secret.yml", "open /secret.yml: permission denied"),
    ] {
        let found = check_files(&files, &[argument], &[]);
        assert_eq!(found.len(), 1, "{argument}");
        assert_eq!((found[0].stage, found[0].message.as_str()), (Stage::Parse, words));
    }
}

#[test]
fn of_several_files_the_first_that_is_there_counts() {
    let files = Texts::one(PATH, "nonsense: 1\n");
    let found = check_files(&files, &[&format!("-config.file=/absent.yml, {PATH}")], &[]);
    assert_eq!(
        found[0].to_string(),
        "/etc/loki/loki.yml:1:1: field nonsense not found in type loki.ConfigWrapper"
    );
}

#[test]
fn without_a_switch_nothing_is_replaced() {
    let text = with("retention_period: 168h", "retention_period: ${RETENTION}");
    let found =
        check_files(&Texts::one(PATH, text), &[&format!("-config.file={PATH}")], &[("RETENTION", "1d")]);
    assert_eq!(found[0].message, "not a valid duration string: \"${RETENTION}\"");
    assert_eq!(found[0].hint.as_deref(), Some("variables are replaced only with -config.expand-env=true"));
}

#[test]
fn a_field_of_another_version_is_no_fault() {
    let text = with("auth_enabled: false\n", "auth_enabled: false\nnew_in_four: 1\n");
    let arguments = [format!("-config.file={PATH}")];
    let found = validation::check(&Invocation {
        program: Program::Loki,
        version: Some("4.0.0"),
        arguments: &arguments,
        environment: &BTreeMap::new(),
        files: &Texts::one(PATH, text),
    });
    assert_eq!(found.iter().map(|it| it.stage).collect::<Vec<_>>(), [Stage::Accepted]);
}

#[test]
fn a_misspelt_field_gets_the_name_that_was_meant() {
    let found = check(&with("retention_period: 168h", "retention_perod: 168h"));
    assert_eq!(found[0].hint.as_deref(), Some("did you mean retention_period?"));
}
