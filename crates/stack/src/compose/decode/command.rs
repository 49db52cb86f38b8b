//! Command lines given as one text.

/// Splits a command line as compose does (the rules of `go-shellwords`): quotes and backslashes as in a
/// shell, nothing expanded. An unquoted `;`, `&`, `|`, `<` or `>` ends the command. `None` for an open
/// quote or a stray parenthesis.
pub fn split(line: &str) -> Option<Vec<String>> {
    /// What the current word has seen; an empty word exists only when it was quoted.
    #[derive(PartialEq)]
    enum Word {
        None,
        Some,
    }
    let mut words = Vec::new();
    let mut buffer = String::new();
    let mut word = Word::None;
    let (mut escaped, mut double, mut single, mut back, mut dollar) = (false, false, false, false, false);
    for character in line.chars() {
        if escaped {
            buffer.push(character);
            escaped = false;
            word = Word::Some;
            continue;
        }
        match character {
            '\\' if single => {
                buffer.push(character);
                continue;
            }
            '\\' => {
                escaped = true;
                continue;
            }
            ' ' | '\t' | '\r' | '\n' => {
                if single || double || back || dollar {
                    buffer.push(character);
                } else if word == Word::Some {
                    words.push(std::mem::take(&mut buffer));
                    word = Word::None;
                }
                continue;
            }
            '`' if !single && !double && !dollar => back = !back,
            ')' if !single && !double && !back => dollar = !dollar,
            '(' if !single && !double && !back => {
                if dollar || !buffer.ends_with('$') {
                    return None;
                }
                dollar = true;
                buffer.push('(');
                continue;
            }
            '"' if !single && !dollar => {
                if double {
                    word = Word::Some;
                }
                double = !double;
                continue;
            }
            '\'' if !double && !dollar => {
                if single {
                    word = Word::Some;
                }
                single = !single;
                continue;
            }
            ';' | '&' | '|' | '<' | '>' if !(single || double || back || dollar) => {
                if character == '>' && buffer.starts_with(|first: char| first.is_ascii_digit()) {
                    // `2>file`: the number belongs to the redirection.
                    word = Word::None;
                }
                break;
            }
            _ => {}
        }
        word = Word::Some;
        buffer.push(character);
    }
    if word == Word::Some {
        words.push(buffer);
    }
    (!(escaped || single || double || back || dollar)).then_some(words)
}
