//! What the header says of an open monitoring window: its name, how far it is, when it ends, who looks.
//!
//! Not here: the verdict and its reasons, which stand where they always stand (`header.rs`), charts (`panes/charts.rs`).

use chrono::TimeDelta;
use ratatui::layout::Rect;

use crate::safe_format;
use crate::session::window_state::WindowRecord;
use crate::text::{Safe, clock_face, safe};
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::gauge;
use crate::tui::row::draw_pieces;
use crate::tui::view::View;

/// The window on screen: the newest that is open.
pub(crate) fn watched<'a>(view: &View<'a>) -> Option<&'a WindowRecord> {
    view.engine.session().open_windows().next_back()
}

/// `WINDOW first-day`, behind product and version.
pub(crate) fn tag(view: &View<'_>) -> Option<Piece> {
    let window = watched(view)?;
    Some(view.strong(safe_format!("   WINDOW {}", window.opened.window.as_str())))
}

/// `03:12 of 24:00`, and where there is room when it ends.
pub(crate) fn countdown(view: &View<'_>, window: &WindowRecord, room: Room) -> Safe {
    let whole = window.ends - window.opened.opened;
    let past = view.elapsed(window.opened.opened);
    let far = if view.at >= window.ends {
        Safe::own("its time is over")
    } else {
        safe_format!("{} of {}", past, clock_face::elapsed(whole))
    };
    match room {
        Room::Little => far,
        Room::Enough => safe_format!("{} {} ends {}", far, view.dot(), ends(view, window)),
    }
}

/// How much room there is for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// A few words.
    Little,
    /// A clause.
    Enough,
}

/// `18:09:12 UTC`, for another day `Fri 13 Mar 15:09 UTC`.
fn ends(view: &View<'_>, window: &WindowRecord) -> Safe {
    if window.ends - view.at < TimeDelta::hours(12) {
        safe_format!("{} UTC", clock_face::second_of_day(&window.ends))
    } else {
        safe(&window.ends.format("%a %-d %b %H:%M UTC").to_string())
    }
}

/// A bar of the time that has passed, and its share.
pub(crate) fn progress(canvas: &mut Canvas<'_>, area: Rect, window: &WindowRecord, view: &View<'_>) {
    let whole = (window.ends - window.opened.opened).num_seconds().max(1);
    let past = (view.at - window.opened.opened).num_seconds().clamp(0, whole);
    let text = safe_format!(" {} %", past * 100 / whole);
    let cells = u16::try_from(text.width()).unwrap_or(0);
    let bar = Rect { width: area.width.saturating_sub(cells), height: area.height.min(1), ..area };
    let count = |seconds: i64| u64::try_from(seconds).unwrap_or(0);
    gauge::progress(canvas, bar, count(past), count(whole), view.theme);
    let rest = Rect { x: bar.right(), width: cells, ..bar };
    draw_pieces(canvas, rest, &[view.plain(text)], view.theme);
}
