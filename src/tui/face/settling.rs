//! Taking note of news: lists keep their place, the log its line, a run its arrangement. Never while drawing.

use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use super::Face;
use crate::engine::brain::Engine;
use crate::engine::trust::TrustState;
use crate::tui::dialogs;
use crate::tui::layout::Arrangement;
use crate::tui::lines::Access;
use crate::tui::list::ListState;
use crate::tui::pane::PaneId;
use crate::tui::panes::frame_of_pane::rows_height;
use crate::tui::panes::{logs, model};
use crate::tui::row::{RowId, Shape};
use crate::tui::state::Over;
use crate::tui::theme::Theme;
use crate::tui::view::View;

impl Face {
    /// Takes note of the brain as it is now. Called after inputs, before drawing.
    pub fn settle(&mut self, engine: &Engine, at: DateTime<Utc>) {
        let theme: Theme = self.theme.clone();
        let view = View::new(engine, at, &theme);
        self.first_look(engine);
        self.settled = Some(at);
        self.propose(engine);
        self.show_document(&view);
        self.ask_for_trust(&view);
        self.ask_about_alarm(&view);
        self.ask_to_take_over(&view);
        self.layout = self.laid_out(self.layout.area);
        for pane in PaneId::ALL {
            if pane != PaneId::Logs {
                self.settle_list(pane, &view);
            }
        }
        self.state.log.show(logs::wanted(&view, &self.state));
        let height = logs::lines_height(self.area_of(PaneId::Logs));
        let source = self.state.log.source.clone();
        if let Some(log) = source.and_then(|source| engine.log(&source)) {
            self.state.log.settle(log, height);
        }
    }

    /// What ended before this screen was opened has been looked at by somebody.
    fn first_look(&mut self, engine: &Engine) {
        if self.settled.is_none()
            && let Some(run) = engine.session().runs.last().filter(|run| !run.is_active())
        {
            self.state.seen_run = Some(run.id().to_owned());
        }
    }

    /// A run that became active gets its arrangement once, and so does a window that opened, until it has closed; the
    /// person may choose another.
    fn propose(&mut self, engine: &Engine) {
        let Some(run) = engine.session().active_run() else {
            return self.propose_window(engine);
        };
        if self.state.proposed_for.as_deref() != Some(run.id()) {
            self.state.proposed_for = Some(run.id().to_owned());
            self.state.arrangement = Arrangement::Run;
            if self.awaits_run {
                self.awaits_run = false;
                self.state.focus_on(PaneId::Logs);
            }
        }
    }

    fn propose_window(&mut self, engine: &Engine) {
        let Some(window) = engine.session().open_windows().next_back() else {
            // What it was for is over; somebody who goes there later stays.
            if std::mem::take(&mut self.state.window_was_open)
                && self.state.arrangement == Arrangement::Window
            {
                self.state.arrangement = Arrangement::Release;
            }
            return;
        };
        self.state.window_was_open = true;
        if self.state.window_proposed_for.as_deref() != Some(window.run()) {
            self.state.window_proposed_for = Some(window.run().to_owned());
            self.state.arrangement = Arrangement::Window;
        }
    }

    /// A release just begun from a document first shows what became of it, over nothing else.
    fn show_document(&mut self, view: &View<'_>) {
        // Ticks that were kept at the start came with it, in the same moment.
        let events = &view.engine.session().timeline;
        let begun_now = events.iter().all(|event| Some(event.at) == events.first().map(|first| first.at));
        if std::mem::replace(&mut self.state.shown_document, true) || !begun_now {
            return;
        }
        if let (Over::Nothing, Ok(dialog)) = (&self.state.over, dialogs::document(&self.document, view)) {
            self.state.over = Over::Dialog(Box::new(dialog));
        }
    }

    /// A checklist that is not trusted puts its question once, over nothing else.
    fn ask_for_trust(&mut self, view: &View<'_>) {
        let open = matches!(self.state.over, Over::Nothing) && self.state.typing.is_none();
        let untrusted = matches!(view.engine.trust(), TrustState::Untrusted { .. });
        if untrusted && open && !self.state.asked_trust && self.access == Access::ReadWrite {
            self.state.asked_trust = true;
            if let Ok(dialog) = dialogs::trust(view) {
                self.state.over = Over::Dialog(Box::new(dialog));
            }
        }
    }

    /// A trigger that fired puts the rollback it proposes once, over nothing else; `B` shows it again.
    fn ask_about_alarm(&mut self, view: &View<'_>) {
        let shown = self.state.dialog().is_some_and(dialogs::Dialog::rolls_back);
        if !shown && !self.may_ask() {
            return;
        }
        let Some(prepared) = view.engine.prepared_rollback(view.at) else { return };
        let fired: Vec<String> = prepared.evidence.iter().map(|seen| seen.event.clone()).collect();
        if shown {
            // The open question says all of it; what fires meanwhile stands in it too.
            self.state.asked_alarms = fired;
        } else if !prepared.offers.is_empty()
            && fired.iter().any(|known| !self.state.asked_alarms.contains(known))
        {
            self.state.asked_alarms = fired;
            self.state.over = Over::Dialog(Box::new(dialogs::proposed(&prepared, view)));
        }
    }

    /// What somebody handed over is the first question of the next person, once.
    fn ask_to_take_over(&mut self, view: &View<'_>) {
        if !self.may_ask() || !view.engine.trust().is_trusted() {
            return;
        }
        let Some(handover) = view.engine.handover_waiting() else { return };
        if self.state.asked_handover.as_deref() == Some(handover.stamp.event.as_str()) {
            return;
        }
        self.state.asked_handover = Some(handover.stamp.event.clone());
        if let Some(dialog) = dialogs::take_over(view) {
            self.state.over = Over::Dialog(Box::new(dialog));
        }
    }

    /// Is nothing else asked, and may this person answer?
    fn may_ask(&self) -> bool {
        matches!(self.state.over, Over::Nothing)
            && self.state.typing.is_none()
            && self.access == Access::ReadWrite
            && !self.layout.is_card()
    }

    fn settle_list(&mut self, pane: PaneId, view: &View<'_>) {
        let area = self.area_of(pane);
        let model = model(pane, view, &self.state, area.width);
        let shape = Shape::of(&model.rows);
        let reads = self.state.focus() == pane;
        let list = self.state.lists.entry(pane).or_default();
        if list.selected().is_none()
            && let Some(row) = model.rows.iter().find(|row| row.kind != crate::tui::row::RowKind::Heading)
        {
            list.select(row.id.clone());
        }
        // The record goes with its newest line until somebody reads in it: news must not stay out of sight.
        if pane == PaneId::Timeline
            && !reads
            && list.is_at_top()
            && let Some(newest) = model.rows.first()
        {
            list.select(newest.id.clone());
        }
        list.settle(shape.rows(rows_height(&model, area)));
    }

    /// Ids of the containers whose rows are in sight.
    pub(super) fn seen_containers(&self, view: &View<'_>, area: Rect) -> Vec<String> {
        let inside = crate::tui::frame::inside(area);
        let model = model(PaneId::Containers, view, &self.state, inside.width);
        let shape = Shape::of(&model.rows);
        let fresh = ListState::default();
        let list = self.state.lists.get(&PaneId::Containers).unwrap_or(&fresh);
        let seen = list.window(shape.rows(rows_height(&model, inside)));
        let rows = model.rows.get(seen).unwrap_or_default();
        rows.iter()
            .filter_map(|row| match &row.id {
                RowId::Container(id) => Some(id.clone()),
                _ => None,
            })
            .collect()
    }
}
