//! Every problem of meaning, in no particular order.

use crate::checklist::model::{CHECKLIST_FORMAT, Checklist};
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// Every problem of meaning.
pub fn validate(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    if checklist.format != CHECKLIST_FORMAT {
        let place = Place::root().key("format");
        let message = format!("format {} is not known to this version", checklist.format);
        problems
            .push(Problem::error(&place, message).label("expected 1").help("a newer `gonogo` may read it"));
    }
    problems
}
