//! Alloy.

mod components;
mod metrics;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use validation::{Complaint, Program, Stage};

use self::components::Graph;
use crate::check::{Output, before_start, complaints};
use crate::collector::{Collector, Voice};
use crate::config::Config;
use crate::faults::{Health, health};
use crate::http::{Request, Response, server};
use crate::life::quoted;
use crate::programs::loki::about;
use crate::{clock, life, settings};

const PORT: u16 = 12345;
const FIRST_GOOD: f64 = 0.36;
const IDLE_MIB: f64 = 25.6;
const STOP_SECONDS: f64 = 0.2;
/// Which component a refused reload leaves behind as unhealthy.
const LEFT_UNHEALTHY: &str = "loki.source.docker";

pub struct Alloy {
    file: String,
    arguments: Vec<String>,
    graph: Graph,
    collector: &'static Collector,
    /// What the last reload was refused with.
    refused: Mutex<Option<String>>,
    loaded: AtomicU64,
}

pub fn run(arguments: &[String]) -> ! {
    let verb = arguments.first().map(String::as_str).unwrap_or_default();
    match verb {
        "--version" | "-v" => Output::stdout(0, about("alloy", &format!("v{}", settings::version()), "")),
        "validate" => {
            let wrong = before_start(&complaints(Program::Alloy, arguments));
            refusal(&wrong, "validation failed")
        }
        "fmt" => format(arguments),
        "run" => {
            let wrong = complaints(Program::Alloy, arguments);
            if wrong.is_empty() {
                start(arguments)
            }
            refusal(&wrong, "could not perform the initial load successfully")
        }
        _ => Output::stderr(1, format!("Error: unknown command {} for \"alloy\"\n", quoted(verb))),
    }
    .leave()
}

fn file_of(arguments: &[String]) -> String {
    arguments.iter().skip(1).rev().find(|word| !word.starts_with('-')).cloned().unwrap_or_default()
}

/// `file:line:column: message`, with the lines around the place.
fn refusal(complaints: &[Complaint], closing: &str) -> Output {
    let Some(first) = complaints.first() else { return Output::default() };
    if first.line == 0 {
        return Output::stderr(1, format!("Error: {}\n", first.message));
    }
    let mut text = String::new();
    for complaint in complaints {
        text.push_str(&format!("Error: {}\n\n{}", placed(complaint), excerpt(complaint)));
    }
    Output::stderr(1, format!("{text}Error: {closing}\n"))
}

fn placed(complaint: &Complaint) -> String {
    let Complaint { file, line, column, message, .. } = complaint;
    format!("{file}:{line}:{column}: {message}")
}

fn excerpt(complaint: &Complaint) -> String {
    let text = std::fs::read_to_string(&complaint.file).unwrap_or_default();
    let lines: Vec<&str> = text.split('\n').collect();
    let mut out = String::new();
    for number in complaint.line.saturating_sub(1).max(1)..=complaint.line + 1 {
        let Some(line) = lines.get(number - 1) else { break };
        out.push_str(&format!("{number} | {}\n", line.replace('\t', "    ")));
        if number == complaint.line {
            let before: String = line.chars().take(complaint.column.saturating_sub(1)).collect();
            let rest: String = line.chars().skip(complaint.column.saturating_sub(1)).collect();
            let length = underlined(&complaint.message, &rest);
            let blanks = " ".repeat(before.replace('\t', "    ").chars().count());
            let width = number.to_string().len();
            out.push_str(&format!("{:width$} | {blanks}{}\n", "", "^".repeat(length)));
        }
    }
    out
}

/// How much of a line a message is about, in characters; `rest` begins at its place.
fn underlined(message: &str, rest: &str) -> usize {
    let whole = ["unrecognized attribute", "unrecognized block", "missing required"];
    if let Some(id) = message.strip_prefix("block ").and_then(|text| text.split_once(" already declared")) {
        return id.0.len();
    }
    if whole.iter().any(|beginning| message.starts_with(beginning)) {
        return rest.chars().count();
    }
    if let Some(text) = rest.strip_prefix('"') {
        return text.find('"').map_or(rest.len(), |end| end + 2);
    }
    rest.chars().take_while(|letter| letter.is_alphanumeric() || "_.".contains(*letter)).count()
}

fn format(arguments: &[String]) -> Output {
    if let Some(first) = complaints(Program::Alloy, arguments).first() {
        return match first.stage {
            Stage::Parse if first.line > 0 => {
                Output::stderr(1, format!("{}\nError: encountered errors during formatting\n", placed(first)))
            }
            _ => Output::stderr(1, format!("Error: {}\n", first.message)),
        };
    }
    if settings::has_flag(arguments, "t") || settings::has_flag(arguments, "test") {
        return Output::default();
    }
    let file = file_of(arguments);
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    Output::stdout(0, validation::alloy::format(&file, &text).unwrap_or(text))
}

fn say(level: &str, rest: &str) {
    eprintln!("ts={} level={level} {rest}", clock::rfc3339(clock::nanos(), 9));
}

struct Words;

const SOURCE: &str = "component_path=/ component_id=loki.source.docker.containers component=tailer";

