//! Texts that Alloy refused and what it said.

use std::collections::BTreeMap;

use super::{format, is_formatted};
use crate::{Complaint, Files, Invocation, Program, ReadError, Stage, check, files::Texts};

const PATH: &str = "/etc/alloy/config.alloy";

fn complaints_of(files: &dyn Files, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let version = None;
    check(&Invocation {
        program: Program::Alloy,
        version,
        arguments: &arguments,
        environment: &environment,
        files,
    })
}

fn complaints(text: &str) -> Vec<Complaint> {
    complaints_of(&Texts::one(PATH, text), &["run", PATH], &[("BAD", "(")])
}

/// As `line:column stage message`.
fn told(text: &str) -> Vec<String> {
    complaints(text)
        .iter()
        .map(|it| format!("{}:{} {:?} {}", it.line, it.column, it.stage, it.message))
        .collect()
}

#[test]
fn what_alloy_validates_it_refuses_here_too() {
    for (text, words) in [
        ("logging {\n\tlevel = \"info\"\n}\n", None),
        (
            "nonsense \"x\" { }\n",
            Some("1:1 Validate cannot find the definition of component name \"nonsense\""),
        ),
        ("logging {\n\tnonsense = 1\n}\n", Some("2:2 Validate unrecognized attribute name \"nonsense\"")),
        ("logging {\n\tlevel = \n", Some("3:1 Parse expected expression, got EOF")),
        (
            "loki.process \"a\" {\n\tforward_to = [loki.write.nothing.receiver]\n}\n",
            Some("2:16 Validate component \"loki.write.nothing.receiver\" does not exist or is out of scope"),
        ),
        ("logging {\n\tlevel = 5\n}\n", Some("2:10 Validate unrecognized log level \"5\"")),
        ("loki.process \"a\" { }\n", Some("1:1 Validate missing required attribute \"forward_to\"")),
        (
            "loki.process \"a\" {\n\tforward_to = []\n}\n\nloki.process \"a\" {\n\tforward_to = []\n}\n",
            Some("5:1 Validate block loki.process.a already declared at /etc/alloy/config.alloy:1:1"),
        ),
        ("logging {\nlevel=\"info\"\n     }\n", None),
    ] {
        assert_eq!(told(text).first().map(String::as_str), words, "{text}");
    }
}

#[test]
fn types_are_told_apart_in_the_words_of_the_program() {
    let text = r#"logging {
	format      = "x"
	destination = "q"
}

discovery.docker "a" {
	host             = true
	port             = "x"
	refresh_interval = 5
	bearer_token     = 5
	proxy_url        = "::"
	follow_redirects = 1
	http_headers     = {a = "b"}

	filter {
		name = ["a"]
	}
	filter = 5

	nonsense { }

	basic_auth { }

	basic_auth { }
}

discovery.relabel "r" {
	targets = []

	rule {
		action        = "x"
		regex         = "("
		modulus       = -5
		source_labels = "x"
	}
}

loki.process "p" {
	forward_to = []
	forward_to = []

	stage.nonsense { }

	stage.drop {
		longer_than = "8kb"
		older_than  = "7d"
	}

	stage.labels {
		values      = [1]
		source_type = "x"
	}

	stage.limit {
		rate  = !5
		burst = -"x"
	}
}

loki.source.docker "d" { }

loki.write { }

livedebugging {
	enabled = "x"
}

argument "x" { }
"#;
    assert_eq!(
        told(text),
        [
            "2:16 Validate unrecognized log format \"x\"",
            "3:16 Validate unrecognized log destination \"q\"",
            "68:1 Validate argument blocks only allowed inside a module",
            "7:21 Validate expected string, got bool",
            "8:21 Validate expected number, got string",
            "9:21 Validate time: missing unit in duration \"5\"",
            "10:21 Validate expected capsule, got number",
            "11:21 Validate parse \"::\": missing protocol scheme",
            "12:21 Validate expected bool, got number",
            "13:26 Validate expected array, got string",
            "16:10 Validate expected string, got array",
            "15:2 Validate missing required attribute \"values\"",
            "18:2 Validate \"filter\" must be a block, but is used as an attribute",
            "20:2 Validate unrecognized block name \"nonsense\"",
            "22:2 Validate block \"basic_auth\" may only be specified once",
            "24:2 Validate block \"basic_auth\" may only be specified once",
            "31:19 Validate unrecognized action type \"x\"",
            "32:19 Validate error parsing regexp: missing closing ): `^(?s:()$`",
            "34:19 Validate expected array, got string",
            "40:2 Validate attribute \"forward_to\" may only be provided once",
            "42:2 Validate unrecognized block name \"stage.nonsense\"",
            "45:17 Validate units: unknown unit kb in 8kb",
            "46:17 Validate time: unknown unit \"d\" in duration \"7d\"",
            "50:17 Validate expected object, got array",
            "51:17 Validate unknown source_type: x",
            "55:12 Validate expected bool, got number",
            "56:12 Validate expected number, got string",
            "60:1 Validate missing required attribute \"host\"",
            "60:1 Validate missing required attribute \"targets\"",
            "60:1 Validate missing required attribute \"forward_to\"",
            "62:1 Validate component \"loki.write\" must have a label",
            "65:12 Validate expected bool, got string",
        ]
    );
}

