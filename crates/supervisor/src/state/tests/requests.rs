//! From what is asked for to what is carried out: one at a time, and only as it was shown.

use std::collections::BTreeSet;

use super::*;

fn down(components: &[&str]) -> Intent {
    let components = components.iter().map(|it| (*it).to_owned()).collect();
    Intent::Down { components, volumes: false, orphans: false }
}

fn healthy(world: &World, service: &str) -> Container {
    world.container(service, ContainerState::Running, Some(Health::Healthy))
}

/// The steps and the number of consents that came up since a plan was shown.
type Difference = Option<(Vec<String>, usize)>;

/// The plan that has to be seen first, and the token that agrees to it.
fn shown(answer: Option<Result<Reply, AppError>>) -> (u32, Vec<String>, Difference) {
    let Some(Ok(Reply::NeedsConsent { token, plan, added })) = answer else { panic!("{answer:?}") };
    let word = |id: &u32| {
        let step = &plan.steps[usize::try_from(*id).unwrap()];
        format!("{} {}", step.verb, step.subject)
    };
    let added = added.map(|added| (added.steps.iter().map(word).collect(), added.consents.len()));
    let consents = plan.consents.iter().map(|it| format!("{} {}", it.code, it.subject)).collect();
    (token, consents, added)
}

#[test]
fn a_request_takes_the_lock_before_it_looks_and_gives_it_back_when_it_is_refused() {
    let mut world = World::with(&[]);
    let (respond, mut answers) = oneshot::channel();
    world.feed(Input::Intent(up(&["nobody"]), Review::Consents, respond));
    assert_eq!(world.looks(), 0, "what is seen without the lock may be another's work");
    world.grant();
    assert_eq!(world.looks(), 1);
    world.observe(&[]);
    assert_eq!(world.reply(&mut answers).unwrap().unwrap_err().code, ErrorCode::UnknownComponent);
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Unlock)));
    assert!(world.state.snapshot().settled);
}

#[test]
fn a_second_request_waits_for_the_first_and_says_so() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    let mut second = world.ask(up(&["db"]));
    let waiting = world.state.snapshot().waiting;
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].verb.as_str(), &waiting[0].components[..]), ("up", &["db".to_owned()][..]));
    assert_eq!(waiting[0].holder, None, "it waits for this Switchyard");
    assert_eq!(world.reply(&mut second), None);
    world.done("create p-job-1", Ok(Some("job-id-0000000")));
    let job = world.container("job", ContainerState::Running, None);
    world.event(EventKind::Started, "job", None);
    world.done("start p-job-1", Ok(None));
    assert_eq!(world.outcome(), Some(Outcome::Succeeded));
    world.grant();
    world.observe(std::slice::from_ref(&job));
    world.observe(&[job]);
    assert_eq!(world.reply(&mut second), Some(Ok(Reply::Accepted { operation: 2 })));
    assert_eq!(world.running(), ["create p-db-1"]);
    assert!(world.state.snapshot().waiting.is_empty());
}

#[test]
fn who_waits_for_another_switchyard_is_told_for_whom_and_may_stop_waiting() {
    let mut world = World::with(&[]);
    let (respond, mut answers) = oneshot::channel();
    world.feed(Input::Intent(up(&["job"]), Review::Consents, respond));
    world.feed(Input::Held { turn: 1, holder: "switchyard (process 7)".into() });
    assert_eq!(world.state.snapshot().waiting[0].holder.as_deref(), Some("switchyard (process 7)"));
    assert!(!world.state.snapshot().settled);
    let mut stop = world.ask(Intent::StopWaiting);
    assert_eq!(world.reply(&mut stop), Some(Ok(Reply::Done)));
    assert_eq!(answers.try_recv().unwrap().unwrap_err().code, ErrorCode::Cancelled);
    assert!(world.effects.iter().any(|effect| matches!(effect, Effect::Unlock)), "nobody waits for it");
    assert!(world.state.snapshot().waiting.is_empty());
    // The lock comes after all.
    world.feed(Input::Locked { turn: 1, result: Ok(()) });
    assert!(world.state.snapshot().operation.is_none());
}

