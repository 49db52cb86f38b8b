//! The endpoints.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use validation::logql::Kind;

use super::parser::{Expression, Pipeline, Stage, parse};
use super::push::push;
use super::query::{Found, Outcome, at, lines, selects};
use super::statistics::statistics;
use super::store::Labels;
use super::{Loki, metrics};
use crate::http::{Request, Response};
use crate::{clock, settings};

const MOST_POINTS: u64 = 11_000;
const MOST_LINES: usize = 5000;
const HOUR: u64 = 3_600_000_000_000;
/// 30 days and an hour.
const LONGEST: u64 = 721 * HOUR;

type Result = std::result::Result<Response, Response>;

pub fn answer(loki: &'static Loki, request: &Request) -> Option<Response> {
    let path = request.path.as_str();
    let result = match (request.method.as_str(), path) {
        ("POST", "/loki/api/v1/push") => Ok(push(loki, request)),
        (_, "/loki/api/v1/query_range") => query_range(loki, request),
        (_, "/loki/api/v1/query") => query(loki, request),
        (_, "/loki/api/v1/labels" | "/loki/api/v1/label") => labels(loki, request, None),
        (_, "/loki/api/v1/series") => series(loki, request),
        (_, "/loki/api/v1/index/stats") => {
            Ok(data(&json!({"streams": 0, "chunks": 0, "bytes": 0, "entries": 0})))
        }
        (_, "/loki/api/v1/index/volume") => volume(loki, request, false),
        (_, "/loki/api/v1/index/volume_range") => volume(loki, request, true),
        (_, "/loki/api/v1/detected_fields") => detected_fields(loki, request),
        (_, "/loki/api/v1/detected_labels") => detected_labels(loki, request),
        (_, "/loki/api/v1/format_query") => format_query(request),
        (_, "/loki/api/v1/tail") => tail(request),
        // The pattern ingester is off, and says so with an empty body.
        (_, "/loki/api/v1/patterns") => Ok(Response::text(404, "").with("X-Content-Type-Options", "nosniff")),
        (_, "/loki/api/v1/rules") => Ok(Response::error(
            400,
            "unable to read rule dir /loki/rules/fake: open /loki/rules/fake: no such file or directory",
        )),
        (_, "/loki/api/v1/delete") => Ok(Response::json(200, "[]\n")),
        (_, "/prometheus/api/v1/alerts") => {
            Ok(Response::json(200, r#"{"status":"success","data":{"alerts":[]},"errorType":"","error":""}"#))
        }
        (_, "/loki/api/v1/status/buildinfo") => Ok(Response::json(
            200,
            json!({
                "version": settings::version(), "revision": "", "branch": "release", "buildUser": "",
                "buildDate": "", "goVersion": ""
            })
            .to_string(),
        )),
        ("POST", "/flush" | "/ingester/flush") => Ok(Response::empty(204)),
        (method, "/log_level") => Ok(log_level(method, request)),
        (_, "/services") => Ok(Response::text(200, services())),
        (_, "/ring") => Ok(Response::new(
            200,
            "text/html",
            "<!DOCTYPE html>\n<html>\n<head>\n    <title>Ring Status</title>\n</head>\n<body>\n\
             <h1>Ring Status</h1>\n</body>\n</html>\n",
        )),
        (_, "/config") => Ok(Response::text(
            200,
            format!(
                "target: all\nhttp_prefix: \"\"\nballast_bytes: 0\n# {}\n{}\n",
                loki.file,
                loki.config.text()
            ),
        )),
        (_, "/metrics") => Ok(Response::metrics(metrics::metrics(loki))),
        _ => {
            let name = path.strip_prefix("/loki/api/v1/label/")?.strip_suffix("/values")?;
            labels(loki, request, Some(name))
        }
    };
    Some(result.unwrap_or_else(|refused| refused))
}

fn data(value: &Value) -> Response {
    Response::new(200, "application/json; charset=UTF-8", value.to_string())
}

fn refused(message: impl std::fmt::Display) -> Response {
    Response::error(400, message)
}

/// A number of nanoseconds, of seconds, or a time in RFC 3339.
fn time(text: &str) -> Option<u64> {
    match text.parse::<f64>() {
        Ok(_) if text.len() > 15 && !text.contains('.') => text.parse().ok(),
        Ok(seconds) => Some((seconds * 1e9) as u64),
        Err(_) => clock::parse_rfc3339(text),
    }
}

fn bounds(request: &Request, usual: u64) -> std::result::Result<(u64, u64), Response> {
    let read = |name: &str| match request.parameter(name) {
        None => Ok(None),
        Some(text) => time(&text)
            .map(Some)
            .ok_or_else(|| refused(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))),
    };
    let end = read("end")?.unwrap_or_else(clock::nanos);
    let start = read("start")?.unwrap_or(end.saturating_sub(usual));
    if end <= start {
        return Err(refused("end timestamp must not be before or equal to start time"));
    }
    Ok((start, end))
}

fn parsed(text: &str) -> std::result::Result<Expression, Response> {
    parse(text).map_err(refused)
}

/// A selector, or the pipeline of a query of lines.
fn pipeline_of(text: &str) -> std::result::Result<Pipeline, Response> {
    match parsed(text)? {
        Expression::Lines(pipeline) => Ok(pipeline),
        _ => Err(refused("only label matchers are supported")),
    }
}

fn query_range(loki: &Loki, request: &Request) -> Result {
    let limit = match request.parameter("limit") {
        None => 100,
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| refused(format!("strconv.Atoi: parsing \"{text}\": invalid syntax")))?,
    };
    let (start, end) = bounds(request, HOUR)?;
    let usual = ((end - start) / 1_000_000_000 / 250).max(1) as f64;
    let step =
        request.parameter("step").and_then(|text| text.parse().ok().or_else(|| settings::go_duration(&text)));
    let step = ((step.unwrap_or(usual).max(0.001)) * 1e9) as u64;
    if (end - start) / step > MOST_POINTS {
        return Err(refused(
            "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step \
             parameter",
        ));
    }
    let expression = parsed(&request.parameter("query").unwrap_or_default())?;
    if end - start > LONGEST {
        let length = settings::go_text((end - start) as f64 / 1e9);
        return Err(refused(format!(
            "the query time range exceeds the limit (query length: {length}, limit: 30d1h)"
        )));
    }
    let store = loki.store();
    if let Expression::Lines(pipeline) = &expression {
        if limit > MOST_LINES {
            return Err(refused(format!(
                "max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {MOST_LINES})"
            )));
        }
        let found = lines(&store, pipeline, start, end);
        return Ok(streams(found, request, limit));
    }
    if matches!(expression, Expression::Beyond(Kind::Log)) {
        return Ok(streams(Vec::new(), request, limit));
    }
    let mut series: BTreeMap<Labels, Vec<Value>> = BTreeMap::new();
    // As in Prometheus the points lie on multiples of the step.
    for point in (start / step..=end / step).map(|number| number * step) {
        let values = match at(&store, &expression, point) {
            Some(Outcome::Vector(values)) => values,
            Some(Outcome::Scalar(value)) => vec![(Labels::new(), value)],
            None => Vec::new(),
        };
        for (labels, value) in values {
            series.entry(labels).or_default().push(json!([point / 1_000_000_000, value.to_string()]));
        }
    }
    let result: Vec<Value> =
        series.iter().map(|(metric, values)| json!({"metric": metric, "values": values})).collect();
    Ok(answered("matrix", json!(result), store.lines.len()))
}

