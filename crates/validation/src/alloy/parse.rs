//! From tokens to statements. After a fault the reading goes on at the next place that makes sense, so that one reading
//! tells several faults, one a line.

use super::{
    syntax::{Attribute, Block, Expression, Field, Lines, Name, Statement},
    token::{Fault, Kind, Lexer, Token, is_identifier},
};

/// Comments that stand together: each in the line after the other.
pub(super) type Comments<'a> = Vec<Vec<Token<'a>>>;

/// A file that could be read.
pub(super) struct Parsed<'a> {
    pub body: Vec<Statement>,
    pub comments: Comments<'a>,
}

/// How deep expressions and blocks may nest here. Alloy has no limit, and no file of a person comes near it.
const MAX_DEPTH: usize = 200;
/// How many parts a chain may have. Alloy has no limit; nobody writes a tenth of it.
const MAX_LINKS: usize = 1000;

/// Reads a whole text.
pub(super) fn parse<'a>(text: &'a str, lines: &Lines<'_>) -> Result<Parsed<'a>, Vec<Fault>> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        token: Token { kind: Kind::Eof, text: "", at: 0 },
        lines,
        comments: Vec::new(),
        faults: Vec::new(),
        last_line: 0,
        depth: 0,
    };
    parser.advance();
    let body = parser.body(Kind::Eof);
    let Parser { lexer, mut faults, comments, .. } = parser;
    faults.extend(lexer.faults);
    faults.sort_by_key(|(at, _)| *at);
    if faults.is_empty() { Ok(Parsed { body, comments }) } else { Err(faults) }
}

struct Parser<'a, 'l> {
    lexer: Lexer<'a>,
    token: Token<'a>,
    lines: &'l Lines<'l>,
    comments: Comments<'a>,
    faults: Vec<Fault>,
    /// The line of the last fault: another one there is most likely its consequence.
    last_line: usize,
    depth: usize,
}

