//! Consul's KV store: initial values are written where there are none, and never over a user's.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use crate::{ClientError, Http, beginning};

/// The key under which the version of the seed is kept, once all of its keys exist.
pub const SEED_VERSION_KEY: &str = "rwa/_seed/version";

/// Initial values: a version and the keys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Raised by whoever adds keys, so that existing stores get the new ones.
    pub version: u32,
    /// Key to value.
    pub keys: BTreeMap<String, String>,
    /// Free text for whoever edits the file.
    #[serde(default, rename = "_comment")]
    pub comment: serde_json::Value,
}

/// What seeding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seeded {
    /// Keys that were written.
    pub written: usize,
    /// Keys that had a value already and kept it.
    pub kept: usize,
}

impl Seed {
    /// Reads a seed file. `file` is only for the message.
    pub fn parse(file: &str, text: &str) -> Result<Self, ClientError> {
        serde_json::from_str(text)
            .map_err(|error| ClientError::BadSeed { file: file.to_owned(), reason: error.to_string() })
    }
}

/// One agent's KV API.
#[derive(Debug, Clone)]
pub struct Consul {
    http: Http,
    base: String,
    deadline: Duration,
}

impl Consul {
    /// `base` is the agent's address, such as `http://127.0.0.1:8500`.
    pub fn new(http: Http, base: String, deadline: Duration) -> Self {
        Self { http, base, deadline }
    }

    /// The seed version that the store holds; `None` when it was never seeded.
    pub async fn seed_version(&self) -> Result<Option<u32>, ClientError> {
        let url = format!("{}/v1/kv/{SEED_VERSION_KEY}?raw", self.base);
        let unreachable = |source| ClientError::Unreachable { url: url.clone(), source };
        let response = self.http.0.get(&url).timeout(self.deadline).send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(unreachable)?;
        match status {
            200 => Ok(body.trim().parse().ok()),
            404 => Ok(None),
            _ => Err(ClientError::Refused { url, status, body: beginning(&body) }),
        }
    }

    /// Writes every key that does not exist, then the version.
    ///
    /// `cas=0` makes Consul itself refuse to overwrite, so a value that somebody writes at the same moment wins.
    pub async fn seed(&self, seed: &Seed) -> Result<Seeded, ClientError> {
        let mut seeded = Seeded::default();
        for (key, value) in &seed.keys {
            if self.put(key, value, "?cas=0").await? {
                seeded.written += 1;
            } else {
                seeded.kept += 1;
            }
        }
        self.put(SEED_VERSION_KEY, &seed.version.to_string(), "").await?;
        tracing::info!(
            written = seeded.written,
            kept = seeded.kept,
            version = seed.version,
            "seeded Consul's KV"
        );
        Ok(seeded)
    }

    async fn put(&self, key: &str, value: &str, query: &str) -> Result<bool, ClientError> {
        let url = format!("{}/v1/kv/{}{query}", self.base, encoded(key));
        let unreachable = |source| ClientError::Unreachable { url: url.clone(), source };
        let request = self.http.0.put(&url).timeout(self.deadline).body(value.to_owned());
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.text().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(body.trim() == "true");
        }
        Err(ClientError::Refused { url, status: status.as_u16(), body: beginning(&body) })
    }
}

/// A key in a path: slashes stay, everything unusual is percent-encoded.
fn encoded(key: &str) -> String {
    use std::fmt::Write as _;
    key.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            text.push(byte.into());
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_file_says_what_is_wrong_and_where() {
        let error = Seed::parse("kv-defaults.json", "{\"version\": 1, \"keys\": {\"a\": 1}}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "kv-defaults.json: invalid type: integer `1`, expected a string at line 1 column 30"
        );
    }

    #[test]
    fn keys_are_encoded_but_stay_paths() {
        assert_eq!(encoded("rwa/config/a b/值"), "rwa/config/a%20b/%E5%80%BC");
    }
}
