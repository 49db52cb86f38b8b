//! Hashes and resolved models, ours beside docker compose's.

use serde_json::Value;
use tests::{Stack, repository};

use crate::{differences, open, projects};

/// `service hash` lines of both, which must be the same.
///
/// But for services with an `env_file`: there docker compose hashes the file's name in `config --hash`, and what the file
/// says in the label of the container. We print the label's hash; `takeover` shows that it is the same.
fn hash_differences(name: &str, stack: &Stack) -> Vec<String> {
    let ours = stack.run(["config", "--hash", "*"]);
    let theirs = stack.compose(["config", "--hash", "*"]).ok();
    if ours.code != Some(0) {
        return vec![format!("{name}: {}", ours.stderr.trim())];
    }
    let sorted = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with("from-file "));
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let (ours, theirs) = (sorted(&ours.stdout), sorted(&theirs.stdout));
    let missing =
        theirs.iter().filter(|line| !ours.contains(line)).map(|line| format!("{name}: theirs {line}"));
    let surplus =
        ours.iter().filter(|line| !theirs.contains(line)).map(|line| format!("{name}: ours   {line}"));
    missing.chain(surplus).collect()
}

/// What we show otherwise on purpose.
fn is_intended(place: &str, ours: &Value, theirs: &Value) -> bool {
    let empty = |value: &Value| {
        value.is_null()
            || value.as_object().is_some_and(serde_json::Map::is_empty)
            || value.as_array().is_some_and(Vec::is_empty)
    };
    let last = place.rsplit('.').next().unwrap_or_default();
    // The newest docker compose writes `create_host_path` only where it is false, older ones only where it is true.
    // What is meant by it is in the hash.
    let create = last == "create_host_path" && [ours, theirs].iter().any(|it| it.is_null());
    let bind = last == "bind"
        && [ours, theirs]
            .iter()
            .all(|it| empty(it) || *it == &serde_json::json!({ "create_host_path": true }));
    // Docker compose leaves out what no service uses, and above it resources that are not there are nothing.
    let unused = theirs.is_null()
        && place.split('.').nth(1).is_some_and(|part| part == "networks" || part == "volumes");
    // Nothing and an empty thing are the same to every reader.
    create || bind || unused || (empty(ours) && empty(theirs))
}

fn model_differences(name: &str, stack: &Stack) -> Vec<String> {
    let ours = stack.run(["config", "--json", "--show-secrets"]);
    let theirs = stack.compose(["--profile", "*", "config", "--format", "json"]).ok();
    let Ok(ours) = serde_json::from_str::<Value>(&ours.stdout) else {
        return vec![format!("{name}: {ours}")];
    };
    let theirs: Value = serde_json::from_str(&theirs.stdout).expect("docker compose writes JSON");
    let mut found = Vec::new();
    differences(name, &ours, &theirs, &is_intended, &mut found);
    found
}

fn all(differences: impl Fn(&str, &Stack) -> Vec<String>) {
    let projects = projects();
    let mut found = Vec::new();
    for (name, path) in &projects {
        found.extend(differences(name, &open(name, path)));
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_hash_is_docker_composes() {
    all(hash_differences);
}

#[test]
fn every_resolved_model_is_docker_composes() {
    all(model_differences);
}

#[test]
fn the_shipped_stack_has_docker_composes_hashes_and_model() {
    let stack = Stack::shipped("compat-shipped");
    let mut found = hash_differences("shipped", &stack);
    found.extend(model_differences("shipped", &stack));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn hashes_of_chosen_services_are_printed_in_docker_composes_form() {
    let (_, path) = projects().into_iter().find(|(name, _)| name == "limits").expect("it is there");
    let stack = open("limits", &path);
    let ours = stack.run(["config", "--hash", "plain,deployed"]).ok();
    let theirs = stack.compose(["config", "--hash", "plain,deployed"]).ok();
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&ours.stdout), sorted(&theirs.stdout));
    stack.run(["config", "--hash", "plan"]).exits(2).says("Did you mean plain?");
}

/// `.env` files whose meaning docker compose has shown, in the same form as the vectors of crates/stack.
#[test]
fn env_files_mean_what_docker_compose_makes_of_them() {
    let vectors = std::fs::read_to_string(repository().join("crates/stack/tests/golden/dotenv.golden.jsonl"));
    let vectors = vectors.expect("the vectors are there");
    let good = vectors.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    // One project for each would take minutes; a dozen across the list shows that the two readers are wired alike.
    let chosen: Vec<Value> = good.filter(|vector| vector["out"].is_object()).step_by(7).take(12).collect();
    assert!(chosen.len() >= 8, "{chosen:?}");
    for vector in chosen {
        let text = vector["in"].as_str().expect("a vector has text");
        let keys: Vec<&String> = vector["out"].as_object().expect("it has a result").keys().collect();
        // Only plain names can be written as `${NAME}`.
        let plain =
            |key: &&&String| !key.is_empty() && key.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        let lines: Vec<String> =
            keys.iter().filter(plain).map(|key| format!("      V_{key}: \"${{{key}-unset}}\"")).collect();
        if lines.is_empty() {
            continue;
        }
        let compose = format!("services:\n  a:\n    image: x\n    environment:\n{}\n", lines.join("\n"));
        let stack = Stack::of("compat-dotenv", &compose);
        stack.write(".env", &format!("{text}\n"));
        let program = stack.switchyard(["config", "--json"]).run().ok();
        let ours: Value = serde_json::from_str(&program.stdout).expect("it is JSON");
        let theirs: Value =
            serde_json::from_str(&stack.compose(["config", "--format", "json"]).ok().stdout).expect("JSON");
        let environment = |value: &Value| value["services"]["a"]["environment"].clone();
        assert_eq!(environment(&ours), environment(&theirs), "{text:?}");
    }
}
