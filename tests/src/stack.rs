//! A stack in a folder of its own, under a project name of its own, which takes everything away when it is dropped.

use std::{
    collections::BTreeMap,
    fs,
    net::{TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process,
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU16, AtomicU32, Ordering},
    },
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    docker::{self, Container, require_engine, try_docker},
    program::{Program, Ran, Running, switchyard_binary},
    wait::eventually,
};

/// Variables of the outside that would change what a test sees.
const OUTSIDE: [&str; 9] = [
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "NO_COLOR",
    "COMPOSE_FILE",
    "COMPOSE_PROJECT_NAME",
    "COMPOSE_PROFILES",
    "SWITCHYARD_STACK",
    "SWITCHYARD_LANG",
];

/// The stack's port variables.
const PORTS: [&str; 12] = [
    "CONSUL_PORT",
    "CONSUL_DNS_PORT",
    "JAEGER_UI_PORT",
    "JAEGER_COLLECTOR_PORT",
    "OTLP_GRPC_PORT",
    "OTLP_HTTP_PORT",
    "LOKI_PORT",
    "PROMTAIL_PORT",
    "ALLOY_PORT",
    "PROMETHEUS_PORT",
    "ALERTMANAGER_PORT",
    "GRAFANA_PORT",
];

/// Whoever removes images has them alone.
static IMAGES: RwLock<()> = RwLock::new(());

enum Images {
    Used { _guard: RwLockReadGuard<'static, ()> },
    Owned { _guard: RwLockWriteGuard<'static, ()> },
}

/// A stack for one test.
pub struct Stack {
    home: TempDir,
    /// Its folder.
    pub folder: PathBuf,
    /// Its compose project name, which no other test has.
    pub project: String,
    ports: BTreeMap<&'static str, u16>,
    // Last: other tests may touch the images only after everything above is gone.
    _images: Images,
}

impl Stack {
    /// The stack that Switchyard ships with, on ports and networks of its own, with quick health checks.
    #[track_caller]
    pub fn shipped(name: &str) -> Self {
        let guard = IMAGES.read().unwrap_or_else(PoisonError::into_inner);
        Self::of_the_product(name, Images::Used { _guard: guard })
    }

    /// The same while no other test uses the shipped images, so that this one may remove them.
    #[track_caller]
    pub fn shipped_alone(name: &str) -> Self {
        let guard = IMAGES.write().unwrap_or_else(PoisonError::into_inner);
        Self::of_the_product(name, Images::Owned { _guard: guard })
    }

    #[track_caller]
    fn of_the_product(name: &str, images: Images) -> Self {
        let mut stack = Self::empty(name, images);
        stack.folder = stack.home().join("rwa-observability");
        stack.switchyard(["init"]).run().ok();
        stack.ports = PORTS.into_iter().map(|variable| (variable, free_port())).collect();
        let ports: Vec<(&str, String)> =
            stack.ports.iter().map(|(name, port)| (*name, port.to_string())).collect();
        stack.set("HEALTH_INTERVAL", "1s");
        stack.set("STACK_NETWORK", &stack.project);
        stack.set("COMPOSE_PROJECT_NAME", &stack.project);
        for (variable, port) in ports {
            stack.set(variable, &port);
        }
        stack
    }

    /// A small project of this compose file. What it has of variables is set by [`Stack::set`].
    #[track_caller]
    pub fn of(name: &str, compose: &str) -> Self {
        let guard = IMAGES.read().unwrap_or_else(PoisonError::into_inner);
        let mut stack = Self::empty(name, Images::Used { _guard: guard });
        stack.folder = stack.home().join("stack");
        fs::create_dir(&stack.folder).expect("a temporary folder can be written");
        stack.set("COMPOSE_PROJECT_NAME", &stack.project);
        stack.write("compose.yaml", compose);
        stack
    }

    #[track_caller]
    fn empty(name: &str, images: Images) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        require_engine();
        // Ends in a letter: no name begins with another one.
        let project = format!("{name}-{}-{}t", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let home = TempDir::with_prefix("switchyard-test-").expect("a temporary folder can be made");
        Self { folder: home.path().to_owned(), home, project, ports: BTreeMap::new(), _images: images }
    }

    /// Gives the demo beside this stack a project name that no other test has, and a quick pace. Returns its folder and
    /// that name.
    #[track_caller]
    pub fn prepare_demo(&self) -> (PathBuf, String) {
        let folder = self.home().join("rwa-demo");
        // It ends with a letter, and has the stack's name in its own: it is taken away with the stack.
        let project = format!("{}-demo", self.project);
        fs::create_dir(&folder).expect("the home can be written");
        fs::write(folder.join(".env"), format!("COMPOSE_PROJECT_NAME={project}\nDEMO_PACE=200\n"))
            .expect("the home can be written");
        (folder, project)
    }

    /// Where Switchyard keeps what is its own.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The host port that a variable of the shipped stack has been set to.
    pub fn port(&self, variable: &str) -> u16 {
        self.ports[variable]
    }

    /// Sets a variable in `.env`.
    #[track_caller]
    pub fn set(&self, variable: &str, value: &str) {
        let path = self.folder.join(".env");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let start = format!("{variable}=");
        let mut lines: Vec<String> =
            text.lines().filter(|line| !line.starts_with(&start)).map(str::to_owned).collect();
        lines.push(format!("{start}{value}"));
        fs::write(&path, lines.join("\n") + "\n").expect(".env can be written");
    }

    /// The value of a variable in `.env`.
    #[track_caller]
    pub fn value(&self, variable: &str) -> String {
        let text = fs::read_to_string(self.folder.join(".env")).expect("there is an .env");
        let start = format!("{variable}=");
        text.lines().find_map(|line| line.strip_prefix(&start)).expect("it is in .env").to_owned()
    }

    /// Writes a file of its folder.
    #[track_caller]
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("the folder can be written");
    }

    /// Replaces text in a file of its folder; the text must be there.
    #[track_caller]
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.folder.join(name)).expect("the file is there");
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, &text.replace(from, to));
    }

    /// The command on this stack.
    #[track_caller]
    pub fn switchyard<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Program {
        let mut program =
            Program::new(switchyard_binary()).args(args).env("SWITCHYARD_HOME", self.home.path());
        for name in OUTSIDE {
            program = program.without(name);
        }
        // The shipped stack is found without being named.
        if self.folder.ends_with("stack") { program.env("SWITCHYARD_STACK", &self.folder) } else { program }
    }

    /// Runs the command to its end.
    #[track_caller]
    pub fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        self.switchyard(args).run()
    }

    /// Starts the command.
    #[track_caller]
    pub fn start<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Running {
        self.switchyard(args).start()
    }

    /// Docker compose on this stack.
    #[track_caller]
    pub fn compose<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Ran {
        let mut program = Program::new("docker").args(["compose"]).args(args).folder(&self.folder);
        for name in OUTSIDE {
            program = program.without(name);
        }
        program.run()
    }

    /// Its containers, running or not, by name.
    #[track_caller]
    pub fn containers(&self) -> Vec<Container> {
        docker::containers(&self.project)
    }

    /// The one container of a service.
    #[track_caller]
    pub fn container(&self, service: &str) -> Container {
        let mut all = self.containers();
        all.retain(|container| container.service == service);
        assert_eq!(all.len(), 1, "one container of {service} was expected: {all:?}");
        all.remove(0)
    }

    /// Waits until a container of this service is in that state.
    #[track_caller]
    pub fn until(&self, service: &str, what: &str, condition: impl Fn(&Container) -> bool) -> Container {
        eventually(&format!("{service} {what}"), || {
            self.containers()
                .into_iter()
                .find(|container| container.service == service && condition(container))
        })
    }

    /// Waits until the engine's own health checks have passed as well: `up` asks by itself and does not sit them out.
    #[track_caller]
    pub fn until_the_engine_agrees(&self) {
        eventually("the engine to check the health of all", || {
            self.containers().iter().all(|it| !it.status.contains("(health: starting)")).then_some(())
        });
    }

    /// Each of these services has one running container, under its final name, and there is nothing else.
    #[track_caller]
    pub fn runs_exactly(&self, services: &[&str]) {
        let containers = self.containers();
        let names: Vec<&str> = containers.iter().map(|it| it.name.as_str()).collect();
        let mut expected: Vec<String> =
            services.iter().map(|service| format!("{}-{service}-1", self.project)).collect();
        expected.sort();
        assert_eq!(names, expected, "{containers:#?}");
        assert!(containers.iter().all(|container| container.state == "running"), "{containers:#?}");
    }

    /// `status --json`.
    #[track_caller]
    pub fn status(&self) -> Value {
        self.run(["status", "--json"]).json()
    }

    /// The kind of a component's phase, such as `healthy`.
    #[track_caller]
    pub fn phase(&self, component: &str) -> String {
        phase(&self.status(), component)
    }

    /// Its networks.
    #[track_caller]
    pub fn networks(&self) -> Vec<String> {
        docker::names("network", &self.project)
    }

    /// Its volumes.
    #[track_caller]
    pub fn volumes(&self) -> Vec<String> {
        docker::names("volume", &self.project)
    }
}

