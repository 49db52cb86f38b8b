//! `status` and `health`: how everything is.

use serde::Serialize;
use supervisor::{
    Supervisor,
    api::snapshot::{Component, Health as Opinions, Overall, Part, Phase, ReadyBy, Snapshot, Text},
    folder::Folder,
};

use super::{
    Ended,
    table::{shown_parts, status_rows, tone},
};
use crate::{
    args::{Health, Status},
    exit::Exit,
    output::{Tone, paint, table},
    session::{How, Session, Told},
    words::say,
};

pub(super) async fn status(session: &Session, args: Status) -> Ended {
    status_in(session, &session.folder()?, args).await
}

/// `status` of what is in a folder.
pub(super) async fn status_in(session: &Session, folder: &Folder, args: Status) -> Ended {
    let chosen = chosen(session, &folder.project, &args.components)?;
    let engine = session.engine().await?;
    if args.watch {
        return watch(session, &session.supervise(folder, engine, How::watching()), &chosen).await;
    }
    let supervisor = session.supervise(folder, engine, How::once());
    let snapshot = settled(session, &supervisor).await?;
    let components = pick(&snapshot, &chosen);
    if session.out.json {
        session.out.value(&shown(&snapshot, &components));
        return Ok(verdict(&snapshot, &components));
    }
    head(session, &snapshot);
    for line in table(&status_rows(session.lang, &components)) {
        session.out.line(&line);
    }
    session.out.warnings(&snapshot.notices);
    Ok(verdict(&snapshot, &components))
}

pub(super) async fn health(session: &Session, args: Health) -> Ended {
    let folder = session.folder()?;
    let chosen = chosen(session, &folder.project, &args.components)?;
    let engine = session.engine().await?;
    let supervisor = session.supervise(&folder, engine, How::once());
    let snapshot = settled(session, &supervisor).await?;
    let mut components = pick(&snapshot, &chosen);
    if chosen.is_empty() {
        components.retain(|component| component.enabled || component.phase != Phase::Off);
    }
    if session.out.json {
        session.out.value(&shown(&snapshot, &components));
        return Ok(verdict(&snapshot, &components));
    }
    for component in &components {
        answer(session, component);
    }
    if components.is_empty() {
        session.out.note(session.lang.pick("Nothing is switched on.", "没有打开任何组件。"));
    }
    Ok(verdict(&snapshot, &components))
}

/// What one component says, and what the engine says of it; of one of several services, what each of them says.
fn answer(session: &Session, component: &Component) {
    let (lang, out) = (session.lang, session.out);
    let detail = lang.component_detail(component);
    out.line(&format!(
        "{}  {}  {detail}",
        paint(Tone::Strong, &component.id),
        paint(tone(&component.phase), lang.phase(&component.phase))
    ));
    let parts: Vec<&Part> = shown_parts(component).collect();
    if parts.is_empty() {
        opinions(session, "  ", &component.health);
    }
    for part in parts {
        let detail = lang.phase_detail(&part.phase);
        let phase = paint(tone(&part.phase), lang.phase(&part.phase));
        out.line(&format!("  {}  {phase}  {detail}", part.service));
        opinions(session, "    ", &part.health);
    }
    if let Phase::Degraded { cause } | Phase::Failed { cause } = &component.phase {
        out.evidence(cause);
    }
}

fn opinions(session: &Session, indent: &str, health: &Opinions) {
    let (lang, out) = (session.lang, session.out);
    if let Some(engine) = health.engine {
        let word = serde_json::to_value(engine).ok().and_then(|it| it.as_str().map(str::to_owned));
        out.line(&say!(lang, "{}engine: {}", "{}引擎：{}", indent, word.unwrap_or_default()));
    }
    if let Some(probe) = &health.probe {
        out.line(&say!(
            lang,
            "{}probe:  {} ({:.0} ms)",
            "{}探测：{}（{:.0} 毫秒）",
            indent,
            probe.url,
            probe.millis
        ));
        out.line(&format!("{indent}        {}", crate::output::one_line(&probe.answer)));
    }
    if health.ready_by == Some(ReadyBy::HealthCheck) {
        out.line(&say!(
            lang,
            "{}check:  passed when Switchyard ran it",
            "{}自检：由 Switchyard 执行并通过",
            indent
        ));
    }
}

