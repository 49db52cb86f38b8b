use super::*;

/// Prometheus itself reads these.
const GOOD: &[&str] = &[
    "up",
    "up == 0",
    "sum by (service) (rate(http_requests_total{job=\"kong\"}[5m]))",
    "histogram_quantile(0.95, sum by (le, service) (rate(x_bucket[5m])))",
    "resets(otelcol_process_uptime{job=\"jaeger\"}[15m]) > 2",
    "absent(up{job=\"loki\"})",
    "a and on (job) b or c unless ignoring (x) d",
    "a * on (job) group_left (name) b",
    "a / on (job) group_right b",
    "{\"http.requests\"}",
    "{\"http.requests\", \"label.name\"=~\"a.*\"}",
    "{__name__=~\"up|down\"}",
    "up{job!~\"a|b\", service!=\"\", }",
    "rate(x[5m:])",
    "max_over_time(rate(x[1m])[1h:30s] offset 1d)",
    "x offset -5m",
    "x @ start()",
    "x @ 1609746000.5",
    "x[5m] @ end() offset 1h",
    "-x ^ 2",
    "2 ^ -1",
    "1 > bool 2",
    "count_values(\"version\", build_info)",
    "topk(5, sum without (instance) (x))",
    "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
    "label_join(x, \"a\", \",\", \"b\", \"c\")",
    "time() - x",
    "hour() > 8",
    "round(x, 0.1)",
    "# a comment\nup # another\n",
    "x{a=`raw\\d`}",
    "x{a='single'}",
    "\"text\"",
    "1e3",
    "0x1F",
    "1h30m",
    "Inf",
    "nan",
    "sum",
    "rate",
    "by",
    "offset",
    "start + end",
    "SUM(x) BY (a)",
    "sum(x) by (a, \"b.c\",)",
    "sum by () (x)",
    "job:requests:rate5m",
    "x{a=\"\"}[1m]",
    "fill",
    "x </ 5",
    "rate(x[1m30s])",
    "rate(x[90])",
    "-(-x)",
    "(((x)))",
    "quantile(0.9, x) by (a)",
    "vector(1) == 1",
    "x atan2 y",
    "days_in_month()",
    "scalar(x) > bool 1",
    "up[5m]",
    "up offset 5",
];

