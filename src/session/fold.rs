//! Lines of any order, repeated or not, to the one state everybody comes to.
//!
//! The same set of lines gives the same state: taking lines twice, in another order or in parts changes nothing. Not here:
//! what one event does (`apply.rs`), the order (`graph.rs`).

use super::graph::Graph;
use super::hash::Hash;
use super::line::Line;
use super::state::Session;

/// What these lines add up to below a header with this digest.
pub fn fold<'a>(root: Hash, lines: impl IntoIterator<Item = &'a Line>) -> Session {
    let mut graph = Graph::new(root);
    let mut taken: Vec<&Line> = Vec::new();
    for line in lines {
        if !graph.contains(&line.hash) {
            graph.insert(line);
            taken.push(line);
        }
    }
    let mut session = Session::default();
    for line in graph.order().into_iter().filter_map(|place| taken.get(place)) {
        session.apply(&line.recorded());
    }
    session
}
