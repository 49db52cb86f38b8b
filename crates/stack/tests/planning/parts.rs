//! Components of several services.

use expect_test::expect;
use stack::plan::Goal;

use crate::world::{check, project, set, up};

/// A shop that is named after none of its services, a till that is named after its own, what both share, a supporting
/// service, and what only a profile brings.
const SHOP: &str = "
name: p
x-switchyard:
  components:
    - { id: shop, title: Shop, default: true, excludes: [market] }
    - { id: market, title: Market }
services:
  db: { image: 'db:1', x-switchyard: { part_of: [shop] } }
  web: { image: 'web:1', depends_on: [db, dns], x-switchyard: { part_of: [shop] } }
  mail: { image: 'mail:1', x-switchyard: { part_of: [shop] } }
  video: { image: 'video:1', profiles: [video], x-switchyard: { part_of: [shop] } }
  printer: { image: 'printer:1', x-switchyard: { part_of: [shop, till] } }
  till: { image: 'till:1', profiles: [till], x-switchyard: { title: Till } }
  drawer: { image: 'drawer:1', profiles: [till], x-switchyard: { part_of: [till] } }
  stall: { image: 'stall:1', x-switchyard: { part_of: [market] } }
  report: { image: 'report:1', depends_on: [till], x-switchyard: { title: Report } }
  dns: { image: 'dns:1' }
";

fn down(names: &str) -> Goal {
    Goal::Down { services: Some(set(names)), volumes: false, orphans: false }
}

fn restart(names: &str) -> Goal {
    Goal::Restart { services: set(names), wait: false }
}

