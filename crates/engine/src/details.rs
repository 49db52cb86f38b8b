//! One container in depth: what it is, and the evidence of what went wrong with it.

use std::time::Duration;

use serde::Deserialize;
use stack::observed::{Health, State};

use crate::{Engine, connect::null_default, error::EngineError, status};

/// Why a container is in the state it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Where it is in its life.
    pub state: State,
    /// Code of the last exit; `None` while it runs and before its first start.
    pub exit_code: Option<i64>,
    /// The kernel killed it for want of memory.
    pub oom_killed: bool,
    /// Why the engine could not start it; empty when it could.
    pub error: String,
    /// How often the engine has started it again by its restart policy.
    pub restart_count: u64,
    /// Unix seconds.
    pub started_at: Option<i64>,
    /// Unix seconds.
    pub finished_at: Option<i64>,
    /// Verdict of the health check.
    pub health: Option<Health>,
    /// The last health check.
    pub healthcheck: Option<CheckResult>,
    /// The last lines of output, oldest first. A line over 4 KB is cut and ends with
    /// [`LogLine::CUT`](crate::LogLine::CUT).
    pub log_tail: Vec<String>,
}

/// The outcome of one health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// 0 passed, 1 failed, -1 took too long.
    pub exit_code: i64,
    /// What it printed; the engine keeps 4 KB.
    pub output: String,
    /// When it ended, Unix seconds.
    pub at: Option<i64>,
}

/// What there is to know of one container. Its environment is not among it: it holds secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Full id.
    pub id: String,
    /// Name without the leading slash.
    pub name: String,
    /// Reference that it was made from.
    pub image: String,
    /// Id of the image.
    pub image_id: String,
    /// Where it is in its life.
    pub state: State,
    /// Verdict of the health check.
    pub health: Option<Health>,
    /// Unix seconds.
    pub started_at: Option<i64>,
    /// Unix seconds.
    pub finished_at: Option<i64>,
    /// How often the engine has started it again by its restart policy.
    pub restart_count: u64,
    /// It has a terminal: its output is one stream without frames.
    pub tty: bool,
    /// Names of its environment variables, without their values.
    pub env_names: Vec<String>,
}

/// What we read of `/containers/{id}/json`.
#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Inspected {
    id: String,
    name: String,
    /// The image's id; its reference is in the configuration.
    image: String,
    restart_count: u64,
    #[serde(deserialize_with = "null_default")]
    state: InspectedState,
    #[serde(deserialize_with = "null_default")]
    config: InspectedConfig,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedState {
    status: String,
    exit_code: i64,
    #[serde(rename = "OOMKilled")]
    oom_killed: bool,
    error: String,
    started_at: String,
    finished_at: String,
    /// Podman's word for it is `Healthcheck`.
    #[serde(alias = "Healthcheck", deserialize_with = "null_default")]
    health: Option<InspectedHealth>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedHealth {
    status: String,
    #[serde(deserialize_with = "null_default")]
    log: Vec<InspectedCheck>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedCheck {
    end: String,
    exit_code: i64,
    output: String,
}

// No `Debug`: the environment holds secrets.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedConfig {
    tty: bool,
    image: String,
    stop_timeout: Option<u64>,
    #[serde(deserialize_with = "null_default")]
    env: Vec<String>,
}

impl std::fmt::Debug for InspectedConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InspectedConfig").field("image", &self.image).finish_non_exhaustive()
    }
}

impl Inspected {
    pub(crate) fn is_running(&self) -> bool {
        self.state() == State::Running
    }

    pub(crate) fn is_being_removed(&self) -> bool {
        self.state() == State::Removing
    }

    pub(crate) fn has_tty(&self) -> bool {
        self.config.tty
    }

    pub(crate) fn plain_name(&self) -> &str {
        self.name.trim_start_matches('/')
    }

    /// Its own grace period, when it has one.
    pub(crate) fn stop_grace(&self) -> Option<Duration> {
        self.config.stop_timeout.map(Duration::from_secs)
    }

    fn state(&self) -> State {
        status::state(&self.state.status)
    }

    fn health(&self) -> Option<Health> {
        status::health_word(&self.state.health.as_ref()?.status)
    }

