//! A component with parts, and one that passes something on.

use super::*;
use crate::state::Reading;

const COLLECTOR: &str = "
name: p
services:
  collector:
    image: collector:1
    ports: ['127.0.0.1:9080:9080']
    depends_on: [proxy]
    x-switchyard: { title: Collector, flow: { port: 9080, sent: sent_total } }
  proxy:
    image: proxy:1
    restart: unless-stopped
    x-switchyard: { part_of: [collector] }
";

fn world() -> World {
    let mut world = World::of(COLLECTOR);
    world.state.probing = Probing::Watch;
    world.connect();
    world
}

fn state_of(world: &mut World, proxy: Option<(ContainerState, Option<Health>)>) -> Option<String> {
    let mut there = vec![world.container("collector", ContainerState::Running, None)];
    there.extend(proxy.map(|(state, health)| world.container("proxy", state, health)));
    world.observe(&there);
    match world.phase("collector") {
        Phase::Healthy => None,
        Phase::Degraded { cause } => {
            assert_eq!((cause.error.code, cause.error.detail.as_str()), (ErrorCode::PartUnwell, "proxy"));
            Some(cause.error.facts.state()?.to_string())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_part_is_no_component_and_shows_in_the_one_it_belongs_to() {
    let mut world = world();
    let running = Some((ContainerState::Running, Some(Health::Healthy)));
    assert_eq!(state_of(&mut world, running), None);
    let components: Vec<String> = world.state.snapshot().components.into_iter().map(|it| it.id).collect();
    assert_eq!(components, ["collector"]);
    for (proxy, word) in [
        (Some((ContainerState::Exited, None)), "stopped"),
        (Some((ContainerState::Running, Some(Health::Unhealthy))), "unhealthy"),
        (Some((ContainerState::Paused, None)), "paused"),
        (Some((ContainerState::Restarting, None)), "restarting"),
        (None, "gone"),
    ] {
        assert_eq!(state_of(&mut world, proxy).as_deref(), Some(word));
    }
    assert_eq!(state_of(&mut world, running), None, "it is well again");
}

#[test]
fn a_collector_that_sends_nothing_while_containers_write_is_at_fault() {
    let mut world = world();
    let proxy = Some((ContainerState::Running, None));
    assert_eq!(state_of(&mut world, proxy), None);
    let url = world.effects.iter().find_map(|effect| match effect {
        Effect::Flow { url, before: None, after, .. } if after.is_zero() => Some(url.clone()),
        _ => None,
    });
    assert_eq!(url.as_deref(), Some("http://127.0.0.1:9080/metrics"));
    let mut read = |sent: f64, written: Option<&str>| {
        let at = world.now;
        world.effects.clear();
        let reading = Some(Reading { sent, at, written: written.map(str::to_owned) });
        world.feed(Input::Flowed { component: "collector".into(), reading });
        assert!(
            world.effects.iter().any(|it| matches!(it, Effect::Flow { before: Some(_), .. })),
            "it goes on"
        );
        match world.phase("collector") {
            Phase::Healthy => None,
            Phase::Degraded { cause } => Some((cause.error.code, cause.error.detail)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(read(5.0, None), None);
    assert_eq!(read(5.0, None), None, "nobody wrote");
    assert_eq!(read(5.0, Some("rwa-wallet-1")), None, "once may be a matter of moments");
    assert_eq!(read(5.0, Some("rwa-wallet-1")), Some((ErrorCode::NothingSent, "rwa-wallet-1".into())));
    assert_eq!(read(6.0, None), None, "it sends again");
}
