//! What forbids a plan: then nothing at all is done.

use std::{collections::BTreeMap, net::IpAddr};

use expect_test::expect;
use stack::{
    observed::{ConfigFault, PortHolder, PortUse},
    plan::{Goal, Refusal, Warning, plan},
};

use crate::world::{CHAIN, check, observed, project, set, up};

const PORTS: &str = "
name: p
services:
  web:
    image: w:1
    ports: ['127.0.0.1:3030:80', '127.0.0.1:3031:81']
x-switchyard:
  env: [{ name: WEB_PORT, type: port, default: '3030', title: T }]
";

fn held(ip: &str, port: u16, holder: PortHolder) -> PortUse {
    PortUse { ip: ip.parse::<IpAddr>().expect("an address"), port, protocol: "tcp".into(), holder }
}

#[test]
fn a_taken_port_names_its_holder_a_free_one_and_the_variable() {
    let project = project(PORTS);
    let mut world = observed(&project, "net");
    world.ports.push(held("0.0.0.0", 3030, PortHolder::Process { pid: 7, name: "node".into() }));
    world.ports.push(held("127.0.0.1", 3032, PortHolder::Unknown));
    let plan = plan(&project, &world, &up("web"));
    assert!(plan.steps.is_empty());
    let [Refusal::PortTaken { port: 3030, free: Some(3033), variable, .. }] = &plan.refusals[..] else {
        panic!("{plan}")
    };
    assert_eq!(variable.as_deref(), Some("WEB_PORT"));
}

#[test]
fn a_port_on_another_address_is_free() {
    let project = project(PORTS);
    let mut world = observed(&project, "net");
    world.ports.push(held("192.0.2.1", 3030, PortHolder::Unknown));
    assert!(plan(&project, &world, &up("web")).refusals.is_empty());
}

#[test]
fn our_own_container_that_is_replaced_gives_its_port_to_the_new_one() {
    let project = project(PORTS);
    let mut world = observed(&project, "net web:up!old");
    let holder = PortHolder::Container {
        id: world.containers[0].id.clone(),
        name: "p-web-1".into(),
        project: "p".into(),
    };
    world.ports.push(held("127.0.0.1", 3030, holder));
    assert!(plan(&project, &world, &up("web")).refusals.is_empty());
}

#[test]
fn a_project_of_another_folder_is_not_ours() {
    let project = project(CHAIN);
    let mut world = observed(&project, "net vol db:healthy");
    world.containers[0].working_dir = "/elsewhere".into();
    for goal in [up("db"), Goal::Down { services: None, volumes: true, orphans: true }] {
        let plan = plan(&project, &world, &goal);
        assert!(plan.steps.is_empty(), "{plan}");
        let folder = "/elsewhere".to_owned();
        assert_eq!(plan.refusals, [Refusal::ForeignProject { name: "p".into(), folder }]);
    }
}

#[test]
fn a_foreign_container_keeps_its_name() {
    let project = project(CHAIN);
    let mut world = observed(&project, "net vol");
    world.foreign_names.insert("p-other-1".into());
    let refusals = plan(&project, &world, &up("other")).refusals;
    assert_eq!(refusals, [Refusal::NameTaken { name: "p-other-1".into(), service: "other".into() }]);
}

#[test]
fn a_container_of_another_service_of_ours_keeps_its_name_unless_it_goes() {
    let renamed = CHAIN.replace("image: other:1", "image: other:1\n    container_name: p-gone-1");
    check(
        &renamed,
        "net vol gone:up",
        &up("other"),
        &expect![[r#"
            refused: NameTaken { name: "p-gone-1", service: "other" }
            warning: Orphan { container: "p-gone-1", service: "gone" }
        "#]],
    );
}

#[test]
fn external_things_must_be_there() {
    let yaml = "
name: p
services:
  a: { image: a:1, networks: [n], volumes: ['v:/v'] }
networks: { n: { external: true, name: outside } }
volumes: { v: { external: true, name: kept } }
";
    check(
        yaml,
        "",
        &up("a"),
        &expect![[r#"
        refused: ExternalNetworkMissing { name: "outside" }
    "#]],
    );
}

#[test]
fn an_image_that_may_not_be_pulled_must_be_there() {
    let yaml = "
name: p
services:
  a: { image: a:1, pull_policy: never }
";
    check(
        yaml,
        "net -a:1",
        &up("a"),
        &expect![[r#"
        refused: ImageMissing { service: "a", image: "a:1" }
    "#]],
    );
}

#[test]
fn the_health_of_a_service_that_refuses_checks_is_not_waited_for() {
    let yaml = "
name: p
services:
  a: { image: a:1, healthcheck: { disable: true } }
  b: { image: b:1, depends_on: { a: { condition: service_healthy } } }
";
    check(
        yaml,
        "net",
        &up("b"),
        &expect![[r#"
        refused: NoHealthcheck { service: "b", dependency: "a" }
    "#]],
    );
}

#[test]
fn components_that_exclude_each_other_are_not_started_together() {
    let yaml = "
name: p
services:
  a: { image: a:1, x-switchyard: { title: A, group: g, excludes: [b] } }
  b: { image: b:1, x-switchyard: { title: B, group: g, excludes: [a] } }
x-switchyard: { groups: [{ id: g, title: G }] }
";
    let goal = Goal::Up { services: set("a b"), recreate: false, wait: false };
    check(
        yaml,
        "net",
        &goal,
        &expect![[r#"
        refused: Excluded { component: "a", other: "b" }
    "#]],
    );
}

fn fault(fatal: bool) -> ConfigFault {
    ConfigFault {
        file: "web/web.yml".into(),
        line: 3,
        column: 1,
        message: "field nonsense not found".into(),
        hint: None,
        fatal,
    }
}

#[test]
fn what_could_not_read_its_configuration_is_neither_started_nor_restarted() {
    let project = project(CHAIN);
    let broken = BTreeMap::from([("web".to_owned(), vec![fault(true), fault(true), fault(false)])]);
    for (there, goal) in [
        ("net vol", up("web")),
        ("net vol db:healthy api:up web:up!old", up("web")),
        ("net vol db:healthy api:up web:up", Goal::Restart { services: set("web"), wait: false }),
    ] {
        let mut world = observed(&project, there);
        world.faults.clone_from(&broken);
        let plan = plan(&project, &world, &goal);
        assert!(plan.steps.is_empty(), "{there}: {plan}");
        assert_eq!(
            plan.refusals,
            [Refusal::ConfigInvalid { service: "web".into(), fault: fault(true), more: 1 }],
            "{there}"
        );
    }
}

#[test]
fn what_runs_is_left_alone_whatever_its_files_say_meanwhile() {
    let project = project(CHAIN);
    let mut world = observed(&project, "net vol db:healthy api:up web:up");
    world.faults = BTreeMap::from([("web".to_owned(), vec![fault(true)])]);
    assert_eq!(plan(&project, &world, &up("web")), stack::plan::Plan::default());
}

#[test]
fn a_configuration_that_means_something_else_is_a_warning_with_its_place() {
    let project = project(CHAIN);
    let mut world = observed(&project, "net vol");
    world.faults = BTreeMap::from([("web".to_owned(), vec![fault(false)])]);
    let plan = plan(&project, &world, &up("web"));
    assert!(plan.refusals.is_empty() && plan.starts().contains("web"), "{plan}");
    assert_eq!(plan.warnings, [Warning::ConfigSuspect { service: "web".into(), fault: fault(false) }]);
    assert_eq!(fault(false).to_string(), "web/web.yml:3:1: field nonsense not found");
}
