//! Pane 1: phases, sections, items and the plans of a rollback that ran, each with its state.
//!
//! Not here: how an item stands (`rules/standing.rs`), what Details says about it (`item_details.rs`).

use super::PaneModel;
use crate::checklist::item::ItemKind;
use crate::rules::standing::{ItemState, Standing};
use crate::rules::verdict::VerdictWord;
use crate::safe_format;
use crate::session::recorded::PROGRAM;
use crate::text::width::Align;
use crate::text::{Safe, safe};
use crate::tui::canvas::Piece;
use crate::tui::glyph::StatusWord;
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::state::State;
use crate::tui::view::{Stood, View, is_problem, person, worst_word};

/// Cells for who at most; in a narrow pane the titles need them more.
const BY_CELLS_MAX: u16 = 12;
/// Cells for who at most where the pane is narrow.
const BY_CELLS_NARROW: u16 = 7;
/// Columns under which a pane is narrow.
const NARROW_COLUMNS: u16 = 56;
/// Cells for when.
const WHEN_CELLS: u16 = 6;

/// The pane.
pub(crate) fn model(view: &View<'_>, state: &State, width: u16) -> PaneModel {
    let forward = || view.items.iter().filter(|stood| stood.at.plan.is_none() && counts(stood));
    let done = forward().filter(|stood| stood.standing.state.is_done()).count();
    let all = forward().count();
    let verdict = &view.verdict;
    let when = match verdict.word {
        VerdictWord::Go | VerdictWord::NoGo | VerdictWord::Hold | VerdictWord::Unknown => "before deploy",
        VerdictWord::Healthy | VerdictWord::Watch | VerdictWord::Regression | VerdictWord::Inconclusive => {
            "since deploy"
        }
    };
    let before = if verdict.total == all || verdict.total == 0 {
        Safe::EMPTY
    } else {
        safe_format!(" {} {}/{} {}", view.dot(), verdict.done, verdict.total, Safe::own(when))
    };
    let right = vec![view.plain(safe_format!("{}/{}{}", done, all, before))];
    let glyph = worst_word(view.items.iter().filter(|stood| counts(stood)).map(|stood| stood.standing.state));
    PaneModel {
        right,
        rows: rows(view, state, Columns::of(view, width)),
        foot: vec![legend(view)],
        empty: Safe::own("No items in this checklist"),
        glyph: Some(glyph),
        ..PaneModel::default()
    }
}

/// Cells of who and when, and of the whole row.
#[derive(Clone, Copy)]
struct Columns {
    by: u16,
    row: u16,
}

impl Columns {
    /// As wide as the longest name there is, within limits.
    fn of(view: &View<'_>, width: u16) -> Columns {
        let names = view.items.iter().filter_map(|stood| stood.standing.by.as_deref());
        let wide = names.map(|by| person(by).width()).max().unwrap_or(0);
        let most = if width < NARROW_COLUMNS { BY_CELLS_NARROW } else { BY_CELLS_MAX };
        let by = u16::try_from(wide.max(person(PROGRAM).width())).unwrap_or(u16::MAX).min(most);
        Columns { by: by + 1, row: width.saturating_sub(2) }
    }
}

/// Groups count through their children.
fn counts(stood: &Stood<'_>) -> bool {
    stood.at.item.is_required() && stood.at.item.kind() != ItemKind::Group
}

fn rows(view: &View<'_>, state: &State, columns: Columns) -> Vec<Row> {
    let mut rows = Vec::new();
    for phase in &view.engine.checklist().phases {
        let inside: Vec<&Stood<'_>> =
            view.items.iter().filter(|stood| stood.at.phase.is_some_and(|at| at.id == phase.id)).collect();
        let id = RowId::Phase(phase.id.clone());
        let title = view.title_of(phase.environment.as_ref(), &phase.title);
        let place = phase.environment.as_ref().map(|name| safe(name.as_str())).unwrap_or_default();
        rows.push(heading(view, state, (id.clone(), title, place), &inside));
        if !state.folded.contains(&id) {
            rows.extend(phase_rows(view, state, (phase, &inside), columns));
        }
    }
    for (name, plan) in view.engine.checklist().plans.iter() {
        let inside: Vec<&Stood<'_>> =
            view.items.iter().filter(|stood| stood.at.plan.is_some_and(|(id, _)| id == name)).collect();
        if inside.is_empty() {
            continue;
        }
        let id = RowId::Plan(name.clone());
        let title = view.title_of(plan.environment.as_ref(), &plan.title);
        let place = plan.environment.as_ref().map(|name| safe(name.as_str())).unwrap_or_default();
        rows.push(heading(view, state, (id.clone(), title, place), &inside));
        if !state.folded.contains(&id) {
            rows.extend(inside.iter().map(|stood| item_row(view, stood, columns)));
        }
    }
    rows
}

