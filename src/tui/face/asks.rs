//! What a person asks of the selected row: tick, measure, waive, open, copy; and of the release: deploy, pause.

use super::acts::wants;
use super::{Face, Reaction};
use crate::checklist::id::ItemId;
use crate::checklist::item::{EvidenceKind, ItemKind};
use crate::engine::command::Command;
use crate::engine::input::NoticeLevel;
use crate::engine::trust::TrustState;
use crate::rules::standing::ItemState;
use crate::rules::window_item::opens_by_itself;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::badge;
use crate::tui::dialogs;
use crate::tui::keymap::Action;
use crate::tui::pane::PaneId;
use crate::tui::panes::model;
use crate::tui::row::RowId;
use crate::tui::view::{Stood, View, is_fresh};

impl Face {
    /// The row that keys are about: of the focused pane, or of the list Details is about.
    pub(super) fn row_selected(&self) -> Option<&RowId> {
        let pane = self.state.focus();
        let own = match pane {
            PaneId::Details | PaneId::Logs => self.state.subject(),
            PaneId::Checklist | PaneId::Containers | PaneId::Checks | PaneId::SignOffs | PaneId::Timeline => {
                pane
            }
        };
        self.state.selected(own)
    }

    /// The item that keys are about.
    pub(super) fn item_selected(&self) -> Option<ItemId> {
        match self.row_selected()? {
            RowId::Item(item) | RowId::Role(item, _) => Some(item.clone()),
            _ => None,
        }
    }

    /// Tick, untick, or say what the item wants instead.
    pub(super) fn tick(&mut self, view: &View<'_>) -> Reaction {
        let Some(item) = self.item_selected() else {
            self.say(view.at, NoticeLevel::Info, Safe::own("select an item to tick"));
            return Reaction::default();
        };
        let Some(stood) = view.item(&item) else { return Reaction::default() };
        match stood.standing.state {
            ItemState::Waived | ItemState::NotApplicable => {
                return wants(Command::Untick { item, reason: None });
            }
            _ => {}
        }
        match stood.at.item.kind() {
            ItemKind::Window(window) if opens_by_itself(&view.engine.facts(view.at), window) => {
                self.explain(view, "a window is watched, not ticked: w waives")
            }
            ItemKind::Manual | ItemKind::Window(_) => self.tick_by_hand(item, stood, view),
            ItemKind::Check(_) => self.explain(view, "a check is measured, not ticked: r measures, w waives"),
            ItemKind::Action(_) => self.explain(view, "an action is run, not ticked: D deploys"),
            ItemKind::Signoff(_) => self.explain(view, "a sign-off is signed, not ticked: S signs"),
            ItemKind::Group => self.explain(view, "it is done when the items under it are"),
        }
    }

    fn tick_by_hand(&mut self, item: ItemId, stood: &Stood<'_>, view: &View<'_>) -> Reaction {
        if stood.standing.state == ItemState::Ticked {
            return wants(Command::Untick { item, reason: None });
        }
        match stood.at.item.evidence_kind() {
            EvidenceKind::None => wants(Command::Tick { item, evidence: None }),
            kind @ (EvidenceKind::Note | EvidenceKind::Url | EvidenceKind::Value) => {
                self.open(Ok(dialogs::evidence(item, kind, view)), view.at)
            }
        }
    }

    fn explain(&mut self, view: &View<'_>, words: &'static str) -> Reaction {
        self.say(view.at, NoticeLevel::Info, Safe::own(words));
        Reaction::default()
    }

    /// Measures the selected check, or all of the selected phase; on a container its daemon is asked again.
    pub(super) fn measure(&mut self, view: &View<'_>) -> Reaction {
        if let Some(dialog) = untrusted(view) {
            return self.open(dialog, view.at);
        }
        if self.state.focus() == PaneId::Containers {
            return wants(Command::Reconnect);
        }
        let is_check = |stood: &&Stood<'_>| matches!(stood.at.item.kind(), ItemKind::Check(_));
        let selected = self.row_selected();
        let items: Vec<ItemId> = view
            .items
            .iter()
            .filter(is_check)
            .filter(|stood| match selected {
                Some(RowId::Item(id)) => {
                    stood.at.item.id == *id || stood.at.parents.iter().any(|parent| parent.id == *id)
                }
                Some(RowId::Phase(id)) => stood.at.phase.is_some_and(|phase| phase.id == *id),
                Some(RowId::Section(phase, section)) => {
                    stood.at.phase.is_some_and(|at| at.id == *phase)
                        && stood.at.section.is_some_and(|at| at.id == *section)
                }
                Some(RowId::Plan(id)) => stood.at.plan.is_some_and(|(plan, _)| plan == id),
                _ => false,
            })
            .map(|stood| stood.at.item.id.clone())
            .collect();
        if items.is_empty() {
            return self.explain(view, "nothing here can be measured: R measures all checks");
        }
        self.say(view.at, NoticeLevel::Info, safe_format!("measuring {} checks", items.len()));
        wants(Command::Measure { items })
    }