async fn watch(session: &Session, supervisor: &Supervisor, chosen: &[String]) -> Ended {
    let mut snapshots = supervisor.watch();
    let mut last = String::new();
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let snapshot = snapshots.borrow_and_update().clone();
        let components = pick(&snapshot, chosen);
        if session.out.json {
            session.out.value(&shown(&snapshot, &components));
        } else {
            let lines = table(&status_rows(session.lang, &components)).join("\n");
            if lines != last {
                // On a terminal the table is drawn over the old one; in a pipe each state follows the other.
                if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
                    session.out.line("\u{1b}[H\u{1b}[2J");
                }
                head(session, &snapshot);
                session.out.line(&lines);
                last = lines;
            }
        }
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return Ok(Exit::Failed); },
            _ = &mut interrupt => return Ok(Exit::Ok),
        }
    }
}

/// The components and parts of the words, or none for all.
pub(super) fn chosen(
    session: &Session,
    project: &stack::compose::Project,
    words: &[String],
) -> Result<Vec<String>, Told> {
    match project.resolve_words(words.iter().map(String::as_str)) {
        Ok(chosen) => Ok(chosen.into_iter().collect()),
        Err(error) => Err(session.out.fail(&error.into())),
    }
}

/// The components that are meant, with a part alone as if it were one.
pub(super) fn pick(snapshot: &Snapshot, chosen: &[String]) -> Vec<Component> {
    if chosen.is_empty() {
        return snapshot.components.clone();
    }
    let mut picked: Vec<Component> = Vec::new();
    for component in &snapshot.components {
        if chosen.contains(&component.id) {
            picked.push(component.clone());
            continue;
        }
        for part in component.parts.iter().filter(|part| chosen.contains(&part.service)) {
            // A part of several components is there once.
            if !picked.iter().any(|known| known.id == part.service) {
                picked.push(alone(component, part));
            }
        }
    }
    picked
}

/// A part as if it were a component.
fn alone(component: &Component, part: &Part) -> Component {
    let part = part.clone();
    let links = component.links.iter().filter(|link| link.component == part.service);
    let plain = Text { en: part.service.clone(), zh: part.service.clone() };
    Component {
        id: part.service.clone(),
        title: part.title.clone().unwrap_or(plain),
        phase: part.phase.clone(),
        worst: None,
        runs: part.runs,
        health: part.health.clone(),
        container: part.container.clone(),
        image: part.image.clone(),
        ports: part.ports.clone(),
        limits: part.limits,
        links: links.cloned().collect(),
        parts: vec![part],
        ..component.clone()
    }
}

/// Waits until every question has been answered.
pub(super) async fn settled(session: &Session, supervisor: &Supervisor) -> Result<Snapshot, Told> {
    let mut snapshots = supervisor.watch();
    let result = snapshots.wait_for(|snapshot| snapshot.settled).await.map(|snapshot| snapshot.clone());
    match result {
        Ok(snapshot) => {
            if let supervisor::api::snapshot::Engine::Lost { error, .. } = &snapshot.engine {
                return Err(session.out.fail(error));
            }
            Ok(snapshot)
        }
        Err(_) => Err(Told(Exit::Failed)),
    }
}

fn head(session: &Session, snapshot: &Snapshot) {
    let title = session.lang.text(&snapshot.stack.title);
    let engine = match &snapshot.engine {
        supervisor::api::snapshot::Engine::Connected { product, version, .. } => {
            format!("{product} {version}")
        }
        supervisor::api::snapshot::Engine::Connecting { endpoint }
        | supervisor::api::snapshot::Engine::Lost { endpoint, .. } => endpoint.clone(),
    };
    session.out.line(&format!(
        "{}  {}",
        paint(Tone::Strong, title),
        paint(Tone::Quiet, &format!("{engine} · {}", snapshot.stack.folder))
    ));
}

/// 0 when everything that is on is well.
fn verdict(snapshot: &Snapshot, components: &[Component]) -> Exit {
    if Overall::of(snapshot, components).is_well() { Exit::Ok } else { Exit::Unhealthy }
}

/// A snapshot of which only some components are shown.
#[derive(Serialize)]
struct Shown<'a> {
    stack: &'a supervisor::api::snapshot::Stack,
    engine: &'a supervisor::api::snapshot::Engine,
    /// Of the shown components.
    overall: Overall,
    components: &'a [Component],
    notices: &'a [supervisor::api::snapshot::Notice],
}

fn shown<'a>(snapshot: &'a Snapshot, components: &'a [Component]) -> Shown<'a> {
    let overall = Overall::of(snapshot, components);
    Shown {
        stack: &snapshot.stack,
        engine: &snapshot.engine,
        overall,
        components,
        notices: &snapshot.notices,
    }
}
