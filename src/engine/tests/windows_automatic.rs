//! The automatic rollback and what comes between the alarm and the end of its delay.

use std::cell::Cell;
use std::rc::Rc;

use chrono::TimeDelta;

use super::night::Night;
use super::windows::{MINUTE, automatic, fails_from, opened};
use super::world::production;
use crate::engine::input::Input;
use crate::engine::presence::Presence;
use crate::engine::window::views::Automatic;
use crate::rules::observed::Answer;

/// Until the trigger has fired and the delay has begun.
fn counting(night: &mut Night) {
    for _ in 0..200 {
        night.pass(1);
        if night.world.count("trigger.fired") > 0 {
            let prepared = night.engine(0).prepared_rollback(night.now()).expect("a question");
            assert!(matches!(prepared.automatic, Automatic::At(_)), "{:?}", prepared.automatic);
            return;
        }
    }
    panic!("it never fires");
}

#[test]
fn what_recovers_within_the_delay_is_not_rolled_back() {
    let (mut night, _run) = opened(&automatic());
    night.pass(MINUTE);
    let well = Rc::new(Cell::new(false));
    let seen = Rc::clone(&well);
    night.service = Box::new(move |_| if seen.get() { Answer::Status(200) } else { Answer::Status(503) });
    counting(&mut night);
    night.pass(1);
    well.set(true);
    night.pass(MINUTE);
    assert!(night.started.is_empty(), "it was well again");
    let prepared = night.engine(0).prepared_rollback(night.now()).expect("it stays a question");
    assert!(
        matches!(&prepared.automatic, Automatic::Stayed(why) if why.contains("fewer than 3")),
        "{:?}",
        prepared.automatic
    );
}

#[test]
fn what_other_records_prove_counts_though_it_comes_after_the_alarm() {
    let mut night = Night::new(&automatic());
    night.pass(11 * MINUTE);
    night.deploy();
    // The first answer was lost; who takes over asks again, and it comes late.
    night.pass(MINUTE);
    night.kill(0);
    night.proven.clear();
    let second = night.sit(&automatic(), "bob", Presence::Sampling);
    night.service = Box::new(fails_from(night.now() + TimeDelta::minutes(1)));
    for _ in 0..300 {
        night.pass(1);
        if night.world.count("trigger.fired") > 0 {
            break;
        }
    }
    let state = |night: &Night| {
        night.engine(second).prepared_rollback(night.now()).map(|prepared| prepared.automatic)
    };
    assert!(matches!(state(&night), Some(Automatic::Stayed(why)) if why.contains("unproven")));
    let versions = vec![(Some(production()), "1.0.0".to_owned())];
    night.give(second, Input::Proven { versions });
    assert!(matches!(state(&night), Some(Automatic::At(_))), "{:?}", state(&night));
    night.pass(MINUTE);
    assert_eq!(night.started.len(), 1);
}

#[test]
fn after_a_restart_what_was_deployed_is_still_known() {
    let (mut night, _run) = opened(&automatic());
    night.pass(5 * MINUTE);
    night.kill(0);
    let second = night.sit(&automatic(), "bob", Presence::Sampling);
    night.pass(MINUTE);
    night.service = Box::new(fails_from(night.now()));
    night.pass(4 * MINUTE);
    let state = night.engine(second).prepared_rollback(night.now()).map(|prepared| prepared.automatic);
    assert_eq!(night.started.len(), 1, "{state:?}");
}

#[test]
fn after_a_restart_another_image_is_another_image() {
    let (mut night, _run) = opened(&automatic());
    night.pass(5 * MINUTE);
    night.kill(0);
    night.image = "sha256:another";
    let second = night.sit(&automatic(), "bob", Presence::Sampling);
    night.pass(MINUTE);
    night.service = Box::new(fails_from(night.now()));
    night.pass(4 * MINUTE);
    assert!(night.started.is_empty());
    let state = night.engine(second).prepared_rollback(night.now()).map(|prepared| prepared.automatic);
    assert!(matches!(&state, Some(Automatic::Stayed(why)) if why.contains("other images")), "{state:?}");
}

#[test]
fn an_alarm_that_was_counted_down_when_its_watcher_died_is_counted_down_anew() {
    let (mut night, _run) = opened(&automatic());
    night.pass(MINUTE);
    night.service = Box::new(fails_from(night.now()));
    counting(&mut night);
    night.pass(5);
    night.kill(0);
    night.world.now += TimeDelta::seconds(20);
    let second = night.sit(&automatic(), "bob", Presence::Sampling);
    assert!(night.started.is_empty());
    night.pass(2 * MINUTE);
    let state = night.engine(second).prepared_rollback(night.now()).map(|prepared| prepared.automatic);
    assert_eq!(night.started.len(), 1, "{state:?}");
}
