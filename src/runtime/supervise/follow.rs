//! Following a run from a cockpit: its status and the tail of its output become `RunReport`s, with exactly one end.
//!
//! The status file is the truth: everything in it is reported, also what another cockpit has recorded already; the
//! engine ignores what it knows. Not here: who starts following (`runs.rs`).

use std::io::SeekFrom;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::requests;
use super::run_folder::{RunFolder, read_capped};
use super::status::{EndStatus, RunStatus, StepEnd, StepStatus};
use crate::engine::input::{RunEnd, RunReport};
use crate::runtime::clock::{self, Stopwatch};
use crate::runtime::files::{self, Links};
use crate::text::untrusted::Untrusted;

/// How often a run is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The most output in one report, so that a flood never holds up keys.
pub const BATCH_BYTES_MAX: usize = 64 << 10;
/// When a run is picked up, at most this much of its output is read again.
const BACKLOG_BYTES_MAX: u64 = 1 << 20;
/// How much output the end carries.
const TAIL_BYTES_MAX: u64 = 16 << 10;
/// How often the supervisor is looked for.
const ALIVE_EVERY: Duration = Duration::from_secs(1);
/// How long a run that another cockpit has just requested may be without a status.
const BEGIN_WITHIN: Duration = Duration::from_secs(10);

/// Takes a report; `false` means that nobody listens any more.
pub trait Listener {
    /// Takes a report. `false`: nobody listens any more.
    fn hear(&mut self, report: RunReport) -> impl Future<Output = bool> + Send;
}

/// Follows a run to its end, or until nobody listens.
pub async fn follow(folder: &RunFolder, listener: &mut impl Listener) {
    let mut tail = Tail::default();
    let mut told = Told::default();
    let mut looked = None;
    let mut unbegun = Unbegun::default();
    let began = Stopwatch::start();
    loop {
        // In this order: a supervisor that ends between the two looks has left its end behind.
        let alive_due = looked.is_none_or(|watch: Stopwatch| watch.elapsed() >= ALIVE_EVERY);
        let known = told.status.as_ref().filter(|_| alive_due);
        let gone = known.is_some_and(|status| !status.process.is_alive());
        let over = known.is_some_and(|status| status.holds_lock && folder.is_let_go());
        if alive_due {
            looked = Some(Stopwatch::start());
        }
        let status = read_capped(&folder.status()).ok().and_then(|text| toml::from_str(&text).ok());
        let ended = match status {
            Some(status) => {
                let reports = told.news(status);
                for report in reports {
                    if !listener.hear(report).await {
                        return;
                    }
                }
                told.status.as_ref().and_then(|status| status.end.clone())
            }
            None => None,
        };
        let drained = loop {
            match tail.read(folder).await {
                Some((bytes, dropped)) => {
                    if !listener.hear(RunReport::Output { bytes, dropped }).await {
                        return;
                    }
                    // While the run goes on, a batch a look: steps and their output stay together.
                    if ended.is_none() {
                        break false;
                    }
                }
                None => break true,
            }
        };
        if let Some(end) = ended {
            let end = end_report(folder, end).await;
            let _last_word = listener.hear(RunReport::Ended(Box::new(end))).await;
            return;
        }
        if told.status.is_none() && alive_due && unbegun.is_over(folder, began.elapsed()) {
            let reason =
                "its run folder holds no status, so its supervisor never began or the folder was deleted";
            let _last_word = listener.hear(RunReport::Lost { reason: reason.into() }).await;
            return;
        }
        if gone && drained {
            let reason = "its supervisor is gone and left no end: killed, or the machine was started anew";
            if !told.lost {
                let _last_word = listener.hear(RunReport::Lost { reason: reason.into() }).await;
            }
            return;
        }
        if over && !told.lost {
            told.lost = true;
            let reason = "no step of it runs any more, and the disk does not take how it ended; make room";
            // Followed on: the end is written as soon as there is room.
            let _followed_on = listener.hear(RunReport::Lost { reason: reason.into() }).await;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A run without a status.
#[derive(Default)]
struct Unbegun {
    /// How long its starter has had an abort to obey.
    aborted: Option<Stopwatch>,
}

impl Unbegun {
    /// Is it over with it after this wait? Then it will not begin any more, because its folder says so. As long as its
    /// starter lives, it may: secrets take their time. An abort ends a start at once, or its starter hangs.
    fn is_over(&mut self, folder: &RunFolder, waited: Duration) -> bool {
        if self.aborted.is_none() && requests::wants_abort(folder) {
            self.aborted = Some(Stopwatch::start());
        }
        let obeys = self.aborted.as_ref().is_none_or(|aborted| aborted.elapsed() <= BEGIN_WITHIN);
        if waited <= BEGIN_WITHIN || (folder.is_starting() && obeys) {
            return false;
        }
        // Where nothing can be written, nothing can be started either.
        let _full_disk = folder.give_up();
        // It may have begun just before it was given up.
        read_capped(&folder.status()).is_err()
    }
}

/// What was told so far.
#[derive(Default)]
struct Told {
    status: Option<RunStatus>,
    /// That nobody knows how it ended.
    lost: bool,
}

impl Told {
    fn news(&mut self, new: RunStatus) -> Vec<RunReport> {
        let mut reports = Vec::new();
        let old = self.status.take();
        if old.is_none() {
            reports.push(RunReport::Started { pid: new.process.pid, host: new.host.clone() });
        }
        let old_steps = old.as_ref().map(|old| old.steps.as_slice()).unwrap_or_default();
        for (at, step) in new.steps.iter().enumerate() {
            step_news(old_steps.get(at), step, &mut reports);
        }
        // A retry may have failed again between two looks: the same step waits, but for another decision.
        let waited = old.as_ref().filter(|old| old.steps.len() == new.steps.len());
        if let Some(step) = &new.waiting
            && waited.and_then(|old| old.waiting.as_ref()) != Some(step)
        {
            reports.push(RunReport::Waiting { step: step.clone() });
        }
        let dropped = new.dropped.saturating_sub(old.as_ref().map_or(0, |old| old.dropped));
        if dropped > 0 {
            reports.push(RunReport::Output { bytes: Vec::new(), dropped });
        }
        if let Some(at) = new.kill_at {
            reports.push(RunReport::Grace { left_ms: left_ms(at) });
        }
        self.status = Some(new);
        reports
    }
}

fn step_news(old: Option<&StepStatus>, new: &StepStatus, reports: &mut Vec<RunReport>) {
    if old.is_none() {
        reports.push(RunReport::StepStarted { step: new.step.clone(), attempt: new.attempt, at: new.began });
    }
    if let Some(end) = &new.ended
        && old.is_none_or(|old| old.ended.is_none())
    {
        reports.push(step_ended(new, end.clone()));
    }
    if let (Some(settled), Some(end)) = (&new.settled, &new.ended)
        && old.is_none_or(|old| old.settled.is_none())
    {
        let end = StepEnd { outcome: settled.outcome, reason: settled.reason.clone(), ..end.clone() };
        reports.push(step_ended(new, end));
    }
}

fn step_ended(step: &StepStatus, end: StepEnd) -> RunReport {
    RunReport::StepEnded {
        step: step.step.clone(),
        attempt: step.attempt,
        outcome: end.outcome,
        exit: end.exit,
        signal: end.signal,
        took_ms: end.took_ms,
        reason: end.reason.map(Untrusted::from),
        captured: end.captured,
    }
}

fn left_ms(at: DateTime<Utc>) -> u64 {
    u64::try_from((at - clock::now()).num_milliseconds()).unwrap_or(0)
}

async fn end_report(folder: &RunFolder, end: EndStatus) -> RunEnd {
    let tail = read_tail(folder).await.unwrap_or_default();
    RunEnd {
        outcome: end.outcome,
        exit: end.exit,
        step: end.step,
        took_ms: end.took_ms,
        reason: end.reason.map(Untrusted::from),
        output_bytes: end.output_bytes,
        output_sha256: end.output_sha256,
        output_tail: Untrusted::from_bytes(&tail),
    }
}

async fn read_tail(folder: &RunFolder) -> std::io::Result<Vec<u8>> {
    let mut file = open_output(folder).await?;
    let length = file.metadata().await?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES_MAX))).await?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES_MAX).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// A pipe in its place would be waited for without a bound.
