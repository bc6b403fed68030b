//! A changed checklist: who may take it over when, what a second cockpit makes of it, what a window under way keeps.

use super::night::{Night, WATCHED, trusted};
use super::plays::tick;
use super::windows::{MINUTE, opened};
use super::world::{SHOP, World, item, person, read};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::rules::standing::ItemState;
use crate::rules::verdict::VerdictWord;
use crate::session::hash::Hash;

fn rebase(source: &str) -> Command {
    Command::Rebase { checklist: Box::new(read(source)), source_digest: Hash::of(source.as_bytes()) }
}

fn takes(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::TakeChecklist { .. })).count()
}

#[test]
fn it_is_gone_by_at_once_here_and_in_a_second_cockpit_and_trusted_anew() {
    let mut world = World::shop();
    world.granted(tick("notes"));
    let other = world.sit(SHOP, "bob", Presence::Screen);
    world.give(other, trusted());
    let changed =
        SHOP.replace("Release notes", "Notes for the release").replace("Nice to have", "Good to have");
    world.granted(rebase(&changed));
    assert_eq!(*world.engine().trust(), TrustState::Unknown);
    assert_eq!(takes(&world.hear(other)), 1);
    for seat in [0, other] {
        let engine = &world.seats[seat].engine;
        assert!(
            engine.checklist().item_at(&item("nice")).unwrap().item.title.as_written().starts_with("Good")
        );
        assert_eq!(engine.source_digest(), Some(Hash::of(changed.as_bytes())));
    }
    // The same id with other words: shown, counted no longer, ticked again.
    let standing = world.standing("notes");
    assert_eq!(standing.state, ItemState::Stale);
    assert!(standing.reason.raw().contains("Release notes"), "{:?}", standing.reason);
    world.trust();
    world.granted(tick("notes"));
    assert_eq!(world.standing("notes").state, ItemState::Ticked);
    // Who opens the record now goes by it too.
    let third = world.sit(SHOP, "cid", Presence::Command);
    assert_eq!(world.seats[third].engine.checklist(), world.engine().checklist());
    assert!(world.refused(rebase(&changed)).contains("already"));
}

#[test]
fn nothing_changes_while_a_run_is_active_and_approvals_are_asked_again() {
    let (mut world, _run) = World::deploying();
    assert!(world.refused(rebase(&SHOP.replace("Nice", "Good"))).contains("is running"));
    let mut world = World::approved();
    assert_eq!(world.word(), VerdictWord::Go);
    world.granted(rebase(&SHOP.replace("\"shop\"\ntitle", "\"shop\"\nproduct = \"web\"\ntitle")));
    world.trust();
    assert_eq!(world.standing("approve").state, ItemState::Stale);
    assert_eq!(world.standing("notes").state, ItemState::Ticked);
}

#[test]
fn a_tick_of_what_the_person_did_not_see_is_refused_under_the_lock() {
    let mut world = World::shop();
    let effects = world.give_raw(0, Input::Command { author: person("ann"), command: tick("notes") });
    let other = world.sit(SHOP, "bob", Presence::Screen);
    world.give(other, trusted());
    world.ask_as(other, "bob", rebase(&SHOP.replace("Release notes", "Something else entirely")));
    for effect in effects {
        world.store(0, effect);
    }
    world.hear(0);
    assert_eq!(world.count("item.ticked"), 0);
    let told: Vec<String> = world.engine().notices().map(|notice| notice.text.raw().to_owned()).collect();
    assert!(told.iter().any(|text| text.contains("took a changed checklist over meanwhile")), "{told:?}");
}

#[test]
fn a_result_of_another_check_counts_no_longer_and_one_of_the_same_check_does() {
    let mut world = World::prepared();
    assert_eq!(world.standing("ready").state, ItemState::Pass);
    world.granted(rebase(&SHOP.replace("Nice", "Good")));
    assert_eq!(world.standing("ready").state, ItemState::Pass);
    world.granted(rebase(&SHOP.replace("Nice", "Good").replace("/ready", "/alive")));
    assert_ne!(world.standing("ready").state, ItemState::Pass);
}

#[test]
fn a_window_under_way_keeps_what_it_started_with_and_the_next_does_not() {
    let (mut night, _run) = opened(WATCHED);
    let changed = WATCHED.replace("success(api) > 99 %", "success(api) > 50 %").replace("5m", "6m");
    night.give(0, Input::Command { author: person("ann"), command: rebase(&changed) });
    night.give(0, trusted());
    let spec = |night: &Night, seat: usize| {
        format!("{:?}", night.engine(seat).checklist().windows.get(&"first-hour".into()).unwrap().stages)
    };
    let (old, new) = (read(WATCHED), read(&changed));
    let stages = |list: &crate::checklist::model::Checklist| {
        format!("{:?}", list.windows.get(&"first-hour".into()).unwrap().stages)
    };
    assert_eq!(spec(&night, 0), stages(&old));
    let later = night.sit(WATCHED, "bob", Presence::Screen);
    assert_eq!(spec(&night, later), stages(&old));
    night.pass(70 * MINUTE);
    assert!(night.window(0).closed.is_some());
    assert_eq!(spec(&night, 0), stages(&new));
}

#[test]
fn the_file_is_looked_at_again_and_again_and_told_when_it_differs() {
    let mut world = World::shop();
    let same = world.give(0, Input::SourceSeen { digest: Some(Hash::of(b"release.toml")) });
    assert!(matches!(same.as_slice(), [Effect::SetTimer { .. }]));
    assert_eq!(world.give(0, Input::TimerFired(Timer::LookAtSource)), [Effect::LookAtSource]);
    assert_eq!(world.engine().changed_source(), None);
    let changed = SHOP.replace("Nice", "Good");
    world.give(0, Input::SourceSeen { digest: Some(Hash::of(changed.as_bytes())) });
    assert_eq!(world.engine().changed_source(), Some("release.toml"));
    world.granted(rebase(&changed));
    assert_eq!(world.engine().changed_source(), None);
    world.give(0, Input::SourceSeen { digest: None });
    assert_eq!(world.engine().changed_source(), None);
}
