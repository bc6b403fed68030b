//! The index and a walk of the graph never disagree.

use proptest::prelude::*;

use super::*;
use crate::session::graph::Graph;
use crate::session::graph::tests::{line, root};
use crate::session::line::Line;

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
