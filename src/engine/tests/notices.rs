//! Who is told of what: one notice of a rule at a time, grouped, bounded, recorded, taken over once, never twice.

use super::world::{SHOP, World, item};
use crate::checklist::window::TriggerAction;
use crate::engine::command::Command;
use crate::engine::effect::{Effect, NoticeId, Timer};
use crate::engine::input::Input;
use crate::engine::notice_plan::{NoticeEnd, NoticePlan};
use crate::engine::notices::QUEUE_MAX;
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::session::event::{CheckChanged, Event, WindowEvent};
use crate::session::recorded::Author;
use crate::session::status::CheckStatus;
use crate::session::window_payload::{TriggerFired, TriggerResolved};

const HOOK: &str = "webhook = { url = \"https://hooks.example/T0\" }";

fn shop(on: &str) -> String {
    format!("{SHOP}\n[[notify]]\non = [{on}]\n{HOOK}\n")
}

fn world(on: &str) -> World {
    let mut world = World::of(&shop(on), Presence::Screen);
    world.trust();
    world
}

fn note(text: &str) -> Command {
    Command::Note { item: None, text: text.to_owned() }
}

fn sent(effects: &[Effect]) -> Vec<(NoticeId, NoticePlan)> {
    let sent = effects.iter().filter_map(|effect| match effect {
        Effect::Notify { id, notice } => Some((*id, (**notice).clone())),
        _ => None,
    });
    sent.collect()
}

fn told(effects: &[Effect]) -> Vec<String> {
    sent(effects)
        .iter()
        .flat_map(|(_, plan)| &plan.message.events)
        .map(|told| told.words.to_string())
        .collect()
}

fn took(world: &mut World, id: NoticeId) -> Vec<Effect> {
    world.give(0, Input::NoticeEnded { id, end: NoticeEnd { attempts: 1, failed: None } })
}

fn due(world: &mut World) -> Vec<Effect> {
    world.give(0, Input::TimerFired(Timer::Notify))
}

#[test]
fn the_first_goes_at_once_and_what_follows_within_ten_seconds_goes_together() {
    let mut world = world("\"note.added\"");
    let first = world.granted(note("one"));
    assert_eq!(told(&first), ["ann@shop.example noted: one"]);
    let id = sent(&first)[0].0;
    // While it is on its way nothing else of the rule goes, however long that takes.
    assert_eq!(told(&world.granted(note("two"))), [""; 0]);
    world.pass(60);
    assert_eq!(told(&due(&mut world)), [""; 0]);
    let second = took(&mut world, id);
    assert_eq!(told(&second), ["ann@shop.example noted: two"]);
    let id = sent(&second)[0].0;
    assert_eq!(told(&took(&mut world, id)), [""; 0]);
    assert_eq!(told(&world.granted(note("three"))), [""; 0]);
    world.pass(3);
    let waits = world.granted(note("four"));
    assert!(waits.iter().any(|effect| matches!(effect, Effect::SetTimer { timer: Timer::Notify, .. })));
    world.pass(7);
    let group = due(&mut world);
    assert_eq!(told(&group), ["ann@shop.example noted: three", "ann@shop.example noted: four"]);
    assert!(sent(&group)[0].1.message.subject.as_str().ends_with("noted: three (and 1 more)"));
    assert_eq!(world.count("notice.delivered"), 2, "one line for each event that was told");
}

#[test]
fn whoever_leaves_waits_for_no_group_and_is_told_until_then_that_somebody_is_to_be_told() {
    let mut world = world("\"note.added\"");
    let first = world.granted(note("one"));
    took(&mut world, sent(&first)[0].0);
    assert!(!world.engine().is_telling());
    world.granted(note("two"));
    assert!(world.engine().is_telling());
    let last = world.give(0, Input::Leaving);
    assert_eq!(told(&last), ["ann@shop.example noted: two"]);
    took(&mut world, sent(&last)[0].0);
    assert!(!world.engine().is_telling());
}

