//! What Promtail refuses of a pipeline's stages, one function a stage, wherever the stage is written: Alloy has the
//! same stages in a language of its own. The words are those after `invalid … stage config: `.

use crate::{duration, go_regex, size};

use super::{jmespath, selector, template};

/// Whether a name can be a label's in Loki.
pub fn is_label_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_ascii_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_ascii_alphanumeric())
}

/// `regex`: Go's syntax, with named groups to be of use.
pub fn regex(expression: &str, source: Option<&str>) -> Result<(), String> {
    expression_needed(expression)?;
    source_not_empty(source, "empty source")?;
    compiled(expression)
}

/// `replace`: as `regex`. What it replaces with is a template that is read for each line only, so a wrong one just
/// replaces nothing.
pub fn replace(expression: &str, source: Option<&str>) -> Result<(), String> {
    expression_needed(expression)?;
    source_not_empty(source, "empty source in replace stage")?;
    compiled(expression)
}

fn expression_needed(expression: &str) -> Result<(), String> {
    if expression.is_empty() { Err("expression is required".to_owned()) } else { Ok(()) }
}

fn source_not_empty(source: Option<&str>, words: &str) -> Result<(), String> {
    if source == Some("") { Err(words.to_owned()) } else { Ok(()) }
}

fn compiled(expression: &str) -> Result<(), String> {
    go_regex::check(expression).map_err(|error| format!("could not compile regular expression: {error}"))
}

/// `json`: names and what is taken for them, nothing for what has the same name.
pub fn json<'a>(
    expressions: impl IntoIterator<Item = (&'a str, &'a str)>,
    source: Option<&str>,
) -> Result<(), String> {
    let mut some = false;
    let mut refused = Ok(());
    for (name, expression) in expressions {
        some = true;
        let expression = if expression.is_empty() { name } else { expression };
        refused = refused.and_then(|()| jmespath::check(expression));
    }
    if !some {
        return Err("JMES expression is required".to_owned());
    }
    source_not_empty(source, "empty source")?;
    refused.map_err(|error| format!("could not compile JMES expression: {error}"))
}

/// `logfmt`, by the number of names that it takes.
pub fn logfmt(names: usize, source: Option<&str>) -> Result<(), String> {
    if names == 0 {
        return Err("logfmt mapping is required".to_owned());
    }
    source_not_empty(source, "empty source")
}

/// `labels` and `structured_metadata`, by the names that they set.
pub fn labels<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
    match names.into_iter().find(|name| !is_label_name(name)) {
        Some(name) => Err(format!("invalid label name: {name}")),
        None => Ok(()),
    }
}

/// `template`: Go's templates with the functions of Sprig.
pub fn template(source: &str, text: &str) -> Result<(), String> {
    if source.is_empty() {
        return Err("template source value is required".to_owned());
    }
    template::check(text)
}

/// `output`.
pub fn output(source: &str) -> Result<(), String> {
    if source.is_empty() {
        return Err("output source value is required if output is specified".to_owned());
    }
    Ok(())
}

/// `match`: a selector of streams with filters of lines, an action, and the number of stages inside.
pub fn matching(selector: &str, action: &str, stages: usize) -> Result<(), String> {
    if selector.is_empty() {
        return Err("selector statement required for match stage".to_owned());
    }
    match action {
        "" | "keep" if stages == 0 => {
            return Err(
                "match stage requires at least one additional stage to be defined in '- stages'".to_owned()
            );
        }
        "drop" if stages > 0 => {
            return Err("match stage configured to drop entries cannot contains stages".to_owned());
        }
        "" | "keep" | "drop" => {}
        _ => return Err("match stage action should be 'keep' or 'drop'".to_owned()),
    }
    selector::check(selector).map_err(|error| match error {
        selector::Refused::Syntax(words) => format!("invalid selector syntax for match stage: {words}"),
        selector::Refused::Filter(words) => format!("error parsing pipeline: {words}"),
        // Promtail does not catch this one and ends in a panic with these words.
        selector::Refused::Matcher(words) => words,
    })
}

/// `drop`, with what is set.
#[derive(Debug, Clone, Copy, Default)]
pub struct Drop<'a> {
    /// Whether there is any source.
    pub source: bool,
    /// `expression`.
    pub expression: Option<&'a str>,
    /// `value`.
    pub value: Option<&'a str>,
    /// `older_than`.
    pub older_than: Option<&'a str>,
    /// `longer_than`.
    pub longer_than: Option<&'a str>,
}

