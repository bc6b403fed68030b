//! The header: where, what, the verdict with its first reasons, phases, counters, age, and the next step.
//!
//! Four forms by size, decided in `layout.rs`; the card of a tiny terminal is in `card.rs`, the badge in `badge.rs`.

use ratatui::layout::Rect;

use crate::checklist::item::ItemKind;
use crate::rules::standing::ItemState;
use crate::rules::verdict::Reason;
use crate::safe_format;
use crate::session::state::RunRecord;
use crate::text::width::truncate_with;
use crate::text::{Safe, clock_face, safe};
use crate::tui::badge::{self, Lead, badge};
use crate::tui::canvas::{Canvas, Piece};
use crate::tui::frame::Frame;
use crate::tui::gauge;
use crate::tui::glyph::StatusWord;
use crate::tui::layout::{HeaderForm, Layout};
use crate::tui::next_step;
use crate::tui::pane::PaneId;
use crate::tui::panes::steps;
use crate::tui::record_banner;
use crate::tui::row::{RowLine, draw_line, draw_pieces};
use crate::tui::state::State;
use crate::tui::theme::Token;
use crate::tui::view::{NOW, View, host, is_fresh, person, state_word, worst_word};
use crate::tui::window_header::{self, Room};

/// Draws the header in the form the layout decided.
pub(crate) fn draw(canvas: &mut Canvas<'_>, layout: &Layout, view: &View<'_>, state: &State) {
    let area = layout.header;
    match layout.header_form {
        HeaderForm::Card => {}
        HeaderForm::Boxed => boxed(canvas, area, view, state),
        HeaderForm::ThreeRows | HeaderForm::TwoRows => {
            canvas.fill(area, view.theme.ground(Token::Bg));
            let line = RowLine { left: place(view), right: session(view, area.width) };
            draw_line(canvas, row(area, 0), &line, view.theme);
            verdict_row(canvas, row(area, 1), view, state, Phases::Elsewhere);
            if layout.header_form == HeaderForm::ThreeRows {
                third_row(canvas, row(area, 2), view, state);
            }
        }
    }
}

/// Do the phases stand in the row of the badge?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phases {
    Here,
    Elsewhere,
}

fn boxed(canvas: &mut Canvas<'_>, area: Rect, view: &View<'_>, state: &State) {
    let title = place(view);
    let right = session(view, area.width);
    let kind = badge(view, state).border;
    let inside =
        Frame { kind, title: &title, right: &right, ground: Token::Bg }.draw(canvas, area, view.theme);
    verdict_row(canvas, inset(row(inside, 0)), view, state, Phases::Here);
    match (badge::lead(view.engine, state), window_header::watched(view)) {
        (Lead::Run(run), _) if run.is_active() => progress(canvas, inset(row(inside, 1)), run, view),
        (Lead::Verdict, Some(window)) => {
            window_header::progress(canvas, inset(row(inside, 1)), window, view);
        }
        (Lead::Run(_) | Lead::Verdict, _) => {
            let mut left = counters(view, Names::Long);
            if !view.verdict.reasons.is_empty() {
                // Without reasons the age stands beside the badge.
                left.push(view.muted(safe_format!("  {}", oldest(view))));
            }
            let next = next_step::words(view, state);
            let wrong = record_banner::words(view).is_some();
            let next = view.piece(next, if wrong { Token::StatusDanger } else { Token::FgStrong });
            let line = RowLine { left, right: vec![next] };
            draw_line(canvas, inset(row(inside, 1)), &line, view.theme);
        }
    }
}

fn third_row(canvas: &mut Canvas<'_>, area: Rect, view: &View<'_>, state: &State) {
    match (badge::lead(view.engine, state), window_header::watched(view)) {
        (Lead::Run(run), _) if run.is_active() => progress(canvas, area, run, view),
        (Lead::Verdict, Some(window)) => window_header::progress(canvas, area, window, view),
        (Lead::Run(_) | Lead::Verdict, _) => {
            let right = counters(view, if area.width < TABS_COLUMNS { Names::Tabs } else { Names::Short });
            let left = phases(view, area.width.saturating_sub(Piece::width(&right) + 1));
            let line = RowLine { left, right };
            draw_line(canvas, area, &line, view.theme);
        }
    }
}

