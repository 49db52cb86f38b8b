//! The actions of a template.

use super::{
    TemplateError,
    lex::{self, Keyword, Kind, Token},
    literal,
    tree::{Operand, Part, Pipeline},
};

type Parsed<T> = Result<T, TemplateError>;

/// What a list of parts ended with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    End,
    Else,
}

impl Ending {
    fn shown(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

enum Next {
    Part(Part),
    Ending(Ending),
}

/// How deep actions may nest. Go goes further, but nobody does on purpose, and reading it would need a large stack.
const MAX_DEPTH: usize = 200;

pub(super) fn parse(name: &str, text: &str, known: &dyn Fn(&str) -> bool) -> Parsed<Vec<Part>> {
    let tokens = lex::tokens(text);
    let mut parser = Parser {
        name,
        text,
        known,
        tokens,
        at: 0,
        read: 0,
        variables: vec!["$".to_owned()],
        action: None,
        loops: 0,
        depth: 0,
        defined: Vec::new(),
    };
    parser.template()
}

struct Parser<'a> {
    name: &'a str,
    text: &'a str,
    known: &'a dyn Fn(&str) -> bool,
    tokens: Vec<Token>,
    at: usize,
    /// How many words were looked at: Go names the line of the last one.
    read: usize,
    variables: Vec<String>,
    /// The line of the action that is being read.
    action: Option<usize>,
    loops: usize,
    depth: usize,
    /// The templates that were defined and are not empty.
    defined: Vec<String>,
}

impl Parser<'_> {
    fn peek(&mut self) -> Token {
        // The last word, the end or a fault, stays.
        let index = self.at.min(self.tokens.len() - 1);
        self.read = self.read.max(index + 1);
        self.tokens[index].clone()
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at = (self.at + 1).min(self.tokens.len());
        token
    }

    fn peek_word(&mut self) -> Token {
        while self.peek().kind == Kind::Space {
            self.at += 1;
        }
        self.peek()
    }

    fn next_word(&mut self) -> Token {
        self.peek_word();
        self.next()
    }

    fn line_of(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }

    fn error(&self, message: impl std::fmt::Display) -> TemplateError {
        let offset = self.tokens[self.read.max(1) - 1].offset;
        let line = self.line_of(offset);
        let begin = self.text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        TemplateError {
            line,
            column: self.text[begin..offset].chars().count() + 1,
            message: format!("template: {}:{line}: {message}", self.name),
        }
    }

    fn fail<T>(&self, message: impl std::fmt::Display) -> Parsed<T> {
        Err(self.error(message))
    }

    fn unexpected<T>(&self, token: &Token, context: &str) -> Parsed<T> {
        if token.kind != Kind::Fault {
            return self.fail(format!("unexpected {} in {context}", token.shown()));
        }
        let started = match self.action {
            Some(line) if line != self.line_of(token.offset) => {
                let action = if token.text.ends_with(" action") { "" } else { " in action" };
                format!("{action} started at {}:{line}", self.name)
            }
            _ => String::new(),
        };
        self.fail(format!("{}{started}", token.text))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Parsed<Token> {
        let token = self.next_word();
        if token.kind == kind { Ok(token) } else { self.unexpected(&token, context) }
    }

    fn template(&mut self) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        loop {
            let from = self.at;
            match self.peek().kind {
                Kind::End => return Ok(parts),
                Kind::Open => {
                    self.next();
                    if self.next_word().kind == Kind::Keyword(Keyword::Define) {
                        self.definition()?;
                        continue;
                    }
                    self.at = from;
                }
                _ => {}
            }
            match self.part()? {
                Next::Part(part) => parts.push(part),
                Next::Ending(ending) => return self.fail(format!("unexpected {}", ending.shown())),
            }
        }
    }

    fn definition(&mut self) -> Parsed<()> {
        let context = "define clause";
        let name = self.expect(Kind::Quoted, context)?;
        let name = literal::unquote(&name.text).map_err(|error| self.error(error))?;
        self.expect(Kind::Close, context)?;
        self.body(&name, context)
    }

