//! One module for each program. Bodies, headers and codes are those of the real programs at the pinned versions.

pub mod alloy;
pub mod grafana;
pub mod jaeger;
pub mod loki;
pub mod promtail;
pub mod socket_proxy;
