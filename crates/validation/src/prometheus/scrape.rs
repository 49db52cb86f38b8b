//! Jobs.

use std::collections::BTreeMap;

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Files, Invocation, ReadError, Stage, http_client, paths,
    place::{at, at_key, has, text},
};

use super::{
    discovery,
    relabel::{self, Names},
    types::milliseconds,
};

/// What every job takes over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Global {
    /// Milliseconds.
    pub(super) interval: u64,
    pub(super) names: Names,
    /// Whether names of any characters are asked for, whatever is allowed.
    pub(super) utf8_wanted: bool,
}

const PROTOCOLS: [&str; 5] = [
    "OpenMetricsText0.0.1",
    "OpenMetricsText1.0.0",
    "PrometheusProto",
    "PrometheusText0.0.4",
    "PrometheusText1.0.0",
];
const ESCAPING: [&str; 4] = ["allow-utf-8", "underscores", "dots", "values"];

/// What is wrong with the jobs of a file. The names of jobs are kept with the words for where they were.
pub(super) fn check(
    of: &Invocation<'_>,
    path: &str,
    jobs: &Node,
    global: Global,
    names: &mut BTreeMap<String, String>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for job in jobs.items() {
        if job.is_null() {
            complaints.push(at(path, job, Stage::Validate, "empty or null scrape config section"));
            continue;
        }
        complaints.extend(of_job(of, path, job, global));
        let Some(name) = text(job, "job_name") else { continue };
        let origin = names.get(name).cloned();
        if let Some(origin) = origin {
            let first = if origin.is_empty() { origin } else { format!(", first found in {origin}") };
            let words = format!("found multiple scrape configs with job name {name:?}{first}");
            complaints.push(at_key(path, job, "job_name", Stage::Validate, words));
        } else {
            names.insert(name.to_owned(), String::new());
        }
    }
    complaints
}

fn of_job(of: &Invocation<'_>, path: &str, job: &Node, global: Global) -> Vec<Complaint> {
    let Some(name) = text(job, "job_name") else {
        return vec![at_key(path, job, "job_name", Stage::Validate, "job_name is empty")];
    };
    let client = http_client::faults(job).into_iter();
    let mut complaints: Vec<Complaint> =
        client.map(|(node, words)| at(path, node, Stage::Validate, words)).collect();
    let mut say = |key: &str, words: String| complaints.push(at_key(path, job, key, Stage::Validate, words));
    let interval = milliseconds(job, "scrape_interval").unwrap_or(global.interval);
    if milliseconds(job, "scrape_timeout").is_some_and(|timeout| timeout > interval) {
        say(
            "scrape_timeout",
            format!("scrape timeout greater than scrape interval for scrape config with job name {name:?}"),
        );
    }
    if let Some(words) = protocols(job) {
        say("scrape_protocols", format!("{words} for scrape config with job name {name:?}"));
    }
    if let Some(words) = text(job, "fallback_scrape_protocol").and_then(unknown_protocol) {
        say(
            "fallback_scrape_protocol",
            format!("invalid fallback_scrape_protocol for scrape config with job name {name:?}: {words}"),
        );
    }
    let names = Names::of(job).unwrap_or(global.names);
    if let Some(words) = escaping(job, "scrape config", names) {
        say("metric_name_escaping_scheme", words);
    } else if global.utf8_wanted && names == Names::Legacy && Names::of(job).is_none() {
        say("job_name", "utf8 metric names requested but validation scheme is not set to UTF8".to_owned());
    }
    complaints.extend(relabelling(path, job, names));
    complaints.extend(discovery::check(of, path, job));
    complaints.extend(pages(path, job));
    complaints.extend(secrets(of, path, job));
    complaints
}

fn relabelling(path: &str, job: &Node, names: Names) -> Vec<Complaint> {
    let target = "empty or null target relabeling rule in scrape config";
    let metric = "empty or null metric relabeling rule in scrape config";
    let mut complaints = relabel::check(path, job, "relabel_configs", target, names);
    complaints.extend(relabel::check(path, job, "metric_relabel_configs", metric, names));
    complaints
}

