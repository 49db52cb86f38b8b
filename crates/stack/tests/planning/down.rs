//! Going down.

use expect_test::expect;
use stack::{
    observed::ContainerMount,
    plan::{Consent, Goal, Op, plan},
};

use crate::world::{CHAIN, check, observed, project, set};

fn down(names: &str) -> Goal {
    Goal::Down { services: Some(set(names)), volumes: false, orphans: false }
}

const ALL: Goal = Goal::Down { services: None, volumes: false, orphans: false };

#[test]
fn dependents_go_first_and_networks_last() {
    check(
        CHAIN,
        "net vol db:healthy api:up web:up other:exited=0",
        &ALL,
        &expect![[r#"
            0 stop p-web-1: switched-off
            1 remove p-web-1: follows (after 0)
            2 remove p-other-1: switched-off
            3 stop p-api-1: switched-off (after 0)
            4 remove p-api-1: follows (after 3)
            5 stop p-db-1: switched-off (after 3)
            6 remove p-db-1: follows (after 5)
            7 remove-network p_default: switched-off (after 1 2 4 6)
        "#]],
    );
}

#[test]
fn volumes_go_only_when_asked_and_need_consent() {
    let goal = Goal::Down { services: None, volumes: true, orphans: false };
    check(
        CHAIN,
        "net vol db:healthy",
        &goal,
        &expect![[r#"
        consent: RemovesVolume { name: "p_data" }
        0 stop p-db-1: switched-off
        1 remove p-db-1: follows (after 0)
        2 remove-network p_default: switched-off (after 1)
        3 remove-volume p_data: requested (after 1)
    "#]],
    );
}

#[test]
fn volumes_without_a_name_go_with_the_named_ones() {
    let project = project(CHAIN);
    let mut there = observed(&project, "net vol other:up");
    let volume = "ab".repeat(32);
    let mount = ContainerMount { volume: volume.clone(), source: String::new(), target: "/scratch".into() };
    there.containers[0].mounts.push(mount);
    let removes = |volumes| {
        let plan = plan(&project, &there, &Goal::Down { services: None, volumes, orphans: false });
        let consents = plan.consents.contains(&Consent::RemovesVolume { name: volume.clone() });
        (consents, plan.steps.iter().any(|step| step.op == Op::RemoveVolume { name: volume.clone() }))
    };
    assert_eq!(removes(true), (true, true));
    assert_eq!(removes(false), (false, false));
}

#[test]
fn a_service_takes_along_what_cannot_do_without_it() {
    check(
        CHAIN,
        "net vol db:healthy api:up web:up other:up",
        &down("api"),
        &expect![[r#"
            consent: StopsDependent { component: "web", needs: "api" }
            0 stop p-web-1: needs api
            1 remove p-web-1: follows (after 0)
            2 stop p-api-1: switched-off (after 0)
            3 remove p-api-1: follows (after 2)
        "#]],
    );
}

#[test]
fn what_is_not_there_needs_no_step_and_no_consent() {
    check(CHAIN, "net vol db:healthy", &down("api"), &expect![[""]]);
}

const LOGS: &str = "
name: p
services:
  loki: { image: l:1, x-switchyard: { title: L, group: g } }
  proxy: { image: x:1 }
  promtail:
    image: o:1
    depends_on: [loki, proxy]
    x-switchyard: { title: O, group: g }
  alloy:
    image: n:1
    depends_on: [loki, proxy]
    x-switchyard: { title: N, group: g }
x-switchyard:
  groups: [{ id: g, title: G }]
";

#[test]
fn a_supporting_service_goes_with_the_last_one_that_needs_it() {
    check(
        LOGS,
        "net loki:up proxy:up promtail:up",
        &down("promtail"),
        &expect![[r#"
            0 stop p-promtail-1: switched-off
            1 remove p-promtail-1: follows (after 0)
            2 stop p-proxy-1: unneeded (after 0)
            3 remove p-proxy-1: follows (after 2)
        "#]],
    );
    check(
        LOGS,
        "net loki:up proxy:up promtail:up alloy:up",
        &down("promtail"),
        &expect![[r#"
        0 stop p-promtail-1: switched-off
        1 remove p-promtail-1: follows (after 0)
    "#]],
    );
}

#[test]
fn switching_off_names_what_depends_on_it() {
    check(
        LOGS,
        "net loki:up proxy:up promtail:up",
        &down("loki"),
        &expect![[r#"
            consent: StopsDependent { component: "promtail", needs: "loki" }
            0 stop p-promtail-1: needs loki
            1 remove p-promtail-1: follows (after 0)
            2 stop p-proxy-1: unneeded (after 0)
            3 remove p-proxy-1: follows (after 2)
            4 stop p-loki-1: switched-off (after 0)
            5 remove p-loki-1: follows (after 4)
        "#]],
    );
}

#[test]
fn orphans_are_named_and_removed_only_when_asked() {
    check(
        CHAIN,
        "net vol gone:up",
        &ALL,
        &expect![[r#"
            warning: Orphan { container: "p-gone-1", service: "gone" }
        "#]],
    );
    let goal = Goal::Down { services: None, volumes: false, orphans: true };
    check(
        CHAIN,
        "net vol gone:up",
        &goal,
        &expect![[r#"
            0 stop p-gone-1: orphan
            1 remove p-gone-1: follows (after 0)
            2 remove-network p_default: switched-off (after 1)
        "#]],
    );
}
