use super::*;

/// Grafana does not start with these.
#[test]
fn a_file_that_cannot_be_used_ends_grafana() {
    let unmarshal = "yaml: unmarshal errors: ";
    for (from, to, at, stage, message) in [
        ("apiVersion: 1", "apiVersion: one", "one", Stage::Parse, "cannot unmarshal !!str `one` into int64"),
        (
            "prune: true",
            "prune: maybe",
            "maybe",
            Stage::Parse,
            "strconv.ParseBool: parsing \"maybe\": invalid syntax",
        ),
        ("orgId: 1", "orgId: one", "one", Stage::Parse, "strconv.Atoi: parsing \"one\": invalid syntax"),
        ("uid: loki", "uid: [loki]", "[loki]", Stage::Parse, "cannot unmarshal !!seq into string"),
        (
            "type: loki",
            "type: loki\n    isDefault: yes, true",
            "yes, true",
            Stage::Parse,
            "strconv.ParseBool: parsing \"yes, true\": invalid syntax",
        ),
        (
            "type: loki",
            "type: loki\n    isDefault: True",
            "True",
            Stage::Validate,
            "datasource.yaml config is invalid. Only one datasource per organization can be marked as default",
        ),
        (
            "uid: loki",
            "uid:  prometheus",
            " prometheus\n    type: loki",
            Stage::Start,
            "data source with the same uid already exists",
        ),
    ] {
        let complaints = with_sources(from, to);
        let (line, column) = place(&replaced(GOOD_SOURCES, from, to), at);
        let column = column + at.len() - at.trim_start().len();
        let message =
            if stage == Stage::Parse { format!("{unmarshal}{message}") } else { message.to_owned() };
        assert!(told(&complaints).contains(&(line, column, stage, message.as_str())), "{to}: {complaints:?}");
    }
}

#[test]
fn a_file_that_is_no_yaml_ends_grafana() {
    for (from, to, line) in [
        ("    uid: loki", "\tuid: loki", 19),
        ("uid: loki", "uid: \"loki", 19),
        ("prune: true", "prune: true: x", 2),
    ] {
        let complaints = with_sources(from, to);
        assert!(
            complaints.iter().all(|it| it.stage == Stage::Parse && it.file == DATASOURCES),
            "{complaints:?}"
        );
        assert!(complaints.iter().any(|it| it.line >= line), "{complaints:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_ends_grafana() {
    for (error, message) in [
        (ReadError::Denied, format!("open {DATASOURCES}: permission denied")),
        (ReadError::Folder, format!("read {DATASOURCES}: is a directory")),
    ] {
        let files = Unreadable(Texts::one(DATASOURCES, GOOD_SOURCES), DATASOURCES, error);
        assert_eq!(told(&check(&files)), [(0, 0, Stage::Parse, message.as_str())]);
    }
    let secret = with_sources("url: http://loki:3100", "url: $__file{/run/none}");
    assert_eq!(told(&secret)[0], (21, 10, Stage::Parse, "stat /run/none: no such file or directory"));
}

/// Grafana starts with these, and then something is not as it was meant.
#[test]
fn what_grafana_takes_as_it_is_is_told() {
    for (from, to, at, message) in [
        ("prune: true", "prun: true", "prun:", "field prun not found in type datasources"),
        ("uid: loki", "uuid: loki", "uuid:", "field uuid not found in type datasource"),
        (
            "apiVersion: 1\n",
            "\n",
            "prune",
            "[Deprecated] the datasource provisioning config is outdated. please upgrade",
        ),
        ("access: proxy", "access: server", "server", "invalid access value, will use 'proxy' instead"),
        ("type: loki", "type: lokki", "lokki", "Could not find plugin definition for data source lokki"),
        (
            "name: Loki",
            "name:  Prometheus",
            " Prometheus\n    uid: loki",
            "the data source Prometheus is given twice, and the last one counts",
        ),
        (
            "http://loki:3100",
            "http://me:secret@loki:31oo",
            "http://me",
            "parse \"http://xxxxx@loki:31oo\": invalid port \":31oo\" after host",
        ),
        ("url: http://loki:3100", "url: ''", "''", "the data source has no url"),
        ("timeInterval: 15s", "timeInterval: soon", "soon", "timeInterval is no duration: \"soon\""),
        ("httpMethod: POST", "httpMethod: PUT", "PUT", "httpMethod knows POST, GET, not \"PUT\""),
        ("\"-5m\"", "\"-5\"", "\"-5\"", "spanStartTimeShift is no duration: \"-5\""),
        ("datasourceUid: loki", "datasourceUid: lokki", "lokki", "Datasource lokki was not found"),
        (
            "name: In text",
            "name: Trace",
            "{ name: Trace, matcherRegex",
            "the derived field Trace is given twice",
        ),
        (
            "trace=([0-9a-f]+)",
            "(?i)trace=([0-9a-f]+)",
            "\"(?i)",
            "Invalid regular expression: /(?i)trace=([0-9a-f]+)/: Invalid group",
        ),
        (
            "trace=([0-9a-f]+)",
            "trace=[0-9a-f]+",
            "\"trace=",
            "the expression has no group in parentheses, whose text would be the value",
        ),
        (
            "$${__trace.traceId}",
            "${__trace.traceId}",
            "'{job",
            "${__trace.traceId} is replaced by an environment variable that is not set",
        ),
        (
            "trace_id=\"$${__trace.traceId}\"",
            "trace_id=$${__trace.traceId}",
            "'{job",
            "parse error at line 1, col 22: syntax error: unexpected IDENTIFIER",
        ),
        ("calls_total{", "calls_total{{", "'sum(rate", "1:22: parse error: unexpected left brace '{'"),
    ] {
        let complaints = with_sources(from, to);
        let (line, column) = place(&replaced(GOOD_SOURCES, from, to), at);
        let column = column + at.len() - at.trim_start().len();
        let wanted = (line, column, Stage::Accepted, message);
        assert!(told(&complaints).contains(&wanted), "{to}: {wanted:?} in {:?}", told(&complaints));
    }
}

/// Spans of Jaeger name their service beside their tags, so that a selector made of tags alone is empty.
#[test]
fn a_link_from_a_trace_must_be_a_query_without_any_tag() {
    let from = r#"{job="x"} | trace_id="#;
    let complaints = with_sources(from, r#"{job="rwa-backend", $${__tags}} | trace_id="#);
    let message = "parse error at line 1, col 21: syntax error: unexpected }, expecting IDENTIFIER";
    assert_eq!(told(&complaints), [(35, 16, Stage::Accepted, message)]);
    let hint = r#"without any of the tags the query is {job="rwa-backend", } | trace_id="sample""#;
    assert_eq!(complaints[0].hint.as_deref(), Some(hint));
    let complaints = with_sources(r#"calls_total{span_name="$${__span.name}", $${__tags}}"#, "{$${__tags}}");
    let message = "1:10: parse error: vector selector must contain at least one non-empty matcher";
    assert_eq!(told(&complaints), [(39, 34, Stage::Accepted, message)]);
}
