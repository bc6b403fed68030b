//! Pane 6: the log of a container, or the output of a run. Only what is in sight is sanitised and drawn.
//!
//! Not here: keeping lines (`engine/logs`), where the view stands (`log_view.rs`).

use ratatui::layout::{Position, Rect};

use super::PaneModel;
use crate::checklist::id::EnvironmentName;
use crate::engine::log_source::LogSource;
use crate::engine::logs::log::{Log, LogRow, RowKind};
use crate::safe_format;
use crate::text::{LimitBytes, Safe, StyledLine, clock_face, safe, sanitise_line};
use crate::tui::canvas::Canvas;
use crate::tui::layout::Arrangement;
use crate::tui::log_view::{Follow, Shown};
use crate::tui::row::inner;
use crate::tui::state::State;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Cells of the time of a line, with the blank behind it.
const TIME_CELLS: u16 = 13;

/// What the pane is about: title and counts. Its lines are drawn by [`draw`].
pub(crate) fn model(view: &View<'_>, state: &State) -> PaneModel {
    let source = state.log.source.as_ref();
    let name = source.map(|source| source_name(view, source)).unwrap_or_default();
    let log = source.and_then(|source| view.engine.log(source));
    let mut right = Vec::new();
    if let Some(log) = log {
        let dot = view.dot();
        let new = state.log.new_lines(log);
        right.push(match state.log.follow {
            Follow::End => view.piece(Safe::own("FOLLOW"), Token::StatusSuccess),
            Follow::Off { .. } if new > 0 => view.piece(safe_format!("+{} new", new), Token::StatusWarning),
            Follow::Off { .. } => view.muted(Safe::own("stopped")),
        });
        if let Some(search) = &state.log.search {
            let more = if search.is_done(log) { "" } else { "+" };
            let text =
                safe_format!(" {} /{}/ {}{} hits", dot, search.pattern(), search.count(), Safe::own(more));
            right.push(view.piece(text, Token::Accent));
        }
        right.push(view.muted(safe_format!(
            " {} {} lines {} {} dropped",
            dot,
            log.received(),
            dot,
            log.dropped()
        )));
    }
    PaneModel { title: vec![view.plain(name)], right, empty: empty(view), ..PaneModel::default() }
}

fn empty(view: &View<'_>) -> Safe {
    if view.source().is_some() {
        Safe::own("No log yet. Select a container in pane 2: its log is followed here")
    } else {
        Safe::own("No log: no container is known, and nothing has run yet")
    }
}

/// The log that belongs on screen: a run's output in a run, else that of the selected container.
pub(crate) fn wanted(view: &View<'_>, state: &State) -> Option<LogSource> {
    let runs = &view.engine.session().runs;
    if state.arrangement == Arrangement::Run
        && let Some(run) = runs.last()
    {
        return Some(LogSource::Run { run: run.id().to_owned() });
    }
    let source = view.source()?;
    let environment = environment_of_source(view)?;
    let selected = match state.selected(crate::tui::pane::PaneId::Containers) {
        Some(crate::tui::row::RowId::Container(id)) => Some(id.clone()),
        _ => None,
    };
    let known = |id: &String| source.containers.iter().any(|container| container.id == *id);
    let first = || source.containers.iter().find(|container| !container.oneoff).map(|one| one.id.clone());
    let id = selected.filter(known).or_else(first)?;
    Some(LogSource::Container { environment, id })
}

/// The name under which the shown daemon is known.
fn environment_of_source(view: &View<'_>) -> Option<EnvironmentName> {
    let sources = &view.engine.observed().sources;
    let local = crate::rules::observed::local_environment();
    let named = view.environment.clone().unwrap_or(local);
    if sources.contains_key(&named) { Some(named) } else { sources.keys().next().cloned() }
}

/// What a log is called.
fn source_name(view: &View<'_>, source: &LogSource) -> Safe {
    match source {
        LogSource::Container { environment, id } => {
            let sources = view.engine.observed().sources.get(environment);
            let found = sources.and_then(|source| source.containers.iter().find(|one| one.id == *id));
            found.map_or_else(|| safe(id), |container| container.name.safe())
        }
        LogSource::Run { run } => match view.engine.session().run(run) {
            Some(run) => safe_format!("output of {}", run.requested.action.as_str()),
            None => Safe::own("output"),
        },
    }
}

/// Draws the lines in sight.
pub(crate) fn draw(canvas: &mut Canvas<'_>, area: Rect, view: &View<'_>, state: &State) -> Position {
    let found = state.log.source.as_ref().and_then(|source| view.engine.log(source));
    let Some(log) = found.filter(|log| !log.is_empty() || log.ended().is_some()) else {
        let lines = crate::text::wrap::wrap(&empty(view), usize::from(inner(area).width));
        for (y, line) in (area.top()..area.bottom()).zip(&lines) {
            canvas.put(inner(area).x, y, line, view.theme.style(Token::FgMuted));
        }
        return Position { x: area.x, y: area.y };
    };
    let foot = u16::from(area.height > 2);
    let lines = Rect { height: area.height.saturating_sub(foot), ..area };
    draw_lines(canvas, lines, log, view, state);
    if foot > 0 {
        let y = area.bottom().saturating_sub(1);
        let room = Rect { x: area.x.saturating_add(1), y, width: area.width.saturating_sub(2), height: 1 };
        canvas.put_in(
            room,
            &foot_words(view, log, state),
            view.theme.style(Token::FgMuted),
            view.theme.glyphs(),
        );
    }
    Position { x: area.x, y: lines.bottom().saturating_sub(1).max(area.y) }
}

