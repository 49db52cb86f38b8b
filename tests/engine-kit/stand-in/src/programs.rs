//! What each program listens on, says while it starts, and answers. Bodies and codes are those of the real programs at
//! the pinned versions, as far as health checks, probes and the API clients of this project look at them.

use std::net::TcpListener;
use std::process::exit;

use crate::faults::{self, Readiness};
use crate::http::{self, Request, Response};

pub struct Program {
    pub name: &'static str,
    /// Where requests and orders to fail go.
    main_port: u16,
    /// Open as with the real program; each answers like the main port.
    more_ports: &'static [u16],
    answer: fn(&Request, bool, u16) -> Option<Response>,
    log: &'static [&'static str],
    pub config_ok: &'static str,
    pub config_error: &'static str,
    /// A folder that the real program cannot live without, and what it says then.
    pub data: Option<&'static str>,
    pub data_error: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "loki",
        main_port: 3100,
        more_ports: &[9095],
        answer: loki,
        log: &[
            r#"level=info caller=main.go:126 msg="Starting Loki" version="(version={version})""#,
            r#"level=info caller=server.go:386 msg="server listening on addresses" http=[::]:3100 grpc=[::]:9095"#,
            r#"level=info caller=loki.go:547 msg="Loki started" startup_time=120ms"#,
        ],
        config_ok: r#"level=info caller=main.go:70 msg="config is valid""#,
        config_error: "failed parsing config: ",
        data: Some("/loki"),
        data_error: r#"level=error caller=log.go:223 msg="error running loki" err="mkdir /loki/rules: {error}""#,
    },
    Program {
        name: "promtail",
        main_port: 9080,
        more_ports: &[],
        answer: promtail,
        log: &[
            r#"level=info caller=promtail.go:133 msg="Reloading configuration file""#,
            r#"level=info caller=server.go:386 msg="server listening on addresses" http=[::]:9080"#,
            r#"level=info caller=main.go:173 msg="Starting Promtail" version="(version={version})""#,
        ],
        config_ok: "Valid config file! No syntax issues found",
        config_error: "Unable to parse config: ",
        data: None,
        data_error: "",
    },
    Program {
        name: "alloy",
        main_port: 12345,
        more_ports: &[],
        answer: alloy,
        log: &[
            r#"level=info msg="boringcrypto enabled" service=alloy enabled=false"#,
            r#"level=info msg="starting complete graph evaluation" controller_id="""#,
            r#"level=info msg="now listening for http traffic" service=http addr=0.0.0.0:12345"#,
        ],
        config_ok: "",
        config_error: "Error: could not perform the initial load successfully: ",
        data: None,
        data_error: "",
    },
    Program {
        name: "jaeger-linux",
        main_port: 16686,
        more_ports: &[13133, 14268, 14250, 4317, 4318, 8888, 8889, 16685],
        answer: jaeger,
        log: &[
            "info\tservice@v0.150.0/service.go:238\tStarting jaeger...\t{\"Version\": \"v{version}\"}",
            "info\thealthcheckv2extension/extension.go:110\tStarting health check extension V2",
            "info\tservice@v0.150.0/service.go:261\tEverything is ready. Begin running and processing data.",
        ],
        config_ok: "",
        config_error: "Error: failed to get config: cannot resolve the configuration: unable to read the file file:",
        data: None,
        data_error: "",
    },
    Program {
        name: "grafana",
        main_port: 3000,
        more_ports: &[],
        answer: grafana,
        log: &[
            r#"logger=settings level=info msg="Starting Grafana" version={version}"#,
            r#"logger=migrator level=info msg="migrations completed""#,
            r#"logger=http.server level=info msg="HTTP Server Listen" address=[::]:3000 protocol=http"#,
        ],
        config_ok: "",
        config_error: "Error: could not read ",
        data: Some("/var/lib/grafana"),
        data_error: "GF_PATHS_DATA='/var/lib/grafana' is not writable.\nYou may have issues with file permissions\n\
                     mkdir: can't create directory '/var/lib/grafana/plugins': {error}",
    },
    Program {
        name: "socket-proxy",
        main_port: 2375,
        more_ports: &[55555],
        answer: socket_proxy,
        log: &[
            r#"level=INFO msg="starting socket-proxy" version={version}"#,
            r#"level=INFO msg="socket-proxy running and listening...""#,
        ],
        config_ok: "",
        config_error: "",
        data: None,
        data_error: "",
    },
];