fn row(area: Rect, number: u16) -> Rect {
    let y = area.y.saturating_add(number);
    Rect { y, height: u16::from(y < area.bottom()), ..area }
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x.saturating_add(1).min(area.right()), width: area.width.saturating_sub(2), ..area }
}

/// Environment, product, old and new version.
pub(crate) fn place(view: &View<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    pieces.extend(badge::environment(view));
    pieces.extend(badge::auto(view));
    let product = safe(&view.engine.release().product);
    pieces.push(view.strong(safe_format!(" {}", product)));
    pieces.push(view.plain(safe_format!("  {}", versions(view))));
    pieces.extend(window_header::tag(view));
    pieces
}

/// `4.11.3 → 4.12.0`.
pub(crate) fn versions(view: &View<'_>) -> Safe {
    let facts = view.engine.facts(view.at);
    let version = safe(facts.version().unwrap_or(&view.engine.release().version));
    let before = view
        .engine
        .deployed_version(view.environment.as_ref())
        .or_else(|| facts.values(None).lookup("previous_version"));
    match before {
        Some(before) if version != *before.as_str() => {
            safe_format!("{} {} {}", before, Safe::own(view.theme.glyphs().arrow()), version)
        }
        Some(_) | None => version,
    }
}

/// Session, person and host, clock; the clock stays longest.
fn session(view: &View<'_>, width: u16) -> Vec<Piece> {
    let clock = view.plain(safe_format!(" {}", view.clock()));
    if width < 72 {
        return vec![clock];
    }
    let dot = view.dot();
    let release = view.engine.release();
    let mut pieces = Vec::new();
    if width >= 96 {
        let name = release.session_name.trim_end_matches(".toml").trim_end_matches(".session");
        pieces.push(view.muted(safe_format!("session {} {} ", name, dot)));
    }
    let me = view.engine.me();
    pieces.push(view.muted(safe_format!("{}@{} {}", person(&me.by), host(&me.on), dot)));
    pieces.push(clock);
    pieces
}

fn verdict_row(canvas: &mut Canvas<'_>, area: Rect, view: &View<'_>, state: &State, strip: Phases) {
    let badge = badge(view, state);
    let mut left = vec![Piece::new(badge.text, badge.style), view.plain(Safe::own(" "))];
    let mut right = Vec::new();
    match badge::lead(view.engine, state) {
        Lead::Verdict if let Some(window) = window_header::watched(view) => {
            left.extend(reasons(view, view.verdict.reasons.len()));
            let room = if area.width < WINDOW_END_COLUMNS { Room::Little } else { Room::Enough };
            right.push(view.plain(window_header::countdown(view, window, room)));
        }
        Lead::Verdict => {
            left.extend(reasons(view, view.verdict.reasons.len()));
            if strip == Phases::Here && area.width >= 120 {
                // The first reason is read first; beyond that the phases are worth more than further reasons.
                let most = u32::from(area.width) * REASONS_PERCENT / 100;
                let taken = Piece::width(&left).min(u16::try_from(most).unwrap_or(area.width));
                right = phases(view, area.width.saturating_sub(taken + 2));
            }
        }
        Lead::Run(run) => {
            left.push(view.strong(run_words(view, run)));
            right.push(view.plain(run_clock(view, run)));
        }
    }
    draw_line(canvas, area, &RowLine { left, right }, view.theme);
}

/// The number of reasons and the first of them.
pub(crate) fn reasons(view: &View<'_>, most: usize) -> Vec<Piece> {
    let all = &view.verdict.reasons;
    if all.is_empty() {
        let items = safe_format!("{}/{} done", view.verdict.done, view.verdict.total);
        return vec![view.plain(safe_format!("{}, {}", items, oldest(view)))];
    }
    let noun = if all.len() == 1 { "reason" } else { "reasons" };
    let mut pieces = vec![view.strong(safe_format!("{} {}:", all.len(), Safe::own(noun)))];
    for reason in all.iter().take(most) {
        pieces.push(view.plain(Safe::own("  ")));
        pieces.extend(reason_pieces(view, reason));
    }
    pieces
}

