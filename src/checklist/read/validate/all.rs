//! Every problem of meaning, in no particular order.

use super::{
    assertions, cycles, items, names, notify, steps, templates, times, variables, window_samples, windows,
};
use crate::checklist::model::{CHECKLIST_FORMAT, Checklist};
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// Every problem of meaning in a model whose `for_each` is not expanded yet.
pub fn validate(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    if checklist.format != CHECKLIST_FORMAT {
        let place = Place::root().key("format");
        let message = format!("format {} is not known to this version", checklist.format);
        problems
            .push(Problem::error(&place, message).label("expected 1").help("a newer `gonogo` may read it"));
    }
    let concerns = [
        names::check,
        cycles::check,
        items::check,
        assertions::check,
        steps::check,
        templates::check,
        variables::check,
        times::check,
        windows::check,
        window_samples::check,
        notify::check,
    ];
    problems.extend(concerns.iter().flat_map(|check| check(checklist)));
    problems
}
