//! Files that Consul refused and what it said.

use std::collections::BTreeMap;

use super::{printed, seed};
use crate::{Complaint, Files, Invocation, Program, ReadError, Stage, check, files::Texts};

fn complaints_of(files: &dyn Files, arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Complaint> {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let environment: BTreeMap<String, String> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    check(&Invocation {
        program: Program::Consul,
        version: None,
        arguments: &arguments,
        environment: &environment,
        files,
    })
}

/// What `consul validate` prints after `Config validation failed: `, and the place.
fn validated(path: &str, text: &str) -> Option<(String, String)> {
    let found = complaints_of(&Texts::one(path, text), &["validate", path], &[]);
    found.first().map(|first| (format!("{}:{}", first.line, first.column), printed(first)))
}

#[test]
fn what_consul_refuses_is_refused_in_its_words() {
    let data = "\"data_dir\":\"/consul/data\"";
    let services = |services: &str| format!("{{{data},\"services\":[{services}]}}");
    for (path, text, place, words) in [
        (
            "/c/unknown.hcl",
            "data_dir = \"/consul/data\"\nnonsense = 1".to_owned(),
            "2:1",
            "failed to parse /c/unknown.hcl: 1 error occurred:\n\t* invalid config key nonsense\n\n",
        ),
        (
            "/c/syntax.json",
            "{\"services\": [ {\"name\": \"a\", } ]".to_owned(),
            "1:30",
            "failed to parse /c/syntax.json: invalid character '}' looking for beginning of object key string",
        ),
        (
            "/c/syntax.hcl",
            "data_dir = \"/consul/data".to_owned(),
            "1:25",
            "failed to parse /c/syntax.hcl: At 1:25: literal not terminated",
        ),
        (
            "/c/duration.json",
            services("{\"name\":\"a\",\"checks\":[{\"http\":\"http://x/\",\"interval\":\"ten\"}]}"),
            "1:93",
            "1 error occurred:\n\t* check[].interval: invalid duration: \"ten\": time: invalid duration \"ten\"\n\n",
        ),
        (
            "/c/kv.json",
            "{\"version\":1,\"keys\":{\"a\":\"b\"}}".to_owned(),
            "1:12",
            "failed to parse /c/kv.json: decoding failed due to the following error(s):\n\n'version' expected type 'string', got unconvertible type 'float64'",
        ),
        ("/c/nodata.hcl", "server = true".to_owned(), "0:0", "data_dir cannot be empty"),
        (
            "/c/noint.json",
            services("{\"name\":\"a\",\"checks\":[{\"http\":\"http://x/\"}]}"),
            "1:62",
            "service \"a\": check \"\": Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks",
        ),
        (
            "/c/type.json",
            services("{\"name\":\"a\",\"port\":\"eighty\"}"),
            "1:59",
            "failed to parse /c/type.json: decoding failed due to the following error(s):\n\n'services[0].port' expected type 'int', got unconvertible type 'string'",
        ),
    ] {
        assert_eq!(validated(path, &text), Some((place.to_owned(), words.to_owned())), "{text}");
    }
}

#[test]
fn what_consul_takes_is_taken() {
    let data = "\"data_dir\":\"/consul/data\"";
    for (path, text) in [
        ("/c/good.hcl", "data_dir = \"/consul/data\"".to_owned()),
        ("/c/dup.json", format!("{{{data},\"services\":[{{\"id\":\"a\",\"name\":\"a\"}},{{\"id\":\"a\",\"name\":\"b\"}}]}}")),
        ("/c/badname.json", format!("{{{data},\"services\":[{{\"name\":\"a b_c\"}}]}}")),
        (
            "/c/blocks.hcl",
            "Data_Dir = \"/d\"\nservices { name = \"a\" check { id = \"x\" ttl = \"10s\" } }\nservices { name = \"b\" check { tcp = \"x:1\" interval = \"5s\" } }\ntelemetry { disable_hostname = true }\nports { http = 8500 }\nlimits { rpc_rate = 1 }\n".to_owned(),
        ),
        ("/c/alias.json", format!("{{{data},\"checks\":[{{\"args\":[\"/x\"],\"interval\":\"5s\",\"tlsskipverify\":true}}]}}")),
    ] {
        assert_eq!(validated(path, &text), None, "{text}");
    }
}

#[test]
fn rules_of_single_settings_are_told_where_they_are_broken() {
    let hcl = |text: &str| {
        let text = format!("data_dir = \"/d\"\n{text}\n");
        let found = complaints_of(&Texts::one("/c/a.hcl", text), &["validate", "/c/a.hcl"], &[]);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for (text, words) in [
        (
            "telemetry { prometheus_retention_time = \"60\" }",
            "2:41: prometheus_retention_time: invalid duration: \"60\": time: missing unit in duration \"60\"",
        ),
        (
            "performance { raft_multiplier = \"one\" }",
            "2:33: 'performance.raft_multiplier' expected type 'int', got unconvertible type 'string'",
        ),
        (
            "performance { raft_multiplyer = 1 }",
            "2:15: invalid config key performance.raft_multiplyer (did you mean raft_multiplier?)",
        ),
        ("server = \"yes\"", "2:10: 'server' expected type 'bool', got unconvertible type 'string'"),
        (
            "datacenter = \"DC 1\"",
            "2:14: datacenter can only contain lowercase alphanumeric, - or _ characters. received: \"DC 1\"",
        ),
        ("bootstrap_expect = 1", "2:20: 'bootstrap_expect > 0' requires 'server = true'"),
        (
            "log_level = \"loud\"",
            "2:13: Invalid log level: loud. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]",
        ),
        (
            "recursors = { a = 1 }\nrecursors = { a = 2 }",
            "2:13: 'recursors[0]' expected type 'string', got unconvertible type 'map[string]interface {}'",
        ),
        ("check { name = \"x\" }", "2:7: check \"x\": TTL must be > 0 for TTL checks"),
        (
            "check { http = \"x\" interval = \"5s\" ttl = \"5s\" }",
            "2:31: check \"\": Interval and TTL cannot both be specified",
        ),
        (
            "service { name = \"a\" meta { \"a b\" = \"c\" } }",
            "2:29: invalid meta for service a: Couldn't load metadata pair ('a b', 'c'): Key contains invalid characters",
        ),
        (
            "service { name = \"a\" weights { passing = 0 } }",
            "2:42: Invalid weight definition for service a: Passing must be greater than 0",
        ),
    ] {
        assert_eq!(
            hcl(text).first().map(String::as_str),
            Some(format!("/c/a.hcl:{words}").as_str()),
            "{text}"
        );
    }
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
fn files_that_cannot_be_read_are_told_in_whole() {
    let words = |files: &dyn Files, arguments: &[&str]| {
        complaints_of(files, arguments, &[]).first().map(printed).unwrap_or_default()
    };
    let none = Texts::default();
    let absent = "config: Open failed on /c/absent.hcl. open /c/absent.hcl: no such file or directory";
    assert_eq!(words(&none, &["validate", "/c/absent.hcl"]), absent);
    assert_eq!(words(&none, &["agent", "-config-file=/c/absent.hcl"]), absent);
    assert_eq!(words(&none, &["validate"]), "Must specify at least one config file or directory");
    assert_eq!(
        words(&Denied, &["validate", "/c/a.hcl"]),
        "config: Open failed on /c/a.hcl. open /c/a.hcl: permission denied"
    );
    assert_eq!(
        words(&Texts::one("/c/a.conf", "x"), &["agent", "-config-file", "/c/a.conf"]),
        "file /c/a.conf has unknown extension; must be .hcl or .json, or config format must be set"
    );
    // A folder in a file's place is read as a folder.
    let folder = Texts::one("/c/kv.json", "{\"version\":1,\"keys\":{\"a\":\"b\"}}").and("/c/notes.txt", "x");
    assert_eq!(
        words(&folder, &["agent", "-config-dir=/c"]),
        "failed to parse /c/kv.json: decoding failed due to the following error(s):\n\n'version' expected type 'string', got unconvertible type 'float64'"
    );
}

#[test]
fn flags_are_looked_at_too() {
    let words = |arguments: &[&str]| {
        complaints_of(&Texts::default(), arguments, &[]).iter().map(printed).collect::<Vec<_>>()
    };
    assert_eq!(words(&["agent", "-nonsense"]), ["flag provided but not defined: -nonsense"]);
    assert_eq!(words(&["agent", "-node"]), ["flag needs an argument: -node"]);
    assert_eq!(
        words(&["agent", "-bootstrap-expect=one"]),
        ["invalid value \"one\" for flag -bootstrap-expect: strconv.Atoi: parsing \"one\": invalid syntax"]
    );
    assert_eq!(
        words(&["agent", "-server", "-ui", "-bootstrap-expect=1", "-log-level=info", "-node", "n"]),
        [""; 0]
    );
    assert_eq!(words(&["agent", "-bootstrap-expect=1"]), ["'bootstrap_expect > 0' requires 'server = true'"]);
    assert_eq!(words(&["agent", "-server", "-hcl", "nonsense = 1"]).len(), 1);
    assert_eq!(words(&["version"]), [""; 0]);
}

#[test]
fn the_variable_of_the_image_is_configuration_too() {
    let told = |value: &str| {
        let found =
            complaints_of(&Texts::default(), &["agent", "-server"], &[("CONSUL_LOCAL_CONFIG", value)]);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(told(""), [""; 0]);
    assert_eq!(told("{\"retry_join_wan\": [\"10.0.0.1\"]}"), [""; 0]);
    assert_eq!(
        told("{\"retry_join_wan\": }"),
        ["CONSUL_LOCAL_CONFIG:1:20: invalid character '}' looking for beginning of value"]
    );
    assert_eq!(
        told("{\"retry_join_wn\": []}"),
        ["CONSUL_LOCAL_CONFIG:1:2: invalid config key retry_join_wn (did you mean retry_join_wan?)"]
    );
}

#[test]
fn at_another_version_a_key_that_is_not_known_is_no_fault() {
    let arguments = ["agent".to_owned(), "-config-file=/c/a.hcl".to_owned()];
    let found = check(&Invocation {
        program: Program::Consul,
        version: Some("1.22.7"),
        arguments: &arguments,
        environment: &BTreeMap::new(),
        files: &Texts::one("/c/a.hcl", "newest = 1"),
    });
    assert_eq!(found.iter().map(|it| it.stage).collect::<Vec<_>>(), [Stage::Accepted]);
}

fn shipped(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/stack/consul/config");
    std::fs::read_to_string(format!("{folder}/{name}")).expect("a shipped file")
}

#[test]
fn the_shipped_files_are_accepted() {
    let files = Texts::one("/consul/rwa/agent.hcl", shipped("agent.hcl"))
        .and("/consul/rwa/services.json", shipped("services.json"));
    let paths = ["/consul/rwa/agent.hcl", "/consul/rwa/services.json"];
    assert_eq!(complaints_of(&files, &["validate", paths[0], paths[1]], &[]), []);
    let agent = [
        "agent",
        "-server",
        "-bootstrap-expect=1",
        "-config-file=/consul/rwa/agent.hcl",
        "-config-file=/consul/rwa/services.json",
        "-datacenter=dc1",
    ];
    assert_eq!(complaints_of(&files, &agent, &[("CONSUL_LOCAL_CONFIG", "")]), []);
    assert_eq!(seed("kv-defaults.json", &shipped("kv-defaults.json")), []);
}

#[test]
fn keys_that_consul_would_not_take_are_told() {
    let told = |text: &str| seed("kv.json", text).iter().map(ToString::to_string).collect::<Vec<_>>();
    for (text, words) in [
        ("{\"version\": 1, \"keys\": {\"a\": 1}}", "kv.json:1:30: the value of \"a\" is a text, got int"),
        (
            "{\"version\": 1, \"keys\": {\" a\": \"\"}}",
            "kv.json:1:25: invalid key name, leading/trailing spaces are not allowed: \" a\"",
        ),
        (
            "{\"version\": 1, \"keys\": {\"a/../b\": \"\"}}",
            "kv.json:1:25: invalid key name, path traversal is not allowed: \"a/../b\"",
        ),
        (
            "{\"version\": 1, \"keys\": {\"/a\": \"\"}}",
            "kv.json:1:25: invalid key name, a leading slash is not allowed: \"/a\"",
        ),
        ("{\"version\": 1, \"keys\": {\"\": \"\"}}", "kv.json:1:25: Missing key name: \"\""),
        ("{\"version\": \"1\", \"keys\": {}}", "kv.json:1:13: the version is a whole number"),
        ("{\"version\": 1}", "kv.json:1:1: missing field \"keys\""),
        ("{\"version\": 1, \"keys\": {}, \"kys\": 1}", "kv.json:1:28: unknown field \"kys\""),
        (
            "{\"version\": 1,}",
            "kv.json:1:15: invalid character '}' looking for beginning of object key string",
        ),
        ("[]", "kv.json:1:1: expected an object with version and keys, got slice"),
    ] {
        assert_eq!(told(text), [words], "{text}");
    }
    let large = format!("{{\"version\": 1, \"keys\": {{\"a\": \"{}\"}}}}", "x".repeat((512 << 10) + 1));
    assert_eq!(told(&large), ["kv.json:1:30: Request body(524289 bytes) too large, max size: 524288 bytes"]);
}