/// `drop`: what is set must all be true of a line that is dropped.
pub fn drop(stage: Drop<'_>) -> Result<(), String> {
    let Drop { source, expression, value, older_than, longer_than } = stage;
    if !source && expression.is_none() && older_than.is_none() && longer_than.is_none() {
        return Err("drop stage config must contain at least one of `source`, `expression`, `older_than` or `longer_than`".to_owned());
    }
    if let Some(age) = older_than {
        duration::go(age).map_err(|error| {
            format!("drop stage invalid duration, {age} cannot be converted to a duration: {error}")
        })?;
    }
    if value.is_some() && !source {
        return Err("drop stage config must contain `source` if `value` is specified".to_owned());
    }
    if value.is_some() && expression.is_some() {
        return Err(
            "drop stage config error, `value` and `expression` cannot both be defined at the same time."
                .to_owned(),
        );
    }
    if let Some(expression) = expression {
        go_regex::check(expression)
            .map_err(|error| format!("drop stage regex compilation error: {error}"))?;
    }
    if let Some(length) = longer_than {
        size::bytes(length)
            .map_err(|error| format!("drop stage failed to parse longer_than to bytes: {error}"))?;
    }
    Ok(())
}

/// `multiline`.
pub fn multiline(firstline: Option<&str>, max_wait_time: Option<&str>) -> Result<(), String> {
    let Some(firstline) = firstline else {
        return Err("multiline stage config must define `firstline` regular expression".to_owned());
    };
    go_regex::check(firstline)
        .map_err(|error| format!("multiline stage first line regex compilation error: {error}"))?;
    match max_wait_time.map(duration::go) {
        Some(Err(error)) => Err(format!("multiline stage `max_wait_time` parse error: {error}")),
        _ => Ok(()),
    }
}

/// `timestamp`. Whether a time zone exists only the machine that it runs on knows.
pub fn timestamp(source: &str, format: &str, action_on_failure: Option<&str>) -> Result<(), String> {
    if source.is_empty() {
        return Err("timestamp source value is required if timestamp is specified".to_owned());
    }
    if format.is_empty() {
        return Err("timestamp format is required".to_owned());
    }
    match action_on_failure {
        None | Some("skip" | "fudge") => Ok(()),
        Some(_) => Err("invalid action on failure (supported values are [skip fudge])".to_owned()),
    }
}

/// `tenant`: one of the three.
pub fn tenant(label: &str, source: &str, value: &str) -> Result<(), String> {
    match [label, source, value].into_iter().filter(|it| !it.is_empty()).count() {
        0 => Err("label, source or value config are required".to_owned()),
        1 => Ok(()),
        _ => Err("label, source and value are mutually exclusive: you should set source, value or label but not all".to_owned()),
    }
}

/// `limit`.
pub fn limit(rate: f64, burst: i64, drop: bool, by_label_name: &str) -> Result<(), String> {
    if rate <= 0.0 || burst <= 0 {
        return Err("limit stage failed to parse rate or burst".to_owned());
    }
    if !by_label_name.is_empty() && !drop {
        return Err("When ratelimiting by label, drop must be true".to_owned());
    }
    Ok(())
}

/// `sampling`.
pub fn sampling(rate: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&rate) {
        return Ok(());
    }
    Err(format!(
        "sampling stage failed to parse rate,Sampling Rate must be between 0.0 and 1.0, received {rate:.6}"
    ))
}

/// `labeldrop` and `labelallow`, by the number of names.
pub fn label_list(stage: &str, names: usize) -> Result<(), String> {
    if names == 0 { Err(format!("{stage} stage config cannot be empty")) } else { Ok(()) }
}

/// `geoip`. Whether the database can be opened only its machine knows.
pub fn geoip(db: &str, source: Option<&str>, db_type: &str) -> Result<(), String> {
    if db.is_empty() {
        return Err("db path cannot be empty".to_owned());
    }
    source_not_empty(source, "source cannot be empty")?;
    if db_type.is_empty() {
        return Err("db type should be either city or asn".to_owned());
    }
    Ok(())
}

/// A metric of `metrics`, with what is set.
#[derive(Debug, Clone, Copy, Default)]
pub struct Metric<'a> {
    /// `type`.
    pub kind: &'a str,
    /// `max_idle_duration`.
    pub max_idle_duration: Option<&'a str>,
    /// `config.action`.
    pub action: &'a str,
    /// Whether `config.value` is there.
    pub value: bool,
    /// `config.match_all`.
    pub match_all: bool,
    /// `config.count_entry_bytes`.
    pub count_entry_bytes: bool,
}

