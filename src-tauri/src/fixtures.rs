//! Snapshots for tests.

use supervisor::api::{
    error::{AppError, ErrorCode},
    snapshot::{Cause, Component, Engine, Evidence, Health, Limits, Overall, Phase, Snapshot, Stack, Text},
};

fn text(text: &str) -> Text {
    Text { en: text.to_owned(), zh: text.to_owned() }
}

/// A failure without evidence.
pub(crate) fn cause() -> Cause {
    Cause {
        error: AppError::new(ErrorCode::Exited, "x", "1"),
        diagnosis: None,
        evidence: Evidence::default(),
    }
}

/// Components by name, with switch and phase, on an engine that answers.
pub(crate) fn snapshot(components: &[(&str, bool, Phase)]) -> Snapshot {
    let component = |(id, enabled, phase): &(&str, bool, Phase)| Component {
        id: (*id).to_owned(),
        title: text(id),
        about: text(""),
        group: String::new(),
        icon: String::new(),
        enabled: *enabled,
        phase: phase.clone(),
        worst: None,
        runs: false,
        parts: vec![],
        limits: Limits::default(),
        health: Health { engine: None, probe: None, ready_by: None },
        container: None,
        image: String::new(),
        ports: vec![],
        links: vec![],
        needs: vec![],
        excludes: vec![],
        uses: vec![],
        replacement: None,
        recipe: String::new(),
    };
    Snapshot {
        revision: 0,
        stack: Stack {
            name: "p".to_owned(),
            title: text("P"),
            folder: "/s".to_owned(),
            groups: vec![],
            presets: vec![],
        },
        engine: Engine::Connected {
            endpoint: String::new(),
            product: String::new(),
            version: String::new(),
            api: String::new(),
        },
        overall: Overall::default(),
        components: components.iter().map(component).collect(),
        operation: None,
        waiting: vec![],
        unreadable: vec![],
        notices: vec![],
        settled: true,
    }
}
