//! What compose's own library makes of the same files.

use std::{collections::BTreeMap, io, path::PathBuf};

use expect_test::{Expect, expect};
use stack::compose::{
    ByteSize, GoDuration, LoadInput, LoadWarning, SourceFile, environment,
    hash::{network_hash, service_hash, service_json, volume_hash},
    load, ports, split_command,
};

use crate::{golden_lines, load_files, load_reading, variables};

pub(crate) fn obs() -> stack::compose::Project {
    let dotenv =
        SourceFile { path: PathBuf::from(".env"), text: include_str!("../golden/obs/.env").to_owned() };
    let env = environment(&variables(&[("FROM_HOST", "1")]), &[dotenv]).unwrap();
    load(LoadInput {
        files: vec![SourceFile {
            path: PathBuf::from("/srv/obs/compose.yaml"),
            text: include_str!("../golden/obs/compose.yaml").to_owned(),
        }],
        working_dir: PathBuf::from("/srv/obs"),
        project_name: None,
        env,
        home: None,
        read: &|_| Err(io::Error::from(io::ErrorKind::NotFound)),
    })
    .unwrap()
}

#[test]
fn hashes_are_those_of_compose() {
    let project = obs();
    let mut lines = include_str!("../golden/obs.hash.golden.txt").lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        count += 1;
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words.as_slice() {
            ["network", key, hash, _] => assert_eq!(network_hash(&project.networks[*key]), *hash, "{key}"),
            ["volume", key, hash, _] => assert_eq!(volume_hash(&project.volumes[*key]), *hash, "{key}"),
            [name, hash] => {
                let service = &project.services[*name];
                assert_eq!(service_json(service), lines.next().unwrap().trim_start(), "{name}");
                assert_eq!(service_hash(service), *hash, "{name}");
            }
            _ => panic!("{line}"),
        }
    }
    assert_eq!(count, 9);
}

#[test]
fn ports_are_those_of_compose() {
    let mut count = 0;
    for line in golden_lines(include_str!("../golden/ports.golden.jsonl")) {
        count += 1;
        let text = line["in"].as_str().unwrap();
        let result = ports::parse(text);
        match line.get("err") {
            Some(error) => assert_eq!(result.unwrap_err().to_string(), error.as_str().unwrap(), "{text}"),
            None => assert_eq!(serde_json::to_value(result.unwrap()).unwrap(), line["out"], "{text}"),
        }
    }
    assert_eq!(count, 34);
}

/// Services and their JSON as compose-go 2.12.1 hashes it, for a file with every key of the model in
/// every form (made with compose's library, see `golden/forms/README.md`).
#[test]
fn every_form_of_every_key_hashes_as_in_compose() {
    for name in ["forms", "merged", "unset"] {
        check_against_compose(name);
    }
}

fn check_against_compose(name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/forms");
    let text = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let mut files = vec![format!("{name}.yaml")];
    if name == "merged" {
        files.push("merged.override.yaml".to_owned());
    }
    let files =
        files.into_iter().map(|file| SourceFile { text: text(folder.join(&file)), path: file.into() });
    let project = load(LoadInput {
        files: files.collect(),
        working_dir: PathBuf::from("/tmp/forms"),
        project_name: Some("forms".to_owned()),
        env: variables(&[("FROM_HOST", "1"), ("N", "7"), ("YES", "true"), ("HOME", "/home/me")]),
        home: Some(PathBuf::from("/home/me")),
        read: &|path| std::fs::read_to_string(folder.join(path.strip_prefix("/tmp/forms").unwrap())),
    })
    .unwrap_or_else(|errors| panic!("{name}:\n{errors}"));
    let golden = text(folder.join(format!("{name}.hash.txt")));
    let mut expected: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut lines = golden.lines();
    while let Some(line) = lines.next() {
        let (key, hash) = line.rsplit_once(' ').unwrap();
        expected.insert(key, (hash, lines.next().unwrap().trim_start()));
    }
    let mut count = 0;
    for (key, service) in &project.services {
        assert_eq!(service_json(service), expected[key.as_str()].1, "{name}: {key}");
        assert_eq!(service_hash(service), expected[key.as_str()].0, "{name}: {key}");
        count += 1;
    }
    for (key, network) in &project.networks {
        let (hash, json) = expected[format!("network {key}").as_str()];
        assert_eq!(network_hash(network), hash, "{name}: network {key} {json}");
        count += 1;
    }
    for (key, volume) in &project.volumes {
        let (hash, json) = expected[format!("volume {key}").as_str()];
        assert_eq!(volume_hash(volume), hash, "{name}: volume {key} {json}");
        count += 1;
    }
    assert_eq!(count, expected.len(), "{name}: {:?}", expected.keys());
}

fn check_split(line: &str, expect: &Expect) {
    expect.assert_eq(&split_command(line).map_or("error".to_owned(), |words| format!("{words:?}")));
}

