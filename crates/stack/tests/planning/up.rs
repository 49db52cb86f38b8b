//! Coming up.

use expect_test::expect;
use stack::plan::{Goal, plan};

use crate::world::{CHAIN, check, observed, project, set, up};

#[test]
fn from_nothing_everything_is_made_and_started_in_order() {
    check(
        CHAIN,
        "-db:1",
        &up("web"),
        &expect![[r#"
        0 pull db:1: missing
        1 create-network default: missing
        2 create-volume data: missing
        3 create p-db-1: needed-by api (after 0 1 2)
        4 start p-db-1: follows (after 3)
        5 wait-healthy db: follows (after 4)
        6 create p-api-1: needed-by web (after 1)
        7 start p-api-1: follows (after 5 6)
        8 create p-web-1: missing (after 1)
        9 start p-web-1: follows (after 7 8)
    "#]],
    );
}

#[test]
fn what_stands_is_left_alone() {
    check(CHAIN, "net vol db:healthy api:up web:up", &up("web"), &expect![[""]]);
}

#[test]
fn a_changed_configuration_replaces_only_its_own_container() {
    check(
        CHAIN,
        "net vol db:healthy api:up!old web:up",
        &up("web"),
        &expect![[r#"
            0 create api200000000_p-api-1: config-changed
            1 stop p-api-1: follows (after 0)
            2 rename p-api-1 to api200000000_p-api-1_old: follows (after 1)
            3 rename api200000000_p-api-1 to p-api-1: follows (after 2)
            4 start api200000000_p-api-1: follows (after 3)
            5 remove p-api-1: follows (after 2)
        "#]],
    );
}

#[test]
fn a_changed_image_replaces_too() {
    check(
        CHAIN,
        "net vol db:healthy!image",
        &up("db"),
        &expect![[r#"
            0 create db1000000000_p-db-1: image-changed
            1 stop p-db-1: follows (after 0)
            2 rename p-db-1 to db1000000000_p-db-1_old: follows (after 1)
            3 rename db1000000000_p-db-1 to p-db-1: follows (after 2)
            4 start db1000000000_p-db-1: follows (after 3)
            5 remove p-db-1: follows (after 2)
        "#]],
    );
}

#[test]
fn an_image_that_is_gone_proves_nothing_about_what_runs() {
    check(CHAIN, "net vol db:healthy -db:1", &up("db"), &expect![[""]]);
}

#[test]
fn a_container_off_its_network_or_without_its_volume_is_replaced() {
    check(
        CHAIN,
        "net vol db:healthy!network",
        &up("db"),
        &expect![[r#"
            0 create db1000000000_p-db-1: detached
            1 stop p-db-1: follows (after 0)
            2 rename p-db-1 to db1000000000_p-db-1_old: follows (after 1)
            3 rename db1000000000_p-db-1 to p-db-1: follows (after 2)
            4 start db1000000000_p-db-1: follows (after 3)
            5 remove p-db-1: follows (after 2)
        "#]],
    );
    check(
        CHAIN,
        "net vol db:healthy!volume",
        &up("db"),
        &expect![[r#"
            0 create db1000000000_p-db-1: detached
            1 stop p-db-1: follows (after 0)
            2 rename p-db-1 to db1000000000_p-db-1_old: follows (after 1)
            3 rename db1000000000_p-db-1 to p-db-1: follows (after 2)
            4 start db1000000000_p-db-1: follows (after 3)
            5 remove p-db-1: follows (after 2)
        "#]],
    );
}

#[test]
fn a_creation_that_was_cut_short_before_all_networks_were_joined_is_done_again() {
    check(
        CHAIN,
        "net vol other:created!network",
        &up("other"),
        &expect![[r#"
            0 create other1000000_p-other-1: detached
            1 rename p-other-1 to other1000000_p-other-1_old: follows (after 0)
            2 rename other1000000_p-other-1 to p-other-1: follows (after 1)
            3 start other1000000_p-other-1: follows (after 2)
            4 remove p-other-1: follows (after 1)
        "#]],
    );
}

#[test]
fn what_stopped_is_started_again_after_what_it_needs() {
    check(
        CHAIN,
        "net vol db:exited=0 api:exited=1",
        &up("api"),
        &expect![[r#"
        0 start p-db-1: not-running
        1 wait-healthy db: follows (after 0)
        2 start p-api-1: not-running (after 1)
    "#]],
    );
}

#[test]
fn a_dependency_that_is_not_healthy_yet_is_waited_for() {
    check(
        CHAIN,
        "net vol db:starting",
        &up("api"),
        &expect![[r#"
        0 wait-healthy db: follows
        1 create p-api-1: missing
        2 start p-api-1: follows (after 0 1)
    "#]],
    );
}

#[test]
fn a_frozen_container_is_unfrozen() {
    check(
        CHAIN,
        "net vol other:paused",
        &up("other"),
        &expect![[r#"
        0 unpause p-other-1: paused
    "#]],
    );
}

#[test]
fn a_dead_container_is_replaced_without_a_stop() {
    check(
        CHAIN,
        "net vol other:dead",
        &up("other"),
        &expect![[r#"
            0 create other1000000_p-other-1: not-running
            1 remove p-other-1: follows (after 0)
            2 rename other1000000_p-other-1 to p-other-1: follows (after 0 1)
            3 start other1000000_p-other-1: follows (after 2)
        "#]],
    );
}

#[test]
fn a_replacement_that_was_cut_short_is_carried_to_its_end() {
    // The new container exists under its temporary name, the old one has not gone yet.
    check(
        CHAIN,
        "net vol other:up!old other:created!name",
        &up("other"),
        &expect![[r#"
            0 stop p-other-1: surplus
            1 remove p-other-1: follows (after 0)
            2 rename 0123_p-other-1 to p-other-1: follows (after 1)
            3 start 0123_p-other-1: not-running (after 0 2)
        "#]],
    );
    // The new one had not joined its networks: it goes before another one gets its name.
    check(
        CHAIN,
        "net vol other:up!old other:created!name!network",
        &up("other"),
        &expect![[r#"
            0 remove 0123_p-other-1: surplus
            1 create other1000000_p-other-1: config-changed
            2 stop p-other-1: follows (after 1)
            3 rename p-other-1 to other1000000_p-other-1_old: follows (after 2)
            4 rename other1000000_p-other-1 to p-other-1: follows (after 3)
            5 start other1000000_p-other-1: follows (after 4)
            6 remove p-other-1: follows (after 3)
        "#]],
    );
    // The old one has given its name up; the new one needs not wait for its removal.
    check(
        CHAIN,
        "net vol other:exited=0!old!retired other:created!name",
        &up("other"),
        &expect![[r#"
        0 remove 0123_p-other-1_old: surplus
        1 rename 0123_p-other-1 to p-other-1: follows
        2 start 0123_p-other-1: not-running (after 1)
    "#]],
    );
    // The new one runs, the old one is still to be removed.
    check(
        CHAIN,
        "net vol other:exited=0!old!retired other:up",
        &up("other"),
        &expect![[r#"
        0 remove 0123_p-other-1_old: surplus
    "#]],
    );
    // It was going on when the files changed back: the old one returns under its own name.
    check(
        CHAIN,
        "net vol other:exited=0!retired other:created!name!old",
        &up("other"),
        &expect![[r#"
        0 remove 0123_p-other-1: surplus
        1 rename 0123_p-other-1_old to p-other-1: follows
        2 start 0123_p-other-1_old: not-running (after 1)
    "#]],
    );
    // The old one has gone, the new one was not renamed yet.
    check(
        CHAIN,
        "net vol other:created!name",
        &up("other"),
        &expect![[r#"
        0 rename 0123_p-other-1 to p-other-1: follows
        1 start 0123_p-other-1: not-running (after 0)
    "#]],
    );
}

#[test]
fn a_temporary_name_is_taken_again_only_after_who_had_it_is_removed() {
    let project = project(CHAIN);
    let mut there = observed(&project, "net vol other:up!old other:created!old");
    there.containers[1].name = "other1000000_p-other-1".into();
    expect![[r#"
        0 remove other1000000_p-other-1: surplus
        1 create other1000000_p-other-1: config-changed (after 0)
        2 stop p-other-1: follows (after 1)
        3 rename p-other-1 to other1000000_p-other-1_old: follows (after 2)
        4 rename other1000000_p-other-1 to p-other-1: follows (after 3)
        5 start other1000000_p-other-1: follows (after 4)
        6 remove p-other-1: follows (after 3)
    "#]]
    .assert_eq(&plan(&project, &there, &up("other")).to_string());
}

#[test]
fn waiting_adds_one_wait_for_each_service_that_is_not_there_yet() {
    let goal = Goal::Up { services: set("api other"), recreate: false, wait: true };
    check(
        CHAIN,
        "net vol db:healthy api:up",
        &goal,
        &expect![[r#"
        0 create p-other-1: missing
        1 start p-other-1: follows (after 0)
        2 wait-started other: follows (after 1)
    "#]],
    );
}

#[test]
fn recreate_replaces_what_was_asked_for_and_not_what_it_needs() {
    let goal = Goal::Up { services: set("api"), recreate: true, wait: false };
    check(
        CHAIN,
        "net vol db:healthy api:up",
        &goal,
        &expect![[r#"
            0 create api200000000_p-api-1: requested
            1 stop p-api-1: follows (after 0)
            2 rename p-api-1 to api200000000_p-api-1_old: follows (after 1)
            3 rename api200000000_p-api-1 to p-api-1: follows (after 2)
            4 start api200000000_p-api-1: follows (after 3)
            5 remove p-api-1: follows (after 2)
        "#]],
    );
}

const REPLICAS: &str = "
name: p
services:
  w:
    image: w:1
    deploy: { replicas: 2 }
";

#[test]
fn replicas_are_filled_up_and_the_surplus_goes() {
    check(
        REPLICAS,
        "net w:up",
        &up("w"),
        &expect![[r#"
        0 create p-w-2: missing
        1 start p-w-2: follows (after 0)
    "#]],
    );
    check(
        REPLICAS,
        "net w:up w:up!second w:up!old",
        &up("w"),
        &expect![[r#"
        0 stop p-w-1: surplus
        1 remove p-w-1: follows (after 0)
    "#]],
    );
}

const RESTARTS: &str = "
name: p
services:
  db: { image: db:1 }
  api:
    image: api:1
    depends_on: { db: { condition: service_started, restart: true } }
";

#[test]
fn a_dependent_with_restart_stops_before_and_starts_after() {
    check(
        RESTARTS,
        "net db:up!old api:up",
        &up("api"),
        &expect![[r#"
            0 stop p-api-1: needs db
            1 create db1000000000_p-db-1: config-changed
            2 stop p-db-1: follows (after 0 1)
            3 rename p-db-1 to db1000000000_p-db-1_old: follows (after 2)
            4 rename db1000000000_p-db-1 to p-db-1: follows (after 3)
            5 start db1000000000_p-db-1: follows (after 4)
            6 remove p-db-1: follows (after 3)
            7 start p-api-1: follows (after 0 5)
        "#]],
    );
}

const ONE_SHOT: &str = "
name: p
services:
  init: { image: i:1 }
  app:
    image: a:1
    depends_on: { init: { condition: service_completed_successfully } }
";

#[test]
fn a_one_shot_is_waited_for_until_it_is_done() {
    let goal = Goal::Up { services: set("app"), recreate: false, wait: true };
    check(
        ONE_SHOT,
        "net",
        &goal,
        &expect![[r#"
        0 create p-init-1: needed-by app
        1 start p-init-1: follows (after 0)
        2 wait-completed init: follows (after 1)
        3 create p-app-1: missing
        4 start p-app-1: follows (after 2 3)
        5 wait-started app: follows (after 4)
    "#]],
    );
}

const EXCLUSIVE: &str = "
name: p
services:
  loki: { image: l:1, x-switchyard: { title: L, group: g } }
  proxy: { image: x:1 }
  old:
    image: o:1
    depends_on: [loki, proxy]
    x-switchyard: { title: O, group: g, excludes: [new] }
  new:
    image: n:1
    depends_on: [loki, proxy]
    x-switchyard: { title: N, group: g, excludes: [old] }
x-switchyard:
  groups: [{ id: g, title: G }]
";

#[test]
fn a_component_makes_room_for_the_one_that_excludes_it() {
    check(
        EXCLUSIVE,
        "net loki:up proxy:up old:up",
        &up("new"),
        &expect![[r#"
            consent: StopsExcluded { component: "old", by: "new" }
            0 stop p-old-1: excluded-by new
            1 remove p-old-1: follows (after 0)
            2 create p-new-1: missing
            3 start p-new-1: follows (after 0 2)
        "#]],
    );
}

#[test]
fn nothing_makes_room_before_the_images_of_what_comes_are_here() {
    check(
        EXCLUSIVE,
        "net loki:up proxy:up old:up -n:1",
        &up("new"),
        &expect![[r#"
            consent: StopsExcluded { component: "old", by: "new" }
            0 pull n:1: missing
            1 stop p-old-1: excluded-by new (after 0)
            2 remove p-old-1: follows (after 1)
            3 create p-new-1: missing (after 0)
            4 start p-new-1: follows (after 1 3)
        "#]],
    );
    // What it needs has to arrive as well; what somebody else asked for beside it does not.
    let goal = Goal::Up { services: set("new other"), recreate: false, wait: false };
    check(
        &EXCLUSIVE.replace("proxy: {", "other: { image: other:1 }\n  proxy: {"),
        "net loki:up old:up -n:1 -x:1 -other:1",
        &goal,
        &expect![[r#"
            consent: StopsExcluded { component: "old", by: "new" }
            0 pull x:1: missing
            1 pull n:1: missing
            2 pull other:1: missing
            3 stop p-old-1: excluded-by new (after 0 1)
            4 remove p-old-1: follows (after 3)
            5 create p-proxy-1: needed-by new (after 0)
            6 start p-proxy-1: follows (after 3 5)
            7 create p-new-1: missing (after 1)
            8 start p-new-1: follows (after 3 6 7)
            9 create p-other-1: missing (after 2)
            10 start p-other-1: follows (after 3 9)
        "#]],
    );
}

#[test]
fn a_dependent_with_restart_stops_after_the_image_of_what_it_needs_is_here() {
    check(
        &RESTARTS.replace("image: db:1", "image: db:1, pull_policy: always"),
        "net db:up!old api:up",
        &up("api"),
        &expect![[r#"
            0 pull db:1: requested
            1 stop p-api-1: needs db (after 0)
            2 create db1000000000_p-db-1: config-changed (after 0)
            3 stop p-db-1: follows (after 1 2)
            4 rename p-db-1 to db1000000000_p-db-1_old: follows (after 3)
            5 rename db1000000000_p-db-1 to p-db-1: follows (after 4)
            6 start db1000000000_p-db-1: follows (after 5)
            7 remove p-db-1: follows (after 4)
            8 start p-api-1: follows (after 1 6)
        "#]],
    );
}

const SEEDED: &str = "
name: p
services:
  consul:
    image: c:1
    healthcheck: { test: [CMD, ok] }
    x-switchyard: { title: C, group: g, seed: { kind: consul-kv, file: kv.json } }
x-switchyard:
  groups: [{ id: g, title: G }]
";

#[test]
fn initial_data_are_written_once_the_component_is_healthy() {
    let goal = Goal::Up { services: set("consul"), recreate: false, wait: true };
    check(
        SEEDED,
        "net",
        &goal,
        &expect![[r#"
        0 create p-consul-1: missing
        1 start p-consul-1: follows (after 0)
        2 wait-healthy consul: follows (after 1)
        3 seed consul: missing (after 2)
    "#]],
    );
    check(
        SEEDED,
        "net consul:healthy",
        &goal,
        &expect![[r#"
        0 seed consul: missing
    "#]],
    );
}

#[test]
fn a_pull_asks_for_each_image_once() {
    check(
        CHAIN,
        "net",
        &Goal::Pull { services: set("web") },
        &expect![[r#"
        0 pull api:1: requested
        1 pull db:1: requested
        2 pull web:1: requested
    "#]],
    );
}
