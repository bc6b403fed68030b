//! What can be typed: subcommands and their arguments. Completions come from here too.
//!
//! Not here: what they do (one file each, routed by `dispatch.rs`), the flags that hold everywhere (`global_arguments.rs`).

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::choices::Choices;
use super::decisions::{Decide, Outcome, StepWish};
use super::demo_arguments::{Behind, DemoArguments};
pub use super::export::Export;
pub use super::global_arguments::{Global, When};
use super::import_arguments::Import;
pub use super::lint::Lint;
pub use super::rebase::Rebase;
pub use super::repair_arguments::Mending;
pub use super::start_arguments::Start;
pub use super::verify::Verify;

/// A terminal release cockpit: opens a release checklist as live panes and keeps a record that proves what was done.
#[derive(Clone, Debug, Parser)]
#[command(name = "gonogo", version, about)]
pub struct Arguments {
    /// A session or a checklist to open; none: the newest open session of the project.
    pub file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Door>,
    /// Flags that hold everywhere.
    #[command(flatten)]
    pub global: Global,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Door {
    /// Rehearse a whole release here: real services, a deploy, a rollback; no Docker, no network, nothing left behind.
    Demo(DemoArguments),
    /// Write a starter checklist, release.toml, into this folder.
    Init {
        /// Replace an existing file.
        #[arg(long)]
        force: bool,
    },
    /// Start a release: create a session from a checklist.
    New {
        /// A checklist file, or the name of a bundled one.
        checklist: PathBuf,
        /// The value of a variable.
        #[arg(long = "set", value_name = "NAME=VALUE")]
        set: Vec<String>,
        /// What is chosen of a Markdown document.
        #[command(flatten)]
        choices: Choices,
    },
    /// Open a session or a checklist on the screen.
    Open {
        /// The file.
        file: PathBuf,
        /// What is chosen of a Markdown document.
        #[command(flatten)]
        choices: Choices,
    },
    /// The verdict, with every reason. Exit code: 0 GO or HEALTHY, 1 NO-GO or REGRESSION,
    /// 4 UNKNOWN or INCONCLUSIVE, 5 HOLD, WATCH or a run is active.
    Status {
        /// Do not measure or look at containers: only what the record says.
        #[arg(long)]
        recorded: bool,
    },
    /// Tick an item.
    Tick {
        /// Its id, as `gonogo status` shows it in brackets.
        item: String,
        /// What the tick carries: a sentence, an address, a value.
        #[arg(long)]
        evidence: Option<String>,
    },
    /// Open a ticked or waived item again.
    Untick {
        /// Its id, as `gonogo status` shows it in brackets.
        item: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Set an item aside, with a reason.
    Waive {
        /// Its id, as `gonogo status` shows it in brackets.
        item: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// It does not apply to this release.
        #[arg(long)]
        does_not_apply: bool,
    },
    /// Write something down.
    Note {
        /// The text.
        text: String,
        /// About this item.
        #[arg(long)]
        item: Option<String>,
    },
    /// Give variables their values: those that were left empty at the start.
    Set {
        /// Which, and what: NAME=VALUE.
        #[arg(required = true, value_name = "NAME=VALUE")]
        values: Vec<String>,
    },
    /// Take back your last tick, note or waiver.
    Undo,
    /// Measure checks now: all, or these.
    Check {
        /// Ids of items, phases; none: all.
        names: Vec<String>,
    },
    /// Decide for a role.
    SignOff {
        /// approve, reject or withdraw.
        decision: Decide,
        /// The role.
        #[arg(long)]
        role: String,
        /// What you say; a rejection needs it.
        #[arg(long)]
        comment: Option<String>,
        /// The item that asks, if several ask this role.
        #[arg(long)]
        item: Option<String>,
    },
    /// Hold the release, or lift the hold.
    Hold {
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Lift the hold.
        #[arg(long)]
        lift: bool,
    },
    /// Deploy: the next one of the checklist.
    Deploy(Start),
    /// Roll back. Blocked by nothing.
    Rollback(Start),
    /// Run another action.
    Run {
        /// Its name.
        #[arg(value_name = "ACTION")]
        name: String,
        /// Where and with which confirmation.
        /// What is chosen of a Markdown document.
        #[command(flatten)]
        start: Start,
    },
    /// Abort the active run; again, or with --kill: kill it.
    Abort {
        /// Kill at once.
        #[arg(long)]
        kill: bool,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Wait before the next step of the active run.
    Pause,
    /// Let the active run go on.
    Resume,
    /// Decide about a failed step: retry, done, skip.
    Step {
        /// retry, done or skip.
        decision: StepWish,
        /// The step; none: the one that failed.
        step: Option<String>,
        /// Why; done and skip need it.
        #[arg(long)]
        reason: Option<String>,
    },
    /// End a run whose outcome nobody knows.
    Settle {
        /// What you found: succeeded, failed, aborted, or unknown for good.
        outcome: Outcome,
        /// How you know.
        #[arg(long)]
        reason: String,
    },
    /// Follow the active run to its end.
    Attach,
    /// Watch the open windows without a screen, until they have closed. Exit code: 0 HEALTHY, 1 REGRESSION,
    /// 4 nobody can tell, 3 nothing could be recorded.
    Watch {
        /// Run the rules over recorded samples instead: nothing is measured.
        #[arg(long, value_name = "FILE")]
        replay: Option<PathBuf>,
        /// With --replay: the rules of this window.
        #[arg(long, requires = "replay")]
        window: Option<String>,
    },
    /// A monitoring window: open it, give it more time, close it, call an alarm false.
    Window {
        /// What.
        #[command(subcommand)]
        wish: WindowWish,
    },
    /// Write down how things stand for the next person, or take over.
    Handover {
        /// For whom.
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
        /// Take over what the last person wrote.
        #[arg(long, conflicts_with = "to")]
        accept: bool,
    },
    /// The story of the release: who, when, what.
    Log {
        /// As Markdown.
        #[arg(long)]
        markdown: bool,
    },
    /// The log of a container, or the output of a run.
    Logs {
        /// A container, service or run; none: the last run.
        name: Option<String>,
        /// Go on as a container's log grows, until it ends or you stop it; `gonogo attach` follows a run.
        #[arg(long, short)]
        follow: bool,
    },
    /// The containers of the environment.
    Containers,
    /// Check a record: whole, unchanged, anchored.
    Verify(Verify),
    /// Mend a damaged record; without an option: say what is wrong and what would help.
    Repair(Mending),
    /// Take what a rollback wrote into the fallback journal into the record.
    Reconcile,
    /// Exchange the record with others through git: fetch, take over, push a branch of its own. Exit code: 0 both sides have
    /// everything, 1 refused, 3 offline: what is unsent is said and kept, 5 others were faster: sync again.
    Sync {
        /// The remote; none: that of the branch checked out, origin, or the only one.
        #[arg(long, value_name = "NAME")]
        remote: Option<String>,
        /// Bring the record of a release that others began and this clone has not: its name at the remote, or the only one.
        #[arg(long, value_name = "RELEASE", num_args = 0..=1)]
        fetch: Option<Option<String>>,
    },
    /// Show what a checklist or session would run, and trust exactly that.
    Trust {
        /// The file.
        file: PathBuf,
        /// Only show it.
        #[arg(long)]
        show: bool,
    },
    /// Print the JSON Schema of the checklist format.
    Schema,
    /// What can be reached from here: Docker, git, ssh, the terminal.
    Doctor,
    /// Who is told of what, and what became of it.
    Notify {
        /// Send a test message through every rule and say what happened.
        #[arg(long)]
        test: bool,
    },
    /// Print completions for a shell.
    Completions {
        /// bash, zsh, fish, elvish or powershell.
        shell: clap_complete::Shell,
    },
    /// List the bundled checklists, print one, or copy it into a file.
    Checklists {
        /// Which to print.
        name: Option<String>,
        /// Write it into this file instead.
        #[arg(long, value_name = "FILE", requires = "name")]
        to: Option<PathBuf>,
        /// Replace an existing file.
        #[arg(long, requires = "to")]
        force: bool,
    },
    /// Say what a Markdown document becomes as a release: its tasks, phases, fences. Nothing is run or written.
    Import(Import),
    /// Write the release as Markdown: a copy of your own document with its boxes ticked as the record says. Exit code: 1 where an item
    /// of the record is not in the document any more.
    Export(Export),
    /// Say what is wrong, missing or unclear in checklists, TOML and Markdown alike. Exit code: 0 nothing that counts, 1 an error
    /// or what is denied, 3 a file cannot be read.
    Lint(Lint),
    /// Go on with the checklist's file as it is now: shows what differs, asks, records it.
    Rebase(Rebase),
    /// Seal the session.
    Close {
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Undo what a killed program left on the terminal.
    ResetTerminal,
    /// Serve a simulated Docker daemon on a socket, for tests and benchmarks.
    #[command(hide = true)]
    SimulateDocker(Simulate),
    /// Run an action from its run folder (started by gonogo itself).
    #[command(hide = true)]
    Supervise {
        /// The run folder.
        folder: PathBuf,
    },
    /// The hidden processes of a rehearsal.
    #[command(flatten)]
    Behind(Behind),
}

/// What is simulated.
#[derive(Clone, Debug, Args)]
pub struct Simulate {
    /// The socket to make.
    #[arg(long, value_name = "PATH")]
    pub socket: PathBuf,
    /// A scenario that comes with the program, or a file.
    #[arg(long, value_name = "NAME", default_value = "running-20")]
    pub scenario: String,
    /// The same number: the same course of things.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// End when standard input ends, so that it never outlives who started it.
    #[arg(long)]
    pub with_stdin: bool,
}

/// What is wanted of a window.
#[derive(Clone, Debug, Subcommand)]
pub enum WindowWish {
    /// Open the window of the last run that ended well.
    Open,
    /// Give it more time; one that closed INCONCLUSIVE opens again.
    Extend {
        /// By how much: 30m, 24h.
        #[arg(long, value_name = "TIME")]
        by: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Which, by its name or its run; none: the newest.
        #[arg(long)]
        window: Option<String>,
    },
    /// Close it before its end: it is then never HEALTHY.
    Close {
        /// Why.
        #[arg(long)]
        reason: String,
        /// Which, by its name or its run; none: the newest.
        #[arg(long)]
        window: Option<String>,
    },
    /// Call a fired trigger a false alarm.
    Acknowledge {
        /// Which trigger.
        trigger: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// In which window, by its name or its run; none: the newest it fired in.
        #[arg(long)]
        window: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser as _;

    use super::{Arguments, Door};

    #[test]
    fn flags_that_hold_everywhere_stand_before_the_subcommand_or_after_it() {
        for words in [["gonogo", "--session", "a.toml", "abort"], ["gonogo", "abort", "--session", "a.toml"]]
        {
            let read = Arguments::try_parse_from(words).unwrap();
            assert_eq!(read.global.session.as_deref(), Some(Path::new("a.toml")));
            assert!(matches!(read.command, Some(Door::Abort { .. })) && read.file.is_none(), "{read:?}");
        }
        let file = Arguments::try_parse_from(["gonogo", "--json", "release.toml"]).unwrap();
        assert_eq!(file.file.as_deref(), Some(Path::new("release.toml")));
    }
}
