//! Dependencies that a service can do without: `required: false`.

use expect_test::expect;
use stack::plan::Goal;

use crate::world::{check, set, up};

const OPTIONAL: &str = "
name: p
services:
  cache: { image: c:1, healthcheck: { test: [CMD, ok] } }
  init: { image: i:1 }
  db: { image: db:1 }
  web:
    image: web:1
    depends_on:
      cache: { condition: service_healthy, required: false }
      init: { condition: service_completed_successfully, required: false }
      db: { condition: service_started }
";

#[test]
fn what_a_service_can_do_without_is_waited_for_and_its_failure_holds_nothing_up() {
    check(
        OPTIONAL,
        "net",
        &up("web"),
        &expect![[r#"
        0 create p-cache-1: needed-by web, optional
        1 start p-cache-1: follows, optional (after 0)
        2 create p-db-1: needed-by web
        3 start p-db-1: follows (after 2)
        4 create p-init-1: needed-by web, optional
        5 start p-init-1: follows, optional (after 4)
        6 wait-healthy cache: follows, optional (after 1)
        7 wait-completed init: follows, optional (after 5)
        8 create p-web-1: missing
        9 start p-web-1: follows (after 3 8, despite 6 7)
    "#]],
    );
    check(
        OPTIONAL,
        "net cache:starting init:exited=1 db:up web:up!old",
        &up("web"),
        &expect![[r#"
        0 start p-init-1: not-running, optional
        1 wait-healthy cache: follows, optional
        2 wait-completed init: follows, optional (after 0)
        3 create web400000000_p-web-1: config-changed
        4 stop p-web-1: follows (after 3, despite 1 2)
        5 rename p-web-1 to web400000000_p-web-1_old: follows (after 4)
        6 rename web400000000_p-web-1 to p-web-1: follows (after 5)
        7 start web400000000_p-web-1: follows (after 6)
        8 remove p-web-1: follows (after 5)
    "#]],
    );
}

#[test]
fn what_was_asked_for_must_succeed_whoever_can_do_without_it() {
    let goal = Goal::Up { services: set("web cache"), recreate: false, wait: true };
    check(
        OPTIONAL,
        "net init:exited=0 db:up -c:1",
        &goal,
        &expect![[r#"
        0 pull c:1: missing
        1 create p-cache-1: missing (after 0)
        2 start p-cache-1: follows (after 1)
        3 start p-init-1: not-running, optional
        4 wait-healthy cache: follows (after 2)
        5 wait-completed init: follows, optional (after 3)
        6 create p-web-1: missing
        7 start p-web-1: follows (after 6, despite 4 5)
        8 wait-started web: follows (after 7)
    "#]],
    );
    // Without a wait only the start of it was asked for.
    let goal = Goal::Up { services: set("web cache"), recreate: false, wait: false };
    check(
        OPTIONAL,
        "net init:exited=0 db:up",
        &goal,
        &expect![[r#"
        0 create p-cache-1: missing
        1 start p-cache-1: follows (after 0)
        2 start p-init-1: not-running, optional
        3 wait-healthy cache: follows, optional (after 1)
        4 wait-completed init: follows, optional (after 2)
        5 create p-web-1: missing
        6 start p-web-1: follows (after 5, despite 3 4)
    "#]],
    );
}

#[test]
fn what_one_can_do_without_and_another_cannot_must_succeed() {
    let other = "  other: { image: o:1, depends_on: { cache: { condition: service_healthy } } }\n";
    check(
        &format!("{OPTIONAL}{other}"),
        "net init:exited=0 db:up",
        &up("web other"),
        &expect![[r#"
        0 create p-cache-1: needed-by web
        1 start p-cache-1: follows (after 0)
        2 start p-init-1: not-running, optional
        3 wait-healthy cache: follows (after 1)
        4 create p-other-1: missing
        5 start p-other-1: follows (after 3 4)
        6 wait-completed init: follows, optional (after 2)
        7 create p-web-1: missing
        8 start p-web-1: follows (after 7, despite 3 6)
    "#]],
    );
}

#[test]
fn what_is_switched_off_and_can_be_done_without_is_not_waited_for() {
    let off = OPTIONAL.replace("image: c:1,", "image: c:1, profiles: [more],");
    check(
        &off,
        "net cache:exited=1 init:exited=0 db:up",
        &up("web"),
        &expect![[r#"
        warning: OptionalDependencyOff { service: "web", dependency: "cache" }
        0 start p-init-1: not-running, optional
        1 wait-completed init: follows, optional (after 0)
        2 create p-web-1: missing
        3 start p-web-1: follows (after 2, despite 1)
    "#]],
    );
    check(
        &off,
        "net cache:exited=1 init:exited=0 db:up",
        &up("web cache"),
        &expect![[r#"
            0 start p-cache-1: not-running
            1 start p-init-1: not-running, optional
            2 wait-healthy cache: follows, optional (after 0)
            3 wait-completed init: follows, optional (after 1)
            4 create p-web-1: missing
            5 start p-web-1: follows (after 4, despite 2 3)
        "#]],
    );
}

#[test]
fn a_restart_waits_for_what_is_restarted_or_runs() {
    let goal = Goal::Restart { services: set("web"), wait: false };
    check(
        OPTIONAL,
        "net cache:exited=1 init:exited=1 db:up web:up",
        &goal,
        &expect![[r#"
        0 stop p-web-1: requested
        1 start p-web-1: follows (after 0)
    "#]],
    );
    let goal = Goal::Restart { services: set("web cache"), wait: false };
    check(
        OPTIONAL,
        "net cache:healthy init:exited=1 db:up web:up",
        &goal,
        &expect![[r#"
        0 stop p-web-1: requested
        1 stop p-cache-1: requested (after 0)
        2 start p-cache-1: follows (after 1)
        3 wait-healthy cache: follows, optional (after 2)
        4 start p-web-1: follows (after 0, despite 3)
    "#]],
    );
}