/// The kind of a component's phase in a JSON answer.
fn phase(answer: &Value, component: &str) -> String {
    let components = answer["components"].as_array().expect("the answer has components");
    let found =
        components.iter().find(|it| it["id"] == component).unwrap_or_else(|| panic!("no {component}"));
    found["phase"]["kind"].as_str().expect("a phase has a kind").to_owned()
}

impl Drop for Stack {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let filter = format!("label=com.docker.compose.project={}", self.project);
            try_docker(&["ps", "--all", "--filter", &filter]);
        }
        if std::env::var_os("SWITCHYARD_TEST_KEEP").is_some() {
            println!("# kept: {}", self.folder.display());
            return;
        }
        // Everything of a project has its name in its own.
        let filter = format!("name={}", self.project);
        for (list, remove) in [
            (["ps", "--all", "--quiet"].as_slice(), ["rm", "--force", "--volumes"].as_slice()),
            (&["network", "ls", "--quiet"], &["network", "rm"]),
            (&["volume", "ls", "--quiet"], &["volume", "rm", "--force"]),
        ] {
            let output = process::Command::new("docker").args(list).args(["--filter", &filter]).output();
            let ids =
                output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
            if !ids.trim().is_empty() {
                let _ = process::Command::new("docker").args(remove).args(ids.lines()).output();
            }
        }
    }
}

/// A host port that nobody has and no other test gets.
pub fn free_port() -> u16 {
    // Below the range from which the kernel gives ports to clients.
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Name and id of each container, to see whether any was replaced.
pub fn names_and_ids(containers: &[Container]) -> BTreeMap<String, String> {
    containers.iter().map(|container| (container.name.clone(), container.id.clone())).collect()
}
