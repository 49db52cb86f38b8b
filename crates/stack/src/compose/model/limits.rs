//! How much a service may use.

#![allow(
    missing_docs,
    reason = "a field without a word of its own means what the compose specification says of that key"
)]

use serde::{Serialize, Serializer};

use super::omit::{go_f32, is_zero_f32, is_zero_i64};
use crate::compose::size::ByteSize;

/// `deploy`, as far as a single machine honours it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Deploy {
    /// Not part of the hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// Limits and reservations.
    pub resources: Resources,
    /// Always written, empty: compose-go does so.
    pub placement: Placement,
}

/// Placement is for clusters; compose-go always writes the empty object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Placement {}

/// `deploy.resources`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resources {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Resource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservations: Option<Resource>,
}

/// One set of limits or reservations.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resource {
    /// Cores.
    #[serde(skip_serializing_if = "is_zero_f32", serialize_with = "go_f32")]
    pub cpus: f32,
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub memory: ByteSize,
    #[serde(skip_serializing_if = "is_zero_i64")]
    pub pids: i64,
}

/// One `ulimits` entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ulimit {
    /// Soft and hard alike; written as a number.
    Single(i64),
    /// `{soft, hard}`.
    Range { soft: i64, hard: i64 },
}

impl Serialize for Ulimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Range {
            soft: i64,
            hard: i64,
        }
        match *self {
            Self::Single(limit) => serializer.serialize_i64(limit),
            Self::Range { soft, hard } => Range { soft, hard }.serialize(serializer),
        }
    }
}
