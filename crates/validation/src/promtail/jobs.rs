//! The jobs of `scrape_configs`: where they read, and what each kind of reader says when it cannot begin.

use stack::yaml::{Node, Value};

use crate::{Complaint, Stage};

use super::{
    flow::{self, Labels},
    pipeline::{self, Remark},
    relabel::{self, text_at},
};

/// The settings that name a kind of reader, in the order in which Promtail looks, with its name in errors.
const READERS: [(&str, &str); 11] = [
    ("journal", "journal target manager"),
    ("syslog", "syslog target manager"),
    ("gcplog", "gcplog target manager"),
    ("loki_push_api", "Loki Push API target manager"),
    ("windows_events", "windows target manager"),
    ("kafka", "kafka target manager"),
    ("azure_event_hubs", "Azure Event Hubs target manager"),
    ("gelf", "gelf target manager"),
    ("cloudflare", "cloudflare target manager"),
    ("docker_sd_configs", "Docker service discovery target manager"),
    ("heroku_drain", "Heroku drain target manager"),
];

/// The kinds of discovery that find files.
fn finds_files(key: &str) -> bool {
    key == "static_configs" || (key.ends_with("_sd_configs") && key != "docker_sd_configs")
}

/// What only the reading of the whole file shows.
pub(super) fn names(path: &str, jobs: &[Node]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut seen = Vec::new();
    for job in jobs {
        let refuse = |span: stack::yaml::Span, message: String| {
            Complaint::at(path, span.line, span.column, Stage::Parse, message)
        };
        match job.get("job_name").and_then(text_at) {
            None | Some(("", _)) => complaints.push(refuse(job.span, "job_name is empty".to_owned())),
            Some((name, span)) if seen.contains(&name) => {
                complaints
                    .push(refuse(span, format!("found multiple scrape configs with job name {name:?}")));
            }
            Some((name, _)) => seen.push(name),
        }
        for docker in job.get("docker_sd_configs").map_or(&[][..], Node::items) {
            if docker.get("host").and_then(text_at).is_none_or(|(host, _)| host.is_empty()) {
                complaints.push(refuse(docker.span, "host missing".to_owned()));
            } else if let Some((host, span)) = docker.get("host").and_then(text_at)
                && let Err(words) = crate::go_url::parse(host)
            {
                complaints.push(refuse(span, words));
            }
        }
    }
    complaints
}

/// The rules of all jobs, which are looked at before anything else is begun.
pub(super) fn rules(path: &str, jobs: &[Node]) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (job_index, job) in jobs.iter().enumerate() {
        for (index, rule) in job.get("relabel_configs").map_or(&[][..], Node::items).iter().enumerate() {
            if let Err(words) = relabel::check(rule) {
                let message = format!(
                    "error validating config: ScrapeConfig[{job_index}].RelabelConfigs[{index}]: {words}"
                );
                complaints.push(Complaint::at(path, rule.span.line, rule.span.column, Stage::Start, message));
            }
        }
    }
    complaints
}

/// The jobs themselves.
pub(super) fn check(path: &str, jobs: &[Node]) -> Vec<Complaint> {
    jobs.iter().flat_map(|job| self::job(path, job)).collect()
}

fn job(path: &str, job: &Node) -> Vec<Complaint> {
    let set = |key: &str| job.get(key).is_some_and(|node| !node.is_null());
    let files = job.entries().iter().any(|entry| finds_files(&entry.key) && !entry.value.is_null());
    let reader = READERS.iter().find(|(key, _)| set(key));
    let reader = if files { Some(&("", "file target manager")) } else { reader };
    let Some((kind, reader)) = reader else {
        let (name, span) = job.get("job_name").and_then(text_at).unwrap_or(("", job.span));
        let message = format!("no valid target scrape config defined for {name:?}");
        return vec![Complaint::at(path, span.line, span.column, Stage::Start, message)];
    };
    // Nobody has one on Linux, and Promtail passes over it.
    if *kind == "windows_events" {
        return Vec::new();
    }
    let mut labels = Labels { open: !files && *kind != "docker_sd_configs", ..Labels::default() };
    let mut remarks = relabel::labels(job.get("relabel_configs").map_or(&[][..], Node::items), &mut labels);
    if files {
        labels.names.insert("filename".to_owned());
        // Only files that are named here have their labels here.
        labels.open |= job.entries().iter().any(|it| finds_files(&it.key) && it.key != "static_configs");
        remarks.extend(static_files(job, &mut labels));
    }
    remarks.extend(docker_over_http(job));
    let stages = match pipeline::stages(job.get("pipeline_stages").map_or(&[][..], Node::items)) {
        Ok(stages) => stages,
        Err(refused) => {
            let refused = refused.within(&format!("failed to make {reader}"));
            let (span, message) = (refused.span, refused.message);
            let complaint = Complaint::at(path, span.line, span.column, Stage::Start, message);
            let mut complaints = vec![match refused.hint {
                Some(hint) => complaint.hint(hint),
                None => complaint,
            }];
            complaints.extend(accepted(path, remarks));
            return complaints;
        }
    };
    remarks.extend(flow::remarks(&stages, &labels));
    all_remarks(stages, &mut remarks);
    accepted(path, remarks)
}

fn all_remarks(stages: Vec<pipeline::Stage<'_>>, remarks: &mut Vec<Remark>) {
    for stage in stages {
        remarks.extend(stage.remarks);
        all_remarks(stage.inner, remarks);
    }
}

fn accepted(path: &str, mut remarks: Vec<Remark>) -> Vec<Complaint> {
    remarks.sort_by_key(|remark| remark.span);
    let complaint = |Remark { span, message, hint }: Remark| {
        let complaint = Complaint::at(path, span.line, span.column, Stage::Accepted, message);
        match hint {
            Some(hint) => complaint.hint(hint),
            None => complaint,
        }
    };
    remarks.into_iter().map(complaint).collect()
}

/// The labels of `static_configs`, of which one has to say what to read.
fn static_files(job: &Node, labels: &mut Labels) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let rules = job.get("relabel_configs").map_or(&[][..], Node::items);
    let by_rule = labels.open
        || rules
            .iter()
            .any(|rule| rule.get("target_label").and_then(text_at).is_some_and(|(it, _)| it == "__path__"));
    for group in job.get("static_configs").map_or(&[][..], Node::items) {
        let given = group.get("labels").map_or(&[][..], Node::entries);
        if !by_rule && !given.iter().any(|entry| entry.key == "__path__") {
            let message = "nothing says which files to read: no label __path__".to_owned();
            remarks.push(Remark {
                span: group.span,
                message,
                hint: Some("__path__: /var/log/*.log".to_owned()),
            });
        }
        for entry in given.iter().filter(|entry| !entry.key.starts_with("__")) {
            remarks.extend(relabel::name(&entry.key, entry.span));
            labels.names.insert(entry.key.clone());
        }
    }
    remarks
}

/// Over HTTP the client gives each request only the time between two looks for containers.
fn docker_over_http(job: &Node) -> Vec<Remark> {
    let hosts =
        job.get("docker_sd_configs").map_or(&[][..], Node::items).iter().filter_map(|it| it.get("host"));
    let over_http = |node: &Node| match &node.value {
        Value::Scalar(host) => host.starts_with("http://") || host.starts_with("https://"),
        _ => false,
    };
    let remark = |node: &Node| Remark {
        span: node.span,
        message: "over http each stream of logs is cut off after refresh_interval".to_owned(),
        hint: Some("tcp:// in the place of http://".to_owned()),
    };
    hosts.filter(|node| over_http(node)).map(remark).collect()
}
