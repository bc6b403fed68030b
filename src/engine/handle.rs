//! The entry of the brain: one stamped input in, effects out. It routes; each concern decides in its own file.
//!
//! Read this first, then the four enums: `command.rs`, `input.rs`, `effect.rs`, and `session/event.rs`.

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::command::Command;
use super::effect::{Effect, Timer};
use super::input::Input;
use super::starting::RunWish;
use crate::session::event::ItemWaived;
use crate::session::recorded::Author;

impl Engine {
    /// Takes one input, stamped with its time, and says what the hands must do.
    pub fn handle(&mut self, at: DateTime<Utc>, input: Input) -> Vec<Effect> {
        match input {
            Input::Command { author, command } => self.command(at, author, command),
            Input::TrustKnown(state) => self.trust_known(at, state),
            Input::SourceSeen { digest } => self.source_seen(at, digest),
            Input::SourceFound(found) => self.source_found(at, found),
            Input::ContainersListed { environment, generation, containers } => {
                self.containers_listed(at, &environment, generation, containers)
            }
            Input::ContainerChanged { environment, generation, container } => {
                self.container_changed(at, &environment, generation, *container)
            }
            Input::ContainerGone { environment, generation, id } => {
                self.container_gone(at, &environment, generation, &id)
            }
            Input::StatsMeasured { environment, generation, usage } => {
                self.stats_measured(&environment, generation, usage);
                Vec::new()
            }
            Input::SourceLost { environment, generation, reason, attempt } => {
                self.source_lost(at, &environment, generation, (reason, attempt))
            }
            Input::Measured { id, item, measurement } => self.measured(at, id, &item, *measurement),
            Input::Sampled { id, measurement } => self.sampled(at, id, &measurement),
            Input::SamplesLoaded { of, samples, next } => self.samples_loaded(at, &of, &samples, next),
            Input::LeaseKnown(lease) => self.lease_known(at, &lease),
            Input::WatcherSeen(watcher) => self.watcher_seen(watcher),
            Input::LogCounted { key, count } => self.log_counted(&key, count),
            Input::ClockJumped(jump) => self.clock_jumped(at, jump),
            Input::Proven { versions } => self.proven_known(at, versions),
            Input::ImagesLookedFor { environment, present } => self.images_looked_for(&environment, present),
            Input::LogLines { source, batch } => {
                self.log_of(source).push(batch);
                Vec::new()
            }
            Input::LogEnded { source, reason } => {
                self.log_of(source).end(reason);
                Vec::new()
            }
            Input::RunReported { run, report } => self.run_reported(at, &run, report),
            Input::EventsStored { id, events, at: stored } => self.events_stored(at, id, &events, stored),
            Input::AppendRefused { id, reason, events } => self.append_refused(at, id, &reason, &events),
            Input::AppendFailed { id, reason, broken } => self.append_failed(at, id, &reason, broken),
            Input::EventsArrived { events, reload } => self.events_arrived(at, &events, reload),
            Input::RecordCondition(condition) => self.condition_known(at, condition),
            Input::RecordState(state) => self.record_known(at, state),
            Input::TimerFired(timer) => self.timer_fired(at, &timer),
            Input::Viewing(viewing) => self.viewing_changed(at, viewing),
            Input::NoticeEnded { id, end } => self.notice_ended(at, id, &end),
            Input::Leaving => {
                let mut effects = self.journal_the_unsaved(at);
                effects.extend(self.send_the_last(at));
                effects
            }
            Input::DraftLoaded { field, text } => {
                self.drafts.insert(field, text);
                Vec::new()
            }
            Input::Noticed { level, text } => {
                self.notice(at, level, text.raw());
                Vec::new()
            }
        }
    }

