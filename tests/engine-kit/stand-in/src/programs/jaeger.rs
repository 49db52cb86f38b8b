//! Jaeger 2: takes in spans as OTLP JSON and as Thrift, and answers from them.

mod health;
mod metrics;
mod monitor;
mod otlp;
mod query;
mod stable;
mod store;
mod thrift;

use std::sync::{Mutex, MutexGuard, PoisonError};

use regex::Regex;
use validation::{Complaint, Program, Stage};

use self::store::Store;
use crate::check::{Output, before_start, complaints};
use crate::config::Config;
use crate::http::{Request, Response, server};
use crate::{clock, life, settings};

const OVER_LIMIT: &str = "data refused due to high memory usage";
const FIRST_GOOD: f64 = 0.55;
const IDLE_MIB: f64 = 12.8;
const STOP_SECONDS: f64 = 0.5;
const QUERY: u16 = 16686;
const OTLP: u16 = 4318;
const THRIFT: u16 = 14268;
/// Open, but not spoken here: they talk HTTP/2.
const GRPC: [u16; 2] = [4317, 16685];
const USUAL_TRACES: usize = 100_000;

pub struct Jaeger {
    origins: Vec<String>,
    /// Of the memory limiter, in MiB.
    limit: f64,
    store: Mutex<Store>,
}

