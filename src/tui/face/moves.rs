//! Moving: selection, scroll, folding, problems, matches, one step back.

use super::Face;
use crate::engine::input::NoticeLevel;
use crate::engine::logs::log::Log;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::layout::{Arrangement, Zoom};
use crate::tui::list::Step;
use crate::tui::log_view::{Direction, Follow};
use crate::tui::pane::PaneId;
use crate::tui::panes::frame_of_pane::rows_height;
use crate::tui::panes::{logs, model};
use crate::tui::row::{Row, RowId, RowKind, Shape};
use crate::tui::view::View;

/// The patterns `L` goes through: warnings and worse, then errors.
const LEVELS: [&str; 2] = ["/\\b(WARN|WARNING|ERROR|FATAL|CRITICAL)\\b/", "/\\b(ERROR|FATAL|CRITICAL)\\b/"];

impl Face {
    /// Moves in the focused pane.
    pub(super) fn step(&mut self, step: Step, view: &View<'_>) {
        let pane = self.state.focus();
        if pane == PaneId::Logs {
            return self.step_log(step, view);
        }
        let area = self.area_of(pane);
        let model = model(pane, view, &self.state, area.width);
        let shape = Shape::of(&model.rows);
        let rows = shape.rows(rows_height(&model, area));
        self.state.lists.entry(pane).or_default().step(step, rows);
    }

