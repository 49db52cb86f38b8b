//! What a user agrees to, should know, or is told.

use serde::Serialize;

use super::{
    codes::codes,
    error::{AppError, ErrorCode},
};

/// Something the user should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Notice {
    /// What it tells.
    pub code: NoticeCode,
    /// What it is about: a container, a volume, a file, a variable.
    pub subject: String,
    /// A second name, where the sentence needs one.
    pub other: Option<String>,
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(untagged)]
pub enum NoticeCode {
    /// Something that is no error.
    Remark(Remark),
    /// An error that belongs to no component and to no request.
    Error(ErrorCode),
}

impl std::fmt::Display for NoticeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Remark(remark) => remark.fmt(f),
            Self::Error(code) => code.fmt(f),
        }
    }
}

codes! {
    /// What a user agrees to, should know, or is told.
    Remark:
    /// A component goes off too, since it cannot do without one that does. To be agreed to.
    StopsDependent = "stops-dependent",
    /// A component makes room for one that cannot run beside it. To be agreed to.
    StopsExcluded = "stops-excluded",
    /// A volume is deleted with its data. To be agreed to.
    RemovesVolume = "removes-volume",
    /// A file cannot be read, and what it said before counts. To be agreed to.
    FilesUnreadable = "files-unreadable",
    /// A container's service is no longer in the file.
    Orphan = "orphan",
    /// A volume was made by something else.
    VolumeNotOurs = "volume-not-ours",
    /// A network was made by something else.
    NetworkNotOurs = "network-not-ours",
    /// A volume's definition has changed.
    VolumeChanged = "volume-changed",
    /// A network's definition has changed.
    NetworkChanged = "network-changed",
    /// An optional dependency is off.
    OptionalDependencyOff = "optional-dependency-off",
    /// There is no container to restart.
    NothingToRestart = "nothing-to-restart",
    /// A restart does not apply a changed configuration.
    RestartKeepsConfig = "restart-keeps-config",
    /// A configuration means something else than its program will do.
    ConfigSuspect = "config-suspect",
    /// A variable is not set.
    UnsetVariable = "unset-variable",
    /// docker compose takes a volume for a drive of Windows.
    DriveLikeVolume = "drive-like-volume",
    /// A key of the compose file is ignored.
    ObsoleteKey = "obsolete-key",
    /// Another folder runs a stack of this name.
    ForeignProject = "foreign-project",
    /// A shipped file was edited, and is kept.
    EditedFile = "edited-file",
    /// Edited files, or another engine, are taken over when what is under way has ended.
    ChangeWaits = "change-waits",
    /// The settings file is damaged.
    SettingsDamaged = "settings-damaged",
}

impl Notice {
    /// A remark with one name, or with two.
    pub fn new(remark: Remark, subject: impl Into<String>, other: Option<String>) -> Self {
        Self { code: NoticeCode::Remark(remark), subject: subject.into(), other }
    }
}

/// Told in the error's words, but for damaged settings, where only the file that was kept counts.
impl From<&AppError> for Notice {
    fn from(error: &AppError) -> Self {
        let subject = error.subject.clone();
        match error.code {
            ErrorCode::SettingsDamaged => {
                Self::new(Remark::SettingsDamaged, subject, error.facts.kept().cloned())
            }
            code => Self { code: NoticeCode::Error(code), subject, other: Some(error.detail.clone()) },
        }
    }
}
