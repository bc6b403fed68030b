//! Pane 5: the record, newest first.
//!
//! The words of each event are in `event_words.rs`.

use super::PaneModel;
use super::event_words::event_words;
use crate::rules::conflict_told::asides;
use crate::safe_format;
use crate::session::condition::{Claims, OddLine};
use crate::session::recorded::{Recorded, What};
use crate::text::width::Align;
use crate::text::{Safe, clock_face, safe};
use crate::tui::glyph::StatusWord;
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::theme::Token;
use crate::tui::view::{View, person};

/// Rows of the pane at most: the whole record is one key away, and a frame must not grow with it.
pub(crate) const ROWS_MAX: usize = 500;

/// The pane.
pub(crate) fn model(view: &View<'_>) -> PaneModel {
    let timeline = &view.engine.session().timeline;
    let newest = || timeline.iter().rev().take(ROWS_MAX);
    let who = newest().map(|recorded| person(&recorded.by).width()).max().unwrap_or(0);
    let who = u16::try_from(who).unwrap_or(u16::MAX).min(WHO_CELLS_MAX);
    let mut rows: Vec<Row> = newest().map(|recorded| row(view, recorded, who)).collect();
    for (odd, claims) in with_claims(view) {
        let place = newest().position(|recorded| recorded.at <= claims.at).unwrap_or(rows.len());
        rows.insert(place.min(rows.len()), odd_row(view, odd, claims, who));
    }
    PaneModel {
        right: vec![view.muted(safe_format!("UTC {} newest first", view.dot()))],
        rows,
        foot: vec![RowLine { left: Vec::new(), right: vec![view.muted(Safe::own("g t: whole record"))] }],
        empty: Safe::own("Nothing has happened yet"),
        ..PaneModel::default()
    }
}

/// Lines that do not count, newest first: those that claim to be an event.
fn with_claims<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a OddLine, &'a Claims)> {
    let lines = view.engine.condition().lines.iter().rev();
    lines.filter_map(|odd| Some((odd, odd.claims.as_ref()?)))
}

/// The name of its row: its key may be another line's too.
pub(crate) fn odd_id(odd: &OddLine) -> Option<String> {
    odd.claims.as_ref().map(|claims| format!("{}/{}", claims.id, odd.number))
}

/// A line that was edited by hand: what it claims to be, and that it does not count.
fn odd_row(view: &View<'_>, odd: &OddLine, claims: &Claims, who_cells: u16) -> Row {
    let text = safe_format!("DOES NOT COUNT: line {}, {}: {}", odd.number, claims.kind, odd.cause);
    let left = vec![
        view.muted(safe_format!("{} ", clock_face::second_of_day(&claims.at))),
        view.glyph(StatusWord::Error),
        view.plain(Safe::own(" ")),
        view.plain(text),
    ];
    let who = view.column(&person(&claims.by), who_cells, Align::Right);
    let id = odd_id(odd).unwrap_or_default();
    let mut row = Row::one(RowId::Event(id), left, vec![view.muted(who)]);
    row.kind = RowKind::Problem;
    row
}

/// Cells for who did it at most.
pub(crate) const WHO_CELLS_MAX: u16 = 10;

/// Cells before what stands under a line: those of its time and glyph.
const ASIDE_LEAD: usize = 11;

/// One line of the record, with so many cells for who did it.
pub(crate) fn row(view: &View<'_>, recorded: &Recorded, who_cells: u16) -> Row {
    let undone = view.engine.session().undone.contains(&recorded.id);
    let (word, text) = match &recorded.what {
        What::Known(event) => event_words(view, event),
        What::Redacted { kind } => {
            (StatusWord::Error, safe(&view.engine.session().redacted_told(&recorded.hash, kind)))
        }
        What::Newer { kind, .. } => (StatusWord::Error, safe_format!("{} (of a newer gonogo)", kind)),
    };
    let text = if undone { safe_format!("{} (taken back)", text) } else { text };
    let left = vec![
        view.muted(safe_format!("{} ", clock_face::second_of_day(&recorded.at))),
        view.glyph(word),
        view.plain(Safe::own(" ")),
        if undone { view.muted(text) } else { view.plain(text) },
    ];
    let who = view.column(&person(&recorded.by), who_cells, Align::Right);
    let mut row = Row::one(RowId::Event(recorded.id.clone()), left, vec![view.muted(who)]);
    let facts = view.engine.facts(view.at);
    for aside in asides(&facts, recorded) {
        // Under the words, past the time and the glyph.
        let lead = Safe::own(" ").repeat(ASIDE_LEAD);
        let text = view.piece(safe(&aside), Token::StatusWarning);
        row.lines.push(RowLine::of(vec![view.plain(lead), text]));
    }
    if matches!(
        word,
        StatusWord::Fail
            | StatusWord::Failed
            | StatusWord::Rejected
            | StatusWord::Aborted
            | StatusWord::Error
    ) {
        row.kind = RowKind::Problem;
    }
    row
}
