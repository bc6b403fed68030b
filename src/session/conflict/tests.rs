//! What counts while people contradict each other unknowingly, what settles it, and that the order of lines never matters.

use proptest::prelude::*;

use super::*;
use crate::checklist::action::ActionKind;
use crate::session::clones::{
    Replica, closed, ended, extended, false_alarm, fired, held, lifted, measured, opened, run, signed,
    ticked, undone, unticked, waived,
};
use crate::session::event::Event;
use crate::session::fold::fold;
use crate::session::graph::Graph;
use crate::session::graph::tests::root;
use crate::session::hash::Hash;
use crate::session::line::Line;
use crate::session::status::{CheckStatus, Decision, WindowVerdict};

const FREEZE: &str = "freeze";

fn freeze() -> ItemId {
    ItemId::from(FREEZE)
}

/// Two clones that say these about the same record without knowing of each other; merged, then in the other direction.
fn apart(before: &[Event], ann: &[Event], ben: &[Event]) -> Replica {
    let mut first = Replica::first();
    first.says_all("ann", before);
    let mut second = first.cloned(2);
    first.says_all("ann", ann);
    second.says_all("ben", ben);
    let merged = first.clone().merged(&second);
    let back = second.merged(&first);
    assert_eq!(merged.state().digest(), back.state().digest(), "both directions, one state");
    merged
}

fn said(state: &Session) -> Vec<Said> {
    state
        .conflicts()
        .first()
        .map(|conflict| conflict.claims.iter().map(|claim| claim.said).collect())
        .unwrap_or_default()
}

mod crowd;

#[test]
fn of_a_tick_and_a_reopening_open_counts_until_a_person_decides_knowing_both() {
    let mut record = apart(&[ticked(FREEZE)], &[unticked(FREEZE)], &[ticked(FREEZE)]);
    let state = record.state();
    assert_eq!(said(&state), [Said::Open, Said::Ticked]);
    assert!(matches!(state.mark(&freeze()).unwrap().kind, crate::session::state::MarkKind::Unticked));
    // A line that only joins the heads settles nothing, whoever writes it.
    record.says("ann", &held("look"));
    assert_eq!(said(&record.state()), [Said::Open, Said::Ticked]);
    let settles = record.says("ben", &ticked(FREEZE));
    let state = record.state();
    assert!(state.conflicts().is_empty() && state.mark(&freeze()).is_some());
    assert_eq!(state.settled.get(&settles), Some(&Subject::Item(freeze())));
}

#[test]
fn who_knows_one_side_only_settles_nothing() {
    let mut first = Replica::first();
    let mut second = first.cloned(2);
    first.says("ann", &unticked(FREEZE));
    second.says("ben", &ticked(FREEZE));
    let seen = second.clone();
    second.pulls(&first);
    let mut third = seen.cloned(3);
    third.says("cem", &ticked(FREEZE));
    second.pulls(&third);
    assert_eq!(said(&second.state()), [Said::Open, Said::Ticked], "Cem's takes the place of Ben's");
}

#[test]
fn safer_is_open_before_waived_before_ticked_and_agreement_is_no_conflict() {
    let state = apart(&[], &[waived(FREEZE)], &[ticked(FREEZE)]).state();
    assert!(matches!(state.mark(&freeze()).unwrap().kind, crate::session::state::MarkKind::Waived { .. }));
    let state = apart(&[], &[ticked(FREEZE)], &[ticked(FREEZE)]).state();
    assert!(state.conflicts().is_empty() && state.mark(&freeze()).is_some());
    // Of another item: nothing to do with each other.
    assert!(apart(&[], &[ticked(FREEZE)], &[waived("other")]).state().conflicts().is_empty());
}

