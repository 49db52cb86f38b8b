//! A plan as text: one line a step, for `switchyard plan` and for tests.

use std::fmt;

use super::{Cause, ContainerRef, Op, Plan, Step};
use crate::compose::Condition;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for refusal in &self.refusals {
            writeln!(f, "refused: {refusal:?}")?;
        }
        for consent in &self.consents {
            writeln!(f, "consent: {consent:?}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning:?}")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "{number} {}", StepText { plan: self, step })?;
        }
        Ok(())
    }
}

struct StepText<'a> {
    plan: &'a Plan,
    step: &'a Step,
}

impl fmt::Display for StepText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Step { op, cause, after, despite, optional, .. } = self.step;
        write!(f, "{} {}: {cause}", op.verb(), self.plan.subject(self.step))?;
        if *optional {
            write!(f, ", optional")?;
        }
        let mut opening = " (";
        for (word, steps) in [("after", after), ("despite", despite)] {
            if !steps.is_empty() {
                write!(f, "{opening}{word}")?;
                steps.iter().try_for_each(|id| write!(f, " {id}"))?;
                opening = ", ";
            }
        }
        if opening == ", " { write!(f, ")") } else { Ok(()) }
    }
}

impl Plan {
    /// What a step is done to: a container's name, an image, a network, a volume or a service.
    pub fn subject(&self, step: &Step) -> String {
        let service = || step.service.clone().unwrap_or_default();
        match &step.op {
            Op::Pull { image, .. } => image.clone(),
            Op::CreateNetwork { key } | Op::CreateVolume { key } => key.clone(),
            Op::Start(container) => self.container_name(container),
            Op::Stop(container) | Op::Unpause(container) | Op::Remove(container) => container.name.clone(),
            Op::Rename { container, name } => format!("{} to {name}", self.container_name(container)),
            Op::CreateContainer { name, .. } | Op::RemoveNetwork { name, .. } | Op::RemoveVolume { name } => {
                name.clone()
            }
            Op::Await(_) | Op::Seed => service(),
        }
    }

    fn container_name(&self, container: &ContainerRef) -> String {
        match container {
            ContainerRef::Existing(existing) => existing.name.clone(),
            ContainerRef::Created(step) => match self.steps.get(*step).map(|step| &step.op) {
                Some(Op::CreateContainer { name, .. }) => name.clone(),
                _ => format!("container of step {step}"),
            },
        }
    }
}

impl Op {
    /// One stable word for the kind of step; machine-readable output uses it too.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Pull { .. } => "pull",
            Self::CreateNetwork { .. } => "create-network",
            Self::CreateVolume { .. } => "create-volume",
            Self::CreateContainer { .. } => "create",
            Self::Start(_) => "start",
            Self::Stop(_) => "stop",
            Self::Unpause(_) => "unpause",
            Self::Remove(_) => "remove",
            Self::Rename { .. } => "rename",
            Self::RemoveNetwork { .. } => "remove-network",
            Self::RemoveVolume { .. } => "remove-volume",
            Self::Await(Condition::Started) => "wait-started",
            Self::Await(Condition::Healthy) => "wait-healthy",
            Self::Await(Condition::Completed) => "wait-completed",
            Self::Seed => "seed",
        }
    }
}

impl Cause {
    /// One stable kebab-case word; machine-readable output uses it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ConfigChanged => "config-changed",
            Self::ImageChanged => "image-changed",
            Self::Detached => "detached",
            Self::NotRunning => "not-running",
            Self::Paused => "paused",
            Self::Requested => "requested",
            Self::NeededBy(_) => "needed-by",
            Self::Needs(_) => "needs",
            Self::Unneeded => "unneeded",
            Self::SwitchedOff => "switched-off",
            Self::ExcludedBy(_) => "excluded-by",
            Self::Surplus => "surplus",
            Self::Orphan => "orphan",
            Self::Follows => "follows",
        }
    }

    /// The other service that the cause names.
    pub fn other(&self) -> Option<&str> {
        match self {
            Self::NeededBy(other) | Self::Needs(other) | Self::ExcludedBy(other) => Some(other),
            _ => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.other() {
            Some(other) => write!(f, "{} {other}", self.code()),
            None => f.write_str(self.code()),
        }
    }
}
