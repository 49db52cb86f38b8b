//! Loki as one process: keeps the last lines that were pushed, and answers simple queries of them.

mod answers;
pub mod levels;
mod metrics;
mod parser;
mod push;
mod query;
mod statistics;
mod store;

use std::process::exit;
use std::sync::{Mutex, MutexGuard, PoisonError};

use validation::{Complaint, Program, Stage};

use self::push::Limits;
use self::store::Store;
use crate::check::{self, Output, complaints};
use crate::config::{Config, writable};
use crate::faults::{Health, health};
use crate::http::{Request, Response, client, server};
use crate::{clock, life, settings};

const PORT: u16 = 3100;
const GRPC_PORT: u16 = 9095;
const DATA: &str = "/loki";
const IDLE_MIB: f64 = 59.6;
const STOP_SECONDS: f64 = 0.6;

// Recorded seconds of a start on a quiet machine.
const LISTENS: f64 = 0.30;
const MODULES: [(f64, &str); 3] = [
    (0.36, "Starting: 2\nRunning: 1\nNew: 13\n"),
    (0.42, "Running: 11\nStarting: 5\n"),
    (0.48, "Starting: 1\nRunning: 15\n"),
];
/// When the query frontend has looked for its scheduler for the first time, in vain.
const FIRST_LOOK: f64 = 0.55;

pub struct Loki {
    min_ready: f64,
    lookup: f64,
    file: String,
    config: Config,
    limits: Limits,
    store: Mutex<Store>,
}

impl Loki {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn first_good(&self) -> f64 {
        (MODULES[2].0 + self.min_ready).max(FIRST_LOOK + self.lookup)
    }
}

pub fn run(arguments: &[String]) -> ! {
    if settings::has_flag(arguments, "version") {
        Output::stdout(0, about("loki", &settings::version(), "release")).leave();
    }
    if settings::has_flag(arguments, "health") {
        probe();
    }
    let file =
        settings::flag_value(arguments, "config.file").unwrap_or("/etc/loki/local-config.yaml").to_owned();
    let wrong = complaints(Program::Loki, arguments);
    if settings::has_flag(arguments, "verify-config") {
        match check::before_start(&wrong).as_slice() {
            [] => life::logfmt("info", "caller=main.go:109 msg=\"config is valid\""),
            wrong => refusal(wrong).leave(),
        }
        exit(0);
    }
    if !wrong.is_empty() {
        refusal(&wrong).leave();
    }
    start(file)
}

/// What a Go program built with Prometheus's version package says of itself.
pub fn about(name: &str, version: &str, branch: &str) -> String {
    format!(
        "{name}, version {version} (branch: {branch}, revision: unknown)\n  build user:       \n  \
         build date:       \n  go version:       go1.26.8\n  platform:         linux/amd64\n  \
         tags:             netgo\n"
    )
}

fn refusal(complaints: &[Complaint]) -> Output {
    let Some(first) = complaints.first() else { return Output::default() };
    if first.stage == Stage::Parse {
        return Output::stderr(1, format!("failed parsing config: {}\n", check::unreadable(complaints)));
    }
    let time = clock::rfc3339(clock::nanos(), 9);
    let message = life::quoted(&first.message);
    let what = match first.stage {
        Stage::Start => "caller=log.go:223 msg=\"error running loki\"",
        _ => "caller=main.go:92 msg=\"validating config\"",
    };
    Output::stderr(1, format!("level=error ts={time} {what} err={message}\n"))
}

