use crate::collectors::Site;
use crate::compare::{loose, series};
use crate::program::{Program, command, unheard};
use crate::{HEAD, Verdict, WHOLE, assert_command, every_recording_has_a_verdict, play, recording};

const PORT: u16 = 12345;
const VERSION: (&str, &str) = ("STANDIN_VERSION", "v1.19.2");

const RELOADS: Verdict = Verdict::In("a_refused_reload_leaves_it_unhealthy_until_the_next_good_one");
const COLLECTS: Verdict = Verdict::In("collectors");
const REFUSED_AT_START: Verdict = Verdict::In("refusals");
const SAID: Verdict = Verdict::In("alloy_says_nothing_that_was_not_recorded_and_ends_with_0");

const VERDICTS: &[(&str, Verdict)] = &[
    ("ready.http", WHOLE),
    ("healthy.http", WHOLE),
    ("components.http", WHOLE),
    ("component-loki-write.http", WHOLE),
    ("component-discovery-docker.http", WHOLE),
    ("component-loki-source-docker.http", WHOLE),
    ("component-unknown.http", WHOLE),
    ("modules.http", WHOLE),
    ("peers.http", WHOLE),
    ("reload.http", WHOLE),
    ("reload-get.http", WHOLE),
    ("root.http", WHOLE),
    ("not-found.http", WHOLE),
    ("metrics.http", HEAD),
    ("support.http", WHOLE),
    ("healthy-loki-away.http", WHOLE),
    ("ready-loki-away.http", WHOLE),
    ("healthy-proxy-away.http", WHOLE),
    ("ready-proxy-away.http", WHOLE),
    ("component-discovery-docker-proxy-away.http", WHOLE),
    ("reload-bad.http", RELOADS),
    ("healthy-after-bad-reload.http", RELOADS),
    ("ready-after-bad-reload.http", RELOADS),
    ("components-after-bad-reload.http", RELOADS),
    ("metrics-after-bad-reload.txt", RELOADS),
    ("reload-bad-log.txt", RELOADS),
    ("reload-log.txt", SAID),
    ("start-log.txt", SAID),
    ("version.txt", SAID),
    ("metrics-of-sending.txt", COLLECTS),
    ("proxy-away-log.txt", COLLECTS),
    ("loki-away-data-dropped-log.txt", COLLECTS),
    ("validate-good.txt", REFUSED_AT_START),
    ("validate-bad.txt", REFUSED_AT_START),
    ("start-bad-config.txt", REFUSED_AT_START),
    ("fmt.txt", REFUSED_AT_START),
];

pub const CONFIG: &str = r#"logging {
	level = "info"
}

discovery.docker "engine" {
	host             = "tcp://PROXY:2375"
	refresh_interval = "5s"
}

discovery.relabel "collected" {
	targets = discovery.docker.engine.targets

	rule {
		source_labels = ["__meta_docker_container_label_rwa_logs"]
		regex         = "ignore"
		action        = "drop"
	}
}

discovery.relabel "labels" {
	targets = []

	rule {
		target_label = "job"
		replacement  = "docker"
	}
}

loki.source.docker "containers" {
	host          = "tcp://PROXY:2375"
	targets       = discovery.relabel.collected.output
	relabel_rules = discovery.relabel.labels.rules
	forward_to    = [loki.process.lines.receiver]
}

loki.process "lines" {
	forward_to = [loki.write.loki.receiver]
}

loki.write "loki" {
	endpoint {
		url = "http://LOKI:3100/loki/api/v1/push"
	}
}
"#;

#[test]
fn every_recording_of_alloy_has_a_verdict() {
    every_recording_has_a_verdict("alloy", VERDICTS);
}

fn start(site: &Site) -> Program {
    let file = site.folder.file("config.alloy", &site.with_addresses(CONFIG));
    let arguments = ["run", "--server.http.listen-addr=0.0.0.0:12345", &file];
    let mut alloy = Program::start("alloy", &arguments, &[VERSION], PORT);
    alloy.eventually("containers", |alloy| {
        alloy
            .get(PORT, "/api/v0/web/components/discovery.docker.engine")
            .body
            .contains("__meta_docker_container_id")
    });
    alloy
}

#[test]
fn the_recordings_of_alloy_are_answered() {
    let site = Site::open();
    play(&start(&site), "alloy", VERDICTS, |_| PORT, |_, _| {});
}

#[test]
fn a_refused_reload_leaves_it_unhealthy_until_the_next_good_one() {
    let site = Site::open();
    let alloy = start(&site);
    let good = site.with_addresses(CONFIG);
    site.folder.file("config.alloy", &(good.clone() + "\nnonsense \"x\" { }\n"));
    let refused = alloy.post(PORT, "/-/reload", "");
    let wanted = recording::read("alloy", "reload-bad.http").answer;
    let folder = site.folder.path().display().to_string();
    let said = refused.body.replace(&folder, "/etc/alloy");
    assert_eq!((refused.status, loose(&said)), (wanted.status, loose(&wanted.body)));
    let after = [
        ("healthy-after-bad-reload.http", WHOLE),
        ("ready-after-bad-reload.http", WHOLE),
        ("components-after-bad-reload.http", WHOLE),
    ];
    play(&alloy, "alloy", &after, |_| PORT, |_, _| {});
    let here = series(&alloy.get(PORT, "/metrics").body);
    let wanted = recording::text("alloy", "metrics-after-bad-reload.txt");
    // The hash is of another file.
    for name in series(&wanted).iter().filter(|name| !name.contains("sha256=")) {
        assert!(here.contains(name), "no series {name}");
    }
    assert!(alloy.said().contains("failed to reload config"), "{}", alloy.said());

    site.folder.file("config.alloy", &good);
    play(&alloy, "alloy", &[("reload.http", WHOLE), ("healthy.http", WHOLE)], |_| PORT, |_, _| {});
    let recorded =
        ["start-log.txt", "reload-log.txt", "reload-bad-log.txt"].map(|name| recording::text("alloy", name));
    assert_eq!(unheard(&alloy.said(), &recorded), [""; 0]);
}

#[test]
fn alloy_says_nothing_that_was_not_recorded_and_ends_with_0() {
    let site = Site::open();
    let mut alloy = start(&site);
    assert_eq!(alloy.stop(), Some(0));
    let recorded =
        ["start-log.txt", "reload-log.txt", "reload-bad-log.txt"].map(|name| recording::text("alloy", name));
    assert_eq!(unheard(&alloy.said(), &recorded), [""; 0]);
    let version = command("alloy", &alloy.address, &["--version"]).env(VERSION.0, VERSION.1).output();
    assert_command(&recording::text("alloy", "version.txt"), &version.expect("it runs"));
}
