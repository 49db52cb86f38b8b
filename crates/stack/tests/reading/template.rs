use expect_test::{Expect, expect};
use stack::template::interpolate;

use crate::{golden_lines, golden_lookup};

#[test]
fn every_form_gives_what_compose_gives() {
    let mut count = 0;
    for line in golden_lines(include_str!("../golden/subst.golden.jsonl")) {
        let text = line["in"].as_str().unwrap();
        let result = interpolate(text, &golden_lookup(&line));
        match line.get("err") {
            Some(error) => assert_eq!(result.unwrap_err().to_string(), error.as_str().unwrap(), "{text}"),
            None => assert_eq!(result.unwrap().text, line["out"].as_str().unwrap(), "{text}"),
        }
        count += 1;
    }
    assert_eq!(count, 49);
}

fn check(text: &str, expect: &Expect) {
    let lookup = |name: &str| (name == "A").then(|| "1".to_owned());
    let shown = match interpolate(text, &lookup) {
        Ok(done) => format!("{:?}, unset {:?}", done.text, done.unset),
        Err(error) => format!("at {}: {error}", error.offset()),
    };
    expect.assert_eq(&shown);
}

#[test]
fn unset_variables_are_named_once_for_each_place() {
    check("$U${V}${W:-x}${A}", &expect![[r#""x1", unset ["U", "V"]"#]]);
}

#[test]
fn an_error_knows_its_place() {
    check("abc ${A} ${", &expect![[r#"at 9: Invalid template: "abc ${A} ${""#]]);
    check("ž ${U:-${A B}}", &expect![[r#"at 8: Invalid template: "${A B}""#]]);
    check("x${U:?set it}", &expect!["at 1: required variable U is missing a value: set it"]);
}

#[test]
fn an_expression_ends_on_its_line() {
    check("${U:-a\nb}", &expect![[r#"at 0: Invalid template: "${U:-a\nb}""#]]);
}

#[test]
fn endless_nesting_is_refused() {
    let text = "${A:+".repeat(5000) + &"}".repeat(5000);
    assert!(interpolate(&text, &|_| Some("1".to_owned())).unwrap_err().to_string().contains("too deep"));
}
