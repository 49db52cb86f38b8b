//! Links into Grafana's Explore: `/explore?schemaVersion=1&panes=…`, where the queries are percent-encoded JSON.

use stack::yaml::Node;

use crate::{
    Invocation,
    grafana::{self, Found, Language, Source, by_uid},
    json,
};

/// What is wrong with a link into a Grafana that is started so; a link to something else is fine.
pub fn check(grafana: &Invocation<'_>, link: &str) -> Result<(), String> {
    explore(link, &grafana::sources(grafana))
}

/// The same, with the data sources that there are.
pub(crate) fn explore(link: &str, sources: &[Source]) -> Result<(), String> {
    let Some((path, query)) = link.split_once('?') else { return Ok(()) };
    if !path.ends_with("/explore") && path != "explore" {
        return Ok(());
    }
    let Some(panes) = query.split('&').find_map(|pair| pair.strip_prefix("panes=")) else { return Ok(()) };
    let decoded = decoded(panes)?;
    let panes = json::parse(&decoded)
        .map_err(|error| format!("panes, column {}: {}", error.column, error.message))?;
    for (name, pane) in panes.entries().iter().map(|entry| (&entry.key, &entry.value)) {
        one(pane, sources).map_err(|fault| format!("pane {name}: {fault}"))?;
    }
    if panes.entries().is_empty() { Err("panes is no JSON object with panes".to_owned()) } else { Ok(()) }
}

fn one(pane: &Node, sources: &[Source]) -> Result<(), String> {
    let source = known(pane.get("datasource"), sources)?;
    let range = pane.get("range");
    if range.is_some_and(|range| range.get("from").is_none() || range.get("to").is_none()) {
        return Err("range has no from or no to".to_owned());
    }
    for query in pane.get("queries").map_or(&[][..], Node::items) {
        let source = known(query.get("datasource"), sources)?.or(source);
        let language = source.and_then(Language::of);
        let (Some(language), Some(text)) = (language, query.get("expr").and_then(grafana::text)) else {
            continue;
        };
        language.check(text)?;
    }
    Ok(())
}

/// The type of a data source that is named by its uid, or by an object with its uid and its type.
fn known<'a>(reference: Option<&'a Node>, sources: &'a [Source]) -> Result<Option<&'a str>, String> {
    let Some(node) = reference.filter(|node| !node.is_null()) else { return Ok(None) };
    let uid = node.get("uid").unwrap_or(node);
    let Some(uid) = grafana::text(uid) else { return Ok(None) };
    match by_uid(sources, uid) {
        Found::Kind(kind) => match node.get("type").and_then(grafana::text) {
            Some(told) if told != kind => Err(format!("data source {uid} is of type {kind}, not {told}")),
            _ => Ok(Some(kind)),
        },
        Found::BuiltIn => Ok(None),
        Found::Absent => Err(format!("Datasource {uid} was not found")),
    }
}

/// Text that was percent-encoded.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(if byte == b'+' { b' ' } else { byte });
            continue;
        }
        let digits = [rest.next(), rest.next()].map(|digit| digit.and_then(|it| char::from(it).to_digit(16)));
        let [Some(high), Some(low)] = digits else {
            return Err("panes has a % that is not followed by two hexadecimal digits".to_owned());
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    String::from_utf8(bytes).map_err(|_| "panes is no text in UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn explored(panes: &str) -> Result<(), String> {
        let source = |uid: &str| Source {
            uid: uid.to_owned(),
            name: uid.to_uppercase(),
            kind: uid.to_owned(),
            is_default: false,
        };
        let mut encoded = String::new();
        for byte in panes.bytes() {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        let link = format!("/explore?schemaVersion=1&orgId=1&panes={encoded}");
        explore(&link, &["loki", "prometheus", "jaeger"].map(source))
    }

    fn query(source: &str, rest: &str) -> Result<(), String> {
        explored(&format!(r#"{{"a":{{"datasource":"{source}","queries":[{{"refId":"A",{rest}}}]}}}}"#))
    }

    #[test]
    fn queries_of_the_sources_that_there_are_lead_somewhere() {
        assert_eq!(query("loki", r#""expr":"{job=\"x\"} |= `é`""#), Ok(()));
        assert_eq!(
            query("prometheus", r#""expr":"up","datasource":{"type":"prometheus","uid":"prometheus"}"#),
            Ok(())
        );
        assert_eq!(query("jaeger", r#""query":"4bf9""#), Ok(()));
        assert_eq!(query("-- Mixed --", r#""expr":"up","datasource":{"uid":"prometheus"}"#), Ok(()));
        assert_eq!(explore("https://example.com/?panes=x", &[]), Ok(()));
        assert_eq!(explore("/explore", &[]), Ok(()));
    }

    #[test]
    fn what_leads_nowhere_is_told() {
        let loki = "pane a: parse error at line 1, col 9: syntax error: unexpected $end, expecting } or ,";
        assert_eq!(query("loki", r#""expr":"{job=\"x\"""#), Err(loki.to_owned()));
        assert_eq!(query("lokki", r#""expr":"""#), Err("pane a: Datasource lokki was not found".to_owned()));
        let other = r#""expr":"up","datasource":{"type":"loki","uid":"prometheus"}"#;
        let told = "pane a: data source prometheus is of type prometheus, not loki";
        assert_eq!(query("prometheus", other), Err(told.to_owned()));
        let range = r#"{"a":{"datasource":"loki","range":{"from":"now-1h"}}}"#;
        assert_eq!(explored(range), Err("pane a: range has no from or no to".to_owned()));
        assert_eq!(explored("{}"), Err("panes is no JSON object with panes".to_owned()));
        assert_eq!(explored("{"), Err("panes, column 2: unexpected end of JSON input".to_owned()));
        let broken = explore("/explore?panes=%7", &[]);
        assert_eq!(broken, Err("panes has a % that is not followed by two hexadecimal digits".to_owned()));
    }
}
