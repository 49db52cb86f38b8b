//! Which engines this machine has, and what the one in use tells of itself.

use std::{collections::BTreeMap, path::Path, time::Duration};

use engine::{Endpoint, Engine, EngineError, Origin};
use futures_util::future::join_all;
use stack::compose::Project;
use tokio::time;

use crate::{
    api::{
        error::{AppError, ErrorCode},
        window::{EngineCandidate, EngineFacts, EngineState},
    },
    errors::engine_error,
};

/// How long an engine may take to answer while it is looked for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Id and name of each product, the program that starts it, and its arguments.
const PRODUCTS: [(&str, &str, &str, &[&str]); 7] = [
    ("docker-engine", "Docker Engine", "systemctl", &["start", "docker"]),
    ("docker-desktop", "Docker Desktop", "systemctl", &["--user", "start", "docker-desktop"]),
    ("rootless-docker", "rootless Docker", "systemctl", &["--user", "start", "docker"]),
    ("orbstack", "OrbStack", "orb", &["start"]),
    ("colima", "Colima", "colima", &["start"]),
    ("rancher-desktop", "Rancher Desktop", "rdctl", &["start"]),
    ("podman", "Podman", "systemctl", &["--user", "start", "podman.socket"]),
];

/// Looks wherever an engine may be, and at the one that is meant now.
pub(super) async fn candidates(
    env: &(dyn Fn(&str) -> Option<String> + Sync),
    home: &Path,
    meant: &Endpoint,
) -> Vec<EngineCandidate> {
    let mut places = engine::candidates(&|name| env(name), home);
    if !places.iter().any(|place| place.id() == meant.id()) {
        places.insert(0, meant.clone());
    }
    let mut best: BTreeMap<(usize, String), EngineCandidate> = BTreeMap::new();
    for found in join_all(places.iter().map(look)).await {
        // Of a product the best of its sockets is shown; what the user has set up himself is shown all of it.
        let order = match PRODUCTS.iter().position(|(id, ..)| *id == found.id) {
            Some(position) => (position + 1, String::new()),
            None => (0, found.key.clone()),
        };
        match best.get(&order) {
            Some(before) if before.state <= found.state => {}
            _ => drop(best.insert(order, found)),
        }
    }
    best.into_values().collect()
}

async fn look(endpoint: &Endpoint) -> EngineCandidate {
    let uri = endpoint.uri();
    let name = match endpoint.origin() {
        Origin::Found(name) => name,
        Origin::Default => "Docker Engine",
        Origin::Context(name) => name,
        Origin::Flag | Origin::DockerHost => "",
    };
    let path = uri.strip_prefix("unix://").unwrap_or_default();
    let answer = if !path.is_empty() && !Path::new(path).exists() {
        None
    } else {
        time::timeout(PATIENCE, Engine::connect(endpoint)).await.ok()
    };
    // A context may be called like a product.
    let usual = matches!(endpoint.origin(), Origin::Found(_) | Origin::Default);
    let product = PRODUCTS.iter().find(|(_, title, ..)| usual && *title == name);
    let installed = product.is_some_and(|(_, _, program, _)| name != "Docker Engine" && on_path(program))
        && !matches!(product, Some((_, _, "systemctl", _)));
    let installed = installed || (*endpoint.origin() == Origin::Default && on_path("dockerd"));
    let (state, detail, title) = match &answer {
        Some(Ok(engine)) => {
            let info = engine.info();
            (EngineState::Running, format!("{}, API {}", info.version, info.api), info.product.clone())
        }
        Some(Err(error)) => {
            let state = match error {
                EngineError::Denied { .. } => EngineState::Denied,
                EngineError::TooOld { .. } => EngineState::TooOld,
                _ => EngineState::Stopped,
            };
            (state, engine_error(error).detail, name.to_owned())
        }
        None if path.is_empty() || Path::new(path).exists() => {
            (EngineState::Stopped, format!("no answer within {} s", PATIENCE.as_secs()), name.to_owned())
        }
        None if installed => (EngineState::Stopped, format!("{path}: no such file"), name.to_owned()),
        None => (EngineState::Absent, format!("{path}: no such file"), name.to_owned()),
    };
    let startable = state == EngineState::Stopped && product.is_some_and(|(.., it, _)| on_path(it));
    let join = (state == EngineState::Denied && *endpoint.origin() == Origin::Default)
        .then(|| "sudo usermod -aG docker \"$USER\"".to_owned());
    let start = product.filter(|_| state == EngineState::Stopped).map(|(id, _, program, words)| {
        let sudo = if *id == "docker-engine" { "sudo " } else { "" };
        format!("{sudo}{program} {}", words.join(" "))
    });
    let command = start.or(join);
    EngineCandidate {
        id: product.map_or("configured", |(id, ..)| id).to_owned(),
        key: endpoint.id(),
        product: if title.is_empty() { uri.to_owned() } else { title },
        endpoint: uri.to_owned(),
        state,
        detail,
        command,
        startable,
    }
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// How an engine is started: by its own program, as its own documentation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Launch {
    /// Name of the product.
    pub product: &'static str,
    /// Looked for on the path.
    pub program: &'static str,
    /// Its arguments.
    pub arguments: &'static [&'static str],
}

