//! Networks, how services join them, and ports of the host.

#![allow(
    missing_docs,
    reason = "a field without a word of its own means what the compose specification says of that key"
)]

use std::collections::BTreeMap;

use serde::Serialize;

use super::omit::{is_false, is_zero_i64, is_zero_u16};

/// How a service joins a network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ServiceNetwork {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ipv4_address: String,
    /// Higher is the primary network.
    #[serde(skip_serializing_if = "is_zero_i64")]
    pub priority: i64,
}

/// One published port, in long form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Port {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// `ingress` unless the file says otherwise.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// Address on the host; empty means all of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub host_ip: String,
    /// Port in the container.
    #[serde(skip_serializing_if = "is_zero_u16")]
    pub target: u16,
    /// Port on the host, a range `8000-8010` for "any of these", or empty for "any free one".
    #[serde(skip_serializing_if = "String::is_empty")]
    pub published: String,
    /// `tcp`, `udp` or `sctp`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app_protocol: String,
}

/// A network of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Network {
    /// Real name on the engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Always written, empty: compose-go does so.
    pub ipam: Ipam,
    /// Made by somebody else: must exist, is never created or removed.
    #[serde(skip_serializing_if = "is_false")]
    pub external: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub internal: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub attachable: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// Address management of a network; the keys inside are not supported yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Ipam {}
