//! The body of `POST /containers/create`: a compose service in the engine's words.
//!
//! What stands here is what docker compose sends for the same service, so that neither tool finds
//! anything to change in what the other has made. Pure, but for a seccomp profile that is read.

mod labels;
mod limits;
mod mounts;
mod networks;

use std::{collections::HashMap, path::Path};

use bollard::models::{
    ContainerCreateBody, EndpointSettings, HealthConfig, HostConfig, HostConfigLogConfig, NetworkingConfig,
    PortBinding, PortMap, RestartPolicy, RestartPolicyNameEnum,
};
use serde::Deserialize;
use stack::compose::hash::Dialect;
use stack::compose::model::{Healthcheck, Port, Project, Service};

use crate::{connect::Api, error::EngineError};

/// All that a container's definition depends on.
pub(crate) struct Inputs<'a> {
    pub(crate) project: &'a Project,
    pub(crate) service: &'a Service,
    pub(crate) number: u32,
    /// The docker compose whose hash it gets.
    pub(crate) dialect: Dialect,
    /// Id of the image that the reference points to now.
    pub(crate) image_id: &'a str,
    /// What it takes over from the container it replaces.
    pub(crate) inherited: Option<&'a Inherited>,
    /// Id of the container whose network it shares (`network_mode: service:x`).
    pub(crate) network_of: Option<&'a str>,
    pub(crate) api: Api,
}

/// What a container takes over from the one it replaces.
pub(crate) struct Inherited {
    pub(crate) mounts: Vec<OldMount>,
    /// The paths that the image declares as volumes.
    pub(crate) image_volumes: Vec<String>,
}

/// A mount of the container that is replaced.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OldMount {
    pub(crate) r#type: String,
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) destination: String,
    #[serde(rename = "RW")]
    pub(crate) writable: bool,
}

/// What to send.
pub(crate) struct Created {
    pub(crate) body: ContainerCreateBody,
    /// Networks that an engine below API 1.44 must be told one by one, after the creation.
    pub(crate) later_networks: Vec<(String, EndpointSettings)>,
}

/// Name of a container by compose's rule.
pub(crate) fn container_name(project: &Project, service: &Service, number: u32) -> String {
    if service.container_name.is_empty() {
        format!("{}-{}-{number}", project.name, service.name)
    } else {
        service.container_name.clone()
    }
}

/// Translates a service.
pub(crate) fn container(inputs: &Inputs<'_>) -> Result<Created, EngineError> {
    let service = inputs.service;
    let networking = networks::networking(inputs);
    let (binds, mounts) = mounts::volumes(inputs);
    let (security_opt, unconfined) = security_opt(&service.security_opt, &inputs.project.working_dir)?;
    let mut host = HostConfig {
        binds: non_empty(binds),
        mounts: non_empty(mounts),
        cap_add: non_empty(service.cap_add.clone()),
        cap_drop: non_empty(service.cap_drop.clone()),
        network_mode: Some(networking.mode),
        init: service.init,
        readonly_rootfs: Some(service.read_only),
        restart_policy: Some(restart_policy(&service.restart)),
        shm_size: Some(service.shm_size.bytes()).filter(|size| *size != 0),
        sysctls: Some(hash_map(&service.sysctls)),
        port_bindings: Some(port_bindings(&service.ports)),
        dns: non_empty(service.dns.clone()),
        // compose-go writes `host=ip`, the engine reads `host:ip`.
        extra_hosts: non_empty(service.extra_hosts.iter().map(|line| line.replacen('=', ":", 1)).collect()),
        security_opt: non_empty(security_opt),
        privileged: Some(service.privileged),
        tmpfs: Some(service.tmpfs.iter().map(|line| split_tmpfs(line)).collect()),
        log_config: service.logging.as_ref().map(|logging| HostConfigLogConfig {
            typ: Some(logging.driver.clone()).filter(|driver| !driver.is_empty()),
            config: Some(hash_map(&logging.options)),
        }),
        group_add: non_empty(service.group_add.clone()),
        ..limits::limits(service)
    };
    if unconfined {
        host.masked_paths = Some(Vec::new());
        host.readonly_paths = Some(Vec::new());
    }
    let body = ContainerCreateBody {
        hostname: text(&service.hostname),
        domainname: text(&service.domainname),
        user: text(&service.user),
        attach_stdin: Some(false),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        exposed_ports: Some(exposed_ports(service)),
        tty: Some(service.tty),
        open_stdin: Some(service.stdin_open),
        env: Some(environment(service)),
        cmd: service.command.clone(),
        entrypoint: service.entrypoint.clone(),
        healthcheck: service.healthcheck.as_ref().map(|check| health_config(check, inputs.api)),
        image: text(&service.image),
        working_dir: text(&service.working_dir),
        labels: Some(labels::container(inputs)),
        stop_signal: text(&service.stop_signal),
        stop_timeout: service.stop_grace_period.and_then(|grace| i64::try_from(grace.0.as_secs()).ok()),
        host_config: Some(host),
        networking_config: networking
            .endpoints
            .map(|endpoints| NetworkingConfig { endpoints_config: Some(endpoints) }),
        ..ContainerCreateBody::default()
    };
    Ok(Created { body, later_networks: networking.later })
}

