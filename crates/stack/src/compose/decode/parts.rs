//! The parts of a service that are mappings of their own.

use std::collections::BTreeMap;

use super::super::{
    error::LoadErrorKind,
    field::Field,
    keys,
    model::{
        Condition, Dependency, Deploy, Healthcheck, Logging, Resource, Resources, ServiceNetwork, Ulimit,
    },
};

/// `command` and `entrypoint`: a list as it is, a text split like a shell would; nothing given stays so.
pub(super) fn command(field: &Field<'_>) -> Option<Vec<String>> {
    if field.is_null() {
        return None;
    }
    if field.is_sequence() {
        return Some(field.texts());
    }
    let line = field.text()?;
    let words = super::command::split(&line);
    if words.is_none() {
        field.invalid(format!("the command line {line:?} cannot be split: a quote or a parenthesis is open"));
    }
    words
}

/// `depends_on`, a list of names or a mapping with conditions.
pub(super) fn dependencies(field: &Field<'_>) -> BTreeMap<String, Dependency> {
    let plain = Dependency { condition: Condition::Started, restart: false, required: true };
    if field.is_sequence() {
        return field.unique_texts().into_iter().map(|name| (name, plain.clone())).collect();
    }
    let mut dependencies = BTreeMap::new();
    field.entries(|name, field| {
        let mut dependency = plain.clone();
        if field.is_mapping() && field.node.get("condition").is_none() {
            field.invalid("condition is missing, such as service_started");
        }
        field.section(&keys::DEPENDENCY, |key, field| match key {
            "condition" => {
                let words = [Condition::Started, Condition::Healthy, Condition::Completed]
                    .map(|condition| (condition.as_str(), condition));
                dependency.condition = field.word(&words).unwrap_or(Condition::Started);
            }
            "restart" => dependency.restart = field.boolean().unwrap_or_default(),
            "required" => dependency.required = field.boolean().unwrap_or(true),
            _ => {}
        });
        dependencies.insert(name.to_owned(), dependency);
    });
    dependencies
}

/// `deploy`.
pub(super) fn deploy(field: &Field<'_>) -> Option<Deploy> {
    if field.is_null() {
        return None;
    }
    let mut deploy = Deploy::default();
    field.section(&keys::DEPLOY, |key, field| match key {
        "replicas" => deploy.replicas = field.integer(),
        "resources" => deploy.resources = resources(field),
        "placement" => field.section(&keys::PLACEMENT, |_, _| {}),
        _ => {}
    });
    Some(deploy)
}

fn resources(field: &Field<'_>) -> Resources {
    let mut resources = Resources::default();
    field.section(&keys::RESOURCES, |key, field| match key {
        "limits" => resources.limits = Some(resource(field, &keys::LIMITS)),
        "reservations" => resources.reservations = Some(resource(field, &keys::RESERVATIONS)),
        _ => {}
    });
    resources
}

fn resource(field: &Field<'_>, section: &keys::Section) -> Resource {
    let mut resource = Resource::default();
    field.section(section, |key, field| match key {
        "cpus" => resource.cpus = field.cores().unwrap_or_default(),
        "memory" => resource.memory = field.size_text().unwrap_or_default(),
        "pids" => resource.pids = field.integer().unwrap_or_default(),
        _ => {}
    });
    resource
}

/// `healthcheck`.
pub(super) fn healthcheck(field: &Field<'_>) -> Healthcheck {
    let mut check = Healthcheck::default();
    field.section(&keys::HEALTHCHECK, |key, field| match key {
        "test" => check.test = test(field),
        "timeout" => check.timeout = field.duration(),
        "interval" => check.interval = field.duration(),
        "start_period" => check.start_period = field.duration(),
        "start_interval" => check.start_interval = field.duration(),
        "retries" => check.retries = field.integer(),
        "disable" => check.disable = field.boolean().unwrap_or_default(),
        _ => {}
    });
    check
}