fn phase_rows(
    view: &View<'_>,
    state: &State,
    (phase, inside): (&crate::checklist::model::Phase, &[&Stood<'_>]),
    columns: Columns,
) -> Vec<Row> {
    let alone = inside.iter().filter(|stood| stood.at.section.is_none());
    let mut rows: Vec<Row> = alone.map(|stood| item_row(view, stood, columns)).collect();
    for section in &phase.sections {
        let own: Vec<&Stood<'_>> = inside
            .iter()
            .filter(|stood| stood.at.section.is_some_and(|at| at.id == section.id))
            .copied()
            .collect();
        let id = RowId::Section(phase.id.clone(), section.id.clone());
        let environment = section.environment.as_ref();
        let title =
            safe_format!("  {}", view.title_of(environment.or(phase.environment.as_ref()), &section.title));
        let place = environment.map(|name| safe(name.as_str())).unwrap_or_default();
        rows.push(heading(view, state, (id.clone(), title, place), &own));
        if !state.folded.contains(&id) {
            rows.extend(own.iter().map(|stood| item_row(view, stood, columns)));
        }
    }
    rows
}

fn heading(
    view: &View<'_>,
    state: &State,
    (id, title, place): (RowId, Safe, Safe),
    inside: &[&Stood<'_>],
) -> Row {
    let counted = inside.iter().filter(|stood| counts(stood));
    let all = counted.clone().count();
    let done = counted.filter(|stood| stood.standing.state.is_done()).count();
    let title = if matches!(id, RowId::Section(..)) { title } else { safe(&title.as_str().to_uppercase()) };
    let mut left = vec![view.strong(title)];
    if !place.is_empty() {
        left.push(view.muted(safe_format!("  {}", place)));
    }
    let mark = if state.folded.contains(&id) { view.theme.glyphs().pointer() } else { " " };
    let right = vec![view.muted(safe_format!("{}/{} {}", done, all, Safe::own(mark)))];
    Row { id, kind: RowKind::Heading, lines: vec![RowLine { left, right }] }
}

/// One item.
fn item_row(view: &View<'_>, stood: &Stood<'_>, columns: Columns) -> Row {
    let word = view.word(stood);
    let stale = word == StatusWord::Stale;
    let indent = Safe::own(" ").repeat(1 + 2 * stood.at.depth());
    let mut left = vec![view.plain(indent)];
    left.extend(view.status(word));
    let title = view.title(&stood.at);
    left.push(if stale { view.muted(title) } else { view.plain(title) });
    if !stood.at.item.is_required() {
        left.push(view.muted(Safe::own(" (optional)")));
    }
    if let Some(more) = beside(view, stood) {
        left.push(view.muted(safe_format!("  {}", more)));
    }
    let problem = is_problem(stood.standing.state);
    let nobody = stood.standing.by.is_none() && stood.standing.since.is_none();
    let mut right = by_and_when(view, &stood.standing, is_check(stood), columns);
    if nobody && Piece::width(&left) + 1 + Piece::width(&right) > columns.row {
        // Empty columns give way to the title.
        right.clear();
    }
    let mut lines = vec![RowLine { left, right }];
    if problem && !stood.standing.reason.is_empty() {
        let pad = Safe::own(" ").repeat(1 + 2 * stood.at.depth() + usize::from(status_cells(view)));
        lines.push(RowLine::of(vec![view.plain(pad), view.muted(stood.standing.reason.safe())]));
    }
    let kind = if problem { RowKind::Problem } else { RowKind::Plain };
    Row { id: RowId::Item(stood.at.item.id.clone()), kind, lines }
}

/// Cells of glyph, word and the blanks behind them.
pub(crate) fn status_cells(view: &View<'_>) -> u16 {
    view.theme.glyphs().status_cells() + crate::tui::glyph::WORD_CELLS + 2
}

fn is_check(stood: &Stood<'_>) -> bool {
    matches!(stood.at.item.kind(), ItemKind::Check(_))
}

/// What stands beside the title of an open item: what it waits for.
fn beside(view: &View<'_>, stood: &Stood<'_>) -> Option<Safe> {
    match (stood.at.item.kind(), stood.standing.state) {
        (ItemKind::Group, _)
        | (ItemKind::Signoff(_), ItemState::Open)
        | (_, ItemState::Waived | ItemState::NotApplicable | ItemState::Skipped) => {
            Some(reason(&stood.standing)).filter(|text| !text.is_empty())
        }
        (ItemKind::Action(action), ItemState::Open) => {
            let deploy = view.engine.checklist().actions.get(action).map(|action| action.kind);
            let needs_go = deploy == Some(crate::checklist::action::ActionKind::Deploy);
            needs_go.then_some(Safe::own("(needs GO)"))
        }
        _ => None,
    }
}

/// The reason of a standing as it is read beside a title: what a person gave as a reason says so.
pub(crate) fn reason(standing: &Standing) -> Safe {
    let given = standing.reason.safe();
    match standing.state {
        _ if given.is_empty() => given,
        ItemState::Waived => safe_format!("because: {}", given),
        ItemState::NotApplicable => safe_format!("does not apply: {}", given),
        _ => given,
    }
}

/// Who and when, in columns.
fn by_and_when(view: &View<'_>, standing: &Standing, is_check: bool, columns: Columns) -> Vec<Piece> {
    let by = match &standing.by {
        Some(by) => person(by),
        None if is_check && standing.since.is_some() => person(PROGRAM),
        None => Safe::own("-"),
    };
    let when = standing.since.map(|since| view.when(since)).unwrap_or_default();
    let by = view.column(&by, columns.by, Align::Left);
    let when = view.column(&when, WHEN_CELLS, Align::Right);
    vec![view.muted(safe_format!(" {}{}", by, when))]
}

fn legend(view: &View<'_>) -> RowLine {
    let words = [
        StatusWord::Pass,
        StatusWord::Fail,
        StatusWord::Running,
        StatusWord::Open,
        StatusWord::Waived,
        StatusWord::Stale,
    ];
    let pieces = words
        .into_iter()
        .flat_map(|word| [view.glyph(word), view.muted(safe_format!(" {} ", Safe::own(word.word())))]);
    RowLine::of(pieces.collect())
}