pub fn by_name(name: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name == name)
}

pub fn names() -> String {
    PROGRAMS.iter().map(|program| program.name).collect::<Vec<_>>().join(", ")
}

fn version() -> String {
    std::env::var("STANDIN_VERSION").unwrap_or_else(|_| "0.0.0".into()).trim_start_matches('v').to_owned()
}

pub fn start(program: &'static Program, arguments: &[String]) -> ! {
    let readiness = Readiness::begin();
    let mut lines = program.log.iter();
    if let Some(first) = lines.next() {
        eprintln!("{}", first.replace("{version}", &version()));
    }
    for port in program.more_ports {
        listen(program, "0.0.0.0", *port, readiness);
    }
    // Alloy is the one whose default is loopback, which no published port reaches: a stack that forgets the flag must fail here too.
    let host = match (program.name, crate::flag_value(arguments, "server.http.listen-addr")) {
        ("alloy", Some(address)) => address.rsplit_once(':').map_or("127.0.0.1", |(host, _)| host),
        ("alloy", None) => "127.0.0.1",
        _ => "0.0.0.0",
    };
    listen(program, host, program.main_port, readiness);
    lines.for_each(|line| eprintln!("{}", line.replace("{version}", &version())));
    faults::after_start();
    loop {
        std::thread::park();
    }
}

fn listen(program: &'static Program, host: &str, port: u16, readiness: Readiness) {
    let listener = TcpListener::bind((host, port)).unwrap_or_else(|error| {
        eprintln!("error: listen tcp {host}:{port}: bind: {error}");
        exit(1)
    });
    std::thread::spawn(move || {
        http::serve(&listener, move |request| respond(program, request, readiness, port))
    });
}

fn respond(program: &Program, request: &Request, readiness: Readiness, port: u16) -> Response {
    if request.method == "POST" && request.path.starts_with("/_standin/") {
        return faults::order(&request.path)
            .map_or_else(|| Response::text(404, "unknown order\n"), |body| Response::text(200, body));
    }
    (program.answer)(request, readiness.healthy(), port)
        .unwrap_or_else(|| Response::text(404, "404 page not found\n"))
}

fn metrics(more: &str) -> Response {
    Response::text(
        200,
        format!(
            "# TYPE go_goroutines gauge\ngo_goroutines 42\n# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 4.2e+07\n{more}"
        ),
    )
}

