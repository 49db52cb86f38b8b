//! Grafana, as far as health checks, probes and the API client of this project look at it. It was not recorded: the
//! answers follow its documentation.

use std::process::exit;

use validation::Program;

use crate::check::complaints;
use crate::faults::{Health, health};
use crate::http::{Request, Response, server};
use crate::{clock, config, life, settings};

const PORT: u16 = 3000;
const DATA: &str = "/var/lib/grafana";
const STOP_SECONDS: f64 = 0.5;

pub fn run(arguments: &[String]) -> ! {
    if let Err(error) = config::writable(DATA)
        && settings::text("STANDIN_ADDRESS").is_none()
    {
        eprintln!(
            "GF_PATHS_DATA='{DATA}' is not writable.\nYou may have issues with file permissions\n\
             mkdir: can't create directory '{DATA}/plugins': {error}"
        );
        exit(1);
    }
    // What is provisioned is read when it starts.
    if let Some(first) = complaints(Program::Grafana, arguments).first() {
        eprintln!(
            "Error: ✗ *provisioning.ProvisioningServiceImpl run error: {}: {}",
            first.file, first.message
        );
        exit(1);
    }
    let say = |logger: &str, rest: &str| {
        println!("logger={logger} t={} level=info {rest}", clock::rfc3339(clock::nanos(), 9));
    };
    life::end_on_signal(
        || STOP_SECONDS,
        move || say("server", "msg=\"Shutdown started\" reason=\"System signal: terminated\""),
        || {},
    );
    say("settings", &format!("msg=\"Starting Grafana\" version={}", settings::version()));
    server::listen("0.0.0.0", PORT, |request| answer(request).unwrap_or_else(Response::not_found).into());
    say("migrator", "msg=\"migrations completed\"");
    say("http.server", "msg=\"HTTP Server Listen\" address=[::]:3000 protocol=http");
    life::stay()
}

fn answer(request: &Request) -> Option<Response> {
    let version = settings::version();
    match request.path.as_str() {
        "/api/health" => {
            let good = health(0.0) == Health::Good;
            let (status, database) = if good { (200, "ok") } else { (503, "failing") };
            return Some(Response::json(
                status,
                format!(
                    "{{\n  \"database\": \"{database}\",\n  \"version\": \"{version}\",\n  \"commit\": \"0000000000\"\n}}"
                ),
            ));
        }
        "/login" => return Some(Response::html("<!doctype html><title>Grafana</title>")),
        "/metrics" => {
            let about = format!("grafana_build_info{{version=\"{version}\"}} 1\n");
            return Some(Response::metrics(life::process_metrics() + &about));
        }
        "/" => return Some(Response::redirect(302, "/login")),
        path if !path.starts_with("/api/") => return None,
        _ => {}
    }
    if !signed_in(request.header("authorization")) {
        return Some(Response::json(
            401,
            r#"{"message":"Unauthorized","messageId":"","statusCode":401,"traceID":""}"#,
        ));
    }
    Some(match request.path.as_str() {
        "/api/user" => Response::json(200, r#"{"id":1,"login":"admin","isGrafanaAdmin":true,"orgId":1}"#),
        "/api/org" => Response::json(200, r#"{"id":1,"name":"Main Org."}"#),
        "/api/datasources" => Response::json(
            200,
            r#"[{"uid":"prometheus","type":"prometheus"},{"uid":"loki","type":"loki"},{"uid":"jaeger","type":"jaeger"}]"#,
        ),
        "/api/search" => Response::json(
            200,
            r#"[{"uid":"rwa-services-overview","title":"Services overview","type":"dash-db"}]"#,
        ),
        path if path.starts_with("/api/datasources/uid/") && path.ends_with("/health") => {
            Response::json(200, r#"{"message":"Data source is working","status":"OK"}"#)
        }
        path if path.starts_with("/api/admin/provisioning/") => {
            Response::json(200, r#"{"message":"Config reloaded"}"#)
        }
        _ => return None,
    })
}

/// The password that Grafana takes from its environment when it makes its database.
fn signed_in(authorization: &str) -> bool {
    let setting = |name: &str, fallback: &str| settings::text(name).unwrap_or_else(|| fallback.into());
    let password = match std::env::var("GF_SECURITY_ADMIN_PASSWORD__FILE") {
        Ok(path) => std::fs::read_to_string(path).unwrap_or_default().trim_end().to_owned(),
        Err(_) => setting("GF_SECURITY_ADMIN_PASSWORD", "admin"),
    };
    let expected = base64(format!("{}:{password}", setting("GF_SECURITY_ADMIN_USER", "admin")).as_bytes());
    authorization == format!("Basic {expected}")
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .enumerate()
            .fold(0_usize, |group, (index, byte)| group | usize::from(*byte) << (16 - 8 * index));
        for index in 0..4 {
            out.push(if index <= chunk.len() {
                char::from(ALPHABET[group >> (18 - 6 * index) & 63])
            } else {
                '='
            });
        }
    }
    out
}
