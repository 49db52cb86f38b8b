//! Configurations that the real programs refuse, and commands that check them: words and exit codes.

use std::fs;
use std::process::Output;

use crate::compare::loose;
use crate::program::{Folder, command, unheard};
use crate::{assert_command, commands, recording};

/// A shipped file of the stack.
fn shipped(path: &str) -> String {
    let path = format!("{}/../../../assets/stack/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// With something else in the place of a part that must be there.
fn with(text: &str, part: &str, other: &str) -> String {
    assert!(text.contains(part), "{part:?} is not in the shipped file");
    text.replacen(part, other, 1)
}

/// Runs in a folder that the recordings call `/p/` or `/j/`.
fn run(folder: &Folder, called: &str, program: &str, arguments: &[&str]) -> Output {
    let here = format!("{}/", folder.path().display());
    let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace(called, &here)).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut output = command(program, "127.0.0.1", &arguments).output().expect("it runs");
    let there = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&here, called).into_bytes();
    output.stdout = there(&output.stdout);
    output.stderr = there(&output.stderr);
    output
}

/// Each command of a recording that names a file of the list, in the words of its own line.
fn as_recorded(folder: &Folder, called: &str, program: &str, recorded: &str, files: &[(&str, String)]) {
    for (name, text) in files {
        folder.file(name, text);
    }
    let mut played = Vec::new();
    for part in commands(recorded) {
        let line =
            part.lines().find(|line| !line.starts_with("# ")).expect("a command").trim_start_matches("$ ");
        let bare = line.split("   #").next().unwrap_or(line);
        let arguments: Vec<&str> = bare.split(' ').skip(1).collect();
        let named =
            files.iter().find(|(name, _)| arguments.iter().any(|word| word.ends_with(&format!("/{name}"))));
        let name = match named {
            Some((name, _)) => name,
            None if bare.contains("/absent.") => "absent",
            None => panic!("no file for {bare}"),
        };
        played.push(name);
        let output = run(folder, called, program, &arguments);
        let body = part.split_once('\n').map_or("", |(_, body)| body);
        assert_command(body, &output);
    }
    assert!(!played.is_empty());
}

#[test]
fn loki_refuses_what_the_real_one_refuses() {
    let folder = Folder::new();
    let good = shipped("loki/loki-config.yml");
    let broken = with(&good, "compactor:\n", "compactor:\n    deeper: 1\n");
    let files = [
        ("good.yml", good.clone()),
        ("unknown-field.yml", with(&good, "auth_enabled: false\n", "auth_enabled: false\nnonsense: 1\n")),
        ("unknown-limit.yml", with(&good, "limits_config:\n", "limits_config:\n  nonsense: 1\n")),
        ("yaml.yml", broken),
        ("tab.yml", with(&good, "server:\n", "server:\n\thttp_listen_port: 3100\n")),
        ("expand-comment.yml", format!("# ${{...}} in a comment\n{good}")),
        ("expand-comment2.yml", format!("# ${{NOT_SET}} in a comment\n{good}")),
        ("no-retention-store.yml", with(&good, "  delete_request_store: filesystem\n", "")),
        ("schema12.yml", with(&good, "schema: v13", "schema: v12")),
        ("duration.yml", with(&good, "min_ready_duration: 1s", "min_ready_duration: soon")),
        ("period.yml", with(&good, "period: 24h", "period: 48h")),
        ("retention-short.yml", with(&good, "${LOKI_RETENTION:-168h}", "1h")),
    ];
    let bad = recording::text("loki", "verify-config-bad.txt");
    as_recorded(&folder, "/p/", "loki", &bad, &files);
    // Without the variables replaced it would stumble over them first.
    let plain: Vec<(&str, String)> =
        files.iter().map(|(name, text)| (*name, text.replace("${LOKI_RETENTION:-168h}", "168h"))).collect();
    as_recorded(&folder, "/p/", "loki", &recording::text("loki", "start-bad-config.txt"), &plain);
    let output = run(
        &folder,
        "/p/",
        "loki",
        &["-config.file=/p/good.yml", "-config.expand-env=true", "-verify-config"],
    );
    let recorded = recording::text("loki", "verify-config-good.txt");
    assert_command(recorded.split_once("-verify-config\n").map_or("", |(_, body)| body), &output);
}

#[test]
fn promtail_refuses_what_the_real_one_refuses_and_its_check_passes_what_only_a_start_finds() {
    let folder = Folder::new();
    let with_stages = |stages: &str| {
        format!(
            "server: {{ http_listen_port: 9080 }}\nclients:\n  - url: http://loki:3100/loki/api/v1/push\n\
             scrape_configs:\n  - job_name: a\n    static_configs:\n      - targets: [localhost]\n        \
             labels: {{ job: a, __path__: /nothing }}\n    pipeline_stages:\n{stages}"
        )
    };
    let good = with_stages("      - decolorize:\n");
    let files = [
        ("good.yml", good.clone()),
        ("unknown-field.yml", with(&good, "clients:\n", "nonsense: 1\nclients:\n")),
        ("yaml.yml", with(&good, "clients:\n", "clients:\n  -\n deeper: 1\n")),
        ("expand-comment.yml", format!("# ${{NOT_SET...}} in a comment\n{good}")),
        ("expand-comment2.yml", format!("# ${{...}} in a comment\n{good}")),
        ("stage.yml", with_stages("      - nonsense: {}\n")),
        ("regex.yml", with_stages("      - regex: { expression: \"(\" }\n")),
        ("template.yml", with_stages("      - template: { source: a, template: \"{{ .Value\" }\n")),
        ("noclient.yml", with(&good, "clients:\n  - url: http://loki:3100/loki/api/v1/push\n", "")),
    ];
    for name in ["check-syntax-bad.txt", "start-bad-config.txt"] {
        as_recorded(&folder, "/p/", "promtail", &recording::text("promtail", name), &files);
    }
    folder.file("promtail-config.yml", &shipped("loki/promtail-config.yml"));
    let arguments = ["-config.file=/p/promtail-config.yml", "-config.expand-env=true", "-check-syntax"];
    let recorded = recording::text("promtail", "check-syntax-good.txt");
    let output = run(&folder, "/p/", "promtail", &arguments);
    assert_command(recorded.split_once("-check-syntax\n").map_or("", |(_, body)| body), &output);
}

