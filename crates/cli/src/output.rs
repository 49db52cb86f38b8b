//! Writing to the user: text or JSON on standard output, troubles on standard error, colours where wanted.

use std::io::{IsTerminal, Write};

use comfy_table::{Attribute, Cell, Color};
use serde::Serialize;
use supervisor::{
    api::{
        error::AppError,
        snapshot::{Cause, Notice},
    },
    folder::Folder,
};

use crate::{
    exit::Exit,
    plain::plain,
    session::Told,
    words::{Lang, say},
};

/// Colours of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Warn,
    Bad,
    Quiet,
    Strong,
}

/// Where and how a command writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    lang: Lang,
    /// For programs.
    pub(crate) json: bool,
}

impl Output {
    pub(crate) fn new(lang: Lang, json: bool) -> Self {
        Self { lang, json }
    }

    /// One line of text on standard output. A reader who went away is no failure of ours.
    #[expect(clippy::unused_self, reason = "whoever writes has an output, whatever it needs of it")]
    pub(crate) fn line(self, text: &str) {
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// One line on standard error.
    #[expect(clippy::unused_self, reason = "whoever writes has an output, whatever it needs of it")]
    pub(crate) fn note(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// One JSON value on a line of its own.
    pub(crate) fn value(self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.line(&text),
            Err(error) => self.note(&error.to_string()),
        }
    }

    /// Tells an error, and ends the command with its class.
    pub(crate) fn fail(self, error: &AppError) -> Told {
        self.fail_all(std::slice::from_ref(error))
    }

    /// Tells several errors; the first one gives the class.
    pub(crate) fn fail_all(self, errors: &[AppError]) -> Told {
        for error in errors {
            self.error(error);
        }
        Told(errors.first().map_or(Exit::Failed, Exit::of))
    }

    /// Tells an error.
    pub(crate) fn error(self, error: &AppError) {
        if self.json {
            #[derive(Serialize)]
            struct Line<'a> {
                error: &'a AppError,
            }
            return self.value(&Line { error });
        }
        self.told(&paint(Tone::Bad, self.lang.pick("error:", "错误：")), error);
    }

    /// Tells what failed and costs nothing that was asked for.
    pub(crate) fn failed_without_harm(self, error: &AppError) {
        self.told(&paint(Tone::Warn, self.lang.pick("warning:", "警告：")), error);
    }

    fn told(self, word: &str, error: &AppError) {
        let said = self.lang.error(error);
        self.note(&format!("{word} {}", said.what));
        for line in said.remedy.iter().flat_map(|remedy| remedy.lines()) {
            self.note(&format!("  {line}"));
        }
        if let Some(more) = error.facts.more() {
            self.note(&say!(
                self.lang,
                "  and {} more: see `switchyard plan`",
                "  另有 {} 项：见 switchyard plan",
                more
            ));
        }
    }

    /// Everything that was seen of a failure.
    pub(crate) fn evidence(self, cause: &Cause) {
        let lang = self.lang;
        let mut lines = Vec::new();
        if let Some(words) = cause.diagnosis.map(|diagnosis| lang.diagnosis(diagnosis)) {
            lines.push(paint(Tone::Strong, words));
        }
        let evidence = &cause.evidence;
        if let Some(output) = evidence.health_check.as_deref().filter(|output| !output.is_empty()) {
            lines.push(say!(lang, "health check: {}", "健康检查：{}", one_line(output)));
        }
        if let Some(probe) = &evidence.probe {
            lines.push(say!(lang, "probe: {}", "探测：{}", one_line(probe)));
        }
        if evidence.restarts > 0.0 {
            lines.push(say!(lang, "restarts: {}", "重启次数：{}", evidence.restarts));
        }
        if !evidence.log_tail.is_empty() {
            lines.push(lang.pick("last log lines:", "最后的日志：").to_owned());
            lines.extend(evidence.log_tail.iter().map(|line| format!("  {}", plain(line))));
        }
        for line in lines {
            self.note(&format!("    {line}"));
        }
    }

