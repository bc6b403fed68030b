//! Ticks, results and clones over changed checklists.

use proptest::prelude::*;

use crate::checklist::id::ItemId;
use crate::session::clones::{Replica, measured, ticked, undone, unticked, waived};
use crate::session::conflict::Subject;
use crate::session::event::{ChecklistRebased, Event};
use crate::session::rebasing::tests::{between, markdown};
use crate::session::state::{MarkKind, Session};
use crate::session::status::CheckStatus;

const OLD: &str =
    "# R\n## A\n- [ ] Tag the release\n- [ ] Back up the database to the vault\n## B\n- [ ] Tell support\n";
const NEW: &str = "# R\n## A\n- [ ] Tag the release\n- [ ] Tell support\n- [ ] Back up the database to the new vault\n## B\n- [ ] Watch\n";
const OTHER: &str =
    "# R\n## A\n- [ ] Tag the release\n- [ ] Back up the database to the vault\n## C\n- [ ] Tell support\n";

fn rebased(old: &str, new: &str) -> Event {
    Event::ChecklistRebased(between(&markdown(old), &markdown(new)))
}

fn names(old: &str, new: &str) -> ChecklistRebased {
    between(&markdown(old), &markdown(new))
}

/// The ticks that count, and those that count no longer.
fn ticks(session: &Session) -> (Vec<String>, Vec<String>) {
    let (mut counting, mut stale) = (Vec::new(), Vec::new());
    for item in session.items.keys() {
        if let Some(mark) = session.mark(item)
            && matches!(mark.kind, MarkKind::Ticked { .. })
        {
            if mark.counts() { &mut counting } else { &mut stale }.push(item.to_string());
        }
    }
    (counting, stale)
}

fn all_ticked(clone: &mut Replica) {
    clone.says_all(
        "ann",
        &[
            ticked("a.tag-the-release"),
            ticked("a.back-up-the-database-to-the-vault"),
            ticked("b.tell-support"),
        ],
    );
}

#[test]
fn ticks_stay_on_kept_and_moved_items_and_turn_stale_on_reworded_ones() {
    let mut clone = Replica::first();
    all_ticked(&mut clone);
    clone.says("ann", &rebased(OLD, NEW));
    let (counting, stale) = ticks(&clone.state());
    assert_eq!(counting, ["a.tag-the-release", "a.tell-support"]);
    assert_eq!(stale, ["a.back-up-the-database-to-the-new-vault"]);
    let folded = clone.state();
    let mark = folded.mark(&ItemId::from("a.back-up-the-database-to-the-new-vault")).unwrap();
    assert_eq!(mark.reworded[0].was, "Back up the database to the vault");
    assert_eq!(folded.called_now(&"b.tell-support".into()), "a.tell-support".into());
    // Ticked again, it counts.
    clone.says("ann", &ticked("a.back-up-the-database-to-the-new-vault"));
    assert_eq!(ticks(&clone.state()).1, Vec::<String>::new());
}

#[test]
fn a_gone_item_keeps_its_tick_and_has_it_again_when_it_comes_back() {
    let mut clone = Replica::first();
    all_ticked(&mut clone);
    let without = "# R\n## A\n- [ ] Tag the release\n";
    clone.says("ann", &rebased(OLD, without));
    assert_eq!(clone.state().words_of_gone(&"b.tell-support".into()), Some("Tell support"));
    clone.says("ann", &rebased(without, OLD));
    assert_eq!(ticks(&clone.state()).0.len(), 3);
}

#[test]
fn what_a_clone_did_before_it_heard_of_the_change_is_carried_over() {
    let mut ann = Replica::first();
    ann.says("ann", &ticked("a.tag-the-release"));
    let mut ben = ann.cloned(1);
    ann.says("ann", &rebased(OLD, NEW));
    ben.says("ben", &ticked("b.tell-support"));
    let told = ben.says("ben", &ticked("a.back-up-the-database-to-the-vault"));
    ben.says_all("ben", &[undone(&told), ticked("a.back-up-the-database-to-the-vault")]);
    let both = ann.merged(&ben).state();
    let (counting, stale) = ticks(&both);
    assert_eq!(counting, ["a.tag-the-release", "a.tell-support"]);
    assert_eq!(stale, ["a.back-up-the-database-to-the-new-vault"]);
    assert!(both.conflicts().is_empty());
}