#[test]
fn command_lines_split_as_in_compose() {
    check_split("agent -dev  -client=0.0.0.0", &expect![[r#"["agent", "-dev", "-client=0.0.0.0"]"#]]);
    check_split(r#"sh -c "echo 'a b'" '' x\ y"#, &expect![[r#"["sh", "-c", "echo 'a b'", "", "x y"]"#]]);
    check_split("a && b", &expect![[r#"["a"]"#]]);
    check_split("a 2>b", &expect![[r#"["a"]"#]]);
    check_split("a $(b c) d", &expect![[r#"["a", "$(b c)", "d"]"#]]);
    check_split("a \"b", &expect!["error"]);
    check_split("a (b)", &expect!["error"]);
    check_split("", &expect!["[]"]);
}

#[test]
fn the_name_comes_from_the_first_that_has_one() {
    let name = |asked: Option<&str>, env: &[(&str, &str)], text: &str, folder: &str| {
        let result = load(LoadInput {
            files: vec![SourceFile { path: "c.yml".into(), text: text.to_owned() }],
            working_dir: folder.into(),
            project_name: asked.map(str::to_owned),
            env: variables(env),
            home: None,
            read: &|_| Err(io::Error::from(io::ErrorKind::NotFound)),
        });
        match result {
            Ok(project) => format!("{} {}", project.name, project.services["a"].image),
            Err(errors) => errors.to_string(),
        }
    };
    let plain = "services: {a: {image: \"i:$COMPOSE_PROJECT_NAME\"}}\n";
    let named = format!("name: ${{X:-in file}}\n{plain}");
    let from_env = [("COMPOSE_PROJECT_NAME", "env")];
    assert_eq!(name(Some("asked"), &from_env, &named, "/f/Folder"), "asked i:asked");
    assert_eq!(name(None, &from_env, &named, "/f/Folder"), "env i:env");
    assert_eq!(name(None, &[], &named, "/f/Folder"), "infile i:infile");
    assert_eq!(name(None, &[], plain, "/f/_My Folder.1"), "myfolder1 i:myfolder1");
    expect![[r#""My App" cannot be a project name: it has lower-case letters, digits, dashes and underscores only, and begins with a letter or digit; myapp would do"#]]
        .assert_eq(&name(Some("My App"), &[], plain, "/f"));
    expect!["the folder / gives no project name; add name: to the compose file or set COMPOSE_PROJECT_NAME"]
        .assert_eq(&name(None, &[], plain, "/"));
}

#[test]
fn warnings_do_not_stop_the_loading() {
    let text = "version: '3'\nservices:\n  a:\n    image: a$UNSET\n    volumes: ['d:/data']\n";
    let project = load_files(&[("c.yml", text)], &[]).unwrap();
    assert_eq!(
        project.warnings,
        [
            LoadWarning::UnsetVariable { name: "UNSET".to_owned() },
            LoadWarning::DriveLikeVolume { volume: "d:/data".to_owned() },
            LoadWarning::Obsolete { key: "version".to_owned() },
        ]
    );
}

#[test]
fn env_files_stand_below_environment() {
    let text = "
services:
  a:
    image: a
    env_file: [one.env, {path: two.env, required: true}, {path: gone.env, required: false}, {path: raw.env, format: raw}]
    environment: {A: own, EMPTY: , FROM: }
";
    let read = |path: &std::path::Path| match path.to_str().unwrap() {
        "/srv/p/one.env" => Ok("A=one\nB=one\nC=one\nEMPTY=one\n".to_owned()),
        "/srv/p/two.env" => Ok("B=two\nD=$A $C $FROM $P\n".to_owned()),
        "/srv/p/raw.env" => Ok("R=\"$A\" # x\n# comment\nP\n".to_owned()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    let project = load_reading(&[("c.yml", text)], &[("FROM", "host"), ("P", "project")], &read).unwrap();
    let shown: Vec<String> =
        project.services["a"].environment.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
    expect![[r#"
        A=Some("own")
        B=Some("two")
        C=Some("one")
        D=Some("own one host project")
        EMPTY=None
        FROM=Some("host")
        P=Some("project")
        R=Some("\"$A\" # x")"#]]
    .assert_eq(&shown.join("\n"));
}

#[test]
fn durations_read_and_write_as_in_go() {
    let show = |text: &str| match GoDuration::parse(text) {
        Ok(duration) => duration.to_string(),
        Err(error) => error.to_string(),
    };
    for (text, shown) in [
        ("0", "0s"),
        ("90s", "1m30s"),
        ("1h", "1h0m0s"),
        ("1w2d", "216h0m0s"),
        ("1.5h", "1h30m0s"),
        (".5s", "500ms"),
        ("1.000000001s", "1.000000001s"),
        ("1500us", "1.5ms"),
        ("1500ns", "1.5µs"),
        ("3ns", "3ns"),
        ("1m1m", "2m0s"),
        ("+1s", "1s"),
        ("", "\"\" is not a duration; write for example 30s, 1m30s or 2h"),
        ("1 s", "\"1 s\" is not a duration; write for example 30s, 1m30s or 2h"),
        ("-1s", "\"-1s\" is not a duration; write for example 30s, 1m30s or 2h"),
        (".s", "\".s\" is not a duration; write for example 30s, 1m30s or 2h"),
        ("s", "\"s\" is not a duration; write for example 30s, 1m30s or 2h"),
        ("1s2", "\"1s2\" is not a duration; write for example 30s, 1m30s or 2h"),
        ("10", "the duration \"10\" has no unit; write for example 10s"),
        ("20000w", "the duration \"20000w\" is too long"),
        ("99999999999999999999s", "the duration \"99999999999999999999s\" is too long"),
    ] {
        assert_eq!(show(text), shown, "{text}");
    }
}

#[test]
fn sizes_read_as_in_go() {
    let read = |text: &str| ByteSize::parse(text).ok().map(ByteSize::bytes);
    for (text, bytes) in [
        ("512m", Some(512 << 20)),
        ("1gb", Some(1 << 30)),
        ("1.5g", Some(3 << 29)),
        ("2GiB", Some(2 << 30)),
        ("64 k", Some(64 << 10)),
        ("1b", Some(1)),
        ("7", Some(7)),
        ("-1", Some(-1)),
        ("1p", Some(1 << 50)),
        ("", None),
        ("m", None),
        ("1x", None),
        ("1mm", None),
        ("1bb", None),
        ("1.2.3m", None),
        ("-1m", None),
        ("1e3m", None),
        ("99999p", None),
        ("infm", None),
    ] {
        assert_eq!(read(text), bytes, "{text}");
    }
}
