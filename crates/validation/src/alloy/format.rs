//! The one form of a file of Alloy, as `alloy fmt` writes it: tabs, a blank line between blocks, the `=` of neighbours
//! under each other, a comma after the last item of a list over several lines.
//!
//! Space between tokens is held back until the next token is known, because a comment may come before that token, and
//! then the comment decides about the space.

use super::{
    elastic::Elastic,
    parse::{Comments, Parsed, parse},
    syntax::{Attribute, Block, Expression, Field, Lines, Statement},
    token::{Fault, Kind, Token},
};

/// The text in that form.
pub(super) fn format(text: &str) -> Result<String, Vec<Fault>> {
    let lines = Lines::new(text);
    let Parsed { body, comments } = parse(text, &lines)?;
    let mut printer = Printer {
        lines: &lines,
        out: Elastic::default(),
        empty: true,
        held: Vec::new(),
        indent: 0,
        fresh: true,
        comments: &comments,
        group: 0,
        at: Place { byte: 0, line: 1 },
        last: Place { byte: 0, line: 1 },
        after_number: false,
    };
    printer.statements(&body);
    printer.comments_before(Place { byte: usize::MAX, line: usize::MAX }, true);
    let mut formatted = printer.out.finish();
    formatted.push('\n');
    Ok(formatted)
}

/// Space that has not been written yet.
#[derive(Clone, Copy, PartialEq)]
enum Space {
    /// A blank.
    Blank,
    /// The end of a cell, by which neighbours are aligned.
    Cell,
    /// The end of a line whose neighbour is aligned with it.
    Newline,
    /// The end of a line and of the alignment.
    Break,
    Indent,
    Unindent,
    /// Nothing any more.
    Dropped,
}

/// A place in the text that is read, near enough to tell what comes before what.
#[derive(Clone, Copy)]
struct Place {
    byte: usize,
    line: usize,
}

struct Printer<'a> {
    lines: &'a Lines<'a>,
    out: Elastic,
    empty: bool,
    held: Vec<Space>,
    indent: usize,
    /// Whether nothing stands in this line of the output yet, its indentation included.
    fresh: bool,
    comments: &'a Comments<'a>,
    /// The first group of comments that has not been written.
    group: usize,
    at: Place,
    /// Where the last thing that was written ended.
    last: Place,
    after_number: bool,
}