    fn command(&mut self, at: DateTime<Utc>, author: Author, command: Command) -> Vec<Effect> {
        self.refusal = None;
        let answer = match command {
            Command::Tick { item, evidence } => self.tick(at, author, &item, evidence),
            Command::Untick { item, reason } => self.untick(at, author, &item, reason),
            Command::Waive { item, reason, form } => {
                self.waive(at, author, ItemWaived { item, reason, form })
            }
            Command::Note { item, text } => self.note(at, author, item, &text),
            Command::GiveValue { name, value } => self.give_value(at, author, &name, value),
            Command::Undo => self.undo(at, author),
            Command::Measure { items } => self.measure_asked(at, &items),
            Command::MeasureAll => self.measure_all(at),
            Command::Reconnect => Ok(self.reconnect(at)),
            Command::SignOff { item, role, decision, comment, fingerprint } => {
                let wish = super::signoffs::Wish { item, role, decision, comment, fingerprint };
                self.sign_off(at, author, wish)
            }
            Command::Hold { reason } => self.hold(at, author, &reason),
            Command::PutBack => self.put_back(at, author),
            Command::LiftHold { reason } => self.lift_hold(at, author, reason),
            Command::Start { action, environment, fingerprint, typed } => {
                self.start(at, author, &fingerprint, RunWish { action, environment, typed })
            }
            Command::RollBack { action, environment, typed } => {
                self.roll_back(at, author, RunWish { action, environment, typed })
            }
            Command::Abort { run, rung } => self.abort(at, author, &run, rung),
            Command::Pause { run } => self.pause(at, author, &run),
            Command::Resume { run } => self.resume(at, author, &run),
            Command::DecideStep { run, step, decision, reason } => {
                self.decide_step(at, author, super::steps::StepWish { run, step, decision, reason })
            }
            Command::SettleRun { run, outcome, reason } => {
                self.settle_run(at, author, &run, (outcome, &reason))
            }
            Command::OpenWindow => self.open_wanted(at),
            Command::ExtendWindow { window, by_ms, reason } => {
                let by = TimeDelta::try_milliseconds(by_ms).unwrap_or(TimeDelta::MAX);
                self.extend_window(at, author, window.as_deref(), (by, &reason))
            }
            Command::CloseWindow { window, reason } => {
                self.close_window_early(at, author, window.as_deref(), &reason)
            }
            Command::Acknowledge { window, trigger, reason } => {
                self.acknowledge(at, author, window.as_deref(), (&trigger, &reason))
            }
            Command::HoldRollback => self.hold_rollback(at, &author),
            Command::HandOver { to } => self.hand_over(at, author, to),
            Command::AcceptHandover { handover } => self.accept_handover(at, author, handover),
            Command::Rebase { checklist, source_digest } => {
                self.rebase(at, author, &checklist, source_digest)
            }
            Command::Trust { digest } => self.trust_wanted(&digest),
            Command::KeepDraft { field, text } => Ok(self.keep_draft(field, text)),
            Command::Copy { text } => Ok(vec![Effect::CopyText { text }]),
            Command::Close { reason } => self.close(at, author, reason),
        };
        answer.unwrap_or_else(|refusal| self.refuse(at, refusal))
    }

    fn timer_fired(&mut self, at: DateTime<Utc>, timer: &Timer) -> Vec<Effect> {
        match timer {
            Timer::Measure(item) => self.measure_due(at, item),
            Timer::SourceWait(item) => self.source_wait_over(at, item),
            Timer::Judge(environment) => self.judge_due(at, environment),
            Timer::Review => self.review(at),
            Timer::Notice => Vec::new(),
            Timer::Sample { of, indicator } => self.sample_due(at, of, indicator),
            Timer::Evaluate(run) => self.evaluate_due(at, run),
            Timer::ReadSamples(run) => self.read_samples(at, run),
            Timer::Unanswered => self.unanswered(at),
            Timer::AutoRollback(run) => self.automatic_due(at, run),
            Timer::Notify => self.send_held(at),
            Timer::LookAtSource => vec![Effect::LookAtSource],
        }
    }
}
