//! `up`, `down` and `restart`: send an intent, show its progress, say how everything is afterwards.

use std::time::Duration;

use serde::Serialize;
use supervisor::{
    Supervisor,
    api::{
        error::{AppError, ErrorCode},
        intent::{Intent, Reply, Review},
        operation::{Operation, OperationVerb, Outcome},
        snapshot::{Component, Engine, Phase, Snapshot},
    },
    folder::Folder,
};

use super::{Ended, plan::is_wait, table::status_rows};
use crate::{
    args::{Down, Restart, Up},
    exit::Exit,
    output::table,
    progress::Progress,
    session::{How, Session},
    words::say,
};

pub(super) async fn up(session: &Session, args: Up) -> Ended {
    up_in(session, &session.folder()?, args, &|error| error).await
}

/// `up` of what is in a folder. `explain` says what a refusal means there.
pub(super) async fn up_in(
    session: &Session,
    folder: &Folder,
    args: Up,
    explain: &dyn Fn(AppError) -> AppError,
) -> Ended {
    let intent = Intent::Up {
        components: args.components,
        recreate: args.recreate,
        pull: args.pull,
        wait: !args.no_wait || args.wait,
    };
    let how = How::working(args.timeout.map(Duration::from_secs), !args.no_check);
    change(session, folder, Asked { intent, yes: args.yes, explain }, how).await
}

pub(super) async fn down(session: &Session, args: Down) -> Ended {
    down_in(session, &session.folder()?, args).await
}

/// `down` of what is in a folder.
pub(super) async fn down_in(session: &Session, folder: &Folder, args: Down) -> Ended {
    let intent =
        Intent::Down { components: args.components, volumes: args.volumes, orphans: args.remove_orphans };
    let how = How::working(None, true);
    change(session, folder, Asked { intent, yes: args.yes, explain: &|error| error }, how).await
}

pub(super) async fn restart(session: &Session, args: Restart) -> Ended {
    let intent = Intent::Restart { components: args.components, wait: !args.no_wait };
    let folder = session.folder()?;
    let how = How::working(args.timeout.map(Duration::from_secs), !args.no_check);
    change(session, &folder, Asked { intent, yes: false, explain: &|error| error }, how).await
}

/// What the user asked for.
struct Asked<'a> {
    intent: Intent,
    /// He agrees to whatever it takes.
    yes: bool,
    /// What a refusal means here.
    explain: &'a dyn Fn(AppError) -> AppError,
}

async fn change(session: &Session, folder: &Folder, asked: Asked<'_>, how: How) -> Ended {
    let engine = session.engine().await?;
    let supervisor = session.supervise(folder, engine, how);
    let Some(id) = begin(session, &supervisor, asked).await? else {
        return Ok(Exit::Cancelled);
    };
    let snapshot = follow(session, &supervisor, id).await;
    Ok(finish(session, &snapshot))
}

/// Has the intent accepted: waits for another Switchyard, asks for agreement. `None`: the user did not want to wait.
async fn begin(
    session: &Session,
    supervisor: &Supervisor,
    asked: Asked<'_>,
) -> Result<Option<u32>, crate::session::Told> {
    // Made once: a signal that comes while nobody waits for it would be lost.
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    let mut snapshots = supervisor.watch();
    let mut told = String::new();
    let sent = supervisor.send(asked.intent, Review::Consents);
    let mut sent: std::pin::Pin<Box<dyn Future<Output = _>>> = Box::pin(sent);
    loop {
        let answer = loop {
            tokio::select! {
                answer = &mut sent => break answer,
                Ok(()) = snapshots.changed() => {
                    let holder = snapshots.borrow_and_update().waiting.first().and_then(|it| it.holder.clone());
                    if let Some(holder) = holder.filter(|holder| told != *holder) {
                        session.out.note(&say!(session.lang, "waiting for {} …", "正在等待 {} …", holder));
                        told = holder;
                    }
                }
                _ = &mut interrupt => return Ok(None),
            }
        };
        match answer {
            Ok(Reply::Accepted { operation }) => return Ok(Some(operation)),
            Ok(Reply::NeedsConsent { token, plan, added }) => {
                // After a first agreement only what came up since then is a question.
                let consents = added.map_or(plan.consents, |added| added.consents);
                if !session.out.agree(&consents, asked.yes) {
                    let count = consents.len().to_string();
                    let error = AppError::new(ErrorCode::ConsentNeeded, "", count);
                    return Err(session.out.fail(&error));
                }
                sent = Box::pin(supervisor.agree(token));
            }
            Ok(Reply::Refused { error, .. }) | Err(error) => {
                return Err(session.out.fail(&(asked.explain)(error)));
            }
            Ok(Reply::Done) => return Ok(None),
        }
    }
}

