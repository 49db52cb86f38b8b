//! Limits of memory, CPU, processes and files.

use bollard::models::{HostConfig, ResourcesUlimits};
use stack::compose::model::{Service, Ulimit};

/// A host configuration with nothing but the service's limits. `deploy.resources` wins over the older
/// keys, as in compose.
pub(super) fn limits(service: &Service) -> HostConfig {
    let resources = service.deploy.as_ref().map(|deploy| &deploy.resources);
    let limits = resources.and_then(|resources| resources.limits.as_ref());
    let reservations = resources.and_then(|resources| resources.reservations.as_ref());
    let bytes = |deployed: Option<i64>, own: i64| {
        Some(deployed.filter(|bytes| *bytes != 0).unwrap_or(own)).filter(|bytes| *bytes != 0)
    };
    let cpus = limits.map(|limits| limits.cpus).filter(|cpus| *cpus != 0.0).unwrap_or(service.cpus);
    let pids = limits.map(|limits| limits.pids).filter(|pids| *pids > 0).unwrap_or(service.pids_limit);
    HostConfig {
        memory: bytes(limits.map(|limits| limits.memory.bytes()), service.mem_limit.bytes()),
        memory_reservation: bytes(
            reservations.map(|reserved| reserved.memory.bytes()),
            service.mem_reservation.bytes(),
        ),
        nano_cpus: Some(nano_cpus(cpus)).filter(|nanos| *nanos != 0),
        pids_limit: Some(pids).filter(|pids| *pids != 0),
        ulimits: super::non_empty(service.ulimits.iter().map(|(name, limit)| ulimit(name, *limit)).collect()),
        ..HostConfig::default()
    }
}

/// Rounded to millionths of a core: as a binary fraction, 0.3 is a little more than that.
fn nano_cpus(cpus: f32) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float's cast saturates, and no machine has so many cores"
    )]
    let millionths = (f64::from(cpus) * 1e6).round() as i64;
    millionths.saturating_mul(1_000)
}

fn ulimit(name: &str, limit: Ulimit) -> ResourcesUlimits {
    let (soft, hard) = match limit {
        Ulimit::Single(limit) => (limit, limit),
        Ulimit::Range { soft, hard } => (soft, hard),
    };
    ResourcesUlimits { name: Some(name.to_owned()), soft: Some(soft), hard: Some(hard) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_a_core_are_exact() {
        assert_eq!(nano_cpus(0.3), 300_000_000);
        assert_eq!(nano_cpus(1.5), 1_500_000_000);
        assert_eq!(nano_cpus(0.0), 0);
    }
}
