//! An open window in this process: the lease, and its accumulator built from the record and the samples beside it.
//!
//! Not here: sampling (`sampling.rs`), the file (`runtime/window`).

use chrono::{DateTime, TimeDelta, Utc};

use super::baseline;
use super::live::{Live, Sampling};
use super::owed::Edge;
use super::sampled::{ClockJump, KeptSample, Lease, SampleOf};
use crate::checklist::id::{EnvironmentName, WindowId};
use crate::checklist::window::{TriggerAction, Window};
use crate::engine::brain::Engine;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::NoticeLevel;
use crate::rules::observed::Watcher;
use crate::rules::window::objective::Outcome;
use crate::rules::window::trigger::TriggerState;
use crate::rules::window::watch::OpenWindow;
use crate::session::status::{GapWhy, WindowVerdict};
use crate::session::window_event::WindowGap;
use crate::session::window_state::WindowRecord;

/// Who does not sample looks at the samples of who does this often.
const READ_EVERY: TimeDelta = TimeDelta::seconds(10);
/// A time without a look that is worth a word: three samples of the shortest plan, and never less than this.
const GAP_MIN: TimeDelta = TimeDelta::seconds(3);

impl Engine {
    /// Asks for the lease while there is something to sample and it can be recorded, and lets it go afterwards.
    pub(super) fn lease_follow(&mut self) -> Vec<Effect> {
        let open = self.session.open_windows().next().is_some();
        let asked = open || self.windows.baseline.is_some() || self.failed_deploy().is_some();
        let wanted = self.recordable().is_ok() && asked;
        if wanted == self.windows.wants_lease {
            return Vec::new();
        }
        self.windows.wants_lease = wanted;
        if wanted {
            return vec![Effect::TakeLease];
        }
        if self.windows.holds_lease() {
            // From here on it looks on, like any other that does not sample.
            self.observed.windows.clear();
            self.windows.live.clear();
            self.windows.loading.clear();
            self.windows.asked.clear();
        }
        self.windows.lease = if open { Lease::Unknown } else { Lease::Free };
        vec![Effect::DropLease]
    }

    /// Where windows look at containers or logs, or may roll back by themselves, which asks what runs: their daemons are
    /// watched.
    pub(in crate::engine) fn environments_of_windows(&self) -> Vec<Option<EnvironmentName>> {
        if !self.presence.samples() {
            return Vec::new();
        }
        let open = self.session.open_windows();
        let open = open.map(|window| (window.opened.window.clone(), window.opened.environment.clone()));
        let before = self.windows.baseline.as_ref().and_then(|baseline| match &baseline.of {
            SampleOf::Baseline { window, environment } => Some((window.clone(), environment.clone())),
            SampleOf::Window(_) => None,
        });
        let looks = |window: &WindowId, place: Option<&EnvironmentName>| {
            let allowed = self.checklist.environment(place).is_some_and(|place| place.auto_rollback);
            self.checklist.windows.get(window).is_some_and(|spec| {
                let mut triggers = spec.triggers.iter();
                spec.indicators.iter().any(|(_, of)| of.containers.is_some() || of.log.is_some())
                    || allowed && triggers.any(|(_, trigger)| trigger.action == Some(TriggerAction::Rollback))
            })
        };
        let all = open.chain(before);
        all.filter(|(window, place)| looks(window, place.as_ref())).map(|(_, place)| place).collect()
    }

    /// Who looked last is known before anybody tries.
    pub(in crate::engine) fn watcher_seen(&mut self, watcher: Watcher) -> Vec<Effect> {
        self.observed.watcher.get_or_insert(watcher);
        Vec::new()
    }

    /// It is known who samples.
    pub(in crate::engine) fn lease_known(&mut self, at: DateTime<Utc>, lease: &Lease) -> Vec<Effect> {
        if !self.windows.wants_lease {
            // It was let go meanwhile.
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.windows.lease, lease.clone());
        self.observed.watcher = match lease {
            Lease::Other(watcher) => Some(watcher.clone()),
            Lease::Held => Some(Watcher { by: self.me.by.clone(), on: self.me.on.clone(), beat: at }),
            Lease::Free | Lease::Unknown => None,
        };
        if *lease == before || !self.presence.samples() {
            return Vec::new();
        }
        match (&before, lease) {
            (_, Lease::Held) => {
                // Built anew, so that nothing another process sampled is missing.
                self.windows.live.clear();
                self.windows.loading.clear();
                self.windows.baseline = None;
            }
            (Lease::Held, Lease::Other(watcher)) => {
                let text = format!("{} samples the windows now", watcher.on);
                self.notice(at, NoticeLevel::Warning, text);
                self.observed.windows.clear();
                self.windows.live.clear();
                self.windows.loading.clear();
                self.windows.baseline = None;
                self.windows.asked.clear();
            }
            (_, Lease::Other(_) | Lease::Free | Lease::Unknown) => {}
        }
        self.after_change(at)
    }

