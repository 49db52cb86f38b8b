//! Asking a container that somebody waits for whether it is ready. The engine looks only once in an interval, which is
//! seconds long, and a program often answers after a tenth of one.

use std::{collections::BTreeMap, time::Duration};

use clients::probe::Question;
use stack::{
    compose::{Condition, GoDuration, Service},
    observed::{Container, Health, State as ContainerState},
};

use super::{Effect, Link, Millis, Probing, State, links};
use crate::api::snapshot::{ProbeResult, ReadyBy};

/// The first question comes so long after the container is seen running, and each later pause is half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Health checks that we have run at the same moment. Each is a process in a container that is busy with its start.
const CHECKS_AT_ONCE: usize = 4;
/// How long a health check may take, and how often the engine runs it, where the file says nothing: its own defaults.
const CHECK_TIMEOUT: Duration = Duration::from_secs(30);
const CHECK_INTERVAL: Duration = Duration::from_secs(30);
/// A check costs what it costs, and the program that starts needs the same processor: a pause is so many times as long.
const REST: u32 = 3;
/// Room around the engine's own check. Two at once may need more memory than the container may have.
const ROOM: Duration = Duration::from_secs(1);
/// A program that was killed, as the kernel does it where memory is short.
const KILLED: i64 = 137;

/// What a container is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The component's probe.
    Probe(Question),
    /// The container's own health check, run inside it.
    Check {
        command: Vec<String>,
        timeout: Duration,
        /// How often the engine runs it.
        interval: Duration,
    },
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Probe(ProbeResult),
    /// The check has ended.
    Check {
        exit_code: i64,
        took: Duration,
    },
    /// The check has not ended in its time.
    Hangs,
}

/// What is known of a container from asking it.
#[derive(Default)]
pub(super) struct Asked {
    turn: Turn,
    /// The question that is under way, or its pause. What belongs to an earlier one is dropped.
    number: u32,
    tries: u32,
    /// Since when it has been waited for, which is since its start where somebody saw that.
    since: Millis,
    /// How long its last check took.
    took: Duration,
    /// Another check of ours would do more harm than good: an engine cannot end one that hangs, and one that was killed
    /// had no room.
    left_to_the_engine: bool,
    /// It was ready when it was asked.
    ready: Option<ReadyBy>,
    last: Option<ProbeResult>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Turn {
    #[default]
    Idle,
    Pausing,
    Due,
    /// Asked by its probe.
    Probing,
    /// Asked by its health check.
    Checking,
}

/// The containers of a state that were asked, by id.
#[derive(Default)]
pub(super) struct Asks {
    of: BTreeMap<String, Asked>,
    next: u32,
}

impl Asks {
    /// Who found a container ready whose engine has no verdict yet. The engine's own counts as soon as there is one.
    pub(super) fn ready_by(&self, container: &Container) -> Option<ReadyBy> {
        self.of.get(&container.id).filter(|_| is_open(container))?.ready
    }

    /// What a container answered last, ready or not.
    pub(super) fn last(&self, container: &str) -> Option<&ProbeResult> {
        self.of.get(container)?.last.as_ref()
    }

    /// What a container said in a life before, or on a connection before, says nothing of the present.
    pub(super) fn forget(&mut self, container: &str) {
        self.of.remove(container);
    }

    pub(super) fn forget_all(&mut self) {
        self.of.clear();
    }

    /// Whether every container that is asked has answered once.
    pub(super) fn settled(&self) -> bool {
        self.of.values().all(|asked| asked.turn == Turn::Idle || asked.tries > 0)
    }

    fn checking(&self) -> usize {
        self.of.values().filter(|asked| asked.turn == Turn::Checking).count()
    }
}

/// It runs, and the engine has neither called it healthy nor unhealthy.
fn is_open(container: &Container) -> bool {
    container.state == ContainerState::Running && matches!(container.health, None | Some(Health::Starting))
}

/// `CMD` as it stands, `CMD-SHELL` by the shell that the engine takes.
fn check(service: &Service) -> Option<Ask> {
    let check = service.healthcheck.as_ref().filter(|_| service.has_healthcheck())?;
    let command = match check.test.split_first()? {
        (kind, words) if kind == "CMD" && !words.is_empty() => words.to_vec(),
        (kind, [line]) if kind == "CMD-SHELL" => vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()],
        _ => return None,
    };
    let set = |time: Option<GoDuration>| time.map(Duration::from).filter(|time| !time.is_zero());
    let timeout = set(check.timeout).unwrap_or(CHECK_TIMEOUT);
    let interval = set(check.start_interval).or(set(check.interval)).unwrap_or(CHECK_INTERVAL);
    Some(Ask::Check { command, timeout, interval })
}

/// The first moment from `at` on, counted from the start, that is not near a check of the engine's own, which come once in
/// an interval. `None`: there is no room between them.
fn beside_the_engine(at: Duration, interval: Duration, took: Duration) -> Option<Duration> {
    let room = (took * 2).max(ROOM.min(interval / 4));
    let turns = u32::try_from(at.as_millis() / interval.as_millis().max(1)).ok()?;
    let (before, after) = (interval * turns, interval * (turns + 1));
    let next = if at + room > after {
        after + room
    } else if turns > 0 {
        at.max(before + room)
    } else {
        at
    };
    (next == at || room * 2 < interval).then_some(next)
}

impl Asked {
    /// How long to wait before the next question; `None` where it is better left to the engine.
    fn pause(&self, ask: &Ask, now: Millis) -> Option<Duration> {
        let pause = (0..self.tries).fold(FIRST_PAUSE, |pause, _| (pause * 3 / 2).min(LONGEST_PAUSE));
        let Ask::Check { interval, .. } = ask else { return Some(pause) };
        let already = Duration::from_secs_f64((now - self.since).max(0.0) / 1000.0);
        let at = beside_the_engine(already + pause.max(self.took * REST), *interval, self.took)?;
        Some(at.saturating_sub(already))
    }
}

