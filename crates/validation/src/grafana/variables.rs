//! Grafana's variables in queries: `$name`, `${name:format}`, `${__span.name}`, `[[name]]`.

use std::collections::BTreeMap;

use crate::schema::nearest;

/// How often a text is filled with other values, when it is no query with the first ones.
pub(super) const CANDIDATES: usize = 4;
/// What a variable may hold whose value is not known.
const SAMPLES: [&str; CANDIDATES] = ["sample", "sample", "1", "5m"];

/// The variables of a dashboard or of a link, with values that they can have.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, Vec<String>>,
    /// Variables that choose a data source, with its type.
    sources: BTreeMap<String, String>,
}

impl Variables {
    pub(super) fn set(&mut self, name: &str, values: &[&str]) {
        self.values.insert(name.to_owned(), values.iter().map(|&it| it.to_owned()).collect());
    }

    pub(super) fn set_source(&mut self, name: &str, kind: &str) {
        self.sources.insert(name.to_owned(), kind.to_owned());
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.values.contains_key(name) || self.sources.contains_key(name)
    }

    /// The type of data source that a variable stands for.
    pub(super) fn source(&self, reference: &str) -> Option<&str> {
        let name = references(reference).next().filter(|it| it.text == reference)?.name;
        self.sources.get(name).map(String::as_str)
    }
}

/// A variable in a text.
pub(super) struct Reference<'a> {
    /// As written.
    pub(super) text: &'a str,
    pub(super) name: &'a str,
    format: &'a str,
    before: &'a str,
    /// Whether it stands in braces, as no other use of a dollar does.
    pub(super) braced: bool,
}

/// The variables of a text in their order.
pub(super) fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut from = 0;
        loop {
            let at = from + rest[from..].find(['$', '['])?;
            if let Some((length, name, format)) = reference(&rest[at..]) {
                let (before, found) = rest.split_at(at);
                let (text, after) = found.split_at(length);
                rest = after;
                return Some(Reference { text, name, format, before, braced: text.starts_with("${") });
            }
            from = at + 1;
        }
    })
}

/// A reference at the beginning: its length, name and format.
fn reference(text: &str) -> Option<(usize, &str, &str)> {
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let word = |text: &str| text.len() - text.trim_start_matches(is_word).len();
    if let Some(inner) = text.strip_prefix("${") {
        let (name, after) = inner.split_at(word(inner));
        let end = after.find('}')?;
        let (path, format) = after[..end].split_once(':').unwrap_or((&after[..end], ""));
        // Behind the name comes what is wanted of it, as in `${__field.labels.x}`.
        let well_formed = !name.is_empty() && (path.is_empty() || path.starts_with('.'));
        return well_formed.then_some((2 + name.len() + end + 1, name, format));
    }
    if let Some(inner) = text.strip_prefix("[[") {
        let (name, after) = inner.split_at(word(inner));
        let end = after.find("]]")?;
        let format = if end == 0 { Some("") } else { after[..end].strip_prefix(':') }?;
        return (!name.is_empty()).then_some((2 + name.len() + end + 2, name, format));
    }
    let name = text.strip_prefix('$').map(|after| &after[..word(after)])?;
    (!name.is_empty()).then_some((1 + name.len(), name, ""))
}

/// The text with values in the place of its variables. What is none stays.
pub(super) fn fill(text: &str, variables: &Variables, candidate: usize) -> String {
    let mut filled = String::new();
    let mut rest = text;
    for found in references(text) {
        rest = &rest[found.before.len() + found.text.len()..];
        filled.push_str(found.before);
        match value(&found, variables, candidate) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(found.text),
        }
    }
    filled + rest
}

fn value(of: &Reference<'_>, variables: &Variables, candidate: usize) -> Option<String> {
    if let Some(values) = variables.values.get(of.name) {
        // Tags are what they are.
        let own = candidate == 0 || of.name == "__tags";
        return Some(if own { formatted(values, of.format) } else { SAMPLES[candidate].to_owned() });
    }
    if matches!(of.name, "__span" | "__trace") {
        let sample = if of.text.contains(".duration") { "1ms" } else { SAMPLES[0] };
        return Some(sample.to_owned());
    }
    built_in(of.name).map(|value| if value.is_empty() { SAMPLES[candidate] } else { value }.to_owned())
}

/// What Grafana itself sets; an empty text where it depends.
fn built_in(name: &str) -> Option<&'static str> {
    match name {
        "__interval" | "__rate_interval" | "__range" | "__auto" => Some("1m"),
        "__interval_ms" | "__rate_interval_ms" | "__range_ms" => Some("60000"),
        "__range_s" => Some("60"),
        "__from" | "__to" => Some("1700000000000"),
        "__tags" | "__span" | "__trace" | "__value" | "__field" | "__data" | "__series" | "__dashboard"
        | "__org" | "__user" | "__name" | "__searchFilter" | "__all_variables" | "__url_time_range"
        | "__timezone" | "__timeFilter" | "timeFilter" => Some(""),
        name if name.starts_with("__auto_interval") => Some("1m"),
        _ => None,
    }
}

/// Whether Grafana may set a variable of this name: what is not known here and near to nothing that is.
pub(super) fn may_be_built_in(name: &str) -> bool {
    const MEANT: [&str; 8] =
        ["__value", "__field", "__data", "__series", "__from", "__to", "__interval", "__url_time_range"];
    built_in(name).is_some() || name.starts_with("__") && nearest(name, MEANT.into_iter()).is_none()
}

fn formatted(values: &[String], format: &str) -> String {
    let joined = |quote: &str| {
        let quoted: Vec<String> = values.iter().map(|value| format!("{quote}{value}{quote}")).collect();
        quoted.join(",")
    };
    match format {
        "csv" | "raw" | "text" => joined(""),
        "singlequote" | "sqlstring" => joined("'"),
        "doublequote" => joined("\""),
        "json" => format!("[{}]", joined("\"")),
        "glob" => format!("{{{}}}", joined("")),
        "pipe" => values.join("|"),
        _ if values.len() == 1 => values[0].clone(),
        _ => format!("({})", values.join("|")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_every_form() {
        let mut variables = Variables::default();
        variables.set("service", &["a", "b"]);
        variables.set("one", &["x"]);
        for (text, filled) in [
            (r#"up{s=~"$service"}[$__rate_interval]"#, r#"up{s=~"(a|b)"}[1m]"#),
            ("${service:pipe} ${service:csv} [[service:doublequote]] [[one]]", "a|b a,b \"a\",\"b\" x"),
            ("${__span.tags[\"http.path\"]} ${__trace.traceId}", "sample sample"),
            (
                r#"label_replace(x, "a", "${1}xx", "b", "(.)$")"#,
                r#"label_replace(x, "a", "${1}xx", "b", "(.)$")"#,
            ),
            (
                "$unknown ${unknown:regex} [5m] [[:alpha:]] $ ${ 日$",
                "$unknown ${unknown:regex} [5m] [[:alpha:]] $ ${ 日$",
            ),
        ] {
            assert_eq!(fill(text, &variables, 0), filled);
        }
        assert_eq!(fill("$one $__range_s", &variables, 2), "1 60");
    }

    #[test]
    fn a_variable_may_stand_for_a_data_source() {
        let mut variables = Variables::default();
        variables.set_source("ds", "loki");
        assert_eq!(variables.source("${ds}"), Some("loki"));
        assert_eq!(variables.source("$ds"), Some("loki"));
        assert_eq!(variables.source("x$ds"), None);
        assert_eq!(variables.source("${other}"), None);
    }
}
