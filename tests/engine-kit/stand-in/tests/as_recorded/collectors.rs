//! Promtail and Alloy at work: an engine, the socket proxy before it, and Loki behind them.

use serde_json::Value;

use crate::compare::series;
use crate::engine::{COLLECTED, Engine, IGNORED};
use crate::program::{Folder, Program, address, unheard};
use crate::{promtail, recording};

const LOKI: u16 = 3100;
const PROXY: u16 = 2375;
/// Slow enough that Loki can be away between two tries.
const SPEED: (&str, &str) = ("STANDIN_SPEED", "50");

pub struct Site {
    pub engine: Engine,
    pub folder: Folder,
    proxy_address: String,
    loki_address: String,
    proxy: Option<Program>,
    loki: Option<Program>,
}

impl Site {
    pub fn open() -> Self {
        let mut site = Self {
            engine: Engine::start(),
            folder: Folder::new(),
            proxy_address: address(),
            loki_address: address(),
            proxy: None,
            loki: None,
        };
        site.start_proxy();
        site.start_loki();
        site
    }

    fn start_proxy(&mut self) {
        let socket = format!("-socketpath={}", self.engine.socket());
        let allowed = "-allowGET=/containers/(json|[^/]+/(json|logs))";
        let arguments = [allowed, "-allowfrom=127.0.0.0/8", "-loglevel=warn", &socket];
        self.proxy = Some(Program::start_at(&self.proxy_address, "socket-proxy", &arguments, &[], PROXY));
    }

    fn start_loki(&mut self) {
        let file = self.folder.file("loki.yml", crate::loki::CONFIG);
        let arguments = [&format!("-config.file={file}") as &str];
        self.loki = Some(Program::start_at(&self.loki_address, "loki", &arguments, &[], LOKI));
    }

    fn loki(&self) -> &Program {
        self.loki.as_ref().expect("Loki runs")
    }

    /// Texts that Loki has of the demo service.
    fn collected(&self) -> Vec<String> {
        let query = "%7Bservice%3D%22identity-service%22%7D";
        let answer =
            self.loki().get(LOKI, &format!("/loki/api/v1/query_range?query={query}&direction=forward"));
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        let streams = body["data"]["result"].as_array().cloned().unwrap_or_default();
        let values = streams.iter().filter_map(|stream| stream["values"].as_array()).flatten();
        values.filter_map(|value| Some(value[1].as_str()?.to_owned())).collect()
    }

    pub fn with_addresses(&self, config: &str) -> String {
        let positions = self.folder.path().join("positions.yml").to_string_lossy().into_owned();
        config
            .replace("PROXY", &self.proxy_address)
            .replace("LOKI", &self.loki_address)
            .replace("POSITIONS", &positions)
    }

    fn promtail(&self) -> Program {
        let file = self.folder.file("promtail.yml", &self.with_addresses(promtail::CONFIG));
        let arguments = [&format!("-config.file={file}") as &str];
        Program::start("promtail", &arguments, &[SPEED, ("STANDIN_VERSION", "3.6.15")], 9080)
    }

    fn alloy(&self) -> Program {
        let file = self.folder.file("config.alloy", &self.with_addresses(crate::alloy::CONFIG));
        let storage = format!("--storage.path={}", self.folder.path().join("alloy").display());
        let arguments = ["run", "--server.http.listen-addr=0.0.0.0:12345", &storage, &file];
        Program::start("alloy", &arguments, &[SPEED, ("STANDIN_VERSION", "v1.19.2")], 12345)
    }
}

/// A line with the time that the engine puts before it.
#[allow(clippy::disallowed_methods)]
fn line(number: u32) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    // 2026-11-28 and later, with the seconds of today: Loki takes lines of the last week only.
    let seconds = now.as_secs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let date = civil(days);
    format!(
        "{date}T{:02}:{:02}:{:02}.{:06}{number:03}Z {{\"level\":\"error\",\"n\":{number},\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}}",
        rest / 3600,
        rest / 60 % 60,
        rest % 60,
        now.subsec_micros()
    )
}

