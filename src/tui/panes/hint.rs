//! What to do next, in the checklist's own words: the `hint` of the item that comes next.
//!
//! For a first release, or one that is rehearsed. It follows from the state alone and says nothing in a run. The header's
//! "Next:" is the program's own sentence (`header.rs`).

use super::details::lines_in;
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

/// What a person is to do next: after a rollback its plan, else the first open item whose needs are met.
fn upcoming<'v, 'a>(view: &'v View<'a>) -> Option<&'v Stood<'a>> {
    if view.engine.session().runs.iter().any(crate::session::state::RunRecord::is_active) {
        return None;
    }
    let facts = view.engine.facts(view.at);
    let open = |stood: &&Stood<'_>| {
        stood.at.item.is_required()
            && stood.at.item.items.is_empty()
            && !stood.standing.state.is_done()
            && needs(&facts, &stood.at).is_empty()
    };
    let of_plan = view.items.iter().filter(|stood| stood.at.plan.is_some()).find(open);
    of_plan.or_else(|| view.items.iter().find(open))
}
