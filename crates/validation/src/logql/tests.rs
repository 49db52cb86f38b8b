//! What Loki 3.7.6 answers and refuses. The words in the tables are those that Loki's own parser printed.

use super::*;

mod good;
mod grammar;
mod meaning;

#[test]
fn what_loki_answers_is_accepted() {
    for query in good::LINES {
        assert_eq!(check(query), Ok(Kind::Log), "{query}");
    }
    for query in good::NUMBERS {
        assert_eq!(check(query), Ok(Kind::Metric), "{query}");
    }
}

#[test]
fn a_fault_of_grammar_is_refused_in_lokis_words() {
    for (query, words) in grammar::REFUSED {
        let error = check(query).expect_err(query);
        assert_eq!(error.message, format!("parse error {words}"), "{query}");
    }
}

#[test]
fn a_fault_of_meaning_is_refused_in_lokis_words() {
    for (query, words) in meaning::REFUSED {
        let error = check(query).expect_err(query);
        assert_eq!(error.message, format!("parse error : {words}"), "{query}");
    }
}

/// Loki itself names no place for faults of meaning, and line 0 after words that it has looked beyond.
#[test]
fn every_fault_has_its_place() {
    for (query, line, column) in [
        (r#"{job="rwa-backend", }"#, 1, 21),
        ("{job=\"x\"}\n  | json\n  | level=", 3, 11),
        (r#"{job="x"} | json |~ "(""#, 1, 21),
        ("{job=\"x\"}\n|~ \"a\" or \"(\"", 2, 11),
        (r#"{a="b"} | regexp "x""#, 1, 18),
        (r#"rate({a="b"}[5])"#, 1, 13),
        (r#"sum(topk(0, rate({a="b"}[1m])))"#, 1, 10),
        (r#"sum(rate({a="b"}[1m])) or 1"#, 1, 24),
        (r#"{日志="x", a=~"("}"#, 1, 13),
        (r#"{a="b"} | label_format x="{{""#, 1, 11),
    ] {
        let error = check(query).expect_err(query);
        assert_eq!((error.line, error.column), (line, column), "{query}: {error}");
    }
}

#[test]
fn a_selector_must_narrow_as_far_as_that_can_be_told() {
    let narrows = |query: &str| check(query).is_ok();
    assert!(narrows(r#"{a=~"x|y"}"#) && narrows(r#"{a=~"\\bx?"}"#) && narrows(r#"{a=~"\\pL+"}"#));
    assert!(!narrows(r#"{a=~"x*"}"#) && !narrows(r#"{a=~"(?i)x?"}"#) && !narrows(r#"{a=~"^$"}"#));
}

#[test]
fn nesting_and_length_have_an_end() {
    let deep = |count: usize| format!("{}vector(1){}", "(".repeat(count), ")".repeat(count));
    assert_eq!(check(&deep(50)), Ok(Kind::Metric));
    assert!(check(&deep(50_000)).unwrap_err().message.contains("nests too deeply"));
    let long = format!("{{a=\"{}\"}}", "x".repeat(131_072));
    let message = "parse error : input size too long (131078 > 131072)";
    assert_eq!(check(&long).unwrap_err().message, message);
}
