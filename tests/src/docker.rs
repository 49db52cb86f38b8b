//! The world as the docker command sees it.

use std::env;

use serde_json::Value;

use crate::program::{Program, Ran};

/// Fails outside `tests/with-engine`, so that a scenario can never pass without an engine.
#[track_caller]
pub fn require_engine() {
    assert!(
        env::var_os("SWITCHYARD_TEST_ENGINE").is_some(),
        "these tests need an engine of their own; run: tests/with-engine cargo test -p tests --test engine --test compat"
    );
}

/// Runs docker and returns its output; it must succeed.
#[track_caller]
pub fn docker(args: &[&str]) -> String {
    try_docker(args).ok().stdout
}

#[track_caller]
pub(crate) fn try_docker(args: &[&str]) -> Ran {
    require_engine();
    Program::new("docker").args(args).run()
}

/// What the engine says of a container, network, volume or image.
#[track_caller]
pub fn inspect(subject: &str) -> Value {
    let answer: Value =
        serde_json::from_str(&docker(&["inspect", subject])).expect("docker inspect answers JSON");
    answer[0].clone()
}

/// A container as `docker ps` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Full id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its service, by label.
    pub service: String,
    /// Such as `running` or `exited`.
    pub state: String,
    /// Such as `Up 3 seconds (healthy)`.
    pub status: String,
    /// Published ports in docker's words.
    pub ports: String,
}

impl Container {
    /// Whether its health check succeeds.
    pub fn is_healthy(&self) -> bool {
        self.status.contains("(healthy)")
    }
}

/// The containers of a project, running or not, by name.
#[track_caller]
pub fn containers(project: &str) -> Vec<Container> {
    require_engine();
    let filter = format!("label=com.docker.compose.project={project}");
    // Not through `docker`, which prints: a wait asks this many times.
    let output = std::process::Command::new("docker")
        .args(["ps", "--all", "--no-trunc", "--filter", &filter, "--format", "{{json .}}"])
        .output()
        .expect("docker runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut containers: Vec<Container> = text.lines().map(container).collect();
    containers.sort_by(|a, b| a.name.cmp(&b.name));
    containers
}

fn container(line: &str) -> Container {
    let fields: Value = serde_json::from_str(line).expect("docker ps writes JSON");
    let text = |key: &str| fields[key].as_str().unwrap_or_default().to_owned();
    let labels = text("Labels");
    let service = labels.split(',').find_map(|label| label.strip_prefix("com.docker.compose.service="));
    Container {
        service: service.unwrap_or_default().to_owned(),
        id: text("ID"),
        name: text("Names"),
        state: text("State"),
        status: text("Status"),
        ports: text("Ports"),
    }
}

/// Names of the networks or volumes of a project.
#[track_caller]
pub(crate) fn names(kind: &str, project: &str) -> Vec<String> {
    let filter = format!("label=com.docker.compose.project={project}");
    let text = docker(&[kind, "ls", "--filter", &filter, "--format", "{{.Name}}"]);
    let mut names: Vec<String> = text.lines().map(str::to_owned).collect();
    names.sort();
    names
}
