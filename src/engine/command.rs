//! What a person wants: imperative, with what the person saw when they wanted it.
//!
//! Made by keys, dialogs and subcommands. Not here: cursor, scroll and dialogs (`tui/state.rs`); refusals (`handle.rs`).

use crate::checklist::id::{ActionId, EnvironmentName, ItemId, RoleId, StepId, VariableName};
use crate::checklist::model::Checklist;
use crate::session::hash::Hash;
use crate::session::status::{AbortRung, Decision, RunOutcome, StepDecision, WaiverForm};

/// What a person wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Tick an item.
    Tick {
        /// Which.
        item: ItemId,
        /// What the tick carries, if the item asks for it.
        evidence: Option<String>,
    },
    /// Open a ticked or waived item again.
    Untick {
        /// Which.
        item: ItemId,
        /// Why, if they say so.
        reason: Option<String>,
    },
    /// Set an item aside.
    Waive {
        /// Which.
        item: ItemId,
        /// Why; must not be empty.
        reason: String,
        /// Waived, or does not apply.
        form: WaiverForm,
    },
    /// Write something down.
    Note {
        /// About which item; none: the release.
        item: Option<ItemId>,
        /// The text.
        text: String,
    },
    /// Give a variable its value: one that was left empty at the start, or may be changed when it is needed.
    GiveValue {
        /// Which.
        name: VariableName,
        /// Its value; checked against its kind.
        value: String,
    },
    /// Take back the last tick, note or waiver of their own.
    Undo,
    /// Measure these checks now.
    Measure {
        /// Which.
        items: Vec<ItemId>,
    },
    /// Measure every check now.
    MeasureAll,
    /// Ask the lost sources again at once.
    Reconnect,
    /// Record a decision for a role.
    SignOff {
        /// The item that asks.
        item: ItemId,
        /// For which role.
        role: RoleId,
        /// What.
        decision: Decision,
        /// What they say; a rejection needs it.
        comment: Option<String>,
        /// The fingerprint they saw.
        fingerprint: String,
    },
    /// Hold the release.
    Hold {
        /// Why; must not be empty.
        reason: String,
    },
    /// Release the hold.
    LiftHold {
        /// Why, if they say so.
        reason: Option<String>,
    },
    /// Put events back that were seen here and are gone from the record.
    PutBack,
    /// Start a forward action.
    Start {
        /// Which.
        action: ActionId,
        /// Where.
        environment: Option<EnvironmentName>,
        /// The fingerprint they saw.
        fingerprint: String,
        /// The environment's name as typed, where it is protected.
        typed: Option<String>,
    },
    /// Roll back. Blocked by nothing.
    RollBack {
        /// Which action.
        action: ActionId,
        /// Where.
        environment: Option<EnvironmentName>,
        /// The environment's name as typed, where the record is broken.
        typed: Option<String>,
    },
    /// Abort a run, or raise its rung.
    Abort {
        /// Which run.
        run: String,
        /// How hard; none: the next rung.
        rung: Option<AbortRung>,
    },
    /// Wait before the next step.
    Pause {
        /// Which run.
        run: String,
    },
    /// Go on.
    Resume {
        /// Which run.
        run: String,
    },
    /// Decide about a failed step.
    DecideStep {
        /// Which run.
        run: String,
        /// Which step.
        step: StepId,
        /// What.
        decision: StepDecision,
        /// Why; done and skip need it.
        reason: Option<String>,
    },
    /// End a run whose outcome nobody knows.
    SettleRun {
        /// Which run.
        run: String,
        /// What they found.
        outcome: RunOutcome,
        /// How they know; must not be empty.
        reason: String,
    },
    /// Open the window of the last run that ended well.
    OpenWindow,
    /// Make a window longer.
    ExtendWindow {
        /// Of which run, or which window; none: the newest.
        window: Option<String>,
        /// By how much, in milliseconds.
        by_ms: i64,
        /// Why; must not be empty.
        reason: String,
    },
    /// Close a window before its end.
    CloseWindow {
        /// Of which run, or which window; none: the newest.
        window: Option<String>,
        /// Why; must not be empty.
        reason: String,
    },
    /// Call a fired trigger a false alarm.
    Acknowledge {
        /// Of which run, or which window; none: the newest it fired in.
        window: Option<String>,
        /// Which trigger.
        trigger: String,
        /// Why; must not be empty.
        reason: String,
    },
    /// Hold the rollback that is about to happen by itself.
    HoldRollback,
    /// Write down how things stand for the next person.
    HandOver {
        /// For whom; none: whoever comes next.
        to: Option<String>,
    },
    /// Take over.
    AcceptHandover {
        /// The event that wrote it; none: the last that waits.
        handover: Option<String>,
    },
    /// Go on with a changed checklist.
    Rebase {
        /// As it was read.
        checklist: Box<Checklist>,
        /// The digest of its file's bytes.
        source_digest: Hash,
    },
    /// Trust exactly this content.
    Trust {
        /// Its digest.
        digest: String,
    },
    /// Keep a text that was typed and not sent.
    KeepDraft {
        /// Which field.
        field: String,
        /// The text; empty: forget it.
        text: String,
    },
    /// Put text on the clipboard, through the terminal.
    Copy {
        /// The text, sanitised by the caller's rows.
        text: String,
    },
    /// Seal the session.
    Close {
        /// Why, if they say so.
        reason: Option<String>,
    },
}
