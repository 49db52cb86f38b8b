use std::collections::BTreeMap;

use crate::{Complaint, Files, Invocation, Program, ReadError, files::Texts};

mod inhibition;
mod refused;
mod shipped;

const FILE: &str = "/a/alertmanager.yml";
const GOOD: &str = "route:\n  receiver: a\nreceivers:\n  - name: a\n";

fn run(files: &dyn Files, arguments: &[&str]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
    crate::check(&Invocation {
        program: Program::Alertmanager,
        version: None,
        arguments: &arguments,
        environment: &BTreeMap::new(),
        files,
    })
}

fn of(files: &dyn Files) -> Vec<Complaint> {
    run(files, &[&format!("--config.file={FILE}")])
}

fn config(text: &str) -> Vec<Complaint> {
    of(&Texts::one(FILE, text))
}

/// `line:column stage message`.
fn shown(complaints: &[Complaint]) -> Vec<String> {
    complaints.iter().map(|it| format!("{}:{} {:?} {}", it.line, it.column, it.stage, it.message)).collect()
}

#[test]
fn what_the_recorded_checks_refused_is_refused() {
    for (text, words) in [
        (
            "route:\n  receiver: a\n  nonsense: 1\nreceivers:\n  - name: a\n",
            "3:3 Parse field nonsense not found in type config.plain",
        ),
        ("route:\n  receiver: a\n receivers: [\n", "3:2 Parse yaml: line 2: did not find expected key"),
        (
            "route:\n  receiver: b\nreceivers:\n  - name: a\n",
            "2:13 Validate undefined receiver \"b\" used in route",
        ),
        (
            "route:\n  receiver: a\n  routes:\n    - receiver: a\n      matchers: [\"a=~(\"]\nreceivers:\n  - name: a\n",
            "5:17 Parse error parsing regexp: missing closing ): `^(?:()$`",
        ),
        ("receivers:\n  - name: a\n", "1:1 Validate no routes provided"),
        (
            "route:\n  receiver: a\n  group_wait: 30\nreceivers:\n  - name: a\n",
            "3:15 Parse not a valid duration string: \"30\"",
        ),
        ("route:\n\treceiver: a\n", "2:1 Parse yaml: line 2: found character that cannot start any token"),
        ("", "0:0 Validate no route provided in config"),
    ] {
        assert_eq!(shown(&config(text)), [words], "{text}");
    }
    assert_eq!(config(GOOD), []);
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_gos_words() {
    struct Locked;
    impl Files for Locked {
        fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
            Err(ReadError::Denied)
        }
        fn list(&self, _: &str) -> Result<Vec<String>, ReadError> {
            Err(ReadError::Denied)
        }
    }
    let words = |complaints: Vec<Complaint>| complaints.into_iter().map(|it| it.message).collect::<Vec<_>>();
    assert_eq!(words(of(&Texts::default())), ["open /a/alertmanager.yml: no such file or directory"]);
    assert_eq!(words(of(&Locked)), ["open /a/alertmanager.yml: permission denied"]);
    let folder = Texts::one("/a/alertmanager.yml/x", "");
    assert_eq!(words(of(&folder)), ["read /a/alertmanager.yml: is a directory"]);
}

#[test]
fn flags_with_wrong_values_are_refused() {
    let files = Texts::one("/etc/alertmanager/alertmanager.yml", "nonsense: 1\n").and(FILE, GOOD);
    assert_eq!(run(&files, &[]).len(), 1, "without arguments the image's own file is read");
    let file = format!("--config.file={FILE}");
    for (flag, words) in [
        ("--data.retention=5d", "time: unknown unit \"d\" in duration \"5d\""),
        ("--log.level=loud", "unrecognized log level loud"),
        ("--log.format=xml", "unrecognized log format xml"),
    ] {
        let complaints = run(&files, &[&file, flag]);
        assert_eq!(complaints.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), [words]);
    }
    assert_eq!(run(&files, &[&file, "--data.retention=120h", "--log.level=debug"]), []);
}

#[test]
fn files_of_templates_are_read_as_go_reads_them() {
    let files = Texts::one(FILE, format!("templates: [t/*.tmpl, absent.tmpl]\n{GOOD}"))
        .and(
            "/a/t/good.tmpl",
            "{{ define \"a\" }}{{ range .Alerts }}{{ .Labels.x | toUpper }}{{ end }}{{ end }}\n",
        )
        .and("/a/t/bad.tmpl", "{{ define \"b\" }}\n{{ foo }}\n{{ end }}\n");
    let complaints = of(&files);
    assert_eq!(shown(&complaints), ["2:4 Validate template: bad.tmpl:2: function \"foo\" not defined"]);
    assert_eq!(complaints[0].file, "/a/t/bad.tmpl");
    let wrong = config(&format!("templates: [\"[a\"]\n{GOOD}"));
    assert_eq!(shown(&wrong), ["1:13 Validate syntax error in pattern"]);
}

#[test]
fn what_fails_only_when_a_notification_is_sent_is_told() {
    let slack = "    slack_configs: [{api_url: \"http://a\", title: \"{{ foo }}\"}]\n";
    assert_eq!(
        shown(&config(&format!("{GOOD}{slack}"))),
        ["5:54 Accepted template: :1: function \"foo\" not defined"]
    );
    let secret = "    webhook_configs: [{url_file: /run/secrets/url}]\n";
    let absent = config(&format!("{GOOD}{secret}"));
    assert_eq!(shown(&absent), ["5:34 Accepted open /run/secrets/url: no such file or directory"]);
    let there = Texts::one(FILE, format!("{GOOD}{secret}")).and("/run/secrets/url", "http://a");
    assert_eq!(of(&there), []);
}

#[test]
fn the_ways_to_read_conditions_can_be_chosen() {
    let text = |matcher: &str| {
        format!("route:\n  receiver: a\n  routes: [{{matchers: ['{matcher}']}}]\nreceivers:\n  - name: a\n")
    };
    let file = format!("--config.file={FILE}");
    let with = |matcher: &str, mode: &str| {
        let complaints = run(&Texts::one(FILE, text(matcher)), &[&file, &format!("--enable-feature={mode}")]);
        complaints.into_iter().map(|it| it.message).collect::<Vec<_>>()
    };
    assert_eq!(config(&text("a-b=c")), []);
    assert_eq!(with("a-b=c", "classic-mode"), ["bad matcher format: a-b=c"]);
    assert_eq!(config(&text("a=b c")), []);
    assert_eq!(with("a=b c", "utf8-strict-mode"), ["4:5: unexpected c: expected a comma or close brace"]);
    assert_eq!(with("a=\"b", "utf8-strict-mode"), ["2:4: \"b: missing end \": expected label value"]);
}
