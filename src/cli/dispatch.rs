//! From what was typed to the door that does it, and its answer to an exit code. An error is printed here, once.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use super::Doors;
use super::act::Which;
use super::app_error::AppError;
use super::arguments::{Arguments, Door};
use super::choices::Choices;
use super::exit_code::Code;
use super::telling::Form;
use super::trust::Then;
use super::{
    act, demo, doctor, export, handover, import, init, items, lint, logs, look, new, notify, open, papers,
    print, rebase, repair, run_orders, sign_off, simulate_docker, sync, telling, trust, verify, watch,
    window,
};
use crate::checklist::bundled::BUNDLED;
use crate::runtime::files::{self, Existing};
use crate::runtime::supervise::supervise;
use crate::runtime::terminal::guard::reset_terminal;
use crate::safe_format;
use crate::session::status::{AbortRung, WaiverForm};
use crate::text::nearest::nearest;

/// Runs the program with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(fault) => {
            // clap says where it prints (help on stdout) and which code it means: 0 for help, 2 for wrong use.
            drop(fault.print());
            return ExitCode::from(u8::try_from(fault.exit_code()).unwrap_or(2));
        }
    };
    // The supervisor is no door for people: it must not fail for want of a home or a folder.
    if let Some(Door::Supervise { folder }) = &arguments.command {
        return supervise(folder);
    }
    if let Some(Door::Behind(process)) = arguments.command {
        return demo::behind(process);
    }
    let json = arguments.global.json;
    let answered = Doors::new(arguments.global.clone()).and_then(|doors| route(&doors, arguments));
    let code = answered.unwrap_or_else(|error| {
        if json {
            print::json(&serde_json::json!({
                "schema": "gonogo.error/1",
                "kind": error.kind.word(),
                "message": error.message,
                "hint": error.hint,
                "exit_code": error.kind.code().number(),
            }));
        }
        print::error(&error);
        error.kind.code()
    });
    ExitCode::from(code.number())
}

fn route(doors: &Doors, arguments: Arguments) -> Result<Code, AppError> {
    let Some(door) = arguments.command else { return no_door(doors, arguments.file.as_deref()) };
    if let Some(file) = &arguments.file {
        let error = AppError::usage(safe_format!("`{}` stands before a subcommand", file.to_string_lossy()));
        return Err(error.hint("name the session with --session PATH, a checklist behind the subcommand"));
    }
    match door {
        Door::Demo(wish) => demo::demo(doors, wish),
        Door::Init { force } => init::init(doors, if force { Existing::Replace } else { Existing::Keep }),
        Door::New { checklist, set, choices } => new::new(doors, &checklist, &set, choices),
        Door::Status { recorded: false } => look::status(doors),
        Door::Status { recorded: true } => telling::recorded_status(doors),
        Door::Check { names } => look::check(doors, &names),
        Door::Containers => look::containers(doors),
        Door::Deploy(start) => act::act(doors, Which::Deploy, &start),
        Door::Rollback(start) => act::act(doors, Which::Rollback, &start),
        Door::Run { name, start } => act::act(doors, Which::Named(&name), &start),
        Door::Abort { kill, yes } => run_orders::abort(doors, rung(kill), yes.into()),
        Door::Pause => run_orders::pause(doors),
        Door::Resume => run_orders::resume(doors),
        Door::Step { decision, step, reason } => {
            run_orders::step(doors, decision.into(), step.as_deref(), reason)
        }
        Door::Settle { outcome, reason } => run_orders::settle(doors, outcome.into(), reason),
        Door::Attach => run_orders::attach(doors),
        Door::Tick { item, evidence } => items::tick(doors, &item, evidence),
        Door::Untick { item, reason } => items::untick(doors, &item, reason),
        Door::Waive { item, reason, does_not_apply } => {
            items::waive(doors, &item, reason, form(does_not_apply))
        }
        Door::Note { text, item } => items::note(doors, item.as_deref(), text),
        Door::Set { values } => items::set(doors, &values),
        Door::Undo => items::undo(doors),
        Door::SignOff { decision, role, comment, item } => {
            sign_off::sign_off(doors, decision.into(), &role, comment, item.as_deref())
        }
        Door::Hold { reason, lift } => (if lift { items::lift } else { items::hold })(doors, reason),
        Door::Close { reason } => items::close(doors, reason),
        Door::Watch { replay, window } => watch::door(doors, replay.as_ref(), window.as_ref()),
        Door::Window { wish } => window::window(doors, wish),
        Door::Handover { to, accept } => handover::door(doors, to, accept),
        Door::Log { markdown } => telling::log(doors, if markdown { Form::Markdown } else { Form::Plain }),
        Door::Verify(wish) => verify::verify(doors, &wish),
        Door::Repair(wish) => repair::repair(doors, &wish),
        Door::Reconcile => repair::reconciled(doors),
        Door::Sync { remote, fetch } => {
            sync::sync(doors, remote.as_deref(), fetch.as_ref().map(Option::as_deref))
        }
        Door::Trust { file, show } => trust::trust(doors, &file, Then::of(show)),
        Door::Schema => Ok(papers::schema()),
        Door::Completions { shell } => Ok(papers::completions(shell)),
        Door::Checklists { name, to, force } => {
            papers::checklists(doors, name.as_deref(), to.as_deref(), force.into())
        }
        Door::Rebase(wish) => rebase::rebase(doors, wish),
        Door::Import(wish) => import::import(doors, &wish),
        Door::Export(wish) => export::export(doors, &wish),
        Door::Lint(wish) => Ok(lint::lint(doors, &wish)),
        Door::ResetTerminal => terminal_reset(),
        Door::Open { file, choices } => open::open(doors, Some(&file), choices),
        Door::Logs { name, follow } => logs::logs(doors, name.as_deref(), follow.into()),
        Door::Notify { test } => notify::notify(doors, test.into()),
        Door::Doctor => doctor::doctor(doors),
        Door::SimulateDocker(what) => simulate_docker::simulate_docker(&what),
        // Routed before the doors are made.
        Door::Supervise { .. } | Door::Behind(_) => Ok(Code::WrongUse),
    }
}

fn rung(kill: bool) -> Option<AbortRung> {
    kill.then_some(AbortRung::Kill)
}

fn form(does_not_apply: bool) -> WaiverForm {
    if does_not_apply { WaiverForm::DoesNotApply } else { WaiverForm::Waived }
}

/// No subcommand: what stands there is opened.
fn no_door(doors: &Doors, file: Option<&Path>) -> Result<Code, AppError> {
    if let Some(word) = file {
        known_word(doors, word)?;
    }
    open::open(doors, file, Choices::default())
}

fn terminal_reset() -> Result<Code, AppError> {
    let failed = |why| AppError::unreachable(format!("the terminal cannot be reset: {why}"));
    reset_terminal().map(|()| Code::Yes).map_err(failed)
}

/// A word that is neither a file nor a bundled checklist was meant to be a subcommand.
fn known_word(doors: &Doors, word: &Path) -> Result<(), AppError> {
    let bundled = BUNDLED.iter().any(|bundled| Path::new(bundled.name) == word);
    if bundled || files::exists(&doors.started.absolute(word)) {
        return Ok(());
    }
    let word = word.to_string_lossy();
    let error = AppError::usage(safe_format!("there is no file and no subcommand `{}`", word));
    let command = Arguments::command();
    let near = nearest(&word, command.get_subcommands().map(clap::Command::get_name));
    Err(match near {
        Some(near) => error.hint(safe_format!("did you mean `gonogo {}`?", near)),
        None => error.hint("gonogo --help lists the subcommands"),
    })
}
