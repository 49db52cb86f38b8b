//! Promtail.

use validation::{Complaint, Program, Stage};

use crate::check::{Output, before_start, complaints, unreadable};
use crate::collector::{Collector, Voice};
use crate::config::Config;
use crate::faults::{Health, health};
use crate::http::{Request, Response, server};
use crate::life::{logfmt, quoted};
use crate::programs::loki::about;
use crate::{clock, life, settings};

const PORT: u16 = 9080;
const FIRST_GOOD: f64 = 0.32;
const IDLE_MIB: f64 = 17.65;
const STOP_SECONDS: f64 = 0.1;
const HINT: &str =
    ". Use `-config.expand-env=true` flag if you want to expand environment variables in your config file";

pub fn run(arguments: &[String]) -> ! {
    let version = settings::version();
    if settings::has_flag(arguments, "version") {
        Output::stdout(0, about("promtail", &version, "release")).leave();
    }
    let wrong = complaints(Program::Promtail, arguments);
    if settings::has_flag(arguments, "check-syntax") {
        match before_start(&wrong).as_slice() {
            [] => Output::stdout(0, "Valid config file! No syntax issues found\n"),
            wrong => refusal(wrong, ""),
        }
        .leave();
    }
    let hint = if settings::has_flag(arguments, "config.expand-env") { "" } else { HINT };
    if wrong.first().is_some_and(|first| first.stage == Stage::Parse) {
        refusal(&wrong, hint).leave();
    }
    logfmt(
        "info",
        &format!(
            "caller=promtail.go:134 msg=\"Reloading configuration file\" sha3sum={}",
            fingerprint(arguments)
        ),
    );
    if !wrong.is_empty() {
        refusal(&wrong, hint).leave();
    }
    start(arguments)
}

fn refusal(complaints: &[Complaint], hint: &str) -> Output {
    let Some(first) = complaints.first() else { return Output::default() };
    if first.stage == Stage::Parse {
        return Output::stdout(1, format!("Unable to parse config: {}{hint}\n", unreadable(complaints)));
    }
    let time = clock::rfc3339(clock::nanos(), 9);
    Output::stderr(
        1,
        format!(
            "level=error ts={time} caller=main.go:169 msg=\"error creating promtail\" error={}\n",
            quoted(&first.message)
        ),
    )
}

/// Of the configuration; only that it differs with the file is promised.
fn fingerprint(arguments: &[String]) -> String {
    let file = settings::flag_value(arguments, "config.file").unwrap_or_default();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in std::fs::read(file).unwrap_or_default() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    format!("{hash:016x}").repeat(4)
}

struct Words;

impl Voice for Words {
    fn found(&self, id: &str) {
        logfmt("info", &format!("caller=target_group.go:130 msg=\"added Docker target\" containerID={id}"));
    }
    fn refresh_failed(&self, error: &str) {
        let time = clock::rfc3339(clock::nanos(), 9);
        logfmt(
            "error",
            &format!(
                "caller=handler.go:87 component=docker_discovery caller=refresh.go:91 time={time} \
                 msg=\"Unable to refresh target groups\" discovery=docker config=containers err={}",
                quoted(error)
            ),
        );
    }
    fn stream_ended(&self, id: &str, written: u64, error: Option<&str>) {
        match error {
            Some(error) => logfmt(
                "warn",
                &format!(
                    "caller=target.go:131 target=docker/{id} msg=\"could not transfer logs\" written={written} \
                     container={id} err={}",
                    quoted(error)
                ),
            ),
            None => logfmt(
                "info",
                &format!(
                    "caller=target.go:133 target=docker/{id} msg=\"finished transferring logs\" written={written} \
                     container={id}"
                ),
            ),
        }
    }
    fn send_failed(&self, host: &str, status: i32, error: &str, last: bool) {
        let about = format!("component=client host={host}");
        let why = format!("status={status} tenant= error={}", quoted(error));
        if last {
            logfmt("error", &format!("caller=client.go:430 {about} msg=\"final error sending batch\" {why}"));
        } else {
            logfmt(
                "warn",
                &format!("caller=client.go:419 {about} msg=\"error sending batch, will retry\" {why}"),
            );
        }
    }
}

fn start(arguments: &[String]) -> ! {
    let config = Config::read(settings::flag_value(arguments, "config.file"));
    let version = settings::version();
    life::hold_memory(IDLE_MIB);
    // It says nothing when it stops.
    life::end_on_signal(|| STOP_SECONDS, || {}, || {});
    clock::sleep_until_age(FIRST_GOOD);
    let collector = Collector::start(&config, config.value("filename"), Box::new(Words));
    server::listen("0.0.0.0", PORT, move |request| {
        answer(request, collector).unwrap_or_else(Response::not_found).into()
    });
    logfmt(
        "info",
        "caller=server.go:386 msg=\"server listening on addresses\" http=[::]:9080 grpc=[::]:34731",
    );
    logfmt(
        "info",
        &format!(
            "caller=main.go:173 msg=\"Starting Promtail\" version=\"(version={version}, branch=release, revision=unknown)\""
        ),
    );
    logfmt("warn", "caller=promtail.go:267 msg=\"enable watchConfig\"");
    life::stay()
}

