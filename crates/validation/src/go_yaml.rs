//! What Go's YAML library says of a text that is no YAML, for what our own reader says of it.

use stack::yaml::YamlError;

/// The library's words, without `yaml: line …: `. `None` when the library reads what our reader refuses.
pub fn words(text: &str, error: &YamlError) -> Option<String> {
    let ours = error.message.as_str();
    let line = text.lines().nth(error.span.line.saturating_sub(1)).unwrap_or_default();
    let here: String = line.chars().skip(error.span.column.saturating_sub(1)).collect();
    let plain = |words: &str| Some(words.to_owned());
    if ours.contains("with a tab") {
        return plain(tab(text, error.span.line));
    }
    if let Some((_, rest)) = ours.split_once("the key ") {
        // A key need not be a text for it, as long as it is there.
        let (key, _) = rest.split_once(" is here twice")?;
        return Some(format!("key {key} already set in map"));
    }
    let flow = |open: &str| {
        if open == "{" { "did not find expected ',' or '}'" } else { "did not find expected ',' or ']'" }
    };
    match ours {
        "there is no anchor of this name above" => {
            let name: String =
                here.chars().skip(1).take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect();
            Some(format!("unknown anchor '{name}' referenced"))
        }
        _ if ours.contains("cannot be a key") => plain("invalid map key"),
        "misplaced bracket" => plain("did not find expected key"),
        "simple key expected ':'" => plain("could not find expected ':'"),
        "comments must be separated from other tokens by whitespace" => None,
        _ if ours.contains("a key is expected here") => plain("did not find expected key"),
        _ if ours.contains("never closed") => plain("found unexpected end of stream"),
        _ if ours.contains("a colon cannot stand here") => plain(flow("[")),
        _ if ours.contains("expected ',' or '}'") => plain(flow("{")),
        _ if ours.contains("expected ',' or ']'") => plain(flow("[")),
        _ if ours.contains("bracket '") => plain(flow(&ours[ours.find('\'').map_or(0, |at| at + 1)..][..1])),
        _ if ours.starts_with("unexpected character") => plain("found character that cannot start any token"),
        _ if ours.contains("trailing content after") => plain("did not find expected key"),
        _ => plain(ours.rsplit_once(", ").map_or(ours, |(context, what)| {
            // `while scanning something, what is wrong`: the library tells the latter.
            if context.starts_with("while ") { what } else { ours }
        })),
    }
}

/// A tab ends the reading of a text without quotes, or stands where something new would begin.
fn tab(text: &str, line: usize) -> &'static str {
    let content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let before: Vec<&str> = text.lines().take(line.saturating_sub(1)).collect();
    let before = before.into_iter().rev().find(content).unwrap_or_default();
    let before = before.split(" #").next().unwrap_or_default().trim_end();
    if before.is_empty() || before.ends_with([':', '"', '\'', ']', '}', '-', '|', '>']) {
        "found character that cannot start any token"
    } else {
        "found a tab character that violates indentation"
    }
}

/// All that the library says: with the line that it names, which is not always the one where the fault is.
pub fn said(text: &str, error: &YamlError) -> Option<String> {
    let words = words(text, error)?;
    if words.starts_with("key ") {
        return Some(words);
    }
    let at = error.span.line;
    // The first line is not named at all.
    let scanned = |line: usize| if line > 1 { line } else { 0 };
    let line = match words.as_str() {
        // The structure is told by the line before.
        "did not find expected key" if error.message.contains("a key is expected here") => at - 1,
        "did not find expected '-' indicator" => at - 1,
        "found character that cannot start any token"
        | "found a tab character that violates indentation"
        | "mapping values are not allowed in this context" => scanned(at),
        "found unexpected end of stream" => scanned(text.matches('\n').count() + 1),
        _ => 0,
    };
    Some(numbered(line, &words))
}

fn numbered(line: usize, words: &str) -> String {
    if line > 0 { format!("yaml: line {line}: {words}") } else { format!("yaml: {words}") }
}

