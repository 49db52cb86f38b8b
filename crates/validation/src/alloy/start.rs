//! What Alloy's own check passes and a start refuses: it builds its components only then.

use crate::{ReadError, document, go_url};

use super::{
    report::Report,
    scope::Settings,
    stages::{self, Asked, Attributes},
    syntax::{Attribute, Block, Expression},
};

/// Looks at a component whose attributes are known.
pub(super) fn check(block: &Block, settings: &Settings<'_>, report: &mut Report<'_>) {
    let of = Attributes { block, environment: settings.environment };
    if let Some(attribute) = block.attribute("forward_to") {
        receivers(attribute, report);
    }
    for rule in block.blocks().filter(|inner| inner.name == "rule" || inner.name == "write_relabel_config") {
        relabel(&Attributes { block: rule, environment: settings.environment }, report);
    }
    match block.name.as_str() {
        "loki.process" => stages::pipeline(block, settings, report),
        "loki.write" => {
            for endpoint in block.blocks().filter(|inner| inner.name == "endpoint") {
                url(&Attributes { block: endpoint, environment: settings.environment }, report);
            }
        }
        "discovery.docker" | "discovery.dockerswarm" | "loki.source.docker" => host(&of, report),
        "local.file" => file(&of, settings, report),
        _ => {}
    }
}

/// What a failed component says, before or while it is built.
fn decoding(words: &str) -> String {
    format!("Failed to build component: decoding configuration: {words}")
}

fn building(words: &str) -> String {
    format!("Failed to build component: building component: {words}")
}

/// Only other components can be forwarded to.
fn receivers(attribute: &Attribute, report: &mut Report<'_>) {
    match &attribute.value {
        Expression::Array { items, .. } => {
            for item in items {
                if let Expression::Literal(kind, text, at) = item {
                    let kind = super::value::literal(*kind, text).kind();
                    if kind != "null" {
                        report.start(*at, format!("{text} should be capsule, got {kind}"));
                    }
                }
            }
        }
        value @ Expression::Access(_, name) if name.text == "receiver" => {
            let written = report.text(value.start(), value.end()).to_owned();
            report.start(value.start(), format!("{written} should be array, got capsule"));
        }
        _ => {}
    }
}

/// A rule of relabelling, once its parts are understood.
fn relabel(of: &Attributes<'_>, report: &mut Report<'_>) {
    let Asked::Is(action) = of.text_or("action", "replace") else { return };
    let target = of.text("target_label");
    let needs_target = matches!(
        action.as_str(),
        "replace" | "hashmod" | "lowercase" | "uppercase" | "keepequal" | "dropequal"
    );
    let missing = matches!(&target, Asked::Absent) || matches!(&target, Asked::Is(label) if label.is_empty());
    let words = if action == "hashmod"
        && matches!(of.text_or("modulus", "0"), Asked::Is(modulus) if modulus == "0")
    {
        "relabel configuration for hashmod requires non-zero modulus".to_owned()
    } else if needs_target && missing {
        format!("relabel configuration for {action} action requires 'target_label' value")
    } else if matches!(action.as_str(), "lowercase" | "uppercase" | "keepequal" | "dropequal")
        && matches!(of.text_or("replacement", "$1"), Asked::Is(replacement) if replacement != "$1")
    {
        format!("'replacement' can not be set for {action} action")
    } else if matches!(action.as_str(), "labeldrop" | "labelkeep")
        && ["source_labels", "target_label"].iter().any(|name| of.block.attribute(name).is_some())
    {
        format!("{action} action requires only 'regex', and no other fields")
    } else {
        return;
    };
    report.start(of.block.at, decoding(&words));
}

/// Where lines are sent to. An address without a scheme is one of a scheme that nobody speaks: nothing arrives.
fn url(of: &Attributes<'_>, report: &mut Report<'_>) {
    let Asked::Is(url) = of.text("url") else { return };
    let at = of.at("url");
    match go_url::parse(&url) {
        Err(error) => report.start(at, decoding(&format!("failed to parse remote url {url:?}: {error}"))),
        Ok(parsed) if !matches!(parsed.scheme.as_str(), "http" | "https") => {
            report.accepted(at, format!("unsupported protocol scheme {:?}", parsed.scheme));
        }
        Ok(_) => {}
    }
}

/// Where the engine is.
fn host(of: &Attributes<'_>, report: &mut Report<'_>) {
    let Asked::Is(host) = of.text("host") else { return };
    let at = of.at("host");
    let collects = of.block.name == "loki.source.docker";
    if host.is_empty() && !collects {
        return report.start(at, decoding("host attribute must not be empty"));
    }
    if host.split_once("://").is_none_or(|(_, address)| address.is_empty()) {
        let what = if collects { "failed to create docker client" } else { "error setting up docker client" };
        report.start(at, building(&format!("{what}: unable to parse docker host `{host}`")));
    }
}

/// A file that is read when the component is built.
fn file(of: &Attributes<'_>, settings: &Settings<'_>, report: &mut Report<'_>) {
    let Asked::Is(path) = of.text("filename") else { return };
    // What a relative path leads to depends on where the program is started.
    if !path.starts_with('/') {
        return;
    }
    match settings.files.read(&path) {
        Ok(_) | Err(ReadError::Hidden | ReadError::TooLarge) => {}
        Err(error) => {
            let words = format!("failed to read file: {}", document::unreadable(&path, &error));
            report.start(of.at("filename"), building(&words));
        }
    }
}
