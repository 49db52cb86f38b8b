//! `open`: a page of a component in the browser.

use serde::Serialize;
use supervisor::api::{
    error::{AppError, ErrorCode},
    snapshot::Link,
};

use super::{
    Ended,
    change::not_running,
    status::{pick, settled},
};
use crate::{
    args::Open,
    exit::Exit,
    session::{How, Session},
};

pub(super) async fn run(session: &Session, args: Open) -> Ended {
    let folder = session.folder()?;
    let word = [args.component.as_str()];
    folder.project.resolve_words(word).map_err(|error| session.out.fail(&error.into()))?;
    let engine = session.engine().await?;
    let how = How { probing: supervisor::Probing::Off, ..How::once() };
    let supervisor = session.supervise(&folder, engine, how);
    let snapshot = settled(session, &supervisor).await?;
    let component = pick(&snapshot, std::slice::from_ref(&args.component)).into_iter().next();
    let Some(component) = component else { return Err(session.out.fail(&no_link(&args.component, &[]))) };
    let link = match &args.page {
        Some(page) => component.links.iter().find(|link| &link.id == page),
        None => component.links.first(),
    };
    let Some(link) = link else { return Err(session.out.fail(&no_link(&component.id, &component.links))) };
    if args.print || session.out.json {
        if session.out.json {
            #[derive(Serialize)]
            struct Found<'a> {
                component: &'a str,
                page: &'a str,
                url: &'a str,
                live: bool,
            }
            session.out.value(&Found {
                component: &component.id,
                page: &link.id,
                url: &link.url,
                live: link.live,
            });
        } else {
            session.out.line(&link.url);
        }
        return Ok(Exit::Ok);
    }
    if !link.live {
        return Err(session.out.fail(&not_running(&component.id)));
    }
    browse(&link.url).await.map_err(|error| {
        session.out.fail(&AppError::new(ErrorCode::CannotOpen, &link.url, error.to_string()))
    })?;
    Ok(Exit::Ok)
}

fn no_link(component: &str, links: &[Link]) -> AppError {
    let known: Vec<&str> = links.iter().map(|link| link.id.as_str()).collect();
    AppError::new(ErrorCode::NoLink, component, known.join(", "))
}

/// Hands the address to the desktop's own opener.
async fn browse(url: &str) -> std::io::Result<()> {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let status = tokio::process::Command::new(program)
        .args(arguments)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .await
        .map_err(|error| std::io::Error::new(error.kind(), format!("{program}: {error}")))?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("{program}: {status}"))) }
}
