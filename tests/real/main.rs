//! The shipped stack on Prometheus, Alertmanager and Jaeger themselves:
//! `tests/with-engine --real cargo test -p tests --test real`.
//!
//! Elsewhere stand-ins take their place, which cannot tell whether a configuration does what it is for. Loki, Promtail,
//! Alloy and Grafana are stand-ins here too, and Consul is an older one.

mod alerts;
mod checkers;
mod demo;
mod memory;
mod prometheus;
mod scraping;
mod spans;
mod tracing;

use std::env;

use tests::{Stack, docker};

/// The shipped stack, on real components.
#[track_caller]
fn shipped(name: &str) -> Stack {
    assert!(
        env::var_os("SWITCHYARD_TEST_REAL").is_some(),
        "these tests need the real components; run: npm run test:real"
    );
    Stack::shipped(name)
}

/// Writes the program that answers one connection. It reads the whole request, or the client would see its connection
/// reset; and it ends with its answer, so the length need not be told.
const SERVER: &str = r#"printf '%s\n' '#!/bin/sh' \
    'while read -r line && [ ${#line} -gt 1 ]; do :; done' \
    'printf "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\nanswers_total 1\n"'"#;

/// A small HTTP server in the stack's network, under the name `service`, which answers every request with one metric.
/// Ports are of this machine. It goes when the stack goes.
#[track_caller]
fn serve(stack: &Stack, service: &str, ports: &[u16]) -> String {
    // Found by the name when the stack cleans up.
    let name = format!("{}-{service}", stack.project);
    let mut args: Vec<String> = [
        "run",
        "--detach",
        "--init",
        "--name",
        &name,
        "--network",
        &stack.project,
        "--network-alias",
        service,
    ]
    .map(str::to_owned)
    .into();
    for port in ports {
        args.extend(["--publish".to_owned(), format!("{port}:80")]);
    }
    let script = format!("{SERVER} >/answer && chmod +x /answer && exec nc -ll -p 80 -e /answer");
    args.extend(["switchyard/test-base:1", "sh", "-c", &script].map(str::to_owned));
    docker(&args.iter().map(String::as_str).collect::<Vec<_>>()).trim().to_owned()
}