impl Voice for Words {
    fn found(&self, _: &str) {}
    fn refresh_failed(&self, error: &str) {
        say(
            "error",
            &format!(
                "msg=\"Unable to refresh target groups\" component_path=/ component_id=discovery.docker.engine err={}",
                quoted(error)
            ),
        );
    }
    fn stream_ended(&self, id: &str, written: u64, error: Option<&str>) {
        if let Some(error) = error {
            say(
                "warn",
                &format!(
                    "msg=\"could not transfer logs\" {SOURCE} container=docker/{id} written={written} container={id} \
                     err={}",
                    quoted(error)
                ),
            );
        }
    }
    /// Retries are said at level debug only, which is not the level of the stack.
    fn send_failed(&self, host: &str, status: i32, error: &str, last: bool) {
        if last {
            say(
                "error",
                &format!(
                    "msg=\"final error sending batch, no retries left, dropping data\" component_path=/ \
                     component_id=loki.write.loki component=endpoint host={host} status={status} tenant=\"\" error={}",
                    quoted(error)
                ),
            );
        }
    }
}

fn start(arguments: &[String]) -> ! {
    say("info", "msg=\"Alloy is starting\"");
    say("info", "msg=\"boringcrypto enabled\" enabled=false");
    let file = file_of(arguments);
    let config = Config::read(Some(&file));
    // The one whose default is loopback, which no published port reaches: a stack that forgets the flag fails here too.
    let listen = settings::flag_value(arguments, "server.http.listen-addr").unwrap_or("127.0.0.1:12345");
    let host = listen.rsplit_once(':').map_or("127.0.0.1", |(host, _)| host);
    life::hold_memory(IDLE_MIB);
    clock::sleep_until_age(FIRST_GOOD);
    let graph = Graph::of(config.text());
    say("info", "msg=\"starting complete graph evaluation\" controller_path=/ controller_id=\"\"");
    for name in graph.names() {
        let rest =
            format!("msg=\"finished node evaluation\" controller_path=/ controller_id=\"\" node_id={name}");
        say("info", &rest);
    }
    say(
        "info",
        "msg=\"finished complete graph evaluation\" controller_path=/ controller_id=\"\" duration=36.53275ms",
    );
    let storage = settings::flag_value(arguments, "storage.path").unwrap_or("data-alloy/");
    let positions = format!("{}/loki.source.docker.containers/positions.yml", storage.trim_end_matches('/'));
    let alloy: &'static Alloy = Box::leak(Box::new(Alloy {
        collector: Collector::start(&config, Some(positions), Box::new(Words)),
        file,
        arguments: arguments.to_vec(),
        graph,
        refused: Mutex::default(),
        loaded: AtomicU64::new(clock::nanos()),
    }));
    life::end_on_signal(
        || STOP_SECONDS,
        || {},
        move || {
            alloy.reload();
        },
    );
    server::listen(host, PORT, move |request| {
        alloy.answer(request).unwrap_or_else(Response::not_found).into()
    });
    say("info", "msg=\"{^_^} Alloy is running\"");
    say("info", &format!("msg=\"now listening for http traffic\" service=http addr={listen}"));
    life::stay()
}

impl Alloy {
    fn refused(&self) -> Option<String> {
        self.refused.lock().map(|refused| refused.clone()).unwrap_or_default()
    }

    /// What is wrong with the file, if something is. What was loaded before stays.
    fn reload(&self) -> Option<String> {
        say("info", "msg=\"reload requested via /-/reload endpoint\" service=http");
        let wrong = complaints(Program::Alloy, &self.arguments);
        let error = wrong.first().map(|first| {
            let what = if first.line == 0 { first.message.clone() } else { placed(first) };
            format!("error during the initial load: {what}")
        });
        match &error {
            Some(error) => {
                say("error", &format!("msg=\"failed to reload config\" service=http err={}", quoted(error)))
            }
            None => {
                say(
                    "info",
                    "msg=\"starting complete graph evaluation\" controller_path=/ controller_id=\"\"",
                );
                self.loaded.store(clock::nanos(), Ordering::Relaxed);
            }
        }
        if let Ok(mut refused) = self.refused.lock() {
            refused.clone_from(&error);
        }
        error
    }

    fn answer(&self, request: &Request) -> Option<Response> {
        let good = health(0.0) == Health::Good;
        Some(match request.path.as_str() {
            "/-/ready" if good => Response::text(200, "Alloy is ready.\n"),
            "/-/ready" => Response::error(503, "Alloy is not ready."),
            "/-/healthy" if !good => Response::error(500, "unhealthy components: loki.write"),
            "/-/healthy" => match self.refused() {
                Some(_) => Response::error(500, format!("unhealthy components: {LEFT_UNHEALTHY}")),
                None => Response::text(200, "All Alloy components are healthy.\n"),
            },
            "/-/reload" => match self.reload() {
                Some(error) => Response::error(400, error),
                None => Response::text(200, "config reloaded\n"),
            },
            "/metrics" => Response::metrics(metrics::metrics(self)),
            "/api/v0/web/peers" => web(&serde_json::json!([{
                "name": "alloy", "addr": "127.0.0.1:12345", "isSelf": true, "state": "participant"
            }])
            .to_string()),
            "/api/v0/web/components" => web(&self.graph.all(self).to_string()),
            path => {
                let id = path.strip_prefix("/api/v0/web/components/")?;
                match self.graph.one(id, self) {
                    Some(component) => web(&component.to_string()),
                    None => Response::not_found().with("Vary", "Accept-Encoding"),
                }
            }
        })
    }
}

/// The API of the user interface calls its JSON plain text.
fn web(body: &str) -> Response {
    Response::text(200, body).with("Vary", "Accept-Encoding")
}