/// Counted from 1970, a day at a time: it is a test.
fn civil(mut days: u64) -> String {
    let mut year = 1970;
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", days + 1)
}

fn metric(program: &Program, port: u16, name: &str) -> f64 {
    let body = program.get(port, "/metrics").body;
    let line = body.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no series {name}"));
    line.rsplit_once(' ').and_then(|(_, value)| value.parse().ok()).expect("a number")
}

fn lines_arrive_once_and_are_counted(collector: fn(&Site) -> Program, port: u16, sent: &str) {
    let site = Site::open();
    for number in 0..3 {
        site.engine.writes(&line(number));
    }
    let mut program = collector(&site);
    program.eventually("three lines in Loki", |_| site.collected().len() == 3);
    program.eventually("three lines counted", |program| metric(program, port, sent) as u64 == 3);

    let series = site.loki().get(LOKI, "/loki/api/v1/series").body;
    for label in
        ["\"job\":\"rwa-backend\"", "\"container\":\"rwa-demo-identity-service-1\"", "\"level\":\"error\""]
    {
        assert!(series.contains(label), "no {label} in {series}");
    }
    let query = "%7Bjob%3D%22rwa-backend%22%7D%7Ctrace_id%3D%224bf92f3577b34da6a3ce929d0e0e4736%22";
    let traced = site.loki().get(LOKI, &format!("/loki/api/v1/query_range?query={query}")).body;
    assert!(traced.contains("\"values\":[["), "{traced}");
    assert!(!series.contains("\"service\":\"loki\""), "a container that is marked was collected: {series}");

    // After a restart nothing comes twice, and what was written meanwhile comes.
    assert_eq!(program.stop(), Some(0));
    site.engine.writes(&line(3));
    let mut program = collector(&site);
    program.eventually("the fourth line in Loki", |_| site.collected().len() >= 4);
    site.engine.writes(&line(4));
    program.eventually("the fifth line in Loki", |_| site.collected().len() >= 5);
    assert_eq!(site.collected().len(), 5, "{:?}", site.collected());
    drop(program);
}

#[test]
fn promtail_sends_every_line_once() {
    lines_arrive_once_and_are_counted(Site::promtail, 9080, "promtail_sent_entries_total");
}

#[test]
fn alloy_sends_every_line_once() {
    lines_arrive_once_and_are_counted(Site::alloy, 12345, "loki_write_sent_entries_total");
}

#[test]
fn promtail_counts_and_says_what_the_real_one_does_while_loki_is_away_and_back() {
    let mut site = Site::open();
    let mut promtail = site.promtail();
    site.engine.writes(&line(0));
    promtail.eventually("a line in Loki", |_| site.collected().len() == 1);
    promtail.eventually("its count", |promtail| {
        metric(promtail, 9080, "promtail_sent_entries_total") as u64 == 1
    });
    let here = series(&promtail.get(9080, "/metrics").body);
    let host = format!("host=\"{}:3100\"", site.loki_address);
    let wanted =
        series(&recording::text("promtail", "metrics-of-sending.txt").replace("host=\"loki:3100\"", &host));
    let missing: Vec<_> = wanted.difference(&here).collect();
    assert!(missing.is_empty(), "series that Promtail has and the stand-in has not: {missing:?}");

    site.loki = None;
    site.engine.writes(&line(1));
    promtail.eventually("word of a retry", |promtail| {
        promtail.said().contains("error sending batch, will retry")
    });
    assert_eq!(promtail.get(9080, "/ready").status, 200);
    assert_eq!(metric(&promtail, 9080, "promtail_sent_entries_total") as u64, 1);
    site.start_loki();
    promtail.eventually("the line after Loki is back", |_| site.collected().len() == 1);
    promtail.eventually("the count", |promtail| {
        metric(promtail, 9080, "promtail_sent_entries_total") as u64 == 2
    });

    site.loki = None;
    site.engine.writes(&line(2));
    let final_error = "level=error";
    promtail.eventually("the end of its patience", |promtail| promtail.said().contains(final_error));
    assert!(promtail.said().contains("final error sending batch"), "{}", promtail.said());
    let recorded = ["start-log.txt", "loki-away-stopped-log.txt", "loki-away-data-dropped-log.txt"]
        .map(|name| recording::text("promtail", name));
    assert_eq!(unheard(&promtail.said(), &recorded), [""; 0]);
}

