//! What a service waits for in others.

#![allow(
    missing_docs,
    reason = "a field without a word of its own means what the compose specification says of that key"
)]

use serde::Serialize;

use super::omit::is_false;

/// What a service waits for in another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependency {
    /// How far the other service must have come.
    pub condition: Condition,
    /// Stop and start this service when the other one is recreated.
    #[serde(skip_serializing_if = "is_false")]
    pub restart: bool,
    /// `false`: a missing or failed dependency is only a warning.
    pub required: bool,
}

/// The condition of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Condition {
    /// Its start returned.
    #[serde(rename = "service_started")]
    Started,
    /// Its health check passed.
    #[serde(rename = "service_healthy")]
    Healthy,
    /// It ran and exited with code 0.
    #[serde(rename = "service_completed_successfully")]
    Completed,
}

impl Condition {
    /// The word in a compose file and in the `depends_on` label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "service_started",
            Self::Healthy => "service_healthy",
            Self::Completed => "service_completed_successfully",
        }
    }
}
