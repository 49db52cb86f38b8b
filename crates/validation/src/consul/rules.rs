//! What an agent looks at once it understands its files.

use stack::yaml::{Node, Span, scalar};

use crate::{Complaint, Stage, duration, mapstructure::text};

use super::{flags::Flags, services, sources::Sources};

/// Words of faults that Consul collects and prints as a list.
pub(super) const LISTED: [&str; 5] = [
    ": invalid duration: ",
    "invalid meta for service ",
    "Invalid weight definition for service ",
    " cannot have both socket path ",
    "invalid strategy: ",
];

/// Settings that are durations, with what Consul calls them where that is something else.
const DURATIONS: [(&str, &str); 54] = [
    ("acl.policy_ttl", ""),
    ("acl.role_ttl", ""),
    ("acl.token_ttl", ""),
    ("advertise_reconnect_timeout", ""),
    ("ae_interval", ""),
    ("autopilot.last_contact_threshold", ""),
    ("autopilot.server_stabilization_time", ""),
    ("check_deregister_interval_min", ""),
    ("check_reap_interval", ""),
    ("check_update_interval", ""),
    ("connect.test_ca_leaf_root_change_spread", ""),
    ("consul.coordinate.update_period", ""),
    ("consul.raft.election_timeout", ""),
    ("consul.raft.heartbeat_timeout", ""),
    ("consul.raft.leader_lease_timeout", ""),
    ("consul.server.health_interval", ""),
    ("default_query_time", ""),
    ("discovery_max_stale", ""),
    ("dns_config.cache_max_age", ""),
    ("dns_config.max_stale", ""),
    ("dns_config.node_ttl", ""),
    ("dns_config.recursor_timeout", "recursor_timeout"),
    ("federation_state_anti_entropy_sync_interval", ""),
    ("gossip_lan.gossip_interval", "gossip_lan..gossip_interval"),
    ("gossip_lan.probe_interval", "gossip_lan..probe_interval"),
    ("gossip_lan.probe_timeout", "gossip_lan..probe_timeout"),
    ("gossip_wan.gossip_interval", "gossip_wan..gossip_interval"),
    ("gossip_wan.probe_interval", "gossip_wan..probe_interval"),
    ("gossip_wan.probe_timeout", "gossip_wan..probe_timeout"),
    ("http_config.idle_timeout", ""),
    ("http_config.read_header_timeout", ""),
    ("http_config.read_timeout", ""),
    ("http_config.write_timeout", ""),
    ("limits.https_handshake_timeout", ""),
    ("limits.rpc_client_timeout", ""),
    ("limits.rpc_handshake_timeout", ""),
    ("log_rotate_duration", ""),
    ("max_query_time", ""),
    ("performance.grpc_keepalive_interval", ""),
    ("performance.grpc_keepalive_timeout", ""),
    ("performance.leave_drain_time", ""),
    ("performance.rpc_hold_timeout", ""),
    ("primary_gateways_interval", ""),
    ("raft_logstore.verification.interval", ""),
    ("raft_snapshot_interval", ""),
    ("reconnect_timeout", ""),
    ("reconnect_timeout_wan", ""),
    ("retry_interval", ""),
    ("retry_interval_wan", ""),
    ("server_rejoin_age_max", ""),
    ("session_ttl_min", ""),
    ("sync_coordinate_interval_min", ""),
    ("telemetry.prometheus_retention_time", "prometheus_retention_time"),
    ("auto_config.authorization.static.clock_skew_leeway", ""),
];

/// A value below a node, by its path. A list of one stands for what is in it.
pub(super) fn at<'a>(node: &'a Node, path: &str) -> Option<&'a Node> {
    let only = |node: &'a Node| if let [only] = node.items() { only } else { node };
    path.split('.').try_fold(only(node), |node, key| {
        let entry = node.entries().iter().find(|entry| entry.key.eq_ignore_ascii_case(key))?;
        (!entry.value.is_null()).then(|| only(&entry.value))
    })
}

/// A setting from the flags, or from the last file that has it.
struct Settings<'a> {
    sources: &'a Sources,
    flags: &'a Flags,
}

