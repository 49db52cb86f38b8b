//! Fetching an image, with progress that adds up.

use std::{collections::BTreeMap, time::Duration};

use futures_util::StreamExt;
use serde::Deserialize;
use tokio::{sync::mpsc, time::Instant};

use crate::{
    Engine,
    connect::null_default,
    error::EngineError,
    image::Reference,
    perform::Done,
    registry,
    wire::{Call, Lines},
};

/// Something that happens while a step is being performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// An image is on its way.
    Pull(PullProgress),
}

/// How far an image has come, over all its layers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullProgress {
    /// Reference as in the step.
    pub image: String,
    /// Layers that are complete.
    pub layers_done: u32,
    /// Layers known so far.
    pub layers: u32,
    /// Bytes downloaded.
    pub current: u64,
    /// Bytes to download, as far as known: it grows while layers announce their size.
    pub total: u64,
    /// Every layer is downloaded and some are being unpacked.
    pub extracting: bool,
}

/// Progress is reported no more often than this.
const BEAT: Duration = Duration::from_millis(100);

/// A line of the engine's answer to a pull.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct PullLine {
    id: String,
    status: String,
    #[serde(rename = "progressDetail", deserialize_with = "null_default")]
    progress: ProgressDetail,
    error: String,
    #[serde(rename = "errorDetail", deserialize_with = "null_default")]
    error_detail: ErrorDetail,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct ProgressDetail {
    current: u64,
    total: u64,
    /// `s` when `current` counts seconds, as the containerd store does while it unpacks.
    units: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct ErrorDetail {
    message: String,
}

impl Engine {
    pub(crate) async fn pull(
        &self,
        image: &str,
        platform: &str,
        progress: &mpsc::UnboundedSender<Progress>,
    ) -> Result<Done, EngineError> {
        const OPERATION: &str = "pull image";
        let reference = Reference::parse(image);
        let (host, _) = reference.registry();
        let auth =
            registry::auth(self.inner.endpoint.docker_config(), host, self.inner.deadlines.credentials)
                .await?;
        let silence = self.inner.deadlines.pull_silence;
        // Without a tag, the engine would fetch every tag there is.
        let tag = reference.digest.or(reference.tag).unwrap_or("latest");
        let mut call = Call::post(OPERATION, "/images/create")
            .query("fromImage", reference.name)
            .query("tag", tag)
            .registry_auth(auth)
            .first_byte(silence);
        if !platform.is_empty() {
            call = call.query("platform", platform);
        }
        let failed = |error: EngineError| match error {
            EngineError::Engine { operation, status, message } => {
                EngineError::from_pull(operation, image, status, message)
            }
            other => other,
        };

        let mut answer = self.stream(call);
        let mut lines = Lines::default();
        let mut layers = Layers::new(image);
        let mut reported = None;
        loop {
            let chunk = tokio::time::timeout(silence, answer.next())
                .await
                .map_err(|_| EngineError::TimedOut { operation: OPERATION, seconds: silence.as_secs() })?;
            let ended = chunk.is_none();
            if let Some(chunk) = chunk {
                lines.push(&chunk.map_err(failed)?);
            }
            while let Some(line) = lines.next().or_else(|| lines.rest().filter(|_| ended)) {
                // A line that we cannot read is no reason to give up a pull that goes on.
                let Ok(line) = serde_json::from_slice::<PullLine>(&line) else { continue };
                layers.take(line).map_err(|message| EngineError::from_pull(OPERATION, image, 0, message))?;
            }
            if ended {
                layers.complete();
            }
            let due = reported.is_none_or(|at: Instant| at.elapsed() >= BEAT);
            if due || ended {
                reported = Some(Instant::now());
                // Nobody needs to listen.
                _ = progress.send(Progress::Pull(layers.sum()));
            }
            if ended {
                return Ok(Done::Pulled { image: image.to_owned() });
            }
        }
    }
}

/// The layers of one image.
#[derive(Debug)]
struct Layers {
    image: String,
    by_id: BTreeMap<String, Layer>,
}

#[derive(Debug, Default)]
struct Layer {
    current: u64,
    total: u64,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    #[default]
    Waiting,
    Downloaded,
    Extracting,
    Complete,
}

impl Layers {
    fn new(image: &str) -> Self {
        Self { image: image.to_owned(), by_id: BTreeMap::new() }
    }

    /// Takes one line; fails with the engine's words when the line is an error.
    fn take(&mut self, line: PullLine) -> Result<(), String> {
        if !line.error_detail.message.is_empty() {
            return Err(line.error_detail.message);
        }
        if !line.error.is_empty() {
            return Err(line.error);
        }
        // Other lines carry an id too: the first one has the tag there.
        let stage = match line.status.as_str() {
            "Pulling fs layer" | "Waiting" | "Downloading" => Stage::Waiting,
            status if status.starts_with("Retrying in") => Stage::Waiting,
            "Verifying Checksum" | "Download complete" => Stage::Downloaded,
            "Extracting" => Stage::Extracting,
            "Pull complete" | "Already exists" => Stage::Complete,
            _ => return Ok(()),
        };
        if line.id.is_empty() {
            return Ok(());
        }
        let layer = self.by_id.entry(line.id).or_default();
        if line.status == "Downloading" && line.progress.units.is_empty() {
            layer.current = line.progress.current;
            layer.total = line.progress.total.max(layer.total).max(layer.current);
        }
        if stage >= Stage::Downloaded {
            layer.current = layer.total;
        }
        // A download that starts anew goes back; nothing else does.
        layer.stage = if stage == Stage::Waiting { stage } else { layer.stage.max(stage) };
        Ok(())
    }

    /// The engine has said that all is well. Podman does not say so of each layer.
    fn complete(&mut self) {
        for layer in self.by_id.values_mut() {
            layer.stage = Stage::Complete;
            layer.current = layer.total;
        }
    }

    fn sum(&self) -> PullProgress {
        let mut sum = PullProgress { image: self.image.clone(), ..PullProgress::default() };
        let mut extracting = false;
        let mut downloading = false;
        for layer in self.by_id.values() {
            sum.layers += 1;
            sum.layers_done += u32::from(layer.stage == Stage::Complete);
            sum.current += layer.current;
            sum.total += layer.total;
            extracting |= layer.stage == Stage::Extracting;
            downloading |= layer.stage == Stage::Waiting;
        }
        sum.extracting = extracting && !downloading;
        sum
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    fn told(lines: &[serde_json::Value]) -> String {
        let mut layers = Layers::new("redis:7");
        let mut tell = |line: &serde_json::Value| {
            if let Err(message) = layers.take(serde_json::from_value(line.clone()).unwrap()) {
                return format!("error: {message}\n");
            }
            let PullProgress { layers_done, layers, current, total, extracting, .. } = layers.sum();
            let extracting = if extracting { ", extracting" } else { "" };
            format!("{layers_done}/{layers} layers, {current}/{total} bytes{extracting}\n")
        };
        lines.iter().map(&mut tell).collect::<Vec<_>>().concat()
    }

    #[test]
    fn layers_add_up() {
        expect![[r"
            0/0 layers, 0/0 bytes
            0/1 layers, 0/0 bytes
            0/2 layers, 0/0 bytes
            1/3 layers, 0/0 bytes
            1/3 layers, 10/100 bytes
            1/3 layers, 30/150 bytes
            1/3 layers, 120/150 bytes
            1/3 layers, 120/150 bytes
            1/3 layers, 150/150 bytes, extracting
            2/3 layers, 150/150 bytes
            3/3 layers, 150/150 bytes
            3/3 layers, 150/150 bytes
        "]]
        .assert_eq(&told(&[
            json!({"status": "Pulling from library/redis", "id": "7"}),
            json!({"status": "Pulling fs layer", "progressDetail": {}, "id": "a"}),
            json!({"status": "Waiting", "progressDetail": {}, "id": "b"}),
            json!({"status": "Already exists", "progressDetail": {}, "id": "c"}),
            json!({"status": "Downloading", "progressDetail": {"current": 10, "total": 100}, "id": "a"}),
            json!({"status": "Downloading", "progressDetail": {"current": 20, "total": 50}, "id": "b"}),
            json!({"status": "Download complete", "progressDetail": {}, "id": "a"}),
            json!({"status": "Extracting", "progressDetail": {"current": 3, "units": "s"}, "id": "a"}),
            json!({"status": "Verifying Checksum", "id": "b"}),
            json!({"status": "Pull complete", "progressDetail": {}, "id": "a"}),
            json!({"status": "Pull complete", "progressDetail": null, "id": "b"}),
            json!({"status": "Digest: sha256:1"}),
        ]));
    }

    #[test]
    fn an_error_within_the_stream_is_an_error() {
        let story =
            told(&[json!({"errorDetail": {"message": "toomanyrequests"}, "error": "toomanyrequests"})]);
        assert_eq!(story, "error: toomanyrequests\n");
    }
}
