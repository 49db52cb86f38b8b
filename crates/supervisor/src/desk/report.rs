//! A report to attach to an issue: what is where, without a secret, a log line or the user's name.

use std::fmt::Write as _;

use crate::api::snapshot::{Engine, Snapshot};

pub(super) fn report(snapshot: &Snapshot, secrets: &[String], home: Option<&str>) -> String {
    let mut text = format!(
        "Switchyard {} on {} {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let _ = match &snapshot.engine {
        Engine::Connecting { endpoint } => writeln!(text, "engine: connecting to {endpoint}"),
        Engine::Connected { endpoint, product, version, api } => {
            writeln!(text, "engine: {product} {version}, API {api}, {endpoint}")
        }
        Engine::Lost { endpoint, error, .. } => {
            writeln!(text, "engine: lost {endpoint}: {} {}", error.code.as_str(), error.detail)
        }
    };
    let _ = writeln!(text, "stack: {} in {}\n", snapshot.stack.name, snapshot.stack.folder);
    for component in &snapshot.components {
        let switch = if component.enabled { "on" } else { "off" };
        let word = component.phase.kind();
        let _ = writeln!(text, "{}: switch {switch}, {word}, {}", component.id, component.image);
        let several = component.parts.len() > 1;
        for part in component.parts.iter().filter(|_| several) {
            let _ = writeln!(text, "  {}: {}, {}", part.service, part.phase.kind(), part.image);
        }
        for container in component.parts.iter().filter_map(|part| part.container.as_ref()) {
            let ports: Vec<String> = container
                .ports
                .iter()
                .map(|port| format!("{}:{}->{}", port.ip, port.public, port.private))
                .collect();
            let _ = writeln!(text, "  {} {}", container.status, ports.join(" "));
        }
        if let crate::api::snapshot::Phase::Failed { cause }
        | crate::api::snapshot::Phase::Degraded { cause } = &component.phase
        {
            let (code, seen) = (cause.error.code.as_str(), &cause.evidence);
            let _ = writeln!(
                text,
                "  {code} {}: exit {:?}, out of memory {}, restarts {}, diagnosis {:?}",
                cause.error.detail, seen.exit_code, seen.oom_killed, seen.restarts, cause.diagnosis
            );
        }
    }
    if let Some(operation) = &snapshot.operation {
        let _ = writeln!(text, "\nlast operation: {} {:?}", operation.verb, operation.outcome);
        for step in &operation.steps {
            let _ = writeln!(text, "  {} {} ({}): {:?}", step.verb, step.subject, step.cause, step.state);
        }
    }
    for notice in &snapshot.notices {
        let _ = writeln!(text, "notice: {} {} {:?}", notice.code, notice.subject, notice.other);
    }
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        text = text.replace(secret.as_str(), stack::compose::render::MASK);
    }
    match home {
        Some(home) if home.len() > 1 => text.replace(home, "~"),
        _ => text,
    }
}
