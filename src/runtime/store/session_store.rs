//! The store as the engine meets it: the session is its state, effects become requests, answers become inputs.
//!
//! Not here: the generic store below (`append.rs`, `request.rs`), the loop that carries effects and inputs.

use chrono::{DateTime, Utc};

use super::lock::{WAIT, WAIT_URGENT};
use super::record::Recheck;
use super::recover::REPAIRED_KIND;
use super::request::{Answer, Extent, Fold, Proposal, Request};
use crate::engine::effect::{AppendId, Urgency};
use crate::engine::input::{Input, NoticeLevel, RecordState};
use crate::rules::guard::Guard;
use crate::session::decode::{EncodeFault, data_of};
use crate::session::event::{Event, UpkeepEvent};
use crate::session::line::Line;
use crate::session::recorded::{Proposed, Recorded};
use crate::session::state::Session;
use crate::text::untrusted::Untrusted;

impl Fold for Session {
    fn fold(&mut self, lines: &[Line], extent: Extent) {
        if extent == Extent::Whole {
            *self = Self::default();
        }
        for line in lines {
            self.apply(&line.recorded());
        }
    }
}

impl TryFrom<Proposed> for Proposal {
    type Error = EncodeFault;
    fn try_from(proposed: Proposed) -> Result<Self, EncodeFault> {
        let Proposed { at, author, event } = proposed;
        let data = data_of(&event)?;
        let (kind, v) = (event.kind().to_owned(), event.version());
        // Who does not know a redaction would take a tombstone for an edited line, and must not mend that; who does not
        // know that the checklist changed would judge the release by the wrong one.
        let crit = matches!(&event, Event::Upkeep(UpkeepEvent::LogRedacted(_)) | Event::ChecklistRebased(_));
        Ok(Self { at, by: author.by, on: author.on, kind, v, crit, data })
    }
}

/// The request of `Effect::Append`.
///
/// # Errors
/// An event has no spelling: answer with `Input::AppendFailed`.
pub fn append_request(
    id: AppendId,
    events: Vec<Proposed>,
    guard: Guard,
    urgency: Urgency,
) -> Result<Request<Session>, EncodeFault> {
    let decisive =
        |proposed: &Proposed| matches!(proposed.event, Event::RunRequested(_) | Event::SignoffRecorded(_));
    let gives_back =
        events.iter().any(|proposed| matches!(proposed.event, Event::Upkeep(UpkeepEvent::LogRestored(_))));
    let recheck = if events.iter().any(decisive) { Recheck::Whole } else { Recheck::Suffix };
    let wait = match urgency {
        Urgency::Normal => WAIT,
        Urgency::Backward => WAIT_URGENT,
    };
    let events = events.into_iter().map(Proposal::try_from).collect::<Result<_, _>>()?;
    Ok(Request {
        id: id.0,
        verbatim: Vec::new(),
        gives_back,
        events,
        guard: Box::new(move |session| guard.holds(session)),
        wait,
        recheck,
    })
}

/// What the engine hears of an answer given at this time.
pub fn inputs(answer: Answer, at: DateTime<Utc>) -> Vec<Input> {
    match answer {
        Answer::Stored { id, lines } => {
            let stored = Input::EventsStored { id: AppendId(id), events: recorded(&lines), at };
            std::iter::once(stored).chain(repaired(&lines)).collect()
        }
        Answer::Refused { id, reason, lines } => {
            vec![Input::AppendRefused { id: AppendId(id), reason, events: recorded(&lines) }]
        }
        Answer::Failed { id, error, broken } => {
            vec![Input::AppendFailed { id: AppendId(id), reason: error, broken }]
        }
        Answer::Arrived { lines, extent, lost: _ } => {
            let arrived = Input::EventsArrived { events: recorded(&lines), reload: extent == Extent::Whole };
            std::iter::once(arrived).chain(repaired(&lines)).collect()
        }
        Answer::Standing { condition, read_only } => {
            let state = read_only.map_or(RecordState::Writable, |reason| RecordState::ReadOnly { reason });
            vec![Input::RecordCondition(condition), Input::RecordState(state)]
        }
    }
}

/// What a person hears of a record on a network file system that was vouched for.
pub fn vouched_for(network: &str) -> Input {
    let text = format!(
        "the record lies on {network}: nobody else may write it meanwhile, and what others wrote is looked for every second only"
    );
    Input::Noticed { level: NoticeLevel::Warning, text: Untrusted::new(text) }
}

/// What a person hears when the end of the file was put aside: the line itself stands in the timeline for good.
fn repaired(lines: &[Line]) -> Option<Input> {
    let text = "an unfinished write at the end of the record was put aside beside it; nothing that was saved was in it";
    let notice = Input::Noticed { level: NoticeLevel::Warning, text: Untrusted::new(text) };
    lines.iter().any(|line| line.kind == REPAIRED_KIND).then_some(notice)
}

/// Lines as the engine takes them.
pub fn recorded(lines: &[Line]) -> Vec<Recorded> {
    lines.iter().map(Line::recorded).collect()
}