fn loki(request: &Request, healthy: bool, _: u16) -> Option<Response> {
    let success = |data: &str| Response::json(200, format!(r#"{{"status":"success","data":{data}}}"#));
    Some(match (request.method.as_str(), request.path.as_str()) {
        (_, "/ready") if healthy => Response::text(200, "ready\n"),
        (_, "/ready") => Response::text(503, "Ingester not ready: waiting for 15s after being ready\n"),
        ("POST", "/loki/api/v1/push") => Response::text(204, ""),
        (_, "/loki/api/v1/status/buildinfo") => {
            let version = version();
            Response::json(
                200,
                format!(
                    r#"{{"version":"{version}","revision":"0000000","branch":"HEAD","buildUser":"stand-in","buildDate":"2026-08-05T00:00:00Z","goVersion":"go1.25"}}"#
                ),
            )
        }
        (_, "/loki/api/v1/labels") => success(r#"["container","job","service"]"#),
        (_, "/loki/api/v1/label/service/values") => success(r#"["identity-service"]"#),
        (_, "/loki/api/v1/query" | "/loki/api/v1/query_range") => {
            success(r#"{"resultType":"streams","result":[],"stats":{}}"#)
        }
        (_, "/services") => Response::text(200, "ingester => Running\nquerier => Running\n"),
        (_, "/config") => Response::text(200, "target: all\nauth_enabled: false\n"),
        (_, "/metrics") => metrics(&format!("loki_build_info{{version=\"{}\"}} 1\n", version())),
        _ => return None,
    })
}

fn promtail(request: &Request, healthy: bool, _: u16) -> Option<Response> {
    Some(match request.path.as_str() {
        "/ready" if healthy => Response::text(200, "Ready"),
        "/ready" => Response::text(
            500,
            "Not ready: Unable to find any logs to tail. Please verify permissions, volumes, scrape_config, etc.\n",
        ),
        "/targets" => Response::html("<!doctype html><title>Promtail targets</title>"),
        "/metrics" => metrics("promtail_targets_active_total 3\n"),
        _ => return None,
    })
}

fn alloy(request: &Request, healthy: bool, _: u16) -> Option<Response> {
    Some(match request.path.as_str() {
        "/-/ready" if healthy => Response::text(200, "Alloy is ready.\n"),
        "/-/ready" => Response::text(503, "Alloy is not ready.\n"),
        "/-/healthy" if healthy => Response::text(200, "All Alloy components are healthy."),
        "/-/healthy" => Response::text(500, "unhealthy components: loki.write.default\n"),
        "/-/reload" => Response::text(200, "config reloaded\n"),
        "/" | "/graph" => Response::html("<!doctype html><title>Grafana Alloy</title>"),
        "/metrics" => metrics(&format!("alloy_build_info{{version=\"v{}\"}} 1\n", version())),
        _ => return None,
    })
}

fn jaeger(request: &Request, healthy: bool, port: u16) -> Option<Response> {
    let list = |body: &str| {
        Response::json(200, format!(r#"{{"data":{body},"total":0,"limit":0,"offset":0,"errors":null}}"#))
    };
    Some(match (port, request.method.as_str(), request.path.as_str()) {
        (13133, _, "/status") if healthy => Response::json(
            200,
            r#"{"start_time":"2026-11-22T00:00:00Z","healthy":true,"status":"StatusOK","status_time":"2026-11-22T00:00:01Z"}"#,
        ),
        (13133, _, "/status") => Response::json(
            503,
            r#"{"start_time":"2026-11-22T00:00:00Z","healthy":false,"status":"StatusStarting","status_time":"2026-11-22T00:00:01Z"}"#,
        ),
        (8888 | 8889, _, "/metrics") => {
            metrics("otelcol_receiver_accepted_spans_total 0\notelcol_exporter_sent_spans_total 0\n")
        }
        (14268, "POST", "/api/traces") => Response::text(202, ""),
        (4318, "POST", "/v1/traces") => Response::json(200, r#"{"partialSuccess":{}}"#),
        (16686, _, "/" | "/search" | "/dependencies" | "/monitor") => Response::html(format!(
            "<!doctype html><title>Jaeger UI</title><script>const JAEGER_VERSION = {{\"gitCommit\":\"0000000\",\"gitVersion\":\"v{}\",\"buildDate\":\"2026-07-19T00:00:00Z\"}};</script>",
            version()
        )),
        (16686, _, "/api/services") => list(r#"["identity-service"]"#),
        (16686, _, "/api/traces" | "/api/dependencies" | "/api/services/identity-service/operations") => {
            list("[]")
        }
        (16686, _, "/api/v3/services") => Response::json(200, r#"{"services":["identity-service"]}"#),
        _ => return None,
    })
}

fn grafana(request: &Request, healthy: bool, _: u16) -> Option<Response> {
    let version = version();
    match request.path.as_str() {
        "/api/health" => {
            let (status, database) = if healthy { (200, "ok") } else { (503, "failing") };
            return Some(Response::json(
                status,
                format!(
                    "{{\n  \"database\": \"{database}\",\n  \"version\": \"{version}\",\n  \"commit\": \"0000000000\"\n}}"
                ),
            ));
        }
        "/login" => return Some(Response::html("<!doctype html><title>Grafana</title>")),
        "/metrics" => return Some(metrics(&format!("grafana_build_info{{version=\"{version}\"}} 1\n"))),
        "/" => return Some(Response::redirect("/login")),
        path if !path.starts_with("/api/") => return None,
        _ => {}
    }
    if !signed_in(&request.authorization) {
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
    let setting = |name: &str, fallback: &str| {
        std::env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| fallback.into())
    };
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

fn socket_proxy(request: &Request, healthy: bool, port: u16) -> Option<Response> {
    Some(match (port, request.path.as_str()) {
        (55555, "/health") if healthy => Response::text(200, ""),
        (55555, "/health") => Response::text(503, ""),
        (2375, "/_ping") => Response::text(200, "OK"),
        (2375, path) if path.ends_with("/version") => {
            Response::json(200, r#"{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"}"#)
        }
        (2375, path) if path.ends_with("/containers/json") || path.ends_with("/networks") => {
            Response::json(200, "[]")
        }
        (2375, _) => Response::text(403, "Forbidden\n"),
        _ => return None,
    })
}