impl Jaeger {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn run(arguments: &[String]) -> ! {
    let version = settings::version();
    let verb = arguments.first().map(String::as_str);
    eprintln!("{} application version: git-commit=, git-version=v{version}, build-date=", short_time());
    match verb {
        Some("--version") => Output::stdout(0, format!("jaeger version v{version}\n")).leave(),
        Some("version") => {
            let about = format!("{{\"gitCommit\":\"\",\"gitVersion\":\"v{version}\",\"buildDate\":\"\"}}\n");
            Output::stdout(0, about).leave()
        }
        _ => {}
    }
    let wrong = complaints(Program::Jaeger, arguments);
    if verb == Some("validate") {
        refusal(&before_start(&wrong)).leave();
    }
    if !wrong.is_empty() {
        refusal(&wrong).leave();
    }
    let file = settings::flag_value(arguments, "config").map(|file| file.trim_start_matches("file:"));
    start(&Config::read(file))
}

/// Said twice: by the command line, and by the log that ends the program.
fn refusal(complaints: &[Complaint]) -> Output {
    let Some(first) = complaints.first() else { return Output::default() };
    let message = validation::jaeger::printed(first);
    let mut text = String::new();
    if first.stage == Stage::Start {
        text = line("info", "service@v0.155.0/service.go:256", "Starting jaeger...", &about_version());
        text += &line("info", "service@v0.155.0/service.go:307", "Shutdown complete.", "");
    }
    Output::stderr(1, format!("{text}Error: {message}\n{} {message}\n", short_time()))
}

fn short_time() -> String {
    clock::rfc3339(clock::nanos(), 0).replace('-', "/").replace('T', " ").trim_end_matches('Z').to_owned()
}

/// Of this process; a UUID that differs with each start is all that is needed.
fn instance() -> String {
    let seed = clock::started_nanos();
    let mixed = format!("{:016x}{seed:016x}", seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    format!("{}-{}-4{}-8{}-{}", &mixed[..8], &mixed[8..12], &mixed[13..16], &mixed[17..20], &mixed[20..])
}

fn about_version() -> String {
    format!(", \"Version\": \"v{}\", \"NumCPU\": 2", settings::version())
}

/// A line of the log; `more` are further fields.
fn line(level: &str, place: &str, message: &str, more: &str) -> String {
    let resource = format!(
        "{{\"service.instance.id\": \"{}\", \"service.name\": \"jaeger\", \"service.version\": \"v{}\"}}",
        instance(),
        settings::version()
    );
    let time = clock::rfc3339(clock::nanos(), 3);
    format!("{time}\t{level}\t{place}\t{message}\t{{\"resource\": {resource}{more}}}\n")
}

fn say(level: &str, place: &str, message: &str, more: &str) {
    eprint!("{}", line(level, place, message, more));
}

fn start(config: &Config) -> ! {
    let most = config.value("max_traces").and_then(|value| value.parse().ok()).unwrap_or(USUAL_TRACES);
    let limit = config.value("limit_mib").and_then(|value| value.parse().ok()).unwrap_or(0.0);
    let jaeger: &'static Jaeger =
        Box::leak(Box::new(Jaeger { origins: origins(config), limit, store: Mutex::new(Store::new(most)) }));
    say(
        "info",
        "memorylimiter@v0.155.0/memorylimiter.go:71",
        "Memory limiter configured",
        &format!(
            ", \"otelcol.component.kind\": \"processor\", \"limit_mib\": {limit}, \"check_interval\": 1"
        ),
    );
    say("info", "service@v0.155.0/service.go:256", "Starting jaeger...", &about_version());
    say("info", "extensions/extensions.go:41", "Starting extensions...", "");
    life::hold_memory(IDLE_MIB);
    life::end_on_signal(|| STOP_SECONDS, last_words, || {});
    clock::sleep_until_age(FIRST_GOOD);
    for port in GRPC {
        server::listen("0.0.0.0", port, |_| Response::not_found().into());
    }
    server::listen("0.0.0.0", 8888, move |request| with_metrics(request, || metrics::own(jaeger)).into());
    server::listen("0.0.0.0", 8889, move |request| {
        with_metrics(request, || metrics::of_spans(jaeger, request)).into()
    });
    server::listen("0.0.0.0", 13133, |request| health::answer(request).into());
    server::listen("0.0.0.0", OTLP, move |request| noticing_limit(|| otlp::answer(jaeger, request)).into());
    server::listen("0.0.0.0", THRIFT, move |request| {
        noticing_limit(|| thrift::answer(jaeger, request)).into()
    });
    server::listen("0.0.0.0", QUERY, move |request| query::answer(jaeger, request).into());
    say("info", "otlpreceiver@v0.155.0/otlp.go:175", "Starting HTTP server", ", \"endpoint\": \"[::]:4318\"");
    say(
        "info",
        "service@v0.155.0/service.go:279",
        "Everything is ready. Begin running and processing data.",
        "",
    );
    life::stay()
}

fn with_metrics(request: &Request, metrics: impl FnOnce() -> Response) -> Response {
    if request.path == "/metrics" { metrics() } else { Response::not_found() }
}

/// Says once that data is refused, as the limiter does when it begins to.
fn noticing_limit(answer: impl FnOnce() -> Response) -> Response {
    static SAID: std::sync::Once = std::sync::Once::new();
    if crate::faults::memory_limit() {
        SAID.call_once(|| {
            let memory = life::resident_bytes() >> 20;
            say(
                "warn",
                "memorylimiter@v0.155.0/memorylimiter.go:207",
                "Memory usage is above soft limit. Refusing data.",
                &format!(", \"otelcol.component.kind\": \"processor\", \"cur_mem_mib\": {memory}"),
            );
        });
    }
    answer()
}

fn origins(config: &Config) -> Vec<String> {
    let list = Regex::new(r"(?s)allowed_origins:\s*\[(.*?)\]").ok();
    let found = list.as_ref().and_then(|list| list.captures(config.text()));
    let inner = found.map(|found| found[1].to_owned()).unwrap_or_default();
    inner.split(',').map(|origin| origin.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

fn last_words() {
    let service = "service@v0.155.0/service.go";
    say(
        "info",
        "otelcol@v0.155.0/collector.go:397",
        "Received signal from OS",
        ", \"signal\": \"terminated\"",
    );
    say("info", &format!("{service}:293"), "Starting shutdown...", "");
    say("info", "extensions/extensions.go:69", "Stopping extensions...", "");
    say("info", "internal/server.go:463", "Closing HTTP server", "");
    say("info", "internal/server.go:473", "Server stopped", "");
    say("info", &format!("{service}:307"), "Shutdown complete.", "");
}
