//! One service.

use super::{
    super::{
        error::LoadErrorKind,
        field::Field,
        keys,
        model::{Condition, Dependency, Service},
    },
    Context, env_files, meta, mounts, parts, ports,
};

/// Whether a service or a component can be called that.
pub(super) fn is_name(name: &str) -> bool {
    let is_name_character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.chars().all(is_name_character)
}

/// The service under this key; `None` only when it is no mapping at all.
pub(super) fn service(name: &str, field: &Field<'_>, context: &Context<'_>) -> Option<Service> {
    if !is_name(name) {
        field.invalid("the name of a service has letters, digits, dots, dashes and underscores only");
    }
    if !field.is_mapping() {
        field.invalid("a service needs at least an image");
        return None;
    }
    let mut service = Service { name: name.to_owned(), ..Service::default() };
    field.section(&keys::SERVICE, |key, field| plain_key(&mut service, key, field, context));
    let child = |key| field.node.get(key).map(|node| field.key(key, node));
    service.environment =
        env_files::resolve(std::mem::take(&mut service.environment), child("env_file").as_ref(), context);
    if let Some(meta_field) = child(meta::KEY) {
        service.meta = Some(meta::service(&meta_field));
    }
    if service.network_mode.is_empty() {
        if service.networks.is_empty() {
            service.networks.insert("default".to_owned(), None);
        }
    } else if !service.networks.is_empty()
        && let Some(field) = child("network_mode")
    {
        field.invalid("network_mode and networks exclude each other");
    }
    if let Some(shared) = service.network_mode.strip_prefix("service:") {
        // Whoever shares another service's network has to start after it.
        let implied = Dependency { condition: Condition::Started, restart: true, required: true };
        service.depends_on.entry(shared.to_owned()).or_insert(implied);
    }
    let explained = |key: &str| key == "build" || (key != "image" && keys::nearest(key, ["image"]).is_some());
    if service.image.is_empty() && !field.node.entries().iter().any(|entry| explained(&entry.key)) {
        let message = "the image is missing";
        field.problems.error(field.node.span, format!("{}.image", field.path), LoadErrorKind::Value, message);
    }
    Some(service)
}

fn plain_key(service: &mut Service, key: &str, field: &Field<'_>, context: &Context<'_>) {
    match key {
        "cap_add" => service.cap_add = field.unique_texts(),
        "cap_drop" => service.cap_drop = field.unique_texts(),
        "command" => service.command = parts::command(field),
        "container_name" => service.container_name = container_name(field),
        "cpus" => service.cpus = field.cores().unwrap_or_default(),
        "depends_on" => service.depends_on = parts::dependencies(field),
        "deploy" => service.deploy = parts::deploy(field),
        "dns" => service.dns = field.text_or_texts(),
        "domainname" => service.domainname = field.text().unwrap_or_default(),
        "entrypoint" => service.entrypoint = parts::command(field),
        "environment" => service.environment = field.pairs(),
        "expose" => service.expose = field.loose_texts(),
        "extra_hosts" => service.extra_hosts = parts::extra_hosts(field),
        "group_add" => service.group_add = field.loose_texts(),
        "healthcheck" => service.healthcheck = Some(parts::healthcheck(field)),
        "hostname" => service.hostname = field.text().unwrap_or_default(),
        "image" => service.image = field.text().unwrap_or_default(),
        "init" => service.init = field.boolean(),
        "labels" => service.labels = field.settings(),
        "logging" => service.logging = Some(parts::logging(field)),
        "mem_limit" => service.mem_limit = field.size().unwrap_or_default(),
        "mem_reservation" => service.mem_reservation = field.size().unwrap_or_default(),
        "network_mode" => service.network_mode = field.text().unwrap_or_default(),
        "networks" => service.networks = parts::networks(field),
        "pids_limit" => service.pids_limit = field.integer().unwrap_or_default(),
        "platform" => service.platform = field.text().unwrap_or_default(),
        "ports" => service.ports = ports::ports(field),
        "privileged" => service.privileged = field.boolean().unwrap_or_default(),
        "profiles" => service.profiles = field.unique_texts(),
        "pull_policy" => service.pull_policy = pull_policy(field),
        "read_only" => service.read_only = field.boolean().unwrap_or_default(),
        "restart" => service.restart = restart(field),
        "security_opt" => service.security_opt = field.texts(),
        "shm_size" => service.shm_size = field.size().unwrap_or_default(),
        "stdin_open" => service.stdin_open = field.boolean().unwrap_or_default(),
        "stop_grace_period" => service.stop_grace_period = field.duration(),
        "stop_signal" => service.stop_signal = field.text().unwrap_or_default(),
        "sysctls" => service.sysctls = field.settings(),
        "tmpfs" => service.tmpfs = field.text_or_texts(),
        "tty" => service.tty = field.boolean().unwrap_or_default(),
        "ulimits" => service.ulimits = parts::ulimits(field),
        "user" => service.user = field.text().unwrap_or_default(),
        "volumes" => service.volumes = mounts::mounts(field, context),
        "working_dir" => service.working_dir = field.text().unwrap_or_default(),
        // env_file needs the environment first.
        _ => {}
    }
}

fn container_name(field: &Field<'_>) -> String {
    let Some(name) = field.text() else { return String::new() };
    let valid = name.len() > 1
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if !valid {
        field.invalid(format!("{name:?} cannot be a container's name: two or more letters, digits, _ . -"));
    }
    name
}

fn pull_policy(field: &Field<'_>) -> String {
    let Some(policy) = field.text() else { return String::new() };
    match policy.as_str() {
        "if_not_present" => "missing".to_owned(),
        "missing" | "always" | "never" => policy,
        "build" | "daily" | "weekly" => {
            let message = format!("the pull policy {policy} is not supported by Switchyard yet");
            field.error(LoadErrorKind::NotSupported, message);
            policy
        }
        _ if policy.starts_with("every_") => {
            let message = format!("the pull policy {policy} is not supported by Switchyard yet");
            field.error(LoadErrorKind::NotSupported, message);
            policy
        }
        _ => {
            field.invalid(format!("{policy:?} is none of always, missing, never"));
            policy
        }
    }
}

fn restart(field: &Field<'_>) -> String {
    let Some(restart) = field.text() else { return String::new() };
    let attempts = restart.strip_prefix("on-failure:");
    let known = matches!(restart.as_str(), "" | "no" | "always" | "on-failure" | "unless-stopped");
    if !known && attempts.is_none_or(|attempts| attempts.parse::<u32>().is_err()) {
        field.invalid(format!("{restart:?} is none of no, always, on-failure, on-failure:N, unless-stopped"));
    }
    restart
}
