use super::*;

const FUNCTIONS: [&str; 7] = ["ToLower", "ToUpper", "TrimSpace", "Replace", "default", "empty", "coalesce"];

/// Go itself reads these.
const GOOD: &[&str] = &[
    "plain text",
    "{{ .Value }}",
    "{{ .a.b.c }}",
    "{{ $x := .Value }}{{ $x }}",
    "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}",
    "{{ if .Value }}a{{ else }}b{{ end }}",
    "{{ if eq .Value \"10\" }}a{{ else if eq .Value \"20\" \"x\" }}b{{ else }}{{ .Value }}{{ end }}",
    "{{ with .Value }}{{ . }}{{ else with .x }}y{{ end }}",
    "{{ range $i, $e := .Value }}{{ $i }}{{ break }}{{ end }}",
    "{{range .Value}}{{continue}}{{else}}none{{end}}",
    "{{- \"x\" -}}  y",
    "{{ -3 }}",
    "{{/* a comment */}}",
    "{{- /* a\ncomment */ -}}",
    "{{ printf \"%s %d\" \"a\" 1 | print }}",
    "{{ (print \"a\") }}",
    "{{ (index .m \"a\").b }}",
    "{{define \"a\"}}x{{end}}{{template \"a\"}}{{template \"a\" .}}",
    "{{block \"b\" .}}{{.}}{{end}}",
    "{{`raw {{`}}",
    "{{ 'a' }}{{ '\\n' }}{{ '\\'' }}",
    "{{ 0x1F 1 }}",
    "{{ 1_000 }}{{ 0b101 }}{{ 0o17 }}{{ 1e3 }}{{ 1.5 }}{{ .5 }}{{ 2i }}",
    "{{ ToLower .Value }}",
    "{{ .Value | ToLower | ToUpper }}",
    "}} alone",
    "{ {",
    "{{ true }}{{ false }}",
    "{{ nil }}",
    "{{ and .Value (or \"a\" .b) }}",
    "{{ not .Value }}",
    "{{\n.Value\n}}",
    "{{ \"a\\tb\\x41\\u00e9\\101\" }}",
    "{{ .日本 }}",
    "{{ $ }}",
    "{{ $.Value }}",
    "{{ ne .Value \"x\" }}",
    "{{ eq .Value nil }}",
    "{{ default \"unknown\" .Value }}",
    "{{ .Value | default \"unknown\" }}",
    "{{ if not .Value }}absent{{ end }}",
    "{{ if empty .Value }}{{ else }}{{ .Value }}{{ end }}",
    "{{ if .Value }}{{ ToLower .Value }}{{ end }}",
    "{{ coalesce .Value \"c\" }}",
    "{{ with .Value }}{{ . }}{{ end }}",
    "{{ if and .Value (eq .Value \"a\") }}b{{ end }}",
    "{{ if or (eq .Value \"a\") (eq .Value \"b\") }}b{{ else }}-{{ end }}",
    "{{ eq \"a\" .Value }}",
    "{{ print .Value }}",
    "{{ len .Value }}",
    "{{ TrimSpace \"  b \" }}",
    "{{ Replace .Value \"a\" \"b\" -1 }}",
    "{{ lt .Value \"a\" }}",
    "{{ printf \"%s\" .Value }}",
    "{{ .Value.a }}",
    "{{ .Value | }}",
    "{{ .Value }}}",
    "{{ .a (.b) }}",
    "{{ $x = 1 }}",
    "{{ eq .Value \"a\" }}{{ eq .Value 'a' }}",
    "{{ ToLower }}",
];

