//! Whether containers write anything.

use futures_util::StreamExt;

use crate::{Engine, LogOptions, error::EngineError, observe::ListedContainer, wire::Call};

/// The most containers that are asked.
const MOST: usize = 100;

impl Engine {
    /// The name of a running container of this engine, of whatever project, that has written a line between two
    /// moments (nanoseconds since 1970). Containers with the label `ignore` (`name=value`) are left out, and so are
    /// those whose logging driver keeps nothing to read.
    pub async fn writer(
        &self,
        since: i64,
        until: i64,
        ignore: Option<&str>,
    ) -> Result<Option<String>, EngineError> {
        let containers: Vec<ListedContainer> =
            self.get(Call::get("list containers", "/containers/json")).await?;
        let ignored = |container: &ListedContainer| {
            let label = ignore.and_then(|label| label.split_once('='));
            label.is_some_and(|(name, value)| container.labels.get(name).is_some_and(|it| it == value))
        };
        for container in containers.iter().filter(|container| !ignored(container)).take(MOST) {
            let options =
                LogOptions { since: Some(since), until: Some(until), tail: Some(1), ..LogOptions::default() };
            if let Some(Ok(_)) = self.logs(&container.id, None, options).next().await {
                return Ok(Some(container.name().to_owned()));
            }
        }
        Ok(None)
    }
}
