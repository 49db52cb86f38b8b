use super::*;

const WITH_RULES: &str = "rule_files: [rules.yml]\n";
const GROUP: &str = "groups:\n  - name: g\n    rules:\n";

fn rules(text: &str) -> Vec<Complaint> {
    of(&Texts::one(FILE, WITH_RULES).and("/p/rules.yml", text))
}

/// What Prometheus and its `promtool` printed for these files, with the place.
#[test]
fn bad_rules_are_refused_in_prometheus_words() {
    for (text, words) in [
        (
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up{\n      - alert: B\n        expr: up == 0\n        for: five\n",
            vec!["8:14 Parse not a valid duration string: \"five\""],
        ),
        (
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n  - name: g\n    rules: []\n",
            vec!["6:11 Validate groupname: \"g\" is repeated in the same file"],
        ),
        (
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n        annotations: {summary: \"{{ $labels.x }\"}\n",
            vec![
                "6:46 Validate group \"g\", rule 1, \"A\": annotation \"summary\": template: __alert_A:1: unexpected \"}\" in operand",
            ],
        ),
        (
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up{\n      - alert: B\n        expr: up ==\n",
            vec![
                "5:15 Validate group \"g\", rule 1, \"A\": could not parse expression: 1:4: parse error: unexpected end of input inside braces",
                "7:15 Validate group \"g\", rule 2, \"B\": could not parse expression: 1:6: parse error: unexpected end of input",
            ],
        ),
        (
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n        nonsense: 1\n",
            vec!["6:9 Parse field nonsense not found in type rulefmt.Rule"],
        ),
        (
            "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n      - alert: A\n        expr: up == 0\n",
            vec![
                "6:16 Accepted lint error 1 duplicate rule(s) found.\nMetric: A\nLabel(s):\nMight cause inconsistency while recording expressions",
            ],
        ),
    ] {
        let complaints = rules(text);
        assert_eq!(shown(&complaints), words, "{text}");
        assert!(complaints.iter().all(|it| it.file == "/p/rules.yml"));
    }
}

#[test]
fn what_a_rule_may_not_have_is_refused_in_prometheus_words() {
    for (rule, words) in [
        ("{alert: A, record: b, expr: up}", "only one of 'record' and 'alert' must be set"),
        ("{expr: up}", "one of 'record' or 'alert' must be set"),
        ("{alert: A}", "field 'expr' must be set in rule"),
        ("{record: a, expr: up, for: 5m}", "invalid field 'for' in recording rule"),
        ("{record: a, expr: up, keep_firing_for: 5m}", "invalid field 'keep_firing_for' in recording rule"),
        ("{record: a, expr: up, annotations: {a: b}}", "invalid field 'annotations' in recording rule"),
        (
            "{record: 'a{}', expr: up}",
            "braces present in the recording rule name; should it be in expr?: a{}",
        ),
        ("{alert: A, expr: up, labels: {__name__: b}}", "invalid label name: __name__"),
        (
            "{alert: A, expr: up, labels: {a: '{{ $x }}'}}",
            "label \"a\": template: __alert_A:1: undefined variable \"$x\"",
        ),
        (
            "{alert: A, expr: up, annotations: {a: '{{ humanise $value }}'}}",
            "annotation \"a\": template: __alert_A:1: function \"humanise\" not defined",
        ),
        (
            "{alert: A, expr: 'limitk(1, up)'}",
            "could not parse expression: 1:1: parse error: limitk() is experimental",
        ),
    ] {
        let complaints = rules(&format!("{GROUP}      - {rule}\n"));
        let messages: Vec<&str> = complaints.iter().map(|it| it.message.as_str()).collect();
        assert!(matches!(messages[..], [one] if one.contains(words)), "{rule}: {messages:?}");
        assert!(complaints[0].line == 4 && complaints[0].is_fatal());
    }
}

#[test]
fn good_rules_are_accepted() {
    let text = "groups:\n  - name: g\n    interval: 1m\n    rules:\n      - record: a:b\n        expr: sum(up)\n      - alert: A\n        expr: |\n          up == 0\n        for: 5m\n        labels: {severity: critical}\n        annotations:\n          summary: >-\n            {{ $labels.job }} is {{ $value | humanize }} {{ with query \"up\" }}{{ . | first | value }}{{ end }}\n      - alert: A\n        expr: up == 1\n        labels: {severity: warning}\n";
    assert_eq!(rules(text), []);
    assert_eq!(rules(""), []);
}

#[test]
fn experimental_functions_are_read_where_they_are_enabled() {
    let files = Texts::one(FILE, WITH_RULES)
        .and("/p/rules.yml", format!("{GROUP}      - {{record: a, expr: 'limitk(1, up)'}}\n"));
    let file = format!("--config.file={FILE}");
    let enabled = "--enable-feature=otlp-deltatocumulative,promql-experimental-functions";
    assert_eq!(run(&files, &[&file, enabled], &[]), []);
}

#[test]
fn templates_in_blocks_are_found_in_their_line() {
    let text = format!(
        "{GROUP}      - alert: A\n        expr: up\n        annotations:\n          a: |\n            one\n            {{{{ two }}}}\n"
    );
    assert_eq!(
        shown(&rules(&text)),
        [
            "9:16 Validate group \"g\", rule 1, \"A\": annotation \"a\": template: __alert_A:2: function \"two\" not defined"
        ]
    );
}

#[test]
fn files_of_rules_are_found_as_prometheus_finds_them() {
    let bad = format!("{GROUP}      - alert: A\n");
    let files = Texts::one(FILE, "rule_files: [rules/*.yml, /other/a.yml]\n")
        .and("/p/rules/a.yml", &bad)
        .and("/p/rules/b.yaml", &bad)
        .and("/other/a.yml", &bad);
    let found: Vec<String> = of(&files).into_iter().map(|it| it.file).collect();
    assert_eq!(found, ["/p/rules/a.yml", "/other/a.yml"]);
}

/// `promtool` ends with 1, Prometheus itself starts without the rules.
#[test]
fn a_file_of_rules_that_is_named_and_not_there_is_told() {
    let complaints = config("rule_files: [absent.yml, rules/*.yml]\n");
    assert_eq!(shown(&complaints), ["1:14 Accepted \"/p/absent.yml\" does not point to an existing file"]);
}
