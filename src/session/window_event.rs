//! What the record says of monitoring windows and handovers.
//!
//! Not here: what each carries (`window_payload.rs`), what they add up to (`window_state.rs`).

use super::event::events;
pub use super::window_payload::{
    BaselineSeen, BucketsSeen, CheckSummary, HandoverAccepted, HandoverWritten, ObjectiveSeen,
    TriggerAcknowledged, TriggerFired, TriggerResolved, VerdictChanged, WindowClosed, WindowExtended,
    WindowGap, WindowJudged, WindowOpened,
};

events! {
    /// Something about a window or handover.
    WindowEvent {
    /// A monitoring window opened.
    WindowOpened(WindowOpened) = "window.opened",
    /// A stage of a window ended and was judged.
    WindowJudged(WindowJudged) = "window.judged",
    /// Nothing was sampled for a time.
    WindowGap(WindowGap) = "window.gap",
    /// A person made a window longer.
    WindowExtended(WindowExtended) = "window.extended",
    /// A window closed.
    WindowClosed(WindowClosed) = "window.closed",
    /// A trigger fired.
    TriggerFired(TriggerFired) = "trigger.fired",
    /// A trigger fires no longer.
    TriggerResolved(TriggerResolved) = "trigger.resolved",
    /// A person called a fired trigger a false alarm.
    TriggerAcknowledged(TriggerAcknowledged) = "trigger.acknowledged",
    /// The word of an open window changed.
    VerdictChanged(VerdictChanged) = "verdict.changed",
    /// That an indicator was really watched.
    CheckSummary(CheckSummary) = "check.summary",
    /// A person wrote down how things stand for the next one.
    HandoverWritten(HandoverWritten) = "handover.written",
    /// The next person took over.
    HandoverAccepted(HandoverAccepted) = "handover.accepted",
    }
}
