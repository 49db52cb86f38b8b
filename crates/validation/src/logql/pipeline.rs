//! The stages that lines go through.

use super::{
    LogqlError,
    lex::{Kind, Token},
    parser::{Parser, Result},
    stage::{self, LabelFormat},
    words::{self, quote},
};

/// What kind of stage it is, where Loki moves stages around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Lines,
    Labels,
    LineFormat,
    Unpack,
    Other,
}

/// A stage that Loki puts together only when the query runs.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) sort: Sort,
    /// As Loki writes it.
    pub(super) form: String,
    pub(super) fault: Option<String>,
    /// Where the fault would be.
    pub(super) place: Token,
}

#[derive(Debug)]
pub(super) struct Pipeline {
    stages: Vec<Stage>,
    /// Whether it ended at a `|` with `unwrap` after it.
    pub(super) before_unwrap: bool,
}

impl Pipeline {
    pub(super) fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// The first stage that cannot be put together. Loki filters by text as early as it can, with such filters as one.
    pub(super) fn fault(&self) -> Option<LogqlError> {
        let mut ordered: Vec<Vec<&Stage>> = Vec::new();
        let (mut lines, mut others): (Vec<&Stage>, Vec<&Stage>) = (Vec::new(), Vec::new());
        for stage in &self.stages {
            if stage.sort == Sort::Labels {
                flush(&mut ordered, &mut lines, &mut others);
            }
            if stage.sort == Sort::Lines {
                lines.push(stage);
            } else {
                others.push(stage);
            }
            if !matches!(stage.sort, Sort::Lines | Sort::Other) {
                flush(&mut ordered, &mut lines, &mut others);
            }
        }
        flush(&mut ordered, &mut lines, &mut others);
        ordered.into_iter().find_map(|together| {
            let bad = together.iter().find(|it| it.fault.is_some())?;
            let forms: Vec<&str> = together.iter().map(|it| it.form.as_str()).collect();
            let fault = bad.fault.as_ref()?;
            Some(words::meaning(&bad.place, &format!("stage '{}' : {fault}", forms.join(" "))))
        })
    }
}

fn flush<'a>(to: &mut Vec<Vec<&'a Stage>>, lines: &mut Vec<&'a Stage>, others: &mut Vec<&'a Stage>) {
    to.push(std::mem::take(lines));
    to.extend(others.drain(..).map(|it| vec![it]));
}

impl Parser {
    /// Stages up to what is none. In a range they may end before `unwrap`.
    pub(super) fn pipeline(&mut self, in_range: bool) -> Result<Pipeline> {
        let mut pipeline = Pipeline { stages: Vec::new(), before_unwrap: false };
        loop {
            if let Some(operator) = self.line_operator() {
                pipeline.stages.extend(self.line_filter(operator)?);
            } else if !self.eat("|")? {
                return Ok(pipeline);
            } else if in_range && self.token.is("unwrap") {
                pipeline.before_unwrap = true;
                return Ok(pipeline);
            } else {
                pipeline.stages.push(self.stage()?);
            }
        }
    }

