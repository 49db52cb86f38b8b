//! Every key of the compose specification, section by section: those that the model has and those that
//! it does not have yet. The difference decides what the user is told.

/// The keys that may stand in one kind of mapping.
pub(super) struct Section {
    /// In the model.
    pub(super) supported: &'static [&'static str],
    /// In the specification only.
    pub(super) unsupported: &'static [&'static str],
}

pub(super) const PROJECT: Section = Section {
    supported: &["version", "name", "services", "networks", "volumes"],
    unsupported: &["include", "models", "secrets", "configs"],
};

#[rustfmt::skip]
pub(super) const SERVICE: Section = Section {
    supported: &[
        "cap_add", "cap_drop", "command", "container_name", "cpus", "depends_on", "deploy", "dns", "domainname",
        "entrypoint", "env_file", "environment", "expose", "extra_hosts", "group_add", "healthcheck", "hostname",
        "image", "init", "labels", "logging", "mem_limit", "mem_reservation", "network_mode", "networks",
        "pids_limit", "platform", "ports", "privileged", "profiles", "pull_policy", "read_only", "restart",
        "security_opt", "shm_size", "stdin_open", "stop_grace_period", "stop_signal", "sysctls", "tmpfs", "tty",
        "ulimits", "user", "volumes", "working_dir",
    ],
    unsupported: &[
        "annotations", "attach", "blkio_config", "build", "cgroup", "cgroup_parent", "configs", "cpu_count",
        "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpuset",
        "credential_spec", "develop", "device_cgroup_rules", "devices", "dns_opt", "dns_search", "extends",
        "external_links", "gpus", "ipc", "isolation", "label_file", "links", "mac_address", "mem_swappiness",
        "memswap_limit", "models", "oom_kill_disable", "oom_score_adj", "pid", "post_start", "pre_start",
        "pre_stop", "provider", "pull_refresh_after", "runtime", "scale", "secrets", "storage_opt",
        "use_api_socket", "userns_mode", "uts", "volumes_from",
    ],
};

pub(super) const DEPENDENCY: Section =
    Section { supported: &["condition", "restart", "required"], unsupported: &[] };

pub(super) const DEPLOY: Section = Section {
    supported: &["replicas", "resources", "placement"],
    unsupported: &["mode", "endpoint_mode", "labels", "rollback_config", "update_config", "restart_policy"],
};

pub(super) const PLACEMENT: Section =
    Section { supported: &[], unsupported: &["constraints", "preferences", "max_replicas_per_node"] };

pub(super) const RESOURCES: Section = Section { supported: &["limits", "reservations"], unsupported: &[] };

pub(super) const LIMITS: Section =
    Section { supported: &["cpus", "memory", "pids"], unsupported: &["devices", "generic_resources"] };

pub(super) const RESERVATIONS: Section =
    Section { supported: &["cpus", "memory"], unsupported: &["devices", "generic_resources"] };

pub(super) const HEALTHCHECK: Section = Section {
    supported: &["test", "timeout", "interval", "retries", "start_period", "start_interval", "disable"],
    unsupported: &[],
};

pub(super) const LOGGING: Section = Section { supported: &["driver", "options"], unsupported: &[] };

pub(super) const SERVICE_NETWORK: Section = Section {
    supported: &["priority", "aliases", "ipv4_address"],
    unsupported: &[
        "driver_opts",
        "gw_priority",
        "interface_name",
        "ipv6_address",
        "link_local_ips",
        "mac_address",
    ],
};

pub(super) const ENV_FILE: Section = Section { supported: &["path", "required", "format"], unsupported: &[] };

pub(super) const PORT: Section = Section {
    supported: &["name", "mode", "host_ip", "target", "published", "protocol", "app_protocol"],
    unsupported: &[],
};

pub(super) const ULIMIT: Section = Section { supported: &["soft", "hard"], unsupported: &[] };

pub(super) const MOUNT: Section = Section {
    supported: &["type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs"],
    unsupported: &["image"],
};

pub(super) const MOUNT_BIND: Section =
    Section { supported: &["propagation", "create_host_path", "selinux"], unsupported: &["recursive"] };

pub(super) const MOUNT_VOLUME: Section =
    Section { supported: &["nocopy", "subpath"], unsupported: &["labels"] };

pub(super) const MOUNT_TMPFS: Section = Section { supported: &["size", "mode"], unsupported: &[] };

pub(super) const NETWORK: Section = Section {
    supported: &["name", "driver", "driver_opts", "ipam", "external", "internal", "attachable", "labels"],
    unsupported: &["enable_ipv4", "enable_ipv6"],
};

pub(super) const IPAM: Section = Section { supported: &[], unsupported: &["driver", "config", "options"] };

pub(super) const VOLUME: Section =
    Section { supported: &["name", "driver", "driver_opts", "external", "labels"], unsupported: &[] };

pub(super) const EXTERNAL: Section = Section { supported: &["name"], unsupported: &[] };

/// Longer names are no slips of the hand, and comparing them takes time.
const MAX_GUESSED: usize = 64;

/// The name that was probably meant: the nearest one, if it is near enough to be a slip. Very short
/// names are near to anything, so they get no guess.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_GUESSED {
        return None;
    }
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_GUESSED)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= name.len().min(candidate.len()) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// " (did you mean x?)" or nothing.
pub(super) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|nearest| format!(" (did you mean {nearest}?)")).unwrap_or_default()
}
