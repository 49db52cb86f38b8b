use super::*;

const GOOD: &str = r#"{
  "uid": "one", "title": "One", "schemaVersion": 41,
  "links": [{"type": "link", "url": "/d/one?var-x=${service}"}],
  "annotations": {"list": [{"datasource": {"type": "grafana", "uid": "-- Grafana --"}}]},
  "templating": {"list": [
    {"name": "service", "type": "custom", "query": "a,b", "multi": true, "includeAll": true, "allValue": ".+",
     "current": {"value": ["$__all"]}},
    {"name": "ds", "type": "datasource", "query": "loki", "regex": "/^L/"},
    {"name": "job", "type": "query", "datasource": {"uid": "prometheus"}, "query": "label_values(up{x=\"y\"}, job)",
     "regex": "/rwa-(.*)/i"}
  ]},
  "panels": [
    {"id": 1, "type": "row", "title": "R", "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}},
    {"id": 2, "type": "timeseries", "title": "P", "gridPos": {"h": 8, "w": 12, "x": 12, "y": 1},
     "datasource": {"type": "prometheus", "uid": "prometheus"},
     "targets": [
       {"refId": "A", "expr": "sum by (a) (rate(x{s=~\"$service\"}[$__rate_interval]))", "legendFormat": "{{a}} of {{b}}"},
       {"refId": "B", "expr": "label_replace(x, \"a\", \"${1}xx\", \"b\", \"(.)..\")"}
     ],
     "fieldConfig": {
       "defaults": {"links": [{"title": "L", "url": "https://x/?a=${__field.labels.a}&t=${__from}"}],
         "mappings": [{"type": "regex", "options": {"pattern": "^a.*$", "result": {"text": "b"}}}]},
       "overrides": [{"matcher": {"id": "byRegexp", "options": "/^err.*/i"}, "properties": [{"id": "unit", "value": "s"}]}]
     },
     "transformations": [{"id": "renameByRegex", "options": {"regex": "(.*)-service", "renamePattern": "$1"}}]
    },
    {"id": 3, "type": "logs", "gridPos": {"h": 8, "w": 24, "x": 0, "y": 9}, "datasource": {"uid": "${ds}"},
     "targets": [{"refId": "A", "expr": "{service=~\"$service\"} |= `x`"}]}
  ]
}"#;

fn with(from: &str, to: &str) -> Vec<Complaint> {
    with_dashboard(&replaced(GOOD, from, to))
}

#[test]
fn a_good_dashboard_is_accepted() {
    assert_eq!(told(&with_dashboard(GOOD)), []);
}

#[test]
fn what_shows_as_an_empty_panel_is_told() {
    for (from, to, at, message) in [
        (
            "\"multi\": true,",
            "\"multi\": true,;",
            ";",
            "invalid character ';' looking for beginning of object key string",
        ),
        ("\"title\": \"One\"", "\"title\": \"\"", "\"\"", "Dashboard title cannot be empty"),
        ("\"uid\": \"one\"", "\"uid\": \"o n e\"", "\"o n e", "uid contains illegal characters"),
        ("41", "\"41\"", "\"41", "schemaVersion is no number"),
        ("\"id\": 2", "\"id\":  1", " 1, \"type\": \"timeseries\"", "panel id 1 is used more than once"),
        (
            "\"w\": 12",
            "\"w\": 13",
            "{\"h\": 8, \"w\": 13",
            "gridPos: the panel ends right of the grid's 24 columns",
        ),
        ("\"h\": 8", "\"h\": 0.5", "0.5", "gridPos: h is no number of cells"),
        (
            "\"refId\": \"B\"",
            "\"refId\":  \"A\"",
            " \"A\", \"expr\": \"label",
            "refId A is used more than once",
        ),
        (
            "\"uid\": \"prometheus\"},\n     \"targets\"",
            "\"uid\": \"${DS_X}\"},\n     \"targets\"",
            "\"${DS_X}",
            "Datasource ${DS_X} was not found",
        ),
        (
            "sum by (a) (rate(",
            "sum by (a (rate(",
            "\"sum by",
            "1:11: parse error: unexpected \"(\" in grouping opts, expected \",\" or \")\"",
        ),
        (
            "[$__rate_interval]",
            "[$rate_interval]",
            "\"sum by",
            "1:29: parse error: unexpected character in duration expression: '$'",
        ),
        (
            "|= `x`",
            "|= x",
            "\"{service",
            "parse error at line 1, col 20: syntax error: unexpected IDENTIFIER, expecting STRING or ip",
        ),
        ("{{a}} of", "{{a of", "\"{{a of", "the legend has {{ without }}, which is shown as it is"),
        ("/^err.*/i", "(?i)err", "\"(?i)err", "Invalid regular expression: /^(?i)err$/: Invalid group"),
        ("^a.*$", "a(", "\"a(", "Invalid regular expression: /^a($/: Unterminated group"),
        (
            "(.*)-service",
            "*-service",
            "\"*-service",
            "Invalid regular expression: /^*-service$/: Nothing to repeat",
        ),
        (
            "renameByRegex",
            "renameByRegexp",
            "\"renameByRegexp",
            "\"renameByRegexp\" not found in transformations",
        ),
        ("/rwa-(.*)/i", "/rwa-(.*/i", "\"/rwa", "Invalid regular expression: /rwa-(.*/i: Unterminated group"),
        (
            "label_values(up{",
            "label_values(up{{",
            "\"label_values",
            "1:4: parse error: unexpected left brace '{'",
        ),
        ("(up{x=\\\"y\\\"}, job)", "(up, a b)", "\"label_values", "label_values: \"a b\" is no label"),
        (
            "\"name\": \"ds\"",
            "\"name\":  \"service\"",
            " \"service\", \"type\": \"data",
            "the variable service is given twice",
        ),
        ("/d/one?", "/d/two?", "\"/d/two", "no dashboard with the uid two is provisioned"),
        ("${service}\"", "${servis}\"", "\"/d/one", "${servis} is no variable here"),
        (
            "${__field.labels.a}",
            "${__feld.labels.a}",
            "\"https://x",
            "${__feld.labels.a} is no variable here",
        ),
    ] {
        let complaints = with(from, to);
        let (line, column) = place(&replaced(GOOD, from, to), at);
        let column = column + at.len() - at.trim_start().len();
        let wanted = (line, column, Stage::Accepted, message);
        assert!(told(&complaints).contains(&wanted), "{to}: {wanted:?} in {:?}", told(&complaints));
    }
}