#[test]
fn more_than_the_queue_holds_is_dropped_counted_shown_and_recorded() {
    let mut world = world("\"note.added\"");
    let first = world.granted(note("first"));
    for number in 0..QUEUE_MAX + 2 {
        world.granted(note(&number.to_string()));
    }
    assert_eq!(world.count("notice.failed"), 3);
    assert!(world.engine().notices().any(|notice| notice.text.raw().contains("the oldest is dropped")));
    world.pass(60);
    let group = took(&mut world, sent(&first)[0].0);
    let message = sent(&group)[0].1.message.clone();
    assert_eq!(message.events.len() + message.left_out, QUEUE_MAX + 2);
    assert!(
        message.events[0].words.as_str().ends_with("noted: 3"),
        "the oldest went: {}",
        message.events[0].words
    );
}

#[test]
fn only_what_this_process_stored_is_told_and_what_it_was_told_of_is_not_told_again() {
    let mut world = world("\"note.added\"");
    let other = world.sit(&shop("\"note.added\""), "bob", Presence::Command);
    let known = TrustState::Trusted { digest: "sha256:trust".to_owned() };
    world.give(other, Input::TrustKnown(known));
    let theirs = world.ask_as(other, "bob", note("from bob"));
    assert_eq!(told(&theirs).len(), 1);
    assert_eq!(told(&world.hear(0)), [""; 0]);
    assert_eq!(told(&world.granted(note("from ann"))), ["ann@shop.example noted: from ann"]);
}

/// A cockpit of the same person on the same host, in another process, that opens the record after the first was killed.
fn next_cockpit(world: &mut World, source: &str, presence: Presence) -> (usize, Vec<Effect>) {
    let seat = world.sit(source, "ann", presence);
    world.seats[seat].engine.me = Author { by: "ann@shop.example".to_owned(), on: "ann/2".to_owned() };
    let known = TrustState::Trusted { digest: "sha256:trust".to_owned() };
    let effects = world.give(seat, Input::TrustKnown(known));
    (seat, effects)
}

#[test]
fn after_a_crash_what_is_recorded_as_told_is_not_told_again_and_the_rest_is_taken_over() {
    for next in [Presence::Screen, Presence::Sampling] {
        taken_over_by(next);
    }
}

fn taken_over_by(presence: Presence) {
    let source = shop("\"note.added\"");
    let mut world = World::of(&source, Presence::Screen);
    world.trust();
    let first = world.granted(note("told"));
    took(&mut world, sent(&first)[0].0);
    world.granted(note("not told"));
    let (seat, opened) = next_cockpit(&mut world, &source, presence);
    assert_eq!(told(&opened), [""; 0], "the other process may still be at it");
    assert!(opened.iter().any(|effect| matches!(effect, Effect::SetTimer { timer: Timer::Notify, .. })));
    world.pass(300);
    let taken = world.give(seat, Input::TimerFired(Timer::Notify));
    assert_eq!(told(&taken), ["ann@shop.example noted: not told"]);
    let end = NoticeEnd { attempts: 1, failed: None };
    world.give(seat, Input::NoticeEnded { id: sent(&taken)[0].0, end });
    let (third, opened) = next_cockpit(&mut world, &source, presence);
    assert_eq!(told(&opened), [""; 0]);
    world.pass(7_200);
    assert_eq!(told(&world.give(third, Input::TimerFired(Timer::Notify))), [""; 0]);
}

#[test]
fn the_same_events_have_the_same_key_whoever_tells_and_a_trouble_ends_under_the_name_it_began_with() {
    let source = shop("\"note.added\"");
    let mut world = World::of(&source, Presence::Screen);
    world.trust();
    let before = sent(&world.granted(note("x")))[0].1.message.key.clone();
    world.pass(300);
    let (_, taken) = next_cockpit(&mut world, &source, Presence::Screen);
    assert_eq!(sent(&taken)[0].1.message.key, before);

    let mut world = self::world("\"trigger.fired\"");
    let (run, trigger) = ("run-1".to_owned(), "outage".to_owned());
    let resolved = TriggerResolved { run: run.clone(), trigger: trigger.clone(), reason: String::new() };
    let fired = TriggerFired {
        run,
        trigger,
        words: String::new(),
        evidence: String::new(),
        value: None,
        limit: None,
        action: TriggerAction::Ask,
    };
    let mut identities = Vec::new();
    for event in [WindowEvent::TriggerFired(fired), WindowEvent::TriggerResolved(resolved)] {
        world.pass(60);
        let (id, plan) = sent(&stored(&mut world, Event::Window(event))).remove(0);
        identities.push(plan.message.identity);
        took(&mut world, id);
    }
    assert_eq!(identities[0], identities[1], "resolved is told though only fired is named");
}

