//! One error crosses the edge: a stable code, what it is about, and the technical words.

use serde::Serialize;

use super::codes::codes;
pub use super::facts::{Awaited, Fact, Facts, Owner, PartState, ResourceKind};

/// A failure as every face gets it. The face turns the code into a sentence and a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[error("{code:?}: {detail}")]
#[serde(rename_all = "camelCase")]
pub struct AppError {
    /// What happened.
    pub code: ErrorCode,
    /// What it happened to: a component, an image, a port, a file.
    pub subject: String,
    /// Technical words: the engine's message, the place in a file, who holds a port.
    pub detail: String,
    /// Further facts that the sentence names.
    #[cfg_attr(test, ts(as = "super::facts::DeclaredFacts"))]
    pub facts: Facts,
}

codes! {
    /// Every kind of failure. A code is never renamed: scripts and translations hang on it.
    ErrorCode:
    /// No engine was found in any of the usual places.
    NoEngine = "no-engine",
    /// The engine's socket may not be opened by this user.
    EngineDenied = "engine-denied",
    /// The engine's address does not answer.
    EngineUnreachable = "engine-unreachable",
    /// The engine's API is older than Switchyard can use.
    EngineTooOld = "engine-too-old",
    /// The engine did not answer in time.
    EngineTimeout = "engine-timeout",
    /// The connection broke in the middle.
    EngineLost = "engine-lost",
    /// The engine refused or failed in a way that has no code of its own.
    EngineRefused = "engine-refused",
    /// Something about this way to reach an engine is not supported.
    EngineUnsupported = "engine-unsupported",
    /// The registry has no such image, or it needs a login.
    ImageNotFound = "image-not-found",
    /// The registry limits how much may be pulled.
    RateLimited = "rate-limited",
    /// The registry, or its mirror, cannot be reached.
    RegistryUnreachable = "registry-unreachable",
    /// The registry wants other credentials.
    RegistryDenied = "registry-denied",
    /// A credential helper did not give the credentials of a registry.
    CredentialsFailed = "credentials-failed",
    /// What names the engine is not a valid address or context.
    BadEndpoint = "bad-endpoint",
    /// A volume that should go is still in use.
    VolumeInUse = "volume-in-use",
    /// The disk of the engine is full.
    DiskFull = "disk-full",
    /// A host port is taken.
    PortTaken = "port-taken",
    /// A container that is not ours has the name.
    NameTaken = "name-taken",
    /// The project's name belongs to another folder.
    ForeignProject = "foreign-project",
    /// An external network or volume does not exist.
    ExternalMissing = "external-missing",
    /// The image is not here and must not be pulled.
    ImageMissing = "image-missing",
    /// Two components that exclude each other are both wanted.
    Excluded = "excluded",
    /// A service waits for the health of one without a health check.
    NoHealthcheck = "no-healthcheck",
    /// The user has to agree to the plan first.
    ConsentNeeded = "consent-needed",
    /// Another Switchyard works on this stack, or too many requests wait already.
    Busy = "busy",
    /// A plan that was shown, or an offer that was made, does not hold any more.
    PlanUnknown = "plan-unknown",
    /// A file was changed by somebody else since it was read.
    FileChanged = "file-changed",
    /// No component or preset has this name.
    UnknownComponent = "unknown-component",
    /// The compose file, or a value in it, is wrong.
    StackInvalid = "stack-invalid",
    /// A file cannot be read.
    FileUnreadable = "file-unreadable",
    /// A file cannot be written.
    FileUnwritable = "file-unwritable",
    /// A component cannot read its configuration.
    ConfigInvalid = "config-invalid",
    /// A part of a component is not well.
    PartUnwell = "part-unwell",
    /// A log collector passes nothing on although containers write.
    NothingSent = "nothing-sent",
    /// There is no compose file in the folder.
    NoStack = "no-stack",
    /// A variable that must be set is not.
    VariableMissing = "variable-missing",
    /// A container exited before it got healthy.
    Exited = "exited",
    /// The engine's health check failed.
    Unhealthy = "unhealthy",
    /// It did not get healthy in time.
    WaitTimeout = "wait-timeout",
    /// Its container was removed meanwhile.
    Gone = "gone",
    /// The component does not answer our probe.
    ProbeFailed = "probe-failed",
    /// Its initial data could not be written.
    SeedFailed = "seed-failed",
    /// A web page could not be opened.
    CannotOpen = "cannot-open",
    /// The component has no such page.
    NoLink = "no-link",
    /// The component does not run.
    NotRunning = "not-running",
    /// A pattern to search for is not valid.
    BadPattern = "bad-pattern",
    /// A time or duration is not valid.
    BadTime = "bad-time",
    /// The settings file is damaged; the next change keeps it aside.
    SettingsDamaged = "settings-damaged",
    /// The user ended it. Never shown as a failure.
    Cancelled = "cancelled",
    /// A fault of Switchyard itself.
    Internal = "internal",
}

impl AppError {
    /// An error without further facts.
    pub fn new(code: ErrorCode, subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, subject: subject.into(), detail: detail.into(), facts: Facts::default() }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, fact: Fact) -> Self {
        self.facts.set(fact);
        self
    }
}