async fn open_output(folder: &RunFolder) -> std::io::Result<tokio::fs::File> {
    let path = folder.output_log();
    let opened = tokio::task::spawn_blocking(move || files::open_regular(&path, Links::Refuse));
    Ok(tokio::fs::File::from_std(opened.await.map_err(std::io::Error::other)??))
}

/// Where in the output we are.
#[derive(Default)]
struct Tail {
    file: Option<tokio::fs::File>,
}

impl Tail {
    /// The next output, with what was skipped before it. `None`: nothing new.
    async fn read(&mut self, folder: &RunFolder) -> Option<(Vec<u8>, u64)> {
        let mut skipped = 0;
        if self.file.is_none() {
            let mut file = open_output(folder).await.ok()?;
            let length = file.metadata().await.ok()?.len();
            skipped = length.saturating_sub(BACKLOG_BYTES_MAX);
            file.seek(SeekFrom::Start(skipped)).await.ok()?;
            self.file = Some(file);
        }
        let file = self.file.as_mut()?;
        let mut bytes = vec![0; BATCH_BYTES_MAX];
        let count = file.read(&mut bytes).await.ok()?;
        bytes.truncate(count);
        (count > 0 || skipped > 0).then_some((bytes, skipped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(attempts: u32) -> RunStatus {
        let tried = |attempt| StepStatus { step: "a".into(), attempt, ..StepStatus::default() };
        let steps = (1..=attempts).map(tried).collect();
        RunStatus { waiting: Some("a".into()), steps, ..RunStatus::default() }
    }

    #[test]
    fn a_run_is_not_given_up_while_its_starter_lives_and_never_begins_once_it_is() {
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::at(place.path().join("runs").join("01RUN"));
        folder.create().unwrap();
        let held = folder.hold_start().unwrap();
        let mut unbegun = Unbegun::default();
        let late = BEGIN_WITHIN * 2;
        assert!(!unbegun.is_over(&folder, late));
        assert!(!folder.is_given_up());
        drop(held);
        assert!(!unbegun.is_over(&folder, Duration::ZERO));
        assert!(unbegun.is_over(&folder, late));
        assert!(folder.is_given_up());
        // One that nobody has made a folder for cannot be given one any more.
        let never = RunFolder::at(place.path().join("runs").join("02RUN"));
        assert!(Unbegun::default().is_over(&never, late));
        assert!(never.create().is_err() && never.is_given_up());
    }

    #[test]
    fn a_retry_that_fails_between_two_looks_waits_anew_and_nothing_is_told_twice() {
        let mut told = Told::default();
        let waits = |reports: &[RunReport]| {
            reports.iter().filter(|report| matches!(report, RunReport::Waiting { .. })).count()
        };
        assert_eq!(waits(&told.news(failed(1))), 1);
        assert_eq!(told.news(failed(1)), []);
        assert_eq!(waits(&told.news(failed(2))), 1);
    }
}
