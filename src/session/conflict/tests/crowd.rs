//! A thousand clones apart: the work stays in bounds, and no conflict gets lost in the crowd. Steps are counted, not time.

use super::super::*;
use super::{FREEZE, freeze};
use crate::session::clones::{Replica, held, measured, ticked, undone, unticked, waived};
use crate::session::event::Event;
use crate::session::lineage::tests::steps_of;
use crate::session::status::CheckStatus;

/// One clone for each event, none knowing of another; all their lines in one record.
fn each_apart(first: &Replica, events: impl IntoIterator<Item = Event>) -> Replica {
    let mut all = first.clone();
    for (number, event) in (2..).zip(events) {
        let mut clone = first.cloned(number);
        clone.says(&format!("person{number}"), &event);
        all.lines.extend(clone.lines.pop());
    }
    all
}

/// Lines that name 64 heads at a time, until there is one head.
fn joined(record: &mut Replica) {
    for _ in 0..100 {
        if record.heads().len() == 1 {
            return;
        }
        record.says("ann", &held("joins heads"));
    }
    panic!("{} heads", record.heads().len());
}

/// So much may be asked for each claim: a look at each of those compared, and one walk of a conflict before and after.
fn bound(claims: usize) -> u64 {
    u64::try_from(claims * (4 * APART_MAX + 64)).unwrap()
}

#[test]
fn two_thousand_equal_claims_apart_are_no_conflict_and_little_work() {
    let mut record = each_apart(&Replica::first(), (0..2_000).map(|_| ticked(FREEZE)));
    let (state, steps) = steps_of(|| record.state());
    assert_eq!(state.heads.len(), 2_000);
    assert!(steps < bound(2_000), "{steps}");
    assert!(state.conflicts().is_empty() && state.mark(&freeze()).is_some());
    // One more that says something else, and the crowd is a conflict, in which the safer counts.
    let mut last = Replica::first().cloned(9_999);
    last.says("zoe", &unticked(FREEZE));
    record.lines.extend(last.lines);
    let state = record.state();
    assert_eq!(state.conflicts()[0].claims.len(), 2_001);
    assert_eq!(state.conflicts()[0].counts().unwrap().said, Said::Open);
}

#[test]
fn a_thousand_heads_that_contradict_each_other_are_one_conflict_until_a_person_knows_all() {
    let said = |number: usize| match number % 3 {
        0 => ticked(FREEZE),
        1 => unticked(FREEZE),
        _ => waived(FREEZE),
    };
    let mut record = each_apart(&Replica::first(), (0..1_200).map(said));
    let (state, steps) = steps_of(|| record.state());
    assert!(steps < bound(1_200), "{steps}");
    let conflicts = state.conflicts();
    assert_eq!((conflicts.len(), conflicts[0].claims.len()), (1, 1_200));
    assert_eq!(conflicts[0].counts().unwrap().said, Said::Open);
    drop(conflicts);
    // Who knows a part settles nothing, and joining heads does not either.
    record.says("ann", &ticked(FREEZE));
    assert_eq!(record.state().conflicts().len(), 1);
    joined(&mut record);
    assert_eq!(record.state().conflicts().len(), 1);
    let settles = record.says("ben", &ticked(FREEZE));
    let (state, steps) = steps_of(|| record.state());
    assert!(steps < bound(1_300), "{steps}");
    assert!(state.conflicts().is_empty() && state.mark(&freeze()).is_some());
    assert_eq!(state.settled.get(&settles), Some(&Subject::Item(freeze())));
    assert_eq!(state.claims[&Subject::Item(freeze())].len(), 1);
}

#[test]
fn marks_of_a_thousand_apart_taken_back_again_and_again_are_little_work() {
    let mut record = each_apart(&Replica::first(), (0..1_000).map(|_| ticked(FREEZE)));
    joined(&mut record);
    for _ in 0..20 {
        let tick = record.says("ann", &ticked(FREEZE));
        record.says("ann", &undone(&tick));
    }
    let (state, steps) = steps_of(|| record.state());
    let walk = u64::try_from(APART_MAX * APART_MAX + 3_000).unwrap();
    assert!(steps < bound(1_000) + 20 * walk, "{steps}");
    assert!(state.conflicts().is_empty());
}

/// Every pair asked: what a conflict is, spelled out.
fn plainly(state: &Session, subject: &Subject) -> Vec<String> {
    let claims = &state.claims[subject];
    let apart = |one: &Claim| {
        claims
            .iter()
            .any(|other| one.said.contradicts(other.said) && state.are_apart(&one.stamp, &other.stamp))
    };
    claims.iter().filter(|claim| apart(claim)).map(|claim| claim.stamp.event.clone()).collect()
}

#[test]
fn below_the_bounds_the_answer_is_the_one_of_asking_about_every_pair() {
    let mut record = each_apart(
        &Replica::first(),
        (0..20).map(
            |number| {
                if number % 2 == 0 { ticked(FREEZE) } else { measured(FREEZE, CheckStatus::Fail) }
            },
        ),
    );
    let mut other = record.cloned(500);
    record.says("gonogo", &measured(FREEZE, CheckStatus::Pass));
    other.says("ben", &waived(FREEZE));
    record.says("ann", &ticked(FREEZE));
    record.pulls(&other);
    let state = record.state();
    let subject = Subject::Item(freeze());
    let found: Vec<String> =
        state.conflict(&subject).unwrap().claims.iter().map(|claim| claim.stamp.event.clone()).collect();
    assert_eq!(found, plainly(&state, &subject));
    assert!(!found.is_empty());
}
