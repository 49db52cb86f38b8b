//! Published ports: `[address:][host:]container[/protocol]`, with ranges, and the long form.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
};

use super::super::{field::Field, keys, model::Port};

/// A short form that names no ports. The wording is docker compose's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Nothing behind the last colon.
    #[error("no port specified: {0}<empty>")]
    Missing(String),
    /// Not a port or a range of them.
    #[error("invalid containerPort: {0}")]
    Container(String),
    /// Not a port or a range of them.
    #[error("invalid hostPort: {0}")]
    Host(String),
    /// Two ranges of different length.
    #[error("invalid ranges specified for container and host Ports: {container} and {host}")]
    Ranges {
        /// The range in the container.
        container: String,
        /// The range on the host.
        host: String,
    },
    /// A name instead of an address, for example.
    #[error("invalid IP address: {0}")]
    Address(String),
    /// Neither `tcp`, `udp` nor `sctp`.
    #[error("invalid proto: {0}")]
    Protocol(String),
}

/// Reads the short form; a range gives several ports.
pub fn parse(text: &str) -> Result<Vec<Port>, PortError> {
    let parts: Vec<&str> = text.split(':').collect();
    let (address, host, container) = match parts.as_slice() {
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [address @ .., host, container] => (address.join(":"), *host, *container),
        [] => (String::new(), "", ""),
    };
    let (container, protocol) = match container.split_once('/') {
        Some(("", _)) | None => (container.split('/').next().unwrap_or_default(), "tcp"),
        Some((container, "")) => (container, "tcp"),
        Some((container, protocol)) => (container, protocol),
    };
    let address = match address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.to_owned(),
        None => address,
    };
    if !address.is_empty() && address.parse::<IpAddr>().is_err() {
        return Err(PortError::Address(address));
    }
    if container.is_empty() {
        return Err(PortError::Missing(text.to_owned()));
    }
    let (first, last) = range(container).ok_or_else(|| PortError::Container(container.to_owned()))?;
    let published = if host.is_empty() {
        None
    } else {
        Some(range(host).ok_or_else(|| PortError::Host(host.to_owned()))?)
    };
    if let Some((host_first, host_last)) = published
        && host_last - host_first != last - first
        && first != last
    {
        return Err(PortError::Ranges { container: container.to_owned(), host: host.to_owned() });
    }
    let protocol = protocol.to_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(PortError::Protocol(protocol));
    }
    let mut range: Vec<Port> = (first..=last)
        .map(|target| Port {
            name: String::new(),
            mode: "ingress".to_owned(),
            host_ip: address.clone(),
            target,
            published: match published {
                None => String::new(),
                // One port in the container and a range on the host: any of these.
                Some((host_first, host_last)) if first == last && host_first != host_last => {
                    format!("{host_first}-{host_last}")
                }
                Some((host_first, _)) => (host_first + (target - first)).to_string(),
            },
            protocol: protocol.clone(),
            app_protocol: String::new(),
        })
        .collect();
    // Compose sorts a range by the text, so 100 comes before 99.
    range.sort_by_cached_key(|port| port.target.to_string());
    Ok(range)
}

fn range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten()
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

/// Ranges are written quickly, and each port becomes a process of the engine.
const MAX_PORTS: usize = 4096;

/// `ports` of a service. A port that is there twice counts once, as it is written last.
pub(super) fn ports(field: &Field<'_>) -> Vec<Port> {
    let mut ports: Vec<Port> = Vec::new();
    let mut places: HashMap<(String, u16, String, String), usize> = HashMap::new();
    let mut add = |port: Port| {
        let place = (port.host_ip.clone(), port.target, port.published.clone(), port.protocol.clone());
        match places.entry(place) {
            Entry::Occupied(known) => ports[*known.get()] = port,
            Entry::Vacant(new) => {
                new.insert(ports.len());
                ports.push(port);
            }
        }
        ports.len() <= MAX_PORTS
    };
    let mut too_many = false;
    field.items(|item| {
        if too_many {
            return;
        }
        if item.is_mapping() {
            too_many = !long_form(item).into_iter().all(&mut add);
        } else if let Some(text) = item.loose_text() {
            match parse(&text) {
                Ok(parsed) => too_many = !parsed.into_iter().all(&mut add),
                Err(error) => item.invalid(format!("the port {text:?} cannot be read: {error}")),
            }
        }
        if too_many {
            item.invalid(format!("more than {MAX_PORTS} ports in one service"));
        }
    });
    ports
}

fn long_form(field: &Field<'_>) -> Option<Port> {
    let mut port = Port {
        name: String::new(),
        mode: "ingress".to_owned(),
        host_ip: String::new(),
        target: 0,
        published: String::new(),
        protocol: "tcp".to_owned(),
        app_protocol: String::new(),
    };
    let mut target = None;
    field.section(&keys::PORT, |key, field| match key {
        "target" => target = Some(field.integer().unwrap_or_default()),
        "published" => {
            let published = field.loose_text().unwrap_or_default();
            if !published.is_empty() && range(&published).is_none() {
                field.invalid(format!("{published:?} is not a port from 0 to 65535 or a range of them"));
            }
            port.published = published;
        }
        "mode" => {
            let words = [("ingress", "ingress"), ("host", "host")];
            field.word(&words).unwrap_or_default().clone_into(&mut port.mode);
        }
        "protocol" => {
            let words = [("tcp", "tcp"), ("udp", "udp"), ("sctp", "sctp")];
            field.word(&words).unwrap_or_default().clone_into(&mut port.protocol);
        }
        "host_ip" => {
            port.host_ip = field.text().unwrap_or_default();
            if !port.host_ip.is_empty() && port.host_ip.parse::<IpAddr>().is_err() {
                field.invalid(format!("{:?} is not an IP address", port.host_ip));
            }
        }
        "name" => port.name = field.text().unwrap_or_default(),
        "app_protocol" => port.app_protocol = field.text().unwrap_or_default(),
        _ => {}
    });
    let Some(target) = target else {
        field.invalid("target, the port in the container, is missing");
        return None;
    };
    port.target = target;
    Some(port)
}
