//! What Go's YAML library says of a text that is no YAML: the older one, which most of the components use. It counts
//! lines in a way of its own, and a user who looks for the words finds these.

use stack::yaml::YamlError;

/// The library's words; nothing where it says one of several things and it is not known which.
pub(super) fn words(text: &str, error: &YamlError) -> Option<String> {
    let line = error.span.line;
    let says = |part: &str| error.message.contains(part);
    // The structure is told by the line before, and the first line is not told at all.
    let before = line - 1;
    let scanned = |line: usize| if line > 1 { line } else { 0 };
    let (line, words) = if says("a key is expected here") {
        (before, "did not find expected key")
    } else if says("did not find expected '-' indicator") {
        (before, "did not find expected '-' indicator")
    } else if says("indented with a tab") || says("unexpected character: `") {
        (scanned(line), "found character that cannot start any token")
    } else if says("mapping values are not allowed in this context") {
        (scanned(line), "mapping values are not allowed in this context")
    } else if says("the quote that begins here is never closed") {
        (scanned(text.matches('\n').count() + 1), "found unexpected end of stream")
    } else {
        return None;
    };
    Some(if line > 0 { format!("yaml: line {line}: {words}") } else { format!("yaml: {words}") })
}

#[cfg(test)]
mod tests {
    use stack::yaml;

    /// The library printed these words for these texts.
    #[test]
    fn faults_of_yaml_are_told_in_gos_words() {
        for (text, words) in [
            ("a:\n  - b: c\n    d: [1]\n x: [\n", "line 3: did not find expected key"),
            ("route:\n  receiver: a\n receivers: [\n", "line 2: did not find expected key"),
            ("# one\n\na:\n  b: 1\n c: 2\n", "line 4: did not find expected key"),
            ("a:\n  - b: 1\n    c: 2\n   d: 3\n", "line 3: did not find expected '-' indicator"),
            ("a:\n  b:\n    c: 1\n   d: 3\n", "line 3: did not find expected key"),
            ("a:\n\tb: 1\n", "line 2: found character that cannot start any token"),
            ("a: @x\n", "found character that cannot start any token"),
            ("a: b: c\n", "mapping values are not allowed in this context"),
            ("x:\n  y: 1\na:\n  b: 1\n   c: 2\n", "line 5: mapping values are not allowed in this context"),
            ("a: \"x\n", "line 2: found unexpected end of stream"),
            ("b: 1\na: 'x\n", "line 3: found unexpected end of stream"),
            ("- a\nb: 1\n", "line 1: did not find expected '-' indicator"),
        ] {
            let errors = yaml::parse(text, 0).expect_err("no YAML");
            assert_eq!(super::words(text, &errors[0]), Some(format!("yaml: {words}")), "{text}");
        }
    }
}
