//! What may know what: dependencies point one way, and each library has one user.

use std::{fs, process::Command};

use serde_json::Value;
use tests::repository;

use crate::{File, files, none};

fn product_sources(of: &str) -> Vec<File> {
    let folder = format!("crates/{of}/src/");
    files().into_iter().filter(|file| file.path.starts_with(&folder) && file.extension() == "rs").collect()
}

/// Direct dependencies of each package of the workspace, as cargo sees them.
fn dependencies(kinds: &[Option<&str>]) -> Vec<(String, Vec<String>)> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(repository())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON");
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("there are packages");
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().into_iter().flatten();
        (name(package), all.filter(|it| kinds.contains(&it["kind"].as_str())).map(name).collect())
    };
    packages.iter().map(of).collect()
}

#[test]
fn each_library_has_one_user() {
    let mut findings = Vec::new();
    for (library, user) in
        [("bollard", "engine"), ("reqwest", "clients"), ("granit-parser", "stack"), ("clap", "cli")]
    {
        for (package, dependencies) in dependencies(&[None, Some("dev"), Some("build")]) {
            if package != user && dependencies.iter().any(|it| it == library) {
                findings.push(format!("{package} depends on {library}, which is {user}'s alone"));
            }
        }
        for file in files() {
            let mine = file.path.starts_with(&format!("crates/{user}/"));
            if file.path.starts_with("crates/") && file.extension() == "rs" && !mine {
                let named = file
                    .text
                    .lines()
                    .position(|line| line.contains(&format!("{}::", library.replace('-', "_"))));
                findings.extend(named.map(|line| format!("{}:{}: names {library}", file.path, line + 1)));
            }
        }
    }
    none(&findings, "only one crate may know a library");
}

#[test]
fn dependencies_point_one_way() {
    let allowed: [(&str, &[&str]); 7] = [
        ("stack", &[]),
        ("engine", &["stack"]),
        ("clients", &["stack"]),
        ("supervisor", &["stack", "engine", "clients"]),
        ("simulator", &["stack"]),
        ("cli", &["stack", "engine", "clients", "supervisor", "simulator"]),
        ("switchyard-app", &["supervisor"]),
    ];
    let ours: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
    let mut findings = Vec::new();
    for (package, dependencies) in dependencies(&[None]) {
        let Some((_, allowed)) = allowed.iter().find(|(name, _)| *name == package) else { continue };
        for dependency in dependencies.iter().filter(|it| ours.contains(&it.as_str())) {
            if !allowed.contains(&dependency.as_str()) {
                findings.push(format!("{package} depends on {dependency}"));
            }
        }
    }
    none(&findings, "ui → supervisor → engine, clients → stack");
}

#[test]
fn the_stack_crate_decides_and_does_nothing() {
    const ACTS: [&str; 9] = [
        "std::fs",
        "std::process",
        "std::env::",
        "std::thread",
        "tokio",
        "TcpStream",
        "UdpSocket",
        "Instant",
        "SystemTime",
    ];
    let mut findings = Vec::new();
    for file in product_sources("stack") {
        for (number, line) in file.product_lines().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for word in ACTS.iter().filter(|word| line.contains(*word)) {
                findings.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    none(&findings, "crates/stack has no IO, no clock and no runtime");
}

#[test]
fn every_crate_says_what_it_is_for() {
    let mut findings = Vec::new();
    for entry in fs::read_dir(repository().join("crates")).expect("there are crates").flatten() {
        let source = entry.path().join("src");
        let roots = ["lib.rs", "main.rs"].map(|name| source.join(name));
        let root = roots.into_iter().find(|path| path.exists());
        let text = root.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        if !text.starts_with("//! ") {
            findings.push(entry.path().display().to_string());
        }
    }
    for file in files() {
        let in_a_crate = file.path.starts_with("crates/") && file.path.contains("/src/");
        if in_a_crate && file.extension() == "rs" && !file.is_test() && !file.text.starts_with("//!") {
            findings.push(file.path);
        }
    }
    none(&findings, "a file begins with what it is for");
}

#[test]
fn nobody_unwraps_outside_of_tests() {
    let mut findings = Vec::new();
    for file in files().iter().filter(|file| file.path.starts_with("crates/") && file.path.contains("/src/"))
    {
        if file.extension() != "rs" || file.is_test() {
            continue;
        }
        for (number, line) in file.product_lines() {
            if line.contains(".unwrap()") || line.contains("panic!(") {
                findings.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    none(&findings, "a user must never see a panic");
}
