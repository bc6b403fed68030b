//! Open and closed windows as the screen, the status and the watch read them.
//!
//! Not here: drawing. Where this process knows no samples (a subcommand, a window sampled elsewhere), the record speaks.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

pub use super::baseline::BaselineProgress;
pub use super::proposal::{Automatic, Evidence};
use super::sampled::Lease;
use crate::engine::brain::Engine;
use crate::rules::verdict::VerdictWord;
use crate::rules::window::baseline::Baseline;
use crate::rules::window::figure::Unit;
use crate::rules::window::standing::StandingReason;
use crate::rules::window::view::{ChartPoint, IndicatorView, TriggerView};
use crate::rules::window_verdict::open_word;
use crate::session::window_event::WindowOpened;
use crate::session::window_state::WindowRecord;
use crate::text::untrusted::Untrusted;

/// A window for the eyes.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowView<'a> {
    /// What the record knows of it.
    pub record: &'a WindowRecord,
    /// Its word; once closed, what it came to.
    pub word: VerdictWord,
    /// Why not healthy, in words.
    pub reasons: Vec<String>,
    /// The stage under way, from 1, and when it ends; none: closed, or over.
    pub stage: Option<(usize, DateTime<Utc>)>,
    /// How many stages it has.
    pub stages: usize,
    /// What is worth a look and what it is about; empty where its samples are not known here.
    pub standing: Vec<StandingReason>,
    /// Each indicator; empty where its samples are not known here.
    pub indicators: Vec<IndicatorView>,
    /// Each trigger; empty where its samples are not known here.
    pub triggers: Vec<TriggerView>,
    /// This process samples it.
    pub sampled_here: bool,
}

impl Engine {
    /// All windows, the newest first.
    pub fn windows(&self, at: DateTime<Utc>) -> Vec<WindowView<'_>> {
        self.session.windows.iter().rev().map(|record| self.window_view(at, record)).collect()
    }

    /// The newest window that is open.
    pub fn newest_open_window(&self, at: DateTime<Utc>) -> Option<WindowView<'_>> {
        self.session.open_windows().next_back().map(|record| self.window_view(at, record))
    }

    fn window_view<'a>(&'a self, at: DateTime<Utc>, record: &'a WindowRecord) -> WindowView<'a> {
        let spec = self.checklist.windows.get(&record.opened.window);
        let (word, reasons) = match &record.closed {
            None => open_word(&self.facts(at), record),
            Some((_, closed)) => {
                let word = match closed.verdict {
                    crate::session::status::WindowVerdict::Healthy => VerdictWord::Healthy,
                    crate::session::status::WindowVerdict::Regression => VerdictWord::Regression,
                    crate::session::status::WindowVerdict::Inconclusive => VerdictWord::Inconclusive,
                };
                (word, closed.reason.clone().into_iter().collect())
            }
        };
        let live = self.windows.live.get(record.run());
        let stages = spec.map_or(&[][..], |spec| &spec.stages);
        let ends = stages.iter().enumerate().map(|(number, stage)| {
            let own = record.opened.opened + stage.length.as_delta();
            (number + 1, if number + 1 == stages.len() { own.max(record.ends) } else { own })
        });
        let stage = ends.filter(|(_, end)| *end > at && record.is_open()).min_by_key(|(_, end)| *end);
        let names: Vec<&str> = live.map(|live| live.watch.indicators().collect()).unwrap_or_default();
        let view = |name: &&str| live.and_then(|live| live.watch.indicator_view(name, at));
        WindowView {
            record,
            word,
            reasons,
            stage,
            stages: stages.len(),
            standing: live.map(|live| live.watch.standing(at).reasons).unwrap_or_default(),
            indicators: names.iter().filter_map(view).collect(),
            triggers: live.map(|live| live.watch.trigger_views()).unwrap_or_default(),
            sampled_here: live.is_some() && self.windows.holds_lease(),
        }
    }

    /// The chart of an indicator in so many points, and its unit; none: its samples are not known here.
    pub fn window_chart(
        &self,
        run: &str,
        indicator: &str,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        points: usize,
    ) -> Option<(Unit, Vec<ChartPoint>)> {
        let live = self.windows.live.get(run)?;
        let unit = live.watch.chart_unit(indicator)?;
        Some((unit, live.watch.chart(indicator, from, to, points)))
    }

    /// The last lines that matched a log indicator.
    pub fn window_matches(&self, run: &str, indicator: &str) -> Option<&VecDeque<Untrusted>> {
        self.windows.matches.get(&(run.to_owned(), indicator.to_owned()))
    }

    /// Nothing of a window is under way: none is open, opening, or on its way to the disk, and no run is active. Or the
    /// session is closed: nothing comes any more.
    pub fn windows_settled(&self) -> bool {
        self.session.closed.is_some()
            || self.session.open_windows().next().is_none()
                && self.session.active_run().is_none()
                && self.pending.is_empty()
                && self.windows.opening.is_empty()
                && self.runs_to_watch().is_empty()
    }

    /// Does a deploy lie ahead that opens a window?
    pub fn window_lies_ahead(&self, at: DateTime<Utc>) -> bool {
        let facts = self.facts(at);
        let next = crate::rules::scope::next_deploy(&facts);
        next.and_then(|(_, action)| self.checklist.actions.get(action))
            .is_some_and(|found| found.window.is_some())
    }

    /// The baseline a window was opened with; none: there was none.
    pub fn recorded_baseline(&self, opened: &WindowOpened) -> Option<Baseline> {
        super::baseline::recorded(opened)
    }

    /// Who samples the windows of this session.
    pub fn lease(&self) -> &Lease {
        &self.windows.lease
    }
}