/// How many rows of the pane show lines.
pub(crate) fn lines_height(area: Rect) -> u16 {
    area.height.saturating_sub(u16::from(area.height > 2))
}

fn foot_words(view: &View<'_>, log: &Log, state: &State) -> Safe {
    let dot = view.dot();
    let hidden = log.received().saturating_sub(log.dropped()).saturating_sub(kept_lines(log));
    let counts = safe_format!(
        "received {} {} kept {} {} dropped {}",
        log.received(),
        dot,
        kept_lines(log) + hidden,
        dot,
        log.dropped()
    );
    if let Some(reason) = log.ended() {
        return safe_format!("-- ended: {} -- {}", reason, counts);
    }
    match state.log.follow {
        Follow::End => safe_format!("-- following. k stops, G follows again, / searches -- {}", counts),
        Follow::Off { .. } => safe_format!("-- stopped. G follows again -- {}", counts),
    }
}

fn kept_lines(log: &Log) -> u64 {
    log.received().saturating_sub(log.dropped()).min(log.len() as u64)
}

fn draw_lines(canvas: &mut Canvas<'_>, area: Rect, log: &Log, view: &View<'_>, state: &State) {
    if area.is_empty() {
        return;
    }
    let top = first_row(area, log, state);
    let mut y = area.y;
    for number in top..log.end_number() {
        let Some(row) = log.row(number) else { continue };
        if y >= area.bottom() {
            return;
        }
        let room = Rect { y, height: area.bottom().saturating_sub(y), ..area };
        y = y.saturating_add(draw_row(canvas, room, (number, &row), view, state).max(1));
    }
}

/// The first line to draw. Folded lines take more rows than one, so at the end the last ones are counted back.
fn first_row(area: Rect, log: &Log, state: &State) -> u64 {
    if state.log.wrap == Shown::No || state.log.follow != Follow::End {
        return state.log.first_line(log, area.height);
    }
    let mut rows = 0_usize;
    let mut top = log.end_number();
    while top > log.first() {
        let Some(row) = log.row(top - 1) else { break };
        let wide = styled(&row).text().width();
        rows += wide.div_ceil(usize::from(text_area(area, &row, state).width.max(1))).max(1);
        if rows > usize::from(area.height) {
            break;
        }
        top -= 1;
    }
    top.min(log.end_number().saturating_sub(1))
}

/// Where the text of a line stands.
fn text_area(area: Rect, row: &LogRow, state: &State) -> Rect {
    let time = if state.log.time == Shown::Yes && row.at.is_some() { TIME_CELLS } else { 0 };
    let x = area.x.saturating_add(1).saturating_add(time);
    Rect { x, width: area.right().saturating_sub(1).saturating_sub(x), ..area }
}

fn styled(row: &LogRow) -> StyledLine {
    sanitise_line(row.text.raw(), LimitBytes::LINE)
}

/// Draws one line. Returns how many rows it took.
fn draw_row(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (number, row): (u64, &LogRow),
    view: &View<'_>,
    state: &State,
) -> u16 {
    if row.kind == RowKind::Seam {
        let text = safe_format!("-- {} --", row.text);
        let style = view.theme.style(Token::StatusInfo);
        canvas.put_in(text_area(area, row, state), &text, style, view.theme.glyphs());
        return 1;
    }
    let hit = state.log.search.as_ref().is_some_and(|search| search.is_hit(number));
    let mark = if hit { view.theme.style(Token::Match) } else { view.theme.style(Token::FgMuted) };
    let sign = if hit { ">" } else { " " };
    canvas.within(area).put(area.x, area.y, &Safe::own(sign), mark);
    if let (Shown::Yes, Some(at)) = (state.log.time, row.at) {
        canvas.within(area).put(area.x.saturating_add(1), area.y, &clock_face::milli_of_day(&at), mark);
    }
    let text = text_area(area, row, state);
    let line = styled(row);
    if text.width == 0 {
        return 1;
    }
    let wide = u16::try_from(line.text().width()).unwrap_or(u16::MAX);
    let rows = if state.log.wrap == Shown::Yes { wide.div_ceil(text.width).max(1) } else { 1 };
    for part in 0..rows.min(area.height) {
        let place = Rect { y: text.y.saturating_add(part), height: 1, ..text };
        canvas.put_styled(place, part.saturating_mul(text.width), &line, view.theme);
    }
    let cut = row.cut + line.cut_bytes;
    if cut > 0 || (rows == 1 && wide > text.width) {
        let size = u64::try_from(cut).unwrap_or(u64::MAX);
        let more = if cut > 0 {
            safe_format!("{}+{} cut", Safe::own(view.theme.glyphs().ellipsis()), clock_face::bytes(size))
        } else {
            Safe::own(view.theme.glyphs().ellipsis())
        };
        canvas.within(text).put_right(text.right(), text.y, &more, view.theme.style(Token::FgMuted));
    }
    rows
}
