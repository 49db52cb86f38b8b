//! Before anything is started its configuration is read by the rules of its own program.

use std::{fs, os::unix::fs::PermissionsExt};

use tests::{Ran, Stack, docker};

/// `up` of one component is refused for its files, and nothing is made: neither it nor what it needs.
#[track_caller]
fn refused(stack: &Stack, component: &str) -> Ran {
    let ran = stack.run(["up", component]).exits(3);
    assert_eq!(stack.containers(), [], "{ran}");
    ran
}

/// Puts one text in the place of another in a file of the stack, and back when dropped.
struct Edited<'a> {
    stack: &'a Stack,
    file: &'static str,
    before: String,
}

impl Drop for Edited<'_> {
    fn drop(&mut self) {
        self.stack.write(self.file, &self.before);
    }
}

#[track_caller]
fn edit<'a>(stack: &'a Stack, file: &'static str, from: &str, to: &str) -> Edited<'a> {
    let before = fs::read_to_string(stack.folder.join(file)).expect("a shipped file");
    assert!(before.contains(from), "{file} has no {from}");
    stack.write(file, &before.replacen(from, to, 1));
    Edited { stack, file, before }
}

const LOKI: &str = "loki/loki-config.yml";
const PROMTAIL: &str = "loki/promtail-config.yml";
const ALLOY: &str = "alloy/config.alloy";
const PROMETHEUS: &str = "prometheus/prometheus.yml";
const RULES: &str = "prometheus/rules/rwa-alerts.yml";
const ALERTMANAGER: &str = "alertmanager/alertmanager.yml";
const JAEGER: &str = "jaeger/config.yml";
const CONSUL: &str = "consul/config/services.json";
const AGENT: &str = "consul/config/agent.hcl";