/// The first cockpit has stored an event of its own.
fn stored(world: &mut World, event: Event) -> Vec<Effect> {
    world.write("ann", event);
    let recorded = world.disk.last().cloned().unwrap();
    let at = world.now;
    let engine = &mut world.seats[0].engine;
    engine.session.apply(&recorded);
    engine.tell_of(at, &[recorded])
}

#[test]
fn a_check_that_flaps_is_told_once_until_it_is_calm() {
    let mut world = world("\"check.changed\"");
    let mut all = Vec::new();
    for number in 0..12 {
        world.pass(if number == 11 { 1_300 } else { 60 });
        let status = if number % 2 == 0 { CheckStatus::Fail } else { CheckStatus::Pass };
        let changed = CheckChanged {
            item: item("ready"),
            status,
            was: None,
            reason: None,
            target: None,
            took_us: 0,
            attempts: 1,
            version: None,
            environment: None,
            repeat: None,
        };
        let effects = stored(&mut world, Event::CheckChanged(changed));
        for (id, plan) in sent(&effects) {
            all.push(plan.message.events[0].words.to_string());
            world.give_raw(0, Input::NoticeEnded { id, end: NoticeEnd { attempts: 1, failed: None } });
        }
    }
    assert_eq!(all.len(), 8, "{all:#?}");
    assert!(all[6].ends_with("it flaps: nothing more of it until it is calm"), "{all:#?}");
    assert!(!all[7].contains("flaps"), "{all:#?}");
}

#[test]
fn nothing_is_told_of_an_untrusted_release_and_a_rule_that_cannot_be_filled_in_fails_in_the_record() {
    let mut untrusted = World::of(&shop("\"note.added\""), Presence::Screen);
    let state =
        TrustState::Untrusted { digest: "sha256:x".to_owned(), changed: Vec::new(), not_pinned: Vec::new() };
    untrusted.give(0, Input::TrustKnown(state));
    assert_eq!(told(&untrusted.granted(note("x"))), [""; 0]);
    let source = format!(
        "{SHOP}\n[[notify]]\non = [\"note.added\"]\nwebhook = {{ url = \"https://{{commit}}.example/\" }}\n"
    );
    let mut world = World::of(&source, Presence::Screen);
    world.trust();
    assert_eq!(told(&world.granted(note("x"))), [""; 0]);
    assert_eq!(world.count("notice.failed"), 1);
}

#[test]
fn a_notice_is_never_told_of_and_the_fold_keeps_who_was_told() {
    let mut world = world("\"note.added\"");
    let first = world.granted(note("x"));
    let told_of = sent(&first)[0].1.message.events[0].id.clone();
    let after = took(&mut world, sent(&first)[0].0);
    assert_eq!(told(&after), [""; 0]);
    let record = &world.session().notices[&(told_of.clone(), 1)];
    assert_eq!((record.target.as_str(), record.failed.as_ref()), ("https://hooks.example", None));
    // What one process could not do does not undo what another one did.
    let event = Event::NoticeFailed(crate::session::event::NoticeFailed {
        event: told_of.clone(),
        kind: "note.added".to_owned(),
        rule: 1,
        channel: "webhook".to_owned(),
        target: "https://hooks.example".to_owned(),
        attempts: 5,
        reason: "no answer".to_owned(),
    });
    world.write("ann", event);
    assert_eq!(world.folded().notices[&(told_of, 1)].failed, None);
}
