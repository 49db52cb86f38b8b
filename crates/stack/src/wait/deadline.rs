//! How long a wait may last, from what the compose file says of the service.

use std::time::Duration;

use crate::compose::{
    GoDuration,
    model::{Condition, Healthcheck, Project, Service},
};

/// What the engine takes where a health check does not say.
const INTERVAL: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(30);
const RETRIES: u64 = 3;
/// The longest pause that an engine makes before it starts a container once more.
const RESTART_PAUSE: Duration = Duration::from_secs(60);
/// An engine that has much to do is late with checks and with events, and a lost event is found by the next look.
const LATE: Duration = Duration::from_secs(30);
/// Nothing in a compose file says how long a job takes. Migrating a large database takes minutes, and a job that hangs
/// shall not hold an unattended command up for ever.
const JOB: Duration = Duration::from_secs(60 * 60);

/// How long after its start a service may take until it meets `condition`, or until it is clear that it will not.
///
/// - `Healthy`: as long as the engine takes to call it unhealthy at the latest, so that its word comes first; and as
///   long as that takes for what the service needs and did not wait for, since it may not be healthy before that is.
/// - `Started`: the start itself has returned; a container that dies meanwhile may be started once more.
/// - `Completed`: an hour.
pub fn deadline(project: &Project, service: &Service, condition: Condition) -> Duration {
    match condition {
        Condition::Started => RESTART_PAUSE + LATE,
        Condition::Completed => JOB,
        Condition::Healthy => verdict(project, service).saturating_add(LATE),
    }
}

/// The longest time until the engine has a verdict on the service and on what it needs.
fn verdict(project: &Project, service: &Service) -> Duration {
    // What it did wait for was healthy, or done, before it was started.
    let on_their_way = service
        .depends_on
        .iter()
        .filter(|(_, dependency)| dependency.condition == Condition::Started)
        .filter_map(|(name, _)| project.services.get(name))
        .filter(|dependency| dependency.has_healthcheck());
    let others = on_their_way.map(|dependency| verdict(project, dependency)).max().unwrap_or_default();
    others.saturating_add(own_verdict(service.healthcheck.as_ref().unwrap_or(&Healthcheck::default())))
}

/// The last check that does not count ends with the start period and its own timeout; then as many must fail in a row
/// as `retries` says, each after an interval and each lasting as long as it may.
fn own_verdict(check: &Healthcheck) -> Duration {
    let set = |time: Option<GoDuration>| time.map(Duration::from).filter(|time| !time.is_zero());
    let timeout = set(check.timeout).unwrap_or(TIMEOUT);
    let interval = set(check.interval).unwrap_or(INTERVAL);
    let uncounted = set(check.start_period).map_or(Duration::ZERO, |period| period.saturating_add(timeout));
    let retries = check.retries.filter(|retries| *retries > 0).unwrap_or(RETRIES);
    let retries = u32::try_from(retries).unwrap_or(u32::MAX);
    uncounted.saturating_add(interval.saturating_add(timeout).saturating_mul(retries))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::PathBuf};

    use super::*;
    use crate::compose::{LoadInput, SourceFile, load};

    fn project(services: &str) -> Project {
        let text = format!("name: p\nservices:\n{services}");
        load(LoadInput {
            files: vec![SourceFile { path: PathBuf::from("/s/compose.yaml"), text }],
            working_dir: PathBuf::from("/s"),
            project_name: None,
            env: BTreeMap::new(),
            home: None,
            read: &|_| Err(std::io::ErrorKind::NotFound.into()),
        })
        .unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn a_wait_for_health_lasts_until_the_engine_must_have_spoken() {
        for (check, seconds) in [
            // 10 × (5 + 3)
            ("test: [CMD, ok], interval: 5s, timeout: 3s, retries: 10", 80),
            // (60 + 3) + 10 × (5 + 3)
            ("test: [CMD, ok], interval: 5s, timeout: 3s, retries: 10, start_period: 60s", 143),
            // Checks that come quicker during the start period do not end it sooner.
            (
                "test: [CMD, ok], interval: 5s, timeout: 3s, retries: 10, start_period: 60s, start_interval: 1s",
                143,
            ),
            // The engine's own numbers: 3 × (30 + 30)
            ("test: [CMD, ok]", 180),
            ("test: [CMD, ok], interval: 0s, timeout: 0s, retries: 0", 180),
            // Sixty seconds of an interval and a second of patience: 2 × (60 + 1)
            ("test: [CMD, ok], interval: 1m, timeout: 1s, retries: 2", 122),
        ] {
            let project = project(&format!("  a: {{ image: a, healthcheck: {{ {check} }} }}\n"));
            let found = deadline(&project, &project.services["a"], Condition::Healthy);
            assert_eq!(found, Duration::from_secs(seconds) + LATE, "{check}");
        }
    }

    #[test]
    fn a_check_that_only_the_image_has_is_taken_to_be_the_engine_s_default() {
        let project = project("  a: { image: a }\n");
        let found = deadline(&project, &project.services["a"], Condition::Healthy);
        assert_eq!(found, Duration::from_secs(180) + LATE);
    }

    #[test]
    fn what_a_service_needs_and_did_not_wait_for_counts() {
        let check = "healthcheck: { test: [CMD, ok], interval: 1s, timeout: 1s, retries: 5 }";
        for (needs, seconds) in [
            ("", 10),
            // It was healthy before.
            ("depends_on: { db: { condition: service_healthy } }", 10),
            // It was only started, and so was what it needs itself.
            ("depends_on: [db]", 30),
            ("depends_on: [db, cache]", 30),
            ("depends_on: [cache]", 10),
        ] {
            let project = project(&format!(
                "  disk: {{ image: d, {check} }}
  db: {{ image: d, depends_on: [disk], {check} }}
  cache: {{ image: c, healthcheck: {{ disable: true }} }}
  web: {{ image: w, {check}, {needs} }}
"
            ));
            let found = deadline(&project, &project.services["web"], Condition::Healthy);
            assert_eq!(found, Duration::from_secs(seconds) + LATE, "{needs}");
        }
    }

    #[test]
    fn a_start_may_take_the_engine_s_longest_pause_and_a_job_an_hour() {
        let project = project("  a: { image: a }\n");
        let of = |condition| deadline(&project, &project.services["a"], condition).as_secs();
        assert_eq!((of(Condition::Started), of(Condition::Completed)), (90, 3600));
    }

    #[test]
    fn numbers_beyond_all_measure_do_not_overflow() {
        let check = "test: [CMD, ok], interval: 2000000h, timeout: 2000000h, retries: 9000000000000000000";
        let project = project(&format!("  a: {{ image: a, healthcheck: {{ {check} }} }}\n"));
        assert!(deadline(&project, &project.services["a"], Condition::Healthy) > JOB);
    }
}
