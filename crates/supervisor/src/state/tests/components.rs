//! Components of several services: one phase, and the part that makes it what it is.

use super::*;
use crate::api::snapshot::{Component, Overall, OverallState, Part};

const SHOP: &str = "
name: p
x-switchyard:
  components: [{ id: shop, title: { en: Shop, zh: 商店 }, icon: bag }]
services:
  db:
    image: db:1
    restart: unless-stopped
    healthcheck: { test: [CMD, ok] }
    mem_limit: 64m
    x-switchyard: { title: Database, part_of: [shop] }
  web:
    image: web:1
    restart: unless-stopped
    ports: ['127.0.0.1:8080:80']
    depends_on: { db: { condition: service_healthy } }
    mem_limit: 32m
    x-switchyard: { part_of: [shop], links: [{ id: ui, port: 80 }] }
  mail: { image: mail:1, restart: unless-stopped, mem_limit: 16m, x-switchyard: { part_of: [shop] } }
  video: { image: video:1, profiles: [video], x-switchyard: { part_of: [shop] } }
  printer: { image: printer:1, restart: unless-stopped, x-switchyard: { part_of: [shop, till] } }
  till: { image: till:1, restart: unless-stopped, x-switchyard: { title: Till } }
";

use ContainerState::{Exited, Paused, Running};

fn world(on: &[&str]) -> World {
    let mut world = World::of(SHOP);
    world.state.switches = Some(on.iter().map(|&name| name.to_owned()).collect());
    world.connect();
    world
}

fn shop(world: &World) -> Component {
    world.state.snapshot().components.into_iter().find(|it| it.id == "shop").expect("it is there")
}

fn part(component: &Component, service: &str) -> Part {
    component.parts.iter().find(|part| part.service == service).expect("it is there").clone()
}

/// Looks at these parts; all others of the shop run.
fn look(world: &mut World, but: &[(&str, Option<ContainerState>)]) -> (Component, Option<String>) {
    let mut there = Vec::new();
    for service in ["db", "web", "mail", "printer"] {
        let state = but.iter().find(|(name, _)| *name == service).map_or(Some(Running), |(_, state)| *state);
        let health = (service == "db" && state == Some(Running)).then_some(Health::Healthy);
        there.extend(state.map(|state| {
            let exit_code = (state == Exited).then_some(137);
            Container { exit_code, ..world.container(service, state, health) }
        }));
    }
    world.observe(&there);
    let shop = shop(world);
    let worst = shop.worst.clone();
    (shop, worst)
}

#[test]
fn a_component_that_is_named_after_no_service_has_the_parts_that_name_it() {
    let mut world = world(&["shop"]);
    let (shop, worst) = look(&mut world, &[]);
    assert_eq!((shop.phase.clone(), worst), (Phase::Healthy, None));
    assert_eq!(
        (shop.title.zh.as_str(), shop.icon.as_str(), shop.enabled, shop.runs),
        ("商店", "bag", true, true)
    );
    let services: Vec<&str> = shop.parts.iter().map(|part| part.service.as_str()).collect();
    assert_eq!(services, ["db", "web", "mail", "video", "printer"]);
    assert_eq!((shop.container.clone(), shop.image.as_str()), (None, ""));
    assert_eq!(shop.ports.iter().map(|port| port.public).collect::<Vec<_>>(), [8080]);
    assert_eq!(shop.limits.memory, None, "the printer has none");
    let (db, video) = (part(&shop, "db"), part(&shop, "video"));
    assert_eq!(db.title.map(|title| title.en).as_deref(), Some("Database"));
    assert_eq!(db.limits.memory, Some(64.0 * 1024.0 * 1024.0));
    assert_eq!((video.active, video.phase, video.runs), (false, Phase::Off, false));
    assert_eq!(part(&shop, "printer").shared_with, ["till"]);
    let links: Vec<_> =
        shop.links.iter().map(|link| (link.url.as_str(), link.component.as_str(), link.live)).collect();
    assert_eq!(links, [("http://127.0.0.1:8080/", "web", true)]);
}

#[test]
fn one_part_that_died_makes_the_component_degraded_and_is_named_with_its_evidence() {
    let mut world = world(&["shop"]);
    look(&mut world, &[]);
    world.event(EventKind::Died, "mail", Some(137));
    let degraded = |shop: &Component| match &shop.phase {
        Phase::Degraded { cause } => (
            cause.error.code,
            cause.error.detail.clone(),
            cause.error.facts.state().map(ToString::to_string).unwrap_or_default(),
        ),
        other => panic!("{other:?}"),
    };
    let dead = shop(&world);
    assert_eq!(degraded(&dead), (ErrorCode::PartUnwell, "mail".into(), "restarting".into()));
    assert_eq!(dead.worst.as_deref(), Some("mail"));
    let Phase::Degraded { cause } = &dead.phase else { unreachable!() };
    assert_eq!(
        (cause.evidence.exit_code, cause.error.facts.exit_code().map(ToString::to_string).as_deref()),
        (Some(137.0), Some("137"))
    );

    for (state, word) in [(Some(Exited), "stopped"), (Some(Paused), "paused"), (None, "gone")] {
        let (shop, worst) = look(&mut world, &[("mail", state)]);
        assert_eq!(degraded(&shop), (ErrorCode::PartUnwell, "mail".into(), word.into()));
        assert_eq!((worst.as_deref(), shop.runs), (Some("mail"), true));
    }
    let none = [("db", None), ("web", None), ("mail", None), ("printer", None)];
    let (shop, worst) = look(&mut world, &none);
    assert_eq!((shop.phase, worst, shop.runs), (Phase::Drifted { drift: Drift::Gone }, None, false));
}