#[test]
fn what_only_a_start_refuses_is_found_before_it() {
    let process = |stage: &str| format!("loki.process \"p\" {{\n\tforward_to = []\n{stage}\n}}\n");
    let built = "3:24 Start Failed to build component: building component: invalid stage config ";
    let decoded = "Start Failed to build component: decoding configuration: ";
    for (text, words) in [
        (
            process("stage.regex{expression=\"(\"}"),
            format!("{built}could not compile regular expression: error parsing regexp: missing closing ): `(`"),
        ),
        (
            process("stage.multiline{firstline = \"(\"}"),
            format!("{built}multiline stage first line regex compilation error: error parsing regexp: missing closing ): `(`").replace("3:24", "3:29"),
        ),
        (
            process("stage.match { selector = \"{a=\"\nstage.decolorize { } }"),
            format!("{built}invalid selector syntax for match stage: parse error at line 1, col 4: syntax error: unexpected $end, expecting STRING").replace("3:24", "3:26"),
        ),
        (process("stage.json { }"), format!("{built}JMES expressions or regex is required").replace("3:24", "3:1")),
        (
            process("stage.drop { }"),
            format!("{built}drop stage config must contain at least one of `source`, `expression`, `older_than` or `longer_than`").replace("3:24", "3:1"),
        ),
        (
            process("stage.sampling { rate = 2 }"),
            format!("3:25 {decoded}sampling stage failed to parse rate,Sampling Rate must be between 0.0 and 1.0, received 2.000000"),
        ),
        (
            "discovery.docker \"d\" {\n\thost = \"docker-proxy:2375\"\n}\n".into(),
            "2:9 Start Failed to build component: building component: error setting up docker client: unable to parse docker host `docker-proxy:2375`".into(),
        ),
        (
            "discovery.docker \"d\" {\n\thost = \"\"\n}\n".into(),
            format!("2:9 {decoded}host attribute must not be empty"),
        ),
        (
            "loki.relabel \"r\" {\n\tforward_to = []\n\n\trule {\n\t\taction = \"replace\"\n\t}\n}\n".into(),
            format!("4:2 {decoded}relabel configuration for replace action requires 'target_label' value"),
        ),
        (
            "loki.relabel \"r\" {\n\tforward_to = [\"x\"]\n}\n".into(),
            "2:16 Start \"x\" should be capsule, got string".into(),
        ),
        (
            "loki.echo \"e\" { }\n\nloki.relabel \"r\" {\n\tforward_to = loki.echo.e.receiver\n}\n".into(),
            "4:15 Start loki.echo.e.receiver should be array, got capsule".into(),
        ),
        (
            "loki.echo \"e\" { }\n\nloki.relabel \"r\" {\n\tforward_to = [loki.echo.e.nope]\n}\n".into(),
            "4:28 Start field \"nope\" does not exist".into(),
        ),
        ("logging {\n\tlevel = sys.nope(\"x\")\n}\n".into(), "2:14 Start field \"nope\" does not exist".into()),
        (
            "logging {\n\tlevel = sys.env(\"BAD\")\n}\n".into(),
            "2:10 Start sys.env(\"BAD\") unrecognized log level \"(\"".into(),
        ),
        (
            "local.file \"f\" {\n\tfilename = \"/nope\"\n}\n".into(),
            "2:13 Start Failed to build component: building component: failed to read file: open /nope: no such file or directory".into(),
        ),
        (
            "loki.write \"w\" {\n\tendpoint {\n\t\turl = \"http://lo ki:3100\"\n\t}\n}\n".into(),
            format!("3:9 {decoded}failed to parse remote url \"http://lo ki:3100\": parse \"http://lo ki:3100\": invalid character \" \" in host name"),
        ),
    ] {
        assert_eq!(told(&text), [words], "{text}");
    }
}