#[test]
fn promtail_sends_nothing_while_the_socket_proxy_is_away_and_goes_on_afterwards() {
    let mut site = Site::open();
    let mut promtail = site.promtail();
    site.engine.writes(&line(0));
    promtail.eventually("a line in Loki", |_| site.collected().len() == 1);
    promtail.eventually("its count", |promtail| {
        metric(promtail, 9080, "promtail_sent_entries_total") as u64 == 1
    });
    if let Some(mut proxy) = site.proxy.take() {
        proxy.kill();
    }
    promtail.eventually("word of the proxy", |promtail| {
        let said = promtail.said();
        said.contains("could not transfer logs") && said.contains("Unable to refresh target groups")
    });
    site.engine.writes(&line(1));
    assert_eq!(promtail.get(9080, "/ready").status, 200);
    assert_eq!(metric(&promtail, 9080, "promtail_sent_entries_total") as u64, 1);
    let recorded = ["start-log.txt", "proxy-away-log.txt", "loki-away-stopped-log.txt"]
        .map(|name| recording::text("promtail", name));
    assert_eq!(unheard(&promtail.said(), &recorded), [""; 0]);
    site.start_proxy();
    promtail.eventually("the line that was written meanwhile", |_| site.collected().len() == 2);
}

#[test]
fn alloy_is_healthy_and_says_what_the_real_one_does_while_others_are_away() {
    let mut site = Site::open();
    let mut alloy = site.alloy();
    site.engine.writes(&line(0));
    alloy.eventually("a line in Loki", |_| site.collected().len() == 1);
    alloy.eventually("its count", |alloy| metric(alloy, 12345, "loki_write_sent_entries_total") as u64 == 1);
    let targets = alloy.get(12345, "/api/v0/web/components/discovery.docker.engine").body;
    assert!(targets.contains(COLLECTED) && targets.contains(IGNORED), "{targets}");
    let here = series(&alloy.get(12345, "/metrics").body);
    let host = format!("host=\"{}:3100\"", site.loki_address);
    let recorded = recording::text("alloy", "metrics-of-sending.txt").replace("host=\"loki:3100\"", &host);
    // The hash is of another file.
    let wanted: Vec<String> =
        series(&recorded).into_iter().filter(|name| !name.contains("sha256=")).collect();
    let missing: Vec<_> = wanted.iter().filter(|name| !here.contains(*name)).collect();
    assert!(missing.is_empty(), "series that Alloy has and the stand-in has not: {missing:?}");

    site.loki = None;
    if let Some(mut proxy) = site.proxy.take() {
        proxy.kill();
    }
    alloy.eventually("word of the proxy", |alloy| {
        let said = alloy.said();
        said.contains("could not transfer logs") && said.contains("Unable to refresh target groups")
    });
    for (name, path) in [("healthy-proxy-away.http", "/-/healthy"), ("ready-loki-away.http", "/-/ready")] {
        let wanted = recording::read("alloy", name).answer;
        let answer = alloy.get(12345, path);
        assert_eq!((answer.status, answer.body.trim_end()), (wanted.status, wanted.body.trim_end()));
    }
    let recorded =
        ["start-log.txt", "proxy-away-log.txt", "reload-log.txt", "loki-away-data-dropped-log.txt"]
            .map(|name| recording::text("alloy", name));
    assert_eq!(unheard(&alloy.said(), &recorded), [""; 0]);
}