#[test]
fn a_request_whose_sender_has_gone_is_dropped() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    world.effects.clear();
    drop(world.ask(up(&["db"])));
    world.done("create p-job-1", Err(broken()));
    world.grant();
    assert_eq!(world.looks(), 1, "only the one after the operation");
    assert!(world.state.snapshot().waiting.is_empty());
}

#[test]
fn what_was_shown_is_carried_out_once_and_only_with_its_token() {
    let mut world = World::with(&[]);
    let there = [healthy(&world, "db"), world.container("web", ContainerState::Running, None)];
    let mut answers = world.ask(down(&["db"]));
    world.observe(&there);
    let (token, consents, added) = shown(world.reply(&mut answers));
    assert_eq!((consents, added), (vec!["stops-dependent web".to_owned()], None));
    assert!(world.state.snapshot().operation.is_none());

    let mut other = world.agree(token + 1);
    assert_eq!(world.reply(&mut other).unwrap().unwrap_err().code, ErrorCode::PlanUnknown);

    let mut agreed = world.agree(token);
    world.observe(&there);
    assert_eq!(world.reply(&mut agreed), Some(Ok(Reply::Accepted { operation: 1 })));
    assert_eq!(world.running(), ["stop p-web-1"]);
    let mut again = world.agree(token);
    assert_eq!(world.reply(&mut again).unwrap().unwrap_err().code, ErrorCode::PlanUnknown);
}

#[test]
fn what_came_up_since_a_plan_was_shown_is_shown_before_it_is_done() {
    let mut world = World::with(&[]);
    let (db, web) = (healthy(&world, "db"), world.container("web", ContainerState::Running, None));
    let mut answers = world.ask_in(down(&["db"]), Review::Always);
    world.observe(std::slice::from_ref(&db));
    let (token, consents, _) = shown(world.reply(&mut answers));
    assert_eq!(consents, Vec::<String>::new());

    let mut agreed = world.agree(token);
    world.observe(&[db.clone(), web.clone()]);
    let (token, consents, added) = shown(world.reply(&mut agreed));
    assert_eq!(consents, ["stops-dependent web"]);
    let added = added.expect("the difference");
    assert_eq!(added, (vec!["stop p-web-1".to_owned(), "remove p-web-1".to_owned()], 1));
    assert!(world.state.snapshot().operation.is_none());

    let mut agreed = world.agree(token);
    world.observe(&[db, web]);
    assert_eq!(world.reply(&mut agreed), Some(Ok(Reply::Accepted { operation: 1 })));
}

#[test]
fn what_went_away_since_a_plan_was_shown_needs_no_second_word() {
    let mut world = World::with(&[]);
    let (db, web) = (healthy(&world, "db"), world.container("web", ContainerState::Running, None));
    let mut answers = world.ask(down(&["db"]));
    world.observe(&[db.clone(), web]);
    let (token, ..) = shown(world.reply(&mut answers));
    let mut agreed = world.agree(token);
    world.observe(&[db]);
    assert_eq!(world.reply(&mut agreed), Some(Ok(Reply::Accepted { operation: 1 })));
}

#[test]
fn a_plan_that_reaches_further_than_what_was_named_is_shown_to_who_wants_to_see_that() {
    let mut world = World::with(&[]);
    let mut careful = world.ask_in(up(&["web"]), Review::Reach);
    world.observe(&[]);
    shown(world.reply(&mut careful));
    let mut alone = world.ask_in(up(&["job"]), Review::Reach);
    world.observe(&[]);
    assert_eq!(world.reply(&mut alone), Some(Ok(Reply::Accepted { operation: 1 })));
}