impl Launch {
    /// How long the start of an engine may take.
    pub const PATIENCE: Duration = Duration::from_secs(120);

    /// The failure of a start, with what the program said.
    pub fn failed(&self, said: &str) -> AppError {
        let detail = format!("{} {}: {said}", self.program, self.arguments.join(" "));
        AppError::new(ErrorCode::EngineUnreachable, self.product, detail)
    }
}

/// How a product is started. Nothing that is not in [`PRODUCTS`] is ever run.
pub(super) fn launch(id: &str) -> Result<Launch, AppError> {
    let product = PRODUCTS.iter().find(|(it, ..)| *it == id);
    product
        .map(|(_, product, program, arguments)| Launch { product, program, arguments })
        .ok_or_else(|| AppError::new(ErrorCode::EngineUnsupported, id, ""))
}

/// What the engine tells of itself, with what the stack's containers use of its memory.
pub(super) async fn facts(engine: &Engine, project: &Project) -> Result<EngineFacts, AppError> {
    let system = engine.system().await.map_err(|error| engine_error(&error))?;
    let observed = engine.observe(project).await.map_err(|error| engine_error(&error))?;
    let running = observed.containers.iter().filter(|container| container.is_up());
    let readings = join_all(running.map(|container| engine.stats_once(&container.id, None))).await;
    let used: u64 = readings.into_iter().flatten().map(|stats| stats.memory).sum();
    let disk = engine.info().local.then(|| space(Path::new(&system.root_dir))).flatten();
    Ok(EngineFacts {
        context: match engine.endpoint().origin() {
            Origin::Context(name) => name.clone(),
            Origin::Found(name) => (*name).to_owned(),
            Origin::DockerHost => "DOCKER_HOST".to_owned(),
            Origin::Flag | Origin::Default => "default".to_owned(),
        },
        simulated: false,
        memory_used: float(used),
        memory_total: float(system.memory),
        disk_used: disk.map(|(used, _)| used),
        disk_free: disk.map(|(_, free)| free),
    })
}

#[expect(clippy::cast_precision_loss, reason = "bytes for people")]
pub(super) fn float(bytes: u64) -> f64 {
    bytes as f64
}

/// Bytes used and free of the file system of a folder.
#[cfg(unix)]
fn space(folder: &Path) -> Option<(f64, f64)> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    let size = |blocks: u64| float(blocks.saturating_mul(stat.f_frsize));
    Some((size(stat.f_blocks.saturating_sub(stat.f_bfree)), size(stat.f_bavail)))
}
#[cfg(not(unix))]
fn space(_: &Path) -> Option<(f64, f64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::{Launch, launch};

    #[test]
    fn only_known_engines_are_started() {
        let colima = Launch { product: "Colima", program: "colima", arguments: &["start"] };
        assert_eq!(launch("colima"), Ok(colima));
        assert_eq!(launch("rm -rf /").unwrap_err().subject, "rm -rf /");
        assert!(colima.failed("no disk").detail.contains("colima start: no disk"));
    }
}
