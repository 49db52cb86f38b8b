//! `status` and `health`: how everything is.

use serde::Serialize;
use supervisor::{
    Supervisor,
    api::snapshot::{Component, Phase, ReadyBy, Snapshot},
    folder::Folder,
};

use super::{Ended, table::status_rows};
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
    let chosen = wholes(&folder.project, chosen(session, &folder.project, &args.components)?);
    let engine = session.engine().await?;
    if args.watch {
        return watch(session, &session.supervise(folder, engine, How::watching()), &chosen).await;
    }
    let supervisor = session.supervise(folder, engine, How::once());
    let snapshot = settled(session, &supervisor).await?;
    let components = pick(&snapshot, &chosen);
    if session.out.json {
        session.out.value(&shown(&snapshot, &components));
        return Ok(verdict(&components));
    }
    head(session, &snapshot);
    for line in table(&status_rows(session.lang, &components)) {
        session.out.line(&line);
    }
    session.out.warnings(&snapshot.notices);
    Ok(verdict(&components))
}

pub(super) async fn health(session: &Session, args: Health) -> Ended {
    let folder = session.folder()?;
    let chosen = wholes(&folder.project, chosen(session, &folder.project, &args.components)?);
    let engine = session.engine().await?;
    let supervisor = session.supervise(&folder, engine, How::once());
    let snapshot = settled(session, &supervisor).await?;
    let mut components = pick(&snapshot, &chosen);
    if chosen.is_empty() {
        components.retain(|component| component.enabled || component.phase != Phase::Off);
    }
    if session.out.json {
        session.out.value(&shown(&snapshot, &components));
        return Ok(verdict(&components));
    }
    for component in &components {
        answer(session, component);
    }
    if components.is_empty() {
        session.out.note(session.lang.pick("Nothing is switched on.", "没有打开任何组件。"));
    }
    Ok(verdict(&components))
}

/// What one component says, and what the engine says of it.
fn answer(session: &Session, component: &Component) {
    let (lang, out) = (session.lang, session.out);
    let tone = match component.phase {
        Phase::Healthy | Phase::Completed => Tone::Good,
        Phase::Failed { .. } => Tone::Bad,
        _ => Tone::Warn,
    };
    let detail = lang.phase_detail(component);
    out.line(&format!(
        "{}  {}  {detail}",
        paint(Tone::Strong, &component.id),
        paint(tone, lang.phase(&component.phase))
    ));
    if let Some(engine) = component.health.engine {
        let word = serde_json::to_value(engine).ok().and_then(|it| it.as_str().map(str::to_owned));
        out.line(&say!(lang, "  engine: {}", "  引擎：{}", word.unwrap_or_default()));
    }
    if let Some(probe) = &component.health.probe {
        out.line(&say!(lang, "  probe:  {} ({:.0} ms)", "  探测：{}（{:.0} 毫秒）", probe.url, probe.millis));
        out.line(&format!("          {}", crate::output::one_line(&probe.answer)));
    }
    if component.health.ready_by == Some(ReadyBy::HealthCheck) {
        let passed = lang.pick("  check:  passed when Switchyard ran it", "  自检：由 Switchyard 执行并通过");
        out.line(passed);
    }
    if let Phase::Degraded { cause } | Phase::Failed { cause } = &component.phase {
        out.evidence(cause);
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

/// The components of the words, or none for all.
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

/// The same with the components that a part belongs to in the place of the part.
fn wholes(project: &stack::compose::Project, chosen: Vec<String>) -> Vec<String> {
    let whole = |name: String| {
        let meta = project.services.get(&name).and_then(|service| service.meta.as_ref());
        let wholes = meta.map(|meta| meta.part_of.clone()).unwrap_or_default();
        if wholes.is_empty() { vec![name] } else { wholes }
    };
    chosen.into_iter().flat_map(whole).collect()
}

fn pick(snapshot: &Snapshot, chosen: &[String]) -> Vec<Component> {
    let wanted = |component: &&Component| chosen.is_empty() || chosen.contains(&component.id);
    snapshot.components.iter().filter(wanted).cloned().collect()
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
fn verdict(components: &[Component]) -> Exit {
    let well = |component: &Component| {
        matches!(component.phase, Phase::Healthy | Phase::Completed)
            || (component.phase == Phase::Off && !component.enabled)
    };
    if components.iter().all(well) { Exit::Ok } else { Exit::Unhealthy }
}

/// A snapshot of which only some components are shown.
#[derive(Serialize)]
struct Shown<'a> {
    stack: &'a supervisor::api::snapshot::Stack,
    engine: &'a supervisor::api::snapshot::Engine,
    components: &'a [Component],
    notices: &'a [supervisor::api::snapshot::Notice],
}

fn shown<'a>(snapshot: &'a Snapshot, components: &'a [Component]) -> Shown<'a> {
    Shown { stack: &snapshot.stack, engine: &snapshot.engine, components, notices: &snapshot.notices }
}
