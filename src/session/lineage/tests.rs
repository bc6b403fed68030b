//! The index and a walk of the graph never disagree.

use proptest::prelude::*;

use super::*;
use crate::session::graph::Graph;
use crate::session::graph::tests::{line, root};
use crate::session::line::Line;

thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Work that tests bound: who knew of whom was asked, two claims were compared, parents were joined.
pub(in crate::session) fn count(steps: usize) {
    STEPS.set(STEPS.get() + u64::try_from(steps).unwrap());
}

/// What came out, and how many steps it took.
pub(in crate::session) fn steps_of<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = STEPS.get();
    let done = work();
    (done, STEPS.get() - before)
}

/// Lines of a random history: each names some of the heads it happens to know, or forks from anywhere.
fn history() -> impl Strategy<Value = Vec<Line>> {
    proptest::collection::vec((any::<u16>(), any::<u16>(), 0_u8..8, 0_i64..40), 1..40).prop_map(|picks| {
        let mut lines: Vec<Line> = Vec::new();
        let mut graph = Graph::new(root());
        for (n, (one, two, how, at)) in picks.into_iter().enumerate() {
            let pick = |wish: u16| lines.get(usize::from(wish) % lines.len().max(1)).map(|line| line.hash);
            let heads = graph.heads();
            let up: Vec<Hash> = match how {
                0 => pick(one).into_iter().chain(pick(two)).collect(),
                1 => pick(one).into_iter().collect(),
                // One of the heads: two cockpits that do not see each other.
                2..5 => heads.get(usize::from(one) % heads.len()).copied().into_iter().collect(),
                _ => heads,
            };
            let up = if up.is_empty() { vec![root()] } else { up };
            let next = line(u8::try_from(n).unwrap(), at, &up);
            graph.insert(&next);
            lines.push(next);
        }
        lines
    })
}

fn indexed(graph: &Graph) -> Lineage {
    let mut lineage = Lineage::default();
    let mut heads: Vec<Hash> = Vec::new();
    for place in graph.order() {
        let node = &graph.nodes()[place];
        lineage.add(node.hash, node.at, &node.up, &heads);
        heads.retain(|head| !node.up.contains(head));
        heads.push(node.hash);
    }
    lineage
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_and_a_walk_agree_on_every_pair(lines in history()) {
        let mut graph = Graph::new(root());
        for line in &lines {
            graph.insert(line);
        }
        let lineage = indexed(&graph);
        for old in &lines {
            for new in &lines {
                let walked = graph.is_ancestor(&old.hash, &new.hash);
                prop_assert_eq!(lineage.knew(&new.hash, &old.hash), walked, "{:?} {:?}", new.id, old.id);
            }
        }
    }
}

#[test]
fn a_release_nobody_forks_is_one_chain_and_nothing_else() {
    let mut graph = Graph::new(root());
    let mut up = root();
    for n in 0..100 {
        let next = line(n, i64::from(n), &[up]);
        up = next.hash;
        graph.insert(&next);
    }
    let lineage = indexed(&graph);
    assert_eq!(lineage.tips.len(), 1);
    assert!(lineage.places.values().all(|place| place.reach.is_empty()));
}

/// The record of `clones` clones that never see each other, and then lines that name 64 heads each.
fn fan(clones: u32, joins: usize) -> Lineage {
    let named = |n: u32| Hash::of(&n.to_le_bytes());
    let (mut lineage, mut heads) = (Lineage::default(), std::collections::BTreeSet::new());
    let mut add = |number: u32, up: Vec<Hash>, heads: &mut std::collections::BTreeSet<Hash>| {
        let before: Vec<Hash> = heads.iter().copied().collect();
        lineage.add(named(number), DateTime::UNIX_EPOCH, &up, &before);
        heads.retain(|head| !up.contains(head));
        heads.insert(named(number));
    };
    for number in 0..clones {
        add(number, vec![root()], &mut heads);
    }
    let mut last = named(0);
    for number in (clones..).take(joins) {
        // A ladder: each names the one before and 63 others, so that it knows of all below.
        let up: Vec<Hash> =
            [last].into_iter().chain(heads.iter().copied().filter(|head| *head != last).take(63)).collect();
        last = named(number);
        add(number, up, &mut heads);
    }
    lineage
}

#[test]
fn a_thousand_heads_joined_in_a_ladder_are_known_to_the_last_line_and_little_work() {
    let lineage = fan(1_200, 15);
    assert!(lineage.steps < 15 * 1_300, "{}", lineage.steps);
    let last = Hash::of(&1_214_u32.to_le_bytes());
    let known = (0..1_200_u32).filter(|n| lineage.knew(&last, &Hash::of(&n.to_le_bytes()))).count();
    assert_eq!(known, 15 * 63 + 1);
}

#[test]
fn what_would_take_too_many_steps_is_not_known_rather_than_taken_for_known() {
    let mut lineage = fan(1_200, 0);
    lineage.steps = STEPS_MAX;
    let (one, other) = (Hash::of(&1_u32.to_le_bytes()), Hash::of(&2_u32.to_le_bytes()));
    let (joint, after) = (Hash::of(b"joint"), Hash::of(b"after"));
    lineage.add(joint, DateTime::UNIX_EPOCH, &[one, other], &[one, other, root()]);
    assert!(lineage.knew(&joint, &one), "its own chain goes on");
    assert!(!lineage.knew(&joint, &other), "so the two are shown as apart");
    lineage.add(after, DateTime::UNIX_EPOCH, &[joint], &[joint]);
    assert!(lineage.knew(&after, &other), "who names all heads knows everything");
}
