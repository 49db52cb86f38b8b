//! What is asked of a running container itself, and of its volumes.

use std::{collections::BTreeMap, time::Duration};

use bollard::exec::{CreateExecOptions, StartExecResults};
use futures_util::StreamExt;
use serde::Deserialize;

use crate::{
    Engine,
    connect::{Api, null_default},
    error::EngineError,
    wire::{Call, within},
};

/// Output beyond this is left out.
const LONGEST: usize = 64 << 10;
/// The engine adds up every file of every volume.
const SIZES: Duration = Duration::from_secs(60);

/// How a program inside of a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// 0 means success; 126 and 127 that it could not be started.
    pub exit_code: i64,
    /// Standard output and standard error as they came, at most 64 KB. Never to be trusted.
    pub output: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct DiskUsage {
    #[serde(deserialize_with = "null_default")]
    volumes: Vec<UsedVolume>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct UsedVolume {
    name: String,
    #[serde(deserialize_with = "null_default")]
    usage_data: VolumeUsage,
}

#[derive(Debug, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct VolumeUsage {
    /// -1 where the volume's driver cannot tell.
    size: i64,
}

impl Engine {
    /// Runs a program in a running container and waits for its end. A program that takes longer than
    /// `deadline` is not waited for; the engine has no way to end it.
    pub async fn run_inside(
        &self,
        container: &str,
        command: &[String],
        deadline: Duration,
    ) -> Result<Ran, EngineError> {
        const OPERATION: &str = "run a program in a container";
        let docker = &self.inner.docker;
        let read = self.inner.deadlines.read;
        let options = CreateExecOptions {
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(command.to_vec()),
            ..CreateExecOptions::default()
        };
        let created = self.typed(OPERATION, read, docker.create_exec(container, options)).await;
        let id = created.map_err(|error| error.of_container(container))?.id;
        let started = self.typed(OPERATION, read, docker.start_exec(&id, None)).await?;
        let mut output = Vec::new();
        if let StartExecResults::Attached { output: mut chunks, .. } = started {
            let all = async {
                while let Some(chunk) = chunks.next().await {
                    // An end that is none shows below: the program has no exit code.
                    let Ok(chunk) = chunk else { break };
                    let chunk = chunk.into_bytes();
                    output.extend_from_slice(&chunk[..chunk.len().min(LONGEST - output.len())]);
                }
                Ok(())
            };
            within(OPERATION, deadline, all).await?;
        }
        let ended = self.typed(OPERATION, read, docker.inspect_exec(&id)).await?;
        let lost = || EngineError::Lost { operation: OPERATION, source: None };
        let exit_code = ended.exit_code.ok_or_else(lost)?;
        Ok(Ran { exit_code, output: String::from_utf8_lossy(&output).into_owned() })
    }

    /// Bytes of every volume, by name; a volume whose driver cannot tell is left out. Slow: the engine
    /// looks at every file.
    pub async fn volume_sizes(&self) -> Result<BTreeMap<String, u64>, EngineError> {
        const OPERATION: &str = "measure volumes";
        let call = Call::get(OPERATION, "/system/df");
        // Older engines measure images and containers as well.
        let call = if self.inner.api >= Api::new(1, 42) { call.query("type", "volume") } else { call };
        let body = self.read(call, SIZES).await?;
        let usage: DiskUsage = serde_json::from_slice(&body)
            .map_err(|source| EngineError::Malformed { operation: OPERATION, source })?;
        let sizes = usage.volumes.into_iter().filter_map(|volume| {
            let size = u64::try_from(volume.usage_data.size).ok()?;
            Some((volume.name, size))
        });
        Ok(sizes.collect())
    }
}