/// Go itself printed these words for these templates.
const BAD: &[(&str, &str)] = &[
    ("{{", "T:1: unclosed action"),
    ("{{ .Value", "T:1: unclosed action"),
    ("{{ .Value }", "T:1: unexpected \"}\" in operand"),
    ("{{ $labels.x }", "T:1: undefined variable \"$labels\""),
    ("{{ .Value }}{{", "T:1: unclosed action"),
    ("{{ if .Value }}a", "T:1: unexpected EOF"),
    ("{{ if }}a{{ end }}", "T:1: missing value for if"),
    ("{{ end }}", "T:1: unexpected {{end}}"),
    ("{{ else }}", "T:1: unexpected {{else}}"),
    ("a{{ if .x }}{{ else }}{{ else }}{{ end }}", "T:1: expected end; found {{else}}"),
    ("{{ range .x }}{{ else if .y }}{{ end }}", "T:1: unexpected <if> in input"),
    ("{{ foo }}", "T:1: function \"foo\" not defined"),
    ("{{ .Value | foo \"x\" }}", "T:1: function \"foo\" not defined"),
    ("{{ $x }}", "T:1: undefined variable \"$x\""),
    ("{{ if $x := .a }}{{ end }}{{ $x }}", "T:1: undefined variable \"$x\""),
    ("{{ template }}", "T:1: unexpected \"}}\" in template clause"),
    ("{{ template foo }}", "T:1: unexpected \"foo\" in template clause"),
    ("{{ template \"a\" }}{{ define \"a\" }}", "T:1: unexpected EOF"),
    (
        "{{ define \"a\" }}x{{ end }}{{ define \"a\" }}y{{ end }}",
        "T:1: template: multiple definition of template \"a\"",
    ),
    ("{{ define a }}{{ end }}", "T:1: unexpected \"a\" in define clause"),
    ("{{ \"unterminated }}", "T:1: unterminated quoted string"),
    ("{{ `raw }}", "T:1: unterminated raw quoted string"),
    ("{{ 'a }}", "T:1: unterminated character constant"),
    ("{{ 'ab' }}", "T:1: malformed character constant: 'ab'"),
    ("{{ \"\\q\" }}", "T:1: invalid syntax"),
    ("{{ 12abc }}", "T:1: bad number syntax: \"12a\""),
    ("{{ 099 }}", "T:1: integer overflow: \"099\""),
    ("{{ 99999999999999999999 }}", "T:1: integer overflow: \"99999999999999999999\""),
    ("{{ 1__0 }}", "T:1: illegal number syntax: \"1__0\""),
    ("{{ 1+2 }}", "T:1: bad number syntax: \"1+2\""),
    ("{{ ( .Value }}", "T:1: unclosed left paren"),
    ("{{ .Value ) }}", "T:1: unexpected right paren"),
    ("{{ () }}", "T:1: missing value for parenthesized pipeline"),
    ("{{ | print }}", "T:1: unexpected \"|\" in command"),
    ("{{ .Value | 1 }}", "T:1: non executable command in pipeline stage 2"),
    ("{{ .Value | \"x\" }}", "T:1: non executable command in pipeline stage 2"),
    ("{{ .Value || .x }}", "T:1: unexpected \"|\" in command"),
    ("{{ .Value && .x }}", "T:1: unexpected \"&\" in operand"),
    ("{{ .Value > 3 }}", "T:1: unexpected \">\" in operand"),
    ("{{ .Value == \"a\" }}", "T:1: unexpected \"=\" in operand"),
    ("{{ a=b }}", "T:1: bad character U+003D '='"),
    ("{{ .a-b }}", "T:1: bad character U+002D '-'"),
    ("{{ .Value+1 }}", "T:1: bad character U+002B '+'"),
    ("{{ /* x */ }}", "T:1: unexpected \"/\" in command"),
    ("{{/* x }}", "T:1: unclosed comment"),
    ("{{/* x */ y}}", "T:1: comment ends before closing delimiter"),
    ("{{ break }}", "T:1: {{break}} outside {{range}}"),
    ("{{ continue }}", "T:1: {{continue}} outside {{range}}"),
    ("{{ range .x }}{{ break foo }}{{ end }}", "T:1: unexpected \"foo\" in {{break}}"),
    ("{{ 1.a }}", "T:1: bad number syntax: \"1.a\""),
    ("{{ \"a\".b }}", "T:1: unexpected . after term \"\\\"a\\\"\""),
    ("{{ nil.x }}", "T:1: unexpected . after term \"nil\""),
    ("{{ ..a }}", "T:1: unexpected . after term \".\""),
    ("{{ .a..b }}", "T:1: unexpected <.> in operand"),
    ("{{ $x, $y := .a }}", "T:1: too many declarations in command"),
    ("{{ range $x, 1 := .a }}{{ end }}", "T:1: range can only initialize variables"),
    ("{{ range $x, $y, $z := .a }}{{ end }}", "T:1: too many declarations in range"),
    ("{{ é% }}", "T:1: bad character U+0025 '%'"),
    ("{{ % }}", "T:1: unexpected \"%\" in command"),
    ("{{ \\ }}", "T:1: unexpected \"\\\\\" in command"),
    ("{{ # }}", "T:1: unexpected \"#\" in command"),
    ("{{ \"long text that goes on\" \"x\", }}", "T:1: unexpected \",\" in operand"),
    ("{{ ☺ }}", "T:1: unrecognized character in action: U+263A '☺'"),
    ("line one\n{{ if .x }}\n{{ foo }}{{ end }}", "T:3: function \"foo\" not defined"),
    ("{{ if .a }}\n{{ if .b }}\n{{ end }}\n", "T:4: unexpected EOF"),
    ("a\n{{ .Value\n \"x\n}}", "T:3: unterminated quoted string in action started at T:2"),
    ("{{ .Value\n\n", "T:3: unclosed action started at T:1"),
    ("{{ `a\n\n", "T:1: unterminated raw quoted string"),
    ("{{ block \"b\" }}x{{ end }}", "T:1: missing value for block clause"),
    ("{{ block \"b\" . }}x{{ else }}{{ end }}", "T:1: unexpected {{else}} in block clause"),
    ("{{ if .x }}{{ else foo }}{{ end }}", "T:1: unexpected \"foo\" in else"),
    ("{{ end foo }}", "T:1: unexpected \"foo\" in end"),
    ("{{ with }}{{ end }}", "T:1: missing value for with"),
    ("{{ : }}", "T:1: expected :="),
    ("{{ $x : 1 }}", "T:1: undefined variable \"$x\""),
    ("{{ {{ }}", "T:1: unexpected \"{\" in command"),
    ("{{ .x.y. }}", "T:1: unexpected <.> in operand"),
    ("{{ $.x. }}", "T:1: unexpected <.> in operand"),
    ("{{ \"a\"\"b\" }}", "T:1: unexpected \"\\\"b\\\"\" in operand"),
    ("{{ print\"a\" }}", "T:1: bad character U+0022 '\"'"),
    ("{{ .a(.b) }}", "T:1: unexpected \"(\" in operand"),
    ("{{ if .a }}{{ else }}{{ if .b }}{{ end }}", "T:1: unexpected EOF"),
    ("{{ define \"a\" }}{{ else }}{{ end }}", "T:1: unexpected {{else}} in define clause"),
    ("{{ range }}{{ end }}", "T:1: missing value for range"),
    ("{{ with $x := 1 }}{{ $x }}{{ end }}{{ $x }}", "T:1: undefined variable \"$x\""),
    ("{{ if ( eq .a \"b\" }}{{ end }}", "T:1: unclosed left paren"),
    ("{{-x}}", "T:1: bad number syntax: \"-x\""),
    ("{{ x-}}", "T:1: bad character U+002D '-'"),
    ("{{ '' }}", "T:1: invalid syntax"),
    ("{{ \"a\nb\" }}", "T:1: unterminated quoted string"),
    ("{{ 0x }}", "T:1: illegal number syntax: \"0x\""),
    ("{{ 1i2 }}", "T:1: bad number syntax: \"1i2\""),
    ("{{ Tolower .Value }}", "T:1: function \"Tolower\" not defined"),
    ("{{ .Value | ToLower() }}", "T:1: unexpected \"(\" in operand"),
    ("{{ if .Value }}{{ end if }}", "T:1: unexpected <if> in end"),
    ("{{ ,a }}", "T:1: unexpected \",\" in command"),
    ("{{ \"a", "T:1: unterminated quoted string"),
];

