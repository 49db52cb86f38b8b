//! Doing one step of a plan. Each is done when the engine says so or when it was done already.

mod container;
mod resource;

use std::{collections::BTreeMap, sync::Arc};

use stack::{
    compose::{
        hash::Dialect,
        model::{Project, Service},
    },
    plan::{ContainerRef, Op, Step, StepId},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{Engine, error::EngineError, pull::Progress};

/// What a step needs besides itself.
#[derive(Debug, Clone)]
pub struct Work {
    /// The project of the plan.
    pub project: Arc<Project>,
    /// The docker compose whose hashes the containers get.
    pub dialect: Dialect,
    /// Ids of the containers that earlier steps made.
    pub created: Arc<BTreeMap<StepId, String>>,
    /// Where progress goes. Nobody needs to listen.
    pub progress: mpsc::UnboundedSender<Progress>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// A container was made.
    Created {
        /// Its full id.
        id: String,
    },
    /// An image is there now.
    Pulled {
        /// Reference as in the step.
        image: String,
    },
    /// The network is left alone since containers still use it.
    StillInUse {
        /// Its name.
        name: String,
    },
    /// Done, with nothing to say about it.
    Nothing,
}

impl Engine {
    /// Performs one step.
    ///
    /// What is done already (started, stopped, removed, there) counts as done. Cancelling ends the
    /// request at once: the engine may or may not have carried it out, which the next
    /// [`Engine::observe`] shows. [`Op::Await`] and [`Op::Seed`] are no calls to the engine and fail with
    /// [`EngineError::BadStep`].
    pub async fn perform(
        &self,
        step: &Step,
        work: &Work,
        cancel: &CancellationToken,
    ) -> Result<Done, EngineError> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(EngineError::Cancelled),
            done = self.perform_to_the_end(step, work) => done,
        }
    }

    async fn perform_to_the_end(&self, step: &Step, work: &Work) -> Result<Done, EngineError> {
        let project = work.project.as_ref();
        match &step.op {
            Op::Pull { image, platform } => self.pull(image, platform, &work.progress).await,
            Op::CreateNetwork { key } => self.create_network(project, key).await,
            Op::CreateVolume { key } => self.create_volume(project, key).await,
            Op::CreateContainer { name, number, replaces } => {
                let service = service_of(step, project)?;
                self.create_container(work, service, name, *number, replaces.as_ref()).await
            }
            Op::Start(container) => {
                let service = step.service.as_ref().and_then(|name| project.services.get(name));
                self.start(id_of(container, work)?, service).await
            }
            Op::Stop(container) => {
                let service = step.service.as_ref().and_then(|name| project.services.get(name));
                self.stop(&container.id, service).await
            }
            Op::Unpause(container) => self.unpause(&container.id).await,
            Op::Remove(container) => self.remove(&container.id).await,
            Op::Rename { container, name } => self.rename(id_of(container, work)?, name).await,
            Op::RemoveNetwork { id, name } => self.remove_network(id, name).await,
            Op::RemoveVolume { name } => self.remove_volume(name).await,
            Op::Await(_) | Op::Seed => {
                Err(EngineError::BadStep { what: "it is no call to the engine".to_owned() })
            }
        }
    }
}

fn service_of<'a>(step: &Step, project: &'a Project) -> Result<&'a Service, EngineError> {
    step.service
        .as_ref()
        .and_then(|name| project.services.get(name))
        .ok_or_else(|| EngineError::BadStep { what: format!("no service {:?}", step.service) })
}

fn id_of<'a>(container: &'a ContainerRef, work: &'a Work) -> Result<&'a str, EngineError> {
    match container {
        ContainerRef::Existing(container) => Ok(&container.id),
        ContainerRef::Created(step) => work
            .created
            .get(step)
            .map(String::as_str)
            .ok_or_else(|| EngineError::BadStep { what: format!("step {step} has made no container") }),
    }
}