#[test]
fn who_takes_a_tick_back_contradicts_who_ticks_elsewhere() {
    let mut first = Replica::first();
    let tick = first.says("ann", &ticked(FREEZE));
    let mut second = first.cloned(2);
    first.says("ann", &undone(&tick));
    second.says("ben", &waived(FREEZE));
    let merged = first.merged(&second);
    let state = merged.state();
    assert_eq!(said(&state), [Said::Open, Said::Waived]);
    assert_eq!(state.mark(&freeze()), None, "open counts");
}

#[test]
fn what_is_taken_back_brings_the_mark_before_it_back() {
    let mut first = Replica::first();
    first.says("ann", &ticked(FREEZE));
    let waiver = first.says("ann", &waived(FREEZE));
    let mut second = first.cloned(2);
    first.says("ann", &undone(&waiver));
    second.says("ben", &ticked(FREEZE));
    let state = first.merged(&second).state();
    assert!(state.conflicts().is_empty(), "both say ticked");
}

#[test]
fn who_takes_back_what_settled_a_conflict_gets_the_safest_back() {
    let mut merged = apart(&[], &[waived(FREEZE)], &[ticked(FREEZE)]);
    let settles = merged.says("cem", &ticked(FREEZE));
    merged.says("cem", &undone(&settles));
    let state = merged.state();
    assert!(matches!(state.mark(&freeze()).unwrap().kind, crate::session::state::MarkKind::Waived { .. }));
}

#[test]
fn a_failed_check_counts_more_than_a_waiver_that_did_not_know_of_it() {
    let mut first = Replica::first();
    let mut second = first.cloned(2);
    first.says("ann", &waived(FREEZE));
    second.says(PROGRAM, &measured(FREEZE, CheckStatus::Fail));
    let mut merged = first.merged(&second);
    assert_eq!(merged.state().mark(&freeze()), None);
    merged.says("ann", &waived(FREEZE));
    assert!(merged.state().conflicts().is_empty() && merged.state().mark(&freeze()).is_some());
}

#[test]
fn of_results_measured_apart_the_worst_is_the_recorded_one_until_it_is_measured_knowing_both() {
    let mut first = Replica::first();
    let mut second = first.cloned(2);
    first.says(PROGRAM, &measured(FREEZE, CheckStatus::Fail));
    second.says(PROGRAM, &measured(FREEZE, CheckStatus::Pass));
    second.says(PROGRAM, &held("later by the clock"));
    let mut merged = first.merged(&second);
    let status = |record: &Replica| record.state().checks.get(&freeze()).map(|check| check.result.status);
    assert_eq!(status(&merged), Some(CheckStatus::Fail));
    assert_eq!(said(&merged.state()), [Said::Failed, Said::Passed]);
    merged.says(PROGRAM, &measured(FREEZE, CheckStatus::Pass));
    assert_eq!((status(&merged), merged.state().conflicts().len()), (Some(CheckStatus::Pass), 0));
}

#[test]
fn of_one_persons_decisions_for_a_role_the_rejection_counts_and_two_people_do_not_contradict() {
    let approve = signed("approve", Decision::Approve);
    let mut first = Replica::first();
    let mut second = first.cloned(2);
    first.says("ann", &signed("approve", Decision::Reject));
    second.says("ann", &approve);
    second.says("ben", &approve);
    let mut merged = first.merged(&second);
    let state = merged.state();
    let decisions: Vec<_> = state.decisions(&"approve".into()).iter().map(|one| one.decision).collect();
    assert_eq!((decisions, state.conflicts().len()), (vec![Decision::Reject, Decision::Approve], 1));
    merged.says("ben", &approve);
    assert_eq!(merged.state().conflicts().len(), 1, "nobody settles it for Ann");
    merged.says("ann", &approve);
    let state = merged.state();
    assert!(state.conflicts().is_empty());
    assert!(state.decisions(&"approve".into()).iter().all(|one| one.decision == Decision::Approve));
}

