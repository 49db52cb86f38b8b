//! Services and their checks, as an agent's files define them.

use stack::yaml::{Node, Span, scalar};

use crate::{Stage, mapstructure::text};

use super::rules::{at, is_duration};

type Add<'a> = dyn FnMut(Option<Span>, Stage, String) + 'a;

/// Both forms of a list: a single one and several.
fn both<'a>(node: &'a Node, one: &str, several: &str) -> Vec<&'a Node> {
    let mut found = Vec::new();
    for name in [several, one] {
        if let Some(node) = at(node, name) {
            match node.items() {
                [] if !node.entries().is_empty() => found.push(node),
                items => found.extend(items),
            }
        }
    }
    found
}

pub(super) fn check(root: &Node, add: &mut Add<'_>) {
    for service in both(root, "service", "services") {
        let name = at(service, "name").and_then(text).unwrap_or_default().to_owned();
        meta(service, &name, add);
        weights(service, &name, add);
        let socket = at(service, "socket_path");
        if let (Some(path), true) = (socket, at(service, "port").or(at(service, "address")).is_some()) {
            let words = format!(
                "service {name} cannot have both socket path {} and address/port",
                text(path).unwrap_or_default()
            );
            add(Some(path.span), Stage::Validate, words);
        }
        for one in both(service, "check", "checks") {
            rules(one, &format!("service {name:?}: check"), add);
        }
    }
    for one in both(root, "check", "checks") {
        rules(one, "check", add);
    }
}

fn meta(service: &Node, name: &str, add: &mut Add<'_>) {
    let Some(meta) = at(service, "meta") else { return };
    let refused = |words: String| format!("invalid meta for service {name}: {words}");
    if meta.entries().len() > 64 {
        let words = "Node metadata cannot contain more than 64 key/value pairs".to_owned();
        add(Some(meta.span), Stage::Validate, refused(words));
    }
    for entry in meta.entries() {
        let (key, value) = (entry.key.as_str(), text(&entry.value).unwrap_or_default());
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let words = if key.is_empty() {
            "Key cannot be blank"
        } else if !key.chars().all(letter) {
            "Key contains invalid characters"
        } else if key.len() > 128 {
            "Key is too long (limit: 128 characters)"
        } else if key.starts_with("consul-") && at(service, "kind").is_none() {
            "Key prefix 'consul-' is reserved for internal use"
        } else if value.len() > 512 {
            "Value is too long (limit: 512 characters)"
        } else {
            continue;
        };
        let words = refused(format!("Couldn't load metadata pair ('{key}', '{value}'): {words}"));
        add(Some(entry.span), Stage::Validate, words);
    }
}

fn weights(service: &Node, name: &str, add: &mut Add<'_>) {
    let of = |path: &str| {
        let node = at(service, path)?;
        match scalar::resolve(node)? {
            scalar::Scalar::Int(number) => Some((number, node.span)),
            _ => None,
        }
    };
    let passing = of("weights.passing").filter(|(weight, _)| !(1..=65535).contains(weight));
    let warning = of("weights.warning").filter(|(weight, _)| !(0..=65535).contains(weight));
    let Some((weight, span)) = passing.or(warning) else { return };
    let words = if weight > 65535 {
        "DNS Weight must be between 0 and 65535"
    } else if passing.is_some() {
        "Passing must be greater than 0"
    } else {
        "Warning must be greater or equal than 0"
    };
    add(Some(span), Stage::Validate, format!("Invalid weight definition for service {name}: {words}"));
}

/// What belongs together in a check.
fn rules(check: &Node, whose: &str, add: &mut Add<'_>) {
    let get = |names: &[&str]| names.iter().find_map(|name| at(check, name));
    let id = get(&["id"]).and_then(text).unwrap_or_default().to_owned();
    let mut understood = true;
    let mut length = |names: &[&str]| {
        let node = get(names)?;
        let length = is_duration(node, &format!("check[{id}].{}", names[0]), add);
        understood = understood && length.is_some();
        length
    };
    let interval = length(&["interval"]).unwrap_or_default();
    let ttl = length(&["ttl"]).unwrap_or_default();
    length(&["timeout"]);
    length(&["deregister_critical_service_after", "deregistercriticalserviceafter"]);
    if !understood {
        return;
    }
    let set = |name: &str| at(check, name).is_some_and(|node| text(node).is_none_or(|text| !text.is_empty()));
    let asks =
        ["http", "tcp", "udp", "grpc", "h2ping", "os_service", "args", "scriptargs"].into_iter().any(set);
    let alias = set("alias_node") || set("alias_service");
    let words = if interval > 0 && ttl > 0 {
        "Interval and TTL cannot both be specified"
    } else if asks && interval <= 0 {
        "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks"
    } else if asks && alias {
        "Interval cannot be set for Alias checks"
    } else if alias && ttl > 0 {
        "TTL must be not be set for Alias checks"
    } else if !asks && !alias && ttl <= 0 {
        "TTL must be > 0 for TTL checks"
    } else if failures(check, "failures_before_warning") > failures(check, "failures_before_critical") {
        "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
    } else {
        return;
    };
    let name = get(&["name"]).and_then(text).unwrap_or_default();
    let span = get(&["interval", "ttl"]).map_or(check.span, |node| node.span);
    add(Some(span), Stage::Validate, format!("{whose} {name:?}: {words}"));
}

fn failures(check: &Node, name: &str) -> i128 {
    match at(check, name).and_then(scalar::resolve) {
        Some(scalar::Scalar::Int(number)) => number,
        _ => 0,
    }
}