/// What Go itself rendered from data without `Value`; nothing where it ended in an error.
const ABSENT: &[(&str, Option<&str>)] = &[
    ("{{ .Value }}", Some("<no value>")),
    ("{{ $x := .Value }}{{ $x }}", Some("<no value>")),
    ("{{ if .Value }}a{{ else }}b{{ end }}", Some("b")),
    (
        "{{ if eq .Value \"10\" }}a{{ else if eq .Value \"20\" \"x\" }}b{{ else }}{{ .Value }}{{ end }}",
        Some("<no value>"),
    ),
    ("{{ ToLower .Value }}", None),
    ("{{ .Value | ToLower | ToUpper }}", None),
    ("{{ and .Value (or \"a\" .b) }}", Some("<no value>")),
    ("{{ not .Value }}", Some("true")),
    ("{{\n.Value\n}}", Some("<no value>")),
    ("{{ $.Value }}", Some("<no value>")),
    ("{{ ne .Value \"x\" }}", Some("true")),
    ("{{ eq .Value nil }}", Some("true")),
    ("{{ default \"unknown\" .Value }}", Some("unknown")),
    ("{{ .Value | default \"unknown\" }}", Some("unknown")),
    ("{{ if not .Value }}absent{{ end }}", Some("absent")),
    ("{{ if empty .Value }}{{ else }}{{ .Value }}{{ end }}", Some("")),
    ("{{ if .Value }}{{ ToLower .Value }}{{ end }}", Some("")),
    ("{{ coalesce .Value \"c\" }}", Some("c")),
    ("{{ with .Value }}{{ . }}{{ end }}", Some("")),
    ("{{ if and .Value (eq .Value \"a\") }}b{{ end }}", Some("")),
    ("{{ if or (eq .Value \"a\") (eq .Value \"b\") }}b{{ else }}-{{ end }}", Some("-")),
    ("{{ eq \"a\" .Value }}", Some("false")),
    ("{{ print .Value }}", Some("<nil>")),
    ("{{ len .Value }}", None),
    ("{{ Replace .Value \"a\" \"b\" -1 }}", None),
    ("{{ lt .Value \"a\" }}", None),
    ("{{ printf \"%s\" .Value }}", Some("%!s(<nil>)")),
    ("{{ .Value.a }}", Some("<no value>")),
    ("{{ .Value | }}", Some("<no value>")),
    ("{{ .Value }}}", Some("<no value>}")),
    ("{{ eq .Value \"a\" }}{{ eq .Value 'a' }}", Some("falsefalse")),
];

