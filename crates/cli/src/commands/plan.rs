//! `plan`: what would be done, without doing it.

use supervisor::api::{
    intent::Intent,
    snapshot::{Preview, Step},
};

use super::Ended;
use crate::{
    args::Plan,
    exit::Exit,
    output::{Tone, paint, table},
    session::{How, Session},
    words::Lang,
};

pub(super) async fn run(session: &Session, args: Plan) -> Ended {
    let folder = session.folder()?;
    let engine = session.engine().await?;
    let how = How { probing: supervisor::Probing::Off, ..How::once() };
    let supervisor = session.supervise(&folder, engine, how);
    let intent = if args.down {
        Intent::Down { components: args.components, volumes: args.volumes, orphans: false }
    } else {
        Intent::Up { components: args.components, recreate: args.recreate, pull: false, wait: true }
    };
    let preview = supervisor.preview(intent).await.map_err(|error| session.out.fail(&error))?;
    let exit = preview.refusals.first().map_or(Exit::Ok, Exit::of);
    if session.out.json {
        session.out.value(&preview);
        return Ok(exit);
    }
    show(session, &preview);
    Ok(exit)
}

fn show(session: &Session, preview: &Preview) {
    let (lang, out) = (session.lang, session.out);
    for refusal in &preview.refusals {
        out.error(refusal);
    }
    for consent in &preview.consents {
        out.line(&format!("{} {}", paint(Tone::Warn, "!"), lang.notice(consent)));
    }
    out.warnings(&preview.warnings);
    if preview.steps.iter().all(is_wait) && preview.refusals.is_empty() {
        return out.line(lang.pick("Nothing to do.", "无需任何操作。"));
    }
    let rows: Vec<_> =
        preview.steps.iter().enumerate().map(|(number, step)| row(lang, number + 1, step)).collect();
    for line in table(&rows) {
        out.line(&line);
    }
}

/// It only waits for something that runs already.
pub(super) fn is_wait(step: &Step) -> bool {
    step.verb.is_wait()
}

fn row(lang: Lang, number: usize, step: &Step) -> Vec<(String, Option<Tone>)> {
    let after: Vec<String> = step.after.iter().map(|id| (id + 1).to_string()).collect();
    let after = if after.is_empty() {
        String::new()
    } else {
        format!("{} {}", lang.pick("after", "在此之后："), after.join(" "))
    };
    vec![
        (format!("{number:>3}"), Some(Tone::Quiet)),
        (lang.verb(step.verb).to_owned(), None),
        (step.subject.clone(), Some(Tone::Strong)),
        (lang.cause(step.cause, step.because_of.as_deref()), None),
        (after, Some(Tone::Quiet)),
    ]
}
