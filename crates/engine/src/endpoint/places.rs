//! The sockets of known products, and which of them somebody listens on.

use std::path::{Path, PathBuf};

use super::{Origin, Surroundings};
use crate::error::EngineError;

/// The sockets to try, best first.
pub(super) fn sockets(surroundings: Surroundings<'_>) -> Vec<(PathBuf, Origin)> {
    if cfg!(windows) {
        return Vec::new();
    }
    let home = surroundings.home;
    let runtime_dir = surroundings.set("XDG_RUNTIME_DIR").map(PathBuf::from);
    let mut sockets = vec![
        (PathBuf::from("/var/run/docker.sock"), Origin::Default),
        (home.join(".docker/run/docker.sock"), Origin::Found("Docker Desktop")),
        (home.join(".docker/desktop/docker.sock"), Origin::Found("Docker Desktop")),
    ];
    if let Some(runtime_dir) = &runtime_dir {
        sockets.push((runtime_dir.join("docker.sock"), Origin::Found("rootless Docker")));
    }
    sockets.extend([
        (home.join(".orbstack/run/docker.sock"), Origin::Found("OrbStack")),
        (home.join(".colima/default/docker.sock"), Origin::Found("Colima")),
        (home.join(".config/colima/default/docker.sock"), Origin::Found("Colima")),
        (home.join(".rd/docker.sock"), Origin::Found("Rancher Desktop")),
    ]);
    if let Some(runtime_dir) = &runtime_dir {
        sockets.push((runtime_dir.join("podman/podman.sock"), Origin::Found("Podman")));
    }
    sockets.extend([
        (home.join(".local/share/containers/podman/machine/podman.sock"), Origin::Found("Podman")),
        (PathBuf::from("/run/podman/podman.sock"), Origin::Found("Podman")),
    ]);
    sockets
}

/// The first socket on which somebody listens; failing that the first that exists, whose connection
/// error then says more than "no engine" would.
pub(super) fn first(candidates: &[(PathBuf, Origin)]) -> Result<(PathBuf, Origin), EngineError> {
    let mut silent = None;
    for (path, origin) in candidates {
        match knock(path) {
            Knock::Answered => return Ok((path.clone(), origin.clone())),
            Knock::Silent => silent = silent.or(Some((path, origin))),
            Knock::Missing => {}
        }
    }
    silent.map(|(path, origin)| (path.clone(), origin.clone())).ok_or_else(|| EngineError::NoEngine {
        tried: candidates.iter().map(|(path, _)| path.display().to_string()).collect(),
    })
}

enum Knock {
    Answered,
    Silent,
    Missing,
}

#[cfg(unix)]
fn knock(path: &Path) -> Knock {
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Knock::Answered,
        Err(_) if path.exists() => Knock::Silent,
        Err(_) => Knock::Missing,
    }
}

#[cfg(not(unix))]
fn knock(path: &Path) -> Knock {
    if path.exists() { Knock::Silent } else { Knock::Missing }
}

/// The same place without symbolic links, be there a socket or not: the link to an engine that is not started leads
/// nowhere, and has to give the same name once it is.
pub(super) fn without_links(path: &Path) -> PathBuf {
    // As many as Linux follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { break };
        let Ok(folder) = folder.canonicalize() else { break };
        path = folder.join(name);
        let Ok(target) = path.read_link() else { break };
        path = folder.join(target);
    }
    path
}
