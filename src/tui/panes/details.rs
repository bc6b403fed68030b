//! Pane 7: everything about the row selected in the list used last; in a run its steps.
//!
//! Items are in `item_details.rs`, steps in `steps.rs`.

use super::{PaneModel, checklist, containers, event_words, hint, item_details, signoffs, steps, timeline};
use chrono::TimeDelta;

use crate::checklist::id::EnvironmentName;
use crate::checklist::item::ItemKind;
use crate::rules::conflict_told::asides;
use crate::rules::due::due_at;
use crate::safe_format;
use crate::session::condition::OddLine;
use crate::session::recorded::What;
use crate::text::width::Align;
use crate::text::wrap::wrap;
use crate::text::{Safe, clock_face, safe};
use crate::tui::canvas::Piece;
use crate::tui::layout::Arrangement;
use crate::tui::row::{Row, RowId, RowLine};
use crate::tui::state::State;
use crate::tui::theme::Token;
use crate::tui::view::{View, is_problem, person};

/// Cells of the label column.
const LABEL_CELLS: u16 = 11;

/// What the pane is about.
pub(crate) struct Sheet {
    /// Whole lines first: a status with its title.
    pub(crate) top: Vec<RowLine>,
    /// Then labels with their text, wrapped.
    pub(crate) facts: Vec<(Safe, Safe)>,
    /// In the border.
    pub(crate) title: Safe,
}

/// The pane.
pub(crate) fn model(view: &View<'_>, state: &State, width: u16) -> PaneModel {
    if state.arrangement == Arrangement::Run
        && let Some(run) = view.engine.session().runs.last()
    {
        return steps::model(view, run, width);
    }
    let Some(sheet) = sheet(view, state) else {
        return PaneModel { empty: Safe::own("Nothing is selected"), ..PaneModel::default() };
    };
    let mut lines = hint::lines(view, width);
    lines.extend(sheet.top);
    for (label, text) in &sheet.facts {
        lines.extend(fact_lines(view, label, text, width));
    }
    let rows = lines.into_iter().enumerate().map(|(number, line)| Row {
        lines: vec![line],
        ..Row::one(RowId::Line(number), Vec::new(), Vec::new())
    });
    PaneModel {
        right: vec![view.muted(sheet.title)],
        rows: rows.collect(),
        empty: Safe::own("Nothing to say about it"),
        ..PaneModel::default()
    }
}

/// A label and its text, wrapped beside it.
pub(crate) fn fact_lines(view: &View<'_>, label: &Safe, text: &Safe, width: u16) -> Vec<RowLine> {
    lines_in(view, label, text, width, Token::Fg)
}

/// The same in another colour.
pub(crate) fn lines_in(view: &View<'_>, label: &Safe, text: &Safe, width: u16, token: Token) -> Vec<RowLine> {
    let room = width.saturating_sub(LABEL_CELLS).saturating_sub(2).clamp(1, 88);
    let label = view.column(label, LABEL_CELLS, Align::Left);
    let mut lines = Vec::new();
    for (number, part) in wrap(text, usize::from(room)).into_iter().enumerate() {
        let begin = if number == 0 { label.clone() } else { Safe::own(" ").repeat(usize::from(LABEL_CELLS)) };
        lines.push(RowLine::of(vec![view.muted(begin), view.piece(part, token)]));
    }
    lines
}

/// A status with a text behind it.
pub(crate) fn status_line(
    view: &View<'_>,
    word: crate::tui::glyph::StatusWord,
    text: Safe,
    right: Safe,
) -> RowLine {
    let mut left: Vec<Piece> = view.status(word);
    left.push(view.strong(text));
    RowLine { left, right: vec![view.muted(right)] }
}

fn sheet(view: &View<'_>, state: &State) -> Option<Sheet> {
    match state.selected(state.subject())? {
        RowId::Item(item) => item_details::sheet(view, item),
        RowId::Phase(phase) => {
            let found = view.engine.checklist().phase(phase)?;
            let inside =
                |stood: &&crate::tui::view::Stood<'_>| stood.at.phase.is_some_and(|at| at.id == *phase);
            let title = view.title_of(found.environment.as_ref(), &found.title);
            Some(group(
                view,
                title,
                found.due.as_deref().map(|due| (due, found.environment.as_ref())),
                &inside,
            ))
        }
        RowId::Section(phase, section) => {
            let outer = view.engine.checklist().phase(phase)?;
            let found = outer.sections.iter().find(|known| known.id == *section)?;
            let environment = found.environment.as_ref().or(outer.environment.as_ref());
            let inside = |stood: &&crate::tui::view::Stood<'_>| {
                stood.at.phase.is_some_and(|at| at.id == *phase)
                    && stood.at.section.is_some_and(|at| at.id == *section)
            };
            let title = view.title_of(found.environment.as_ref(), &found.title);
            Some(group(view, title, found.due.as_deref().map(|due| (due, environment)), &inside))
        }
        RowId::Plan(plan) => {
            let found = view.engine.checklist().plans.get(plan)?;
            let inside =
                |stood: &&crate::tui::view::Stood<'_>| stood.at.plan.is_some_and(|(id, _)| id == plan);
            Some(group(view, view.title_of(found.environment.as_ref(), &found.title), None, &inside))
        }
        RowId::Container(id) => container(view, id),
        RowId::Role(item, role) => {
            let all = signoffs::asked(view);
            let asked = all.iter().find(|asked| asked.stood.at.item.id == *item)?;
            Some(Sheet {
                top: vec![RowLine::of(vec![view.strong(event_words::role_title(view, role))])],
                facts: signoffs::details(view, asked, role),
                title: Safe::own("sign-off"),
            })
        }
        RowId::Event(id) => event(view, id),
        // An indicator is charted here while its window is on screen, and a trigger says everything in its row.
        RowId::Step(_) | RowId::Line(_) | RowId::Indicator(_) | RowId::Trigger(_) => None,
    }
}

