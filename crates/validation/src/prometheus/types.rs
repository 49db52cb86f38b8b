//! The types of Prometheus' files.

use std::sync::LazyLock;

use stack::yaml::{Node, Value};

use crate::{
    Complaint, Invocation, document, duration, go_regex, http_client,
    schema::{Schema, mismatch},
};

/// Every kind of discovery, `static` apart. Those whose settings are not in the table are accepted as they are.
const DISCOVERIES: [(&str, &str); 36] = [
    ("aws_sd_configs", "any"),
    ("azure_sd_configs", "any"),
    ("consul_sd_configs", "[]consul.SDConfig"),
    ("digitalocean_sd_configs", "any"),
    ("dns_sd_configs", "[]dns.SDConfig"),
    ("docker_sd_configs", "[]moby.DockerSDConfig"),
    ("dockerswarm_sd_configs", "[]moby.DockerSwarmSDConfig"),
    ("ec2_sd_configs", "any"),
    ("ecs_sd_configs", "any"),
    ("elasticache_sd_configs", "any"),
    ("eureka_sd_configs", "any"),
    ("file_sd_configs", "[]file.SDConfig"),
    ("gce_sd_configs", "any"),
    ("hetzner_sd_configs", "any"),
    ("http_sd_configs", "[]http.SDConfig"),
    ("ionos_sd_configs", "any"),
    ("kubernetes_sd_configs", "[]kubernetes.SDConfig"),
    ("kuma_sd_configs", "any"),
    ("lightsail_sd_configs", "any"),
    ("linode_sd_configs", "any"),
    ("marathon_sd_configs", "any"),
    ("msk_sd_configs", "any"),
    ("nerve_sd_configs", "any"),
    ("nomad_sd_configs", "any"),
    ("openstack_sd_configs", "any"),
    ("outscale_sd_configs", "any"),
    ("ovhcloud_sd_configs", "any"),
    ("puppetdb_sd_configs", "any"),
    ("rds_sd_configs", "any"),
    ("scaleway_sd_configs", "any"),
    ("serverset_sd_configs", "any"),
    ("stackit_sd_configs", "any"),
    ("static_configs", "[]static.Group"),
    ("triton_sd_configs", "any"),
    ("uyuni_sd_configs", "any"),
    ("vultr_sd_configs", "any"),
];

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut schema = Schema::read(include_str!("../../schemas/prometheus.txt"))
        // A list of targets is written as texts.
        .with("static.Group", "targets", "[]string")
        .with("static.Group", "labels", "{}string")
        .with("config.GlobalConfig", "external_labels", "{}string")
        .named(
            "static.Group",
            r#"struct { Targets []string "yaml:\"targets\""; Labels model.LabelSet "yaml:\"labels\"" }"#,
        )
        .with("config.ScrapeConfigs", "scrape_configs", "[]config.ScrapeConfig");
    for of in ["config.ScrapeConfig", "config.AlertmanagerConfig"] {
        schema = schema.named(of, of);
        for (field, kind) in DISCOVERIES {
            schema = schema.with(of, field, kind);
        }
    }
    schema
});

/// What does not fit a type. What ends the reading comes first: the program then says nothing else.
pub(super) fn misfits(of: &Invocation<'_>, path: &str, node: &Node, kind: &str) -> Vec<Complaint> {
    let mut found = SCHEMA.misfits(node, kind, &custom);
    for misfit in &mut found {
        misfit.collected |= misfit.message.starts_with("cannot unmarshal");
    }
    found.sort_by_key(|misfit| misfit.collected);
    document::misfits(of, path, found)
}

/// The types that read their own text.
fn custom(kind: &str, node: &Node) -> Option<Result<(), String>> {
    let Value::Scalar(text) = &node.value else {
        let reads_text =
            matches!(kind, "relabel.Regexp" | "units.Base2Bytes" | "config.URL" | "config.Secret");
        return reads_text.then(|| Err(mismatch(node, "string").message));
    };
    let refuse = |good: bool, words: String| Some(if good { Ok(()) } else { Err(words) });
    match kind {
        "relabel.Regexp" => Some(go_regex::check(&format!("^(?s:{text})$"))),
        "relabel.Action" => refuse(
            super::relabel::ACTIONS.contains(&text.to_lowercase().as_str()),
            format!("unknown relabel action {text:?}"),
        ),
        "model.LabelName" => refuse(!text.is_empty(), format!("{text:?} is not a valid label name")),
        "units.Base2Bytes" => Some(bytes(text).map(|_| ())),
        "model.ValidationScheme" => refuse(
            matches!(text.as_str(), "" | "utf8" | "legacy"),
            format!("unrecognized ValidationScheme: {text:?}"),
        ),
        "config.TracingClientType" => refuse(
            matches!(text.as_str(), "http" | "grpc"),
            format!("expected tracing client type to be to be http or grpc, but got {text}"),
        ),
        "config.AlertmanagerAPIVersion" => refuse(
            text == "v2",
            format!("expected Alertmanager api version to be one of [v2] but got {text}"),
        ),
        "kubernetes.Role" => refuse(
            matches!(text.as_str(), "node" | "pod" | "service" | "endpoints" | "endpointslice" | "ingress"),
            format!("unknown Kubernetes SD role {text:?}"),
        ),
        // A single value is no list.
        list if list.starts_with("[]") => Some(Err(mismatch(node, list).message)),
        _ => http_client::custom(kind, node),
    }
}

/// A number of bytes with its unit, whose powers are of 1024: `512MB`, `1GiB`, `0`.
pub(super) fn bytes(text: &str) -> Result<f64, String> {
    let invalid = || format!("units: invalid {text}");
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0.0);
    }
    let mut rest = unsigned;
    let mut total = 0.0;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let number: f64 = rest[..digits].parse().map_err(|_| invalid())?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (unit, after) = rest.split_at(end);
        let bare = unit.strip_suffix('B').map(|unit| unit.strip_suffix('i').unwrap_or(unit));
        let power =
            bare.and_then(|bare| ["", "K", "M", "G", "T", "P", "E"].iter().position(|it| *it == bare));
        // `iB` alone is no unit.
        let power = power.filter(|power| *power > 0 || unit == "B");
        let Some(power) = power else { return Err(format!("units: unknown unit {unit} in {text}")) };
        total += number * 1024_f64.powi(i32::try_from(power).unwrap_or_default());
        rest = after;
        if rest.is_empty() {
            return Ok(if text.starts_with('-') { -total } else { total });
        }
    }
}

/// A duration of a file in milliseconds; nothing when it is none, which has its own complaint.
pub(super) fn milliseconds(node: &Node, key: &str) -> Option<u64> {
    duration::prometheus(crate::place::text(node, key)?).ok().filter(|length| *length > 0)
}
