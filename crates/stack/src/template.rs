//! Variable interpolation with the forms and the corner cases of compose-go's `template` package.
//!
//! `$V`, `${V}`, `${V:-d}`, `${V-d}`, `${V:?e}`, `${V?e}`, `${V:+p}`, `${V+p}`, nested in each other;
//! `$$` is a dollar sign; a dollar sign before anything else stays as it is.

/// How deep `${A:-${B:-…}}` may nest; nobody writes more, and the recursion stays bounded.
const MAX_DEPTH: usize = 64;

/// A text with its variables replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interpolated {
    /// The result.
    pub text: String,
    /// Variables that are set nowhere and have no default, in order of appearance: replaced by nothing.
    pub unset: Vec<String>,
}

/// Why a text could not be interpolated. The wording is docker compose's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `${` without a name or without an end.
    #[error("Invalid template: {template:?}")]
    Invalid {
        /// The whole text.
        template: String,
        /// Byte offset of the dollar sign.
        offset: usize,
    },
    /// `${V?message}` and the variable is not set.
    #[error("required variable {variable} is missing a value{}{message}", if message.is_empty() { "" } else { ": " })]
    Required {
        /// The variable.
        variable: String,
        /// What the author of the file wants to say.
        message: String,
        /// Byte offset of the dollar sign.
        offset: usize,
    },
    /// More than 64 levels of `${A:-${B:-…}}`.
    #[error("variables are nested too deep")]
    TooDeep {
        /// Byte offset of the innermost dollar sign that was read.
        offset: usize,
    },
}

impl TemplateError {
    /// Byte offset in the text at which the faulty expression begins.
    pub fn offset(&self) -> usize {
        match self {
            Self::Invalid { offset, .. } | Self::Required { offset, .. } | Self::TooDeep { offset } => {
                *offset
            }
        }
    }
}

/// Replaces the variables in `text` by what `lookup` says of them.
pub fn interpolate(
    text: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Interpolated, TemplateError> {
    let mut result = Interpolated { text: String::with_capacity(text.len()), unset: Vec::new() };
    substitute(text, 0, 0, lookup, &mut result)?;
    Ok(result)
}

/// What stands after a dollar sign.
enum Expression<'a> {
    /// `$$`.
    Dollar,
    /// `$V` or `${V}`.
    Plain(&'a str),
    /// `${V:-…}` and its relatives.
    Operator { name: &'a str, operator: char, empty_counts_as_unset: bool, argument: &'a str },
}

fn substitute(
    text: &str,
    base: usize,
    depth: usize,
    lookup: &dyn Fn(&str) -> Option<String>,
    result: &mut Interpolated,
) -> Result<(), TemplateError> {
    let mut at = 0;
    while let Some(found) = text[at..].find('$') {
        result.text.push_str(&text[at..at + found]);
        at += found;
        let offset = base + at;
        if depth > MAX_DEPTH {
            return Err(TemplateError::TooDeep { offset });
        }
        let (expression, length) = match expression(&text[at..]) {
            Some(Ok(parsed)) => parsed,
            Some(Err(())) => return Err(TemplateError::Invalid { template: text.to_owned(), offset }),
            None => {
                result.text.push('$');
                at += 1;
                continue;
            }
        };
        match expression {
            Expression::Dollar => result.text.push('$'),
            Expression::Plain(name) => match lookup(name) {
                Some(value) => result.text.push_str(&value),
                None => result.unset.push(name.to_owned()),
            },
            Expression::Operator { name, operator, empty_counts_as_unset, argument } => {
                let value = lookup(name).filter(|value| !(empty_counts_as_unset && value.is_empty()));
                let argument_base = offset + (argument.as_ptr() as usize - text[at..].as_ptr() as usize);
                let nested = |result: &mut Interpolated| {
                    substitute(argument, argument_base, depth + 1, lookup, result)
                };
                match (operator, value) {
                    ('-' | '?', Some(value)) => result.text.push_str(&value),
                    ('-', None) | ('+', Some(_)) => nested(result)?,
                    ('?', None) => {
                        let mut message = Interpolated::default();
                        nested(&mut message)?;
                        let variable = name.to_owned();
                        return Err(TemplateError::Required { variable, message: message.text, offset });
                    }
                    _ => {}
                }
            }
        }
        at += length;
    }
    result.text.push_str(&text[at..]);
    Ok(())
}

/// Reads the expression at the dollar sign with which `text` begins. `None`: the dollar sign is just one.
fn expression(text: &str) -> Option<Result<(Expression<'_>, usize), ()>> {
    let after = &text[1..];
    if after.starts_with('$') {
        return Some(Ok((Expression::Dollar, 2)));
    }
    let Some(inside) = after.strip_prefix('{') else {
        let name = variable_name(after)?;
        return Some(Ok((Expression::Plain(name), 1 + name.len())));
    };
    let Some(name) = variable_name(inside) else { return Some(Err(())) };
    let rest = &inside[name.len()..];
    if rest.starts_with('}') {
        return Some(Ok((Expression::Plain(name), name.len() + 3)));
    }
    let (colon, operation) = rest.strip_prefix(':').map_or((false, rest), |rest| (true, rest));
    let Some(operator) = operation.chars().next().filter(|c| matches!(c, '-' | '?' | '+')) else {
        return Some(Err(()));
    };
    let argument_start = 2 + name.len() + usize::from(colon) + 1;
    let Some(end) = closing_brace(text, argument_start) else { return Some(Err(())) };
    let argument = &text[argument_start..end];
    let parsed = Expression::Operator { name, operator, empty_counts_as_unset: colon, argument };
    Some(Ok((parsed, end + 1)))
}

fn variable_name(text: &str) -> Option<&str> {
    let end =
        text.bytes().position(|byte| !(byte == b'_' || byte.is_ascii_alphanumeric())).unwrap_or(text.len());
    let name = &text[..end];
    name.starts_with(|first: char| !first.is_ascii_digit()).then_some(name)
}

/// The brace that closes the first one, else the last one of the line: compose's pattern does not reach
/// over a line break. The byte after an opening brace is skipped without a look, so that `${U:-{}}` has
/// the default `{}`: compose does so.
fn closing_brace(text: &str, argument_start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 0_i32;
    let mut last = None;
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'}' => {
                last = Some(at).filter(|at| *at >= argument_start);
                open -= 1;
                if open == 0 {
                    return last;
                }
            }
            b'{' => {
                open += 1;
                if bytes.get(at + 1).is_some_and(|next| *next != b'\n') {
                    at += 1;
                    if bytes[at] == b'}' && at >= argument_start {
                        last = Some(at);
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    last
}
