//! Credentials of registries, from where `docker login` has put them.

use std::{collections::BTreeMap, path::Path, process::Stdio, time::Duration};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use http::HeaderValue;
use serde::{Deserialize, Serialize};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::error::EngineError;

/// Docker Hub's name in configuration files, older than the registry API itself.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    auths: BTreeMap<String, Login>,
    creds_store: String,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Login {
    /// Base64 of `user:password`.
    auth: String,
    identitytoken: String,
}

/// What a credential helper prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    username: String,
    secret: String,
}

/// What the header `X-Registry-Auth` carries.
#[derive(Serialize, Default)]
struct Auth<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    username: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    password: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    identitytoken: &'a str,
    serveraddress: &'a str,
}

// Secrets never reach a log, not even by way of a derived `Debug`.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login")
    }
}

/// The header for a registry; `None` when nobody has logged in there.
pub(crate) async fn auth(
    docker_config: &Path,
    host: &str,
    deadline: Duration,
) -> Result<Option<HeaderValue>, EngineError> {
    // No file, or one that Docker itself would reject, means no credentials: the pull itself will tell.
    let Some(config) = std::fs::read(docker_config.join("config.json"))
        .ok()
        .and_then(|text| serde_json::from_slice::<Config>(&text).ok())
    else {
        return Ok(None);
    };
    let server = if host == "docker.io" { DOCKER_HUB } else { host };
    let helper = config.cred_helpers.get(host).or_else(|| config.cred_helpers.get(server));
    if let Some(helper) = helper.or(Some(&config.creds_store)).filter(|helper| !helper.is_empty()) {
        let answer = ask_helper(helper, server, deadline).await?;
        return Ok(answer.and_then(|answer| {
            let (username, secret) = (answer.username.as_str(), answer.secret.as_str());
            header(&if username == "<token>" {
                Auth { identitytoken: secret, serveraddress: server, ..Auth::default() }
            } else {
                Auth { username, password: secret, serveraddress: server, ..Auth::default() }
            })
        }));
    }
    let login = config.auths.iter().find(|(name, _)| *name == server || host_of(name) == host);
    Ok(login.and_then(|(_, login)| inline(login, server)))
}

fn inline(login: &Login, server: &str) -> Option<HeaderValue> {
    if !login.identitytoken.is_empty() {
        return header(&Auth {
            identitytoken: &login.identitytoken,
            serveraddress: server,
            ..Auth::default()
        });
    }
    let decoded = String::from_utf8(STANDARD.decode(login.auth.trim()).ok()?).ok()?;
    let (username, password) = decoded.trim_end_matches('\0').split_once(':')?;
    header(&Auth { username, password, serveraddress: server, ..Auth::default() })
}

fn header(auth: &Auth<'_>) -> Option<HeaderValue> {
    let json = serde_json::to_vec(auth).ok()?;
    let mut value = HeaderValue::from_str(&URL_SAFE.encode(json)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `https://registry.example/v1/` and `registry.example` mean the same.
fn host_of(name: &str) -> &str {
    let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
    name.split('/').next().unwrap_or(name)
}

async fn ask_helper(
    helper: &str,
    server: &str,
    deadline: Duration,
) -> Result<Option<HelperAnswer>, EngineError> {
    let program = format!("docker-credential-{helper}");
    let failed = |detail: String| EngineError::Credentials { helper: program.clone(), detail };
    let run = async {
        let mut child = Command::new(&program)
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(server.as_bytes()).await?;
        }
        child.wait_with_output().await
    };
    let output = tokio::time::timeout(deadline, run)
        .await
        .map_err(|_| failed(format!("no answer within {} s", deadline.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        // The helpers' way of saying that nobody has logged in there; public images need no login.
        tracing::debug!(program, server, "the credential helper knows no login");
        return Ok(None);
    }
    serde_json::from_slice(&output.stdout)
        .map(Some)
        .map_err(|_| failed("its answer cannot be read".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(value: &HeaderValue) -> String {
        String::from_utf8(URL_SAFE.decode(value.as_bytes()).unwrap()).unwrap()
    }

    async fn found(config: &str, host: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        auth(folder.path(), host, Duration::from_secs(5)).await.unwrap().map(|value| decoded(&value))
    }

    #[tokio::test]
    async fn logins_in_the_file_are_found_by_host() {
        let config = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "dXNlcjpwYTpzcw=="},
            "https://reg.example/v2/": {"auth": "", "identitytoken": "tok"}}}"#;
        assert_eq!(
            found(config, "docker.io").await.unwrap(),
            r#"{"username":"user","password":"pa:ss","serveraddress":"https://index.docker.io/v1/"}"#
        );
        assert_eq!(
            found(config, "reg.example").await.unwrap(),
            r#"{"identitytoken":"tok","serveraddress":"reg.example"}"#
        );
        assert_eq!(found(config, "ghcr.io").await, None);
        assert_eq!(found("{broken", "ghcr.io").await, None);
    }

    #[tokio::test]
    async fn a_missing_helper_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), r#"{"credsStore": "no-such-thing"}"#).unwrap();
        let error = auth(folder.path(), "docker.io", Duration::from_secs(5)).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Credentials { helper, .. } if helper == "docker-credential-no-such-thing"),
            "{error:?}"
        );
    }
}
