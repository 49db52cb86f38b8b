//! Whole queries, and what every part of the reader needs.

use super::{
    Kind, LogqlError,
    lex::{self, Lexer, Token},
    words,
};

/// How deep parentheses may nest. Nobody writes that, and a reader that recurses has to end somewhere.
const MAX_DEPTH: usize = 200;

pub(super) type Result<T> = std::result::Result<T, LogqlError>;

pub(super) struct Parser {
    lexer: Lexer,
    /// The word that is looked at.
    pub(super) token: Token,
    depth: usize,
}

/// What an expression is, as far as its surroundings need to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    Selector,
    Pipeline,
    Literal(f64),
    Metric,
    Variants,
}

/// An expression, with the faults that Loki finds only after it has read the whole query.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) shape: Shape,
    /// Found when the query as a whole is judged.
    pub(super) fault: Option<LogqlError>,
    /// Found when the pipeline is put together.
    pub(super) late: Option<LogqlError>,
}

impl Expr {
    pub(super) fn metric(fault: Option<LogqlError>, late: Option<LogqlError>) -> Self {
        Self { shape: Shape::Metric, fault, late }
    }
}

impl Parser {
    pub(super) fn new(query: &str) -> Result<Self> {
        let mut lexer = Lexer::new(query);
        let token = lexer.token()?;
        Ok(Self { lexer, token, depth: 0 })
    }

    pub(super) fn query(mut self) -> Result<Kind> {
        let whole = self.expression(0)?;
        if self.token.kind != lex::Kind::End {
            return self.unexpected(&[]);
        }
        match whole.fault.or(whole.late) {
            Some(fault) => Err(fault),
            None if matches!(whole.shape, Shape::Selector | Shape::Pipeline) => Ok(Kind::Log),
            None => Ok(Kind::Metric),
        }
    }

    /// Goes on to the next word and returns the one that was looked at.
    pub(super) fn advance(&mut self) -> Result<Token> {
        let next = self.lexer.token()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Goes on if the word is this keyword or sign.
    pub(super) fn eat(&mut self, word: &str) -> Result<bool> {
        let found = self.token.is(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<()> {
        if self.eat(word)? { Ok(()) } else { self.unexpected(&[word]) }
    }

    pub(super) fn expect_kind(&mut self, kind: lex::Kind, expected: &[&str]) -> Result<Token> {
        if self.token.kind == kind { self.advance() } else { self.unexpected(expected) }
    }

    pub(super) fn identifier(&mut self) -> Result<Token> {
        self.expect_kind(lex::Kind::Identifier, &["IDENTIFIER"])
    }

    pub(super) fn text(&mut self) -> Result<Token> {
        self.expect_kind(lex::Kind::Text, &["STRING"])
    }

    /// Loki names what it expected where that is four things at most.
    pub(super) fn unexpected<T>(&self, expected: &[&str]) -> Result<T> {
        let mut message = format!("syntax error: unexpected {}", self.token.name());
        if !expected.is_empty() {
            message.push_str(", expecting ");
            message.push_str(&expected.join(" or "));
        }
        Err(words::syntax(&self.token, &message))
    }

    /// Reads something that may contain itself.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(words::meaning(&self.token, "expression nests too deeply"));
        }
        let inner = read(self)?;
        self.depth -= 1;
        Ok(inner)
    }

    /// What an operator stands between.
    pub(super) fn operand(&mut self) -> Result<Expr> {
        match self.token.kind {
            lex::Kind::Number => {
                let number = self.advance()?;
                Ok(Self::literal(&number, false))
            }
            lex::Kind::Function("vector") => self.vector(),
            lex::Kind::Function("bytes" | "duration" | "duration_seconds") => self.unexpected(&[]),
            lex::Kind::Function(name) if super::range::is_aggregation(name) => self.range_aggregation(name),
            lex::Kind::Function(name) => self.vector_aggregation(name),
            lex::Kind::Word(word) => match word {
                "+" | "-" => {
                    self.advance()?;
                    let number = self.expect_kind(lex::Kind::Number, &["NUMBER"])?;
                    Ok(Self::literal(&number, word == "-"))
                }
                "(" => {
                    self.advance()?;
                    let inner = self.nested(|it| it.expression(0))?;
                    // Variants stand alone.
                    if inner.shape == Shape::Variants || !self.eat(")")? {
                        return self.unexpected(&[]);
                    }
                    Ok(inner)
                }
                "{" => {
                    let fault = self.selector()?;
                    let pipeline = self.pipeline(false)?;
                    let shape = if pipeline.is_empty() { Shape::Selector } else { Shape::Pipeline };
                    Ok(Expr { shape, fault, late: pipeline.fault() })
                }
                "label_replace" => self.label_replace(),
                "variants" => self.variants(),
                _ => self.unexpected(&[]),
            },
            _ => self.unexpected(&[]),
        }
    }

    /// An expression that gives numbers.
    pub(super) fn metric(&mut self) -> Result<Expr> {
        let inner = self.nested(|it| it.expression(0))?;
        self.must_be_metric(&inner)?;
        Ok(inner)
    }

    /// Loki notices lines in the place of numbers at the word after them.
    pub(super) fn must_be_metric(&self, expr: &Expr) -> Result<()> {
        match expr.shape {
            Shape::Literal(_) | Shape::Metric => Ok(()),
            Shape::Selector | Shape::Pipeline | Shape::Variants => self.unexpected(&[]),
        }
    }
}