    /// Open windows that this process does not know yet are read; closed ones are forgotten; extended ones grow.
    pub(super) fn live_follow(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        self.forget_closed();
        let mut effects = Vec::new();
        let open: Vec<WindowRecord> = self.session.open_windows().cloned().collect();
        for window in open {
            match self.windows.live.get_mut(window.run()) {
                Some(live) if live.extensions != window.extended.len() => {
                    live.extensions = window.extended.len();
                    live.watch.extend(window.ends);
                    live.sampling.running = false;
                    effects.extend(self.sampling_begins(at, window.run()));
                }
                Some(_) => {
                    self.acknowledged_elsewhere(&window);
                    if self.windows.holds_lease() {
                        self.see_window(at, window.run());
                        effects.extend(self.pay(window.run()));
                    } else {
                        self.told_by_the_record(&window);
                    }
                }
                None => {
                    let of = SampleOf::Window(window.run().to_owned());
                    if self.checklist.windows.contains(&window.opened.window)
                        && !self.windows.loading.contains_key(&of)
                    {
                        effects.extend(self.ask_samples(at, of, 0));
                    }
                }
            }
        }
        effects
    }

    /// Who does not sample takes over what the one that does has recorded.
    fn told_by_the_record(&mut self, window: &WindowRecord) {
        if let Some(live) = self.windows.live.get_mut(window.run()) {
            restored(&mut live.watch, &live.spec, window, live.gaps);
            live.gaps = window.gaps.len();
        }
    }

    /// A person called an alarm false at another cockpit.
    fn acknowledged_elsewhere(&mut self, window: &WindowRecord) {
        for (name, _) in window.triggers.iter().filter(|(_, trigger)| !trigger.is_latched()) {
            // It may have fired again, and be on its way to the disk.
            if self.owes_alarm(window.run(), name) {
                continue;
            }
            if let Some(live) = self.windows.live.get_mut(window.run()) {
                live.watch.acknowledge(name);
            }
            self.windows.countdown.take_if(|count| count.is_of(window.run(), name));
        }
    }

    /// Samples were read from beside the record.
    pub(in crate::engine) fn samples_loaded(
        &mut self,
        at: DateTime<Utc>,
        of: &SampleOf,
        samples: &[KeptSample],
        next: u64,
    ) -> Vec<Effect> {
        match of {
            SampleOf::Baseline { .. } => {
                let mut effects = self.baseline_read(at, of, samples);
                effects.extend(self.baseline_loaded(at, of, samples));
                effects
            }
            SampleOf::Window(run) => {
                self.windows.loading.remove(of);
                let Some(window) = self.session.window(run).filter(|window| window.is_open()).cloned() else {
                    return Vec::new();
                };
                if let Some(live) = self.windows.live.get_mut(run) {
                    for kept in samples {
                        live.watch.take(&kept.indicator, kept.sample);
                        live.looked = live.looked.max(kept.sample.scheduled);
                    }
                    live.read_to = next;
                    // Its detectors go on; what fires, the one that samples records.
                    let _told_by_the_record = live.watch.evaluate(live.looked);
                    restored(&mut live.watch, &live.spec, &window, live.gaps);
                } else if let Some(live) = self.built(at, &window, (samples, next)) {
                    self.windows.live.insert(run.clone(), live);
                }
                self.window_ready(at, run)
            }
        }
    }

    fn built(
        &self,
        at: DateTime<Utc>,
        window: &WindowRecord,
        (samples, next): (&[KeptSample], u64),
    ) -> Option<Live> {
        let spec = self.checklist.windows.get(&window.opened.window)?.clone();
        let mut watch = OpenWindow::new(&spec, window.opened.opened, baseline::recorded(&window.opened));
        if !window.extended.is_empty() {
            watch.extend(window.ends);
        }
        for kept in samples {
            watch.take(&kept.indicator, kept.sample);
        }
        let last = samples.iter().map(|kept| kept.sample.scheduled).max();
        let gaps = window.gaps.iter().map(|gap| gap.to).max();
        let looked = [last, gaps].into_iter().flatten().max().unwrap_or(window.opened.opened);
        if last.is_none() {
            for (trigger, sum) in window.summaries.values().flat_map(|summary| &summary.s) {
                watch.restore_sum(trigger, *sum);
            }
        }
        restored(&mut watch, &spec, window, 0);
        Some(Live {
            spec,
            watch,
            sampling: Sampling::default(),
            looked,
            evaluated: at,
            owed: Vec::new(),
            told_end: None,
            gaps: window.gaps.len(),
            extensions: window.extended.len(),
            read_to: next,
            seen: None,
            undecided: Some(at),
        })
    }

