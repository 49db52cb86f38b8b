//! `logs`: what components write, together or alone.

use std::{collections::BTreeMap, io::Write};

use jiff::{Span, Timestamp, Zoned, civil::Date};
use regex::Regex;
use serde::Serialize;
use supervisor::{
    api::error::{AppError, ErrorCode},
    engine_error,
    logs::{Line, LogQuery, read},
};

use super::{Ended, status::chosen};
use crate::{args::Logs, exit::Exit, output::plain, session::Session};

/// Colours that tell components apart on a terminal.
const COLOURS: [&str; 6] = ["36", "33", "35", "32", "34", "31"];

pub(super) async fn run(session: &Session, args: Logs) -> Ended {
    let pattern = match args.grep.as_deref().map(Regex::new).transpose() {
        Ok(pattern) => pattern,
        Err(error) => {
            let pattern = args.grep.unwrap_or_default();
            return Err(session.out.fail(&AppError::new(ErrorCode::BadPattern, pattern, error.to_string())));
        }
    };
    let since = match args.since.as_deref().map(|text| since(text, &Zoned::now())) {
        Some(None) => {
            return Err(session.out.fail(&AppError::new(
                ErrorCode::BadTime,
                args.since.unwrap_or_default(),
                "",
            )));
        }
        Some(Some(time)) => i64::try_from(time.as_nanosecond()).ok(),
        None => None,
    };
    let folder = session.folder()?;
    let named = chosen(session, &folder.project, &args.components)?.into_iter().collect();
    let mut services = folder.project.services_of(&named);
    if services.is_empty() {
        services = folder.project.services.keys().cloned().collect();
    }
    let engine = session.engine().await?;
    let observed =
        engine.observe(&folder.project).await.map_err(|error| session.out.fail(&engine_error(&error)))?;
    let query = LogQuery {
        services,
        follow: args.follow,
        since,
        tail: args.tail,
        times: args.timestamps || session.out.json,
    };
    let width = query.services.iter().map(String::len).max().unwrap_or_default();
    let mut batches = read(engine, &folder.project, observed.containers, query.clone());
    let prefix = (!args.no_prefix && (query.services.len() > 1)).then_some(width);
    // Only the names before the lines have colours, which have to be taken out where nobody can show them.
    let stdout: Box<dyn Write> = match prefix {
        Some(_) => Box::new(anstream::AutoStream::auto(std::io::stdout())),
        None => Box::new(std::io::stdout().lock()),
    };
    let mut writer = Writer {
        out: std::io::BufWriter::with_capacity(1 << 16, stdout),
        json: session.out.json,
        prefix,
        timestamps: args.timestamps,
        pattern,
        colours: BTreeMap::new(),
    };
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let batch = tokio::select! {
            batch = batches.recv() => batch,
            _ = &mut interrupt => break,
        };
        match batch {
            None => break,
            Some(Err(error)) => return Err(session.out.fail(&error)),
            // A reader who went away, such as `head`, has seen enough.
            Some(Ok(lines)) => {
                let written = writer.write(&lines);
                // What more there is already is shown together with it.
                if written
                    .and_then(|()| if batches.is_empty() { writer.out.flush() } else { Ok(()) })
                    .is_err()
                {
                    break;
                }
            }
        }
    }
    let _ = writer.out.flush();
    Ok(Exit::Ok)
}

struct Writer<W: Write> {
    out: W,
    json: bool,
    /// Width of the names before the lines.
    prefix: Option<usize>,
    timestamps: bool,
    pattern: Option<Regex>,
    colours: BTreeMap<String, &'static str>,
}

impl<W: Write> Writer<W> {
    fn write(&mut self, lines: &[Line]) -> std::io::Result<()> {
        for line in lines {
            let text = plain(&line.text);
            if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text)) {
                continue;
            }
            self.one(line, &text)?;
        }
        Ok(())
    }

    fn one(&mut self, line: &Line, text: &str) -> std::io::Result<()> {
        let time = line.time.and_then(|time| Timestamp::from_nanosecond(time.into()).ok());
        if self.json {
            #[derive(Serialize)]
            struct Json<'a> {
                service: &'a str,
                container: &'a str,
                stream: &'a str,
                time: Option<String>,
                line: &'a str,
            }
            let json = Json {
                service: &line.service,
                container: &line.container,
                stream: if line.stderr { "stderr" } else { "stdout" },
                time: time.map(|time| time.to_string()),
                line: text,
            };
            serde_json::to_writer(&mut self.out, &json)?;
            return self.out.write_all(b"\n");
        }
        if let Some(width) = self.prefix {
            let next = COLOURS[self.colours.len() % COLOURS.len()];
            let colour = *self.colours.entry(line.service.clone()).or_insert(next);
            write!(self.out, "\u{1b}[{colour}m{:width$} |\u{1b}[0m ", line.service)?;
        }
        if let (true, Some(time)) = (self.timestamps, time) {
            write!(self.out, "{time:.3} ")?;
        }
        writeln!(self.out, "{text}")
    }
}

/// A moment: so long ago (`10m`, `2h 30m`, `3d`), or a time, or a date of this time zone.
fn since(text: &str, now: &Zoned) -> Option<Timestamp> {
    if let Ok(span) = text.parse::<Span>() {
        return Some(now.checked_sub(span).ok()?.timestamp());
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let date: Date = text.parse().ok()?;
    Some(date.to_zoned(now.time_zone().clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now: Zoned = "2026-11-22T12:00:00[UTC]".parse().unwrap();
        let since = |text| since(text, &now).map(|time| time.to_string());
        assert_eq!(since("10m").as_deref(), Some("2026-11-22T11:50:00Z"));
        assert_eq!(since("2h30m").as_deref(), Some("2026-11-22T09:30:00Z"));
        assert_eq!(since("3d").as_deref(), Some("2026-11-19T12:00:00Z"));
        assert_eq!(since("2026-11-22T08:00:00+08:00").as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(since("2026-11-22").as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(since("yesterday"), None);
        assert_eq!(since(""), None);
    }
}