/// One reason: glyph, word, what it is about.
pub(crate) fn reason_pieces(view: &View<'_>, reason: &Reason) -> Vec<Piece> {
    let word = match reason.weight {
        crate::rules::verdict::Weight::Hold if reason.item.is_none() => StatusWord::Hold,
        _ => state_word(reason.state),
    };
    let about = safe(&reason.about);
    let kind = reason.item.as_ref().and_then(|id| view.item(id)).map(|stood| stood.at.item.kind());
    let text = match kind {
        None => safe_format!(" {}: {}", about, reason.text),
        // Which window it is stands above.
        Some(ItemKind::Window(_)) => safe_format!(" {}", reason.text),
        Some(_) => safe_format!(" {}", about),
    };
    vec![
        view.glyph(word),
        Piece::new(safe_format!(" {}", Safe::own(word.word())), view.theme.status_word(word)),
        view.plain(text),
    ]
}

/// Columns from which a window says when it ends.
const WINDOW_END_COLUMNS: u16 = 100;
/// Percent of the badge's row that reasons may take from the phases.
const REASONS_PERCENT: u32 = 55;

/// Each phase with its state, in order, as whole as `room` cells allow.
fn phases(view: &View<'_>, room: u16) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let all = &view.engine.checklist().phases;
    let titles: Vec<Safe> =
        all.iter().map(|phase| view.title_of(phase.environment.as_ref(), &phase.title)).collect();
    let cells = title_cells(&titles, usize::from(view.theme.glyphs().status_cells()), usize::from(room));
    for (place, (phase, title)) in all.iter().zip(&titles).enumerate() {
        if place > 0 {
            pieces.push(view.muted(safe_format!(" {} ", Safe::own(view.theme.glyphs().pointer()))));
        }
        let inside = || {
            view.items.iter().filter(|stood| {
                stood.at.phase.is_some_and(|at| at.id == phase.id)
                    && stood.at.item.is_required()
                    && stood.at.item.kind() != ItemKind::Group
            })
        };
        let word = worst_word(inside().map(|stood| stood.standing.state));
        let title = truncate_with(title, cells, &Safe::EMPTY);
        // A word that is cut does not end in what stood between two words.
        let title = safe(title.as_str().trim_end_matches([' ', '/', '-', '&', ',', ':', '(']));
        pieces.push(view.plain(safe_format!("{} ", title)));
        pieces.push(view.glyph(word));
    }
    pieces
}

/// Cells each title may have so that all of them, their glyphs and what is between them fit: long ones give way first.
fn title_cells(titles: &[Safe], glyph: usize, room: usize) -> usize {
    let between = titles.len().saturating_sub(1) * 3 + titles.len() * (glyph + 1);
    let longest = titles.iter().map(Safe::width).max().unwrap_or(0);
    let fits =
        |cells: &usize| titles.iter().map(|title| title.width().min(*cells)).sum::<usize>() + between <= room;
    (TITLE_CELLS_MIN..=longest).rev().find(fits).unwrap_or(TITLE_CELLS_MIN)
}

/// Cells of a phase's title at least: fewer are no word.
const TITLE_CELLS_MIN: usize = 3;

/// How counters are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// As the panes.
    Long,
    /// As the tabs.
    Short,
    /// As the tabs, without containers: beside a tab that says how they are the phases are worth more.
    Tabs,
}

/// Columns under which panes are tabs.
const TABS_COLUMNS: u16 = 100;

/// Counters of items, checks, sign-offs and containers.
pub(crate) fn counters(view: &View<'_>, names: Names) -> Vec<Piece> {
    let name = |pane: PaneId| {
        Safe::own(match names {
            Names::Long => pane.name(),
            Names::Short | Names::Tabs => pane.short_name(),
        })
    };
    let gap = Safe::own(if names == Names::Long { "   " } else { "  " });
    let count = |wanted: &dyn Fn(&ItemKind<'_>) -> bool| {
        let of_kind =
            view.items.iter().filter(|stood| stood.at.plan.is_none() && wanted(&stood.at.item.kind()));
        let done = of_kind.clone().filter(|stood| stood.standing.state.is_done()).count();
        (done, of_kind.count())
    };
    let list = safe_format!("{} {}/{}", name(PaneId::Checklist), view.verdict.done, view.verdict.total);
    let mut pieces = vec![view.plain(list)];
    let checks = count(&|kind| matches!(kind, ItemKind::Check(_)));
    let signs = count(&|kind| matches!(kind, ItemKind::Signoff(_)));
    for (pane, (done, all)) in [(PaneId::Checks, checks), (PaneId::SignOffs, signs)] {
        if all > 0 {
            pieces.push(view.plain(safe_format!("{}{} {}/{}", gap, name(pane), done, all)));
        }
    }
    if let Some(source) = view.source().filter(|_| names != Names::Tabs) {
        // As pane 2 counts: what ran once and ended is no service.
        let lasting = || source.containers.iter().filter(|one| !one.oneoff);
        let ready = lasting().filter(|one| crate::tui::panes::containers::is_ready(one)).count();
        let text = safe_format!("{}{} {}/{}", gap, name(PaneId::Containers), ready, lasting().count());
        pieces.push(if is_fresh(Some(source)) { view.plain(text) } else { view.muted(text) });
    }
    pieces
}

