//! The components of a configuration and how they hang together, as the API of the user interface shows them.

use std::sync::atomic::Ordering;

use regex::Regex;
use serde_json::{Value, json};

use super::{Alloy, LEFT_UNHEALTHY};
use crate::clock;

struct Component {
    name: String,
    label: String,
    body: String,
}

impl Component {
    fn id(&self) -> String {
        format!("{}.{}", self.name, self.label)
    }
}

pub struct Graph(Vec<Component>);

impl Graph {
    /// From the blocks that begin in the first column.
    pub fn of(text: &str) -> Self {
        let mut found: Vec<Component> = Vec::new();
        let Ok(head) = Regex::new(r#"^([a-z_]+(?:\.[a-z_]+)+) "([^"]+)" \{"#) else { return Self(found) };
        let mut open = false;
        for line in text.lines() {
            if let Some(named) = head.captures(line) {
                let (name, label) = (named[1].to_owned(), named[2].to_owned());
                found.push(Component { name, label, body: String::new() });
                open = true;
            } else if line.starts_with('}') {
                open = false;
            } else if let (true, Some(component)) = (open, found.last_mut()) {
                component.body.push_str(line);
                component.body.push('\n');
            }
        }
        Self(found)
    }

    pub fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Component::id)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Which one needs which.
    pub fn edges(&self) -> Vec<(String, String)> {
        let mut edges = Vec::new();
        for component in &self.0 {
            let needs = |other: &&Component| component.body.contains(&format!("{}.", other.id()));
            edges.extend(self.0.iter().filter(needs).map(|other| (component.id(), other.id())));
        }
        edges
    }

    pub fn all(&self, alloy: &Alloy) -> Value {
        self.0.iter().map(|component| self.shown(component, alloy, false)).collect()
    }

    pub fn one(&self, id: &str, alloy: &Alloy) -> Option<Value> {
        self.0.iter().find(|component| component.id() == id).map(|found| self.shown(found, alloy, true))
    }

    fn shown(&self, component: &Component, alloy: &Alloy, whole: bool) -> Value {
        let (id, edges) = (component.id(), self.edges());
        let references: Vec<&String> =
            edges.iter().filter(|(from, _)| *from == id).map(|(_, to)| to).collect();
        let referenced: Vec<&String> =
            edges.iter().filter(|(_, to)| *to == id).map(|(from, _)| from).collect();
        // Targets flow to whoever asks for them; lines flow to the receivers that are named.
        let flow: Vec<&String> = if component.name.starts_with("discovery.") {
            referenced.clone()
        } else {
            references.iter().copied().filter(|to| to.starts_with("loki.")).collect()
        };
        let time = clock::rfc3339(alloy.loaded.load(Ordering::Relaxed), 9);
        let refused = alloy.refused().filter(|_| component.name == LEFT_UNHEALTHY);
        let (state, message) = match refused {
            Some(error) => ("unhealthy", format!("component evaluation failed: {error}")),
            None => ("healthy", "started component".to_owned()),
        };
        let live = !matches!(component.name.as_str(), "loki.write" | "loki.source.docker");
        json!({
            "name": component.name,
            "type": "block",
            "localID": id,
            "moduleID": "",
            "label": component.label,
            "referencesTo": references,
            "referencedBy": referenced,
            "dataFlowEdgesTo": flow,
            "health": {"state": state, "message": message, "updatedTime": time},
            "original": "",
            "arguments": if whole { arguments(component, alloy) } else { json!([]) },
            "exports": if whole { exports(component, alloy) } else { json!([]) },
            "debugInfo": if whole { debug(component, alloy) } else { json!([]) },
            "liveDebuggingEnabled": live
        })
    }
}

fn attribute(name: &str, kind: &str, value: Value) -> Value {
    json!({"name": name, "type": "attr", "value": {"type": kind, "value": value}})
}

/// The attributes that are plain texts, and those of the blocks inside.
fn arguments(component: &Component, alloy: &Alloy) -> Value {
    let (mut all, mut block) = (Vec::new(), None::<(String, Vec<Value>)>);
    for line in component.body.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix('{') {
            block = Some((name.trim().to_owned(), Vec::new()));
        } else if line == "}" {
            all.extend(block.take().map(|(name, body)| json!({"name": name, "type": "block", "body": body})));
        } else if let Some((name, value)) = line.split_once('=') {
            let text = value.trim().trim_end_matches(',');
            let Some(text) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { continue };
            let attribute = attribute(name.trim(), "string", json!(text));
            block.as_mut().map_or(&mut all, |(_, body)| body).push(attribute);
        }
    }
    if component.name == "loki.source.docker" {
        all.push(attribute("targets", "array", targets(alloy)));
    }
    json!(all)
}

fn exports(component: &Component, alloy: &Alloy) -> Value {
    match component.name.as_str() {
        "discovery.docker" => json!([attribute("targets", "array", targets(alloy))]),
        "loki.write" | "loki.process" => {
            json!([attribute("receiver", "capsule", json!(format!("{}.receiver", component.id())))])
        }
        _ => json!([]),
    }
}

fn debug(component: &Component, alloy: &Alloy) -> Value {
    if component.name != LEFT_UNHEALTHY {
        return json!([]);
    }
    let info = |id: String| {
        let body = [attribute("id", "string", json!(id)), attribute("last_error", "string", json!(""))];
        json!({"name": "targets_info", "type": "block", "body": body})
    };
    ids(alloy).into_iter().map(info).collect()
}

fn ids(alloy: &Alloy) -> Vec<String> {
    alloy.collector.targets.lock().map(|targets| targets.iter().cloned().collect()).unwrap_or_default()
}

fn targets(alloy: &Alloy) -> Value {
    let pair = |key: &str, value: &str| json!({"key": key, "value": {"type": "string", "value": value}});
    let target = |id: &String| {
        let fields = [pair("__address__", "127.0.0.1:80"), pair("__meta_docker_container_id", id)];
        json!({"type": "object", "value": fields})
    };
    ids(alloy).iter().map(target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_the_bodies_of_blocks() {
        let graph = Graph::of(
            "logging {\n\tlevel = \"info\"\n}\ndiscovery.docker \"engine\" {\n\thost = \"tcp://x:1\"\n}\n\
             loki.source.docker \"containers\" {\n\ttargets = discovery.docker.engine.targets\n}\n",
        );
        assert_eq!(graph.count(), 2);
        let edge = ("loki.source.docker.containers".to_owned(), "discovery.docker.engine".to_owned());
        assert_eq!(graph.edges(), [edge]);
    }
}