fn start(file: String) -> ! {
    let version = settings::version();
    life::logfmt(
        "info",
        &format!(
            "caller=main.go:146 msg=\"Starting Loki\" version=\"(version={version}, branch=release, revision=unknown)\""
        ),
    );
    life::logfmt("info", &format!("caller=main.go:147 msg=\"Loading configuration file\" filename={file}"));
    // A test on this machine has no folder for the data.
    if settings::text("STANDIN_ADDRESS").is_none()
        && let Err(error) = writable(DATA)
    {
        let message = format!("mkdir {DATA}/rules: {error}\nerror initialising module: ruler-storage");
        life::logfmt(
            "error",
            &format!("caller=log.go:223 msg=\"error running loki\" err={}", life::quoted(&message)),
        );
        eprintln!("{message}");
        exit(1);
    }
    let config = Config::read(Some(&file));
    let lookups = ["scheduler_dns_lookup_period", "dns_lookup_duration"]
        .map(|key| config.duration(key).unwrap_or(10.0));
    let loki: &'static Loki = Box::leak(Box::new(Loki {
        min_ready: config.duration("min_ready_duration").unwrap_or(15.0),
        lookup: lookups[0].max(lookups[1]),
        limits: Limits::of(&config),
        file,
        config,
        store: Mutex::default(),
    }));
    life::hold_memory(IDLE_MIB);
    life::end_on_signal(|| STOP_SECONDS, last_words, || {});
    clock::sleep_until_age(LISTENS);
    server::listen("0.0.0.0", GRPC_PORT, |_| Response::not_found().into());
    server::listen("0.0.0.0", PORT, move |request| answer(loki, request).into());
    life::logfmt(
        "info",
        "caller=server.go:397 msg=\"server listening on addresses\" http=[::]:3100 grpc=[::]:9095",
    );
    for module in MODULE_NAMES {
        life::logfmt("info", &format!("caller=module_service.go:82 msg=starting module={module}"));
    }
    life::stay()
}

const MODULE_NAMES: [&str; 16] = [
    "ingester",
    "distributor",
    "ruler",
    "cache-generation-loader",
    "query-frontend-tripperware",
    "query-scheduler-ring",
    "querier",
    "memberlist-kv",
    "store",
    "query-frontend",
    "ring",
    "compactor",
    "rule-evaluator",
    "server",
    "ingester-querier",
    "query-scheduler",
];

fn last_words() {
    life::logfmt("info", "caller=signals.go:62 msg=\"=== received SIGINT/SIGTERM ===\\n*** exiting\"");
    for ring in ["compactor", "distributor"] {
        life::logfmt(
            "info",
            &format!("caller=basic_lifecycler.go:265 msg=\"ring lifecycler is shutting down\" ring={ring}"),
        );
        life::logfmt(
            "info",
            &format!("caller=basic_lifecycler.go:305 msg=\"instance removed from the ring\" ring={ring}"),
        );
    }
    for module in
        ["ruler", "rule-evaluator", "compactor", "distributor", "querier", "ingester-querier", "ingester"]
    {
        life::logfmt("info", &format!("caller=module_service.go:120 msg=\"module stopped\" module={module}"));
    }
}

/// `-health`: the image has no shell, so the program asks itself.
fn probe() -> ! {
    let authority = format!("{}:{PORT}", settings::address("127.0.0.1"));
    match client::get(&authority, "GET", "/ready") {
        Ok((200, _)) => Output::stdout(0, "Loki is healthy\n"),
        Ok((status, _)) => Output::stderr(1, format!("Loki is unhealthy: status code {status}\n")),
        Err(error) => {
            let error = error.to_string().replace("127.0.0.1", "[::1]");
            Output::stderr(
                1,
                format!("Health check failed: Get \"http://localhost:{PORT}/ready\": {error}\n"),
            )
        }
    }
    .leave()
}

fn answer(loki: &'static Loki, request: &Request) -> Response {
    match request.path.as_str() {
        "/ready" => ready(loki),
        _ => answers::answer(loki, request).unwrap_or_else(Response::not_found),
    }
}

fn ready(loki: &Loki) -> Response {
    let waits =
        format!("Ingester not ready: waiting for {} after being ready", settings::go_text(loki.min_ready));
    let age = match health(loki.first_good()) {
        Health::Good => return Response::text(200, "ready\n").with("X-Content-Type-Options", "nosniff"),
        Health::Bad => return Response::error(503, waits),
        Health::Starting(age) => age,
    };
    if let Some((_, states)) = MODULES.iter().find(|(until, _)| age < *until) {
        return Response::error(503, format!("Some services are not Running:\n{states}"));
    }
    if age < MODULES[2].0 + loki.min_ready {
        return Response::error(503, waits);
    }
    Response::error(
        503,
        "Query Frontend not ready: not ready: number of schedulers this worker is connected to is 0",
    )
}