#[test]
fn a_hold_stands_that_the_one_who_lifted_did_not_know_of() {
    let mut merged = apart(&[held("first")], &[held("second")], &[lifted()]);
    let state = merged.state();
    assert_eq!(state.hold.as_ref().map(|hold| hold.reason.as_str()), Some("second"));
    assert_eq!(said(&state), [Said::Held, Said::Lifted]);
    merged.says("ben", &lifted());
    assert!(merged.state().hold.is_none() && merged.state().conflicts().is_empty());
    // The order of the clocks changes nothing.
    let state = apart(&[held("first")], &[lifted()], &[held("second")]).state();
    assert_eq!(state.hold.map(|hold| hold.reason), Some("second".to_owned()));
}

#[test]
fn two_deploys_to_one_environment_conflict_until_both_ended_and_a_person_says_go_on_or_rolls_back() {
    let deploy = |name, place| run(name, ActionKind::Deploy, place);
    let production = Subject::Deploys(Some("production".into()));
    let mut merged = apart(&[], &[deploy("01A", "production")], &[deploy("01B", "production")]);
    assert!(merged.state().conflict(&production).is_some());
    merged.says("ann", &held("two deploys"));
    merged.says("ann", &lifted());
    assert!(merged.state().conflict(&production).is_some(), "they run");
    merged.says(PROGRAM, &ended("01A"));
    merged.says(PROGRAM, &ended("01B"));
    assert!(merged.state().conflict(&production).is_some(), "that they ended says nothing");
    let mut back = merged.clone();
    back.says("ben", &run("01C", ActionKind::Rollback, "production"));
    assert!(back.state().conflict(&production).is_none());
    merged.says("ann", &lifted());
    assert!(merged.state().conflict(&production).is_none());
    let elsewhere = apart(&[], &[deploy("01A", "production")], &[deploy("01B", "stage")]);
    assert!(elsewhere.state().conflicts().is_empty());
    let mut line = Replica::first();
    line.says("ann", &deploy("01A", "production"));
    line.says("ben", &deploy("01B", "production"));
    assert!(line.state().conflicts().is_empty(), "Ben knew of Ann's");
}

#[test]
fn who_knew_one_side_only_settles_nothing_whatever_the_clocks_say() {
    let both_ways = |one: &[Event], other: &[Event]| [apart(&[], one, other), apart(&[], other, one)];
    let production = Subject::Deploys(Some("production".into()));
    let deploy = |name| [run(name, ActionKind::Deploy, "production"), ended(name)];
    let lifts = [&deploy("01B")[..], &[held("look"), lifted()]].concat();
    let back = [&deploy("01B")[..], &[run("01C", ActionKind::Rollback, "production")]].concat();
    for other in [lifts, back] {
        for merged in both_ways(&deploy("01A"), &other) {
            assert!(merged.state().conflict(&production).is_some());
        }
    }
    let start = Replica::first().clock;
    let later = start + chrono::TimeDelta::hours(1);
    let before = [opened("01A", start), fired("01A")];
    let well = [closed("01A", WindowVerdict::Healthy)];
    let on = [extended("01A", later), false_alarm("01A")];
    for merged in [apart(&before, &well, &on), apart(&before, &on, &well)] {
        assert_eq!(merged.state().window("01A").unwrap().verdict(), None, "it is watched on");
    }
}

