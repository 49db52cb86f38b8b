//! `logs`: what components write, together or alone.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write, stdout},
};

use anstream::{AutoStream, ColorChoice};
use jiff::{Span, Timestamp, Zoned, civil::Date};
use regex::Regex;
use serde::Serialize;
use supervisor::{
    api::error::{AppError, ErrorCode},
    engine_error,
    logs::{Line, LogItem, LogQuery, News, Origin, follow, read},
};
use unicode_width::UnicodeWidthStr;

use super::{Ended, status::chosen};
use crate::{
    args::Logs,
    exit::Exit,
    output::{Tone, one_line, paint},
    plain::plain,
    session::{How, Session, Told},
    words::{Lang, say},
};

/// Bytes that are written together.
const OUTPUT_BYTES: usize = 64 << 10;

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
    let query = LogQuery {
        services: Some(services.clone()),
        since,
        tail: args.tail,
        times: args.timestamps || session.out.json,
    };
    let engine = session.engine().await?;
    // It keeps the list of containers as long as somebody follows it.
    let supervisor;
    let mut items = if args.follow {
        supervisor = session.supervise(&folder, engine, How::following());
        follow(supervisor.sources(), query)
    } else {
        let observed = engine.observe(&folder.project).await;
        let observed = observed.map_err(|error| session.out.fail(&engine_error(&error)))?;
        read(engine, observed.containers, query)
    };
    let prefix = (!args.no_prefix && services.len() > 1 && !session.out.json)
        .then(|| services.iter().map(|service| service.width()).max().unwrap_or_default());
    let colours = AutoStream::choice(&stdout());
    // Where nobody can show colours there are none to take out, so the lines go straight through.
    let out: Box<dyn Write> = match colours {
        ColorChoice::Never => Box::new(stdout().lock()),
        choice => Box::new(AutoStream::new(stdout(), choice)),
    };
    let mut writer = Writer {
        out: BufWriter::with_capacity(OUTPUT_BYTES, out),
        json: session.out.json,
        prefix,
        coloured: colours != ColorChoice::Never,
        timestamps: args.timestamps,
        pattern,
        names: BTreeMap::new(),
    };
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    let (mut some_lines, mut refused) = (false, None);
    loop {
        let item = tokio::select! {
            item = items.recv() => item,
            _ = &mut interrupt => break,
        };
        match item {
            None => break,
            Some(LogItem::News(news)) => {
                // What was read before it is shown before it.
                let _ = writer.out.flush();
                match news {
                    News::Unreadable(origin, error) if !args.follow => {
                        if error.code != ErrorCode::EngineRefused {
                            return Err(session.out.fail(&error));
                        }
                        session.out.note(&unreadable(session.lang, &origin, &error));
                        refused.get_or_insert(error);
                    }
                    news => session.out.note(&told(session.lang, &news)),
                }
            }
            // A reader who went away, such as `head`, has seen enough.
            Some(LogItem::Lines(lines)) => {
                some_lines = true;
                let written = writer.write(&lines);
                // What more there is already is shown together with it.
                if written.and_then(|()| if items.is_empty() { writer.out.flush() } else { Ok(()) }).is_err()
                {
                    return Ok(Exit::Ok);
                }
            }
        }
    }
    let _ = writer.out.flush();
    match refused {
        // One that keeps no log is no failure beside others that do.
        Some(error) if !some_lines => Err(Told(Exit::of(&error))),
        _ => Ok(Exit::Ok),
    }
}

fn unreadable(lang: Lang, origin: &Origin, error: &AppError) -> String {
    let (service, detail) = (&origin.service, one_line(&error.detail));
    warning(lang, &say!(lang, "{} cannot be read: {}", "无法读取 {} 的日志：{}", service, detail))
}

/// What befell a stream that is followed.
fn told(lang: Lang, news: &News) -> String {
    match news {
        News::Unreadable(origin, error) => {
            let text = unreadable(lang, origin, error);
            format!("{text}{}", lang.pick(" (trying again)", "（正在重试）"))
        }
        News::Readable(origin) => {
            warning(lang, &say!(lang, "{} can be read again", "{} 的日志又可以读取了", origin.service))
        }
        News::EngineLost => warning(
            lang,
            lang.pick(
                "the engine does not answer; waiting for it (Ctrl-C ends this)",
                "引擎没有应答；正在等待（按 Ctrl-C 结束）",
            ),
        ),
        News::EngineBack => warning(
            lang,
            lang.pick(
                "the engine is back; the lines go on where they stopped",
                "引擎已恢复；日志从中断处继续",
            ),
        ),
    }
}

