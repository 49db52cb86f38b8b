//! Texts and what the library made of them.

use stack::yaml::{Node, Value};

use super::parse;

#[test]
fn blocks_of_one_name_come_together_and_other_values_do_not() {
    let node = parse(
        "a = 1 # one\na = 2\nb { c = \"x\" }\nb {\n  c = [1, 2.5, true, ]\n}\ns \"web\" { d = <<-END\n  x\n    y\n  END\n}\n",
        0,
    )
    .expect("HCL");
    assert_eq!(node.get("a").map(|it| it.value.clone()), Some(Value::Scalar("2".to_owned())));
    let blocks = node.get("b").map(Node::items).unwrap_or_default();
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[1].get("c").map(|it| it.items().len()), Some(3));
    let web = node.get("s").and_then(|it| it.items()[0].get("web")).map(|it| &it.items()[0]);
    assert_eq!(
        web.and_then(|it| it.get("d")).map(|it| it.value.clone()),
        Some(Value::Scalar("x\n  y\n".into()))
    );
    assert_eq!(node.get("b").map(|it| (it.span.line, it.span.column)), Some((3, 3)));
}

/// The words are those that the library itself said.
#[test]
fn what_is_no_hcl_is_told_in_the_words_of_the_library() {
    for (text, words) in [
        ("data_dir = \"/consul/data", "At 1:25: literal not terminated"),
        ("a = \"x\nb = 1\n", "At 1:7: literal not terminated"),
        ("a = \"\\q\"", "At 1:7: illegal char escape"),
        ("a = @", "At 1:5: illegal char"),
        ("a b = 1", "At 1:5: nested object expected: LBRACE got: ASSIGN"),
        ("a", "At 1:3: key 'a' expected start of object ('{') or assignment ('=')"),
        ("= 1", "At 1:1: no object keys found!"),
        ("a = [1 2]", "At 1:8: error parsing list, expected comma or list end, got: NUMBER"),
        ("a = [b]", "At 1:6: unexpected token while parsing list: IDENT"),
        ("a = b", "At 1:5: Unknown token: 1:5 IDENT b"),
        ("a { b = 1", "At 1:13: object expected closing RBRACE got: EOF"),
        ("/* x", "At 1:5: comment not terminated"),
        ("a = <<END\nx\n", "At 3:1: heredoc not terminated"),
        ("1 = 2", "At 1:1: expected: IDENT | STRING | ASSIGN | LBRACE got: NUMBER"),
        ("a { b }", "At 1:7: key 'b' expected start of object ('{') or assignment ('=')"),
        ("a = {", "At 1:7: object expected closing RBRACE got: EOF"),
        ("a = [", "At 1:6: unexpected token while parsing list: EOF"),
        (
            "a = [{b=1",
            "At 1:6: error while trying to parse object within list: At 1:13: object expected closing RBRACE got: EOF",
        ),
        ("a = 0x", "At 1:7: illegal hexadecimal number"),
        ("a = <<\nx", "At 1:7: zero-length heredoc anchor"),
        ("/x", "At 1:1: expected '/' for comment"),
        ("a = -", "At 1:5: Unknown token: 1:5 SUB -"),
        ("a = 1 }", "At 1:7: expected: IDENT | STRING | ASSIGN | LBRACE got: RBRACE"),
    ] {
        assert_eq!(parse(text, 0).map_err(|error| error.to_string()), Err(words.to_owned()), "{text}");
    }
}

#[test]
fn nesting_has_an_end() {
    assert!(parse(&"a {".repeat(100_000), 0).is_err());
    assert!(parse(&format!("a = {}", "[".repeat(100_000)), 0).is_err());
}
