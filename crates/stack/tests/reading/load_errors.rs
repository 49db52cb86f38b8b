//! What a user reads when a compose file is wrong.

use expect_test::{Expect, expect};

use crate::load_files;

fn check(text: &str, expect: &Expect) {
    let shown = match load_files(&[("c.yml", text)], &[("A", "1")]) {
        Ok(_) => "fine".to_owned(),
        Err(errors) => errors.to_string(),
    };
    expect.assert_eq(&shown);
}

/// A service `a` with these lines.
fn check_service(lines: &str, expect: &Expect) {
    let indented = lines.replace('\n', "\n    ");
    check(&format!("services:\n  a:\n    image: i\n    {indented}\n"), expect);
}

#[test]
fn every_error_is_told_with_its_place() {
    check(
        "services:\n  a:\n    imgae: x\n    ports: [abc]\n    user: 1000\n  b:\n    image: y\n    build: .\n    depends_on: [c, aa]\nvolume: {}\n",
        &expect![[r#"
            c.yml:3:5: services.a.imgae: there is no key imgae here (did you mean image?)
            c.yml:4:13: services.a.ports[0]: the port "abc" cannot be read: invalid containerPort: abc
            c.yml:5:11: services.a.user: wants a text, but 1000 is none; write "1000"
            c.yml:8:5: services.b.build: the key build is part of compose, but not supported by Switchyard yet
            c.yml:9:18: services.b.depends_on[0]: there is no service c
            c.yml:9:21: services.b.depends_on[1]: there is no service aa
            c.yml:10:1: volume: there is no key volume here (did you mean volumes?)"#]],
    );
}

#[test]
fn keys() {
    check_service(
        "heathcheck: {}",
        &expect![
            "c.yml:4:5: services.a.heathcheck: there is no key heathcheck here (did you mean healthcheck?)"
        ],
    );
    check_service(
        "healthcheck: {tset: x}",
        &expect!["c.yml:4:19: services.a.healthcheck.tset: there is no key tset here (did you mean test?)"],
    );
    check_service("zzz: {}", &expect!["c.yml:4:5: services.a.zzz: there is no key zzz here"]);
    check_service(
        "devices: []",
        &expect![
            "c.yml:4:5: services.a.devices: the key devices is part of compose, but not supported by Switchyard yet"
        ],
    );
    check_service(
        "deploy: {mode: global}",
        &expect![
            "c.yml:4:14: services.a.deploy.mode: the key mode is part of compose, but not supported by Switchyard yet"
        ],
    );
    check_service(
        "pre_start: []",
        &expect![
            "c.yml:4:5: services.a.pre_start: the key pre_start is part of compose, but not supported by Switchyard yet"
        ],
    );
    check_service("x-anything: {a: b}", &expect!["fine"]);
    check(
        "services: {a: {image: i}}\nsecrets: {x: {file: y}}\n",
        &expect![
            "c.yml:2:1: secrets: the key secrets is part of compose, but not supported by Switchyard yet"
        ],
    );
    check(
        "services: {a: {image: i}}\nnetworks: {n: {ipam: {config: []}}}\n",
        &expect![
            "c.yml:2:23: networks.n.ipam.config: the key config is part of compose, but not supported by Switchyard yet"
        ],
    );
    check(
        "service: {a: {image: i}}\n",
        &expect!["c.yml:1:1: there are no services; is service meant to be services?"],
    );
    check("", &expect!["c.yml: there are no services"]);
    check("- a\n- b\n", &expect!["c.yml:1:1: there are no services"]);
}

#[test]
fn values() {
    check_service(
        "user: 1000",
        &expect![[r#"c.yml:4:11: services.a.user: wants a text, but 1000 is none; write "1000""#]],
    );
    check_service(
        "hostname:",
        &expect!["c.yml:4:13: services.a.hostname: wants a text, but there is nothing"],
    );
    check_service(
        "command: [1, a]",
        &expect![[r#"c.yml:4:15: services.a.command[0]: wants a text, but 1 is none; write "1""#]],
    );
    check_service(
        "command: echo \"open",
        &expect![[
            r#"c.yml:4:14: services.a.command: the command line "echo \"open" cannot be split: a quote or a parenthesis is open"#
        ]],
    );
    check_service(
        "privileged: maybe",
        &expect![[
            r#"c.yml:4:17: services.a.privileged: wants true or false, but there is the text "maybe""#
        ]],
    );
    check_service(
        "pids_limit: many",
        &expect![[
            r#"c.yml:4:17: services.a.pids_limit: wants a whole number, but there is the text "many""#
        ]],
    );
    check_service(
        "cpus: -1",
        &expect!["c.yml:4:11: services.a.cpus: wants a number of CPU cores such as 0.5, but there is -1"],
    );
    check_service(
        "mem_limit: 12x",
        &expect![[
            r#"c.yml:4:16: services.a.mem_limit: "12x" is not a size; write for example 512m, 1g or 1.5gb"#
        ]],
    );
    check_service(
        "stop_grace_period: 30",
        &expect![[
            r#"c.yml:4:24: services.a.stop_grace_period: the duration "30" has no unit; write for example 30s"#
        ]],
    );
    check_service(
        "stop_grace_period: 1 minute",
        &expect![[
            r#"c.yml:4:24: services.a.stop_grace_period: "1 minute" is not a duration; write for example 30s, 1m30s or 2h"#
        ]],
    );
    check_service(
        "healthcheck: {test: [curl, x]}",
        &expect![[
            r#"c.yml:4:25: services.a.healthcheck.test: a test begins with CMD, CMD-SHELL or NONE, not with "curl""#
        ]],
    );
    check_service(
        "restart: sometimes",
        &expect![[
            r#"c.yml:4:14: services.a.restart: "sometimes" is none of no, always, on-failure, on-failure:N, unless-stopped"#
        ]],
    );
    check_service(
        "pull_policy: alway",
        &expect![[r#"c.yml:4:18: services.a.pull_policy: "alway" is none of always, missing, never"#]],
    );
    check_service(
        "pull_policy: daily",
        &expect![
            "c.yml:4:18: services.a.pull_policy: the pull policy daily is not supported by Switchyard yet"
        ],
    );
    check_service(
        "environment: [A B]\nlabels: text",
        &expect![[r#"c.yml:5:13: services.a.labels: wants a mapping, but there is the text "text""#]],
    );
    check_service(
        "environment: [\"A =1\"]",
        &expect![[r#"c.yml:4:19: services.a.environment[0]: the name "A " ends with a space"#]],
    );
    check_service(
        "environment: {A: [x]}",
        &expect!["c.yml:4:22: services.a.environment.A: wants a text or a number, but there is a list"],
    );
    check_service(
        "environment:",
        &expect!["c.yml:4:16: services.a.environment: wants a mapping, but there is nothing"],
    );
    check_service(
        "extra_hosts: [foo]",
        &expect![[r#"c.yml:4:19: services.a.extra_hosts[0]: "foo" names no address; write "name=address""#]],
    );
    check_service(
        "ulimits: {nofile: {soft: 1}}",
        &expect!["c.yml:4:23: services.a.ulimits.nofile: needs soft and hard"],
    );
    check_service(
        "depends_on: {a: {condition: healthy}}",
        &expect![[r#"
        c.yml:4:18: services.a.depends_on.a: these services wait for each other: a → a
        c.yml:4:33: services.a.depends_on.a.condition: "healthy" is none of service_started, service_healthy, service_completed_successfully"#]],
    );
    check_service(
        "container_name: -x",
        &expect![[
            r#"c.yml:4:21: services.a.container_name: "-x" cannot be a container's name: two or more letters, digits, _ . -"#
        ]],
    );
    check_service(
        "env_file: gone.env",
        &expect![
            "c.yml:4:15: services.a.env_file: the file /srv/p/gone.env cannot be read: entity not found"
        ],
    );
    check("services: {a: }\n", &expect!["c.yml:1:13: services.a: a service needs at least an image"]);
    check("services: {a: {}}\n", &expect!["c.yml:1:15: services.a.image: the image is missing"]);
    check(
        "services: {'a b': {image: i}}\n",
        &expect![
            "c.yml:1:19: services.a b: the name of a service has letters, digits, dots, dashes and underscores only"
        ],
    );
}

#[test]
fn ports_and_volumes() {
    check_service(
        "ports:\n  - 80:80:80:80\n  - 70000:80\n  - \"80:\"\n  - {published: 1}",
        &expect![[r#"
        c.yml:5:9: services.a.ports[0]: the port "80:80:80:80" cannot be read: invalid IP address: 80:80
        c.yml:6:9: services.a.ports[1]: the port "70000:80" cannot be read: invalid hostPort: 70000
        c.yml:7:9: services.a.ports[2]: the port "80:" cannot be read: no port specified: 80:<empty>
        c.yml:8:9: services.a.ports[3]: target, the port in the container, is missing"#]],
    );
    check_service(
        "ports: [{target: 80, published: 70000}]",
        &expect![[
            r#"c.yml:4:37: services.a.ports[0].published: "70000" is not a port from 0 to 65535 or a range of them"#
        ]],
    );
    check_service(
        "ports: [{target: 80, protocol: http}]",
        &expect![[r#"c.yml:4:36: services.a.ports[0].protocol: "http" is none of tcp, udp, sctp"#]],
    );
    check_service(
        "ports: 80:80",
        &expect![[r#"c.yml:4:12: services.a.ports: wants a list, but there is the text "80:80""#]],
    );
    check_service(
        "volumes: [\"data::b\", \"data:b2:ro:d4\", \"data:/x\", \"\"]",
        &expect![[r#"
        c.yml:4:15: services.a.volumes[0]: the volume "data::b" cannot be read: there is nothing between two colons
        c.yml:4:15: services.a.volumes[0]: the volume data is not declared under volumes
        c.yml:4:26: services.a.volumes[1]: the volume "data:b2:ro:d4" cannot be read: there are too many colons
        c.yml:4:54: services.a.volumes[3]: the volume "" cannot be read: it is empty"#]],
    );
    check_service(
        "volumes: [{type: bind, target: /x}, {target: /x}, {type: image, target: /x}]",
        &expect![[r#"
            c.yml:4:15: services.a.volumes[0]: source, the path on this machine, is missing
            c.yml:4:41: services.a.volumes[1]: type is missing: bind, volume or tmpfs
            c.yml:4:62: services.a.volumes[2].type: mounts of type image are not supported by Switchyard yet"#]],
    );
    check_service(
        "volumes: [./a:/x]\ntmpfs: /x",
        &expect!["c.yml:4:5: services.a.volumes: /x is mounted already, under tmpfs"],
    );
}

#[test]
fn names_that_lead_nowhere() {
    check_service(
        "depends_on: {aa: {condition: service_started}}",
        &expect!["c.yml:4:18: services.a.depends_on.aa: there is no service aa"],
    );
    check_service(
        "networks: [front]",
        &expect!["c.yml:4:16: services.a.networks[0]: the network front is not declared under networks"],
    );
    check_service(
        "network_mode: service:b",
        &expect!["c.yml:4:19: services.a.network_mode: there is no service b"],
    );
    check_service(
        "network_mode: host\nnetworks: [default]",
        &expect!["c.yml:4:19: services.a.network_mode: network_mode and networks exclude each other"],
    );
    check(
        "services: {a: {image: i, volumes: ['dta:/x']}}\nvolumes: {data: {}}\n",
        &expect![
            "c.yml:1:36: services.a.volumes[0]: the volume dta is not declared under volumes (did you mean data?)"
        ],
    );
    check(
        "services: {a: {image: i}}\nnetworks: {n: {external: true, driver: x}}\nvolumes: {v: {external: {}}}\n",
        &expect![[r#"
            c.yml:2:32: networks.n.driver: what is external has its own driver; only name can be given here
            c.yml:3:25: volumes.v.external: the name of what is external is missing"#]],
    );
}

#[test]
fn circles_are_shown_whole() {
    check(
        "services:\n  a: {image: i, depends_on: [b]}\n  b: {image: i, depends_on: [c]}\n  c:\n    image: i\n    depends_on:\n      - d\n      - a\n  d: {image: i, depends_on: [d]}\n",
        &expect![[r#"
            c.yml:8:9: services.c.depends_on[1]: these services wait for each other: a → b → c → a
            c.yml:9:30: services.d.depends_on[0]: these services wait for each other: d → d"#]],
    );
}

#[test]
fn doubles() {
    check_service(
        "container_name: one\ndeploy: {replicas: 2}",
        &expect![
            "c.yml:5:24: services.a.deploy.replicas: a service with a container_name can have one container only: the name is taken then"
        ],
    );
    check_service(
        "mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}",
        &expect![
            "c.yml:4:16: services.a.mem_limit: mem_limit and deploy.resources.limits.memory must not differ"
        ],
    );
    check(
        "services:\n  a: {image: i, container_name: same}\n  b: {image: i, container_name: same}\n",
        &expect!["c.yml:3:33: services.b.container_name: the container name same is taken by the service a"],
    );
}

#[test]
fn variables() {
    check_service(
        "command: x ${A\nhostname: ${B:?say where}\nlabels: [\"a=${A B}\"]",
        &expect![[r#"
        c.yml:4:16: services.a.command: Invalid template: "x ${A"; a dollar sign itself is written $$
        c.yml:5:15: services.a.hostname: required variable B is missing a value: say where
        c.yml:6:17: services.a.labels[0]: Invalid template: "a=${A B}"; a dollar sign itself is written $$"#]],
    );
    check(
        "x-a: &a {image: \"${U:?no}\"}\nservices: {a: *a, b: *a}\n",
        &expect!["c.yml:1:18: x-a.image: required variable U is missing a value: no"],
    );
    check(
        "services:\n  a:\n    image: |\n      a\n      ${\n",
        &expect![[
            r#"c.yml:4:7: services.a.image: Invalid template: "a\n${\n"; a dollar sign itself is written $$"#
        ]],
    );
}

#[test]
fn syntax() {
    check(
        "services:\n  a:\n\timage: i\n",
        &expect!["c.yml:3:1: this line is indented with a tab; YAML wants spaces"],
    );
    check(
        "services:\n  a: {image: i}\n  a: {image: j}\n",
        &expect![[r#"c.yml:3:3: the key "a" is here twice: first in line 2, again in line 3"#]],
    );
    check("services: [\n", &expect!["c.yml:1:11: unclosed bracket '['"]);
}

#[test]
fn what_x_switchyard_says() {
    check(
        "x-switchyard:
  titel: x
  groups: [{title: y}]
  presets: [{id: logs, components: [lki, loki]}]
  env:
    - {name: A B, type: sercet}
    - {name: C, type: choice, generate: 5}
    - {name: D, type: secret, generate: 300}
services:
  loki:
    image: i
    x-switchyard:
      title: {zh: 日志}
      default: maybe
      group: loggs
      excludes: [lokki]
      probe: {port: 70000, path: ready, body: '('}
      links: [{id: ui}]
      reload: {signal: SIGHUP, port: 1}
      seed: {kind: consul, file: x}
      replacement: {component: aloy, reason: r}
",
        &expect![[r#"
            c.yml:2:3: x-switchyard.titel: there is no key titel here (did you mean title?)
            c.yml:3:12: x-switchyard.groups[0]: id is missing
            c.yml:4:37: x-switchyard.presets[0].components[0]: there is no component lki (did you mean loki?)
            c.yml:6:14: x-switchyard.env[0].name: "A B" cannot be a variable in .env
            c.yml:6:25: x-switchyard.env[0].type: "sercet" is none of string, secret, port, address, bytes, cpus, duration, path, choice, boolean, number (did you mean secret?)
            c.yml:7:7: x-switchyard.env[1]: generate is for secrets only
            c.yml:7:7: x-switchyard.env[1]: choices are missing
            c.yml:8:41: x-switchyard.env[2].generate: 300 is too large or too small here
            c.yml:13:14: services.loki.x-switchyard.title: the English text (en) is missing
            c.yml:14:16: services.loki.x-switchyard.default: wants true or false, but there is the text "maybe"
            c.yml:15:14: services.loki.x-switchyard.group: there is no group loggs
            c.yml:16:18: services.loki.x-switchyard.excludes[0]: there is no component lokki (did you mean loki?)
            c.yml:17:21: services.loki.x-switchyard.probe.port: 70000 is too large or too small here
            c.yml:17:34: services.loki.x-switchyard.probe.path: the path "ready" does not begin with /
            c.yml:17:47: services.loki.x-switchyard.probe.body: the body's regular expression cannot be read: error: unclosed group
            c.yml:18:15: services.loki.x-switchyard.links[0]: port is missing
            c.yml:19:15: services.loki.x-switchyard.reload: needs either signal, or method, port and path
            c.yml:20:20: services.loki.x-switchyard.seed.kind: "consul" is none of consul-kv
            c.yml:21:32: services.loki.x-switchyard.replacement.component: there is no component aloy"#]],
    );
}

#[test]
fn what_x_switchyard_says_of_parts_checks_and_flows() {
    check(
        "services:
  collector:
    image: i
    x-switchyard:
      check: promtial
      flow: {port: 9080, path: metrics, ignore: label}
  proxy:
    image: i
    x-switchyard:
      part_of: [colector]
",
        &expect![[r#"
            c.yml:5:14: services.collector.x-switchyard.check: "promtial" is none of consul, jaeger, loki, promtail, alloy, prometheus, alertmanager, grafana, socket-proxy (did you mean promtail?)
            c.yml:6:13: services.collector.x-switchyard.flow: sent is missing
            c.yml:6:32: services.collector.x-switchyard.flow.path: the path "metrics" does not begin with /
            c.yml:6:49: services.collector.x-switchyard.flow.ignore: takes a label as name=value
            c.yml:10:17: services.proxy.x-switchyard.part_of[0]: there is no component colector (did you mean collector?)"#]],
    );
}

#[test]
fn parts_belong_to_components_and_to_nothing_else() {
    check(
        "x-switchyard:
  components:
    - { id: shop, title: Shop, groop: x }
    - { id: web, title: Web }
    - { id: shop, title: Again }
    - { id: empty, title: Empty }
    - { id: 'a b', title: Space }
    - { title: Nameless }
services:
  web: { image: i, x-switchyard: { title: Web } }
  db: { image: i, x-switchyard: { part_of: [shop] } }
  part: { image: i, x-switchyard: { part_of: [db] } }
  itself: { image: i, x-switchyard: { part_of: [itself] } }
  this: { image: i, x-switchyard: { part_of: [that] } }
  that: { image: i, x-switchyard: { part_of: [this] } }
  plain: { image: i }
  odd: { image: i, x-switchyard: { part_of: [plain, shob] } }
  none: { image: i, x-switchyard: { part_of: [] } }
  both: { image: i, x-switchyard: { part_of: [shop], default: true, excludes: [web], icon: x } }
",
        &expect![[r#"
            c.yml:3:32: x-switchyard.components[0].groop: there is no key groop here (did you mean group?)
            c.yml:4:13: x-switchyard.components[1].id: a service is called web already: it is the component of that name, and describes it in its own x-switchyard
            c.yml:5:13: x-switchyard.components[2].id: there is a component shop already
            c.yml:6:13: x-switchyard.components[3].id: no service is a part of empty alone: say part_of: [empty] in its x-switchyard
            c.yml:7:13: x-switchyard.components[4].id: the id of a component has letters, digits, dots, dashes and underscores only
            c.yml:7:13: x-switchyard.components[4].id: no service is a part of a b alone: say part_of: [a b] in its x-switchyard
            c.yml:8:7: x-switchyard.components[5]: id is missing
            c.yml:12:47: services.part.x-switchyard.part_of[0]: db is a part itself; name the component that both belong to, shop
            c.yml:13:49: services.itself.x-switchyard.part_of[0]: itself cannot be a part of itself
            c.yml:14:47: services.this.x-switchyard.part_of[0]: that is a part itself; name the component that both belong to, this
            c.yml:15:47: services.that.x-switchyard.part_of[0]: this is a part itself; name the component that both belong to, that
            c.yml:17:46: services.odd.x-switchyard.part_of[0]: the service plain is no component: it has no x-switchyard
            c.yml:17:53: services.odd.x-switchyard.part_of[1]: there is no component shob (did you mean shop?)
            c.yml:18:46: services.none.x-switchyard.part_of: names no component
            c.yml:19:63: services.both.x-switchyard.default: default is said of the component, not of a part of it
            c.yml:19:79: services.both.x-switchyard.excludes: excludes is said of the component, not of a part of it
            c.yml:19:92: services.both.x-switchyard.icon: icon is said of the component, not of a part of it"#]],
    );
}

#[test]
fn errors_name_the_file_they_are_in() {
    let files = [
        ("one.yml", "services:\n  a: {image: i, prots: []}\n"),
        ("two.yml", "services:\n  a:\n    ports: x\n    restart: never\n"),
    ];
    expect![[r#"
        one.yml:2:17: services.a.prots: there is no key prots here (did you mean ports?)
        two.yml:3:12: services.a.ports: wants a list, but there is the text "x"
        two.yml:4:14: services.a.restart: "never" is none of no, always, on-failure, on-failure:N, unless-stopped"#]].assert_eq(&load_files(&files, &[]).unwrap_err().to_string());
}

#[test]
fn a_page_that_nobody_serves_is_named_with_the_nearest_service() {
    check(
        "services:\n  a:\n    image: x\n    x-switchyard:\n      links: [{ id: p, component: grafanna, port: 80 }]\n  grafana: { image: y }\n",
        &expect![
            "c.yml:5:7: services.a.x-switchyard.links: there is no service grafanna (did you mean grafana?)"
        ],
    );
}