impl Printer<'_> {
    fn move_to(&mut self, byte: usize) {
        self.at = Place { byte, line: self.lines.line(byte) };
    }

    fn hold(&mut self, space: Space) {
        self.held.push(space);
        self.after_number = false;
    }

    fn token(&mut self, text: &str) {
        if self.after_number && text == "." {
            self.held.push(Space::Blank);
        }
        self.after_number = false;
        let at = self.at;
        if !self.comments_before(at, false) {
            self.release(self.held.len());
        }
        self.write(at, text, false);
    }

    fn token_at(&mut self, byte: usize, text: &str) {
        self.move_to(byte);
        self.token(text);
    }

    fn write(&mut self, at: Place, text: &str, comment: bool) {
        self.indentation();
        if comment {
            self.out.kept(text);
        } else {
            self.out.text(text);
        }
        self.empty = false;
        let newlines = text.bytes().filter(|byte| *byte == b'\n').count();
        self.at = Place { byte: at.byte.saturating_add(text.len()), line: at.line.saturating_add(newlines) };
        self.last = self.at;
    }

    fn indentation(&mut self) {
        if self.fresh {
            self.fresh = false;
            for _ in 0..self.indent {
                self.out.text("\t");
            }
        }
    }

    fn space(&mut self, text: &str, times: usize) {
        for _ in 0..times {
            self.indentation();
            self.out.text(text);
            self.empty = false;
            self.fresh = matches!(text, "\n" | "\x0c");
        }
    }

    /// Writes the first of the held spaces.
    fn release(&mut self, count: usize) {
        for space in self.held.drain(..count).collect::<Vec<_>>() {
            match space {
                Space::Blank => self.space(" ", 1),
                Space::Cell => self.space("\x0b", 1),
                Space::Newline => self.space("\n", 1),
                Space::Break => self.space("\x0c", 1),
                Space::Indent => self.indent += 1,
                Space::Unindent => self.indent = self.indent.saturating_sub(1),
                Space::Dropped => {}
            }
        }
    }

    /// Writes the comments that stand before a place. Whether there are any.
    fn comments_before(&mut self, next: Place, end: bool) -> bool {
        let mut latest: Option<Token<'_>> = None;
        while let Some(group) = self.comments.get(self.group)
            && group[0].at <= next.byte
        {
            for comment in group {
                self.before_comment(*comment, next);
                let at = Place { byte: comment.at, line: self.lines.line(comment.at) };
                self.write(at, comment.text, true);
                latest = Some(*comment);
            }
            self.group += 1;
        }
        let Some(latest) = latest else { return false };
        if !end {
            self.after_comment(latest, next);
        }
        true
    }

    fn before_comment(&mut self, comment: Token<'_>, next: Place) {
        if self.empty {
            return;
        }
        let line = self.lines.line(comment.at);
        if line == self.last.line {
            // Only a comment in asterisks can be followed by something in its line.
            return self.space(if line == next.line { " " } else { "\t" }, 1);
        }
        // The comment stands in the indentation that was asked for before its line.
        let shift = |space: &Space| matches!(space, Space::Indent | Space::Unindent);
        if let Some(first) = self.held.iter().position(|space| !shift(space)) {
            self.held[first] = Space::Dropped;
            self.release(first);
        }
        self.space("\x0c", line.saturating_sub(self.last.line).min(2));
    }

    fn after_comment(&mut self, comment: Token<'_>, next: Place) {
        let line = self.lines.line(comment.at + comment.text.len().saturating_sub(1));
        if comment.text.starts_with("/*") && next.line == line {
            self.space(" ", 1);
        }
        let aligned = !self.held.contains(&Space::Break);
        self.held.retain(|space| matches!(space, Space::Indent | Space::Unindent));
        self.release(self.held.len());
        let newlines = next.line.saturating_sub(self.last.line).min(2);
        self.space(if aligned { "\n" } else { "\x0c" }, newlines);
    }

    fn statements(&mut self, statements: &[Statement]) {
        for (index, statement) in statements.iter().enumerate() {
            if let Some(previous) = index.checked_sub(1).map(|previous| &statements[previous]) {
                let apart = self.lines.line(statement.start()) > self.lines.line(previous.end()) + 1;
                if apart || matches!(statement, Statement::Block(_)) {
                    self.hold(Space::Break);
                }
            }
            match statement {
                Statement::Attribute(Attribute { name, value }) => {
                    self.token_at(name.at, &name.text);
                    self.hold(Space::Cell);
                    self.token("=");
                    self.hold(Space::Blank);
                    self.expression(value);
                }
                Statement::Block(block) => self.block(block),
            }
            let one_line = !self.apart(statement.start(), statement.end());
            self.hold(if one_line { Space::Newline } else { Space::Break });
        }
    }

    fn block(&mut self, block: &Block) {
        self.token_at(block.at, &block.name);
        if !block.label.is_empty() {
            self.hold(Space::Blank);
            self.token_at(block.label_at, &quoted(&block.label));
        }
        self.hold(Space::Blank);
        self.token_at(block.open, "{");
        self.hold(Space::Indent);
        if block.body.is_empty() {
            self.hold(Space::Blank);
        } else {
            self.hold(Space::Break);
            self.statements(&block.body);
        }
        self.hold(Space::Unindent);
        self.token_at(block.close, "}");
    }

    /// Whether two places are in different lines.
    fn apart(&self, one: usize, other: usize) -> bool {
        self.lines.line(one) != self.lines.line(other)
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Literal(kind, text, at) => {
                self.token_at(*at, text);
                self.after_number = *kind == Kind::Number;
            }
            Expression::Array { open, items, close } => self.array(*open, items, *close),
            Expression::Object { open, fields, close } => self.object(*open, fields, *close),
            Expression::Identifier(name) => self.token_at(name.at, &name.text),
            Expression::Access(value, name) => {
                self.expression(value);
                self.token(".");
                self.token(&name.text);
            }
            Expression::Index { value, open, index, close } => {
                self.expression(value);
                self.token_at(*open, "[");
                self.expression(index);
                self.token_at(*close, "]");
            }
            Expression::Call { value, open, arguments, close } => {
                self.expression(value);
                self.call(*open, arguments, *close);
            }
            Expression::Unary { sign, at, value } => {
                self.token_at(*at, sign);
                self.expression(value);
            }
            Expression::Binary { left, sign, at, right } => {
                self.expression(left);
                self.hold(Space::Blank);
                self.token_at(*at, sign);
                self.hold(Space::Blank);
                self.expression(right);
            }
            Expression::Paren { inner, .. } => {
                self.token("(");
                self.expression(inner);
                self.token(")");
            }
        }
    }

    fn array(&mut self, open: usize, items: &[Expression], close: usize) {
        self.token_at(open, "[");
        let mut previous = open;
        for (index, item) in items.iter().enumerate() {
            let new_line = self.apart(previous, item.start());
            if new_line {
                self.hold(Space::Indent);
                self.hold(Space::Break);
            } else if index > 0 {
                self.hold(Space::Blank);
            }
            previous = item.end();
            self.expression(item);
            if index + 1 < items.len() {
                self.token(",");
            }
            if new_line {
                self.hold(Space::Unindent);
            }
        }
        if !items.is_empty() && self.apart(previous, close) {
            self.token(",");
            self.hold(Space::Indent);
            self.hold(Space::Break);
            self.hold(Space::Unindent);
        }
        self.token_at(close, "]");
    }

    fn object(&mut self, open: usize, fields: &[Field], close: usize) {
        self.token_at(open, "{");
        self.hold(Space::Indent);
        let mut previous = open;
        for (index, field) in fields.iter().enumerate() {
            if self.apart(previous, field.name.at) {
                let before = index.checked_sub(1).map(|before| &fields[before].value);
                let aligned = before.is_some_and(|value| !self.apart(value.start(), value.end()));
                self.hold(if aligned { Space::Newline } else { Space::Break });
            } else if index > 0 {
                self.hold(Space::Blank);
            }
            previous = field.name.at + field.name.text.len().saturating_sub(1);
            let name = if field.quoted { quoted(&field.name.text) } else { field.name.text.clone() };
            self.token_at(field.name.at, &name);
            self.hold(Space::Cell);
            self.token("=");
            self.hold(Space::Blank);
            self.expression(&field.value);
            if index + 1 < fields.len() {
                self.token(",");
            }
        }
        if !fields.is_empty() && self.apart(previous, close) {
            self.token(",");
            self.hold(Space::Break);
        }
        self.hold(Space::Unindent);
        self.token_at(close, "}");
    }

    fn call(&mut self, open: usize, arguments: &[Expression], close: usize) {
        self.token("(");
        let mut previous = open;
        for (index, argument) in arguments.iter().enumerate() {
            let new_line = self.apart(previous, argument.start());
            if new_line {
                self.hold(Space::Break);
                self.hold(Space::Indent);
            }
            self.expression(argument);
            previous = argument.end();
            if index + 1 < arguments.len() {
                self.token(",");
                self.hold(Space::Blank);
            }
            if new_line {
                self.hold(Space::Unindent);
            }
        }
        if self.apart(previous, close) {
            self.token(",");
            self.hold(Space::Break);
        }
        self.token(")");
    }
}

/// As Go's `%q` writes a text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