    /// Measures everything, and asks a lost daemon again.
    pub(super) fn measure_all(&mut self, view: &View<'_>) -> Reaction {
        if let Some(dialog) = untrusted(view) {
            return self.open(dialog, view.at);
        }
        let lost = view.engine.observed().sources.values().any(|source| !is_fresh(Some(source)));
        let mut commands = vec![Command::MeasureAll];
        commands.extend(lost.then_some(Command::Reconnect));
        self.say(view.at, NoticeLevel::Info, Safe::own("measuring all checks"));
        Reaction { commands, program: None }
    }

    /// Asks why the selected item is set aside.
    pub(super) fn waive(&mut self, view: &View<'_>) -> Reaction {
        match self.item_selected() {
            Some(item) => self.open(Ok(dialogs::waive(item, view)), view.at),
            None => self.explain(view, "select an item to waive"),
        }
    }

    /// Asks for the deploy.
    pub(super) fn deploy(&mut self, view: &View<'_>) -> Reaction {
        let asked = untrusted(view).unwrap_or_else(|| dialogs::deploy(view));
        self.open(asked, view.at)
    }

    /// Waits before the next step, or goes on. No question: it only waits.
    pub(super) fn pause(&mut self, view: &View<'_>) -> Reaction {
        match view.engine.session().active_run() {
            None => self.explain(view, "no run is active: there is nothing to pause"),
            Some(run) if run.paused => wants(Command::Resume { run: run.id().to_owned() }),
            Some(run) => wants(Command::Pause { run: run.id().to_owned() }),
        }
    }

    /// Opens what is selected: what waits for a person first, then a heading, then the details.
    pub(super) fn open_selected(&mut self, view: &View<'_>) -> Reaction {
        if let Some(run) = view.engine.session().active_run() {
            if badge::is_lost(view, run) {
                return self.change(dialogs::settle(view), view);
            }
            if badge::waits(view, run) {
                return self.change(dialogs::step_menu(view), view);
            }
        }
        match self.row_selected().cloned() {
            Some(id @ (RowId::Phase(_) | RowId::Section(..) | RowId::Plan(_)))
                if self.state.focus() == PaneId::Checklist =>
            {
                self.toggle_fold(&id);
            }
            Some(RowId::Container(_)) if self.state.focus() == PaneId::Containers => {
                self.focus_on(PaneId::Details);
            }
            _ => self.focus_on(PaneId::Details),
        }
        Reaction::default()
    }

    /// Opens a dialog that changes the release, if this screen may.
    fn change(&mut self, asked: Result<crate::tui::dialogs::Dialog, Safe>, view: &View<'_>) -> Reaction {
        if self.access == crate::tui::lines::Access::ReadOnly {
            return self.explain(view, "read-only: somebody else has to answer for this run");
        }
        self.open(asked, view.at)
    }

    /// Copies the selected row, or what is in sight of the log.
    pub(super) fn copy(&mut self, action: Action, view: &View<'_>) -> Reaction {
        let pane = self.state.focus();
        let text = if pane == PaneId::Logs { self.log_text(view) } else { self.row_text(pane, view) };
        if text.is_empty() {
            return self.explain(view, "there is nothing to copy here");
        }
        let text = if action == Action::CopyMarkdown { as_markdown(&text) } else { text };
        self.say(view.at, NoticeLevel::Info, Safe::own("sent to the terminal's clipboard"));
        wants(Command::Copy { text })
    }

    fn row_text(&self, pane: PaneId, view: &View<'_>) -> String {
        let model = model(pane, view, &self.state, 100);
        let selected = self.state.selected(pane);
        let row = model.rows.iter().find(|row| Some(&row.id) == selected);
        row.map(|row| row.text().as_str().to_owned()).unwrap_or_default()
    }

    fn log_text(&self, view: &View<'_>) -> String {
        let height = crate::tui::panes::logs::lines_height(self.area_of(PaneId::Logs));
        let source = self.state.log.source.as_ref();
        let Some(log) = source.and_then(|source| view.engine.log(source)) else { return String::new() };
        let top = self.state.log.first_line(log, height);
        let rows = (top..log.end_number()).take(usize::from(height)).filter_map(|number| log.row(number));
        rows.map(|row| row.text.safe().as_str().to_owned()).collect::<Vec<_>>().join("\n")
    }
}

/// The trust question, where nothing may be measured or run before its answer.
fn untrusted(view: &View<'_>) -> Option<Result<crate::tui::dialogs::Dialog, Safe>> {
    match view.engine.trust() {
        TrustState::Trusted { .. } => None,
        TrustState::Untrusted { .. } | TrustState::Unknown => Some(dialogs::trust(view)),
    }
}

/// The lines as list items, their signs escaped.
fn as_markdown(text: &str) -> String {
    let escaped = |line: &str| {
        let mut out = String::from("- ");
        for sign in line.chars() {
            if matches!(sign, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
                out.push('\\');
            }
            out.push(sign);
        }
        out
    };
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}