/// A tab at the beginning of a line that our own reader passes over: the line, and the library's words. Only in brackets
/// and quotes may a line begin with one; where that cannot be told, nothing is said.
pub fn passed_over_tab(text: &str) -> Option<(usize, String)> {
    let mut before = String::new();
    let mut begun = false;
    for (index, line) in text.lines().enumerate() {
        let content = line.trim_start();
        let indentation = &line[..line.len() - content.len()];
        let is_content = !content.is_empty() && !content.starts_with('#');
        if line.starts_with('\t') || (!begun && is_content && indentation.contains('\t')) {
            let count = |letter: char| before.matches(letter).count();
            let open = count('[') != count(']') || count('{') != count('}');
            let quoted = count('"') % 2 == 1 || count('\'') % 2 == 1;
            let line = index + 1;
            let named = if line > 1 { line } else { 0 };
            return (!open && !quoted).then(|| (line, numbered(named, tab(text, line))));
        }
        begun |= is_content;
        if is_content {
            // What a comment says opens nothing.
            before.push_str(line.split(" #").next().unwrap_or_default());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use stack::yaml;

    use super::*;

    /// The library printed these lines for these texts.
    #[test]
    fn faults_of_yaml_are_told_with_the_line_that_go_names() {
        for (text, expected) in [
            ("a:\n  - b: c\n    d: [1]\n x: [\n", "line 3: did not find expected key"),
            ("route:\n  receiver: a\n receivers: [\n", "line 2: did not find expected key"),
            ("# one\n\na:\n  b: 1\n c: 2\n", "line 4: did not find expected key"),
            ("a:\n  - b: 1\n    c: 2\n   d: 3\n", "line 3: did not find expected '-' indicator"),
            ("a:\n\tb: 1\n", "line 2: found character that cannot start any token"),
            ("a: @x\n", "found character that cannot start any token"),
            ("a: b: c\n", "mapping values are not allowed in this context"),
            ("x:\n  y: 1\na:\n  b: 1\n   c: 2\n", "line 5: mapping values are not allowed in this context"),
            ("a: \"x\n", "line 2: found unexpected end of stream"),
            ("- a\nb: 1\n", "line 1: did not find expected '-' indicator"),
        ] {
            let errors = yaml::parse(text, 0).expect_err("no YAML");
            assert_eq!(said(text, &errors[0]), Some(format!("yaml: {expected}")), "{text}");
        }
    }

    /// The words are those that the library itself said.
    #[test]
    fn what_is_no_yaml_is_told_in_the_words_of_the_library() {
        for (text, expected) in [
            ("a: x\n\tn: 1\n", "found a tab character that violates indentation"),
            ("a: x\nm:\n\tb: c\n", "found character that cannot start any token"),
            ("a: x\nm:\n  b: c\n c: d\n", "did not find expected key"),
            ("a: \"x\nn: 1\n", "found unexpected end of stream"),
            ("l: [a, b\nn: 1\n", "did not find expected ',' or ']'"),
            ("a: [b\n", "did not find expected ',' or ']'"),
            ("a: {b\n", "did not find expected ',' or '}'"),
            ("a: {b: c]\n", "did not find expected ',' or '}'"),
            ("m: {a: b\nn: 1\n", "did not find expected ',' or '}'"),
            ("m:\n  x: 1\n  x: 2\n", "key \"x\" already set in map"),
            ("a: b: c\n", "mapping values are not allowed in this context"),
            ("a: *x\n", "unknown anchor 'x' referenced"),
            ("a: \"\\d\"\n", "found unknown escape character"),
            ("l: [a b]]\n", "did not find expected key"),
            ("- a\nb: c\n", "did not find expected '-' indicator"),
            ("a: @x\n", "found character that cannot start any token"),
            ("a: 'x' y\n", "did not find expected key"),
            ("a: |\n x\ny\n", "could not find expected ':'"),
            ("a: - b\n", "block sequence entries are not allowed in this context"),
        ] {
            let errors = yaml::parse(text, 0).expect_err(text);
            assert_eq!(words(text, &errors[0]).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_only_our_reader_refuses_is_no_fault() {
        for text in ["m: {1: 2}\n", "a: [b]#c\n"] {
            let errors = yaml::parse(text, 0).expect_err(text);
            assert_eq!(words(text, &errors[0]), None, "{text}");
        }
    }

    #[test]
    fn a_tab_that_our_reader_passes_over_is_found() {
        let violates = "found a tab character that violates indentation";
        let begins = "found character that cannot start any token";
        for (text, line, words) in [
            ("\ta: x\n", 1, begins),
            (" \ta: x\n", 1, begins),
            ("a: x\n\t\nb: y\n", 2, violates),
            ("m:\n\t\n  b: c\n", 2, begins),
            ("a: \"x\"\n\t# c\n", 2, begins),
            ("# it's a \"note\n\n\ta: x\n", 3, begins),
        ] {
            let said =
                if line > 1 { format!("yaml: line {line}: {words}") } else { format!("yaml: {words}") };
            assert_eq!(passed_over_tab(text), Some((line, said)), "{text}");
        }
        for text in ["a: x\n  \t\nb: y\n", "l: [a,\n\tb]\n", "a: \"x\n\ty\"\n", "a: x\t# c\n"] {
            assert_eq!(passed_over_tab(text), None, "{text}");
        }
    }
}
