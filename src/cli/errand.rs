//! A face without a screen: says what is wanted once trust is known, waits until it is stored or refused, and leaves.
//!
//! Every wait has a bound. Not here: what is wanted (one file per door), following a run (`follow_run.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::open_session::OpenSession;
use super::print;
use super::trust::untrusted;
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::input::{NoticeLevel, Viewing};
use crate::engine::presence::Presence;
use crate::engine::refusal::{Refusal, RefusalKind};
use crate::engine::trust::TrustState;
use crate::runtime::face::{Face, Reaction};
use crate::runtime::hands::Setup;
use crate::runtime::run_loop::{Ended, run_headless};
use crate::runtime::store::NetworkFiles;
use crate::runtime::store::safe_open::network_of;
use crate::runtime::terminal::{FrameEnd, KeyPress, MousePress};
use crate::safe_format;

/// How long a command may take to be stored: longer than the store waits for its lock.
const STORED_WITHIN: TimeDelta = TimeDelta::seconds(10);

/// What an errand waits for after its commands were taken.
pub trait Until {
    /// Looks at the brain; `Some`: it is over, leave.
    fn look(&mut self, engine: &Engine, at: DateTime<Utc>) -> Option<Leave>;
    /// Is enough known to say what is wanted? Bounded by whoever waits, who also says when it looks again (`wakes`).
    fn ready(&mut self, _engine: &Engine, _at: DateTime<Utc>) -> bool {
        true
    }
    /// How long it may take in all; none: as long as it takes.
    fn limit(&self) -> Option<TimeDelta>;
    /// What it wants to see beside that.
    fn viewing(&self) -> Option<Viewing> {
        None
    }
    /// When it wants to look again though nothing happened, while it is not ready.
    fn wakes(&self) -> Option<DateTime<Utc>> {
        None
    }
}

/// Why an errand leaves.
#[derive(Clone, Debug, PartialEq)]
pub enum Leave {
    /// It got what it waited for.
    Done,
    /// Its bound is over; what is known by then counts.
    TimeIsOver,
}

/// Waits until everything is stored.
#[derive(Clone, Copy, Debug, Default)]
pub struct UntilStored;

impl Until for UntilStored {
    fn look(&mut self, engine: &Engine, _at: DateTime<Utc>) -> Option<Leave> {
        engine.pending().is_empty().then_some(Leave::Done)
    }
    fn limit(&self) -> Option<TimeDelta> {
        Some(STORED_WITHIN)
    }
}

type Wish<'a> = Box<dyn FnOnce(&Engine, DateTime<Utc>) -> Result<Vec<Command>, AppError> + 'a>;

/// A face without a screen.
pub struct Errand<'a, U> {
    wish: Option<Wish<'a>>,
    /// What it waits for.
    pub until: U,
    began: Option<DateTime<Utc>>,
    /// How it left; none: a signal came first.
    pub left: Option<Result<Leave, Stopped>>,
}

/// Why an errand stopped before its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Stopped {
    /// The door itself refused.
    Door(AppError),
    /// The brain refused.
    Brain(Refusal),
}

impl<U: Until> Face for Errand<'_, U> {
    fn key(&mut self, _engine: &mut Engine, _at: DateTime<Utc>, _key: KeyPress) -> Reaction {
        Reaction::none()
    }
    fn mouse(&mut self, _engine: &mut Engine, _at: DateTime<Utc>, _mouse: MousePress) -> Reaction {
        Reaction::none()
    }
    fn paste(&mut self, _engine: &mut Engine, _at: DateTime<Utc>, _text: &str) -> Reaction {
        Reaction::none()
    }
    fn resize(&mut self, _columns: u16, _rows: u16) {}
    fn heard(&mut self, engine: &mut Engine, at: DateTime<Utc>) -> Reaction {
        if *engine.trust() == TrustState::Unknown || self.left.is_some() {
            return Reaction::none();
        }
        if self.wish.is_some() && !self.until.ready(engine, at) {
            return Reaction::none();
        }
        if let Some(wish) = self.wish.take() {
            self.began = Some(at);
            match wish(engine, at) {
                Ok(commands) if commands.is_empty() => {}
                Ok(commands) => return Reaction { commands, ..Reaction::none() },
                Err(error) => {
                    self.left = Some(Err(Stopped::Door(error)));
                    return Reaction::leave();
                }
            }
        }
        if let Some(refusal) = engine.refusal() {
            self.left = Some(Err(Stopped::Brain(refusal.clone())));
            return Reaction::leave();
        }
        let over = self.until.look(engine, at).or_else(|| {
            let deadline = self.deadline()?;
            (at >= deadline).then_some(Leave::TimeIsOver)
        });
        match over {
            Some(leave) => {
                self.left = Some(Ok(leave));
                Reaction::leave()
            }
            None => Reaction::none(),
        }
    }
    fn draw(&mut self, _engine: &mut Engine, _at: DateTime<Utc>) -> FrameEnd {
        FrameEnd::Unchanged
    }
    fn forget_screen(&mut self) {}
    fn viewing(&self, _engine: &Engine) -> Option<Viewing> {
        self.until.viewing()
    }
    fn is_busy(&self, _engine: &Engine) -> bool {
        false
    }
    fn looks_again_at(&self) -> Option<DateTime<Utc>> {
        let wakes = self.until.wakes().filter(|_| self.wish.is_some());
        self.deadline().into_iter().chain(wakes).min()
    }
}

