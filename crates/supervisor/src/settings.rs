//! What is remembered between runs: which switches are on, for each stack folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    api::{
        error::{AppError, ErrorCode, Fact},
        window,
    },
    files::{Privacy, unreadable, write_atomically},
};

/// The settings file.
#[derive(Debug, Clone)]
pub struct Settings {
    path: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    /// Folder to the components that are switched on.
    #[serde(default)]
    stacks: BTreeMap<String, Stack>,
    /// The user's choices for the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<window::Settings>,
    /// What was said once and is not said again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    told: BTreeSet<String>,
    /// What a newer version wrote and this one does not know.
    #[serde(flatten)]
    unknown: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Stack {
    #[serde(default)]
    on: BTreeSet<String>,
    #[serde(flatten)]
    unknown: BTreeMap<String, serde_json::Value>,
}

impl Settings {
    /// The settings in this folder; nothing is read yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("settings.json") }
    }

    /// The switches that are on; `None` when nobody ever flipped one of this stack.
    ///
    /// A damaged file is moved aside and reported as `SettingsDamaged`; the next read finds defaults.
    pub fn switches(&self, stack: &Path) -> Result<Option<BTreeSet<String>>, AppError> {
        let mut content = self.read()?;
        Ok(content.stacks.remove(&key(stack)).map(|stack| stack.on))
    }

    /// Remembers the switches that are on.
    pub fn save_switches(&self, stack: &Path, on: &BTreeSet<String>) -> Result<(), AppError> {
        self.change(|content| content.stacks.entry(key(stack)).or_default().on.clone_from(on))
    }

    /// The user's choices for the window.
    pub fn window(&self) -> Result<window::Settings, AppError> {
        Ok(self.read()?.window.unwrap_or_default())
    }

    /// Remembers the user's choices for the window.
    pub fn save_window(&self, settings: &window::Settings) -> Result<(), AppError> {
        self.change(|content| content.window = Some(settings.clone()))
    }

    /// Whether this is said for the first time; from then on it is not.
    pub fn first_time(&self, what: &str) -> bool {
        let mut first = false;
        // What cannot be remembered is not said at all, rather than again and again.
        self.change(|content| first = content.told.insert(what.to_owned())).is_ok() && first
    }

    fn change(&self, change: impl FnOnce(&mut Content)) -> Result<(), AppError> {
        let mut content = self.read().or_else(|error| match error.code {
            ErrorCode::SettingsDamaged => Ok(Content::default()),
            _ => Err(error),
        })?;
        change(&mut content);
        let text = serde_json::to_vec_pretty(&content)
            .map_err(|error| AppError::new(ErrorCode::Internal, "settings", error.to_string()))?;
        write_atomically(&self.path, &text, Privacy::Shared)
    }

    fn read(&self) -> Result<Content, AppError> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Content::default()),
            Err(error) => return Err(unreadable(&self.path, &error)),
        };
        serde_json::from_slice(&text).map_err(|error| {
            let aside = self.path.with_extension("json.damaged");
            let kept = std::fs::rename(&self.path, &aside)
                .map_or_else(|error| error.to_string(), |()| aside.display().to_string());
            AppError::new(ErrorCode::SettingsDamaged, self.path.display().to_string(), error.to_string())
                .with(Fact::Kept(kept))
        })
    }
}

fn key(stack: &Path) -> String {
    stack.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_kept_for_each_stack() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        assert_eq!(settings.switches(Path::new("/a")).unwrap(), None);
        let on = BTreeSet::from(["loki".to_owned()]);
        settings.save_switches(Path::new("/a"), &on).unwrap();
        assert_eq!(settings.switches(Path::new("/a")).unwrap(), Some(on));
        assert_eq!(settings.switches(Path::new("/b")).unwrap(), None);
    }

    #[test]
    fn choices_for_the_window_and_switches_leave_each_other_alone() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        assert!(!settings.window().unwrap().autostart, "nothing starts by itself unless asked to");
        let chosen = window::Settings { language: window::Language::Zh, ..window::Settings::default() };
        settings.save_window(&chosen).unwrap();
        settings.save_switches(Path::new("/a"), &BTreeSet::from(["loki".to_owned()])).unwrap();
        assert_eq!(settings.window().unwrap(), chosen);
    }

    #[test]
    fn a_damaged_file_is_kept_aside_and_said_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.json"), b"{ half").unwrap();
        let settings = Settings::in_folder(folder.path());
        let error = settings.switches(Path::new("/a")).unwrap_err();
        assert_eq!(error.code, ErrorCode::SettingsDamaged);
        assert_eq!(std::fs::read(error.facts.kept().unwrap()).unwrap(), b"{ half");
        assert_eq!(settings.switches(Path::new("/a")).unwrap(), None);
    }

    #[test]
    fn what_a_newer_version_wrote_survives() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("settings.json"),
            r#"{"theme":"dark","stacks":{"/a":{"on":[],"pin":1}}}"#,
        )
        .unwrap();
        let settings = Settings::in_folder(folder.path());
        settings.save_switches(Path::new("/a"), &BTreeSet::from(["x".to_owned()])).unwrap();
        let text = std::fs::read_to_string(folder.path().join("settings.json")).unwrap();
        assert!(text.contains("dark") && text.contains("pin"), "{text}");
    }
}
