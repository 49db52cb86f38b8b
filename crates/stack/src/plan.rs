//! The plan: what has to be done, in which order, and why. A value that can be printed, tested and shown.
//!
//! Each step is one call to the engine (or one wait). A step is released when every step in `after`
//! has succeeded and every one in `despite` has ended. What a user must agree to, and what forbids the plan, are fields of it: the planner
//! never asks and never acts.

use std::{collections::BTreeSet, net::IpAddr};

use crate::{
    compose::model::{Condition, Project},
    observed::{ConfigFault, Observed, PortHolder},
};

mod down;
mod draft;
mod join;
mod ports;
mod resources;
mod restart;
mod text;
mod up;
mod waits;

/// What somebody wants of a project. Names are those of components, which stand for their parts, or of single services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// These components, and what they need, run with their present configuration.
    Up {
        /// Names.
        services: BTreeSet<String>,
        /// Replace containers even when nothing changed.
        recreate: bool,
        /// Wait until they are healthy.
        wait: bool,
    },
    /// These components, and what cannot do without them, are gone. Parts that others share stay with them, and so do
    /// volumes.
    Down {
        /// Names; `None` means the whole project with its networks.
        services: Option<BTreeSet<String>>,
        /// Remove the named volumes too.
        volumes: bool,
        /// Remove containers of services that the file no longer has.
        orphans: bool,
    },
    /// The registry's present images of these components, and of what they need, are here.
    Pull {
        /// Names.
        services: BTreeSet<String>,
    },
    /// These components stop and start again, as they are.
    Restart {
        /// Names.
        services: BTreeSet<String>,
        /// Wait until they are healthy.
        wait: bool,
    },
}

/// What has to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In an order in which they could be done one by one.
    pub steps: Vec<Step>,
    /// What a user must agree to before the first step.
    pub consents: Vec<Consent>,
    /// What a user should know.
    pub warnings: Vec<Warning>,
    /// What forbids the plan. Nothing is done while one is left.
    pub refusals: Vec<Refusal>,
}

/// Number of a step: its index in [`Plan::steps`].
pub type StepId = usize;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The service it is done for; `None` for networks and volumes.
    pub service: Option<String>,
    /// What.
    pub op: Op,
    /// Why.
    pub cause: Cause,
    /// Steps that must have succeeded before.
    pub after: Vec<StepId>,
    /// Steps that must have ended before, well or not, or that can never begin since what they come after did not succeed.
    pub despite: Vec<StepId>,
    /// It is done for a service that everything asked for can do without: its failure is a warning.
    pub optional: bool,
}

/// The kinds of steps. Each is one call to the engine, but for the last two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Fetch an image.
    Pull {
        /// Reference as the compose file has it.
        image: String,
        /// `os/arch[/variant]`; empty means the engine's own.
        platform: String,
    },
    /// Make a network of the project.
    CreateNetwork {
        /// Key in the compose file.
        key: String,
    },
    /// Make a volume of the project.
    CreateVolume {
        /// Key in the compose file.
        key: String,
    },
    /// Make a container of the step's service.
    CreateContainer {
        /// Its name; a temporary one when it replaces another.
        name: String,
        /// Its number among the service's containers.
        number: u32,
        /// The container whose place it takes and whose anonymous volumes it inherits.
        replaces: Option<ExistingContainer>,
    },
    /// Start a container.
    Start(ContainerRef),
    /// Stop a container, giving it its grace period.
    Stop(ExistingContainer),
    /// Let a frozen container run on.
    Unpause(ExistingContainer),
    /// Remove a container that does not run.
    Remove(ExistingContainer),
    /// Give a container its final name.
    Rename {
        /// Which one.
        container: ContainerRef,
        /// The new name.
        name: String,
    },
    /// Remove a network.
    RemoveNetwork {
        /// Id.
        id: String,
        /// Name.
        name: String,
    },
    /// Remove a volume with its data.
    RemoveVolume {
        /// Name.
        name: String,
    },
    /// Wait until the step's service has come so far.
    Await(Condition),
    /// Write the initial data of the step's service.
    Seed,
}

/// A container that is there already.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExistingContainer {
    /// Full id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A container, there already or made by an earlier step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerRef {
    /// There already.
    Existing(ExistingContainer),
    /// Made by that step.
    Created(StepId),
}

/// Why a step is in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It is wanted and is not there.
    Missing,
    /// The compose file or `.env` says something else now.
    ConfigChanged,
    /// The image's tag points to another image now.
    ImageChanged,
    /// The container is not attached to a network, or lacks a volume, that it should have.
    Detached,
    /// It is there and does not run.
    NotRunning,
    /// It is frozen.
    Paused,
    /// The user asked for just this.
    Requested,
    /// Another service needs it.
    NeededBy(String),
    /// It cannot do without a service that goes away.
    Needs(String),
    /// Nothing that is on needs it any more.
    Unneeded,
    /// It is switched off.
    SwitchedOff,
    /// It cannot run beside that component.
    ExcludedBy(String),
    /// There are more containers of the service than wanted.
    Surplus,
    /// The compose file no longer has its service.
    Orphan,
    /// A step before it made it necessary.
    Follows,
}

/// What a user must agree to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consent {
    /// A component, or a part of one, that the user did not name goes off, since it cannot do without one that he did.
    StopsDependent {
        /// It.
        component: String,
        /// What it needs.
        needs: String,
    },
    /// A component goes off to make room for one that cannot run beside it.
    StopsExcluded {
        /// It.
        component: String,
        /// The one that comes.
        by: String,
    },
    /// A volume is deleted with its data.
    RemovesVolume {
        /// Name.
        name: String,
    },
    /// The stack's files cannot be read; the plan follows what they said last.
    FilesUnreadable {
        /// The first that cannot.
        file: String,
    },
}