/// A due time as it is written, the moment it means as soon as that is known, and whether that is over.
pub(super) fn due_words(
    view: &View<'_>,
    due: &str,
    environment: Option<&EnvironmentName>,
    done: bool,
) -> Safe {
    let Some(then) = due_at(&view.engine.facts(view.at), due, environment) else { return safe(due) };
    view.changes_at(then + TimeDelta::milliseconds(1));
    let overdue = if !done && view.at > then { ", OVERDUE" } else { "" };
    safe_format!("{}: {}{}", safe(due), clock_face::day_and_time(&then), Safe::own(overdue))
}

fn group(
    view: &View<'_>,
    title: Safe,
    due: Option<(&str, Option<&EnvironmentName>)>,
    inside: &dyn Fn(&&crate::tui::view::Stood<'_>) -> bool,
) -> Sheet {
    let all: Vec<_> = view.items.iter().filter(inside).collect();
    let leaves = all.iter().filter(|stood| stood.at.item.kind() != ItemKind::Group);
    let done = leaves.clone().filter(|stood| stood.standing.state.is_done()).count();
    let count = leaves.count();
    let mut facts = vec![(Safe::own("done"), safe_format!("{} of {}", done, count))];
    facts.extend(due.map(|(due, place)| (Safe::own("due"), due_words(view, due, place, done == count))));
    for stood in all.iter().filter(|stood| is_problem(stood.standing.state)) {
        let word = Safe::own(view.word(stood).word());
        let text = safe_format!("{} {}: {}", word, view.title(&stood.at), stood.standing.reason);
        facts.push((Safe::own("problem"), text));
    }
    Sheet { top: vec![RowLine::of(vec![view.strong(title)])], facts, title: Safe::own("phase") }
}

fn container(view: &View<'_>, id: &str) -> Option<Sheet> {
    let source = view.source()?;
    let found = source.containers.iter().find(|container| container.id == id)?;
    let (word, words) = containers::state(found);
    let mut facts = containers::details(view, found);
    facts.push((Safe::own("daemon"), safe_format!("{} at {}", source.daemon, source.address)));
    let heard = source.heard.map(|heard| safe_format!(", {}", view.ago(heard))).unwrap_or_default();
    facts.push((Safe::own("heard"), safe_format!("{}{}", containers::freshness(view, source).text, heard)));
    let fresh = crate::tui::view::is_fresh(Some(source));
    let word = if fresh { word } else { crate::tui::glyph::StatusWord::Stale };
    Some(Sheet {
        top: vec![status_line(view, word, safe_format!("{} {}", found.name, words), Safe::EMPTY)],
        facts,
        title: Safe::own("container"),
    })
}

fn event(view: &View<'_>, id: &str) -> Option<Sheet> {
    let Some(recorded) = view.engine.session().timeline.iter().find(|recorded| recorded.id == id) else {
        return odd_line(view, id);
    };
    let (word, text) = match &recorded.what {
        What::Known(event) => event_words::event_words(view, event),
        What::Redacted { kind } => (
            crate::tui::glyph::StatusWord::Error,
            safe(&view.engine.session().redacted_told(&recorded.hash, kind)),
        ),
        What::Newer { kind, .. } => (crate::tui::glyph::StatusWord::Error, safe(kind)),
    };
    let mut facts = vec![
        (Safe::own("what"), text),
        (Safe::own("when"), clock_face::day_and_time(&recorded.at)),
        (Safe::own("who"), safe(&recorded.by)),
        (Safe::own("where"), safe(&recorded.on)),
    ];
    if let What::Known(event) = &recorded.what {
        facts.push((Safe::own("kind"), safe(event.kind())));
    }
    for aside in asides(&view.engine.facts(view.at), recorded) {
        facts.push((Safe::own("beside"), safe(&aside)));
    }
    facts.push((Safe::own("id"), safe(&recorded.id)));
    let top = status_line(view, word, person(&recorded.by), view.ago(recorded.at));
    Some(Sheet { top: vec![top], facts, title: Safe::own("record") })
}

/// A line of the record that does not count: what it claims to be.
fn odd_line(view: &View<'_>, id: &str) -> Option<Sheet> {
    let named = |odd: &&OddLine| timeline::odd_id(odd).is_some_and(|name| name == id);
    let odd = view.engine.condition().lines.iter().find(named)?;
    let claims = odd.claims.as_ref()?;
    let facts = vec![
        (
            Safe::own("what"),
            Safe::own("a line that does not count: its bytes are not those that were written"),
        ),
        (Safe::own("why"), safe(&odd.cause)),
        (Safe::own("line"), safe_format!("{} of the record's file", odd.number)),
        (Safe::own("claims"), safe_format!("{} by {}", claims.kind, claims.by)),
        (Safe::own("when"), clock_face::day_and_time(&claims.at)),
        (
            Safe::own("next"),
            Safe::own("gonogo repair --quarantine moves it out, into a file beside the record"),
        ),
    ];
    let word = crate::tui::glyph::StatusWord::Error;
    let top = status_line(view, word, person(&claims.by), view.ago(claims.at));
    Some(Sheet { top: vec![top], facts, title: Safe::own("record") })
}

/// Cells of glyph and word, for continuation lines.
pub(crate) fn indent(view: &View<'_>) -> Safe {
    Safe::own(" ").repeat(usize::from(checklist::status_cells(view)))
}

/// A problem's text in its colour.
pub(crate) fn danger(view: &View<'_>, text: Safe) -> Piece {
    view.piece(text, Token::StatusDanger)
}