fn answer(request: &Request, collector: &Collector) -> Option<Response> {
    let page = |title: &str, body: &str| {
        Response::html(format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n    <head>\n        <title>{title}</title>\n    </head>\n    \
             <body>\n{body}\n    </body>\n</html>\n"
        ))
    };
    Some(match request.path.as_str() {
        "/ready" if health(0.0) == Health::Good => Response::text(200, "Ready"),
        "/ready" => Response::error(
            500,
            "Not ready: Unable to find any logs to tail. Please verify permissions, volumes, scrape_config, etc.",
        ),
        "/" => Response::redirect(303, "/targets"),
        "/targets" => {
            let targets = collector.targets.lock().map(|targets| targets.clone()).unwrap_or_default();
            let items: String = targets.iter().map(|id| format!("<li>docker/{id}</li>\n")).collect();
            page("Targets", &format!("<ul>\n{items}</ul>"))
        }
        "/service-discovery" => page("Service Discovery", ""),
        "/config" => page("Config", ""),
        "/metrics" => Response::metrics(metrics(collector)),
        _ => return None,
    })
}

fn metrics(collector: &Collector) -> String {
    let counters = collector.counters();
    let host = &collector.loki;
    let mut text = String::from(
        "# HELP deprecated_flags_inuse_total The number of deprecated flags currently set.\n\
         # TYPE deprecated_flags_inuse_total counter\ndeprecated_flags_inuse_total 0\n",
    );
    text.push_str(&life::process_metrics());
    let mut add = |name: &str, kind: &str, labels: &str, value: f64| {
        text.push_str(&format!(
            "# HELP {name} As in Promtail.\n# TYPE {name} {kind}\n{name}{labels} {value}\n"
        ));
    };
    add("logentry_dropped_lines_total", "counter", "{reason=\"not_collected\"}", 0.0);
    add("loki_logql_querystats_duplicates_total", "counter", "", 0.0);
    add("loki_logql_querystats_ingester_sent_lines_total", "counter", "", 0.0);
    let tenant = format!("{{host=\"{host}\",tenant=\"\"}}");
    add("promtail_batch_retries_total", "counter", &tenant, counters.retries as f64);
    let build = format!(
        "{{branch=\"release\",goarch=\"amd64\",goos=\"linux\",goversion=\"go1.26.8\",revision=\"unknown\",\
         tags=\"netgo\",version=\"{}\"}}",
        settings::version()
    );
    add("promtail_build_info", "gauge", &build, 1.0);
    add("promtail_config_reload_fail_total", "counter", "", 0.0);
    add("promtail_config_reload_success_total", "counter", "", 0.0);
    add("promtail_docker_target_entries_total", "counter", "", counters.read as f64);
    add("promtail_docker_target_parsing_errors_total", "counter", "", 0.0);
    let to = format!("{{host=\"{host}\"}}");
    add("promtail_encoded_bytes_total", "counter", &to, counters.sent_bytes as f64);
    add("promtail_sent_bytes_total", "counter", &to, counters.sent_bytes as f64);
    add("promtail_sent_entries_total", "counter", &to, counters.sent as f64);
    for (name, dropped) in [
        ("promtail_dropped_bytes_total", counters.dropped_bytes),
        ("promtail_dropped_entries_total", counters.dropped),
        ("promtail_mutated_bytes_total", 0),
        ("promtail_mutated_entries_total", 0),
    ] {
        text.push_str(&format!("# HELP {name} As in Promtail.\n# TYPE {name} counter\n"));
        for reason in ["ingester_error", "line_too_long", "rate_limited", "stream_limited"] {
            let value = if reason == "ingester_error" { dropped } else { 0 };
            text.push_str(&format!("{name}{{host=\"{host}\",reason=\"{reason}\",tenant=\"\"}} {value}\n"));
        }
    }
    let name = "promtail_request_duration_seconds";
    text.push_str(&format!("# HELP {name} As in Promtail.\n# TYPE {name} histogram\n"));
    for (status, (count, seconds)) in &counters.requests {
        let labels = format!("{{host=\"{host}\",status_code=\"{status}\"}}");
        text.push_str(&format!("{name}_sum{labels} {seconds}\n{name}_count{labels} {count}\n"));
    }
    text
}