#[test]
fn what_starts_and_does_something_else_is_said() {
    let url = "loki.write \"a\" {\n\tendpoint {\n\t\turl = \"loki:3100\"\n\t}\n}\n";
    assert_eq!(told(url), ["3:9 Accepted unsupported protocol scheme \"loki\""]);
    let old = "logging {\n\tlevel = env(\"LEVEL\")\n}\n";
    assert_eq!(
        told(old),
        [
            "2:10 Accepted this stdlib function is deprecated; please refer to the documentation for updated usage and alternatives"
        ]
    );
    let template = |template: &str| {
        format!(
            "loki.process \"p\" {{\n\tforward_to = []\n\n\tstage.regex {{\n\t\texpression = \"(?P<level>[A-Z]+)\"\n\t}}\n\n\tstage.template {{\n\t\tsource   = \"level\"\n\t\ttemplate = \"{template}\"\n\t}}\n}}\n"
        )
    };
    assert_eq!(
        told(&template("{{ .Value }}")),
        ["10:14 Accepted a line without \"level\" gets \"<no value>\" for it"]
    );
    assert_eq!(told(&template("{{ with .Value }}{{ . }}{{ end }}")), [""; 0]);
}

#[test]
fn modules_see_their_own_blocks_and_what_they_are_given() {
    let module = "declare \"m\" {\n\targument \"to\" { }\n\n\tloki.process \"p\" {\n\t\tforward_to = argument.to.value\n\t}\n\n\texport \"receiver\" {\n\t\tvalue = loki.process.p.receiver\n\t}\n}\n\nm \"one\" {\n\tto = []\n}\n\nloki.relabel \"r\" {\n\tforward_to = [m.one.receiver]\n}\n";
    assert_eq!(told(module), [""; 0]);
    assert_eq!(
        told(
            "loki.echo \"e\" { }\n\ndeclare \"m\" {\n\tlogging { }\n\n\tloki.process \"p\" {\n\t\tforward_to = [loki.echo.e.receiver]\n\t}\n}\n"
        ),
        [
            "4:2 Validate logging not allowed in module",
            "7:17 Validate component \"loki.echo.e.receiver\" does not exist or is out of scope"
        ]
    );
    assert_eq!(
        told("import.file \"lib\" {\n\tfilename = \"/lib.alloy\"\n}\n\nlib.anything \"x\" { }\n"),
        [""; 0]
    );
}

#[test]
fn blocks_that_depend_on_each_other_in_a_circle_are_told() {
    let relabel = |name: &str, to: &str| {
        format!("loki.relabel \"{name}\" {{\n\tforward_to = [loki.relabel.{to}.receiver]\n}}\n")
    };
    assert_eq!(
        told(&(relabel("a", "b") + &relabel("b", "a"))),
        [
            "1:1 Validate cycle detected: loki.relabel.a, loki.relabel.b",
            "4:1 Validate cycle detected: loki.relabel.a, loki.relabel.b"
        ]
    );
    assert_eq!(told(&relabel("a", "a")), ["1:1 Validate cannot reference self"]);
}

#[test]
fn components_that_need_a_flag_are_told() {
    assert_eq!(
        told("otelcol.exporter.awss3 \"x\" { }\n"),
        [
            "1:1 Validate component \"otelcol.exporter.awss3\" is at stability level \"experimental\", which is below the minimum allowed stability level \"generally-available\". Use --stability.level command-line flag to enable \"experimental\" features"
        ]
    );
    let files = Texts::one(PATH, "otelcol.exporter.awss3 \"x\" { }\n");
    let arguments = ["run", "--stability.level=experimental", PATH];
    assert_eq!(complaints_of(&files, &arguments, &[]), []);
}

/// A file that may not be read.
struct Denied;

impl Files for Denied {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::Denied)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Err(ReadError::Denied)
    }
}

#[test]
fn files_that_cannot_be_read_are_told_by_their_names() {
    let none = Texts::default();
    let words = |files: &dyn Files, verb: &str| {
        let found = complaints_of(files, &[verb, PATH], &[]);
        found.iter().map(|it| (it.stage, it.message.clone())).collect::<Vec<_>>()
    };
    let absent = "stat /etc/alloy/config.alloy: no such file or directory";
    assert_eq!(words(&none, "validate"), [(Stage::Parse, absent.to_owned())]);
    assert_eq!(
        words(&none, "run"),
        [(Stage::Parse, format!("reading config path \"/etc/alloy/config.alloy\": {absent}"))]
    );
    let denied = "open /etc/alloy/config.alloy: permission denied";
    assert_eq!(words(&Denied, "validate"), [(Stage::Parse, denied.to_owned())]);
}

#[test]
fn a_folder_is_all_its_files_of_alloy() {
    let files =
        Texts::one("/etc/alloy/a.alloy", "loki.process \"p\" {\n\tforward_to = [loki.write.w.receiver]\n}\n")
            .and("/etc/alloy/b.alloy", "loki.write \"w\" {\n\tx = 1\n}\n")
            .and("/etc/alloy/notes.txt", "{")
            .and("/etc/alloy/inner.alloy/c.alloy", "{");
    let found =
        complaints_of(&files, &["run", "--storage.path", "/data", "/etc/alloy", "--disable-reporting"], &[]);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["/etc/alloy/b.alloy:2:2: unrecognized attribute name \"x\""]);
}

