//! The demo services beside the stack: a project of their own, which Consul and Jaeger see.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::Value;
use tests::{Container, Program, Stack, containers, docker, eventually, get, inspect, names_and_ids};

const SERVICES: [&str; 5] =
    ["identity-service", "mpc-service", "presence-service", "reward-service", "wallet-service"];

/// The shipped stack, and a demo under a name that no other test has.
struct Demo {
    stack: Stack,
    folder: PathBuf,
    project: String,
}

impl Demo {
    fn beside(stack: Stack) -> Self {
        let (folder, project) = stack.prepare_demo();
        Self { stack, folder, project }
    }

    fn containers(&self) -> Vec<Container> {
        containers(&self.project)
    }

    fn container(&self, service: &str) -> Container {
        let found = self.containers().into_iter().find(|it| it.service == service);
        found.unwrap_or_else(|| panic!("there is no {service}"))
    }

    /// What the agent knows, by id.
    fn registered(&self) -> BTreeMap<String, Value> {
        let answer = get(self.stack.port("CONSUL_PORT"), "/v1/agent/services");
        serde_json::from_str(&answer).expect("Consul answers JSON")
    }

    fn passes_in_consul(&self, service: &str) -> bool {
        let path = format!("/v1/health/service/{service}?passing");
        let answer: Vec<Value> =
            serde_json::from_str(&get(self.stack.port("CONSUL_PORT"), &path)).expect("Consul answers JSON");
        answer.iter().any(|it| it["Service"]["ID"] == format!("{service}-demo"))
    }

    /// What the service tells Prometheus. Nothing is published, so it is asked in its container.
    fn metrics(&self, service: &str) -> String {
        let script =
            "import('/demo/settings.mjs').then(async ({ settings }) => console.log(await (await fetch(
            `http://127.0.0.1:${settings.port(process.argv[1])}/metrics`)).text()))";
        docker(&["exec", &self.container(service).id, "node", "-e", script, service])
    }

    /// How many of its spans Jaeger took, and whether it refused any.
    fn spans(&self, service: &str) -> (u64, bool) {
        let text = self.metrics(service);
        let sent = text.lines().find(|line| line.contains("demo_spans_total{") && line.contains("\"sent\""));
        let sent = sent.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default();
        (sent, text.contains("\"refused\""))
    }
}

#[test]
fn the_demo_comes_up_beside_the_stack_is_seen_by_it_and_goes_alone() {
    let demo = Demo::beside(Stack::shipped("demo"));
    let stack = &demo.stack;
    stack.run(["up", "consul", "jaeger"]).ok();
    let before = names_and_ids(&stack.containers());

    let ran = stack.run(["demo", "up"]).ok();
    let ran = ran.says(&format!(":{}/search", stack.port("JAEGER_UI_PORT")));
    ran.says(&format!(":{}/ui/", stack.port("CONSUL_PORT"))).says("switchyard up grafana");
    let up = eventually("the engine to find the demo healthy", || {
        Some(demo.containers()).filter(|all| all.iter().all(Container::is_healthy))
    });
    let services: Vec<&str> = up.iter().map(|it| it.service.as_str()).collect();
    assert_eq!(services, SERVICES);
    assert!(up.iter().all(|it| it.ports.is_empty()), "{up:#?}");
    let status = stack.run(["demo", "status", "--json"]).ok().json();
    let phases = status["components"].as_array().expect("there are components").clone();
    assert!(phases.len() == 5 && phases.iter().all(|it| it["phase"]["kind"] == "healthy"), "{status}");

    for service in SERVICES {
        eventually(&format!("Consul to find {service} healthy"), || {
            demo.passes_in_consul(service).then_some(())
        });
        eventually(&format!("Jaeger to take spans of {service}"), || {
            let (sent, refused) = demo.spans(service);
            assert!(!refused, "Jaeger refused spans of {service}");
            (sent > 0).then_some(())
        });
    }

    // The same files and hashes as docker compose has, with the stack's settings below the demo's own.
    let stack_env = stack.folder.join(".env").display().to_string();
    let compose = ["compose", "--env-file", &stack_env, "--env-file", ".env", "up", "--detach"];
    Program::new("docker").args(compose).folder(&demo.folder).run().ok();
    assert_eq!(names_and_ids(&demo.containers()), names_and_ids(&up), "compose replaced nothing");
    stack.run(["demo", "up"]).ok().says("Nothing to do.");

    // A polite end: code 0, and Consul hears of it.
    let identity = demo.container("identity-service").id;
    docker(&["stop", &identity]);
    assert_eq!(inspect(&identity)["State"]["ExitCode"], 0);
    assert!(!demo.registered().contains_key("identity-service-demo"), "{:?}", demo.registered().keys());
    stack.run(["demo", "status"]).exits(6);
    stack.run(["demo", "up"]).ok();
    eventually("identity-service to be registered again", || {
        demo.registered().contains_key("identity-service-demo").then_some(())
    });

    stack.run(["demo", "down"]).ok();
    assert_eq!(demo.containers(), []);
    assert_eq!(names_and_ids(&stack.containers()), before, "the stack was not touched");
    assert!(stack.containers().iter().all(Container::is_healthy));
    assert!(stack.networks().contains(&stack.project), "the network is the stack's, and stays");
    let left: Vec<String> = demo.registered().into_keys().filter(|id| id.ends_with("-demo")).collect();
    assert_eq!(left, Vec::<String>::new());
    stack.run(["demo", "status"]).ok();
}

#[test]
fn the_demo_needs_the_network_of_the_stack_and_says_so_in_both_languages() {
    let demo = Demo::beside(Stack::shipped("demo-alone"));
    let stack = &demo.stack;
    let ran = stack.run(["demo", "up"]).exits(5);
    ran.says(&stack.project).says("Bring it up first: switchyard up");
    stack.run(["demo", "up", "--lang", "zh"]).exits(5).says("请先启动它：switchyard up");
    let error = stack.run(["demo", "up", "--json"]).exits(5);
    assert_eq!(error.error_code(), "external-missing");
    assert_eq!(demo.containers(), []);
    // Going down needs nothing.
    stack.run(["demo", "down"]).ok();
}

#[test]
fn an_edited_file_of_the_demo_is_kept_and_a_newer_one_lies_beside_it() {
    let demo = Demo::beside(Stack::shipped("demo-edited"));
    let stack = &demo.stack;
    stack.run(["demo", "down"]).ok();
    let file = demo.folder.join("services/services.mjs");
    let shipped = fs::read_to_string(&file).expect("the demo was written");
    let mine = format!("{shipped}// mine\n");
    fs::write(&file, &mine).expect("it can be written");
    stack.run(["demo", "down"]).ok();
    assert_eq!(fs::read_to_string(&file).expect("it is there"), mine);
    // As if an older Switchyard had written the demo: what ships now is news.
    let record = demo.folder.join(".switchyard.json");
    let mut written: Value =
        serde_json::from_slice(&fs::read(&record).expect("there is a record")).expect("the record is JSON");
    written["files"]["services/services.mjs"] = "0".into();
    fs::write(&record, written.to_string()).expect("it can be written");
    stack.run(["demo", "down"]).ok().says("was edited and is kept");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), mine);
    let beside = demo.folder.join("services/services.mjs.new");
    assert_eq!(fs::read_to_string(beside).expect("the newer one lies beside it"), shipped);
}