#[test]
fn of_two_endings_of_a_window_the_worse_counts_and_a_longer_window_before_a_good_ending() {
    let start = Replica::first().clock;
    let later = start + chrono::TimeDelta::hours(1);
    let verdict = |ann: Event, ben: Event| {
        let state = apart(&[opened("01A", start)], &[ann], &[ben]).state();
        state.window("01A").unwrap().verdict()
    };
    let (good, bad) = (closed("01A", WindowVerdict::Healthy), closed("01A", WindowVerdict::Regression));
    assert_eq!(verdict(good.clone(), bad.clone()), Some(WindowVerdict::Regression));
    assert_eq!(verdict(bad.clone(), good.clone()), Some(WindowVerdict::Regression));
    assert_eq!(verdict(good.clone(), extended("01A", later)), None, "it is watched on");
    assert_eq!(verdict(extended("01A", later), good.clone()), None);
    assert_eq!(verdict(extended("01A", later), bad), Some(WindowVerdict::Regression));
    // Whoever closed it early there: it was watched on to its end.
    let mut merged = apart(&[opened("01A", start)], std::slice::from_ref(&good), &[extended("01A", later)]);
    merged.says(PROGRAM, &good);
    let state = merged.state();
    assert_eq!(state.window("01A").unwrap().verdict(), Some(WindowVerdict::Healthy));
    assert!(state.conflicts().is_empty(), "it was judged knowing that it lasts longer");
}

#[test]
fn a_false_alarm_is_the_one_that_was_seen_and_not_one_that_fired_elsewhere() {
    let start = Replica::first().clock;
    let state = apart(&[opened("01A", start), fired("01A")], &[false_alarm("01A")], &[fired("01A")]).state();
    assert!(state.window("01A").unwrap().proposals().next().is_some());
    let state = apart(&[opened("01A", start), fired("01A")], &[fired("01A")], &[false_alarm("01A")]).state();
    assert!(state.window("01A").unwrap().proposals().next().is_some());
}

#[test]
fn a_clock_behind_is_told_with_its_host() {
    let mut first = Replica::first();
    first.says("ann", &ticked(FREEZE));
    let mut second = first.cloned(7);
    second.clock -= chrono::TimeDelta::minutes(4);
    let late = second.says("ben", &ticked("other"));
    let state = second.state();
    assert_eq!(state.behind.keys().collect::<Vec<_>>(), [&late]);
    assert_eq!(state.behind[&late], chrono::TimeDelta::seconds(4 * 60 - 1));
    let order: Vec<_> = state.timeline.iter().map(|line| line.by.as_str()).collect();
    assert_eq!(order, ["ann", "ben"], "by cause, not by the clock");
}

/// What somebody may do at a clone.
fn event() -> impl Strategy<Value = (String, Event)> {
    let start = Replica::first().clock;
    let item = prop_oneof![Just("freeze"), Just("notes")];
    let status = prop_oneof![Just(CheckStatus::Pass), Just(CheckStatus::Fail), Just(CheckStatus::Error)];
    let decision = prop_oneof![Just(Decision::Approve), Just(Decision::Reject), Just(Decision::Withdraw)];
    let window = prop_oneof![
        Just(opened("01A", start)),
        Just(closed("01A", WindowVerdict::Healthy)),
        Just(closed("01A", WindowVerdict::Regression)),
        (0_i64..9).prop_map(move |hours| extended("01A", start + chrono::TimeDelta::hours(hours))),
        Just(fired("01A")),
        Just(false_alarm("01A")),
    ];
    let event = prop_oneof![
        3 => item.clone().prop_map(ticked),
        2 => item.clone().prop_map(unticked),
        2 => item.clone().prop_map(waived),
        2 => (1_u64..4, 1_u128..20).prop_map(|(number, n)| {
            undone(&crate::session::ulid::EventId::from_parts(number, n).to_string())
        }),
        3 => decision.prop_map(|decision| signed("approve", decision)),
        1 => Just(held("look")),
        1 => Just(lifted()),
        1 => "0[AB]".prop_map(|name| run(&name, ActionKind::Deploy, "production")),
        1 => Just(run("0C", ActionKind::Rollback, "production")),
        1 => "0[AB]".prop_map(|name| ended(&name)),
        3 => window,
    ];
    let by_people =
        (prop_oneof![Just("ann"), Just("ben")], event).prop_map(|(by, event)| (by.to_owned(), event));
    let by_program = (item, status).prop_map(|(item, status)| (PROGRAM.to_owned(), measured(item, status)));
    prop_oneof![4 => by_people, 1 => by_program]
}