    fn log<'e>(&self, view: &View<'e>) -> Option<(&'e Log, u16)> {
        let source = self.state.log.source.as_ref()?;
        let height = logs::lines_height(self.area_of(PaneId::Logs));
        Some((view.engine.log(source)?, height))
    }

    fn step_log(&mut self, step: Step, view: &View<'_>) {
        let Some((log, height)) = self.log(view) else { return };
        let page = i64::from(height.max(1));
        let by = match step {
            Step::Up => -1,
            Step::Down => 1,
            Step::HalfPageUp => -(page / 2).max(1),
            Step::HalfPageDown => (page / 2).max(1),
            Step::PageUp => -page,
            Step::PageDown => page,
            Step::Top => i64::MIN + 1,
            Step::Bottom => return self.follow_log(),
        };
        self.state.log.scroll(by, log, height);
    }

    /// Follows the end again.
    pub(super) fn follow_log(&mut self) {
        self.state.log.follow = Follow::End;
    }

    /// The next or previous match: of the search in logs, of the filter elsewhere.
    pub(super) fn jump_to_match(&mut self, direction: Direction, view: &View<'_>) {
        if self.state.focus() != PaneId::Logs {
            let step = match direction {
                Direction::Next => Step::Down,
                Direction::Previous => Step::Up,
            };
            return self.step(step, view);
        }
        let Some((log, height)) = self.log(view) else { return };
        if !self.state.log.jump_to_hit(direction, log, height) {
            let words = match &self.state.log.search {
                Some(search) => safe_format!("no line matches {}", search.pattern()),
                None => Safe::own("nothing is searched: / begins"),
            };
            self.say(view.at, NoticeLevel::Info, words);
        }
    }

    /// `L`: searches for warnings and worse, then errors, then nothing.
    pub(super) fn search_levels(&mut self, view: &View<'_>) {
        let here = self.state.log.search.as_ref().map(|search| search.pattern().to_owned());
        let next = match here.and_then(|pattern| LEVELS.iter().position(|level| *level == pattern)) {
            None => LEVELS.first(),
            Some(place) => LEVELS.get(place + 1),
        };
        let words = match next {
            Some(pattern) if LEVELS.first() == Some(pattern) => "searching for WARN and worse: n N",
            Some(_) => "searching for ERROR and worse: n N",
            None => "all levels",
        };
        if self.state.log.search_for(next.copied().unwrap_or_default()).is_ok() {
            self.say(view.at, NoticeLevel::Info, Safe::own(words));
        }
    }

    /// Folds the heading, or the one above the selected row.
    pub(super) fn fold(&mut self, view: &View<'_>) {
        if let Some(heading) = self.heading_above(view) {
            self.state.folded.insert(heading.clone());
            self.state.lists.entry(PaneId::Checklist).or_default().select(heading);
        }
    }

    /// Unfolds the heading.
    pub(super) fn unfold(&mut self, view: &View<'_>) {
        if let Some(heading) = self.heading_above(view) {
            self.state.folded.remove(&heading);
        }
    }

    /// Folds or unfolds.
    pub(super) fn toggle_fold(&mut self, heading: &RowId) {
        if !self.state.folded.remove(heading) {
            self.state.folded.insert(heading.clone());
        }
    }

    fn heading_above(&self, view: &View<'_>) -> Option<RowId> {
        if self.state.focus() != PaneId::Checklist {
            return None;
        }
        let selected = self.state.selected(PaneId::Checklist)?;
        let rows = model(PaneId::Checklist, view, &self.state, 80).rows;
        let place = rows.iter().position(|row| row.id == *selected)?;
        let above = rows.get(..=place)?;
        above.iter().rev().find(|row| row.kind == RowKind::Heading).map(|row| row.id.clone())
    }

    /// The next row that stands against the release: here, else in the checklist.
    pub(super) fn next_problem(&mut self, view: &View<'_>) {
        let mut pane = self.state.focus();
        if matches!(pane, PaneId::Logs | PaneId::Details) {
            pane = PaneId::Checklist;
        }
        // What fails comes before what nobody has done yet.
        let failing: fn(&Row, &View<'_>) -> bool = |row, _| row.kind == RowKind::Problem;
        let found = self.jump_to_problem(pane, view, failing)
            || self.jump_to_problem(PaneId::Checklist, view, failing)
            || self.jump_to_problem(PaneId::Checklist, view, is_open_reason);
        if !found {
            self.say(view.at, NoticeLevel::Info, Safe::own("no problem left"));
        }
    }

    fn jump_to_problem(&mut self, pane: PaneId, view: &View<'_>, is: fn(&Row, &View<'_>) -> bool) -> bool {
        if pane == PaneId::Checklist {
            self.state.folded.clear();
        }
        let area = self.area_of(pane);
        let model = model(pane, view, &self.state, area.width);
        let problems: Vec<RowId> =
            model.rows.iter().filter(|row| is(row, view)).map(|row| row.id.clone()).collect();
        let shape = Shape::of(&model.rows);
        let rows = shape.rows(rows_height(&model, area));
        let found = self.state.lists.entry(pane).or_default().step_to(rows, |id| problems.contains(id));
        if found {
            self.focus_on(pane);
        }
        found
    }

    /// Only problems, and all again.
    pub(super) fn toggle_problems(&mut self) {
        let pane = self.state.focus();
        if !self.state.problems.remove(&pane) {
            self.state.problems.insert(pane);
        }
    }

    /// One step back: search, filter, only problems, zoom, an ended run; never out.
    pub(super) fn back(&mut self, view: &View<'_>) {
        let pane = self.state.focus();
        if pane == PaneId::Logs && self.state.log.search.take().is_some() {
            return;
        }
        if self.state.filters.remove(&pane).is_some() || self.state.problems.remove(&pane) {
            return;
        }
        if self.state.zoom == Zoom::In {
            self.state.zoom = Zoom::Out;
            return;
        }
        let over = match self.state.arrangement {
            Arrangement::Release => false,
            Arrangement::Run => view.engine.session().active_run().is_none(),
            Arrangement::Window => view.engine.session().open_windows().next().is_none(),
        };
        if over {
            self.state.arrangement = Arrangement::Release;
        }
        self.see_run(view);
        self.state.said = None;
    }
}

/// An item that is not done and stands among the verdict's reasons.
fn is_open_reason(row: &Row, view: &View<'_>) -> bool {
    match &row.id {
        RowId::Item(id) => view.verdict.reasons.iter().any(|reason| reason.item.as_ref() == Some(id)),
        _ => false,
    }
}
