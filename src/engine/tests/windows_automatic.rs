//! The automatic rollback and what comes between the alarm and the end of its delay.

use std::cell::Cell;
use std::rc::Rc;

use super::night::Night;
use super::windows::{MINUTE, automatic, opened};
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
