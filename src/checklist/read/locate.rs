//! From a place in the model to the bytes of the file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;
use super::tree::in_order;
use crate::checklist::place::Segment;

/// What was found on the way to a place: the bytes, and the value if the way was walked to its end.
pub(super) struct Found<'t> {
    pub(super) span: Range<usize>,
    pub(super) value: Option<&'t Spanned<DeValue<'t>>>,
}

/// The bytes of a problem; of its nearest parent where the place itself is not written in the file.
pub(super) fn locate<'t>(root: &'t DeTable<'t>, source: &str, problem: &Problem) -> Found<'t> {
    let mut span = 0..0;
    let mut key_span = 0..0;
    let mut here: Option<&'t Spanned<DeValue<'t>>> = None;
    let mut complete = true;
    for segment in problem.place.segments() {
        let table = match here {
            None => Some(root),
            Some(value) => value.get_ref().as_table(),
        };
        let next = match (segment, table, here.and_then(|value| value.get_ref().as_array())) {
            (Segment::Key(key), Some(table), _) => table
                .iter()
                .find(|(name, _)| name.get_ref().as_ref() == key.as_str())
                .map(|(name, v)| (name.span(), v)),
            // A list whose entries have an id stands for a table by name.
            (Segment::Key(key), None, Some(list)) => list
                .iter()
                .find(|value| id_of(value) == Some(key.as_str()))
                .map(|value| (value.span(), value)),
            (Segment::Index(index), _, Some(list)) => list.get(*index).map(|value| (value.span(), value)),
            (Segment::Index(index), Some(table), None) => {
                in_order(table).get(*index).map(|(name, value)| (name.span(), *value))
            }
            (Segment::Key(_) | Segment::Index(_), None, None) => None,
        };
        let Some((key, value)) = next else {
            complete = false;
            break;
        };
        key_span = key;
        span = value.span();
        here = Some(value);
    }
    if problem.at_key && complete {
        return Found { span: key_span, value: here };
    }
    if let Some(part) = &problem.part
        && complete
        && let Some(text) = source.get(span.clone())
        && let Some(at) = text.find(part.as_str())
    {
        span = span.start + at..span.start + at + part.len();
    }
    Found { span, value: here.filter(|_| complete) }
}

fn id_of<'t>(value: &'t Spanned<DeValue<'t>>) -> Option<&'t str> {
    value.get_ref().get("id").and_then(|id| id.get_ref().as_str())
}
