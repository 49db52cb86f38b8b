//! Components of several services: one name for all of them.

use serde_json::Value;
use tests::{Stack, docker};

use crate::compose;

/// A shop of three that is named after none of them, what it shares with a till, and a part behind a profile.
fn shop() -> String {
    compose(
        "
x-switchyard:
  components: [{ id: shop, title: { en: Shop, zh: 商店 }, default: true }]
services:
  db: { <<: *runs, command: [sh, -c, 'echo db is here; exec sleep infinity'], x-switchyard: { part_of: [shop] } }
  web:
    <<: *runs
    command: [sh, -c, 'echo web is here; exec sleep infinity']
    depends_on: { db: { condition: service_healthy } }
    x-switchyard: { part_of: [shop] }
  mail: { <<: *runs, x-switchyard: { part_of: [shop] } }
  printer: { <<: *runs, x-switchyard: { part_of: [shop, till] } }
  video: { <<: *runs, profiles: [video], x-switchyard: { part_of: [shop] } }
  till: { <<: *runs, x-switchyard: { title: Till } }
",
    )
}

fn component(stack: &Stack, id: &str) -> Value {
    let status = stack.status();
    let components = status["components"].as_array().expect("there are components");
    components.iter().find(|it| it["id"] == id).unwrap_or_else(|| panic!("no {id} in {status}")).clone()
}

fn phases(component: &Value) -> Vec<String> {
    let parts = component["parts"].as_array().expect("there are parts");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    parts.iter().map(|part| format!("{} {}", text(&part["service"]), text(&part["phase"]["kind"]))).collect()
}

#[test]
fn a_component_comes_and_goes_with_its_parts_and_what_others_share_stays() {
    let stack = Stack::of("parts", &shop());
    stack.run(["up", "shop"]).ok().says("printer");
    stack.runs_exactly(&["db", "web", "mail", "printer"]);
    let shop = component(&stack, "shop");
    assert_eq!((&shop["phase"]["kind"], &shop["worst"]), (&"healthy".into(), &Value::Null));
    let all = ["db healthy", "web healthy", "mail healthy", "printer healthy", "video off"];
    assert_eq!(phases(&shop), all);
    let status = stack.run(["status"]).ok().says("shop").says("  db ").says("  printer");
    assert!(!status.stdout.contains("video"), "a profile holds it back: {status}");

    stack.run(["up", "till"]).ok();
    stack.runs_exactly(&["db", "web", "mail", "printer", "till"]);
    stack.run(["down", "shop"]).ok();
    stack.runs_exactly(&["printer", "till"]);
    assert_eq!(component(&stack, "shop")["phase"]["kind"], "off", "the printer works for the till");
    stack.run(["down", "till"]).ok();
    stack.runs_exactly(&[]);
}

#[test]
fn the_part_that_died_is_named_and_its_name_means_it_alone() {
    let stack = Stack::of("worst-part", &shop());
    stack.run(["up"]).ok();
    let (db, web) = (stack.container("db").id, stack.container("web").id);
    docker(&["kill", &stack.container("mail").id]);
    stack.until("mail", "it is dead", |container| container.state == "exited");

    stack.run(["status"]).exits(6).says("shop").says("degraded").says("mail, a part of shop");
    let shop = component(&stack, "shop");
    assert_eq!((&shop["worst"], &shop["runs"]), (&"mail".into(), &true.into()));
    let cause = &shop["phase"]["cause"];
    assert_eq!(
        (&cause["error"]["code"], &cause["evidence"]["exitCode"]),
        (&"part-unwell".into(), &137.0.into())
    );
    stack.run(["health", "shop"]).exits(6).says("mail");
    stack.run(["status", "db"]).ok();
    stack.run(["status", "mail"]).exits(6);

    stack.run(["up", "shop"]).ok();
    stack.run(["status"]).ok();
    assert_eq!(
        (stack.container("db").id, stack.container("web").id),
        (db, web),
        "the others were left alone"
    );

    stack.run(["logs", "shop"]).ok().says("db is here").says("web is here");
    let alone = stack.run(["logs", "db"]).ok().says("db is here");
    assert!(!alone.stdout.contains("web is here"), "{alone}");

    let begun =
        |service: &str| docker(&["inspect", "-f", "{{.State.StartedAt}}", &stack.container(service).id]);
    let before = ["db", "web", "mail", "printer"].map(begun);
    stack.run(["restart", "shop"]).ok();
    let after = ["db", "web", "mail", "printer"].map(begun);
    assert!(before.iter().zip(&after).all(|(before, after)| before != after), "{before:?} {after:?}");
    stack.run(["down", "mail"]).ok();
    stack.runs_exactly(&["db", "web", "printer"]);
}

#[test]
fn an_active_profile_brings_its_part_with_either_tool() {
    let stack = Stack::of("part-profile", &shop());
    stack.set("COMPOSE_PROFILES", "video");
    stack.run(["up", "shop"]).ok();
    stack.runs_exactly(&["db", "web", "mail", "printer", "video"]);
    assert_eq!(component(&stack, "shop")["phase"]["kind"], "healthy");
    let before = stack.container("video").id;
    stack.compose(["up", "-d", "video"]).ok();
    assert_eq!(stack.container("video").id, before, "docker compose finds it as it wants it");
}
