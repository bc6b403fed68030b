//! A group of requests that share one write and one flush: its bounds, its bytes, what each will hear.
//!
//! Not here: how it is written (`append.rs`).

use std::collections::VecDeque;
use std::time::Duration;

use super::fault::StoreFault;
use super::request::{Answer, Request};
use crate::session::line::Line;

/// Most requests in one write: measured 0.1-0.2 of the cost per event, and more gains nothing.
pub const GROUP_REQUESTS: usize = 64;
/// No further request joins a write of this many bytes.
pub const GROUP_BYTES: usize = 256 * 1024;
/// Writes in one millisecond, or a clock set back, move keys ahead of the clock by at most this much. Keys tell no time.
const NEAR_MILLIS: u64 = 1_000;

/// What one group is about to write, and what each of its requests will hear.
#[derive(Default)]
pub(super) struct Group {
    /// The millisecond in the keys of all its lines, and of none they hang on: so a reader knows what was one write
    /// (`session/scan.rs`).
    pub(super) millis: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) outcomes: Vec<Prepared>,
    /// Lines were taken over: those the record has already may be another's, who died before the flush.
    pub(super) must_flush: bool,
    /// Lines that hang on older ones are among them: the one order is found by reading anew.
    pub(super) out_of_order: bool,
}

/// The millisecond for the keys of the next write: now, but after those of the lines it hangs on. Those of a clock that runs
/// far ahead differ anyway.
pub(super) fn millis_of_write(now: u64, heads: impl Iterator<Item = u64>) -> u64 {
    let near = |millis: &u64| now <= *millis && *millis - now < NEAR_MILLIS;
    heads.filter(near).max().map_or(now, |latest| latest + 1)
}

/// What became of one request before the write.
pub(super) enum Prepared {
    Stored(u64, Vec<Line>),
    Refused(u64, String),
    Failed(u64, String),
}

/// Answers the front of the queue with a fault; who can wait longer for the lock waits on.
pub(super) fn fail<F>(
    queue: &mut VecDeque<Request<F>>,
    fault: &StoreFault,
    waited: Duration,
    answers: &mut Vec<Answer>,
) {
    let (error, broken) = (fault.to_string(), fault.is_final());
    let only_waited = matches!(fault, StoreFault::Locked { .. });
    let front: VecDeque<Request<F>> = queue.drain(..queue.len().min(GROUP_REQUESTS)).collect();
    let mut patient = VecDeque::new();
    for request in front {
        if only_waited && request.wait > waited {
            patient.push_back(request);
        } else {
            answers.push(Answer::Failed { id: request.id, error: error.clone(), broken });
        }
    }
    patient.append(queue);
    *queue = patient;
}