/// Component, file, a text in it, what takes its place, and words of the program.
type Fault = (&'static str, &'static str, &'static str, &'static str, &'static str);

const FAULTS: &[Fault] = &[
    (
        "loki",
        LOKI,
        "auth_enabled: false",
        "nonsense: 1",
        "field nonsense not found in type loki.ConfigWrapper",
    ),
    (
        "loki",
        LOKI,
        "min_ready_duration: 1s",
        "min_ready_duration: soon",
        "cannot unmarshal !!str `soon` into time.Duration",
    ),
    ("loki", LOKI, "server:\n", "server:\n\tlog_level: info\n", "tab"),
    ("loki", LOKI, "server:\n", "# ${...}\nserver:\n", "unable to parse variable name"),
    (
        "loki",
        LOKI,
        "period: 24h",
        "period: 48h",
        "tsdb must always have periodic config for index set to 24h",
    ),
    (
        "promtail",
        PROMTAIL,
        "positions:\n",
        "nonsense: 1\npositions:\n",
        "field nonsense not found in type config.plain",
    ),
    (
        "promtail",
        PROMTAIL,
        "refresh_interval: 5s",
        "refresh_interval: soon",
        "not a valid duration string: \"soon\"",
    ),
    ("promtail", PROMTAIL, "server:\n", "\tserver:\n", "tab"),
    ("promtail", PROMTAIL, "server:\n", "# ${NOT_SET...\nserver:\n", "missing closing brace"),
    ("promtail", PROMTAIL, "regex: infrastructure", "regex: \"(\"", "missing closing ): `^(?s:()$`"),
    ("promtail", PROMTAIL, "- decolorize:", "- decolourise:", "Unknown stage type: decolourise"),
    (
        "alloy",
        ALLOY,
        "logging {",
        "nonsense \"x\" { }\n\nlogging {",
        "cannot find the definition of component name \"nonsense\"",
    ),
    ("alloy", ALLOY, "refresh_interval = \"5s\"", "refresh_interval = \"soon\"", "soon"),
    ("alloy", ALLOY, "regex         = \"ignore\"", "regex         = \"(\"", "missing closing )"),
    (
        "prometheus",
        PROMETHEUS,
        "global:\n",
        "nonsense: 1\nglobal:\n",
        "field nonsense not found in type config.plain",
    ),
    (
        "prometheus",
        PROMETHEUS,
        "scrape_interval: 15s",
        "scrape_interval: 15",
        "not a valid duration string: \"15\"",
    ),
    ("prometheus", PROMETHEUS, "  scrape_interval", "\tscrape_interval", "tab"),
    ("prometheus", PROMETHEUS, "regex: \"true;|;.+\"", "regex: \"(\"", "missing closing ): `^(?s:()$`"),
    ("prometheus", RULES, "for: 2m", "for: two", "not a valid duration string: \"two\""),
    ("prometheus", RULES, "        expr: ", "        expr: up{ or ", "could not parse expression"),
    (
        "alertmanager",
        ALERTMANAGER,
        "receiver: nobody",
        "receiver: somebody",
        "undefined receiver \"somebody\" used in route",
    ),
    (
        "alertmanager",
        ALERTMANAGER,
        "group_wait: 30s",
        "group_wait: 30",
        "not a valid duration string: \"30\"",
    ),
    (
        "alertmanager",
        ALERTMANAGER,
        "  group_by",
        "  nonsense: 1\n  group_by",
        "field nonsense not found in type config.plain",
    ),
    ("jaeger", JAEGER, "processors:\n", "nonsense: {}\nprocessors:\n", "has invalid keys: nonsense"),
    ("jaeger", JAEGER, "trace_storage: traces", "trace_storage: tracess", "storage 'tracess' not declared"),
    ("jaeger", JAEGER, "check_interval: 1s", "check_interval: soon", "time: invalid duration"),
    ("jaeger", JAEGER, "${env:JAEGER_MAX_TRACES:-4000}", "${env:JAEGER_MAX-TRACES}", "environment variable"),
    ("consul", CONSUL, "\"interval\": \"30s\"", "\"interval\": \"ten\"", "invalid duration"),
    (
        "consul",
        CONSUL,
        "\"port\": 3000",
        "\"port\": \"eighty\"",
        "expected type 'int', got unconvertible type 'string'",
    ),
    ("consul", AGENT, "\"/consul/data\"", "\"/consul/data", "literal not terminated"),
];

#[test]
fn what_its_program_would_refuse_is_refused_before_anything_is_started() {
    let stack = Stack::shipped("refused");
    stack.run(["validate"]).ok().says("loki");
    for (component, file, from, to, words) in FAULTS {
        let _edited = edit(&stack, file, from, to);
        let ran = refused(&stack, component).says(component).says(words);
        let place = ran.stderr.split_once(&format!("{file}:")).map(|(_, rest)| rest.split(':').next());
        let line: usize = place.flatten().and_then(|line| line.parse().ok()).unwrap_or_default();
        assert!(line > 0, "{to}: the place is missing: {ran}");
    }
}

#[test]
fn what_would_start_and_do_something_else_is_told_and_started() {
    let stack = Stack::shipped("suspect");
    let sources = "grafana/provisioning/datasources/datasources.yml";
    let _edited = edit(&stack, sources, "matcherRegex: trace_id", "matcherRegex: \"(?i)x\"");
    let words = "Invalid regular expression: /(?i)x/: Invalid group";
    stack.run(["validate", "grafana"]).ok().says(sources).says(words);
    stack.run(["plan", "grafana"]).ok().says(words);
    let up = stack.run(["up", "grafana"]).ok();
    assert!(format!("{}{}", up.stdout, up.stderr).contains(words), "{up}");
}

/// A stack of the user's own: Switchyard's own folder brings its files back when they are gone.
const OWN: &str = "
services:
  loki:
    image: grafana/loki:${LOKI_VERSION:-3.7.6}
    command: [-config.file=/etc/loki/own.yml, -config.expand-env=true]
    volumes: ['./loki:/etc/loki:ro']
    x-switchyard: { title: Loki, check: loki }
";

#[test]
fn a_file_that_is_missing_a_folder_or_closed_is_named() {
    let stack = Stack::of("file", OWN);
    let path = stack.folder.join("loki/own.yml");
    fs::create_dir(stack.folder.join("loki")).expect("a folder of ours");
    refused(&stack, "loki").says("loki/own.yml").says("does not exist");
    fs::create_dir(&path).expect("it is not there");
    refused(&stack, "loki").says("loki/own.yml").says("is a directory");
    fs::remove_dir(&path).expect("it is empty");
    stack.write("loki/own.yml", include_str!("../../assets/stack/loki/loki-config.yml"));
    stack.run(["validate", "loki"]).ok();
    // In the container another user reads it.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    refused(&stack, "loki").says("loki/own.yml").says("permission denied");
}

#[test]
fn what_runs_is_not_stopped_for_a_broken_file_and_others_start() {
    let stack = Stack::shipped("runs");
    stack.run(["up", "loki"]).ok();
    let before = stack.container("loki").id;
    let _edited = edit(&stack, LOKI, "auth_enabled: false", "nonsense: 1");
    stack.run(["restart", "loki"]).exits(3).says("nonsense");
    assert_eq!(stack.container("loki").id, before);
    stack.run(["status", "loki"]).ok();
    stack.run(["up", "consul"]).ok();
    let error = stack.run(["up", "loki", "--recreate", "--json"]).exits(3);
    assert_eq!(error.error_code(), "config-invalid");
    assert_eq!(stack.container("loki").id, before, "it was not replaced");
    let faults = stack.run(["validate", "loki", "--json"]).exits(3).json();
    assert_eq!((&faults[0]["file"], &faults[0]["fatal"]), (&LOKI.into(), &true.into()), "{faults}");
    stack.run(["doctor"]).exits(3).says(LOKI);
}

#[test]
fn a_dead_part_shows_in_the_component_it_belongs_to() {
    let stack = Stack::shipped("part");
    stack.run(["up", "promtail"]).ok();
    let proxy = stack.container("docker-proxy");
    docker(&["kill", &proxy.id]);
    stack.run(["status"]).exits(6).says("degraded").says("docker-proxy");
    stack.run(["health", "promtail"]).exits(6).says("docker-proxy");
    stack.run(["health", "docker-proxy"]).exits(6).says("not running");
    let promtail = stack.container("promtail").id;
    stack.run(["up", "promtail"]).ok();
    stack.run(["status"]).ok();
    assert_eq!(stack.container("promtail").id, promtail, "only its part was brought back");
}

#[test]
fn who_knows_better_starts_it_all_the_same_and_sees_what_the_program_says() {
    let stack = Stack::shipped("no-check");
    let _edited = edit(&stack, LOKI, "auth_enabled: false", "nonsense: 1");
    let ran = stack.run(["up", "loki", "--no-check"]).exits(1);
    ran.says("failed parsing config").says("field nonsense not found in type loki.ConfigWrapper");
}