#[test]
fn alloy_refuses_what_the_real_one_refuses() {
    let folder = Folder::new();
    let texts = [
        ("good.alloy", "logging {\n\tlevel = \"info\"\n}\n"),
        ("unknown-block.alloy", "nonsense \"x\" { }\n"),
        ("unknown-attr.alloy", "logging {\n\tnonsense = 1\n}\n"),
        ("syntax.alloy", "logging {\n\tlevel = \n"),
        ("ref.alloy", "loki.process \"a\" {\n\tforward_to = [loki.write.nothing.receiver]\n}\n"),
        ("type.alloy", "logging {\n\tlevel = 5\n}\n"),
        ("missing.alloy", "loki.process \"a\" { }\n"),
        (
            "regex.alloy",
            "loki.process \"a\" {\n\tforward_to = []\n\n\tstage.regex {\n\t\texpression = \"(\"\n\t}\n}\n",
        ),
        (
            "dup.alloy",
            "loki.process \"a\" {\n\tforward_to = []\n}\n\nloki.process \"a\" {\n\tforward_to = []\n}\n",
        ),
        ("url.alloy", "loki.write \"a\" {\n\tendpoint {\n\t\turl = \"loki:3100\"\n\t}\n}\n"),
        ("fmt.alloy", "logging {\nlevel=\"info\"\n     }\n"),
    ];
    let files = texts.map(|(name, text)| (name, text.to_owned()));
    for name in ["validate-bad.txt", "start-bad-config.txt", "fmt.txt"] {
        as_recorded(&folder, "/p/", "alloy", &recording::text("alloy", name), &files);
    }
    folder.file("config.alloy", &shipped("alloy/config.alloy"));
    let output = run(&folder, "/p/", "alloy", &["validate", "/p/config.alloy"]);
    let recorded = recording::text("alloy", "validate-good.txt");
    assert_command(recorded.split_once("config.alloy\n").map_or("", |(_, body)| body), &output);
    // What the check passes is refused by the start.
    let started = run(&folder, "/p/", "alloy", &["run", "/p/regex.alloy"]);
    assert_eq!(started.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&started.stderr).contains("missing closing )"));
}

#[test]
fn jaeger_refuses_what_the_real_one_refuses() {
    let folder = Folder::new();
    let good = "service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
receivers:
  otlp: { protocols: { http: { endpoint: 127.0.0.1:4318 } } }
exporters:
  jaeger_storage_exporter: { trace_storage: a }
extensions:
  jaeger_storage: { backends: { a: { memory: { max_traces: 10 } } } }
  jaeger_query: { storage: { traces: a } }
";
    let files = [
        ("good.yml", good.to_owned()),
        ("unknown-key.yml", format!("{good}nonsense: 1\n")),
        ("unknown-field.yml", with(good, "max_traces: 10", "max_traces: 10, nonsense: 1")),
        ("unknown-component.yml", with(good, "receivers: [otlp]", "receivers: [otlp, nonsense]")),
        ("unknown-type.yml", with(good, "receivers:\n", "receivers:\n  nonsense: {}\n")),
        ("yaml.yml", with(good, "exporters:\n", "exporters:\n    deeper: 1\n")),
        ("type.yml", with(good, "max_traces: 10", "max_traces: ten")),
        ("no-storage.yml", with(good, "max_traces: 10", "max_traces: -1")),
        ("storage-name.yml", with(good, "trace_storage: a", "trace_storage: b")),
        ("env.yml", with(good, "max_traces: 10", "max_traces: ${env:NOT_SET}")),
    ];
    as_recorded(&folder, "/j/", "jaeger-linux", &recording::text("jaeger", "validate-bad.txt"), &files);
    let starts = recording::text("jaeger", "start-bad-config.txt");
    let (unknown, name) = starts.split_once("\n\n$ ").expect("two starts");
    as_recorded(&folder, "/j/", "jaeger-linux", unknown, &files);
    // Its log of the way there is longer.
    let output = run(&folder, "/j/", "jaeger-linux", &["--config", "/j/storage-name.yml"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = |text: &str| {
        text.lines().filter(|line| line.contains("cannot start pipelines")).map(loose).collect::<Vec<_>>()
    };
    assert_eq!(last(&said), last(name), "{said}");
    assert_eq!(unheard(&said, &[name.to_owned()]), [""; 0]);

    folder.file("config.yml", &shipped("jaeger/config.yml").replace("/etc/jaeger/ui.json", "/j/ui.json"));
    folder.file("ui.json", &shipped("jaeger/ui.json"));
    let output = run(&folder, "/j/", "jaeger-linux", &["validate", "--config", "/j/config.yml"]);
    let recorded = recording::text("jaeger", "validate-good.txt");
    assert_command(recorded.split_once("config.yml\n").map_or("", |(_, body)| body), &output);
}
