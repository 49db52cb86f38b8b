//! What a supervisor works on, and how.

use std::{path::PathBuf, sync::Arc, time::Duration};

use engine::{Endpoint, Engine, Origin};
use stack::compose::Project;

use crate::{settings::Settings, source::Source, state::Probing};

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
    /// How long a component may take to get healthy.
    pub wait_deadline: Duration,
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
}

/// Where an engine is expected while none is found.
pub(crate) fn usual_endpoint() -> Endpoint {
    let uri = if cfg!(windows) { "npipe:////./pipe/docker_engine" } else { "unix:///var/run/docker.sock" };
    Endpoint { origin: Origin::Default, ..Endpoint::at(uri) }
}
