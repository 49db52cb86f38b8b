//! Putting another container in the place of one that is not as it should be.

use expect_test::expect;
use stack::plan::{Goal, plan};

use crate::world::{CHAIN, check, observed, project, set, up};

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
