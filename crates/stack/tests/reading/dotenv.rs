use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use stack::dotenv::{parse, quote, set};

use crate::{fuzz::Random, golden_lines, golden_lookup};

#[test]
fn every_file_reads_as_compose_reads_it() {
    let mut count = 0;
    for line in golden_lines(include_str!("../golden/dotenv.golden.jsonl")) {
        count += 1;
        let text = line["in"].as_str().unwrap();
        let result = parse(text, &golden_lookup(&line));
        if text.starts_with('\u{feff}') {
            // The vector is of the function for strings; the one for files skips the mark, and so do we.
            assert_eq!(result.unwrap(), BTreeMap::from([("A".to_owned(), "1".to_owned())]));
            continue;
        }
        if let Some(error) = line.get("err") {
            let error = error.as_str().unwrap().replace("\\ufeff", "\u{feff}");
            let ours = result.unwrap_err().to_string();
            assert!(ours == error || ours == format!("line 1: {error}"), "{text}: {ours} instead of {error}");
        } else {
            let expected: BTreeMap<String, String> = serde_json::from_value(line["out"].clone()).unwrap();
            assert_eq!(result.unwrap(), expected, "{text}");
        }
    }
    assert_eq!(count, 106);
}

fn check_error(text: &str, expect: &Expect) {
    let error = parse(text, &|_| None).unwrap_err();
    expect.assert_eq(&format!("{}:{}: {}", error.line, error.column, error.kind));
}

#[test]
fn errors_name_line_and_column() {
    check_error("A=1\n\n  ž ž=2\n", &expect!["3:4: key cannot contain a space"]);
    check_error("A=1\nB@C=2\n", &expect![[r#"2:2: unexpected character "@" in variable name "B@C=2""#]]);
    check_error("A=1\r\nB=\"x\r\nC=2", &expect!["2:3: unterminated quoted value \"x\r"]);
    check_error("A=1\nB=${X:?no}\n", &expect!["2:1: required variable X is missing a value: no"]);
}

#[test]
fn whatever_is_written_is_read_back() {
    let alphabet: Vec<char> = "ab \t\n\r'\"\\$#{}=:`~!ž漢\u{2028}\u{a0}".chars().collect();
    let mut random = Random::new(7);
    for _ in 0..6000 {
        let length = random.below(12);
        let value: String = (0..length).map(|_| alphabet[random.below(alphabet.len())]).collect();
        let text = format!("BEFORE=1\nKEY={} # comment\nAFTER=2\n", quote(&value));
        let read = parse(&text, &|_| None).unwrap();
        assert_eq!(read.get("KEY"), Some(&value), "{text}");
        assert_eq!((read.len(), read["AFTER"].as_str()), (3, "2"), "{text}");
        for before in [
            "# head\nKEY=old # why\nZ=1\n",
            "export KEY='a\nb'\nZ=1",
            "Z=1",
            "Z=1\r\nKEY: x\r\n",
            "KEY\nZ=1\n",
            "KEY=#x\nZ=1\n",
            "KEY=\nZ=1\n",
            "KEY=\"a\"#c\nZ=1\n",
        ] {
            let after = set(before, "KEY", &value);
            let read = parse(&after, &|_| None).unwrap();
            assert_eq!(read.get("KEY"), Some(&value), "{before:?} -> {after:?}");
            assert_eq!(read.get("Z").map(String::as_str), Some("1"), "{before:?} -> {after:?}");
            assert_eq!(read.len(), 2, "{before:?} -> {after:?}");
            assert_eq!(set(&after, "KEY", &value), after, "setting twice changes nothing more");
        }
    }
}

fn check_set(text: &str, key: &str, value: &str, expect: &Expect) {
    expect.assert_eq(&set(text, key, value));
}

#[test]
fn setting_touches_one_line_only() {
    let text = "# Ports\nGRAFANA_PORT=3030 # the team knows it\n\nexport PW='old'\n";
    check_set(
        text,
        "GRAFANA_PORT",
        "3031",
        &expect![[r"
            # Ports
            GRAFANA_PORT=3031 # the team knows it

            export PW='old'
        "]],
    );
    check_set(
        text,
        "PW",
        "p$a#ss w\"ord",
        &expect![[r#"
            # Ports
            GRAFANA_PORT=3030 # the team knows it

            export PW="p\$a#ss w\"ord"
        "#]],
    );
    check_set(
        text,
        "NEW",
        "",
        &expect![[r#"
            # Ports
            GRAFANA_PORT=3030 # the team knows it

            export PW='old'
            NEW=""
        "#]],
    );
    assert_eq!(set("A=1\r\nB=2", "C", "3"), "A=1\r\nB=2\r\nC=3\r\n");
    assert_eq!(set("A=1\nA=2\n", "A", "3"), "A=1\nA=3\n", "the last one counts");
    assert_eq!(set("\u{feff}A=1\n", "A", "3"), "\u{feff}A=3\n");
    assert_eq!(set("A=1\n", "no key", "3"), "A=1\n");
    assert_eq!(set("A@B=broken\nA=1\n", "A", "3"), "A@B=broken\nA=3\n");
}
