//! The two lines at the lower edge: hints made from the key table, and the status line.
//!
//! A blocked key stays and says why. Not here: which key is blocked (`face/blocked.rs`).

use ratatui::layout::Rect;

use crate::engine::input::{NoticeLevel, RecordState};
use crate::rules::observed::Freshness;
use crate::safe_format;
use crate::text::{Safe, clock_face, safe};
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::glyph::StatusWord;
use crate::tui::header::oldest;
use crate::tui::record_banner;
use crate::tui::row::{RowLine, draw_line};
use crate::tui::state::{Mouse, Over, Said, State};
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Seconds an ordinary message is shown.
const INFO_SECONDS: i64 = 6;
/// Seconds a warning is shown.
const WARNING_SECONDS: i64 = 15;

/// May this person change anything?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Yes.
    #[default]
    ReadWrite,
    /// `--read-only`: changing keys say so.
    ReadOnly,
}

/// The mode as the status line names it.
pub(crate) fn mode(state: &State, access: Access, frozen: bool, view: &View<'_>) -> Safe {
    if frozen {
        return Safe::own("FROZEN");
    }
    Safe::own(match (&state.over, &state.typing) {
        (_, Some(_)) => "FILTER",
        (Over::Help(_), None) => "HELP",
        (Over::Dialog(dialog), None) => {
            if dialog.in_field() {
                "INSERT"
            } else {
                "CONFIRM"
            }
        }
        (Over::Nothing, None) if access == Access::ReadOnly => "READ-ONLY",
        (Over::Nothing, None) if view.engine.session().active_run().is_some() => "RUN",
        (Over::Nothing, None) if view.engine.session().open_windows().next().is_some() => "WINDOW",
        (Over::Nothing, None) => "NORMAL",
    })
}

/// The message that is shown now: the newer of the engine's and the face's own, while its time lasts.
pub(crate) fn message(view: &View<'_>, state: &State) -> Option<Said> {
    let theirs = view.engine.notices().next_back().map(|notice| Said {
        at: notice.at,
        level: notice.level,
        text: notice.text.safe(),
    });
    let newest = match (theirs, state.said.clone()) {
        (Some(theirs), Some(own)) => Some(if own.at >= theirs.at { own } else { theirs }),
        (theirs, own) => theirs.or(own),
    }?;
    let seconds = match newest.level {
        NoticeLevel::Info => INFO_SECONDS,
        NoticeLevel::Warning => WARNING_SECONDS,
        NoticeLevel::Error => {
            let seen = state.acknowledged.is_some_and(|seen| seen >= newest.at);
            return (!seen).then_some(newest);
        }
    };
    let ends = newest.at + chrono::TimeDelta::seconds(seconds);
    view.changes_at(ends);
    (view.at < ends).then_some(newest)
}

/// Below this width the keys stand where it would say when it was saved.
const KEYS_BEFORE_SAVED: u16 = 80;

