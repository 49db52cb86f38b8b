use std::fmt::Write as _;

use expect_test::{Expect, expect};
use stack::yaml::{Node, Value, parse, scalar};

fn check(text: &str, expect: &Expect) {
    let shown = match parse(text, 0) {
        Ok(documents) => documents.iter().map(show).collect::<Vec<_>>().join("\n---\n"),
        Err(errors) => {
            let lines = errors.iter().map(|e| format!("{}:{}: {e}", e.span.line, e.span.column));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    expect.assert_eq(&shown);
}

fn show(node: &Node) -> String {
    match &node.value {
        Value::Scalar(_) => {
            format!("{:?}@{}:{}", scalar::resolve(node).unwrap(), node.span.line, node.span.column)
        }
        Value::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Mapping(entries) => {
            let shown = entries.iter().map(|entry| format!("{}: {}", entry.key, show(&entry.value)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(", "))
        }
    }
}

#[test]
fn scalars_have_the_types_of_gos_yaml() {
    check(
        "[yes, on, true, 0644, 1_000, 1e3, 1.10, 08, 22:22, 2001-01-01, 0x1f, ~, null, '1', -5, .5, 1.2.3, +1, 0o17]",
        &expect![[
            r#"[Text("yes")@1:2, Text("on")@1:7, Bool(true)@1:11, Int(420)@1:17, Int(1000)@1:23, Float(1000.0)@1:30, Float(1.1)@1:35, Float(8.0)@1:41, Text("22:22")@1:45, Text("2001-01-01")@1:52, Int(31)@1:64, Null@1:70, Null@1:73, Text("1")@1:79, Int(-5)@1:84, Float(0.5)@1:88, Text("1.2.3")@1:92, Int(1)@1:99, Int(15)@1:103]"#
        ]],
    );
}

#[test]
fn merge_keys_fill_gaps_and_the_first_wins() {
    check(
        "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\nd:\n  <<: *b\n  z: 3\n",
        &expect![
            "{a: {x: Int(1)@1:11, y: Int(1)@1:17}, b: {y: Int(2)@2:11, z: Int(2)@2:17}, c: {x: Int(0)@3:22, y: Int(1)@1:17, z: Int(2)@2:17}, d: {z: Int(3)@6:6, y: Int(2)@2:11}}"
        ],
    );
    check(
        "a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n",
        &expect![[r#"4:3: the key "<<" is here twice: first in line 3, again in line 4"#]],
    );
    check("a: {<<: 5}", &expect!["1:5: << takes a mapping or a list of mappings"]);
}

#[test]
fn every_doubled_key_is_named_with_both_lines() {
    check(
        "a: 1\nb: {c: 1, c: 2}\na: 3\n",
        &expect![[r#"
            2:11: the key "c" is here twice: first in line 2, again in line 2
            3:1: the key "a" is here twice: first in line 1, again in line 3"#]],
    );
}

#[test]
fn keys_are_texts() {
    check("80: a\n", &expect![[r#"1:1: the key 80 is not a text; write "80""#]]);
    check(
        "? [a]\n: b\n",
        &expect!["1:3: a list or mapping cannot be a key; a text with brackets or braces needs quotes"],
    );
    check("yes: a\n", &expect![[r#"{yes: Text("a")@1:6}"#]]);
}

#[test]
fn syntax_errors_have_a_place() {
    check("a: 1\n\tb: 2\n", &expect!["2:1: this line is indented with a tab; YAML wants spaces"]);
    check(
        "a: [1, 2\nb: 3\n",
        &expect!["2:2: a colon cannot stand here; is a bracket, a brace or a quote left open above?"],
    );
    check("a: \"open\n", &expect!["1:4: the quote that begins here is never closed"]);
    check("a: *nowhere\n", &expect!["1:4: there is no anchor of this name above"]);
    check("a: &a [*a]\n", &expect!["1:8: the alias stands inside of the very node that it refers to"]);
    check(
        "a:\n  - b\n c: d\n",
        &expect!["3:2: a key is expected here; the indentation does not fit the lines above"],
    );
    check(
        "a: {{ x }}\n",
        &expect!["1:5: a list or mapping cannot be a key; a text with brackets or braces needs quotes"],
    );
}

#[test]
fn documents_marks_and_empty_files() {
    check(
        "\u{feff}a: 1\n---\n---\nb: 2\n...\n",
        &expect![[r"
        {a: Int(1)@1:4}
        ---
        {b: Int(2)@4:4}"]],
    );
    check("", &expect![""]);
    check("# only a comment\n", &expect![""]);
}

#[test]
fn bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let below = format!("*a{}", level - 1);
        _ = writeln!(bomb, "a{level}: &a{level} [{}]", vec![below; 10].join(", "));
    }
    check(&bomb, &expect!["5:45: more than 100000 values, counting what aliases repeat"]);

    let repeated = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(100));
    check(&repeated, &expect!["2:121: more than 32 MB of text, counting what aliases repeat"]);

    let mut tower = "a0: &a0 [x]\n".to_owned();
    for level in 1..300 {
        _ = writeln!(tower, "a{level}: &a{level} [*a{}]", level - 1);
    }
    check(&tower, &expect!["127:14: nested deeper than 128 levels"]);
    check(&"[".repeat(100_000), &expect!["1:256: nested deeper than 128 levels"]);
    check(&"- ".repeat(100_000), &expect!["1:257: nested deeper than 128 levels"]);
    let mut deep = String::new();
    for depth in 0..1000 {
        _ = writeln!(deep, "{}a:", " ".repeat(depth));
    }
    check(&deep, &expect!["128:128: nested deeper than 128 levels"]);
}
