//! Prometheus' query language: whether Prometheus can read an expression, in its words.
//!
//! The parsers for Rust follow Prometheus 2: of two thousand expressions in Prometheus' own tests they refuse a
//! hundred that it reads, accept two hundred that it refuses, and they say neither where nor in its words. So the
//! grammar of Prometheus 3.13 is read here, with its checks of types.

mod duration;
mod functions;
mod lex;
mod literals;
mod matchers;
mod operators;
mod parse;
mod selectors;
#[cfg(test)]
mod tests;
mod value;

/// Why Prometheus refuses an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PromqlError {
    /// The line of the expression, 1-based; 0 when there is no place.
    pub line: usize,
    /// The column in that line, 1-based, in characters; 0 when there is no place.
    pub column: usize,
    /// Prometheus' words with the place as it counts it, as in `1:4: parse error: unexpected end of input inside braces`.
    pub message: String,
}

/// What Prometheus reads only when it is told to, by `--enable-feature`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Features {
    /// `promql-experimental-functions`
    pub experimental_functions: bool,
    /// `promql-duration-expr`
    pub duration_expressions: bool,
    /// `promql-extended-range-selectors`
    pub extended_range_selectors: bool,
    /// `promql-binop-fill-modifiers`
    pub fill_modifiers: bool,
}

impl Features {
    /// By the names that `--enable-feature` takes.
    pub fn named<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut features = Self::default();
        for name in names {
            match name.trim() {
                "promql-experimental-functions" => features.experimental_functions = true,
                "promql-duration-expr" => features.duration_expressions = true,
                "promql-extended-range-selectors" => features.extended_range_selectors = true,
                "promql-binop-fill-modifiers" => features.fill_modifiers = true,
                _ => {}
            }
        }
        features
    }
}

/// Whether Prometheus reads an expression as it is started without any feature.
pub fn check(text: &str) -> Result<(), PromqlError> {
    check_with(text, Features::default())
}

/// Whether Prometheus reads an expression with some features on.
pub fn check_with(text: &str, features: Features) -> Result<(), PromqlError> {
    parse::parse(text, features).1
}

/// The metrics that an expression names, sorted; as far as it can be read.
pub fn metrics(text: &str) -> Vec<String> {
    let all = Features {
        experimental_functions: true,
        duration_expressions: true,
        extended_range_selectors: true,
        fill_modifiers: true,
    };
    let (mut names, _) = parse::parse(text, all);
    names.sort();
    names.dedup();
    names
}
