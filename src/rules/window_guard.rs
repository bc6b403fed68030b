//! What must still hold under the lock before something about a window or handover is written: the first one writes it,
//! whoever comes second is refused and learns it.

use chrono::{DateTime, Utc};

use super::window::trigger::TriggerState;
use crate::session::state::Session;
use crate::session::status::WindowVerdict;
use crate::session::window_state::WindowRecord;

/// What must still hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowGuard {
    /// No window was opened for this run.
    NotOpened {
        /// Which run.
        run: String,
    },
    /// No window is open at all.
    NoneOpen,
    /// The window is open.
    IsOpen {
        /// Which window.
        run: String,
    },
    /// The window is open, or closed without a verdict that stands.
    MayExtend {
        /// Which window.
        run: String,
    },
    /// The window is open and this stage of it is not judged at this end or a later one.
    NotJudged {
        /// Which window.
        run: String,
        /// Which stage, from 1.
        stage: i64,
        /// Its end: given more time, the last stage has a later one.
        ended: DateTime<Utc>,
    },
    /// The trigger fired so many times, and stands so.
    TriggerIs {
        /// Of which window.
        run: String,
        /// Which trigger.
        trigger: String,
        /// How often it fired.
        times: u32,
        /// How it stands in the record, which knows no pending one.
        state: TriggerState,
    },
    /// The last word written of the window is this; none: none was.
    WordIs {
        /// Which window.
        run: String,
        /// The word.
        word: Option<String>,
    },
    /// Nothing is summed up or noted as a gap from this time on.
    NotSummedUp {
        /// Which window.
        run: String,
        /// Which indicator.
        indicator: String,
        /// From when.
        from: DateTime<Utc>,
    },
    /// No gap of this window ends after this time.
    NoGapSince {
        /// Which window.
        run: String,
        /// From when.
        from: DateTime<Utc>,
    },
    /// The window is open and nobody recorded what ran there when it had just opened.
    NotSeen {
        /// Which window.
        run: String,
    },
    /// The handover is there and nobody has accepted it.
    HandoverOpen {
        /// The event that wrote it.
        handover: String,
    },
}

impl WindowGuard {
    /// Does it hold? `Err`: why not, as a sentence for a person.
    pub fn holds(&self, session: &Session) -> Result<(), String> {
        if let Some(stamp) = &session.closed {
            return Err(format!("the session was closed by {} meanwhile", stamp.by));
        }
        match self {
            Self::NotOpened { run } => match session.window(run) {
                None => Ok(()),
                Some(_) => Err("its window is opened already".to_owned()),
            },
            Self::NoneOpen => match session.open_windows().next_back() {
                None => Ok(()),
                Some(window) => Err(format!("window {} opened meanwhile", window.opened.window)),
            },
            Self::IsOpen { run } => open(session, run).map(|_window| ()),
            Self::MayExtend { run } => match session.window(run).map(WindowRecord::verdict) {
                None => Err("the record knows no window of this run".to_owned()),
                Some(None | Some(WindowVerdict::Inconclusive)) => Ok(()),
                Some(Some(verdict)) => Err(format!("the window closed {} meanwhile", verdict.shown())),
            },
            Self::NotJudged { run, stage, ended } => {
                let judged = &open(session, run)?.judged;
                let known = judged.iter().any(|judged| judged.stage == *stage && judged.ended >= *ended);
                if known { Err("the stage is judged already".to_owned()) } else { Ok(()) }
            }
            Self::TriggerIs { run, trigger, times, state } => {
                let known = open(session, run)?.triggers.get(trigger);
                let same =
                    known.map_or(0, |known| known.times) == *times && TriggerState::recorded(known) == *state;
                if same { Ok(()) } else { Err("the trigger's change is recorded already".to_owned()) }
            }
            Self::WordIs { run, word } => {
                let known = open(session, run)?.word.as_ref().map(|(_, changed)| &changed.now);
                if known == word.as_ref() { Ok(()) } else { Err("its word changed meanwhile".to_owned()) }
            }
            Self::NotSummedUp { run, indicator, from } => {
                let known = open(session, run)?.summaries.get(indicator);
                let fresh = known.is_none_or(|known| known.to <= *from);
                if fresh { Ok(()) } else { Err("that time is summed up already".to_owned()) }
            }
            Self::NoGapSince { run, from } => {
                let known = open(session, run)?.gaps.iter().any(|gap| gap.to > *from);
                if known { Err("the gap is recorded already".to_owned()) } else { Ok(()) }
            }
            Self::NotSeen { run } => match open(session, run)?.seen {
                None => Ok(()),
                Some(_) => Err("what ran there is recorded already".to_owned()),
            },
            Self::HandoverOpen { handover } => {
                let known = session.handovers.iter().find(|known| known.stamp.event == *handover);
                match known.map(|known| &known.accepted) {
                    None => Err("the record has no such handover".to_owned()),
                    Some(None) => Ok(()),
                    Some(Some(stamp)) => Err(format!("{} took over already", stamp.by)),
                }
            }
        }
    }
}

fn open<'a>(session: &'a Session, run: &str) -> Result<&'a WindowRecord, String> {
    match session.window(run) {
        Some(window) if window.is_open() => Ok(window),
        Some(_) => Err("the window is closed".to_owned()),
        None => Err("the record knows no window of this run".to_owned()),
    }
}
