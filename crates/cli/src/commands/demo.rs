//! `demo`: services that give the stack something to show, as a project of their own beside it.

use serde::Serialize;
use supervisor::{
    api::{
        error::{AppError, ErrorCode, Fact, Owner, ResourceKind},
        snapshot::Snapshot,
    },
    folder::Folder,
};

use super::{
    Ended, change,
    status::{settled, status_in},
};
use crate::{
    args::{Demo, DemoCommand, Up},
    exit::Exit,
    output::{Tone, paint, table},
    session::{How, Session},
    words::say,
};

/// Where the stack shows what the services do: components and their pages.
const PAGES: [(&str, &str); 4] =
    [("grafana", "overview"), ("grafana", "explore"), ("jaeger", "ui"), ("consul", "services")];

pub(super) async fn run(session: &Session, args: Demo) -> Ended {
    let stack = session.folder()?;
    let demo = session.demo(&stack)?;
    match args.command {
        DemoCommand::Up(args) => up(session, &stack, &demo, args).await,
        DemoCommand::Down(args) => change::down_in(session, &demo, args).await,
        DemoCommand::Status(args) => status_in(session, &demo, args).await,
    }
}

async fn up(session: &Session, stack: &Folder, demo: &Folder, args: Up) -> Ended {
    let exit = change::up_in(session, demo, args, &of_the_stack).await?;
    if exit == Exit::Ok {
        let engine = session.engine().await?;
        let how = How { probing: supervisor::Probing::Off, ..How::once() };
        let supervisor = session.supervise(stack, engine, how);
        where_to_look(session, &settled(session, &supervisor).await?);
    }
    Ok(exit)
}

/// The network that is missing is the stack's, and comes with it: nobody should make it by hand.
fn of_the_stack(error: AppError) -> AppError {
    let network =
        error.code == ErrorCode::ExternalMissing && error.facts.kind() == Some(&ResourceKind::Network);
    if network { error.with(Fact::Owner(Owner::Stack)) } else { error }
}

/// Where there is something to see.
#[derive(Serialize)]
struct Place<'a> {
    component: &'a str,
    page: &'a str,
    #[serde(skip)]
    titles: [&'a str; 2],
    url: &'a str,
    live: bool,
}

fn where_to_look(session: &Session, snapshot: &Snapshot) {
    let page = |(component, page): (&str, &str)| {
        let component = snapshot.components.iter().find(|it| it.id == component)?;
        let link = component.links.iter().find(|link| link.id == page)?;
        let titles = [session.lang.text(&component.title), session.lang.text(&link.title)];
        Some(Place { component: &component.id, page: &link.id, titles, url: &link.url, live: link.live })
    };
    let pages: Vec<Place<'_>> = PAGES.into_iter().filter_map(page).collect();
    if session.out.json {
        #[derive(Serialize)]
        struct Pages<'a> {
            #[serde(rename = "type")]
            kind: &'a str,
            pages: &'a [Place<'a>],
        }
        return session.out.value(&Pages { kind: "pages", pages: &pages });
    }
    let rows: Vec<_> = pages
        .iter()
        .filter(|page| page.live)
        .map(|page| {
            let [component, title] = page.titles.map(str::to_owned);
            vec![(component, Some(Tone::Strong)), (title, None), (page.url.to_owned(), None)]
        })
        .collect();
    if !rows.is_empty() {
        session.out.line("");
        session.out.line(&paint(Tone::Quiet, session.lang.pick("Where to look:", "到这里查看：")));
    }
    for line in table(&rows) {
        session.out.line(&format!("  {line}"));
    }
    let mut off: Vec<&str> = pages.iter().filter(|page| !page.live).map(|page| page.component).collect();
    off.dedup();
    if !off.is_empty() {
        let off = off.join(" ");
        session.out.note(&say!(
            session.lang,
            "{0}: off. There is more to see with: switchyard up {0}",
            "{0}：未运行。启动后可看到更多：switchyard up {0}",
            off
        ));
    }
}
