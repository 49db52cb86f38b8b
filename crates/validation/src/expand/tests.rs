use stack::yaml;

use super::*;

fn environment() -> BTreeMap<String, String> {
    [
        ("V", "val"),
        ("E", ""),
        ("U", "ABC"),
        ("P", "/a/bc/file"),
        ("M", ""),
        ("W", "2"),
        ("G", "bash.string.txt"),
        ("I", "éa"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The results are those that the library of Loki and Promtail gave for these texts.
#[test]
fn texts_become_what_the_library_makes_of_them() {
    for (source, text) in [
        ("a ${V} b", "a val b"),
        ("${NOT_SET}", ""),
        ("${V:-d}", "val"),
        ("${E:-d}", "d"),
        ("${N:-d}", "d"),
        ("${N:-}", ""),
        ("${N:-a${V}b}", "avalb"),
        ("${N:-${M:-x}}", "x"),
        ("${N=x}", "x"),
        ("${N:=x}", "x"),
        ("${N:?msg}", "msg"),
        ("${V:+alt}", "val"),
        ("${N:+alt}", "alt"),
        ("${#V}", "3"),
        ("${V^}", "Val"),
        ("${V^^}", "VAL"),
        ("${U,}", "aBC"),
        ("${U,,}", "abc"),
        ("${U,^}", "ABC"),
        ("${P#*/}", "a/bc/file"),
        ("${P##*/}", "file"),
        ("${P%/*}", "/a/bc"),
        ("${P%%/*}", ""),
        ("${P#x}", "/a/bc/file"),
        ("${P#[a-c]}", "/a/bc/file"),
        ("${P#[^/]*}", "/a/bc/file"),
        ("${P%[a-z]}", "/a/bc/file"),
        ("${P#${V}}", "/a/bc/file"),
        ("${P:1}", "a/bc/file"),
        ("${P:1:3}", "a/b"),
        ("${P:-3}", "/a/bc/file"),
        ("${P: -3}", "/a/bc/file"),
        ("${P:100}", ""),
        ("${P:100:2}", ""),
        ("${P:x}", "/a/bc/file"),
        ("${P:1:x}", "/a/bc/file"),
        ("${P:1::2}", "a/"),
        ("${P:${W}}", "/bc/file"),
        ("${P/a/b}", "/b/bc/file"),
        ("${P//a/b}", "/b/bc/file"),
        ("${P/#\\/a/b}", "b/bc/file"),
        ("${P/%le/b}", "/a/bc/fib"),
        ("${P/a} rest / x}", "/a/bc/file"),
        ("${P/a/}", "//bc/file"),
        ("${P//a/}", "//bc/file"),
        ("${P/\\//-}", "-a/bc/file"),
        ("${P//\\//-}", "-a-bc-file"),
        ("$V $1 $$ $$V $${V} $$${V} $$$$", "$V $1 $ $V ${V} $val $$"),
        ("a\\b c\\\\d e\\/f g\\\\\\h", "a\\b c\\d e/f g\\\\h"),
        ("\\${V}", "\\val"),
        ("\\\\${V}", "\\val"),
        ("${1}", ""),
        ("${1:-x}", "x"),
        ("$", "$"),
        ("${V}$", "val$"),
        ("$}{", "$}{"),
        ("{{.}}$(x)", "{{.}}$(x)"),
        ("a\0b${V}", "a"),
        ("${é}", ""),
        ("${N:-$$}", "$$"),
        ("${N:-\\\\}", "\\\\"),
        ("${N:-x{y}}", "x{y}"),
        ("${N:-a}b}", "ab}"),
        ("${N:-$x}", "$x"),
        ("\n\n  ${V:!x}", "\n\n  val"),
        ("${P#\\*}", "/a/bc/file"),
        ("${P#?}", "a/bc/file"),
        ("${G%.*}", "bash.string"),
        ("${G%%.*}", "bash"),
        ("${G#*.}", "string.txt"),
        ("${G##*.}", "txt"),
        ("${I:1}", "�a"),
    ] {
        let expanded = expand(source, &environment());
        assert_eq!(expanded.map(|it| it.text), Ok(text.to_owned()), "{source}");
    }
}

#[test]
fn what_the_library_refuses_is_refused_in_its_words() {
    for (source, words) in [
        ("# ${...} in a comment", "unable to parse variable name"),
        ("# ${NOT_SET...} x", "missing closing brace"),
        ("${N-x}", "missing closing brace"),
        ("${N+x}", "missing closing brace"),
        ("${V }", "missing closing brace"),
        ("${ V}", "unable to parse variable name"),
        ("${}", "unable to parse variable name"),
        ("${#}", "bad substitution"),
        ("${#V", "bad substitution"),
        ("${U,,x}", "bad substitution"),
        ("${P#}", "unable to parse substitution within function"),
        ("${P#[a-", "bad substitution"),
        ("${P#x${V}}", "bad substitution"),
        ("${P:0:-1}", "runtime error: slice bounds out of range [:-1]"),
        ("${P:}", "unable to parse substitution within function"),
        ("${P::2}", "unable to parse substitution within function"),
        ("${P:1:}", "unable to parse substitution within function"),
        ("${P:é}", "bad substitution"),
        ("${P:${W}x}", "bad substitution"),
        ("${P:-", "unable to parse substitution within function"),
        ("${P:", "bad substitution"),
        ("${P", "missing closing brace"),
        ("${P/a}", "bad substitution"),
        ("${P///x}", "unable to parse substitution within function"),
        ("${V", "missing closing brace"),
        ("${V\n}", "missing closing brace"),
        ("${V@x}", "missing closing brace"),
        ("${V$}", "missing closing brace"),
        ("${N:-${..}}", "unable to parse variable name"),
    ] {
        let refused = expand(source, &environment()).map(|it| it.text).map_err(|fault| fault.message);
        assert_eq!(refused, Err(words.to_owned()), "{source}");
    }
}

#[test]
fn a_fault_has_the_place_of_its_dollar_sign() {
    let place =
        |source: &str| expand(source, &environment()).map_err(|fault| (fault.line, fault.column)).err();
    assert_eq!(place("a: 1\n# é ${...}\n"), Some((2, 5)));
    assert_eq!(place("a: ${N:-${..}}"), Some((1, 9)));
}

#[test]
fn a_place_in_the_result_leads_to_the_place_in_the_file() {
    let environment = BTreeMap::from([("TWO".to_owned(), "1\nx: 2".to_owned())]);
    let expanded = expand("a: ${TWO}\nb: $$5 # é\nc: d\n", &environment).expect("can be read");
    assert_eq!(expanded.text, "a: 1\nx: 2\nb: $5 # é\nc: d\n");
    for (there, here) in [
        ((1, 1), (1, 1)),
        ((1, 4), (1, 4)),
        ((2, 4), (1, 4)),
        ((3, 1), (2, 1)),
        ((3, 5), (2, 6)),
        ((4, 4), (3, 4)),
        ((4, 0), (3, 0)),
    ] {
        assert_eq!(expanded.place(there.0, there.1), here, "{there:?}");
    }
    let mut node = yaml::parse(&expanded.text, 0).expect("valid YAML").remove(0);
    expanded.relocate(&mut node);
    let keys: Vec<_> =
        node.entries().iter().map(|it| (it.key.as_str(), it.span.line, it.span.column)).collect();
    assert_eq!(keys, [("a", 1, 1), ("x", 1, 4), ("b", 2, 1), ("c", 3, 1)]);
}

#[test]
fn what_changes_in_silence_is_told_but_not_in_comments() {
    let told = |source: &str| {
        let expanded = expand(source, &environment()).expect("can be read");
        expanded.surprises("f").iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told("regex: '\\\\.'\n"),
        [
            "f:1:9: -config.expand-env makes \\\\ into \\ (write it twice, or use a character class such as [0-9])"
        ]
    );
    assert_eq!(
        told("replacement: ${1}\n"),
        [
            "f:1:14: -config.expand-env takes ${1} for a variable, which is empty (write $${1} or $1 for a group of an expression)"
        ]
    );
    assert_eq!(
        told("a: ${NOT_SET}\n"),
        ["f:1:4: NOT_SET is not set, and becomes empty (${NOT_SET:-default} gives it a default)"]
    );
    assert_eq!(told("a: ${N:?must be set}\n").len(), 1);
    assert_eq!(told("a: ${V:+x}\n").len(), 1);
    for quiet in
        ["# ${NOT_SET}\n", "a: 1 # c:\\\\x ${1}\n", "a: ${V} ${E} ${N:-x} $1 $$ \\d\n", "a: ${HOSTNAME}\n"]
    {
        assert_eq!(told(quiet), [""; 0], "{quiet}");
    }
}