#[test]
fn a_component_comes_up_with_all_parts_but_those_that_a_profile_holds_back() {
    check(
        SHOP,
        "net",
        &up("shop"),
        &expect![[r#"
            0 create p-db-1: missing
            1 start p-db-1: follows (after 0)
            2 create p-dns-1: needed-by web
            3 start p-dns-1: follows (after 2)
            4 create p-mail-1: missing
            5 start p-mail-1: follows (after 4)
            6 create p-printer-1: missing
            7 start p-printer-1: follows (after 6)
            8 create p-web-1: missing
            9 start p-web-1: follows (after 1 3 8)
        "#]],
    );
}

#[test]
fn an_active_profile_brings_its_parts() {
    let mut project = project(SHOP);
    assert_eq!(project.active_services_of(&set("shop")), set("db web mail printer"));
    project.profiles = vec!["video".to_owned()];
    assert_eq!(project.active_services_of(&set("shop")), set("db web mail printer video"));
    assert_eq!(project.services_of(&set("shop till")).len(), 7, "all parts are meant, whatever is active");
    assert_eq!(project.default_components(), set("shop"));
}

#[test]
fn who_is_switched_on_activates_the_profiles_of_its_own_service() {
    check(
        SHOP,
        "net",
        &up("till"),
        &expect![[r#"
        0 create p-drawer-1: missing
        1 start p-drawer-1: follows (after 0)
        2 create p-printer-1: missing
        3 start p-printer-1: follows (after 2)
        4 create p-till-1: missing
        5 start p-till-1: follows (after 4)
    "#]],
    );
}

#[test]
fn a_part_alone_comes_with_what_it_needs_and_nothing_else() {
    check(
        SHOP,
        "net",
        &up("web"),
        &expect![[r#"
        0 create p-db-1: needed-by web
        1 start p-db-1: follows (after 0)
        2 create p-dns-1: needed-by web
        3 start p-dns-1: follows (after 2)
        4 create p-web-1: missing
        5 start p-web-1: follows (after 1 3 4)
    "#]],
    );
}

#[test]
fn who_needs_a_component_needs_its_parts() {
    check(
        SHOP,
        "net",
        &up("report"),
        &expect![[r#"
            0 create p-drawer-1: needed-by till
            1 start p-drawer-1: follows (after 0)
            2 create p-printer-1: needed-by till
            3 start p-printer-1: follows (after 2)
            4 create p-till-1: needed-by report
            5 start p-till-1: follows (after 4)
            6 create p-report-1: missing
            7 start p-report-1: follows (after 5 6)
        "#]],
    );
}

#[test]
fn a_component_goes_with_its_parts_and_with_what_nobody_else_needs() {
    check(
        SHOP,
        "net dns:up db:up web:up mail:up printer:up video:exited=0",
        &down("shop"),
        &expect![[r#"
            0 stop p-web-1: switched-off
            1 remove p-web-1: follows (after 0)
            2 remove p-video-1: switched-off
            3 stop p-printer-1: unneeded
            4 remove p-printer-1: follows (after 3)
            5 stop p-mail-1: switched-off
            6 remove p-mail-1: follows (after 5)
            7 stop p-dns-1: unneeded (after 0)
            8 remove p-dns-1: follows (after 7)
            9 stop p-db-1: switched-off (after 0)
            10 remove p-db-1: follows (after 9)
        "#]],
    );
}

#[test]
fn what_is_shared_with_a_component_that_is_on_stays() {
    check(
        SHOP,
        "net db:up printer:up till:up drawer:up",
        &down("shop"),
        &expect![[r#"
        0 stop p-db-1: switched-off
        1 remove p-db-1: follows (after 0)
    "#]],
    );
    check(
        SHOP,
        "net db:up printer:up till:up drawer:up",
        &restart("shop"),
        &expect![[r#"
        0 stop p-db-1: requested
        1 start p-db-1: follows (after 0)
    "#]],
    );
}

#[test]
fn a_component_that_loses_what_it_needs_goes_whole() {
    check(
        SHOP,
        "net till:up drawer:up report:up printer:up",
        &down("till"),
        &expect![[r#"
            consent: StopsDependent { component: "report", needs: "till" }
            0 stop p-report-1: needs till
            1 remove p-report-1: follows (after 0)
            2 stop p-till-1: switched-off (after 0)
            3 remove p-till-1: follows (after 2)
            4 stop p-printer-1: unneeded
            5 remove p-printer-1: follows (after 4)
            6 stop p-drawer-1: switched-off
            7 remove p-drawer-1: follows (after 6)
        "#]],
    );
}

#[test]
fn a_component_that_loses_what_one_of_its_parts_needs_goes_with_all_parts() {
    check(
        SHOP,
        "net dns:up db:up web:up mail:up printer:up",
        &down("dns"),
        &expect![[r#"
            consent: StopsDependent { component: "shop", needs: "dns" }
            0 stop p-web-1: needs dns
            1 remove p-web-1: follows (after 0)
            2 stop p-printer-1: unneeded
            3 remove p-printer-1: follows (after 2)
            4 stop p-mail-1: needs dns
            5 remove p-mail-1: follows (after 4)
            6 stop p-dns-1: switched-off (after 0)
            7 remove p-dns-1: follows (after 6)
            8 stop p-db-1: needs dns (after 0)
            9 remove p-db-1: follows (after 8)
        "#]],
    );
}

#[test]
fn a_part_alone_goes_alone() {
    check(
        SHOP,
        "net db:up web:up mail:up printer:up",
        &down("mail"),
        &expect![[r#"
        0 stop p-mail-1: switched-off
        1 remove p-mail-1: follows (after 0)
    "#]],
    );
    check(
        SHOP,
        "net db:up web:up mail:up printer:up",
        &down("db"),
        &expect![[r#"
            consent: StopsDependent { component: "web", needs: "db" }
            0 stop p-web-1: needs db
            1 remove p-web-1: follows (after 0)
            2 stop p-db-1: switched-off (after 0)
            3 remove p-db-1: follows (after 2)
        "#]],
    );
}

#[test]
fn components_exclude_each_other_with_all_parts() {
    check(
        SHOP,
        "net dns:up db:up web:up mail:up printer:up stall:up",
        &up("shop"),
        &expect![[r#"
        consent: StopsExcluded { component: "market", by: "shop" }
        0 stop p-stall-1: excluded-by shop
        1 remove p-stall-1: follows (after 0)
    "#]],
    );
    check(
        SHOP,
        "net",
        &up("shop market"),
        &expect![[r#"
            refused: Excluded { component: "market", other: "shop" }
        "#]],
    );
}

#[test]
fn a_restart_is_one_of_every_part_that_is_there() {
    check(
        SHOP,
        "net db:up web:up printer:up",
        &restart("shop"),
        &expect![[r#"
        0 stop p-web-1: requested
        1 stop p-printer-1: requested
        2 stop p-db-1: requested (after 0)
        3 start p-db-1: follows (after 2)
        4 start p-printer-1: follows (after 1)
        5 start p-web-1: follows (after 0 3)
    "#]],
    );
    check(
        SHOP,
        "net",
        &restart("shop"),
        &expect![[r#"
        warning: NothingToRestart { service: "shop" }
    "#]],
    );
}