fn test(field: &Field<'_>) -> Vec<String> {
    if !field.is_sequence() {
        return field.text().map(|line| vec!["CMD-SHELL".to_owned(), line]).unwrap_or_default();
    }
    let test = field.texts();
    if let Some(first) = test.first()
        && !matches!(first.as_str(), "CMD" | "CMD-SHELL" | "NONE")
    {
        field.invalid(format!("a test begins with CMD, CMD-SHELL or NONE, not with {first:?}"));
    }
    test
}

/// `logging`.
pub(super) fn logging(field: &Field<'_>) -> Logging {
    let mut logging = Logging::default();
    field.section(&keys::LOGGING, |key, field| match key {
        "driver" => logging.driver = field.text().unwrap_or_default(),
        "options" => logging.options = field.settings(),
        _ => {}
    });
    logging
}

/// `networks` of a service, a list of keys or a mapping with settings.
pub(super) fn networks(field: &Field<'_>) -> BTreeMap<String, Option<ServiceNetwork>> {
    if field.is_sequence() {
        return field.texts().into_iter().map(|key| (key, None)).collect();
    }
    let mut networks = BTreeMap::new();
    field.entries(|key, field| {
        let settings = (!field.is_null()).then(|| {
            let mut network = ServiceNetwork::default();
            field.section(&keys::SERVICE_NETWORK, |key, field| match key {
                "priority" => network.priority = field.integer().unwrap_or_default(),
                "aliases" => network.aliases = field.unique_texts(),
                "ipv4_address" => network.ipv4_address = field.text().unwrap_or_default(),
                _ => {}
            });
            network
        });
        networks.insert(key.to_owned(), settings);
    });
    networks
}

/// `ulimits`.
pub(super) fn ulimits(field: &Field<'_>) -> BTreeMap<String, Ulimit> {
    let mut ulimits = BTreeMap::new();
    field.entries(|name, field| {
        if field.is_mapping() {
            let (mut soft, mut hard) = (None, None);
            field.section(&keys::ULIMIT, |key, field| match key {
                "soft" => soft = field.integer(),
                _ => hard = field.integer(),
            });
            match (soft, hard) {
                (Some(soft), Some(hard)) => _ = ulimits.insert(name.to_owned(), Ulimit::Range { soft, hard }),
                _ => field.invalid("needs soft and hard"),
            }
        } else if let Some(limit) = field.integer() {
            ulimits.insert(name.to_owned(), Ulimit::Single(limit));
        }
    });
    ulimits
}

/// `extra_hosts` as sorted `host=address` lines; a host may have several addresses.
pub(super) fn extra_hosts(field: &Field<'_>) -> Vec<String> {
    let mut hosts: Vec<(String, String)> = Vec::new();
    if field.is_sequence() {
        field.items(|item| {
            let Some(text) = item.loose_text() else { return };
            match text.split_once('=').or_else(|| text.split_once(':')) {
                Some((host, addresses)) => {
                    hosts.extend(addresses.split(',').map(|address| (host.to_owned(), address.to_owned())));
                }
                None => item.invalid(format!("{text:?} names no address; write \"name=address\"")),
            }
        });
    } else {
        field.entries(|host, field| {
            let addresses =
                if field.is_sequence() { field.texts() } else { field.text().into_iter().collect() };
            hosts.extend(addresses.into_iter().map(|address| (host.to_owned(), address)));
        });
    }
    let mut lines: Vec<String> = hosts
        .into_iter()
        .filter_map(|(host, address)| {
            if host.is_empty() || host.contains([':', '=']) {
                field.error(LoadErrorKind::Value, format!("{host:?} is not the name of a host"));
                return None;
            }
            let inner = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let address = inner.filter(|inner| !inner.is_empty()).unwrap_or(&address);
            Some(format!("{host}={address}"))
        })
        .collect();
    lines.sort();
    lines
}