#[test]
fn a_result_of_a_check_that_is_another_one_by_now_is_gone_wherever_it_was_measured() {
    let mut event = names(OLD, NEW);
    event.remeasured = vec!["a.tag-the-release".into()];
    let mut ann = Replica::first();
    ann.says("ann", &measured("a.tag-the-release", CheckStatus::Pass));
    let mut ben = ann.cloned(1);
    ann.says("ann", &Event::ChecklistRebased(event));
    assert!(ann.state().checks.is_empty());
    ben.says("ben", &measured("a.tag-the-release", CheckStatus::Pass));
    assert!(ann.clone().merged(&ben).state().checks.is_empty());
    ann.says("ann", &measured("a.tag-the-release", CheckStatus::Pass));
    assert_eq!(ann.merged(&ben).state().checks.len(), 1);
}

#[test]
fn two_changes_apart_are_a_conflict_until_a_person_knowing_both_takes_one_over() {
    let mut ann = Replica::first();
    all_ticked(&mut ann);
    let mut ben = ann.cloned(1);
    ann.says("ann", &rebased(OLD, NEW));
    ben.clock += chrono::TimeDelta::minutes(1);
    ben.says("ben", &rebased(OLD, OTHER));
    let mut both = ann.merged(&ben);
    let state = both.state();
    let conflict = state.conflict(&Subject::Checklist).expect("a conflict");
    assert_eq!(conflict.claims.len(), 2);
    assert_eq!(conflict.counts().unwrap().stamp.by, "ben", "the last in the order of the graph");
    // Everything is called as in the one that counts: what ann's change renamed is called back.
    let expected = ["a.back-up-the-database-to-the-vault", "a.tag-the-release", "c.tell-support"];
    assert_eq!(ticks(&state), (expected.map(str::to_owned).to_vec(), Vec::new()));
    both.says("cleo", &rebased(OTHER, NEW));
    let state = both.state();
    assert!(state.conflicts().is_empty());
    assert_eq!(ticks(&state).0, ["a.tag-the-release", "a.tell-support"]);
    assert_eq!(ticks(&state).1, ["a.back-up-the-database-to-the-new-vault"]);
}

#[test]
fn the_same_change_from_two_clones_is_no_conflict() {
    let mut ann = Replica::first();
    all_ticked(&mut ann);
    let mut ben = ann.cloned(1);
    ann.says("ann", &rebased(OLD, NEW));
    ben.says_all("ben", &[rebased(OLD, NEW), ticked("a.back-up-the-database-to-the-new-vault")]);
    let state = ann.merged(&ben).state();
    assert!(state.conflicts().is_empty());
    // Whoever ticked the new words after taking them over has said it of them.
    assert_eq!(ticks(&state).0.len(), 3, "{:?}", ticks(&state));
}

fn something() -> impl Strategy<Value = Event> {
    let items = || {
        prop::sample::select(vec![
            "a.tag-the-release",
            "a.back-up-the-database-to-the-vault",
            "b.tell-support",
            "a.tell-support",
            "a.back-up-the-database-to-the-new-vault",
            "c.tell-support",
        ])
    };
    let texts = || prop::sample::select(vec![OLD, NEW, OTHER]);
    prop_oneof![
        4 => items().prop_map(ticked),
        1 => items().prop_map(unticked),
        1 => items().prop_map(waived),
        1 => items().prop_map(|item| measured(item, CheckStatus::Pass)),
        2 => (texts(), texts()).prop_map(|(old, new)| rebased(old, new)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_fold_commutes_whatever_was_changed_where(
        steps in prop::collection::vec((0..3_usize, any::<bool>(), something()), 1..25),
    ) {
        let mut clones = vec![Replica::first()];
        clones.push(clones[0].cloned(1));
        clones.push(clones[0].cloned(2));
        let mut marks = 0;
        for (who, pulls, event) in steps {
            if pulls {
                let other = clones[(who + 1) % 3].clone();
                clones[who].pulls(&other);
            }
            marks += usize::from(event.about().item.is_some() && !matches!(event, Event::CheckChanged(_)));
            clones[who].says("ann", &event);
        }
        let (one, two, three) = (clones[0].clone(), clones[1].clone(), clones[2].clone());
        let forth = one.clone().merged(&two).merged(&three).state();
        let back = three.merged(&one).merged(&two).state();
        prop_assert_eq!(&forth, &back);
        // No mark is ever lost.
        prop_assert_eq!(forth.items.values().map(|record| record.marks.len()).sum::<usize>(), marks);
    }
}
