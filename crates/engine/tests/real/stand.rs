//! A project on a real engine, driven step by step.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{Done, Endpoint, Engine, EngineError, Progress, Work};
use stack::{
    compose::{LoadInput, Project, SourceFile, load},
    observed::{Container, Observed},
    plan::{Cause, ContainerRef, ExistingContainer, Op, Step},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A small image that every test uses; busybox and nothing else.
pub(crate) const BASE: &str = "switchyard/test-base:1";

pub(crate) struct Stand {
    pub(crate) engine: Engine,
    pub(crate) project: Arc<Project>,
    pub(crate) cancel: CancellationToken,
    pub(crate) progress: mpsc::UnboundedSender<Progress>,
    pub(crate) reports: mpsc::UnboundedReceiver<Progress>,
}

/// Only on the engine that `tests/with-engine` starts: nobody else's is touched.
pub(crate) async fn stand(name: &str, yaml: &str) -> Stand {
    let ours = std::env::var_os("SWITCHYARD_TEST_ENGINE").is_some();
    assert!(ours, "run it so: tests/with-engine cargo test -p engine --features real-engine --test real");
    let env = |name: &str| std::env::var(name).ok();
    let endpoint: Endpoint = engine::resolve(None, &env, Path::new("/nowhere")).unwrap();
    let engine = Engine::connect(&endpoint).await.unwrap();
    let (progress, reports) = mpsc::unbounded_channel();
    let stand = Stand {
        engine,
        project: Arc::new(project(name, yaml)),
        cancel: CancellationToken::new(),
        progress,
        reports,
    };
    stand.pull(BASE).await.unwrap();
    stand
}

pub(crate) fn project(name: &str, yaml: &str) -> Project {
    let path = Path::new("/stand/docker-compose.yml").to_owned();
    load(LoadInput {
        files: vec![SourceFile { path, text: yaml.to_owned() }],
        working_dir: "/stand".into(),
        project_name: Some(name.to_owned()),
        env: BTreeMap::new(),
        home: None,
        read: &|path| std::fs::read_to_string(path),
    })
    .unwrap()
}

impl Stand {
    pub(crate) async fn perform(&self, service: Option<&str>, op: Op) -> Result<Done, EngineError> {
        let step = Step {
            service: service.map(str::to_owned),
            op,
            cause: Cause::Missing,
            after: vec![],
            despite: vec![],
            optional: false,
        };
        let work = Work {
            project: Arc::clone(&self.project),
            created: Arc::default(),
            progress: self.progress.clone(),
        };
        let (engine, cancel) = (self.engine.clone(), self.cancel.clone());
        // As the supervisor does it: the future must be able to move to a task.
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { engine.perform(&step, &work, &cancel).await });
        tasks.join_next().await.unwrap().unwrap()
    }

    pub(crate) async fn pull(&self, image: &str) -> Result<Done, EngineError> {
        self.perform(None, Op::Pull { image: image.to_owned(), platform: String::new() }).await
    }

    /// Makes the project's networks and volumes.
    pub(crate) async fn prepare(&self) {
        for key in self.project.networks.keys() {
            self.perform(None, Op::CreateNetwork { key: key.clone() }).await.unwrap();
        }
        for key in self.project.volumes.keys() {
            self.perform(None, Op::CreateVolume { key: key.clone() }).await.unwrap();
        }
    }

    pub(crate) fn name(&self, service: &str) -> String {
        format!("{}-{service}-1", self.project.name)
    }

    pub(crate) async fn create(&self, service: &str) -> Result<ExistingContainer, EngineError> {
        self.create_as(service, &self.name(service), None).await
    }

    pub(crate) async fn create_as(
        &self,
        service: &str,
        name: &str,
        replaces: Option<ExistingContainer>,
    ) -> Result<ExistingContainer, EngineError> {
        let op = Op::CreateContainer { name: name.to_owned(), number: 1, replaces };
        match self.perform(Some(service), op).await? {
            Done::Created { id } => Ok(ExistingContainer { id, name: name.to_owned() }),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn start(
        &self,
        service: &str,
        container: &ExistingContainer,
    ) -> Result<Done, EngineError> {
        self.perform(Some(service), Op::Start(ContainerRef::Existing(container.clone()))).await
    }

    pub(crate) async fn run(&self, service: &str) -> ExistingContainer {
        let container = self.create(service).await.unwrap();
        self.start(service, &container).await.unwrap();
        container
    }

    pub(crate) async fn observe(&self) -> Observed {
        self.engine.observe(&self.project).await.unwrap()
    }

    /// Looks until a container of the project is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&Container) -> bool) -> Container {
        let started = Instant::now();
        loop {
            let observed = self.observe().await;
            if let Some(found) = observed.containers.iter().find(|container| wanted(container)) {
                return found.clone();
            }
            assert!(started.elapsed() < Duration::from_secs(30), "still {:#?}", observed.containers);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Takes away what the test has made.
    pub(crate) async fn clear(&self) {
        for container in self.observe().await.containers {
            self.engine.signal(&container.id, "SIGKILL").await.ok();
            let container = ExistingContainer { id: container.id, name: container.name };
            self.perform(None, Op::Stop(container.clone())).await.unwrap();
            self.perform(None, Op::Remove(container)).await.unwrap();
        }
        let left = self.observe().await;
        for network in left.networks {
            self.perform(None, Op::RemoveNetwork { id: network.id, name: network.name }).await.unwrap();
        }
        for volume in left.volumes {
            self.perform(None, Op::RemoveVolume { name: volume.name }).await.unwrap();
        }
    }
}