    /// The window is known: whoever holds the lease says what nobody saw, and samples on; the others look again later.
    fn window_ready(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        if !self.windows.holds_lease() {
            // As it was at the newest sample: who is gone makes nothing fresh.
            if let Some(looked) = self.windows.live.get(run).map(|live| live.looked) {
                self.see_window(looked, run);
            }
            return vec![Effect::SetTimer { timer: Timer::ReadSamples(run.to_owned()), at: at + READ_EVERY }];
        }
        let mut effects = self.proof_wanted();
        // Before anything is sampled: logs are read back to the last look, or to the opening.
        effects.extend(self.counts_follow());
        effects.extend(self.stats_follow());
        if let Some(live) = self.windows.live.get(run).filter(|live| !live.sampling.running) {
            let shortest = live.spec.stages.iter().map(|stage| stage.every.as_delta()).min();
            let tolerated = shortest.map_or(GAP_MIN, |every| every * 3).max(GAP_MIN);
            let (from, to) = (live.looked, at.min(live.watch.ends()));
            if to.signed_duration_since(from) > tolerated {
                let lost = self
                    .session
                    .window(run)
                    .and_then(WindowRecord::watched_until)
                    .is_some_and(|until| until > from);
                let why = if lost { GapWhy::Lost } else { GapWhy::Unwatched };
                effects.extend(self.gap_found(at, run, (from, to), why));
            }
        }
        effects.extend(self.sampling_begins(at, run));
        effects.extend(self.evaluate(at, run));
        effects
    }

    /// Where a trigger may roll back by itself, other records are asked which versions are proven.
    pub(super) fn proof_wanted(&mut self) -> Vec<Effect> {
        let asks = self.checklist.environments.iter().any(|(_, place)| place.auto_rollback);
        if !asks || std::mem::replace(&mut self.windows.proof_asked, asks) {
            return Vec::new();
        }
        vec![Effect::LookForProven]
    }

    /// Nobody looked for a time: it is recorded once, and counts for nothing.
    pub(super) fn gap_found(
        &mut self,
        at: DateTime<Utc>,
        run: &str,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        why: GapWhy,
    ) -> Vec<Effect> {
        let Some(live) = self.windows.live.get_mut(run) else { return Vec::new() };
        live.watch.gap(from, to, why);
        live.looked = live.looked.max(to);
        self.owe(at, run, Edge::Gap(WindowGap { run: run.to_owned(), from, to, why }));
        self.pay(run)
    }

    /// The machine slept, or its clock was set: no window was looked at meanwhile.
    pub(in crate::engine) fn clock_jumped(&mut self, at: DateTime<Utc>, jump: ClockJump) -> Vec<Effect> {
        if !self.windows.holds_lease() {
            return Vec::new();
        }
        let runs: Vec<String> = self.windows.live.keys().cloned().collect();
        let mut effects = Vec::new();
        for run in runs {
            let Some(live) = self.windows.live.get(&run) else { continue };
            let (from, to) = (jump.from.max(live.watch.opened()), jump.to.min(live.watch.ends()));
            if to > from {
                effects.extend(self.gap_found(at, &run, (from, to), GapWhy::Asleep));
            }
            if let Some(live) = self.windows.live.get_mut(&run) {
                live.looked = at;
                live.evaluated = at;
                live.sampling.running = false;
            }
            effects.extend(self.sampling_begins(at, &run));
        }
        effects
    }

    /// Who does not sample looks at what the other one sampled.
    pub(in crate::engine) fn read_samples(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        match self.windows.live.get(run).map(|live| live.read_to) {
            Some(from) if !self.windows.holds_lease() => {
                self.ask_samples(at, SampleOf::Window(run.to_owned()), from)
            }
            Some(_) | None => Vec::new(),
        }
    }
}

/// What the record says of triggers, stages and gaps; of the gaps those it did not know.
fn restored(watch: &mut OpenWindow, spec: &Window, window: &WindowRecord, gaps_known: usize) {
    for gap in window.gaps.iter().skip(gaps_known) {
        watch.gap(gap.from, gap.to, gap.why);
    }
    for (name, trigger) in &window.triggers {
        watch.restore_trigger(name, trigger.is_firing(), trigger.is_latched());
    }
    let fires = |name: &str| watch.trigger(name).is_some_and(|(state, _)| state == TriggerState::Firing);
    let unsaid: Vec<&String> = spec.triggers.names().collect();
    let unsaid = unsaid.into_iter().filter(|name| !window.triggers.contains_key(*name) && fires(name));
    for name in unsaid.collect::<Vec<_>>() {
        watch.restore_trigger(name, false, false);
    }
    for judged in &window.judged {
        let stage = usize::try_from(judged.stage - 1).unwrap_or(usize::MAX);
        // Given more time, its last stage is judged again at the new end.
        let again = stage + 1 == spec.stages.len() && judged.ended < window.ends;
        if again && judged.verdict != WindowVerdict::Regression {
            continue;
        }
        watch.note_judged(stage, outcome(judged.verdict), judged.reasons.clone());
    }
}

fn outcome(verdict: WindowVerdict) -> Outcome {
    match verdict {
        WindowVerdict::Healthy => Outcome::Pass,
        WindowVerdict::Regression => Outcome::Fail,
        WindowVerdict::Inconclusive => Outcome::Inconclusive,
    }
}