/// Three clones that write and pull, in any order; what each has at the end.
fn clones() -> impl Strategy<Value = Vec<Replica>> {
    let step = (0_usize..3, 0_usize..3, 0_u8..4, event(), -400_i64..400);
    proptest::collection::vec(step, 1..40).prop_map(|steps| {
        let first = Replica::first();
        let mut all: Vec<Replica> = (1..4).map(|number| first.cloned(number)).collect();
        for (here, there, how, (by, event), skew) in steps {
            if how == 0 {
                let other = all[there].clone();
                all[here].pulls(&other);
            } else {
                all[here].clock += chrono::TimeDelta::seconds(skew.max(0));
                all[here].says(&by, &event);
            }
        }
        all
    })
}

/// Folded as a cockpit does: what comes after everything known is added, anything else is folded anew.
fn folded_as_it_arrives(lines: &[Line]) -> Session {
    let (mut graph, mut state) = (Graph::new(root()), Session::default());
    let mut seen: Vec<Line> = Vec::new();
    for line in lines {
        let after_all = line.up == graph.heads();
        graph.insert(line);
        seen.push(line.clone());
        if after_all { state.apply(&line.recorded()) } else { state = fold(root(), &seen) }
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_same_lines_give_the_same_state_in_any_order_parts_and_number(
        clones in clones(), seed in proptest::collection::vec(any::<u32>(), 200),
    ) {
        let [one, two, three] = &clones[..] else { unreachable!() };
        let whole = one.clone().merged(two).merged(three);
        let wanted = whole.state().digest();
        // Commutative, associative, idempotent.
        prop_assert_eq!(three.clone().merged(two).merged(one).state().digest(), wanted);
        prop_assert_eq!(one.clone().merged(&two.clone().merged(three)).state().digest(), wanted);
        prop_assert_eq!(whole.clone().merged(&whole).state().digest(), wanted);
        let mut any: Vec<Line> = whole.lines.clone();
        any.extend(whole.lines.iter().take(7).cloned());
        let mut keyed: Vec<(u32, Line)> = seed.into_iter().cycle().zip(any).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Line> = keyed.into_iter().map(|(_, line)| line).collect();
        prop_assert_eq!(fold(root(), &shuffled).digest(), wanted);
        // Incremental is whole.
        prop_assert_eq!(folded_as_it_arrives(&whole.lines).digest(), wanted);
    }

    #[test]
    fn the_safest_of_what_nobody_answered_counts(clones in clones()) {
        let mut record = clones[0].clone();
        for other in &clones {
            record.pulls(other);
        }
        let (graph, state) = (record.graph(), record.state());
        // By a walk: decisions that no later one of the same person knew of.
        for by in ["ann", "ben"] {
            let mine: Vec<(&Hash, Decision)> = state.timeline.iter().filter(|line| line.by == by).filter_map(|line| {
                match &line.what {
                    crate::session::recorded::What::Known(event) => match event.as_ref() {
                        Event::SignoffRecorded(one) => Some((&line.hash, one.decision)),
                        _ => None,
                    },
                    crate::session::recorded::What::Redacted { .. }
                    | crate::session::recorded::What::Newer { .. } => None,
                }
            }).collect();
            let last = mine.iter().filter(|(hash, _)| !mine.iter().any(|(other, _)| graph.is_ancestor(hash, other)));
            let order = |decision: &Decision| match decision {
                Decision::Reject => 0,
                Decision::Withdraw => 1,
                Decision::Approve => 2,
            };
            let wanted = last.map(|(_, decision)| *decision).min_by_key(order);
            let item = ItemId::from("approve");
            let counted = state.decisions(&item).into_iter().find(|one| one.stamp.by == by);
            prop_assert_eq!(counted.map(|one| one.decision), wanted);
        }
    }
}
