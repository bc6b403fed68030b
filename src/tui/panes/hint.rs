//! What to do next, in the checklist's own words: the `hint` of the item that comes next.
//!
//! For a first release, or one that is rehearsed. It follows from the state alone and says nothing in a run. The header's
//! "Next:" is the program's own sentence (`header.rs`).

use super::details::lines_in;
use crate::checklist::action::ActionKind;
use crate::rules::gate::needs;
use crate::text::{Safe, safe};
use crate::tui::row::RowLine;
use crate::tui::theme::Token;
use crate::tui::view::{Stood, View};

/// The hint's lines; none: nothing comes next, or it has no hint.
pub(crate) fn lines(view: &View<'_>, width: u16) -> Vec<RowLine> {
    let Some(hint) = upcoming(view).and_then(|stood| stood.at.item.hint.as_ref()) else { return Vec::new() };
    let text = safe(&hint.replace('\n', " "));
    lines_in(view, &Safe::own("next"), &text, width, Token::Accent)
}

/// What a person is to do next: after a rollback what its plan has, else the first open item whose needs are met.
fn upcoming<'v, 'a>(view: &'v View<'a>) -> Option<&'v Stood<'a>> {
    let session = view.engine.session();
    if session.active_run().is_some() {
        return None;
    }
    match session.runs.last() {
        // What the release would do next was taken back.
        Some(run) if run.requested.kind == ActionKind::Rollback => upcoming_of_plan(view),
        Some(_) | None => view.items.iter().find(|stood| is_next(view, stood)),
    }
}

/// The next open item of what follows a rollback.
pub(crate) fn upcoming_of_plan<'v, 'a>(view: &'v View<'a>) -> Option<&'v Stood<'a>> {
    view.items.iter().filter(|stood| stood.at.plan.is_some()).find(|stood| is_next(view, stood))
}

fn is_next(view: &View<'_>, stood: &Stood<'_>) -> bool {
    stood.at.item.is_required()
        && stood.at.item.items.is_empty()
        && !stood.standing.state.is_done()
        && needs(&view.engine.facts(view.at), &stood.at).is_empty()
}