#[test]
fn undo_brings_the_switches_back_and_retry_asks_for_the_same() {
    let mut world = World::with(&[]);
    world.begin(&["job"], &[]);
    assert!(world.state.snapshot().operation.unwrap().offers.is_empty(), "not while it runs");
    world.done("create p-job-1", Err(broken()));
    let operation = world.state.snapshot().operation.unwrap();
    assert_eq!(operation.offers, [Offer::Retry, Offer::Undo]);
    let mut retry = world.take(operation.id, Offer::Retry);
    world.observe(&[]);
    world.observe(&[]);
    assert_eq!(world.reply(&mut retry), Some(Ok(Reply::Accepted { operation: 2 })));
    assert_eq!(world.running(), ["create p-job-1"]);
    world.done("create p-job-1", Ok(Some("job-id-0000000")));
    world.event(EventKind::Started, "job", None);
    world.done("start p-job-1", Ok(None));
    let job = world.container("job", ContainerState::Running, None);
    world.observe(std::slice::from_ref(&job));

    let mut late = world.take(1, Offer::Undo);
    assert_eq!(world.reply(&mut late).unwrap().unwrap_err().code, ErrorCode::PlanUnknown);
    assert_eq!(world.state.switches, Some(BTreeSet::from(["job".to_owned()])));
    let offers = world.state.snapshot().operation.unwrap().offers;
    assert_eq!(offers, [], "the retry itself has switched nothing");
}

#[test]
fn undo_of_a_down_brings_up_what_was_on() {
    let mut world = World::with(&[]);
    let job = world.container("job", ContainerState::Running, None);
    world.observe(std::slice::from_ref(&job));
    let mut answers = world.ask(down(&["job"]));
    world.observe(std::slice::from_ref(&job));
    assert_eq!(world.reply(&mut answers), Some(Ok(Reply::Accepted { operation: 1 })));
    world.event(EventKind::Died, "job", Some(0));
    world.done("stop p-job-1", Ok(None));
    world.done("remove p-job-1", Ok(None));
    world.observe(&[]);
    assert_eq!(world.state.snapshot().operation.unwrap().offers, [Offer::Undo]);
    let mut undo = world.take(1, Offer::Undo);
    world.observe(&[]);
    assert_eq!(world.reply(&mut undo), Some(Ok(Reply::Accepted { operation: 2 })));
    assert_eq!(world.running(), ["create p-job-1"]);
    assert_eq!(world.state.switches, Some(BTreeSet::from(["job".to_owned()])));
}

/// Two of which only one can be on.
const RIVALS: &str = "
name: p
services:
  old: { image: old:1, x-switchyard: { title: Old, excludes: [new] } }
  new: { image: new:1, x-switchyard: { title: New, excludes: [old] } }
";

#[test]
fn undo_of_a_replacement_pushes_the_new_one_aside_without_asking() {
    let mut world = World::of(RIVALS);
    world.connect();
    let (old, new) = (
        world.container("old", ContainerState::Running, None),
        world.container("new", ContainerState::Running, None),
    );
    world.observe(std::slice::from_ref(&old));
    let mut replaced = world.ask(up(&["new"]));
    world.observe(std::slice::from_ref(&old));
    let (token, consents, _) = shown(world.reply(&mut replaced));
    assert_eq!(consents, ["stops-excluded old"]);
    let mut agreed = world.agree(token);
    world.observe(&[old]);
    assert_eq!(world.reply(&mut agreed), Some(Ok(Reply::Accepted { operation: 1 })));
    world.event(EventKind::Died, "old", Some(0));
    world.done("stop p-old-1", Ok(None));
    world.done("remove p-old-1", Ok(None));
    world.done("create p-new-1", Ok(Some("new-id-0000000")));
    world.event(EventKind::Started, "new", None);
    world.done("start p-new-1", Ok(None));
    world.observe(std::slice::from_ref(&new));
    assert_eq!(world.state.snapshot().operation.unwrap().offers, [Offer::Undo]);

    let mut undo = world.take(1, Offer::Undo);
    world.observe(&[new]);
    assert_eq!(world.reply(&mut undo), Some(Ok(Reply::Accepted { operation: 2 })));
    assert_eq!(world.running(), ["stop p-new-1", "create p-old-1"]);
    assert_eq!(world.state.switches, Some(BTreeSet::from(["old".to_owned()])));
}
