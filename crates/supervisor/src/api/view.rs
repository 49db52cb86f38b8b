//! What the shell around the page may ask it to show.

use serde::Serialize;

/// What the window's own menu can ask the page to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words say it")]
pub enum View {
    Stack,
    Logs,
    Palette,
    Settings,
}
