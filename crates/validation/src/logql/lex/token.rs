//! Words with their places.

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::logql) enum Kind {
    End,
    Identifier,
    Text,
    Number,
    Flag,
    Duration,
    Bytes,
    Range,
    /// A keyword or a sign.
    Word(&'static str),
    /// The name of a function, where an opening parenthesis or a grouping follows.
    Function(&'static str),
}

/// A word with its place.
#[derive(Debug, Clone)]
pub(in crate::logql) struct Token {
    pub(in crate::logql) kind: Kind,
    /// As written; of a text, what it means.
    pub(in crate::logql) text: String,
    pub(in crate::logql) line: usize,
    pub(in crate::logql) column: usize,
    /// The line that Loki tells: its scanner forgets the line when it has looked beyond the first part of a word.
    pub(in crate::logql) told_line: usize,
}

/// Signs, longer ones before their own beginnings.
pub(super) const SIGNS: [&str; 26] = [
    "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=", ",", ".", "{", "}", "=", "|", "(", ")", "]",
    "+", "*", "/", "%", "^", ">", "<",
];

pub(super) const KEYWORDS: [&str; 24] = [
    "unwrap",
    "by",
    "without",
    "bool",
    "offset",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "or",
    "and",
    "unless",
    "json",
    "regexp",
    "logfmt",
    "unpack",
    "pattern",
    "label_format",
    "line_format",
    "decolorize",
    "drop",
    "keep",
    "variants",
    "of",
];

/// Names that are functions where they are called, and labels elsewhere; with what Loki's errors call them.
pub(super) const FUNCTIONS: [(&str, &str); 33] = [
    ("rate", "RATE"),
    ("rate_counter", "RATE_COUNTER"),
    ("count_over_time", "COUNT_OVER_TIME"),
    ("bytes_rate", "BYTES_RATE"),
    ("bytes_over_time", "BYTES_OVER_TIME"),
    ("avg_over_time", "AVG_OVER_TIME"),
    ("sum_over_time", "SUM_OVER_TIME"),
    ("min_over_time", "MIN_OVER_TIME"),
    ("max_over_time", "MAX_OVER_TIME"),
    ("stdvar_over_time", "STDVAR_OVER_TIME"),
    ("stddev_over_time", "STDDEV_OVER_TIME"),
    ("quantile_over_time", "QUANTILE_OVER_TIME"),
    ("first_over_time", "FIRST_OVER_TIME"),
    ("last_over_time", "LAST_OVER_TIME"),
    ("absent_over_time", "ABSENT_OVER_TIME"),
    ("vector", "VECTOR"),
    ("sum", "SUM"),
    ("avg", "AVG"),
    ("max", "MAX"),
    ("min", "MIN"),
    ("count", "COUNT"),
    ("stddev", "STDDEV"),
    ("stdvar", "STDVAR"),
    ("bottomk", "BOTTOMK"),
    ("topk", "TOPK"),
    ("approx_topk", "APPROX_TOPK"),
    ("sort", "SORT"),
    ("sort_desc", "SORT_DESC"),
    ("bytes", "BYTES_CONV"),
    ("duration", "DURATION_CONV"),
    ("duration_seconds", "DURATION_SECONDS_CONV"),
    ("label_replace", "label_replace"),
    ("ip", "ip"),
];

impl Token {
    /// The name by which Loki says that it did not expect this word.
    pub(in crate::logql) fn name(&self) -> &'static str {
        match self.kind {
            Kind::End => "$end",
            Kind::Identifier => "IDENTIFIER",
            Kind::Text => "STRING",
            Kind::Number => "NUMBER",
            Kind::Flag => "FUNCTION_FLAG",
            Kind::Duration => "DURATION",
            Kind::Bytes => "BYTES",
            Kind::Range => "RANGE",
            Kind::Word(word) => word,
            Kind::Function(name) => {
                FUNCTIONS.iter().find(|(known, _)| *known == name).map_or(name, |(_, told)| *told)
            }
        }
    }

    /// Whether it is this keyword or sign.
    pub(in crate::logql) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word(known) if known == word)
    }
}
