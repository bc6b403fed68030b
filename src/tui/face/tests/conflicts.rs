//! What a person reads when two clones of one record were merged: what contradicts what, what counts, and what settles it.

use crate::tui::world::World;

#[test]
fn a_conflict_is_told_in_the_timeline_beside_both_events_with_what_counts() {
    let mut world = World::merged();
    world.resize(160, 45);
    world.press("5 z");
    world.expect("conflict: ben waived it at 14:04Z");
    world.expect("conflict: ann opened it again at 14:08Z");
    world.expect("OPEN counts until a person decides again");
    world.expect("clock of laptop-8 is 4 min behind");
}

#[test]
fn the_item_says_in_its_row_and_in_details_that_its_marks_contradict_each_other() {
    let mut world = World::merged();
    world.resize(160, 45);
    world.press("1");
    world.expect("conflict: ann@example.test opened it again");
    world.expect("it again at 14:08Z, ben@example.test waived");
}

#[test]
fn a_tick_that_knows_both_settles_it_and_says_so() {
    let mut world = World::merged();
    world.resize(160, 45);
    world.press("1 <space>");
    world.press("5 z");
    world.expect("settles the conflict about “Freeze announced”");
    world.expect_not("OPEN counts");
}

#[test]
fn two_deploys_started_apart_are_named_among_the_reasons() {
    let mut world = World::merged();
    world.resize(160, 45);
    world.expect("2 deploys to production were started apart");
}