impl<'a> Parser<'a, '_> {
    fn advance(&mut self) {
        self.token = self.lexer.next();
        while self.token.kind == Kind::Comment {
            let mut group = Vec::new();
            let mut end = self.lines.line(self.token.at);
            while self.token.kind == Kind::Comment && self.lines.line(self.token.at) <= end + 1 {
                end = self.lines.line(self.token.at + self.token.text.len().saturating_sub(1));
                group.push(self.token);
                self.token = self.lexer.next();
            }
            self.comments.push(group);
        }
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token.kind, Kind::Sign(found) if found == sign)
    }

    fn fault(&mut self, message: String) {
        let line = self.lines.line(self.token.at);
        if line != self.last_line {
            self.last_line = line;
            self.faults.push((self.token.at, message));
        }
    }

    /// Takes a token that must be here, or says so and takes whatever is.
    fn expect(&mut self, kind: Kind) -> Token<'a> {
        let token = self.token;
        if token.kind != kind {
            self.fault(format!("expected {kind}, got {}", token.kind));
        }
        self.advance();
        token
    }

    fn skip_to(&mut self, wanted: impl Fn(Kind) -> bool) {
        while self.token.kind != Kind::Eof && !wanted(self.token.kind) {
            self.advance();
        }
    }

    /// Skips to the end of a statement, over what is in brackets.
    fn skip_statement(&mut self) {
        let mut open = [0_i32; 3];
        while self.token.kind != Kind::Eof {
            match self.token.kind {
                Kind::Sign("{") => open[0] += 1,
                Kind::Sign("}") => open[0] -= 1,
                Kind::Sign("[") => open[1] += 1,
                Kind::Sign("]") => open[1] -= 1,
                Kind::Sign("(") => open[2] += 1,
                Kind::Sign(")") => open[2] -= 1,
                Kind::Terminator if open.iter().all(|count| *count <= 0) => return,
                _ => {}
            }
            self.advance();
        }
    }

    fn body(&mut self, until: Kind) -> Vec<Statement> {
        let mut body = Vec::new();
        while self.token.kind != until && self.token.kind != Kind::Eof {
            body.extend(self.statement());
            if self.token.kind == until {
                break;
            }
            if self.token.kind != Kind::Terminator {
                self.fault(format!("expected {}, got {}", Kind::Terminator, self.token.kind));
                self.skip_statement();
            }
            self.advance();
        }
        body
    }

    fn statement(&mut self) -> Option<Statement> {
        let Some(head) = self.head() else {
            self.skip_to(|kind| kind == Kind::Identifier);
            return None;
        };
        if self.is("=") {
            self.advance();
            if head.words.len() > 1 {
                self.faults.push((
                    head.at,
                    "attribute names may only consist of a single identifier with no \".\"".to_owned(),
                ));
            } else if let Some(at) = head.label_at {
                self.faults.push((at, "attribute names may not have labels".to_owned()));
            }
            let name = Name { text: head.words.into_iter().next().unwrap_or_default(), at: head.at };
            return Some(Statement::Attribute(Attribute { name, value: self.expression() }));
        }
        if self.is("{") {
            let open = self.token.at;
            self.advance();
            let body = self.nested(|parser| parser.body(Kind::Sign("}"))).unwrap_or_default();
            let close = self.expect(Kind::Sign("}")).at;
            return Some(Statement::Block(Block {
                name: head.words.join("."),
                at: head.at,
                label: head.label,
                label_at: head.label_at.unwrap_or_default(),
                open,
                body,
                close,
            }));
        }
        let wanted = if head.words.len() == 1 && head.label.is_empty() {
            "attribute assignment or block body"
        } else {
            "block body"
        };
        self.fault(format!("expected {wanted}, got {}", self.token.kind));
        self.skip_to(|kind| kind == Kind::Identifier);
        None
    }

    /// `a.b "label"`, before `=` or `{`.
    fn head(&mut self) -> Option<Head> {
        if self.token.kind != Kind::Identifier {
            self.fault(format!("expected identifier, got {}", self.token.kind));
            return None;
        }
        let at = self.token.at;
        let mut words = vec![self.token.text.to_owned()];
        self.advance();
        while self.is(".") {
            self.advance();
            if self.token.kind != Kind::Identifier {
                self.fault(format!("expected identifier, got {}", self.token.kind));
            }
            words.push(self.token.text.to_owned());
            self.advance();
        }
        let mut head = Head { words, at, label: String::new(), label_at: None };
        if !self.is("=") && !self.is("{") {
            if self.token.kind == Kind::Text {
                self.label(&mut head);
            } else {
                self.fault(format!("expected block label, got {}", self.token.kind));
            }
            self.advance();
        }
        Some(head)
    }

    fn label(&mut self, head: &mut Head) {
        let text = self.token.text;
        if !text.starts_with('"') {
            self.fault(format!("expected block label to be a double quoted string, but got {text:?}"));
        }
        head.label_at = Some(self.token.at);
        if text.len() > 2 {
            text[1..text.len() - 1].clone_into(&mut head.label);
            if !is_identifier(&head.label) {
                self.fault(format!(
                    "expected block label to be a valid identifier, but got {:?}",
                    head.label
                ));
            }
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.fault(format!("nested deeper than {MAX_DEPTH} levels"));
            self.skip_to(|_| false);
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        Some(read)
    }

    fn expression(&mut self) -> Expression {
        let at = self.token.at;
        self.nested(|parser| parser.binary(1)).unwrap_or(Expression::Literal(
            Kind::Null,
            "null".to_owned(),
            at,
        ))
    }

    fn binary(&mut self, least: usize) -> Expression {
        let mut left = self.power();
        for links in 0.. {
            let Kind::Sign(sign) = self.token.kind else { return left };
            let rank = rank(sign);
            if rank < least || self.is_endless(links) {
                return left;
            }
            let at = self.token.at;
            self.advance();
            let right = self.binary(rank + 1);
            left = Expression::Binary { left: Box::new(left), sign, at, right: Box::new(right) };
        }
        left
    }

    /// Each link of a chain such as `a + b + c` or `a.b.c` lies around those before it.
    fn is_endless(&mut self, links: usize) -> bool {
        let endless = links >= MAX_LINKS;
        if endless {
            self.fault(format!("more than {MAX_LINKS} parts in a row"));
            self.skip_to(|_| false);
        }
        endless
    }

    /// `a ^ b ^ c` is `a ^ (b ^ c)`.
    fn power(&mut self) -> Expression {
        let left = self.unary();
        if !self.is("^") {
            return left;
        }
        let at = self.token.at;
        self.advance();
        let right = self.nested(Self::power);
        let Some(right) = right else { return left };
        Expression::Binary { left: Box::new(left), sign: "^", at, right: Box::new(right) }
    }

    fn unary(&mut self) -> Expression {
        let at = self.token.at;
        let sign = match self.token.kind {
            Kind::Sign("!") => "!",
            Kind::Sign("-") => "-",
            _ => return self.operand(),
        };
        self.advance();
        let value = self.nested(Self::unary);
        let value = value.unwrap_or(Expression::Literal(Kind::Null, "null".to_owned(), at));
        Expression::Unary { sign, at, value: Box::new(value) }
    }

    /// A value with what is asked of it: `.name`, `[index]`, `(arguments)`.
    fn operand(&mut self) -> Expression {
        let mut value = self.primary();
        for links in 0.. {
            if matches!(self.token.kind, Kind::Sign("." | "[" | "(")) && self.is_endless(links) {
                break;
            }
            match self.token.kind {
                Kind::Sign(".") => {
                    self.advance();
                    let name = self.expect(Kind::Identifier);
                    let name = Name { text: name.text.to_owned(), at: name.at };
                    value = Expression::Access(Box::new(value), name);
                }
                Kind::Sign("[") => {
                    let open = self.token.at;
                    self.advance();
                    let index = Box::new(self.expression());
                    let close = self.expect(Kind::Sign("]")).at;
                    value = Expression::Index { value: Box::new(value), open, index, close };
                }
                Kind::Sign("(") => {
                    let open = self.token.at;
                    self.advance();
                    let arguments = self.expressions(Kind::Sign(")"));
                    let close = self.expect(Kind::Sign(")")).at;
                    value = Expression::Call { value: Box::new(value), open, arguments, close };
                }
                Kind::Text | Kind::Sign("{") => {
                    if !self.block_as_expression(value.start()) {
                        return value;
                    }
                }
                _ => return value,
            }
        }
        value
    }

    /// A block where a value is wanted, which is told as such rather than as a missing end of line.
    fn block_as_expression(&mut self, start: usize) -> bool {
        if self.token.kind == Kind::Text {
            self.advance();
        }
        if self.expect(Kind::Sign("{")).kind == Kind::Sign("{") {
            self.nested(|parser| parser.body(Kind::Sign("}")));
            if self.expect(Kind::Sign("}")).kind == Kind::Sign("}") {
                self.faults.push((start, "cannot use a block as an expression".to_owned()));
                return true;
            }
        }
        self.skip_statement();
        false
    }

    fn primary(&mut self) -> Expression {
        let token = self.token;
        match token.kind {
            Kind::Identifier => {
                self.advance();
                Expression::Identifier(Name { text: token.text.to_owned(), at: token.at })
            }
            Kind::Text | Kind::Number | Kind::Float | Kind::Bool | Kind::Null => {
                self.advance();
                Expression::Literal(token.kind, token.text.to_owned(), token.at)
            }
            Kind::Sign("(") => {
                self.advance();
                let inner = Box::new(self.expression());
                let close = self.expect(Kind::Sign(")")).at;
                Expression::Paren { open: token.at, inner, close }
            }
            Kind::Sign("[") => {
                self.advance();
                let items = self.expressions(Kind::Sign("]"));
                let close = self.expect(Kind::Sign("]")).at;
                Expression::Array { open: token.at, items, close }
            }
            Kind::Sign("{") => {
                self.advance();
                let fields = self.fields();
                let close = self.expect(Kind::Sign("}")).at;
                Expression::Object { open: token.at, fields, close }
            }
            other => {
                self.fault(format!("expected expression, got {other}"));
                self.skip_to(|kind| matches!(kind, Kind::Terminator | Kind::Sign(")" | "}" | "]" | ",")));
                Expression::Literal(Kind::Null, "null".to_owned(), token.at)
            }
        }
    }

    fn expressions(&mut self, until: Kind) -> Vec<Expression> {
        let mut items = Vec::new();
        while self.token.kind != until && self.token.kind != Kind::Eof {
            items.push(self.expression());
            if self.token.kind == until {
                break;
            }
            if !self.is(",") {
                self.fault("missing ',' in expression list".to_owned());
            }
            self.advance();
        }
        items
    }

    fn fields(&mut self) -> Vec<Field> {
        let mut fields = Vec::new();
        // An object that is closed by the bracket of a list is taken for an empty one.
        if self.is("]") {
            return fields;
        }
        while !self.is("}") && self.token.kind != Kind::Eof {
            fields.push(self.field());
            if self.is("}") {
                break;
            }
            if !self.is(",") {
                self.fault("missing ',' in field list".to_owned());
            }
            self.advance();
        }
        fields
    }

    fn field(&mut self) -> Field {
        let token = self.token;
        let mut name = Name { text: token.text.to_owned(), at: token.at };
        let quoted = token.kind == Kind::Text && token.text.len() > 2;
        if matches!(token.kind, Kind::Text | Kind::Identifier) {
            if quoted {
                token.text[1..token.text.len() - 1].clone_into(&mut name.text);
            }
            self.advance();
        } else {
            self.fault(format!("expected field name (string or identifier), got {}", token.kind));
            self.skip_to(|kind| kind == Kind::Sign("="));
        }
        self.expect(Kind::Sign("="));
        Field { name, quoted, value: self.expression() }
    }
}

struct Head {
    words: Vec<String>,
    at: usize,
    label: String,
    label_at: Option<usize>,
}

/// How tightly an operator binds; 0 when it is none.
fn rank(sign: &str) -> usize {
    match sign {
        "||" => 1,
        "&&" => 2,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 3,
        "+" | "-" => 4,
        "*" | "/" | "%" => 5,
        "^" => 6,
        _ => 0,
    }
}
