//! Which docker compose this machine has: containers get hashes that it agrees with.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use stack::compose::hash::Dialect;

use crate::files::{Privacy, write_atomically};

/// How long it may take to say its version.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was found out about one program file; asked again when the file is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    program: PathBuf,
    size: u64,
    modified: u64,
    version: String,
}

/// The dialect of this machine's docker compose; the newest where there is none.
pub(crate) fn dialect(data: &Path) -> Dialect {
    let Some(program) = places().into_iter().find(|path| path.is_file()) else { return Dialect::default() };
    let cache = data.join("docker-compose-version.json");
    let (size, modified) = fingerprint(&program);
    let known = std::fs::read(&cache).ok().and_then(|text| serde_json::from_slice::<Known>(&text).ok());
    if let Some(known) = known
        && (&known.program, known.size, known.modified) == (&program, size, modified)
    {
        return Dialect::of_version(&known.version).unwrap_or_default();
    }
    let Some(version) = ask(&program) else { return Dialect::default() };
    let dialect = Dialect::of_version(&version).unwrap_or_default();
    if let Ok(text) = serde_json::to_vec(&Known { program, size, modified, version }) {
        // Without the cache it is only asked again.
        let _ = write_atomically(&cache, &text, Privacy::Shared);
    }
    dialect
}

/// Where the docker CLI looks for its plugins, in its order.
fn places() -> Vec<PathBuf> {
    let name = if cfg!(windows) { "docker-compose.exe" } else { "docker-compose" };
    let config = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let config = config.or_else(|| std::env::home_dir().map(|home| home.join(".docker")));
    let mut folders: Vec<PathBuf> = config.into_iter().map(|config| config.join("cli-plugins")).collect();
    if cfg!(windows) {
        let programs = ["ProgramData", "ProgramFiles"].into_iter().filter_map(std::env::var_os);
        folders.extend(programs.map(|programs| PathBuf::from(programs).join("Docker").join("cli-plugins")));
    } else {
        let system = ["/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"];
        folders.extend(system.map(|folder| Path::new(folder).join("docker/cli-plugins")));
    }
    folders.into_iter().map(|folder| folder.join(name)).collect()
}

fn fingerprint(program: &Path) -> (u64, u64) {
    let Ok(metadata) = program.metadata() else { return (0, 0) };
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    (metadata.len(), modified.map_or(0, |since| since.as_secs()))
}

/// `docker-compose version --short`, ended when it takes too long.
fn ask(program: &Path) -> Option<String> {
    let mut child = Command::new(program)
        .args(["version", "--short"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut waited = Duration::ZERO;
    let pause = Duration::from_millis(5);
    while child.try_wait().ok()?.is_none() {
        if waited >= PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(pause);
        waited += pause;
    }
    let output = child.wait_with_output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| version.trim().to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(folder: &Path, script: &str) -> PathBuf {
        let path = folder.join("docker-compose");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        path
    }

    #[test]
    fn a_program_is_asked_for_its_version() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask(&program(folder.path(), "echo 2.40.3-3")).as_deref(), Some("2.40.3-3"));
        assert_eq!(ask(&program(folder.path(), "exit 1")), None);
    }

    #[test]
    fn versions_have_dialects() {
        assert_eq!(Dialect::of_version("2.40.3-3"), Some(Dialect::V2));
        assert_eq!(Dialect::of_version("v5.5.0\n"), Some(Dialect::V5));
        assert_eq!(Dialect::of_version("dev"), None);
    }
}