/// The age of the oldest result that counts, and how many are stale.
pub(crate) fn oldest(view: &View<'_>) -> Safe {
    let results = view.items.iter().filter_map(|stood| stood.standing.result.as_ref());
    let stale = view.items.iter().filter(|stood| stood.standing.state == ItemState::Stale).count();
    let more = if stale > 0 { safe_format!(", {} STALE", stale) } else { Safe::EMPTY };
    results.map(|result| result.at).min().map_or_else(
        || safe_format!("nothing measured yet{}", more),
        |at| match view.age(at) {
            age if age == *NOW => safe_format!("all results under 5 s old{}", more),
            age => safe_format!("oldest result {}{}", age, more),
        },
    )
}

/// Where a run stands.
fn run_words(view: &View<'_>, run: &RunRecord) -> Safe {
    let all = run.steps.len();
    let now = run.steps.iter().position(|step| !steps::is_done(step));
    match (&run.ended, now) {
        (None, Some(place)) => {
            let title = run.steps.get(place).map(|step| safe(&step.title)).unwrap_or_default();
            let more = if badge::waits(view, run) {
                "  enter: what to do   B roll back"
            } else if run.paused {
                "  pauses before the next step"
            } else if run.abort.is_some() {
                "  is being aborted"
            } else {
                ""
            };
            safe_format!("step {} of {}: {}{}", place + 1, all, title, Safe::own(more))
        }
        (None, None) => safe_format!("all {} steps done", all),
        (Some((_, ended)), _) => {
            let why = ended.reason.as_deref().unwrap_or_default();
            safe_format!(
                "{} of {} steps done {}",
                run.steps.iter().filter(|step| steps::is_done(step)).count(),
                all,
                why
            )
        }
    }
}

fn run_clock(view: &View<'_>, run: &RunRecord) -> Safe {
    match &run.ended {
        None => {
            let last = view.engine.session().runs.iter().rev().find_map(|other| {
                let (_, ended) = other.ended.as_ref()?;
                (other.requested.action == run.requested.action).then_some(ended.took_ms)
            });
            let grace = view.engine.live_run(run.id()).and_then(|live| live.kill_at).map(|kill| {
                view.changes_at(view.at + chrono::TimeDelta::seconds(1));
                safe_format!("kill in {}   ", clock_face::elapsed(kill - view.at))
            });
            let took = last.map(|ms| {
                safe_format!("   last time {}", clock_face::elapsed(chrono::TimeDelta::milliseconds(ms)))
            });
            let clock = view.elapsed(run.stamp.at);
            safe_format!("{}elapsed {}{}", grace.unwrap_or_default(), clock, took.unwrap_or_default())
        }
        Some((stamp, ended)) => {
            let took = clock_face::elapsed(chrono::TimeDelta::milliseconds(ended.took_ms));
            safe_format!("{}, took {}", view.ago(stamp.at), took)
        }
    }
}

/// The bar counts steps; no invented percentage.
fn progress(canvas: &mut Canvas<'_>, area: Rect, run: &RunRecord, view: &View<'_>) {
    let done = run.steps.iter().filter(|step| steps::is_done(step)).count();
    let text = safe_format!(" {} of {}", done, run.steps.len());
    let cells = u16::try_from(text.width()).unwrap_or(0);
    let bar = Rect { width: area.width.saturating_sub(cells), height: area.height.min(1), ..area };
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    gauge::progress(canvas, bar, count(done), count(run.steps.len()), view.theme);
    let rest = Rect { x: bar.right(), width: cells, ..bar };
    draw_pieces(canvas, rest, &[view.plain(text)], view.theme);
}
