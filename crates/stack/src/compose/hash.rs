//! `config-hash`: the SHA-256 of the JSON that compose-go writes for a service, a network or a volume.
//!
//! Docker compose compares this hash with the label of what runs to decide whether to replace it, so
//! one byte of difference would make either tool recreate what the other has started.

use std::{borrow::Cow, fmt::Write as _};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::model::{Network, Project, Service, Volume};

/// Which docker compose we agree with. They differ in how a bind mount's `create_host_path` is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Dialect {
    /// Up to 2.40: `true` is written, `false` is not.
    V2,
    /// From 5.0 on: `false` is written, `true` is not.
    #[default]
    V5,
}

impl Dialect {
    /// The dialect of a version such as `2.40.3` or `v5.1.0-desktop.1`; nothing for other text.
    pub fn of_version(version: &str) -> Option<Self> {
        let major: u32 = version.trim().trim_start_matches('v').split('.').next()?.parse().ok()?;
        Some(if major < 5 { Self::V2 } else { Self::V5 })
    }
}

/// The `config-hash` of a service in either dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigHashes {
    v2: String,
    v5: String,
}

impl ConfigHashes {
    /// Serialises the service, which takes as long as everything else that is planned for it.
    pub(crate) fn of(service: &Service) -> Self {
        let v5 = service_json(service);
        Self { v2: sha256(&service_json_v2(service, &v5)), v5: sha256(&v5) }
    }

    fn into_one(self, dialect: Dialect) -> String {
        match dialect {
            Dialect::V2 => self.v2,
            Dialect::V5 => self.v5,
        }
    }
}

impl Project {
    /// The `config-hash` label of a service's containers, as the docker compose that speaks `dialect` makes it.
    pub fn config_hash(&self, service: &Service, dialect: Dialect) -> String {
        self.hashes_of(service).into_owned().into_one(dialect)
    }

    /// Whether a container with this `config-hash` has the service's present configuration, whichever docker compose
    /// made it.
    pub fn is_current(&self, service: &Service, hash: &str) -> bool {
        let hashes = self.hashes_of(service);
        hash == hashes.v5 || hash == hashes.v2
    }

    fn hashes_of(&self, service: &Service) -> Cow<'_, ConfigHashes> {
        match self.hashes.get(&service.name) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(ConfigHashes::of(service)),
        }
    }
}

/// The `config-hash` label of a service's containers, of the newest docker compose.
pub fn service_hash(service: &Service) -> String {
    sha256(&service_json(service))
}

/// The JSON of [`Dialect::V2`], from that of the newer one.
fn service_json_v2(service: &Service, newer: &str) -> String {
    if service.volumes.iter().all(|mount| mount.bind.is_none()) {
        return newer.to_owned();
    }
    let mut inverted = service.clone();
    for bind in inverted.volumes.iter_mut().filter_map(|mount| mount.bind.as_mut()) {
        bind.create_host_path = !bind.create_host_path;
    }
    // The newer form writes the key exactly where the inverted value is false, and nowhere else can this
    // text stand: within a JSON string its quotes would be escaped.
    service_json(&inverted).replace(r#""create_host_path":false"#, r#""create_host_path":true"#)
}

/// The JSON that [`service_hash`] hashes: all of the service but what does not ask for a new container.
pub fn service_json(service: &Service) -> String {
    let mut hashed = service.clone();
    hashed.pull_policy = String::new();
    hashed.depends_on.clear();
    hashed.profiles.clear();
    if let Some(deploy) = &mut hashed.deploy {
        deploy.replicas = None;
    }
    go_json(&hashed)
}

/// The `config-hash` label of a network.
pub fn network_hash(network: &Network) -> String {
    sha256(&network_json(network))
}

/// The JSON that [`network_hash`] hashes.
pub fn network_json(network: &Network) -> String {
    go_json(network)
}

/// The `config-hash` label of a volume.
pub fn volume_hash(volume: &Volume) -> String {
    sha256(&volume_json(volume))
}

/// The JSON that [`volume_hash`] hashes: a volume without a driver is a `local` one.
pub fn volume_json(volume: &Volume) -> String {
    let mut hashed = volume.clone();
    if hashed.driver.is_empty() {
        "local".clone_into(&mut hashed.driver);
    }
    go_json(&hashed)
}

/// JSON as Go's `json.Marshal` writes it.
fn go_json<T: Serialize>(value: &T) -> String {
    escape_html(serde_json::to_string(value).unwrap_or_default())
}

/// Go escapes the characters that are unsafe in HTML, and the two line separators of Unicode.
pub(super) fn escape_html(json: String) -> String {
    let special = |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    if !json.contains(special) {
        return json;
    }
    // None of these characters occurs in JSON outside of texts, so a plain replacement is right.
    let mut escaped = String::with_capacity(json.len() + 32);
    for character in json.chars() {
        if special(character) {
            _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn sha256(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        _ = write!(hex, "{byte:02x}");
    }
    hex
}
