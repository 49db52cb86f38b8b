//! Host ports are checked before the first start: a taken one is refused with its holder and a free one.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

use super::{Plan, Refusal};
use crate::{
    compose::model::{Port, Project, Service},
    observed::{Observed, PortHolder, PortUse},
};

/// Refuses every fixed host port of `service` that somebody holds who does not leave in this plan.
pub(super) fn check(
    project: &Project,
    observed: &Observed,
    service: &Service,
    leaving: &BTreeSet<&str>,
    plan: &mut Plan,
) {
    for port in &service.ports {
        let Ok(number) = port.published.parse::<u16>() else { continue };
        if number == 0 {
            continue;
        }
        let ip = address(port);
        let taken = observed.ports.iter().find(|held| {
            let leaves =
                matches!(&held.holder, PortHolder::Container { id, .. } if leaving.contains(id.as_str()));
            !leaves && held.blocks(ip, number, &port.protocol)
        });
        if let Some(held) = taken {
            plan.refusals.push(Refusal::PortTaken {
                service: service.name.clone(),
                ip,
                port: number,
                protocol: port.protocol.clone(),
                holder: held.holder.clone(),
                free: next_free(project, &observed.ports, ip, number, &port.protocol),
                variable: project.port_variable(number),
            });
        }
    }
}

fn address(port: &Port) -> IpAddr {
    port.host_ip.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The next higher port that nobody holds and no service of the project publishes.
fn next_free(project: &Project, held: &[PortUse], ip: IpAddr, from: u16, protocol: &str) -> Option<u16> {
    let own: BTreeSet<u16> = project
        .services
        .values()
        .flat_map(|service| &service.ports)
        .filter_map(|port| port.published.parse().ok())
        .collect();
    (from.checked_add(1)?..=u16::MAX)
        .find(|port| !own.contains(port) && !held.iter().any(|held| held.blocks(ip, *port, protocol)))
}