#[test]
fn what_go_reads_is_accepted() {
    for good in GOOD {
        assert_eq!(check("T", good, &FUNCTIONS), Ok(()), "{good}");
    }
}

#[test]
fn what_go_refuses_is_refused_in_its_words() {
    for (bad, words) in BAD {
        let refused = check("T", bad, &FUNCTIONS).err().map(|error| error.message);
        assert_eq!(refused, Some(format!("template: {words}")), "{bad}");
    }
}

#[test]
fn a_fault_is_found_in_its_line() {
    let error =
        check("T", "one\ntwo {{ if .x }}\n  {{ foo }}{{ end }}", &[]).expect_err("foo is no function");
    assert_eq!((error.line, error.column), (3, 6));
}

#[test]
fn an_absent_value_renders_as_go_renders_it() {
    for (template, rendered) in ABSENT {
        assert_eq!(renders_absent(template).as_deref(), *rendered, "{template}");
    }
}

#[test]
fn what_depends_on_something_else_is_left_open() {
    for open in [
        "{{ .level }}",
        "{{ with .Value }}{{ else with .x }}y{{ end }}",
        "{{ range .x }}a{{ end }}",
        "{{ . }}",
    ] {
        assert_eq!(renders_absent(open), None, "{open}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let parentheses = format!("{{{{ {} }}}}", "(".repeat(100_000));
    let blocks = "{{ block \"a\" . }}".repeat(100_000);
    for deep in [parentheses, blocks, "{{ if .x }}".repeat(100_000)] {
        assert!(check("T", &deep, &[]).is_err());
    }
}
