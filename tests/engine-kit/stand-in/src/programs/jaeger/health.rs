//! `:13133/status`.

use serde_json::{Map, Value, json};

use crate::clock;
use crate::faults::{Health, health};
use crate::http::{Request, Response};

const COMPONENTS: [(&str, &[&str]); 3] = [
    ("extensions", &["extension:healthcheckv2", "extension:jaeger_query", "extension:jaeger_storage"]),
    ("pipeline:metrics/spanmetrics", &["connector:spanmetrics", "exporter:prometheus"]),
    (
        "pipeline:traces",
        &[
            "connector:spanmetrics",
            "exporter:jaeger_storage_exporter",
            "processor:batch",
            "processor:memory_limiter",
            "receiver:jaeger",
            "receiver:otlp",
        ],
    ),
];

pub fn answer(request: &Request) -> Response {
    if request.path != "/status" {
        return Response::not_found();
    }
    if let Some(pipeline) = request.parameter("pipeline")
        && !COMPONENTS.iter().any(|(name, _)| name.strip_prefix("pipeline:") == Some(pipeline.as_str()))
    {
        return Response::empty(404);
    }
    let good = health(0.0) == Health::Good;
    let word = if good { "StatusOK" } else { "StatusStarting" };
    let time = clock::rfc3339(clock::started_nanos(), 9);
    let about = || json!({"healthy": good, "status": word, "status_time": time, "attributes": {}});
    let mut body = about();
    body["start_time"] = json!(time);
    if request.raw_query.starts_with("verbose") {
        let groups: Map<String, Value> = COMPONENTS
            .iter()
            .map(|(name, parts)| {
                let mut group = about();
                let parts: Map<String, Value> =
                    parts.iter().map(|part| ((*part).to_owned(), about())).collect();
                group["components"] = json!(parts);
                ((*name).to_owned(), group)
            })
            .collect();
        body["components"] = json!(groups);
    }
    Response::json(if good { 200 } else { 503 }, body.to_string())
}
