//! The one table of keys: what each does, where it works, what it asks, and the subcommand that does the same.
//!
//! Help, hint line, key documentation and later the palette are made from it. The order is the order of hints and help.
//! Tests in `keymap/tests.rs` hold the rules: no clash, nothing dangerous on a lower-case key.

use crate::tui::keymap::action::{Action, Asks, Binding, Group, Scope};
use crate::tui::pane::PaneId::{Checklist, Checks, Containers, Details, Logs, SignOffs, Timeline};

/// Every key.
pub const TABLE: &[Binding] = &[
    row(Action::Help, "help", &["?", "F1"], Scope::Ever)
        .shown(Group::App, "help", "help for where you are")
        .twin("gonogo help"),
    row(Action::Leave, "leave", &["q"], Scope::App).shown(
        Group::App,
        "quit",
        "leave; asks if a run is active, never stops it",
    ),
    row(Action::Tick, "tick", &["<space>"], Scope::Panes(&[Checklist, Details]))
        .shown(Group::Pane, "tick", "tick, untick")
        .twin("gonogo tick ITEM"),
    row(Action::Open, "open", &["<enter>"], Scope::Screen).shown(
        Group::Pane,
        "open",
        "details and evidence; on a failed step what to do",
    ),
    row(Action::Measure, "measure", &["r"], Scope::Panes(&[Checklist, Containers, Checks, Details]))
        .shown(Group::Pane, "measure", "measure again")
        .twin("gonogo check NAME"),
    row(Action::Waive, "waive", &["w"], Scope::Panes(&[Checklist, Checks, Details]))
        .shown(Group::Pane, "waive", "waive, or say that it does not apply (asks for a reason)")
        .asks(Asks::Reason)
        .twin("gonogo waive ITEM --reason TEXT"),
    row(Action::Note, "note", &["i"], Scope::Panes(&[Checklist, Checks, Timeline, Details]))
        .shown(Group::Pane, "note", "write a note")
        .twin("gonogo note --item ITEM TEXT"),
    row(Action::Undo, "undo", &["u"], Scope::Panes(&[Checklist, Checks, Timeline, Details]))
        .shown(Group::Pane, "undo", "undo my last tick, note, waiver")
        .twin("gonogo undo"),
    row(Action::LogsOfContainer, "logs-of-container", &["L"], Scope::Panes(&[Containers]))
        .shown(Group::Pane, "logs", "logs of this container")
        .twin("gonogo logs CONTAINER"),
    row(Action::Follow, "follow", &["f"], Scope::Panes(&[Logs]))
        .shown(Group::Pane, "follow", "follow the end")
        .twin("gonogo logs"),
    row(Action::WrapLines, "wrap", &["w"], Scope::Panes(&[Logs])).shown(
        Group::Pane,
        "wrap",
        "wrap long lines",
    ),
    row(Action::LogTime, "log-time", &["t"], Scope::Panes(&[Logs])).shown(
        Group::Pane,
        "time",
        "time of each line",
    ),
    row(Action::LogLevel, "log-level", &["L"], Scope::Panes(&[Logs])).shown(
        Group::Pane,
        "level",
        "least level shown",
    ),
    row(Action::LogContainers, "log-containers", &["c"], Scope::Panes(&[Logs])).shown(
        Group::Pane,
        "containers",
        "which containers",
    ),
    row(Action::SignOff, "sign-off", &["S"], Scope::Screen)
        .shown(Group::Release, "sign off", "sign off")
        .asks(Asks::Form)
        .twin("gonogo sign-off approve --role ROLE"),
    row(Action::Withdraw, "withdraw", &["W"], Scope::Screen)
        .shown(Group::Release, "withdraw", "withdraw a sign-off")
        .asks(Asks::Form)
        .twin("gonogo sign-off withdraw --role ROLE"),
    row(Action::Deploy, "deploy", &["D"], Scope::Screen)
        .shown(Group::Release, "deploy", "deploy")
        .asks(Asks::TypedName)
        .twin("gonogo deploy --env ENVIRONMENT --confirm ENVIRONMENT"),
    row(Action::RunOffered, "run-command", &["E"], Scope::Panes(&[Checklist, Details]))
        .shown(Group::Pane, "run command", "run a command this item offers; shows it first")
        .asks(Asks::Question)
        .twin("gonogo run ACTION"),
    row(Action::Values, "values", &["V"], Scope::Screen)
        .shown(Group::Release, "values", "give values that are missing")
        .asks(Asks::Form)
        .twin("gonogo set NAME=VALUE"),
    row(Action::RollBack, "roll-back", &["B"], Scope::Always)
        .shown(Group::Release, "roll back", "roll back")
        .asks(Asks::Question)
        .twin("gonogo rollback"),
    row(Action::Abort, "abort", &["X"], Scope::Always)
        .shown(Group::Release, "abort", "abort the active run")
        .asks(Asks::Question)
        .twin("gonogo abort"),
    row(Action::Hold, "hold", &["H"], Scope::Screen)
        .shown(Group::Release, "hold", "hold, release the hold")
        .asks(Asks::Reason)
        .twin("gonogo hold --reason TEXT"),
    row(Action::Pause, "pause", &["P"], Scope::Screen)
        .shown(Group::Release, "pause", "pause before next step, go on (no question)")
        .twin("gonogo pause"),
    row(Action::EndWindow, "end-window", &["C"], Scope::Screen)
        .shown(Group::Release, "close window", "close the window early, or watch longer")
        .asks(Asks::Reason)
        .twin("gonogo window close --reason TEXT"),
    row(Action::PutBack, "put-back", &["g p"], Scope::Screen)
        .shown(Group::Go, "put back", "put back events that were seen here and are gone from the record")
        .asks(Asks::Question)
        .twin("gonogo repair --restore --from COPY"),
    row(Action::HandOver, "hand-over", &["g h"], Scope::Screen)
        .shown(Group::Go, "hand over", "say how things stand for the next person")
        .asks(Asks::Form)
        .twin("gonogo handover --to NAME"),
    row(Action::LongerRange, "longer-range", &["+"], Scope::Panes(&[Checks, Details])).shown(
        Group::Pane,
        "longer",
        "in a window: charts of a longer time",
    ),
    row(Action::ShorterRange, "shorter-range", &["-"], Scope::Panes(&[Checks, Details])).shown(
        Group::Pane,
        "shorter",
        "in a window: charts of a shorter time",
    ),
    row(Action::ShowBase, "show-base", &["b"], Scope::Panes(&[Checks, Details])).shown(
        Group::Pane,
        "base",
        "in a window: show the baseline, hide it",
    ),
    row(Action::Filter, "filter", &["/"], Scope::Reading).shown(Group::Find, "filter", "filter, search"),
    row(Action::NextMatch, "next-match", &["n"], Scope::Reading).shown(Group::Find, "next", "next match"),
    row(Action::PreviousMatch, "previous-match", &["N"], Scope::Reading).shown(
        Group::Find,
        "previous",
        "previous match",
    ),
    row(Action::NextProblem, "next-problem", &["'", "g !"], Scope::Screen).shown(
        Group::Find,
        "next problem",
        "next problem",
    ),
    row(Action::OnlyProblems, "only-problems", &["."], Scope::Screen).shown(
        Group::Find,
        "problems",
        "only problems, and all again",
    ),
    row(Action::Back, "back", &["<esc>"], Scope::App).shown(
        Group::Find,
        "back",
        "one step back. Never quits",
    ),
    row(Action::MoveDown, "down", &["j", "<down>"], Scope::Reading).shown(Group::Move, "down", "down"),
    row(Action::MoveUp, "up", &["k", "<up>"], Scope::Reading).shown(Group::Move, "up", "up"),
    row(Action::Collapse, "collapse", &["h", "<left>"], Scope::Screen).shown(
        Group::Move,
        "collapse",
        "collapse",
    ),
    row(Action::Expand, "expand", &["l", "<right>"], Scope::Screen).shown(Group::Move, "expand", "expand"),
    row(Action::Top, "top", &["g g", "<home>"], Scope::Reading).shown(Group::Move, "top", "top"),
    row(Action::Bottom, "bottom", &["G", "<end>"], Scope::Reading).shown(
        Group::Move,
        "bottom",
        "bottom (logs: follow)",
    ),
    row(Action::HalfPageDown, "half-page-down", &["ctrl-d"], Scope::Reading).shown(
        Group::Move,
        "half page down",
        "half page down",
    ),
    row(Action::HalfPageUp, "half-page-up", &["ctrl-u"], Scope::Reading).shown(
        Group::Move,
        "half page up",
        "half page up",
    ),
    row(Action::PageDown, "page-down", &["<pagedown>"], Scope::Reading).shown(
        Group::Move,
        "page down",
        "page down",
    ),
    row(Action::PageUp, "page-up", &["<pageup>"], Scope::Reading).shown(Group::Move, "page up", "page up"),
    row(Action::NextPane, "next-pane", &["<tab>"], Scope::Screen).shown(Group::Move, "pane", "next pane"),
    row(Action::PreviousPane, "previous-pane", &["shift-tab"], Scope::Screen).shown(
        Group::Move,
        "previous pane",
        "previous pane",
    ),
    row(Action::ShowPane(Checklist), "pane-checklist", &["1"], Scope::Screen)
        .shown(Group::Move, "checklist", "go to pane 1, checklist")
        .twin("gonogo status"),
    row(Action::ShowPane(Containers), "pane-containers", &["2"], Scope::Screen)
        .shown(Group::Move, "containers", "go to pane 2, containers")
        .twin("gonogo containers"),
    row(Action::ShowPane(Checks), "pane-checks", &["3"], Scope::Screen).shown(
        Group::Move,
        "checks",
        "go to pane 3, checks",
    ),
    row(Action::ShowPane(SignOffs), "pane-sign-offs", &["4"], Scope::Screen).shown(
        Group::Move,
        "sign-offs",
        "go to pane 4, sign-offs",
    ),
    row(Action::ShowPane(Timeline), "pane-timeline", &["5"], Scope::Screen)
        .shown(Group::Move, "timeline", "go to pane 5, timeline")
        .twin("gonogo log"),
    row(Action::ShowPane(Logs), "pane-logs", &["6"], Scope::Screen)
        .shown(Group::Move, "logs", "go to pane 6, logs")
        .twin("gonogo logs"),
    row(Action::ShowPane(Details), "pane-details", &["7"], Scope::Screen).shown(
        Group::Move,
        "details",
        "go to pane 7, details",
    ),
    row(Action::Zoom, "zoom", &["z"], Scope::Screen).shown(
        Group::Move,
        "zoom",
        "zoom pane, again to go back",
    ),
    row(Action::GoRelease, "go-release", &["g r"], Scope::Screen).shown(
        Group::Go,
        "release",
        "arrangement release",
    ),
    row(Action::GoRun, "go-run", &["g d"], Scope::Screen).shown(Group::Go, "run", "arrangement run"),
    row(Action::GoWindow, "go-window", &["g w"], Scope::Screen).shown(
        Group::Go,
        "window",
        "arrangement window",
    ),
    row(Action::GoRecord, "go-record", &["g t"], Scope::Screen)
        .shown(Group::Go, "record", "the whole record")
        .twin("gonogo log"),
    row(Action::GoLogs, "go-logs", &["g l"], Scope::Screen)
        .shown(Group::Go, "logs", "the logs")
        .twin("gonogo logs"),
    row(Action::GoEnvironment, "go-environment", &["g e"], Scope::Screen)
        .shown(Group::Go, "environment", "what this environment is")
        .twin("gonogo status"),
    row(Action::GoMessages, "go-messages", &["g m"], Scope::Screen).shown(
        Group::Go,
        "messages",
        "all messages so far",
    ),
    row(Action::GoDocument, "go-document", &["g i"], Scope::Screen)
        .shown(Group::Go, "document", "what the Markdown document became")
        .twin("gonogo import FILE"),
    row(Action::MeasureAll, "measure-all", &["R"], Scope::Screen)
        .shown(Group::App, "measure all", "measure all")
        .twin("gonogo check"),
    row(Action::CopyRow, "copy", &["y"], Scope::Screen).shown(Group::App, "copy", "copy row"),
    row(Action::CopyMarkdown, "copy-markdown", &["Y"], Scope::Screen).shown(
        Group::App,
        "copy Markdown",
        "copy row as Markdown",
    ),
    row(Action::Freeze, "freeze", &["p"], Scope::Screen).shown(Group::App, "freeze", "freeze drawing, go on"),
    row(Action::NextTheme, "next-theme", &["T"], Scope::Screen)
        .shown(Group::App, "theme", "next theme")
        .twin("gonogo --theme NAME"),
    row(Action::Mouse, "mouse", &["M"], Scope::Screen).shown(
        Group::App,
        "mouse",
        "mouse on, off (off: select text)",
    ),
    row(Action::Redraw, "redraw", &["ctrl-l"], Scope::Ever).shown(
        Group::App,
        "redraw",
        "draw everything again",
    ),
    row(Action::Suspend, "suspend", &["ctrl-z"], Scope::Ever).shown(
        Group::App,
        "suspend",
        "suspend, `fg` comes back",
    ),
    row(Action::Interrupt, "interrupt", &["ctrl-c"], Scope::Ever).shown(
        Group::App,
        "cancel",
        "cancel a field; twice in 2 s leaves",
    ),
];

const fn row(action: Action, name: &'static str, keys: &'static [&'static str], scope: Scope) -> Binding {
    Binding {
        action,
        name,
        keys,
        scope,
        group: Group::App,
        asks: Asks::Nothing,
        short: "",
        help: "",
        twin: None,
    }
}

impl Binding {
    const fn shown(self, group: Group, short: &'static str, help: &'static str) -> Binding {
        Binding { group, short, help, ..self }
    }

    const fn asks(self, asks: Asks) -> Binding {
        Binding { asks, ..self }
    }

    const fn twin(self, twin: &'static str) -> Binding {
        Binding { twin: Some(twin), ..self }
    }
}
