//! Exit codes: one for each class of outcome. They are documented in `--help` and never change.

use supervisor::api::error::{AppError, ErrorCode};

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Ok = 0,
    /// Something failed.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The stack's files are wrong.
    Stack = 3,
    /// There is no engine, or it does not answer.
    Engine = 4,
    /// Refused before anything was done.
    Refused = 5,
    /// Not everything that is switched on is healthy.
    Unhealthy = 6,
    /// Ended by the user.
    Cancelled = 130,
}

impl Exit {
    /// The class of an error. No wildcard arm: a new code must choose its class.
    pub(crate) fn of(error: &AppError) -> Self {
        match error.code {
            ErrorCode::NoEngine
            | ErrorCode::BadEndpoint
            | ErrorCode::EngineDenied
            | ErrorCode::EngineUnreachable
            | ErrorCode::EngineTooOld
            | ErrorCode::EngineTimeout
            | ErrorCode::EngineLost
            | ErrorCode::EngineUnsupported => Self::Engine,
            ErrorCode::StackInvalid
            | ErrorCode::NoStack
            | ErrorCode::VariableMissing
            | ErrorCode::ConfigInvalid
            | ErrorCode::FileUnreadable => Self::Stack,
            ErrorCode::PortTaken
            | ErrorCode::NameTaken
            | ErrorCode::ForeignProject
            | ErrorCode::ExternalMissing
            | ErrorCode::ImageMissing
            | ErrorCode::Excluded
            | ErrorCode::NoHealthcheck
            | ErrorCode::ConsentNeeded
            | ErrorCode::Busy
            | ErrorCode::PlanUnknown
            | ErrorCode::FileChanged => Self::Refused,
            ErrorCode::UnknownComponent | ErrorCode::NoLink | ErrorCode::BadPattern | ErrorCode::BadTime => {
                Self::Usage
            }
            ErrorCode::Cancelled => Self::Cancelled,
            ErrorCode::EngineRefused
            | ErrorCode::ImageNotFound
            | ErrorCode::RateLimited
            | ErrorCode::RegistryUnreachable
            | ErrorCode::RegistryDenied
            | ErrorCode::CredentialsFailed
            | ErrorCode::VolumeInUse
            | ErrorCode::DiskFull
            | ErrorCode::FileUnwritable
            | ErrorCode::Exited
            | ErrorCode::Unhealthy
            | ErrorCode::WaitTimeout
            | ErrorCode::Gone
            | ErrorCode::ProbeFailed
            | ErrorCode::PartUnwell
            | ErrorCode::NothingSent
            | ErrorCode::SeedFailed
            | ErrorCode::CannotOpen
            | ErrorCode::NotRunning
            | ErrorCode::SettingsDamaged
            | ErrorCode::Internal => Self::Failed,
        }
    }
}