impl<U: Until> Errand<'_, U> {
    fn deadline(&self) -> Option<DateTime<Utc>> {
        Some(self.began? + self.until.limit()?)
    }
}

/// What an errand came back with.
pub struct CameBack<U> {
    /// The brain as it was at the end.
    pub engine: Engine,
    /// What it waited for.
    pub until: U,
    /// Why it left.
    pub leave: Leave,
    /// The signal that ended it.
    pub signal: Option<u8>,
}

/// Runs an errand on the session that is meant. Errors: refused, untrusted, not stored in time.
pub fn run<'a, U: Until>(
    doors: &Doors,
    presence: Presence,
    until: U,
    wish: impl FnOnce(&Engine, DateTime<Utc>) -> Result<Vec<Command>, AppError> + 'a,
) -> Result<CameBack<U>, AppError> {
    let session = super::open_session::open_session(doors)?;
    let mut engine = Engine::new(session.opening(doors, presence));
    if let Some(bytes) = doors.global.log_budget {
        engine.set_log_budget(bytes);
    }
    let content = session.content();
    let source = session.source.clone();
    let setup = setup(doors, session);
    let errand = Errand { wish: Some(Box::new(wish)), until, began: None, left: None };
    let Ended { face, engine, signal } =
        run_headless(engine, setup, errand).map_err(|fault| AppError::unreachable(fault.to_string()))?;
    tell_messages(&engine);
    match face.left {
        Some(Ok(leave)) => Ok(CameBack { engine, until: face.until, leave, signal }),
        Some(Err(Stopped::Door(error))) => Err(error),
        Some(Err(Stopped::Brain(refusal))) => Err(match refusal.kind {
            RefusalKind::Untrusted => untrusted(&content, engine.trust(), &source),
            RefusalKind::Usage => AppError::usage(refusal.text.clone()),
            RefusalKind::Gate => refused(&refusal),
            RefusalKind::Record => AppError::unreachable(refusal.text.clone())
                .hint("gonogo verify says what is wrong with the record"),
        }),
        None if signal.is_some() => {
            Ok(CameBack { engine, until: face.until, leave: Leave::TimeIsOver, signal })
        }
        None => Err(AppError::new(ErrorKind::TookTooLong, "the loop ended without an answer")),
    }
}

/// What the screen would have shown as a warning goes to stderr: a line of the record that was kept nowhere must be read.
fn tell_messages(engine: &Engine) {
    let refusal = engine.refusal().map(|refusal| refusal.text.as_str());
    for notice in engine.notices() {
        if notice.level != NoticeLevel::Info && Some(notice.text.raw()) != refusal {
            print::note(&safe_format!("note: {}", notice.text));
        }
    }
}

/// The hands' part of a session.
pub fn setup(doors: &Doors, session: OpenSession) -> Setup {
    let vouched = (doors.network_files() == NetworkFiles::Allow && !doors.global.read_only)
        .then(|| network_of(session.writer.paths().folder()))
        .flatten();
    Setup {
        vouched,
        writer: session.writer,
        checklist: session.checklist,
        source: session.source,
        folder: session.folder,
        started: doors.started.clone(),
    }
}

fn refused(refusal: &Refusal) -> AppError {
    let error = AppError::refused(refusal.text.clone());
    let reasons: Vec<String> = refusal.blockers.iter().map(|blocker| blocker.text.clone()).collect();
    if reasons.len() > 1 {
        error.hint(safe_format!("what stands against it: {}", reasons.join("; ")))
    } else {
        error
    }
}

/// A command that has to be stored, and nothing else.
pub fn stored(
    doors: &Doors,
    wish: impl FnOnce(&Engine, DateTime<Utc>) -> Result<Vec<Command>, AppError>,
) -> Result<Engine, AppError> {
    let back = run(doors, Presence::Command, UntilStored, wish)?;
    match back.leave {
        Leave::Done => Ok(back.engine),
        Leave::TimeIsOver => Err(AppError::new(
            ErrorKind::TookTooLong,
            safe_format!("it was not stored within {} s; nothing is claimed", STORED_WITHIN.num_seconds()),
        )
        .hint("gonogo status shows what the record says")),
    }
}
