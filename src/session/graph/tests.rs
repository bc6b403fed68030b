//! One order for everybody, whatever the order of the file.

use chrono::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::session::value::Table;

pub(crate) fn line(n: u8, at: i64, up: &[Hash]) -> Line {
    Line {
        id: EventId::from_parts(0, u128::from(n)),
        at: Utc.timestamp_millis_opt(at).unwrap(),
        by: String::new(),
        on: "build1/7".into(),
        kind: "note.added".into(),
        v: 1,
        up: up.to_vec(),
        crit: false,
        data: Table::new(),
        hash: Hash::of(&[n]),
    }
}

pub(crate) fn root() -> Hash {
    Hash::of(b"header")
}

fn ids(graph: &Graph) -> Vec<EventId> {
    graph.order().into_iter().map(|place| graph.nodes()[place].id).collect()
}

/// 1 forks into 2 (late clock) and 3, 4 joins.
fn diamond() -> Vec<Line> {
    let one = line(1, 0, &[root()]);
    let two = line(2, 9_000, &[one.hash]);
    let three = line(3, 5_000, &[one.hash]);
    let four = line(4, 6_000, &[two.hash, three.hash]);
    vec![one, two, three, four]
}

fn graph(lines: &[Line]) -> Graph {
    let mut graph = Graph::new(root());
    for line in lines {
        graph.insert(line);
    }
    graph
}

#[test]
fn heads_are_what_nobody_names() {
    assert_eq!(graph(&[]).heads(), [root()]);
    let lines = diamond();
    let mut two_heads = vec![lines[1].hash, lines[2].hash];
    two_heads.sort_unstable();
    assert_eq!(graph(&lines[..3]).heads(), two_heads);
    assert_eq!(graph(&lines).heads(), [lines[3].hash]);
}

#[test]
fn ancestors_are_proved_by_parents_and_not_by_clocks() {
    let lines = diamond();
    let graph = graph(&lines);
    assert!(graph.is_ancestor(&lines[0].hash, &lines[3].hash));
    assert!(graph.is_ancestor(&root(), &lines[3].hash));
    assert!(!graph.is_ancestor(&lines[2].hash, &lines[1].hash), "older by the clock, but on another branch");
    assert!(!graph.is_ancestor(&lines[1].hash, &lines[1].hash));
}

#[test]
fn a_clock_behind_its_parent_is_marked() {
    let skews = graph(&diamond()).skews();
    assert_eq!(skews.len(), 1);
    assert_eq!((skews[0].host.as_str(), skews[0].behind), ("build1", TimeDelta::seconds(3)));
}

#[test]
fn a_missing_parent_is_named_and_holds_nobody_up() {
    let lines = diamond();
    let graph = graph(&[lines[0].clone(), lines[3].clone()]);
    assert_eq!(graph.missing().len(), 2);
    assert_eq!(graph.order().len(), 2);
    assert!(graph.is_rooted());
    let elsewhere = line(9, 0, &[Hash::of(b"other header")]);
    let mut transplanted = Graph::new(root());
    transplanted.insert(&elsewhere);
    assert!(!transplanted.is_rooted());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_the_file_gives_one_order_of_the_fold(shuffled in Just(diamond()).prop_shuffle(), twice in 0_usize..4) {
        let mut lines = shuffled.clone();
        lines.push(shuffled[twice].clone());
        let graph = graph(&lines);
        let expected: Vec<EventId> = [1_u128, 3, 2, 4].map(|n| EventId::from_parts(0, n)).to_vec();
        prop_assert_eq!(ids(&graph), expected);
        prop_assert_eq!(graph.heads(), vec![diamond()[3].hash]);
        prop_assert_eq!(graph.missing(), Vec::new());
    }
}
