//! Restarting.

use expect_test::expect;
use stack::plan::Goal;

use crate::world::{CHAIN, check, set};

fn restart(names: &str) -> Goal {
    Goal::Restart { services: set(names), wait: true }
}

#[test]
fn dependents_stop_first_and_start_last() {
    check(
        CHAIN,
        "net vol db:healthy api:up",
        &restart("db api"),
        &expect![[r#"
        0 stop p-api-1: requested
        1 stop p-db-1: requested (after 0)
        2 start p-db-1: follows (after 1)
        3 wait-healthy db: follows (after 2)
        4 start p-api-1: follows (after 0 3)
        5 wait-started api: follows (after 4)
    "#]],
    );
}

#[test]
fn a_restart_says_that_it_keeps_an_old_configuration() {
    check(
        CHAIN,
        "net vol other:up!old",
        &restart("other"),
        &expect![[r#"
        warning: RestartKeepsConfig { service: "other" }
        0 stop p-other-1: requested
        1 start p-other-1: follows (after 0)
        2 wait-started other: follows (after 1)
    "#]],
    );
}

#[test]
fn what_is_not_there_cannot_be_restarted() {
    check(
        CHAIN,
        "net vol",
        &restart("other"),
        &expect![[r#"
        warning: NothingToRestart { service: "other" }
    "#]],
    );
}
