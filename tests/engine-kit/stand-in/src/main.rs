//! Stands in for the programs of the stack that Debian does not package, so that tests with a real engine need no
//! outside network. It answers the health endpoints as the real program does, and fails when it is told to.
//!
//! Which program it plays follows from the name it is started by. Faults come from the environment (`STANDIN_*`, see
//! `faults.rs`) or at run time from `POST /_standin/{unhealthy,healthy,exit/N}`.

mod dns;
mod faults;
mod http;
mod programs;
mod throttle;

use std::path::Path;
use std::process::exit;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let name = std::env::var("STANDIN_NAME").unwrap_or_else(|_| base_name(&arguments[0]));
    let rest = &arguments[1..];
    match name.as_str() {
        "stand-in" => match rest.first().map(String::as_str) {
            Some("throttle") => throttle::run(&rest[1..]),
            Some("no-such-host") => dns::run(&rest[1..]),
            _ => {}
        },
        // The socket proxy's image has no shell: its probe is a program of its own.
        "healthcheck" => probe("127.0.0.1:55555", "/health"),
        "loki" if has_flag(rest, "health") => probe("127.0.0.1:3100", "/ready"),
        _ => {}
    }
    let Some(program) = programs::by_name(&name) else {
        eprintln!(
            "stand-in: no program is called {name:?}; set STANDIN_NAME to one of {}",
            programs::names()
        );
        exit(64);
    };
    require_config(program, rest);
    if only_checks(rest) {
        println!("{}", program.config_ok);
        exit(0);
    }
    faults::obey_sigterm();
    require_data_folder(program);
    programs::start(program, rest);
}

fn base_name(path: &str) -> String {
    Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `-name`, `--name` and `--name=true` all count, as in Go's flag package.
fn has_flag(arguments: &[String], name: &str) -> bool {
    arguments.iter().any(|argument| {
        let bare = argument.trim_start_matches('-');
        argument.starts_with('-') && (bare == name || bare.strip_suffix("=true") == Some(name))
    })
}

/// The value of `-name=value` or `--name value`.
pub fn flag_value<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let bare = argument.trim_start_matches('-');
        if !argument.starts_with('-') {
            continue;
        }
        if bare == name {
            return rest.next().map(String::as_str);
        }
        if let Some(value) = bare.strip_prefix(name).and_then(|tail| tail.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

fn only_checks(arguments: &[String]) -> bool {
    has_flag(arguments, "verify-config")
        || has_flag(arguments, "check-syntax")
        || arguments.first().is_some_and(|verb| matches!(verb.as_str(), "validate" | "fmt"))
}

fn probe(address: &str, path: &str) -> ! {
    match http::get(address, path) {
        Ok((200, _)) => exit(0),
        Ok((status, body)) => eprintln!("{status} {}", body.trim_end()),
        Err(error) => eprintln!("{error}"),
    }
    exit(1)
}

/// A wrong mount is the mistake that tests of the stack look for most: say so and stop, as the real programs do.
fn require_config(program: &programs::Program, arguments: &[String]) {
    let named = flag_value(arguments, "config.file").or_else(|| flag_value(arguments, "config"));
    // Alloy takes its file as a word after the verb: `run FLAGS… PATH`.
    let positional = match arguments.first().map(String::as_str) {
        Some("run" | "validate" | "fmt") => arguments.last().filter(|last| !last.starts_with('-')),
        _ => None,
    };
    for path in named.or(positional.map(String::as_str)).iter().flat_map(|list| list.split(',')) {
        let path = path.trim_start_matches("file:");
        if let Err(error) = std::fs::metadata(path) {
            eprintln!("{}{path}: {error}", program.config_error);
            exit(1);
        }
    }
}

fn require_data_folder(program: &programs::Program) {
    let Some(folder) = program.data else { return };
    let probe = Path::new(folder).join(".stand-in");
    if let Err(error) = std::fs::write(&probe, "") {
        eprintln!("{}", program.data_error.replace("{error}", &error.to_string()));
        exit(1);
    }
    // Best effort: an empty marker in a test's volume does no harm.
    let _ = std::fs::remove_file(probe);
}