    /// What follows a `|`.
    fn stage(&mut self) -> Result<Stage> {
        let place = self.token.clone();
        let other = |form: String, fault| Stage { sort: Sort::Other, form, fault, place: place.clone() };
        match place.kind {
            Kind::Identifier | Kind::Word("(") => {
                let only = self.label_filter()?;
                let (form, fault) = only.unwrap_or_default();
                Ok(Stage { sort: Sort::Labels, form: format!("| {form}"), fault, place })
            }
            Kind::Word("json") => {
                self.advance()?;
                let extracted =
                    if self.token.kind == Kind::Identifier { self.extracted()? } else { Vec::new() };
                let fault = stage::extracted(&extracted, super::path::json);
                Ok(other(format!("| json {}", forms(&extracted)), fault))
            }
            Kind::Word("logfmt") => {
                self.advance()?;
                let (mut strict, mut keeps_empty) = (false, false);
                while self.token.kind == Kind::Flag {
                    let is_strict = self.advance()?.text == "--strict";
                    strict |= is_strict;
                    keeps_empty |= !is_strict;
                }
                let extracted =
                    if self.token.kind == Kind::Identifier { self.extracted()? } else { Vec::new() };
                let flags = format!(
                    "{}{}",
                    if strict { "--strict " } else { "" },
                    if keeps_empty { "--keep-empty " } else { "" }
                );
                let fault = stage::extracted(&extracted, super::path::logfmt);
                Ok(other(format!("| logfmt {flags}{}", forms(&extracted)), fault))
            }
            Kind::Word("regexp" | "pattern") => {
                self.advance()?;
                let text = self.text()?;
                let fault = if place.is("regexp") {
                    stage::regexp(&text.text).map(|it| format!("invalid regexp parser: {it}"))
                } else {
                    super::pattern::parser(&text.text).map(|it| format!("invalid pattern parser: {it}"))
                };
                match fault {
                    Some(message) => Err(words::meaning(&text, &message)),
                    None => Ok(other(String::new(), None)),
                }
            }
            Kind::Word("unpack") => {
                self.advance()?;
                Ok(Stage { sort: Sort::Unpack, ..other(String::new(), None) })
            }
            Kind::Word("decolorize") => {
                self.advance()?;
                Ok(other(String::new(), None))
            }
            Kind::Word("line_format") => {
                self.advance()?;
                let text = self.text()?;
                let fault = stage::line_format(&text.text);
                let form = format!("| line_format {}", quote(&text.text));
                Ok(Stage { sort: Sort::LineFormat, form, fault, place: text })
            }
            Kind::Word("label_format") => self.label_format(),
            Kind::Word("drop" | "keep") => {
                self.advance()?;
                loop {
                    self.identifier()?;
                    if let Some(operator) = ["=~", "!~", "=", "!="].into_iter().find(|it| self.token.is(it)) {
                        self.advance()?;
                        self.matched(operator)?;
                    }
                    if !self.eat(",")? {
                        return Ok(other(String::new(), None));
                    }
                }
            }
            _ => self.unexpected(&[]),
        }
    }

    /// `a="b.c", d`: names with what is taken for them, which is the name itself where nothing is said.
    fn extracted(&mut self) -> Result<Vec<(String, Token)>> {
        let mut all = Vec::new();
        loop {
            let name = self.identifier()?;
            let from = if self.eat("=")? { self.text()? } else { name.clone() };
            all.push((name.text, from));
            if !self.eat(",")? {
                return Ok(all);
            }
        }
    }

    /// `label_format a=b, c="{{.d}}"`.
    fn label_format(&mut self) -> Result<Stage> {
        let place = self.advance()?;
        let mut formats = Vec::new();
        loop {
            let name = self.identifier()?.text;
            self.expect("=")?;
            if !matches!(self.token.kind, Kind::Identifier | Kind::Text) {
                return self.unexpected(&["IDENTIFIER", "STRING"]);
            }
            let is_template = self.token.kind == Kind::Text;
            let value = self.advance()?.text;
            formats.push(LabelFormat { name, value, is_template });
            if !self.eat(",")? {
                break;
            }
        }
        let form = |it: &LabelFormat| {
            let value = if it.is_template { quote(&it.value) } else { it.value.clone() };
            format!("{}={value}", it.name)
        };
        let forms: Vec<String> = formats.iter().map(form).collect();
        let fault = stage::label_format(&formats);
        Ok(Stage { sort: Sort::Other, form: format!("| label_format {}", forms.join(",")), fault, place })
    }
}

fn forms(extracted: &[(String, Token)]) -> String {
    let each = extracted.iter().map(|(name, from)| format!("{name}={}", quote(&from.text)));
    each.collect::<Vec<_>>().join(",")
}