fn answered(kind: &str, result: Value, lines: usize) -> Response {
    let returned = result.as_array().map_or(1, Vec::len);
    let stats = statistics(lines, lines * 64, returned);
    data(&json!({"status": "success", "data": {"resultType": kind, "result": result, "stats": stats}}))
}

fn streams(mut found: Vec<Found>, request: &Request, limit: usize) -> Response {
    let processed = found.len();
    let bytes = found.iter().map(|found| found.line.text.len()).sum();
    if request.parameter("direction").as_deref() != Some("forward") {
        found.reverse();
    }
    found.truncate(limit);
    let returned = found.len();
    let categorized = request.header("x-loki-response-encoding-flags").contains("categorize-labels");
    let mut groups: BTreeMap<Labels, Vec<Value>> = BTreeMap::new();
    for found in found {
        let (time, text) = (found.line.time.to_string(), &found.line.text);
        if categorized {
            let mut more = json!({"structuredMetadata": found.line.metadata});
            if !found.parsed.is_empty() {
                more["parsed"] = json!(found.parsed);
            }
            groups.entry((*found.line.labels).clone()).or_default().push(json!([time, text, more]));
        } else {
            groups.entry(found.labels()).or_default().push(json!([time, text]));
        }
    }
    let result: Vec<Value> =
        groups.iter().map(|(stream, values)| json!({"stream": stream, "values": values})).collect();
    let stats = statistics(processed, bytes, returned);
    let mut data_part = json!({"resultType": "streams", "result": result, "stats": stats});
    if categorized {
        data_part["encodingFlags"] = json!(["categorize-labels"]);
    }
    data(&json!({"status": "success", "data": data_part}))
}

