//! The table that `status` and `up` show.

use supervisor::api::snapshot::{Component, Container, EngineHealth, Health, Part, Phase, ReadyBy};

use crate::{output::Tone, words::Lang};

type Row = Vec<(String, Option<Tone>)>;

/// One row a component: name, phase, health by whom, ports, uptime, and what is the matter. One of several services
/// has a row for each of them below it.
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
        // What it shares runs for others too, and says nothing of it.
        let own = component.parts.iter().filter(|part| part.shared_with.is_empty());
        let containers: Vec<&Container> = own.filter_map(|part| part.container.as_ref()).collect();
        let shown = component.container.as_ref();
        rows.push(vec![
            (component.id.clone(), Some(Tone::Strong)),
            phase(lang, &component.phase),
            (health(lang, &component.health), None),
            (ports(&containers), None),
            (since(shown.or(containers.first().copied())), None),
            (lang.component_detail(component), Some(Tone::Quiet)),
        ]);
        rows.extend(shown_parts(component).map(|part| {
            let container = part.container.as_ref();
            vec![
                (format!("  {}", part.service), None),
                phase(lang, &part.phase),
                (health(lang, &part.health), None),
                (ports(container.as_slice()), None),
                (since(container), None),
                (lang.phase_detail(&part.phase), Some(Tone::Quiet)),
            ]
        }));
    }
    rows
}

/// The parts of a component that has several: not what a profile holds back, and nothing while all of it is off.
pub(super) fn shown_parts(component: &Component) -> impl Iterator<Item = &Part> {
    let several = component.parts.len() > 1 && component.phase != Phase::Off;
    component.parts.iter().filter(move |part| several && (part.active || part.phase != Phase::Off))
}

fn phase(lang: Lang, phase: &Phase) -> (String, Option<Tone>) {
    (format!("{} {}", sign(phase), lang.phase(phase)), Some(tone(phase)))
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

pub(super) fn tone(phase: &Phase) -> Tone {
    match phase {
        Phase::Healthy | Phase::Completed => Tone::Good,
        Phase::Failed { .. } => Tone::Bad,
        Phase::Off => Tone::Quiet,
        _ => Tone::Warn,
    }
}

/// The two opinions, told apart: the engine's check inside and our probe from outside.
fn health(lang: Lang, health: &Health) -> String {
    let engine = health.engine.map(|health| match health {
        EngineHealth::Healthy => lang.pick("engine ok", "引擎正常"),
        EngineHealth::Starting => lang.pick("engine …", "引擎检查中"),
        EngineHealth::Unhealthy => lang.pick("engine bad", "引擎异常"),
    });
    let probe = health.probe.as_ref().map(|probe| {
        if probe.ok { lang.pick("probe ok", "探测正常") } else { lang.pick("probe bad", "探测异常") }
    });
    // Its health check passed when we ran it; the engine's turn has not come.
    let check = (health.ready_by == Some(ReadyBy::HealthCheck)).then(|| lang.pick("check ok", "自检正常"));
    engine.into_iter().chain(probe).chain(check).collect::<Vec<_>>().join(", ")
}

fn ports(containers: &[&Container]) -> String {
    let mut ports: Vec<String> = containers
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
fn since(container: Option<&Container>) -> String {
    let status = container.map_or("", |container| container.status.as_str());
    status.strip_prefix("Up ").map_or("", |age| age.split(" (").next().unwrap_or_default()).to_owned()
}