#[test]
fn at_another_version_a_name_that_is_not_known_is_no_fault() {
    let arguments = ["run".to_owned(), PATH.to_owned()];
    let files = Texts::one(PATH, "loki.write \"w\" {\n\tnew = 1\n}\n\nloki.newest \"x\" { }\n");
    let found = check(&Invocation {
        program: Program::Alloy,
        version: Some("v1.30.0"),
        arguments: &arguments,
        environment: &BTreeMap::new(),
        files: &files,
    });
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|complaint| !complaint.is_fatal()));
}

#[test]
fn files_are_formatted_as_the_program_formats_them() {
    for (text, formatted) in [
        ("logging {\nlevel=\"info\"\n     }\n", "logging {\n\tlevel = \"info\"\n}\n"),
        ("a \"b\" {\n}\n", "a \"b\" { }\n"),
        (
            "a {\nx = 1\nlong = 2 // c\n\n\ny = 3\n}\nb { }\n",
            "a {\n\tx    = 1\n\tlong = 2 // c\n\n\ty = 3\n}\n\nb { }\n",
        ),
        ("a {\nx = { a = 1, b = 2 }\n}\n", "a {\n\tx = {a = 1, b = 2}\n}\n"),
        (
            "a {\nx = {\na = 1,\nlonger = 2,\n}\n}\n",
            "a {\n\tx = {\n\t\ta      = 1,\n\t\tlonger = 2,\n\t}\n}\n",
        ),
        ("a {\nx = [\n1,\n2 ]\n}\n", "a {\n\tx = [\n\t\t1,\n\t\t2]\n}\n"),
        ("// first\na {\n// inner\n}\n// last\n", "// first\na {\n\t// inner\n}\n// last\n"),
        ("a {\n\tx = f(1,2)+-3 /* c */\n}\n", "a {\n\tx = f(1, 2) + -3 /* c */\n}\n"),
    ] {
        assert_eq!(format(PATH, text).as_deref(), Ok(formatted));
        assert_eq!(is_formatted(formatted), Ok(()), "{formatted}");
        assert_eq!(is_formatted(text).is_ok(), text == formatted);
    }
}

#[test]
fn the_first_line_that_would_change_is_named() {
    for values in ["level", "trace_id"] {
        let old = format!("\tstage.labels {{\n\t\tvalues = {{ {values} = \"\" }}\n\t}}\n");
        let text = format!("loki.process \"p\" {{\n\tforward_to = []\n\n{old}}}\n");
        assert_eq!(is_formatted(&text), Err(5));
        let mended = text.replace("{ ", "{\n\t\t\t").replace(" }", ",\n\t\t}");
        assert_eq!(is_formatted(&mended), Ok(()), "{mended}");
        let files = Texts::one(PATH, text);
        let found = complaints_of(&files, &["fmt", "-t", PATH], &[]);
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["/etc/alloy/config.alloy:5: file /etc/alloy/config.alloy is not formatted correctly"]
        );
    }
}

#[test]
fn templates_that_cannot_be_read_are_told_before_a_start() {
    let text = "loki.process \"p\" {\n\tforward_to = []\n\n\tstage.template {\n\t\tsource   = \"x\"\n\t\ttemplate = \"{{ nope }}\"\n\t}\n\n\tstage.replace {\n\t\texpression = \"a\"\n\t\treplace    = \"{{ .Value\"\n\t}\n}\n";
    assert_eq!(told(text), ["6:14 Validate template: pipeline_template:1: function \"nope\" not defined"]);
    let text = text.replace("nope", "ToLower .Value");
    assert_eq!(
        told(&text),
        [
            "11:16 Start Failed to build component: building component: invalid stage config failed to compile template: template: pipeline_template:1: unclosed action"
        ]
    );
}

#[test]
fn the_shipped_file_is_accepted_and_formatted() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/stack/alloy/config.alloy");
    let text = std::fs::read_to_string(path).expect("the shipped file");
    let environment = [("RWA_PROJECTS", "rwa.*"), ("ALLOY_LOG_LEVEL", "info")];
    assert_eq!(complaints_of(&Texts::one(PATH, text.clone()), &["run", PATH], &environment), []);
    assert_eq!(is_formatted(&text), Ok(()));
}

#[test]
fn no_text_ends_the_reading_in_a_crash() {
    let nested = format!("a {{\n\tx = {}\n}}\n", "[".repeat(100_000));
    assert!(
        told(&nested)[0].starts_with("2:205 Parse nested deeper than 200 levels"),
        "{:?}",
        told(&nested)[0]
    );
    for text in
        ["", "\u{feff}", "a", "a.", "a \"", "a { x = `", "a { x = \"\\", "/*", "a { x = -!-1 }\n", "é = 'x'"]
    {
        let _ = told(text);
        let _ = is_formatted(text);
    }
}
