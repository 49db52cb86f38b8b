//! Stands in for the programs of the stack that Debian does not package, so that tests with a real engine need no
//! outside network. It behaves as the real ones were recorded: how long they take, what they answer, log and refuse,
//! and what they end with; and it fails when it is told to.
//!
//! Which program it plays follows from the name it is started by. Faults come from the environment (`STANDIN_*`, see
//! `faults.rs`) or at run time from `POST /_standin/{unhealthy,healthy,memory-limit,age/SECONDS,exit/N}`.

mod check;
mod clock;
mod collector;
mod config;
mod faults;
mod http;
mod jsoniter;
mod life;
mod no_such_host;
mod programs;
mod resolver;
mod settings;
mod signals;
mod throttle;

use std::path::Path;
use std::process::exit;

fn main() {
    clock::begin();
    let arguments: Vec<String> = std::env::args().collect();
    let name = settings::text("STANDIN_NAME").unwrap_or_else(|| base_name(&arguments[0]));
    let rest = &arguments[1..];
    match name.as_str() {
        "stand-in" if rest.first().is_some_and(|word| word == "throttle") => throttle::run(&rest[1..]),
        "stand-in" if rest.first().is_some_and(|word| word == "no-such-host") => {
            no_such_host::run(&rest[1..])
        }
        "loki" => programs::loki::run(rest),
        "promtail" => programs::promtail::run(rest),
        "alloy" => programs::alloy::run(rest),
        "jaeger-linux" => programs::jaeger::run(rest),
        "grafana" => programs::grafana::run(rest),
        "socket-proxy" => programs::socket_proxy::run(rest),
        // The socket proxy's image has no shell: its probe is a program of its own.
        "healthcheck" => programs::socket_proxy::probe(),
        _ => {
            eprintln!(
                "stand-in: no program is called {name:?}; set STANDIN_NAME to one of loki, promtail, alloy, \
                 jaeger-linux, grafana, socket-proxy, healthcheck"
            );
            exit(64)
        }
    }
}

fn base_name(path: &str) -> String {
    Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