impl Settings<'_> {
    fn node(&self, path: &str) -> Option<&Node> {
        self.sources.roots.iter().rev().find_map(|root| at(root, path))
    }

    fn text(&self, flag: &str, path: &str) -> Option<(&str, Option<Span>)> {
        if let Some(value) = self.flags.values.get(flag) {
            return Some((value, None));
        }
        let node = self.node(path)?;
        Some((text(node)?, Some(node.span)))
    }

    fn switch(&self, flag: &str, path: &str) -> bool {
        self.flags
            .switch(flag)
            .unwrap_or_else(|| self.node(path).and_then(scalar::resolve) == Some(scalar::Scalar::Bool(true)))
    }

    fn number(&self, flag: &str, path: &str) -> (i64, Option<Span>) {
        if let Some(value) = self.flags.values.get(flag) {
            return (value.parse().unwrap_or_default(), None);
        }
        let node = self.node(path);
        let number = match node.and_then(scalar::resolve) {
            Some(scalar::Scalar::Int(number)) => i64::try_from(number).unwrap_or(i64::MAX),
            _ => 0,
        };
        (number, node.map(|node| node.span))
    }
}

pub(super) fn check(sources: &Sources, flags: &Flags, agent: bool) -> Vec<Complaint> {
    let settings = Settings { sources, flags };
    let nowhere = Span { file: if agent { usize::MAX } else { 0 }, line: 0, column: 0 };
    let mut found = Vec::new();
    let mut add = |span: Option<Span>, stage, words: String| {
        found.push(sources.complaint(span.unwrap_or(nowhere), stage, words));
    };
    if let Some((datacenter, span)) = settings.text("datacenter", "datacenter")
        && let Some(words) = basic_name("datacenter", datacenter)
    {
        add(span, Stage::Validate, words);
    }
    // The image's entrypoint gives the agent a folder by a flag.
    let data = settings.text("data-dir", "data_dir").is_some_and(|(folder, _)| !folder.is_empty());
    if !agent && !data && !sources.hidden && !settings.switch("dev", "") {
        add(None, Stage::Validate, "data_dir cannot be empty".to_owned());
    }
    servers(&settings, &mut add);
    if let Some((level, span)) = settings.text("log-level", "log_level") {
        let known = ["TRACE", "DEBUG", "INFO", "WARN", "ERR", "ERROR"];
        if !known.contains(&level.to_uppercase().as_str()) {
            let words = format!("Invalid log level: {level}. Valid log levels are: [{}]", known.join(" "));
            add(span, Stage::Start, words);
        }
    }
    for root in &sources.roots {
        durations(root, &mut add);
        services::check(root, &mut add);
    }
    found
}

fn basic_name(field: &str, value: &str) -> Option<String> {
    if value.is_empty() {
        return Some(format!("{field} cannot be empty"));
    }
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    (!value.chars().all(good)).then(|| {
        format!("{field} can only contain lowercase alphanumeric, - or _ characters. received: {value:?}")
    })
}

type Add<'a> = dyn FnMut(Option<Span>, Stage, String) + 'a;

/// What only servers may be, and how they may begin.
fn servers(settings: &Settings<'_>, add: &mut Add<'_>) {
    let server = settings.switch("server", "server") || settings.switch("dev", "");
    let bootstrap = settings.switch("bootstrap", "bootstrap");
    let (expect, span) = settings.number("bootstrap-expect", "bootstrap_expect");
    let words = if bootstrap && !server {
        "'bootstrap = true' requires 'server = true'".to_owned()
    } else if expect < 0 {
        format!("bootstrap_expect cannot be {expect}. Must be greater than or equal to zero")
    } else if expect > 0 && !server && !settings.sources.hidden {
        "'bootstrap_expect > 0' requires 'server = true'".to_owned()
    } else if expect > 0 && bootstrap {
        "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive".to_owned()
    } else {
        return;
    };
    let span = span.or_else(|| settings.node("bootstrap").map(|node| node.span));
    add(span, Stage::Validate, words);
}

fn durations(root: &Node, add: &mut Add<'_>) {
    for (path, name) in DURATIONS {
        if let Some(node) = at(root, path) {
            is_duration(node, if name.is_empty() { path } else { name }, add);
        }
    }
    for entry in at(root, "dns_config.service_ttl").map(Node::entries).unwrap_or_default() {
        is_duration(&entry.value, &format!("dns_config.service_ttl[{:?}]", entry.key), add);
    }
}

/// Says so when a value is no duration, and tells it in nanoseconds when it is one.
pub(super) fn is_duration(node: &Node, name: &str, add: &mut Add<'_>) -> Option<i128> {
    let given = text(node)?;
    match duration::go(given) {
        Ok(nanoseconds) => Some(nanoseconds),
        Err(error) => {
            let words = format!("{name}: invalid duration: {given:?}: {error}");
            add(Some(node.span), Stage::Validate, words);
            None
        }
    }
}