/// One metric of `metrics`.
pub fn metric(metric: Metric<'_>) -> Result<(), String> {
    let kind = metric.kind.to_lowercase();
    if !matches!(kind.as_str(), "counter" | "gauge" | "histogram") {
        return Err(format!(
            "invalid metric type '{kind}', metric type must be one of 'counter', 'gauge', or 'histogram'"
        ));
    }
    if let Some(idle) = metric.max_idle_duration {
        let nanoseconds = duration::go(idle).map_err(|error| {
            format!("max_idle_duration could not be parsed as a time.Duration: '{error}'")
        })?;
        if nanoseconds < 1_000_000_000 {
            return Err("max_idle_duration less than 1s not allowed".to_owned());
        }
    }
    let action = metric.action.to_lowercase();
    match (kind.as_str(), action.as_str()) {
        ("counter", "") => Err("counter action must be defined as either `inc` or `add`".to_owned()),
        ("counter", "inc" | "add") => counter(metric, &action),
        ("counter", _) => Err(format!("action {action} is not valid, action must be either `inc` or `add`")),
        ("gauge", "") => {
            Err("gauge action must be defined as `set`, `inc`, `dec`, `add`, or `sub`".to_owned())
        }
        ("gauge", "set" | "inc" | "dec" | "add" | "sub") => Ok(()),
        ("gauge", _) => {
            Err(format!("action {action} is not valid, action must be `set`, `inc`, `dec`, `add`, or `sub`"))
        }
        _ => Ok(()),
    }
}

fn counter(metric: Metric<'_>, action: &str) -> Result<(), String> {
    if metric.match_all && metric.value {
        return Err(
            "`match_all: true` cannot be combined with `value`, please remove `match_all` or `value`"
                .to_owned(),
        );
    }
    if metric.count_entry_bytes && !metric.match_all {
        return Err("`count_entry_bytes: true` can only be set with `match_all: true`".to_owned());
    }
    if metric.count_entry_bytes && action != "add" {
        return Err("`count_entry_bytes: true` can only be used with `action: add`".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_stages_are_accepted() {
        assert_eq!(regex("^(?P<level>[A-Z]+)", None), Ok(()));
        assert_eq!(replace("(secret)", Some("message")), Ok(()));
        assert_eq!(json([("level", ""), ("trace_id", "traceId || trace.id")], None), Ok(()));
        assert_eq!(labels(["level", "_x1"]), Ok(()));
        assert_eq!(matching("{job=\"a\"}", "drop", 0), Ok(()));
        assert_eq!(matching("{job=\"a\"}", "", 1), Ok(()));
        assert_eq!(
            drop(Drop { older_than: Some("168h"), longer_than: Some("8kb"), ..Drop::default() }),
            Ok(())
        );
        assert_eq!(multiline(Some("^[^[:space:]]"), Some("3s")), Ok(()));
        assert_eq!(timestamp("time", "RFC3339Nano", Some("skip")), Ok(()));
        assert_eq!(limit(10.0, 20, true, "service"), Ok(()));
        let counter = Metric { kind: "Counter", action: "inc", match_all: true, ..Metric::default() };
        assert_eq!(metric(counter), Ok(()));
    }

    #[test]
    fn bad_stages_are_refused_in_promtails_words() {
        let bracket = "error parsing regexp: missing closing ): `(`";
        let sampled = "sampling stage failed to parse rate,Sampling Rate must be between 0.0 and 1.0, received 2.000000";
        for (refused, words) in [
            (regex("(", None), format!("could not compile regular expression: {bracket}")),
            (regex("", None), "expression is required".into()),
            (regex("a", Some("")), "empty source".into()),
            (json([], None), "JMES expression is required".into()),
            (
                json([("id", "trace-id")], None),
                "could not compile JMES expression: SyntaxError: Unexpected token at the end of the expression: tNumber".into(),
            ),
            (labels(["trace-id"]), "invalid label name: trace-id".into()),
            (template("", "x"), "template source value is required".into()),
            (matching("", "drop", 0), "selector statement required for match stage".into()),
            (matching("{a=\"b\"}", "skip", 0), "match stage action should be 'keep' or 'drop'".into()),
            (
                matching("{}", "drop", 0),
                "invalid selector syntax for match stage: parse error at line 1, col 2: syntax error: unexpected }, expecting IDENTIFIER".into(),
            ),
            (multiline(None, None), "multiline stage config must define `firstline` regular expression".into()),
            (multiline(Some("("), None), format!("multiline stage first line regex compilation error: {bracket}")),
            (
                multiline(Some("a"), Some("3")),
                "multiline stage `max_wait_time` parse error: time: missing unit in duration \"3\"".into(),
            ),
            (
                drop(Drop { older_than: Some("7d"), ..Drop::default() }),
                "drop stage invalid duration, 7d cannot be converted to a duration: time: unknown unit \"d\" in duration \"7d\"".into(),
            ),
            (sampling(2.0), sampled.into()),
            (limit(0.0, 1, false, ""), "limit stage failed to parse rate or burst".into()),
            (
                metric(Metric { kind: "summary", ..Metric::default() }),
                "invalid metric type 'summary', metric type must be one of 'counter', 'gauge', or 'histogram'".into(),
            ),
        ] {
            assert_eq!(refused, Err(words));
        }
    }
}