fn unknown_protocol(protocol: &str) -> Option<String> {
    if PROTOCOLS.contains(&protocol) {
        return None;
    }
    Some(format!("unknown scrape protocol {protocol}, supported: [{}]", PROTOCOLS.join(" ")))
}

/// What is wrong with the protocols of a section.
pub(super) fn protocols(section: &Node) -> Option<String> {
    let list = section.get("scrape_protocols").filter(|list| !list.is_null())?;
    let protocols: Vec<&str> = list.items().iter().filter_map(scalar).collect();
    if protocols.is_empty() {
        return Some("scrape_protocols cannot be empty".to_owned());
    }
    for (index, protocol) in protocols.iter().enumerate() {
        if protocols[..index].iter().any(|earlier| earlier.eq_ignore_ascii_case(protocol)) {
            return Some(format!("duplicated protocol in scrape_protocols, got [{}]", protocols.join(" ")));
        }
        if let Some(words) = unknown_protocol(protocol) {
            return Some(format!("scrape_protocols: {words}"));
        }
    }
    None
}

/// What is wrong with how names are written for those who know only the classic ones.
pub(super) fn escaping(section: &Node, place: &str, names: Names) -> Option<String> {
    let scheme = text(section, "metric_name_escaping_scheme")?;
    if !ESCAPING.contains(&scheme) {
        let [a, b, c, d] = ESCAPING;
        return Some(format!(
            "unknown {place} name escaping method specified, must be one of '{a}', '{b}', '{c}', or '{d}', got {scheme:?}"
        ));
    }
    (scheme == "allow-utf-8" && names == Names::Legacy && place != "global")
        .then(|| "utf8 metric names requested but validation scheme is not set to UTF8".to_owned())
}

fn scalar(node: &Node) -> Option<&str> {
    if let Value::Scalar(text) = &node.value { Some(text) } else { None }
}

/// What Prometheus takes as it is, and what cannot be asked for then.
fn pages(path: &str, job: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if let Some(scheme) = text(job, "scheme")
        && !matches!(scheme, "http" | "https")
    {
        let words = format!("scheme {scheme:?} is neither http nor https: every scrape of the job fails");
        complaints.push(at_key(path, job, "scheme", Stage::Accepted, words));
    }
    if let Some(page) = text(job, "metrics_path")
        && page.contains(['?', '#'])
    {
        let words =
            format!("metrics_path {page:?} is asked for as a path: what follows `?` belongs in params");
        complaints.push(at_key(path, job, "metrics_path", Stage::Accepted, words));
    }
    complaints
}

/// Files with secrets and certificates that are not there: Prometheus starts, and every scrape of the job fails.
fn secrets(of: &Invocation<'_>, path: &str, job: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut missing = |section: &Node, key: &str, what: &str| {
        let Some(file) = text(section, key) else { return };
        let file = paths::join(paths::folder(path), file);
        if is_absent(of.files, &file) {
            let words = format!("error checking {what} {file:?}: stat {file}: no such file or directory");
            complaints.push(at_key(path, section, key, Stage::Accepted, words));
        }
    };
    let credentials = "authorization credentials or bearer token file";
    if let Some(authorization) = job.get("authorization") {
        missing(authorization, "credentials_file", credentials);
    }
    missing(job, "bearer_token_file", credentials);
    if let Some(tls) = job.get("tls_config").filter(|tls| has(tls, "cert_file") && has(tls, "key_file")) {
        missing(tls, "cert_file", "client cert file");
        missing(tls, "key_file", "client key file");
    }
    complaints
}

/// Whether nothing is at a path; a file that only its program may read is there.
pub(super) fn is_absent(files: &dyn Files, path: &str) -> bool {
    files.read(path) == Err(ReadError::Absent)
}