/// Prometheus itself printed these words for these expressions.
const BAD: &[(&str, &str)] = &[
    ("", "unknown position: no expression found in input"),
    ("up{", "1:4: unexpected end of input inside braces"),
    ("up{a", "1:5: unexpected end of input inside braces"),
    ("up{a=", "1:6: unexpected end of input inside braces"),
    ("up{a=b}", "1:6: unexpected identifier \"b\" in label matching, expected string"),
    ("up{a=\"b\" c=\"d\"}", "1:10: unexpected identifier \"c\" in label matching, expected \",\" or \"}\""),
    ("up{a=\"b\"", "1:9: unexpected end of input inside braces"),
    ("up{a=~\"(\"}", "1:4: error parsing regexp: missing closing ): `(`"),
    ("up{,}", "1:4: unexpected \",\" in label matching, expected identifier or \"}\""),
    ("up{a=\"x\"}}", "1:10: unexpected character: '}'"),
    ("up[", "1:4: unexpected end of input in duration expression"),
    ("up[5m", "1:6: unclosed left bracket"),
    ("up[5]s", "1:6: unexpected identifier \"s\""),
    ("up[5m:5m:5m]", "1:9: unexpected colon ':'"),
    ("up[0s]", "1:4: duration must be greater than 0"),
    ("up[-5m]", "1:4: duration must be greater than 0"),
    ("up[5m][5m]", "1:7: ranges only allowed for vector selectors"),
    ("up[5 m]", "1:6: unexpected character: 'm', expected ':'"),
    ("up ==", "1:6: unexpected end of input"),
    ("== up", "1:1: unexpected <op:==>"),
    ("up up", "1:4: unexpected identifier \"up\""),
    ("up )", "1:5: unexpected right parenthesis ')'"),
    ("(up", "1:4: unclosed left parenthesis"),
    ("sum(up", "1:7: unclosed left parenthesis"),
    ("sum(up up)", "1:8: unexpected identifier \"up\" in aggregation"),
    ("sum()", "1:1: no arguments for aggregate expression provided"),
    ("sum(a, b)", "1:1: wrong number of arguments for aggregate expression provided, expected 1, got 2"),
    ("sum by service (up)", "1:8: unexpected identifier \"service\" in grouping opts, expected \"(\""),
    ("sum by (1) (up)", "1:9: unexpected number \"1\" in grouping opts, expected label"),
    ("sum by (a b) (up)", "1:11: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""),
    ("topk(up)", "1:1: wrong number of arguments for aggregate expression provided, expected 2, got 1"),
    ("rate(up)", "1:6: expected type range vector in call to function \"rate\", got instant vector"),
    ("rate(up[5m]", "1:12: unclosed left parenthesis"),
    ("rate(sum(up)[5m])", "1:13: ranges only allowed for vector selectors"),
    ("rate(up, 5m)", "1:1: expected 1 argument(s) in call to \"rate\", got 2"),
    ("1 == 2", "1:3: comparisons between scalars must use BOOL modifier"),
    ("a and 1", "1:1: set operator \"and\" not allowed in binary scalar expression"),
    ("a + bool b", "1:3: bool modifier can only be used on comparison operators"),
    ("a on (x) b", "1:3: unexpected <on>"),
    ("a + on x b", "1:8: unexpected identifier \"x\" in grouping opts, expected \"(\""),
    ("a or on (x) group_left b", "1:1: no grouping allowed for \"or\" operation"),
    ("a + on (x) group_left (x) b", "1:3: label \"x\" must not occur in ON and GROUP clause at once"),
    ("absent()", "1:1: expected 1 argument(s) in call to \"absent\", got 0"),
    ("absent(up, down)", "1:1: expected 1 argument(s) in call to \"absent\", got 2"),
    ("nosuch(up)", "1:1: unknown function with name \"nosuch\""),
    (
        "limitk(1, up)",
        "1:1: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions",
    ),
    ("info(up)", "1:1: function \"info\" is not enabled"),
    ("first_over_time(up[5m])", "1:1: function \"first_over_time\" is not enabled"),
    (
        "histogram_quantile(up, 0.9)",
        "1:20: expected type scalar in call to function \"histogram_quantile\", got instant vector",
    ),
    (
        "label_replace(up, \"a\", \"b\", \"c\")",
        "1:1: expected 5 argument(s) in call to \"label_replace\", got 4",
    ),
    ("foo(a,)", "1:6: trailing commas not allowed in function call args"),
    ("round(a,)", "1:8: trailing commas not allowed in function call args"),
    ("up offset", "1:10: unexpected end of input in offset, expected number, duration, step(), or range()"),
    (
        "up offset x",
        "1:11: unexpected identifier \"x\" in offset, expected number, duration, step(), or range()",
    ),
    ("up @ x", "1:6: unexpected identifier \"x\" in @, expected timestamp"),
    (
        "(up) offset 5m",
        "1:1: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
    ),
    ("up offset 5m offset 5m", "1:1: offset may not be set multiple times"),
    ("up @ 1 @ 2", "1:1: @ <timestamp> may not be set multiple times"),
    (
        "sum(up) @ 1",
        "1:1: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
    ),
    ("{}", "1:1: vector selector must contain at least one non-empty matcher"),
    ("{a=~\".*\"}", "1:1: vector selector must contain at least one non-empty matcher"),
    ("{a!=\"b\"}", "1:1: vector selector must contain at least one non-empty matcher"),
    ("up{__name__=\"x\"}", "1:1: metric name must not be set twice: \"up\" or \"x\""),
    ("up{a=\"b\"} = 1", "1:11: unexpected \"=\""),
    ("up =~ \"x\"", "1:4: unexpected character after '=': '~'"),
    ("up ! 1", "1:4: unexpected character after '!': ' '"),
    ("up & 1", "1:4: unexpected character: '&'"),
    ("up && down", "1:4: unexpected character: '&'"),
    ("up || down", "1:4: unexpected character: '|'"),
    ("$x", "1:1: unexpected character: '$'"),
    ("${x}", "1:1: unexpected character: '$'"),
    ("rate(up[$__rate_interval])", "1:9: unexpected character in duration expression: '$'"),
    ("\"a\" + 1", "1:1: binary expression must contain only scalar and instant vector types"),
    (
        "-\"a\"",
        "1:1: unary expression only allowed on expressions of type scalar or instant vector, got \"string\"",
    ),
    ("\"unterminated", "1:1: unterminated quoted string"),
    ("`raw", "1:1: unterminated raw string"),
    ("\"\\d\"", "1:1: unknown escape sequence U+0064 'd'"),
    ("up{a=\"\\d\"}", "1:6: unknown escape sequence U+0064 'd'"),
    ("1__0", "1:1: bad number or duration syntax: \"1__\""),
    ("1.2.3", "1:1: bad number or duration syntax: \"1.2.\""),
    ("5mm", "1:1: bad number or duration syntax: \"5mm\""),
    ("5m30h", "1:1: not a valid duration string: \"5m30h\""),
    ("up[1x]", "1:4: bad number or duration syntax: \"1\""),
    ("é", "1:1: unexpected character: 'é'"),
    ("sum by (a", "1:10: unclosed left parenthesis"),
    ("a + fill (0) b", "1:1: binop fill modifiers are experimental and not enabled"),
    ("x[5m] anchored", "1:1: anchored modifier is experimental and not enabled"),
    ("x[1m + 1m]", "1:3: experimental duration expression is not enabled"),
    ("x offset (5m)", "1:11: experimental duration expression is not enabled"),
    ("count_values(1, up)", "1:14: expected type string in aggregation parameter, got scalar"),
    ("quantile(\"a\", up)", "1:10: expected type scalar in aggregation parameter, got string"),
    ("up{a=\"b\"}[5m] + 1", "1:1: binary expression must contain only scalar and instant vector types"),
    ("up\n  + sum(\n    x y)", "3:7: unexpected identifier \"y\" in aggregation"),
];

#[test]
fn what_prometheus_reads_is_accepted() {
    for good in GOOD {
        assert_eq!(check(good), Ok(()), "{good}");
    }
}

#[test]
fn what_prometheus_refuses_is_refused_in_its_words() {
    for (bad, words) in BAD {
        let refused = check(bad).err().map(|error| error.message.replacen(" parse error: ", " ", 1));
        assert_eq!(refused.as_deref(), Some(*words), "{bad}");
    }
}

#[test]
fn a_fault_has_its_line_and_its_column_in_characters() {
    let error = check("up{a=\"é\"}\n  + sum by (x) (é)").expect_err("é is no metric without quotes");
    assert_eq!((error.line, error.column), (2, 17));
    let error = check("\"é\" +").expect_err("the right side is missing");
    assert_eq!((error.column, error.message.split(' ').next()), (6, Some("1:7:")));
}

#[test]
fn features_that_are_switched_on_are_read() {
    for (feature, expression) in [
        ("promql-experimental-functions", "limitk(1, first_over_time(up[5m]))"),
        ("promql-duration-expr", "rate(up[5m * 2] offset -(step() + 1m))"),
        ("promql-extended-range-selectors", "rate(up[5m] smoothed)"),
        ("promql-binop-fill-modifiers", "a + on (x) fill_left (0) fill_right (-1) b"),
    ] {
        assert!(check(expression).is_err(), "{expression}");
        assert_eq!(check_with(expression, Features::named(feature.split(','))), Ok(()), "{expression}");
    }
}

#[test]
fn the_metrics_of_an_expression_are_named() {
    assert_eq!(
        metrics("sum(rate(b[5m])) / a{x=\"y\"} + {\"c.d\"} or {__name__=\"e\"} + a"),
        ["a", "b", "c.d", "e"]
    );
    assert_eq!(metrics("a + ("), ["a"]);
}

#[test]
fn deep_nesting_is_no_crash_and_no_verdict() {
    for deep in ["(", "-", "sum(", "up[", "2 ^ "] {
        let _ = check(&deep.repeat(100_000));
    }
    assert_eq!(check(&format!("{}1{}", "(".repeat(1000), ")".repeat(1000))), Ok(()));
    assert_eq!(check(&format!("1{}", " + 1".repeat(10_000))), Ok(()));
}