fn query(loki: &Loki, request: &Request) -> Result {
    let expression = parsed(&request.parameter("query").unwrap_or_default())?;
    let when = request.parameter("time").and_then(|text| time(&text)).unwrap_or_else(clock::nanos);
    let seconds = (when / 1_000_000) as f64 / 1000.0;
    let store = loki.store();
    match at(&store, &expression, when) {
        None => Err(refused(
            "log queries are not supported as an instant query type, please change your query to a range query type",
        )),
        Some(Outcome::Scalar(value)) => {
            Ok(answered("scalar", json!([seconds, value.to_string()]), store.lines.len()))
        }
        Some(Outcome::Vector(values)) => {
            let result: Vec<Value> = values
                .iter()
                .map(|(metric, value)| json!({"metric": metric, "value": [seconds, value.to_string()]}))
                .collect();
            Ok(answered("vector", json!(result), store.lines.len()))
        }
    }
}

/// Without any there is no `data` at all.
fn list(values: BTreeSet<&str>) -> Response {
    if values.is_empty() {
        return data(&json!({"status": "success"}));
    }
    data(&json!({"status": "success", "data": values}))
}

fn labels(loki: &Loki, request: &Request, name: Option<&str>) -> Result {
    let (start, end) = bounds(request, 6 * HOUR)?;
    let pipeline = request.parameter("query").map(|text| pipeline_of(&text)).transpose()?;
    let store = loki.store();
    let lines = store
        .between(start, end)
        .filter(|line| pipeline.as_ref().is_none_or(|pipeline| selects(pipeline, &line.labels)));
    Ok(match name {
        None => list(lines.flat_map(|line| line.labels.keys().map(String::as_str)).collect()),
        Some(name) => list(lines.filter_map(|line| line.labels.get(name).map(String::as_str)).collect()),
    })
}

fn series(loki: &Loki, request: &Request) -> Result {
    let (start, end) = bounds(request, HOUR)?;
    let selectors = [request.parameters("match[]"), request.parameters("match")].concat();
    let pipelines: Vec<Pipeline> =
        selectors.iter().map(|text| pipeline_of(text)).collect::<std::result::Result<_, _>>()?;
    let store = loki.store();
    let lines = store.between(start, end).map(|line| &line.labels);
    let sets: BTreeSet<_> = lines
        .filter(|labels| pipelines.is_empty() || pipelines.iter().any(|pipeline| selects(pipeline, labels)))
        .collect();
    let sets: Vec<&Labels> = sets.into_iter().map(|set| &**set).collect();
    Ok(data(&json!({"status": "success", "data": sets})))
}

fn selected<'a>(
    store: &'a super::Store,
    request: &Request,
) -> std::result::Result<(Vec<Found<'a>>, u64, u64), Response> {
    let (start, end) = bounds(request, HOUR)?;
    let pipeline = pipeline_of(&request.parameter("query").unwrap_or_default())?;
    Ok((lines(store, &pipeline, start, end), start, end))
}