    fn evidence(self, log_tail: Vec<String>) -> Evidence {
        let state = self.state();
        let health = self.health();
        let started_at = status::seconds(&self.state.started_at);
        let runs = matches!(state, State::Running | State::Paused);
        Evidence {
            state,
            // A container whose start failed has never run and has a code all the same.
            exit_code: (!runs && (started_at.is_some() || self.state.exit_code != 0))
                .then_some(self.state.exit_code),
            oom_killed: self.state.oom_killed,
            error: self.state.error,
            restart_count: self.restart_count,
            started_at,
            finished_at: status::seconds(&self.state.finished_at),
            health,
            healthcheck: self.state.health.and_then(|health| health.log.into_iter().last()).map(|check| {
                CheckResult {
                    exit_code: check.exit_code,
                    output: check.output,
                    at: status::seconds(&check.end),
                }
            }),
            log_tail,
        }
    }
}

/// A line of evidence is for reading, not for keeping.
const LONGEST_LINE: usize = 4 << 10;

fn shortened(mut line: String) -> String {
    if line.len() > LONGEST_LINE {
        let end = (0..=LONGEST_LINE).rev().find(|end| line.is_char_boundary(*end)).unwrap_or_default();
        line.truncate(end);
        line.push_str(crate::LogLine::CUT);
    }
    line
}

impl Engine {
    /// Why a container is in the state it is in: an inspection and its last `lines` lines of output.
    /// A logging driver that keeps nothing to read gives no lines.
    pub async fn evidence(&self, id: &str, lines: usize) -> Result<Evidence, EngineError> {
        let inspected = self.inspect(id).await?;
        let log_tail = match self.tail(id, inspected.has_tty(), lines).await {
            Ok(lines) => lines.into_iter().map(|line| shortened(line.text)).collect(),
            Err(EngineError::Engine { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(inspected.evidence(log_tail))
    }

    /// What there is to know of one container.
    pub async fn details(&self, id: &str) -> Result<Details, EngineError> {
        let inspected = self.inspect(id).await?;
        Ok(Details {
            state: inspected.state(),
            health: inspected.health(),
            name: inspected.plain_name().to_owned(),
            started_at: status::seconds(&inspected.state.started_at),
            finished_at: status::seconds(&inspected.state.finished_at),
            restart_count: inspected.restart_count,
            tty: inspected.has_tty(),
            env_names: inspected
                .config
                .env
                .iter()
                .map(|line| line.split_once('=').map_or(line.as_str(), |(name, _)| name).to_owned())
                .collect(),
            id: inspected.id,
            image: inspected.config.image,
            image_id: inspected.image,
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn evidence_tells_how_it_ended() {
        let inspected: Inspected = serde_json::from_value(json!({
            "Id": "abc", "Name": "/x", "Image": "sha256:1", "RestartCount": 3,
            "State": {"Status": "exited", "ExitCode": 137, "OOMKilled": true, "Error": "",
                "StartedAt": "2024-02-29T12:30:00.5Z", "FinishedAt": "2024-02-29T12:30:02Z",
                "Health": {"Status": "unhealthy", "FailingStreak": 2, "Log": [
                    {"End": "2024-02-29T12:30:01Z", "ExitCode": 0, "Output": "ok"},
                    {"End": "2024-02-29T12:30:01.7Z", "ExitCode": 1, "Output": "connection refused"}]}},
            "Config": {"Tty": false, "Image": "redis:7", "Env": ["PASSWORD=secret"], "StopTimeout": null}
        }))
        .unwrap();
        assert!(!format!("{inspected:?}").contains("secret"));
        expect![[r#"
            Evidence {
                state: Exited,
                exit_code: Some(
                    137,
                ),
                oom_killed: true,
                error: "",
                restart_count: 3,
                started_at: Some(
                    1709209800,
                ),
                finished_at: Some(
                    1709209802,
                ),
                health: Some(
                    Unhealthy,
                ),
                healthcheck: Some(
                    CheckResult {
                        exit_code: 1,
                        output: "connection refused",
                        at: Some(
                            1709209801,
                        ),
                    },
                ),
                log_tail: [],
            }
        "#]]
        .assert_debug_eq(&inspected.evidence(Vec::new()));
    }

    #[test]
    fn a_container_that_never_ran_has_no_exit_code() {
        let inspected: Inspected = serde_json::from_value(json!({
            "State": {"Status": "created", "ExitCode": 0, "StartedAt": "0001-01-01T00:00:00Z", "Health": null}
        }))
        .unwrap();
        let evidence = inspected.evidence(Vec::new());
        assert_eq!((evidence.exit_code, evidence.started_at, evidence.health), (None, None, None));
    }

    #[test]
    fn long_lines_are_cut_between_characters() {
        let line = shortened("é".repeat(LONGEST_LINE));
        assert!(line.ends_with(crate::LogLine::CUT));
        assert!(line.len() <= LONGEST_LINE + crate::LogLine::CUT.len());
    }
}