/// `K=v`; a variable without a value is named alone, which unsets what the image has put there.
fn environment(service: &Service) -> Vec<String> {
    service
        .environment
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => name.clone(),
        })
        .collect()
}

fn health_config(check: &Healthcheck, api: Api) -> HealthConfig {
    let nanos = |duration: stack::compose::GoDuration| i64::try_from(duration.0.as_nanos()).ok();
    if check.disable {
        return HealthConfig { test: Some(vec!["NONE".to_owned()]), ..HealthConfig::default() };
    }
    HealthConfig {
        test: non_empty(check.test.clone()),
        interval: check.interval.and_then(nanos),
        timeout: check.timeout.and_then(nanos),
        retries: check.retries.and_then(|retries| i64::try_from(retries).ok()),
        start_period: check.start_period.and_then(nanos),
        start_interval: check.start_interval.and_then(nanos).filter(|_| api >= Api::new(1, 44)),
    }
}

fn restart_policy(text: &str) -> RestartPolicy {
    let (name, retries) = text.split_once(':').unwrap_or((text, ""));
    let name = match name {
        "always" => RestartPolicyNameEnum::ALWAYS,
        "unless-stopped" => RestartPolicyNameEnum::UNLESS_STOPPED,
        "on-failure" => RestartPolicyNameEnum::ON_FAILURE,
        "no" => RestartPolicyNameEnum::NO,
        _ => RestartPolicyNameEnum::EMPTY,
    };
    RestartPolicy { name: Some(name), maximum_retry_count: retries.parse().ok() }
}

fn protocol(port: &Port) -> &str {
    if port.protocol.is_empty() { "tcp" } else { &port.protocol }
}

fn exposed_ports(service: &Service) -> Vec<String> {
    let mut ports: Vec<String> = service.expose.iter().flat_map(|port| expand_exposed(port)).collect();
    ports.extend(service.ports.iter().map(|port| format!("{}/{}", port.target, protocol(port))));
    ports.sort();
    ports.dedup();
    ports
}

/// `8000-8002/udp` is three ports; the engine takes them one by one.
fn expand_exposed(text: &str) -> Vec<String> {
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last).map(|port| format!("{port}/{protocol}")).collect(),
        _ => vec![text.to_owned()],
    }
}

fn port_bindings(ports: &[Port]) -> PortMap {
    let mut bindings = PortMap::new();
    for port in ports {
        bindings
            .entry(format!("{}/{}", port.target, protocol(port)))
            .or_default()
            .get_or_insert_default()
            .push(PortBinding {
                host_ip: Some(port.host_ip.clone()),
                host_port: Some(port.published.clone()),
            });
    }
    bindings
}

/// Options as the engine takes them, and whether all system paths are open.
///
/// `seccomp=FILE` is replaced by the profile itself: the engine may run on another machine.
fn security_opt(options: &[String], working_dir: &Path) -> Result<(Vec<String>, bool), EngineError> {
    let mut parsed = Vec::with_capacity(options.len());
    let mut unconfined = false;
    for option in options {
        let (name, value) = option.split_once(['=', ':']).unwrap_or((option, ""));
        match (name, value) {
            ("systempaths", "unconfined") => unconfined = true,
            ("seccomp", "unconfined" | "builtin") => parsed.push(option.clone()),
            ("seccomp", file) => {
                let path = working_dir.join(file);
                let bad = |detail: String| EngineError::BadStep {
                    what: format!("seccomp profile {}: {detail}", path.display()),
                };
                let profile = std::fs::read(&path).map_err(|error| bad(error.to_string()))?;
                let profile: serde_json::Value =
                    serde_json::from_slice(&profile).map_err(|error| bad(error.to_string()))?;
                parsed.push(format!("seccomp={profile}"));
            }
            _ => parsed.push(option.clone()),
        }
    }
    Ok((parsed, unconfined))
}

fn split_tmpfs(line: &str) -> (String, String) {
    let (path, options) = line.split_once(':').unwrap_or((line, ""));
    (path.to_owned(), options.to_owned())
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn non_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty())
}

fn hash_map(map: &std::collections::BTreeMap<String, String>) -> HashMap<String, String> {
    map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
#[path = "create/tests.rs"]
mod tests;

#[cfg(test)]
pub(crate) use tests::test_project;