/// Shows the operation until it has ended. Ctrl-C ends it in good order, a second one at once.
async fn follow(session: &Session, supervisor: &Supervisor, id: u32) -> Snapshot {
    let mut progress = Progress::new(session);
    let mut snapshots = supervisor.watch();
    let mut interrupted = false;
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    let mut lost = false;
    loop {
        let snapshot = snapshots.borrow_and_update().clone();
        let away = matches!(snapshot.engine, Engine::Lost { .. });
        if away && !lost {
            progress.note(session.lang.pick(
                "the engine does not answer any more; waiting for it to come back",
                "引擎已停止应答；正在等待其恢复",
            ));
        }
        lost = away;
        if let Some(operation) = snapshot.operation.as_ref().filter(|operation| operation.id == id) {
            progress.show(operation, &snapshot.components);
            if operation.outcome.is_some() && snapshot.settled {
                progress.end();
                return snapshot;
            }
        }
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return snapshot; },
            _ = &mut interrupt => {
                interrupt.set(tokio::signal::ctrl_c());
                if interrupted {
                    std::process::exit(Exit::Cancelled as i32);
                }
                interrupted = true;
                progress.note(session.lang.pick("cancelling; press Ctrl-C again to leave at once", "正在取消；再次按 Ctrl-C 立即退出"));
                let _ = supervisor.send(Intent::Cancel, Review::Consents).await;
            }
        }
    }
}

/// Says how it ended and how everything is now.
fn finish(session: &Session, snapshot: &Snapshot) -> Exit {
    let Some(operation) = &snapshot.operation else { return Exit::Ok };
    let outcome = operation.outcome.unwrap_or(Outcome::Failed);
    let exit = match outcome {
        Outcome::Succeeded => Exit::Ok,
        Outcome::Failed => failed(operation),
        Outcome::Cancelled => Exit::Cancelled,
    };
    if session.out.json {
        #[derive(Serialize)]
        struct Result<'a> {
            #[serde(rename = "type")]
            kind: &'a str,
            operation: &'a Operation,
            components: &'a [Component],
        }
        session.out.value(&Result { kind: "result", operation, components: &snapshot.components });
        return exit;
    }
    session.out.warnings(&snapshot.notices);
    failures(session, snapshot, operation);
    if operation.verb != OperationVerb::Down {
        for line in table(&status_rows(session.lang, &snapshot.components)) {
            session.out.line(&line);
        }
    }
    // To have waited for what runs already is to have done nothing.
    if operation.steps.iter().all(is_wait) && outcome == Outcome::Succeeded {
        session.out.note(session.lang.pick("Nothing to do.", "无需任何操作。"));
    } else if outcome == Outcome::Cancelled {
        session.out.note(
            session.lang.pick(
                "Cancelled. Run the same command again to go on.",
                "已取消。再次运行同一命令即可继续。",
            ),
        );
    }
    exit
}

/// An engine that went away is the reason for every other failure.
fn failed(operation: &Operation) -> Exit {
    use supervisor::api::snapshot::StepState;
    let lost = operation.steps.iter().any(|step| match &step.state {
        StepState::Failed { error } => Exit::of(error) == Exit::Engine,
        _ => false,
    });
    if lost { Exit::Engine } else { Exit::Failed }
}

/// Every failed step with what there is to see, once for each service.
fn failures(session: &Session, snapshot: &Snapshot, operation: &Operation) {
    use supervisor::api::snapshot::StepState;
    for step in &operation.steps {
        let StepState::Failed { error } = &step.state else { continue };
        if operation.outcome == Some(Outcome::Succeeded) {
            session.out.failed_without_harm(error);
        } else {
            session.out.error(error);
        }
        let mut parts = snapshot.components.iter().flat_map(|component| &component.parts);
        let part = parts.find(|part| Some(&part.service) == step.service.as_ref());
        if let Some(Phase::Failed { cause } | Phase::Degraded { cause }) = part.map(|it| &it.phase) {
            session.out.evidence(cause);
        }
    }
    let skipped = operation.steps.iter().filter(|step| step.state == StepState::Skipped);
    let names: std::collections::BTreeSet<&str> =
        skipped.filter_map(|step| step.service.as_deref()).collect();
    if !names.is_empty() && operation.outcome == Some(Outcome::Failed) {
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        session.out.note(&say!(session.lang, "not brought up because of it: {}", "因此未启动：{}", names));
    }
}

/// An error for a component that does not run.
pub(super) fn not_running(component: &str) -> AppError {
    AppError::new(ErrorCode::NotRunning, component, "")
}
