//! What keys can ask for: the closed list of actions, and what a row of the table says about one.
//!
//! Exhaustive: a new action does not compile until the face handles it. The rows are in `table.rs`.

use crate::tui::keymap::KeyMode;
use crate::tui::pane::PaneId;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Down one row.
    MoveDown,
    /// Up one row.
    MoveUp,
    /// Fold the group, or left.
    Collapse,
    /// Unfold the group, or right.
    Expand,
    /// First row.
    Top,
    /// Last row; in logs, follow.
    Bottom,
    /// Half a page down.
    HalfPageDown,
    /// Half a page up.
    HalfPageUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// Next pane by number.
    NextPane,
    /// Previous pane by number.
    PreviousPane,
    /// A pane by its number.
    ShowPane(PaneId),
    /// The focused pane alone, and back.
    Zoom,
    /// Open what is selected.
    Open,
    /// One step back. Never quits.
    Back,
    /// Arrangement release.
    GoRelease,
    /// Arrangement run.
    GoRun,
    /// Arrangement window.
    GoWindow,
    /// The whole record.
    GoRecord,
    /// The logs pane.
    GoLogs,
    /// What environment this is.
    GoEnvironment,
    /// All messages so far.
    GoMessages,
    /// What the document became.
    GoDocument,
    /// The next row that blocks.
    NextProblem,
    /// Filter or search.
    Filter,
    /// Next match.
    NextMatch,
    /// Previous match.
    PreviousMatch,
    /// Only rows that block, and back.
    OnlyProblems,
    /// The help page.
    Help,
    /// Tick or untick.
    Tick,
    /// Take back my last tick, note or waiver.
    Undo,
    /// Measure what is selected.
    Measure,
    /// Measure everything.
    MeasureAll,
    /// Set aside with a reason.
    Waive,
    /// Write a note.
    Note,
    /// Follow the end of the log.
    Follow,
    /// Wrap long lines.
    WrapLines,
    /// Show the time of each line.
    LogTime,
    /// Least level shown.
    LogLevel,
    /// Which containers' logs.
    LogContainers,
    /// The logs of the selected container.
    LogsOfContainer,
    /// Sign off.
    SignOff,
    /// Withdraw a sign-off.
    Withdraw,
    /// Hold the release, or lift the hold.
    Hold,
    /// Deploy.
    Deploy,
    /// Run a command the item offers.
    RunOffered,
    /// Give values that are missing.
    Values,
    /// Pause before the next step, or go on.
    Pause,
    /// Close the open window early, or let it last longer.
    EndWindow,
    /// Put back events that are gone from the record.
    PutBack,
    /// Say how things stand for the next person.
    HandOver,
    /// A longer stretch of the window.
    LongerRange,
    /// A shorter one.
    ShorterRange,
    /// Show the baseline, or hide it.
    ShowBase,
    /// Roll back.
    RollBack,
    /// Abort the active run.
    Abort,
    /// Copy the row.
    CopyRow,
    /// Copy the row as Markdown.
    CopyMarkdown,
    /// Stop drawing, and go on.
    Freeze,
    /// The next theme.
    NextTheme,
    /// Mouse on, off.
    Mouse,
    /// Draw everything again.
    Redraw,
    /// Back to the shell for a while.
    Suspend,
    /// Leave. Asks only if a run is active, and never stops it.
    Leave,
    /// Cancel the field, else say how to leave; twice within 2 s leaves.
    Interrupt,
}

/// What an action asks before it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: harmless, or undone with `u`.
    Nothing,
    /// A reason, then the button.
    Reason,
    /// A form that binds a person.
    Form,
    /// One question, Cancel focused.
    Question,
    /// The name of the environment, typed.
    TypedName,
}

/// Under which title help shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The focused pane's own.
    Pane,
    /// Moving.
    Move,
    /// The release; each asks.
    Release,
    /// Finding.
    Find,
    /// Places to go.
    Go,
    /// The program.
    App,
}

/// Where a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Panes, help, card and dialogs; in a field Esc first (law 3).
    Always,
    /// As `Always`, and in a field too if the key types nothing.
    Ever,
    /// Panes, help and card.
    App,
    /// Panes and help.
    Reading,
    /// Panes.
    Screen,
    /// These panes.
    Panes(&'static [PaneId]),
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What it asks for.
    pub action: Action,
    /// Its name for rebinding and the palette.
    pub name: &'static str,
    /// Its keys; a sequence is written with a blank.
    pub keys: &'static [&'static str],
    /// Where it works.
    pub scope: Scope,
    /// Under which title help shows it.
    pub group: Group,
    /// What it asks before it happens.
    pub asks: Asks,
    /// Label in the hint line.
    pub short: &'static str,
    /// One line in help.
    pub help: &'static str,
    /// The subcommand that does the same, capitals for what is to be filled in.
    pub twin: Option<&'static str>,
}

impl Scope {
    /// Whether a key of this scope works here.
    pub fn reaches(self, mode: KeyMode, pane: PaneId) -> bool {
        match (self, mode) {
            (Scope::Ever, _)
            | (Scope::Always, KeyMode::Screen | KeyMode::Help | KeyMode::Card | KeyMode::Dialog)
            | (Scope::App, KeyMode::Screen | KeyMode::Help | KeyMode::Card)
            | (Scope::Reading, KeyMode::Screen | KeyMode::Help)
            | (Scope::Screen, KeyMode::Screen) => true,
            (Scope::Panes(panes), KeyMode::Screen) => panes.contains(&pane),
            (Scope::Always, KeyMode::Field)
            | (Scope::App, KeyMode::Dialog | KeyMode::Field)
            | (Scope::Reading, KeyMode::Card | KeyMode::Dialog | KeyMode::Field)
            | (
                Scope::Screen | Scope::Panes(_),
                KeyMode::Help | KeyMode::Card | KeyMode::Dialog | KeyMode::Field,
            ) => false,
        }
    }

    /// Whether it belongs to some panes only.
    pub(super) const fn is_of_a_pane(self) -> bool {
        matches!(self, Scope::Panes(_))
    }
}