fn warning(lang: Lang, text: &str) -> String {
    format!("{} {text}", paint(Tone::Warn, lang.pick("warning:", "警告：")))
}

struct Writer<W: Write> {
    out: W,
    json: bool,
    /// Width of the names before the lines.
    prefix: Option<usize>,
    coloured: bool,
    timestamps: bool,
    pattern: Option<Regex>,
    /// What stands before the lines of each service.
    names: BTreeMap<String, String>,
}

impl<W: Write> Writer<W> {
    fn write(&mut self, lines: &[Line]) -> io::Result<()> {
        for line in lines {
            let text = plain(&line.line.text);
            if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text)) {
                continue;
            }
            if self.json {
                self.one_as_json(line, &text)?;
            } else {
                self.one(line, &text)?;
            }
        }
        Ok(())
    }

    fn one(&mut self, line: &Line, text: &str) -> io::Result<()> {
        if let Some(width) = self.prefix {
            self.name(&line.origin.service, width)?;
        }
        if let (true, Some(time)) = (self.timestamps, time_of(line)) {
            write!(self.out, "{time:.3} ")?;
        }
        // A hundred thousand of them go through here, so nothing is formatted.
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn name(&mut self, service: &str, width: usize) -> io::Result<()> {
        if !self.names.contains_key(service) {
            let padding = " ".repeat(width.saturating_sub(service.width()));
            let name = format!("{service}{padding} |");
            let colour = COLOURS[self.names.len() % COLOURS.len()];
            let name = if self.coloured { format!("\u{1b}[{colour}m{name}\u{1b}[0m ") } else { name + " " };
            self.names.insert(service.to_owned(), name);
        }
        self.out.write_all(self.names[service].as_bytes())
    }

    fn one_as_json(&mut self, line: &Line, text: &str) -> io::Result<()> {
        #[derive(Serialize)]
        struct Json<'a> {
            service: &'a str,
            container: &'a str,
            stream: &'a str,
            time: Option<String>,
            line: &'a str,
        }
        let json = Json {
            service: &line.origin.service,
            container: &line.origin.container,
            stream: if line.line.stderr { "stderr" } else { "stdout" },
            time: time_of(line).map(|time| time.to_string()),
            line: text,
        };
        serde_json::to_writer(&mut self.out, &json)?;
        self.out.write_all(b"\n")
    }
}

fn time_of(line: &Line) -> Option<Timestamp> {
    Timestamp::from_nanosecond(line.line.time?.into()).ok()
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
    use std::sync::Arc;

    use super::*;

    fn written(coloured: bool, prefix: Option<usize>, services: &[&str]) -> String {
        let lines: Vec<Line> = services
            .iter()
            .map(|service| Line {
                origin: Arc::new(Origin { service: (*service).to_owned(), container: "c".to_owned() }),
                line: engine::LogLine {
                    stderr: false,
                    time: Some(1_500_000_000),
                    text: "\u{1b}[31mred\u{1b}[0m".to_owned(),
                },
            })
            .collect();
        let (pattern, names) = (None, BTreeMap::new());
        let mut writer =
            Writer { out: Vec::new(), json: false, prefix, coloured, timestamps: true, pattern, names };
        writer.write(&lines).unwrap();
        String::from_utf8(writer.out).unwrap()
    }

    #[test]
    fn only_names_have_colours_and_only_on_a_terminal() {
        assert_eq!(
            written(false, Some(4), &["a", "长的"]),
            "a    | 1970-01-01T00:00:01.500Z red\n长的 | 1970-01-01T00:00:01.500Z red\n"
        );
        let coloured = written(true, Some(1), &["a", "b", "a"]);
        let expected = [36, 33, 36].map(|colour| format!("\u{1b}[{colour}m"));
        for (line, colour) in coloured.lines().zip(expected) {
            assert!(line.starts_with(&colour) && line.matches('\u{1b}').count() == 2, "{line:?}");
        }
        assert_eq!(written(true, None, &["a"]), "1970-01-01T00:00:01.500Z red\n");
    }

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