#[test]
fn a_query_is_found_by_its_panel() {
    let complaints = with("|= `x`", "|= x");
    assert_eq!(complaints[0].hint.as_deref(), Some("panel \"\", query A"));
    let complaints = with("label_replace(x", "label_replace(");
    assert_eq!(complaints[0].hint.as_deref(), Some("panel \"P\", query B"));
}

#[test]
fn two_dashboards_cannot_be_the_same() {
    let files = Texts::one(DATASOURCES, GOOD_SOURCES)
        .and(PROVIDER, GOOD_PROVIDER)
        .and(DASHBOARD, GOOD)
        .and("/etc/grafana/provisioning/dashboards/more/two.json", GOOD);
    let complaints = check(&files);
    let said: Vec<&str> = complaints.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(said, ["the same UID is used more than once", "dashboard title is not unique in folder"]);
    assert!(complaints.iter().all(|it| it.file.ends_with("more/two.json") || it.file == DASHBOARD));
}

#[test]
fn a_provider_that_finds_nothing_is_told() {
    for (from, to, at, message) in [
        ("type: file", "type: git", "git", "type git is not supported"),
        ("path:", "paths:", "paths", "failed to load dashboards, path param is not a string"),
        ("/etc/grafana/provisioning/dashboards", "/none", "/none", "stat /none: no such file or directory"),
        ("name: x", "nam: x", "nam:", "field nam not found in type provider"),
        (
            "type: file",
            "type: $TYPE",
            "$TYPE",
            "$TYPE is replaced by an environment variable that is not set",
        ),
        (
            "options:",
            "updateIntervalSeconds: 30s\n    options:",
            "30s",
            "yaml: unmarshal errors: strconv.Atoi: parsing \"30s\": invalid syntax",
        ),
    ] {
        let text = replaced(GOOD_PROVIDER, from, to);
        let (line, column) = place(&text, at);
        let complaints = check(&Texts::one(PROVIDER, text));
        let wanted = (line, column, Stage::Accepted, message);
        assert!(told(&complaints).contains(&wanted), "{to}: {wanted:?} in {:?}", told(&complaints));
    }
}

#[test]
fn a_dashboard_that_cannot_be_read_is_told() {
    let files = Texts::one(PROVIDER, GOOD_PROVIDER).and(DASHBOARD, GOOD);
    let complaints = check(&Unreadable(files, DASHBOARD, ReadError::Denied));
    let message = format!("open {DASHBOARD}: permission denied");
    assert_eq!(told(&complaints), [(0, 0, Stage::Accepted, message.as_str())]);
}

#[test]
fn data_sources_that_are_kept_elsewhere_are_not_missed() {
    let files = Texts::one(PROVIDER, GOOD_PROVIDER).and(DASHBOARD, GOOD);
    assert_eq!(told(&check(&files)), []);
    let broken = replaced(GOOD, "sum by (a) (rate(", "sum by (a (rate(");
    assert_eq!(check(&Texts::one(PROVIDER, GOOD_PROVIDER).and(DASHBOARD, broken)).len(), 1);
}