/// Draws the status line.
pub(crate) fn draw_status(
    canvas: &mut Canvas<'_>,
    area: Rect,
    view: &View<'_>,
    state: &State,
    (access, frozen, hints): (Access, bool, Vec<Piece>),
) {
    canvas.fill(area, view.theme.ground(Token::Bg));
    let bar = || view.muted(safe_format!(" {} ", Safe::own(view.theme.glyphs().bar())));
    let mut left = vec![view.strong(safe_format!(" {}", mode(state, access, frozen, view))), bar()];
    if let Some(field) = &state.typing {
        left.push(view.piece(safe_format!("/{}", field.value()), Token::Accent));
    } else if let Some(said) = message(view, state) {
        let (word, token) = match said.level {
            NoticeLevel::Info => (None, Token::Fg),
            NoticeLevel::Warning => (Some(StatusWord::Watch), Token::StatusWarning),
            NoticeLevel::Error => (Some(StatusWord::Fail), Token::StatusDanger),
        };
        if let Some(word) = word {
            left.extend([view.glyph(word), view.plain(Safe::own(" "))]);
        }
        left.push(view.piece(said.text, token));
    } else if let Some(banner) = record_banner::words(view) {
        left.extend([
            view.glyph(StatusWord::Fail),
            view.piece(safe_format!(" {}", banner), Token::StatusDanger),
        ]);
    } else if let Some(file) = view.engine.changed_source() {
        // The release goes on with what it embeds; only a person takes the change over.
        left.extend([
            view.glyph(StatusWord::Watch),
            view.piece(safe_format!(" {} changed: gonogo rebase", file), Token::StatusWarning),
        ]);
    } else {
        left.push(view.muted(oldest(view)));
        for source in sources(view) {
            left.push(bar());
            left.extend(source);
        }
    }
    let mut right = right(view, state, (access, area.width));
    if !hints.is_empty() && area.width < KEYS_BEFORE_SAVED && view.engine.pending().is_empty() {
        // The keys are worth more than when it was saved; what is not recorded or read-only stays.
        right.retain(|piece| !piece.text.as_str().starts_with("saved "));
    }
    right.extend(hints);
    let line = RowLine { left, right };
    let row = Rect { height: area.height.min(1), ..area };
    draw_line(canvas, row, &line, view.theme);
}

/// Each daemon with its glyph.
fn sources(view: &View<'_>) -> Vec<Vec<Piece>> {
    let sources = view.engine.observed().sources.values();
    let many = view.engine.observed().sources.len() > 1;
    let names = view.engine.observed().sources.keys();
    names
        .zip(sources)
        .map(|(name, source)| {
            let word = match source.freshness {
                Freshness::Live => StatusWord::Pass,
                Freshness::Connecting { .. } => StatusWord::Running,
                Freshness::NotAsked => StatusWord::Open,
                Freshness::Stale { .. } => StatusWord::Stale,
            };
            let name = if many { safe_format!(" docker {}", name.as_str()) } else { Safe::own(" docker") };
            let mut pieces = vec![view.glyph(word), view.plain(name)];
            if !matches!(source.freshness, Freshness::Live) {
                pieces.push(view.plain(Safe::own(" ")));
                pieces.push(crate::tui::panes::containers::freshness(view, source));
            }
            pieces
        })
        .collect()
}

fn right(view: &View<'_>, state: &State, (access, width): (Access, u16)) -> Vec<Piece> {
    let bar = safe_format!(" {} ", Safe::own(view.theme.glyphs().bar()));
    let mut pieces = Vec::new();
    let record = match (view.engine.record(), access) {
        (RecordState::Broken { .. }, _) => Some((StatusWord::Fail, "not recorded")),
        (RecordState::ReadOnly { .. }, _) | (_, Access::ReadOnly) => Some((StatusWord::Watch, "read-only")),
        (RecordState::Writable, Access::ReadWrite) => None,
    };
    if let Some((word, text)) = record {
        pieces.extend([view.glyph(word), view.plain(safe_format!(" {}", Safe::own(text)))]);
    } else if !view.engine.pending().is_empty() {
        pieces.push(view.plain(Safe::own("saving")));
    } else if let Some(saved) = view.engine.saved() {
        pieces.push(view.muted(safe_format!("saved {}", clock_face::second_of_day(&saved))));
    }
    if width >= 120 {
        let mouse = match state.mouse {
            Mouse::On => "mouse on",
            Mouse::Off => "mouse off",
        };
        if !pieces.is_empty() {
            pieces.push(view.muted(bar.clone()));
        }
        pieces.push(view.muted(Safe::own(mouse)));
        if record.is_none() {
            pieces.push(view.muted(safe_format!("{}read-write", bar)));
        }
        pieces.push(view.muted(safe_format!("{}gonogo {}", bar, safe(env!("CARGO_PKG_VERSION")))));
    }
    pieces
}