    pub(crate) fn warnings(self, notices: &[Notice]) {
        for notice in notices.iter().filter(|_| !self.json) {
            let word = paint(Tone::Warn, self.lang.pick("warning:", "警告："));
            self.note(&format!("{word} {}", self.lang.notice(notice)));
        }
    }

    /// What opening the stack's folder did that the user should know.
    pub(crate) fn folder_news(self, folder: &Folder) {
        if self.json {
            return;
        }
        if folder.env_created {
            let path = folder.path.join(".env");
            self.note(&say!(
                self.lang,
                "Wrote {} with a fresh admin password for Grafana.",
                "已写入 {}，其中包含新的 Grafana 管理员密码。",
                path.display()
            ));
        }
        for kept in &folder.kept {
            self.note(&say!(
                self.lang,
                "{0} was edited and is kept; the version of this release is {0}.new",
                "{0} 已被修改，予以保留；此版本的文件为 {0}.new",
                kept.display()
            ));
        }
    }

    /// Asks for agreement, or says what was agreed to beforehand. Without a terminal nobody can agree.
    pub(crate) fn agree(self, consents: &[Notice], beforehand: bool) -> bool {
        for consent in consents {
            self.note(&format!("  {} {}", paint(Tone::Warn, "!"), self.lang.notice(consent)));
        }
        if beforehand {
            return true;
        }
        if self.json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return false;
        }
        let _ = write!(anstream::stderr(), "{} ", self.lang.pick("Go on? [y/N]", "继续？[y/N]"));
        let _ = std::io::stderr().flush();
        let mut answer = String::new();
        let _ = std::io::stdin().read_line(&mut answer);
        matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是")
    }
}

/// Text in a colour. `anstream` takes the colour out where nobody wants it: `NO_COLOR`, pipes, dumb terminals.
pub(crate) fn paint(tone: Tone, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let code = match tone {
        Tone::Good => "32",
        Tone::Warn => "33",
        Tone::Bad => "31;1",
        Tone::Quiet => "2",
        Tone::Strong => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Text on one line, plain, cut when it is long.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = plain(&words);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.into_owned(),
    }
}

/// Rows in columns, aligned by what they look like on a terminal.
pub(crate) fn table(rows: &[Vec<(String, Option<Tone>)>]) -> Vec<String> {
    let mut table = comfy_table::Table::new();
    // Colours as if for a terminal: whoever writes the lines takes them out where nobody wants them.
    table.load_style(comfy_table::presets::NOTHING).enforce_styling().style_text_only();
    for row in rows {
        table.add_row(row.iter().map(|(text, tone)| cell(text, *tone)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

fn cell(text: &str, tone: Option<Tone>) -> Cell {
    let cell = Cell::new(text);
    match tone {
        None => cell,
        Some(Tone::Good) => cell.fg(Color::DarkGreen),
        Some(Tone::Warn) => cell.fg(Color::DarkYellow),
        Some(Tone::Bad) => cell.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        Some(Tone::Quiet) => cell.add_attribute(Attribute::Dim),
        Some(Tone::Strong) => cell.add_attribute(Attribute::Bold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_width_on_the_screen() {
        let rows = [
            vec![("健康".to_owned(), None), ("b".to_owned(), None)],
            vec![("ok".to_owned(), None), ("c".to_owned(), None)],
        ];
        assert_eq!(table(&rows), ["健康  b", "ok    c"]);
    }

    #[test]
    fn colours_do_not_move_columns() {
        let rows = [
            vec![("ok".to_owned(), Some(Tone::Good)), ("b".to_owned(), Some(Tone::Quiet))],
            vec![("failed".to_owned(), Some(Tone::Bad)), (String::new(), None)],
        ];
        let lines = table(&rows);
        assert!(lines.iter().all(|line| line.contains('\u{1b}')));
        let plain: Vec<_> = lines.iter().map(|line| plain(line).into_owned()).collect();
        assert_eq!(plain, ["ok      b", "failed"]);
    }
}
