//! What a supervisor works on, and how.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use engine::{Endpoint, Engine, EngineError};
use stack::compose::Project;

use crate::{api::error::AppError, settings::Settings, source::Source, state::Probing};

/// What a supervisor works on, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The stack.
    pub stack: Stack,
    /// The engine.
    pub engine: Choice,
    /// A connection to it that is there already; otherwise the loop makes one and keeps trying.
    pub connection: Option<Engine>,
    /// Where the switches are remembered; `None` remembers nothing.
    pub settings: Option<Settings>,
    /// Where the locks are.
    pub locks: PathBuf,
    /// How eagerly components are asked.
    pub probing: Probing,
    /// Whether the engine's events are followed. A command that looks once does not need them.
    pub events: bool,
    /// How long each wait may last, where the user says so; else as long as the health check takes to give up.
    pub patience: Option<Duration>,
    /// Whether the configuration of what is going to be started is looked at first.
    pub check: bool,
}

/// Which stack.
#[derive(Debug, Clone)]
pub enum Stack {
    /// This one, as it was read.
    Fixed(Arc<Project>),
    /// The one of these files, as they are by now.
    Watched(Source),
}

/// Which engine.
#[derive(Debug, Clone)]
pub enum Choice {
    /// The usual one of this machine. While none answers, another one may come to be it.
    Usual,
    /// Just this one.
    This(Endpoint),
    /// One that cannot be used, with the reason: the usual one must not take its place without a word.
    Unusable(AppError),
}

impl Choice {
    /// Where the engine is expected.
    pub(crate) fn place(&self) -> Endpoint {
        match self {
            Self::This(endpoint) => endpoint.clone(),
            Self::Usual | Self::Unusable(_) => engine::default_place(&environment, &home()),
        }
    }
}

/// The engine that is used when nobody says otherwise.
pub(crate) fn resolve_usual() -> Result<Endpoint, EngineError> {
    engine::resolve(None, &environment, &home())
}

pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn home() -> PathBuf {
    std::env::home_dir().unwrap_or_else(|| Path::new("/").to_owned())
}