    /// The text of a template that is defined inside of another.
    fn body(&mut self, name: &str, context: &str) -> Parsed<()> {
        let outer = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let (loops, action) = (std::mem::take(&mut self.loops), self.action.take());
        self.deeper()?;
        let (parts, ending) = self.list()?;
        self.depth -= 1;
        if ending != Ending::End {
            return self.fail(format!("unexpected {} in {context}", ending.shown()));
        }
        (self.variables, self.loops, self.action) = (outer, loops, action);
        let empty = parts.iter().all(|part| matches!(part, Part::Text(text) if text.trim().is_empty()));
        if self.defined.iter().any(|known| known == name) && !empty {
            return self.fail(format!("template: multiple definition of template {}", literal::quoted(name)));
        }
        if !empty {
            self.defined.push(name.to_owned());
        }
        Ok(())
    }

    fn list(&mut self) -> Parsed<(Vec<Part>, Ending)> {
        let mut parts = Vec::new();
        while self.peek_word().kind != Kind::End {
            match self.part()? {
                Next::Part(part) => parts.push(part),
                Next::Ending(ending) => return Ok((parts, ending)),
            }
        }
        self.fail("unexpected EOF")
    }

    fn part(&mut self) -> Parsed<Next> {
        let token = self.next_word();
        match token.kind {
            Kind::Text => Ok(Next::Part(Part::Text(token.text))),
            Kind::Open => {
                self.action = Some(self.line_of(token.offset));
                let read = self.action();
                if read.is_ok() {
                    self.action = None;
                }
                read
            }
            _ => self.unexpected(&token, "input"),
        }
    }

    fn action(&mut self) -> Parsed<Next> {
        let token = self.peek_word();
        let Kind::Keyword(keyword) = token.kind else {
            return self.pipeline("command", Kind::Close).map(|it| Next::Part(Part::Action(it)));
        };
        if matches!(keyword, Keyword::Define | Keyword::Nil) {
            return self.pipeline("command", Kind::Close).map(|it| Next::Part(Part::Action(it)));
        }
        self.next();
        match keyword {
            Keyword::Break | Keyword::Continue => {
                let shown = format!("{{{{{}}}}}", token.text);
                self.expect(Kind::Close, &shown)?;
                if self.loops == 0 {
                    return self.fail(format!("{shown} outside {{{{range}}}}"));
                }
                Ok(Next::Part(Part::Other))
            }
            Keyword::End => {
                self.expect(Kind::Close, "end")?;
                Ok(Next::Ending(Ending::End))
            }
            Keyword::Else => {
                // `else if` is left for the branch that it belongs to.
                let next = self.peek_word().kind;
                if !matches!(next, Kind::Keyword(Keyword::If | Keyword::With)) {
                    self.expect(Kind::Close, "else")?;
                }
                Ok(Next::Ending(Ending::Else))
            }
            Keyword::Block => {
                let context = "block clause";
                let name = self.template_name(context)?;
                self.pipeline(context, Kind::Close)?;
                self.body(&name, context)?;
                Ok(Next::Part(Part::Other))
            }
            Keyword::Template => {
                let context = "template clause";
                self.template_name(context)?;
                if self.peek_word().kind == Kind::Close {
                    self.next();
                } else {
                    self.pipeline(context, Kind::Close)?;
                }
                Ok(Next::Part(Part::Other))
            }
            _ => self.branch(keyword).map(Next::Part),
        }
    }

    fn template_name(&mut self, context: &str) -> Parsed<String> {
        let token = self.expect(Kind::Quoted, context)?;
        literal::unquote(&token.text).map_err(|error| self.error(error))
    }

    fn branch(&mut self, kind: Keyword) -> Parsed<Part> {
        let context = match kind {
            Keyword::Range => "range",
            Keyword::With => "with",
            _ => "if",
        };
        let outer = self.variables.len();
        self.deeper()?;
        let condition = self.pipeline(context, Kind::Close)?;
        self.loops += usize::from(kind == Keyword::Range);
        let (then, ending) = self.list()?;
        self.loops -= usize::from(kind == Keyword::Range);
        let mut otherwise = Vec::new();
        if ending == Ending::Else {
            let again = kind != Keyword::Range && self.peek().kind == Kind::Keyword(kind);
            if again {
                self.next();
                otherwise.push(self.branch(kind)?);
            } else {
                let (parts, ending) = self.list()?;
                if ending != Ending::End {
                    return self.fail(format!("expected end; found {}", ending.shown()));
                }
                otherwise = parts;
            }
        }
        self.depth -= 1;
        self.variables.truncate(outer);
        Ok(Part::Branch { kind, condition, then, otherwise })
    }

    fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fail("max expression depth exceeded");
        }
        Ok(())
    }

    fn pipeline(&mut self, context: &str, end: Kind) -> Parsed<Pipeline> {
        let mut pipeline = Pipeline::default();
        self.declarations(context, &mut pipeline)?;
        loop {
            let token = self.peek_word();
            match token.kind {
                kind if kind == end => {
                    self.next();
                    break;
                }
                Kind::Bool
                | Kind::CharConstant
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Keyword(Keyword::Nil)
                | Kind::Quoted
                | Kind::Variable
                | Kind::LeftParen => pipeline.commands.push(self.command()?),
                _ => return self.unexpected(&token, context),
            }
        }
        if pipeline.commands.is_empty() {
            return self.fail(format!("missing value for {context}"));
        }
        for (index, command) in pipeline.commands.iter().enumerate().skip(1) {
            if matches!(
                command[0],
                Operand::Bool(_) | Operand::Dot | Operand::Nil | Operand::Number(_) | Operand::Text(_)
            ) {
                return self.fail(format!("non executable command in pipeline stage {}", index + 1));
            }
        }
        Ok(pipeline)
    }

    /// `$a :=`, `$a =` or `$a, $b :=`.
    fn declarations(&mut self, context: &str, pipeline: &mut Pipeline) -> Parsed<()> {
        loop {
            let variable = self.peek_word();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            let from = self.at;
            self.next();
            let next = self.peek_word();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    self.next();
                    self.declare(pipeline, variable.text);
                    return Ok(());
                }
                Kind::Char if next.text == "," => {
                    self.next();
                    self.declare(pipeline, variable.text);
                    if context != "range" || pipeline.variables.len() > 1 {
                        return self.fail(format!("too many declarations in {context}"));
                    }
                    if !matches!(self.peek_word().kind, Kind::Variable | Kind::Close | Kind::RightParen) {
                        return self.fail("range can only initialize variables");
                    }
                }
                _ => {
                    self.at = from;
                    return Ok(());
                }
            }
        }
    }

    fn declare(&mut self, pipeline: &mut Pipeline, name: String) {
        self.variables.push(name.clone());
        pipeline.variables.push(name);
    }

    fn command(&mut self) -> Parsed<Vec<Operand>> {
        let mut operands = Vec::new();
        loop {
            self.peek_word();
            operands.extend(self.operand()?);
            let from = self.at;
            let token = self.next();
            match token.kind {
                Kind::Space => continue,
                Kind::Close | Kind::RightParen => self.at = from,
                Kind::Pipe => {}
                _ => return self.unexpected(&token, "operand"),
            }
            break;
        }
        if operands.is_empty() { self.fail("empty command") } else { Ok(operands) }
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let before = self.peek();
        let Some(term) = self.term()? else { return Ok(None) };
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.next().text);
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        if matches!(
            term,
            Operand::Bool(_) | Operand::Text(_) | Operand::Number(_) | Operand::Nil | Operand::Dot
        ) {
            return self.fail(format!("unexpected . after term {}", literal::quoted(&before.text)));
        }
        Ok(Some(Operand::Chain(Box::new(term), fields)))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let from = self.at;
        let token = self.next_word();
        let term = match token.kind {
            Kind::Identifier => {
                if !(self.known)(&token.text) {
                    return self.fail(format!("function {} not defined", literal::quoted(&token.text)));
                }
                Operand::Function(token.text)
            }
            Kind::Dot => Operand::Dot,
            Kind::Keyword(Keyword::Nil) => Operand::Nil,
            Kind::Variable => {
                if !self.variables.contains(&token.text) {
                    return self.fail(format!("undefined variable {}", literal::quoted(&token.text)));
                }
                Operand::Variable(token.text)
            }
            Kind::Field => Operand::Field(token.text),
            Kind::Bool => Operand::Bool(token.text == "true"),
            Kind::CharConstant => {
                literal::character(&token.text).map_err(|error| self.error(error))?;
                Operand::Number(token.text)
            }
            Kind::Number => {
                literal::number(&token.text).map_err(|error| self.error(error))?;
                Operand::Number(token.text)
            }
            Kind::Quoted => Operand::Text(literal::unquote(&token.text).map_err(|error| self.error(error))?),
            Kind::LeftParen => {
                self.deeper()?;
                let inner = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                self.depth -= 1;
                Operand::Parenthesized(inner)
            }
            _ => {
                self.at = from;
                return Ok(None);
            }
        };
        Ok(Some(term))
    }
}