/// What a user should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// A container of the project whose service the file no longer has. It is left alone.
    Orphan {
        /// Container name.
        container: String,
        /// Service name in its label.
        service: String,
    },
    /// A volume of this name exists without our label; it is used as it is.
    VolumeNotOurs {
        /// Name.
        name: String,
    },
    /// A network of this name exists without our label; it is used as it is.
    NetworkNotOurs {
        /// Name.
        name: String,
    },
    /// The volume's definition changed; the old one is kept since its data would be lost.
    VolumeChanged {
        /// Name.
        name: String,
    },
    /// The network's definition changed; it is kept while containers use it.
    NetworkChanged {
        /// Name.
        name: String,
    },
    /// An optional dependency is not available.
    OptionalDependencyOff {
        /// The service that would use it.
        service: String,
        /// It.
        dependency: String,
    },
    /// There is no container to restart.
    NothingToRestart {
        /// Component or service.
        service: String,
    },
    /// A restart does not apply a changed configuration; `up` does.
    RestartKeepsConfig {
        /// Service.
        service: String,
    },
    /// The service will start, and then do something else than its configuration means.
    ConfigSuspect {
        /// Service.
        service: String,
        /// What is wrong.
        fault: ConfigFault,
    },
}

/// What forbids a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The project's name belongs to another folder on this engine.
    ForeignProject {
        /// Project name.
        name: String,
        /// The other folder.
        folder: String,
    },
    /// A host port is taken.
    PortTaken {
        /// Service that wants it.
        service: String,
        /// Address it should be bound to.
        ip: IpAddr,
        /// The port.
        port: u16,
        /// `tcp`, `udp` or `sctp`.
        protocol: String,
        /// Who has it.
        holder: PortHolder,
        /// A free port to use in its place.
        free: Option<u16>,
        /// The `.env` variable that sets it, when one does.
        variable: Option<String>,
    },
    /// An external network does not exist.
    ExternalNetworkMissing {
        /// Name.
        name: String,
    },
    /// An external volume does not exist.
    ExternalVolumeMissing {
        /// Name.
        name: String,
    },
    /// A container that is not ours has the name that one of ours must get.
    NameTaken {
        /// The name.
        name: String,
        /// Service that wants it.
        service: String,
    },
    /// Two components that cannot run side by side are both wanted.
    Excluded {
        /// One.
        component: String,
        /// The other.
        other: String,
    },
    /// The image is not here and `pull_policy: never` forbids fetching it.
    ImageMissing {
        /// Service that needs it.
        service: String,
        /// Reference.
        image: String,
    },
    /// A service that would be started cannot read its configuration.
    ConfigInvalid {
        /// Service.
        service: String,
        /// What it would complain of first.
        fault: ConfigFault,
        /// How many faults there are besides.
        more: usize,
    },
    /// A service waits for the health of one that has no health check.
    NoHealthcheck {
        /// The service that waits.
        service: String,
        /// The one without.
        dependency: String,
    },
}

/// The plan that leads from what is observed to the goal. Names in it must exist in the project.
pub fn plan(project: &Project, observed: &Observed, goal: &Goal) -> Plan {
    let mut plan = Plan::default();
    refuse_foreign_project(project, observed, &mut plan);
    match goal {
        Goal::Up { services, recreate, wait } => {
            let asked = project.active_services_of(services);
            up::Up::new(project, observed, &asked, *recreate, *wait).plan(&mut plan);
        }
        Goal::Pull { services } => restart::pull(project, services, &mut plan),
        Goal::Restart { services, wait } => restart::restart(project, observed, services, *wait, &mut plan),
        Goal::Down { services, volumes, orphans } => down::Down {
            project,
            observed,
            services: services.as_ref(),
            volumes: *volumes,
            orphans: *orphans,
        }
        .plan(&mut plan),
    }
    plan.consents.sort();
    plan.consents.dedup();
    plan.warnings.sort();
    plan.warnings.dedup();
    plan.refusals.sort();
    plan.refusals.dedup();
    if !plan.refusals.is_empty() {
        plan.steps.clear();
    }
    plan
}

impl Plan {
    /// The services that it starts, as far as they are not refused already.
    pub fn starts(&self) -> BTreeSet<&str> {
        let starts = |step: &&Step| matches!(step.op, Op::Start(_) | Op::CreateContainer { .. });
        self.steps.iter().filter(starts).filter_map(|step| step.service.as_deref()).collect()
    }

    /// What is known of the configuration of a service that is going to be started.
    fn check_configuration(&mut self, observed: &Observed, service: &str) {
        let faults = observed.faults.get(service).map(Vec::as_slice).unwrap_or_default();
        let fatal: Vec<&ConfigFault> = faults.iter().filter(|fault| fault.fatal).collect();
        if let [first, more @ ..] = &fatal[..] {
            self.refusals.push(Refusal::ConfigInvalid {
                service: service.to_owned(),
                fault: (*first).clone(),
                more: more.len(),
            });
        }
        self.warnings.extend(
            faults
                .iter()
                .filter(|fault| !fault.fatal)
                .map(|fault| Warning::ConfigSuspect { service: service.to_owned(), fault: fault.clone() }),
        );
    }
}

/// A project's name is its identity on the engine: what another folder started under it is not ours.
fn refuse_foreign_project(project: &Project, observed: &Observed, plan: &mut Plan) {
    for container in &observed.containers {
        if container.working_dir != project.working_dir && !container.working_dir.as_os_str().is_empty() {
            plan.refusals.push(Refusal::ForeignProject {
                name: project.name.clone(),
                folder: container.working_dir.display().to_string(),
            });
        }
    }
}
