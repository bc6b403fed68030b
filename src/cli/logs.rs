//! `gonogo logs`: the output of a run, or the log of a container, as plain sanitised lines.
//!
//! Not here: following on the screen (`tui`).

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::app_error::AppError;
use super::errand::{Leave, Until, run};
use super::exit_code::Code;
use super::open_session::open_session;
use super::print;
use crate::engine::brain::Engine;
use crate::engine::input::Viewing;
use crate::engine::log_source::LogSource;
use crate::engine::logs::log::Log;
use crate::engine::presence::Presence;
use crate::rules::observed::Freshness;
use crate::runtime::files::read_tail;
use crate::runtime::supervise::run_folder::RunFolder;
use crate::runtime::supervise::runs::{find_run, runs_beside};
use crate::safe_format;
use crate::session::state::RunRecord;
use crate::text::{LimitBytes, Safe, Untrusted, sanitise_lines};

/// Most lines told; a longer log is cut at its beginning.
const LINES_MAX: usize = 100_000;
/// A log that said nothing for so long has told what it had.
const QUIET: TimeDelta = TimeDelta::milliseconds(400);
/// How long a daemon may take to answer.
const ANSWER_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// `gonogo logs [NAME]`.
pub fn logs(doors: &Doors, name: Option<&str>, follow: Follow) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let side = session.writer.paths().side();
    let engine = Engine::new(session.opening(doors, Presence::Command));
    let runs = &engine.session().runs;
    let meant = match name {
        None => runs.last(),
        Some(name) => runs.iter().rev().find(|run| run.id() == name || run.requested.action.as_str() == name),
    };
    match (meant, name) {
        (Some(record), _) => {
            let beside = runs_beside(&doors.started.fallback_folders());
            Ok(tell_run(doors, record, &find_run(&side.join("runs"), &beside, record.id())))
        }
        (None, Some(name)) => container(doors, name, follow),
        (None, None) => {
            Err(AppError::usage("nothing has run yet").hint("gonogo logs NAME shows a container's log"))
        }
    }
}

fn tell_run(doors: &Doors, record: &RunRecord, folder: &RunFolder) -> Code {
    let whole = read_tail(&folder.output_log());
    // On another machine only the record's own tail is known.
    let bytes = whole.unwrap_or_else(|_elsewhere| {
        let tail = record.ended.as_ref().and_then(|(_, ended)| ended.output_tail.clone());
        tail.unwrap_or_default().into_bytes()
    });
    let (lines, left_out) = sanitise_lines(&bytes, LimitBytes::LINE, LINES_MAX);
    if doors.is_json() {
        let lines: Vec<_> = lines.iter().map(crate::text::StyledLine::text).collect();
        print::json(&serde_json::json!({
            "schema": "gonogo.logs/1", "run": record.id(), "lines": lines, "left_out": left_out,
        }));
        return Code::Yes;
    }
    for line in &lines {
        print::answer(&line.text());
    }
    Code::Yes
}

/// Waits until the container's log has answered and said nothing more for a moment.
struct UntilLog {
    name: String,
    source: Option<LogSource>,
    rows: u64,
    grew: Option<DateTime<Utc>>,
    follow: Follow,
}

/// Does the log go on being told as it grows?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Until it ends, or somebody stops it.
    On,
    /// What there is, and then it ends.
    Off,
}

impl From<bool> for Follow {
    fn from(follow: bool) -> Self {
        if follow { Self::On } else { Self::Off }
    }
}

impl Until for UntilLog {
    fn look(&mut self, engine: &Engine, at: DateTime<Utc>) -> Option<Leave> {
        let sources = &engine.observed().sources;
        if self.source.is_none() {
            self.source = sources.iter().find_map(|(environment, source)| {
                let named = |text: &Untrusted| text.raw() == self.name;
                let found = source.containers.iter().find(|container| {
                    named(&container.name) || container.service.as_ref().is_some_and(named)
                })?;
                Some(LogSource::Container { environment: environment.clone(), id: found.id.clone() })
            });
        }
        let Some(source) = &self.source else {
            let asking = |freshness: &Freshness| match freshness {
                Freshness::Connecting { .. } => true,
                Freshness::NotAsked | Freshness::Live | Freshness::Stale { .. } => false,
            };
            return (!sources.values().any(|source| asking(&source.freshness))).then_some(Leave::Done);
        };
        let log = engine.log(source)?;
        if log.ended().is_some() {
            return Some(Leave::Done);
        }
        if log.end_number() != self.rows {
            if self.follow == Follow::On {
                tell_rows(log, self.rows.max(log.first()));
            }
            self.rows = log.end_number();
            self.grew = Some(at);
        }
        let quiet = self.grew.is_some_and(|grew| at - grew >= QUIET);
        (quiet && self.follow == Follow::Off).then_some(Leave::Done)
    }
    fn limit(&self) -> Option<TimeDelta> {
        // A log that is followed ends with its container, or by the person.
        (self.follow == Follow::Off || self.source.is_none()).then_some(ANSWER_WITHIN)
    }
    fn viewing(&self) -> Option<Viewing> {
        let log = self.source.clone()?;
        Some(Viewing { log: Some(log), ..Viewing::default() })
    }
    fn wakes(&self) -> Option<DateTime<Utc>> {
        (self.follow == Follow::Off).then_some(self.grew? + QUIET)
    }
}

fn tell_rows(log: &Log, from: u64) {
    let rows = (from..log.end_number()).filter_map(|number| log.row(number));
    rows.for_each(|row| print::answer(&row.text.safe()));
}

fn container(doors: &Doors, name: &str, follow: Follow) -> Result<Code, AppError> {
    let until = UntilLog { name: name.to_owned(), source: None, rows: 0, grew: None, follow };
    let back = run(doors, Presence::Looking, until, |_engine, _at| Ok(Vec::new()))?;
    let Some(source) = back.until.source else {
        let unheard = back.engine.observed().sources.values().any(|source| !source.is_live());
        let error = if unheard || !back.engine.trust().is_trusted() {
            AppError::unreachable(safe_format!("no daemon told of a container `{}`", name))
        } else {
            AppError::usage(safe_format!("there is no run and no container `{}`", name))
        };
        return Err(error.hint("gonogo containers and gonogo log list them"));
    };
    let Some(log) = back.engine.log(&source) else {
        let why = safe_format!("the log of `{}` said nothing within {} s", name, ANSWER_WITHIN.num_seconds());
        return Err(AppError::unreachable(why).hint("gonogo doctor shows what can be reached; ask again"));
    };
    if follow == Follow::On {
        return Ok(Code::Yes);
    }
    if doors.is_json() {
        let rows = (log.first()..log.end_number()).filter_map(|number| log.row(number));
        let lines: Vec<Safe> = rows.map(|row| row.text.safe()).collect();
        print::json(&serde_json::json!({
            "schema": "gonogo.logs/1", "container": name, "lines": lines, "left_out": log.dropped(),
        }));
    } else {
        tell_rows(log, log.first());
    }
    Ok(Code::Yes)
}
