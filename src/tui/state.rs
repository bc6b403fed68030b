//! What the face remembers: focus, selection, scroll, filters, open dialog, what was looked at. No fact of the release.
//!
//! Changed by keys and by `settle` in `face.rs`, never while drawing. What the release knows is in the engine.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::engine::input::NoticeLevel;
use crate::text::Safe;
use crate::tui::chart_range::ChartRange;
use crate::tui::dialogs::Dialog;
use crate::tui::help_page::HelpPage;
use crate::tui::key::Key;
use crate::tui::layout::{Arrangement, Zoom};
use crate::tui::list::{Filter, ListState};
use crate::tui::log_view::LogView;
use crate::tui::pane::PaneId;
use crate::tui::row::{RowId, Showing};
use crate::tui::text_field::TextField;

/// What the face remembers.
#[derive(Debug)]
pub(crate) struct State {
    /// Panes by last use; the first has the keys.
    pub(crate) recent: Vec<PaneId>,
    /// Is the focused pane alone?
    pub(crate) zoom: Zoom,
    /// The map on screen.
    pub(crate) arrangement: Arrangement,
    /// Selection and scroll of each pane.
    pub(crate) lists: BTreeMap<PaneId, ListState<RowId>>,
    /// Filters that stand.
    pub(crate) filters: BTreeMap<PaneId, Filter>,
    /// Panes that show only problems.
    pub(crate) problems: BTreeSet<PaneId>,
    /// Headings that are folded.
    pub(crate) folded: BTreeSet<RowId>,
    /// The log on screen.
    pub(crate) log: LogView,
    /// What is open over the panes.
    pub(crate) over: Over,
    /// The filter or search being typed.
    pub(crate) typing: Option<TextField>,
    /// The first key of a sequence.
    pub(crate) prefix: Option<Key>,
    /// What the face itself has to say.
    pub(crate) said: Option<Said>,
    /// Messages up to this time were looked at.
    pub(crate) acknowledged: Option<DateTime<Utc>>,
    /// The last run whose end was looked at.
    pub(crate) seen_run: Option<String>,
    /// The run for which the arrangement was proposed already.
    pub(crate) proposed_for: Option<String>,
    /// The window for which the arrangement was proposed already, by its run.
    pub(crate) window_proposed_for: Option<String>,
    /// A window was open at the last settling.
    pub(crate) window_was_open: bool,
    /// The firings, by their events, whose rollback was proposed already.
    pub(crate) asked_alarms: Vec<String>,
    /// The handover that was asked about already.
    pub(crate) asked_handover: Option<String>,
    /// Which stretch of a window its charts show.
    pub(crate) range: ChartRange,
    /// The trust question was put once.
    pub(crate) asked_trust: bool,
    /// What the document became was shown, or is not to be.
    pub(crate) shown_document: bool,
    /// The last `ctrl-c`.
    pub(crate) interrupted: Option<DateTime<Utc>>,
    /// Is the mouse ours?
    pub(crate) mouse: Mouse,
}

/// What is open over the panes. Dialogs do not stack.
#[derive(Debug, Default)]
pub(crate) enum Over {
    /// Nothing.
    #[default]
    Nothing,
    /// The help page.
    Help(HelpPage),
    /// A dialog.
    Dialog(Box<Dialog>),
}

/// A message of the face's own.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// How bad.
    pub(crate) level: NoticeLevel,
    /// In words.
    pub(crate) text: Safe,
}

/// Whose mouse it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mouse {
    /// The terminal's: text can be selected.
    #[default]
    Off,
    /// The program's: a click focuses, the wheel scrolls.
    On,
}

impl Default for State {
    fn default() -> Self {
        State {
            recent: PaneId::ALL.to_vec(),
            zoom: Zoom::Out,
            arrangement: Arrangement::Release,
            lists: BTreeMap::new(),
            filters: BTreeMap::new(),
            problems: BTreeSet::new(),
            folded: BTreeSet::new(),
            log: LogView::default(),
            over: Over::Nothing,
            typing: None,
            prefix: None,
            said: None,
            acknowledged: None,
            seen_run: None,
            proposed_for: None,
            window_proposed_for: None,
            window_was_open: false,
            asked_alarms: Vec::new(),
            asked_handover: None,
            range: ChartRange::default(),
            asked_trust: false,
            shown_document: false,
            interrupted: None,
            mouse: Mouse::Off,
        }
    }
}

impl State {
    /// The pane that has the keys.
    pub(crate) fn focus(&self) -> PaneId {
        self.recent.first().copied().unwrap_or(PaneId::Checklist)
    }

    /// Gives a pane the keys.
    pub(crate) fn focus_on(&mut self, pane: PaneId) {
        self.recent.retain(|other| *other != pane);
        self.recent.insert(0, pane);
    }

    /// The list pane used last: what Details is about.
    pub(crate) fn subject(&self) -> PaneId {
        let lists = |pane: &&PaneId| !matches!(pane, PaneId::Details | PaneId::Logs);
        self.recent.iter().find(lists).copied().unwrap_or(PaneId::Checklist)
    }

    /// The selected row of a pane.
    pub(crate) fn selected(&self, pane: PaneId) -> Option<&RowId> {
        self.lists.get(&pane).and_then(ListState::selected)
    }

    /// Which rows a pane shows.
    pub(crate) fn showing(&self, pane: PaneId) -> Showing {
        if self.problems.contains(&pane) { Showing::Problems } else { Showing::All }
    }

    /// The open dialog.
    pub(crate) fn dialog(&self) -> Option<&Dialog> {
        match &self.over {
            Over::Dialog(dialog) => Some(dialog),
            Over::Nothing | Over::Help(_) => None,
        }
    }
}