#[test]
fn the_part_that_others_may_need_is_the_reason() {
    let mut world = world(&["shop"]);
    let (_, worst) = look(&mut world, &[("web", Some(Exited)), ("db", Some(Exited)), ("mail", Some(Exited))]);
    assert_eq!(worst.as_deref(), Some("db"));
}

#[test]
fn what_it_waits_for_and_what_drifted_is_told_with_the_part() {
    let mut world = world(&["shop"]);
    let mut there: Vec<Container> =
        ["web", "mail", "printer"].map(|service| world.container(service, Running, None)).into();
    there.push(world.container("db", Running, Some(Health::Starting)));
    world.observe(&there);
    let waiting = shop(&world);
    assert!(
        matches!(waiting.phase, Phase::Waiting { reason: WaitReason::HealthCheck, .. }),
        "{:?}",
        waiting.phase
    );
    assert_eq!(waiting.worst.as_deref(), Some("db"));

    there[3].health = Some(Health::Healthy);
    there[1].config_hash = "another".into();
    world.observe(&there);
    let outdated = shop(&world);
    assert_eq!(outdated.phase, Phase::Drifted { drift: Drift::Outdated });
    assert_eq!(outdated.worst.as_deref(), Some("mail"));
    assert_eq!(part(&outdated, "web").phase, Phase::Healthy);
}

#[test]
fn what_a_part_does_for_another_component_says_nothing_of_one_that_is_off() {
    let mut world = world(&["till"]);
    let there = ["till", "printer"].map(|service| world.container(service, Running, None));
    world.observe(&there);
    let snapshot = world.state.snapshot();
    let phases: Vec<_> =
        snapshot.components.iter().map(|it| (it.id.as_str(), it.phase.clone(), it.runs)).collect();
    assert_eq!(phases, [("shop", Phase::Off, false), ("till", Phase::Healthy, true)]);
    // A part of its own that runs is another matter.
    world.observe(&[there.to_vec(), vec![world.container("mail", Running, None)]].concat());
    let shop = shop(&world);
    assert_eq!((shop.phase, shop.worst.as_deref()), (Phase::Drifted { drift: Drift::Running }, Some("mail")));
}

#[test]
fn a_part_that_a_profile_holds_back_counts_only_while_it_is_there() {
    let mut world = world(&["shop"]);
    look(&mut world, &[]);
    let mut there: Vec<Container> =
        ["web", "mail", "printer", "video"].map(|service| world.container(service, Running, None)).into();
    there.push(world.container("db", Running, Some(Health::Healthy)));
    world.observe(&there);
    let left_over = shop(&world);
    assert_eq!(left_over.phase, Phase::Drifted { drift: Drift::Running });
    assert_eq!(left_over.worst.as_deref(), Some("video"));
}

#[test]
fn a_component_comes_up_by_its_name() {
    let mut world = world(&[]);
    world.observe(&[]);
    world.begin(&["shop"], &[]);
    let on = |world: &World| {
        world
            .state
            .snapshot()
            .components
            .into_iter()
            .filter(|it| it.enabled)
            .map(|it| it.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(on(&world), ["shop"]);
    let coming = shop(&world);
    assert!(matches!(coming.phase, Phase::Creating | Phase::Waiting { .. }), "{:?}", coming.phase);
    assert_eq!(world.state.snapshot().overall.state, OverallState::Working);
}

#[test]
fn what_an_event_tells_is_what_is_shown() {
    let mut world = world(&["shop"]);
    look(&mut world, &[]);
    let status = |world: &World| part(&shop(world), "mail").container.map(|it| it.status);
    world.event(EventKind::Died, "mail", Some(3));
    assert_eq!(status(&world).as_deref(), Some("Restarting (3) Less than a second ago"));
    assert!(!part(&shop(&world), "mail").runs);
    world.event(EventKind::Started, "mail", None);
    assert_eq!(status(&world).as_deref(), Some("Up Less than a second"));
    world.event(EventKind::Health(Health::Healthy), "mail", None);
    assert_eq!(status(&world).as_deref(), Some("Up Less than a second (healthy)"));
    assert!(part(&shop(&world), "mail").runs);
}

#[test]
fn all_is_well_by_one_rule() {
    let mut world = world(&["shop"]);
    let overall = |world: &World| world.state.snapshot().overall;
    assert_eq!(overall(&world).state, OverallState::Connecting, "nobody has looked yet");
    look(&mut world, &[]);
    assert_eq!(overall(&world), Overall { state: OverallState::Well, well: 1, off: 1, ..Overall::default() });
    assert!(overall(&world).is_well());
    look(&mut world, &[("mail", None)]);
    assert_eq!(overall(&world).state, OverallState::Attention);
    assert_eq!((overall(&world).attention, overall(&world).is_well()), (1, false));
    // Of what is looked at only: the till alone is off, and that is well.
    let snapshot = world.state.snapshot();
    let till = snapshot.components.iter().filter(|it| it.id == "till");
    assert_eq!(Overall::of(&snapshot, till).state, OverallState::Off);
    world.lose();
    assert_eq!(overall(&world).state, OverallState::Lost);
}
