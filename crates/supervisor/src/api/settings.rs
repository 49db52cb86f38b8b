//! The user's choices for the window.

use serde::{Deserialize, Serialize};

/// The language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the languages")]
pub enum Language {
    #[default]
    System,
    En,
    Zh,
}

/// The colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the themes")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
    Contrast,
}

/// The user's choices for the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Its language.
    pub language: Language,
    /// Its colours.
    pub theme: Theme,
    /// Start with the desktop session.
    pub autostart: bool,
    /// Start without the window, as the icon in the tray.
    pub start_hidden: bool,
    /// Tell of failures and recoveries.
    pub notify: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            autostart: false,
            start_hidden: false,
            notify: true,
        }
    }
}
