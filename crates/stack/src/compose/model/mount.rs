//! Volumes, and what else is mounted into containers.

#![allow(
    missing_docs,
    reason = "a field without a word of its own means what the compose specification says of that key"
)]

use std::collections::BTreeMap;

use serde::Serialize;

use super::omit::{is_false, is_true, is_zero_u32};
use crate::compose::size::ByteSize;

/// Something mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// `bind`, `volume` or `tmpfs`.
    #[serde(rename = "type")]
    pub kind: MountKind,
    /// Host path of a bind, key of a named volume, empty for an anonymous one or a tmpfs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Path in the container.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub consistency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind: Option<BindOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<VolumeOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs: Option<TmpfsOptions>,
}

/// The kinds of mounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    Bind,
    Volume,
    Tmpfs,
}

/// Options of a bind mount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BindOptions {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub selinux: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub propagation: String,
    /// Make the folder on the host when it is missing. `true` (short syntax) is not written, `false` is.
    #[serde(skip_serializing_if = "is_true")]
    pub create_host_path: bool,
}

/// Options of a named volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct VolumeOptions {
    #[serde(skip_serializing_if = "is_false")]
    pub nocopy: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subpath: String,
}

/// Options of a tmpfs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TmpfsOptions {
    #[serde(skip_serializing_if = "ByteSize::is_zero")]
    pub size: ByteSize,
    #[serde(skip_serializing_if = "is_zero_u32")]
    pub mode: u32,
}

/// A named volume of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Volume {
    /// Real name on the engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Made by somebody else: must exist, is never created or removed.
    #[serde(skip_serializing_if = "is_false")]
    pub external: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
