//! What a check waits for: while one of its `needs` is open it is not measured, and whatever it said before does not count.
//!
//! Not here: what stands against an action or a tick (`gate.rs`).

use std::collections::BTreeMap;

use super::facts::Facts;
use super::standing::{measured, set_aside, standing};
use crate::checklist::id::{ItemId, PhaseId};
use crate::checklist::index::ItemAt;

/// What a check waits for, by its title; none: nothing, or it is no check.
pub fn waits_for(facts: &Facts<'_>, at: &ItemAt<'_>) -> Option<String> {
    at.item.check.as_ref()?;
    first_open(facts, at, &mut BTreeMap::new())
}

/// Items whose answer is known on this way through the needs: each is asked once, however many need it.
type Asked = BTreeMap<ItemId, bool>;

fn first_open(facts: &Facts<'_>, at: &ItemAt<'_>, asked: &mut Asked) -> Option<String> {
    for need in &at.item.needs {
        let wanted: Vec<ItemAt<'_>> = match need.strip_prefix("phase:") {
            Some(phase) => facts.checklist.phase_items(&PhaseId::from(phase)),
            None => match facts.item(&ItemId::from(need.as_str())) {
                Some(other) => vec![other],
                None => return Some(need.clone()),
            },
        };
        for other in wanted.iter().filter(|other| other.item.is_required()) {
            if !is_done(facts, other, asked) {
                return Some(facts.values(other.environment).shown(&other.item.title));
            }
        }
    }
    None
}

fn is_done(facts: &Facts<'_>, at: &ItemAt<'_>, asked: &mut Asked) -> bool {
    if let Some(done) = asked.get(&at.item.id) {
        return *done;
    }
    // A ring of needs, which the reader refuses, is never done.
    asked.insert(at.item.id.clone(), false);
    let done = if at.item.check.is_none() || at.item.needs.is_empty() {
        standing(facts, at).state.is_done()
    } else {
        match set_aside(facts, at) {
            Some(standing) => standing.state.is_done(),
            None => measured(facts, at).state.is_done() && first_open(facts, at, asked).is_none(),
        }
    };
    asked.insert(at.item.id.clone(), done);
    done
}