/// Bytes by the values of the target labels, once or for each step.
fn volume(loki: &Loki, request: &Request, ranged: bool) -> Result {
    let store = loki.store();
    let (found, start, end) = selected(&store, request)?;
    let targets = request.parameter("targetLabels").unwrap_or_default();
    let targets: Vec<&str> = targets.split(',').filter(|name| !name.is_empty()).collect();
    let step = request.parameter("step").and_then(|text| text.parse::<u64>().ok()).unwrap_or(60).max(1);
    let mut volumes: BTreeMap<Labels, BTreeMap<u64, usize>> = BTreeMap::new();
    for found in found {
        let kept = |name: &String| targets.is_empty() || targets.contains(&name.as_str());
        let labels = found.line.labels.iter().filter(|(name, _)| kept(name));
        let key = labels.map(|(name, value)| (name.clone(), value.clone())).collect();
        let slot = if ranged { (found.line.time - start) / (step * 1_000_000_000) } else { 0 };
        *volumes.entry(key).or_default().entry(slot).or_default() += found.line.text.len();
    }
    let seconds = |nanos: u64| (nanos / 1_000_000) as f64 / 1000.0;
    let point = |slot: u64| seconds((start + (slot + 1) * step * 1_000_000_000).min(end));
    let result: Vec<Value> = volumes
        .iter()
        .map(|(metric, slots)| {
            if ranged {
                let values = slots.iter().map(|(slot, bytes)| json!([point(*slot), bytes.to_string()]));
                return json!({"metric": metric, "values": values.collect::<Vec<_>>()});
            }
            let bytes: usize = slots.values().sum();
            json!({"metric": metric, "value": [seconds(end), bytes.to_string()]})
        })
        .collect();
    Ok(answered(if ranged { "matrix" } else { "vector" }, json!(result), store.lines.len()))
}

fn detected_fields(loki: &Loki, request: &Request) -> Result {
    let (start, end) = bounds(request, HOUR)?;
    let mut pipeline = pipeline_of(&request.parameter("query").unwrap_or_default())?;
    pipeline.stages.push(Stage::Json);
    let store = loki.store();
    let mut fields: BTreeMap<String, (BTreeSet<String>, bool)> = BTreeMap::new();
    for found in lines(&store, &pipeline, start, end) {
        for (name, value) in &found.line.metadata {
            fields.entry(name.clone()).or_default().0.insert(value.clone());
        }
        for (name, value) in found.parsed.iter().filter(|(name, _)| !name.starts_with("__")) {
            let field = fields.entry(name.clone()).or_default();
            field.0.insert(value.clone());
            field.1 = true;
        }
    }
    let fields: Vec<Value> = fields
        .iter()
        .map(|(name, (values, from_json))| {
            let numbers = values.iter().all(|value| value.parse::<i64>().is_ok());
            let kind = if numbers { "int" } else { "string" };
            let parsers = if *from_json { json!(["json"]) } else { Value::Null };
            let mut field =
                json!({"label": name, "type": kind, "cardinality": values.len(), "parsers": parsers});
            if *from_json {
                field["jsonPath"] = json!([name.trim_end_matches("_extracted")]);
            }
            field
        })
        .collect();
    Ok(data(&json!({"fields": fields, "limit": 1000})))
}

fn detected_labels(loki: &Loki, request: &Request) -> Result {
    let store = loki.store();
    let (found, _, _) = selected(&store, request)?;
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in found.iter().flat_map(|found| found.line.labels.iter()) {
        values.entry(name).or_default().insert(value);
    }
    let labels: Vec<Value> =
        values.iter().map(|(label, values)| json!({"label": label, "cardinality": values.len()})).collect();
    Ok(data(&json!({"detectedLabels": labels})))
}

fn format_query(request: &Request) -> Result {
    let text = request.parameter("query").unwrap_or_default();
    let formatted = match parsed(&text)? {
        Expression::Lines(pipeline) => pipeline.to_string(),
        _ => text,
    };
    let body = json!({"status": "success", "data": formatted});
    Ok(Response::new(200, "application/json; charset=utf-8", body.to_string()))
}

/// Lines are not followed here: a stand-in has no websockets. What the real one refuses is refused.
fn tail(request: &Request) -> Result {
    parsed(&request.parameter("query").unwrap_or_default())
        .map_err(|refused| refused.with("Results-Cache-Gen-Number", ""))?;
    Err(Response::error(400, "Bad Request")
        .with("Results-Cache-Gen-Number", "")
        .with("Sec-Websocket-Version", "13"))
}

fn log_level(method: &str, request: &Request) -> Response {
    let body = if method == "POST" {
        let level = request.parameter("log_level").unwrap_or_default();
        json!({"status": "success", "message": format!("Log level set to {level}")})
    } else {
        json!({"message": "Current log level is info"})
    };
    Response::new(200, "application/json; charset=utf-8", body.to_string())
}

fn services() -> String {
    super::MODULE_NAMES.iter().map(|name| format!("{name} => Running\n")).collect()
}