impl State {
    /// The health that counts: the engine's verdict, and until it has one our own.
    pub(super) fn health_of(&self, container: &Container) -> Option<Health> {
        self.asks.ready_by(container).map_or(container.health, |_| Some(Health::Healthy))
    }

    pub(super) fn pause_over(&mut self, container: &str, number: u32) {
        if let Some(asked) = self.asks.of.get_mut(container)
            && (asked.number, asked.turn) == (number, Turn::Pausing)
        {
            asked.turn = Turn::Due;
        }
    }

    pub(super) fn answered(&mut self, container: &str, number: u32, answer: Answer) {
        let Some(asked) = self.asks.of.get_mut(container).filter(|asked| asked.number == number) else {
            return;
        };
        asked.turn = Turn::Idle;
        asked.tries += 1;
        match answer {
            Answer::Probe(result) => {
                asked.ready = result.ok.then_some(ReadyBy::Probe);
                asked.last = Some(result.clone());
                if result.ok {
                    self.came_up(container, result);
                }
            }
            Answer::Check { exit_code, took } => {
                asked.ready = (exit_code == 0).then_some(ReadyBy::HealthCheck);
                asked.left_to_the_engine = exit_code == KILLED;
                asked.took = took;
            }
            Answer::Hangs => asked.left_to_the_engine = true,
        }
    }

    /// Asks whoever is waited for and has not been found ready, after a pause that grows.
    pub(super) fn ask_whether_ready(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        if !matches!(self.link, Link::Up(_)) {
            return;
        }
        let open = self.without_verdict();
        let containers = self.observed.iter().flat_map(|observed| &observed.containers);
        let found: Vec<&String> = containers.filter(|it| is_open(it)).map(|it| &it.id).collect();
        self.asks.of.retain(|id, _| found.contains(&id));
        for (id, asked) in &mut self.asks.of {
            // Nobody waits any more; what was said last may still be what a failure is shown with.
            if !open.iter().any(|(open, _)| open == id) {
                let (ready, last) = (asked.ready, asked.last.take());
                *asked = Asked { ready, last, since: asked.since, ..Asked::default() };
            }
        }
        let once = self.probing == Probing::Once && !self.busy();
        for (container, ask) in open {
            let checking = self.asks.checking();
            let Asks { of, next } = &mut self.asks;
            let asked =
                of.entry(container.clone()).or_insert_with(|| Asked { since: now, ..Asked::default() });
            if asked.turn == Turn::Idle && asked.ready.is_none() && !asked.left_to_the_engine {
                if once && asked.tries > 0 {
                    continue;
                }
                let Some(after) = asked.pause(&ask, now) else {
                    asked.left_to_the_engine = true;
                    continue;
                };
                *next = next.wrapping_add(1);
                asked.number = *next;
                asked.turn = if once { Turn::Due } else { Turn::Pausing };
                if !once {
                    let container = container.clone();
                    effects.push(Effect::Pause { container, number: asked.number, after });
                }
            }
            if asked.turn == Turn::Due {
                asked.turn = match ask {
                    Ask::Probe(_) => Turn::Probing,
                    Ask::Check { .. } if checking < CHECKS_AT_ONCE => Turn::Checking,
                    // When another one has ended.
                    Ask::Check { .. } => continue,
                };
                effects.push(Effect::Ask { container, number: asked.number, ask });
            }
        }
    }

    /// Containers that the engine has no verdict on and somebody wants to know of, each with its question.
    fn without_verdict(&self) -> Vec<(String, Ask)> {
        let running = self.operation.as_ref().filter(|operation| operation.outcome.is_none());
        let leaving = running.map(super::Operation::leaving).unwrap_or_default();
        let waits = running.map(super::Operation::waits).unwrap_or_default();
        let waited = waits.into_iter().filter(|(_, condition, _)| *condition == Condition::Healthy);
        let mut services: Vec<(String, bool)> = waited.map(|(.., service)| (service, true)).collect();
        if self.probing != Probing::Off {
            // Who looks at a component wants to know as well, but a process inside it is for those that wait.
            let looks_once = self.probing == Probing::Once;
            let components = self.project.components().into_iter();
            let parts = components.flat_map(|component| component.parts);
            services.extend(parts.map(|service| (service.name.clone(), looks_once)));
        }
        let mut open: Vec<(String, Ask)> = Vec::new();
        for (service, checks) in services {
            let Some(service) = self.project.services.get(&service) else { continue };
            for container in self.containers(&service.name) {
                // Before the engine's list has been read again, only the file tells that there is a check.
                let checked = container.health.is_some() || service.has_healthcheck();
                let known = open.iter().any(|(id, _)| *id == container.id) || leaving.contains(&container.id);
                if !is_open(container) || !checked || known {
                    continue;
                }
                let probe = self.question_to(service, container).map(Ask::Probe);
                let ask = probe.or_else(|| checks.then(|| check(service)).flatten());
                open.extend(ask.map(|ask| (container.id.clone(), ask)));
            }
        }
        open
    }

    fn question_to(&self, service: &Service, container: &Container) -> Option<Question> {
        let probe = service.meta.as_ref()?.probe.as_ref()?;
        let host = links::host_of(&self.endpoint);
        let authority = links::authority(&host, service, Some(container), probe.port)?;
        let url = format!("http://{authority}{}", probe.path);
        Some(Question { url, status: probe.status, body: probe.body.clone() })
    }
}
