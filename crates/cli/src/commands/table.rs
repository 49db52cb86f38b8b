//! The table that `status` and `up` show.

use supervisor::api::snapshot::{Component, EngineHealth, Phase, ReadyBy};

use crate::{output::Tone, words::Lang};

type Row = Vec<(String, Option<Tone>)>;

/// One row a component: name, phase, health by whom, ports, uptime, and what is the matter.
pub(super) fn status_rows(lang: Lang, components: &[Component]) -> Vec<Row> {
    let head = [
        lang.pick("COMPONENT", "组件"),
        lang.pick("PHASE", "阶段"),
        lang.pick("HEALTH", "健康"),
        lang.pick("PORTS", "端口"),
        lang.pick("SINCE", "时长"),
        lang.pick("DETAIL", "说明"),
    ];
    let mut rows: Vec<Row> = vec![head.map(|text| (text.to_owned(), Some(Tone::Quiet))).to_vec()];
    for component in components {
        let tone = tone(&component.phase);
        rows.push(vec![
            (component.id.clone(), Some(Tone::Strong)),
            (format!("{} {}", sign(&component.phase), lang.phase(&component.phase)), Some(tone)),
            (health(lang, component), None),
            (ports(component), None),
            (since(component), None),
            (lang.phase_detail(component), Some(Tone::Quiet)),
        ]);
    }
    rows
}

/// A sign besides the colour, so that nobody needs to see colours.
fn sign(phase: &Phase) -> &'static str {
    match phase {
        Phase::Healthy | Phase::Completed => "●",
        Phase::Off => "○",
        Phase::Failed { .. } => "✗",
        Phase::Degraded { .. } | Phase::Drifted { .. } => "▲",
        Phase::Unknown => "?",
        _ => "◐",
    }
}

fn tone(phase: &Phase) -> Tone {
    match phase {
        Phase::Healthy | Phase::Completed => Tone::Good,
        Phase::Failed { .. } => Tone::Bad,
        Phase::Off => Tone::Quiet,
        _ => Tone::Warn,
    }
}

/// The two opinions, told apart: the engine's check inside and our probe from outside.
fn health(lang: Lang, component: &Component) -> String {
    let engine = component.health.engine.map(|health| match health {
        EngineHealth::Healthy => lang.pick("engine ok", "引擎正常"),
        EngineHealth::Starting => lang.pick("engine …", "引擎检查中"),
        EngineHealth::Unhealthy => lang.pick("engine bad", "引擎异常"),
    });
    let probe = component.health.probe.as_ref().map(|probe| {
        if probe.ok { lang.pick("probe ok", "探测正常") } else { lang.pick("probe bad", "探测异常") }
    });
    // Its health check passed when we ran it; the engine's turn has not come.
    let check =
        (component.health.ready_by == Some(ReadyBy::HealthCheck)).then(|| lang.pick("check ok", "自检正常"));
    engine.into_iter().chain(probe).chain(check).collect::<Vec<_>>().join(", ")
}

fn ports(component: &Component) -> String {
    let mut ports: Vec<String> = component
        .container
        .iter()
        .flat_map(|container| &container.ports)
        .map(|port| {
            let protocol = if port.protocol == "tcp" { "" } else { "/udp" };
            format!("{}{protocol}", port.public)
        })
        .collect();
    ports.sort_by_key(|port| port.trim_end_matches("/udp").parse::<u32>().unwrap_or_default());
    ports.dedup();
    ports.join(" ")
}

/// The engine's words for the age, such as `3 minutes`.
fn since(component: &Component) -> String {
    let status = component.container.as_ref().map_or("", |container| container.status.as_str());
    status.strip_prefix("Up ").map_or("", |age| age.split(" (").next().unwrap_or_default()).to_owned()
}
