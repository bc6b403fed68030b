//! From what was typed to the door that does it, and its answer to an exit code. An error is printed here, once.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use super::Doors;
use super::app_error::AppError;
use super::arguments::{Arguments, Door};
use super::exit_code::Code;
use super::telling::Form;
use super::trust::Then;
use super::{init, new, papers, print, telling, trust, verify};
use crate::runtime::files::Existing;
use crate::runtime::supervise::supervise;
use crate::runtime::terminal::guard::reset_terminal;

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
    let json = arguments.global.json;
    let answered = Doors::new(arguments.global.clone()).and_then(|doors| open(&doors, arguments));
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

fn open(doors: &Doors, arguments: Arguments) -> Result<Code, AppError> {
    let Some(door) = arguments.command else {
        return Err(AppError::usage("not yet"));
    };
    match door {
        Door::Init { force } => init::init(doors, if force { Existing::Replace } else { Existing::Keep }),
        Door::New { checklist, set } => new::new(doors, &checklist, &set),
        Door::Status { recorded: _ } => telling::recorded_status(doors),
        Door::Log { markdown } => telling::log(doors, if markdown { Form::Markdown } else { Form::Plain }),
        Door::Verify { file, allow } => verify::verify(doors, file.as_deref(), &allow),
        Door::Trust { file, show } => {
            trust::trust(doors, &file, if show { Then::ShowOnly } else { Then::Trust })
        }
        Door::Schema => Ok(papers::schema()),
        Door::Completions { shell } => Ok(papers::completions(shell)),
        Door::Checklists { name } => papers::checklists(doors, name.as_deref()),
        Door::ResetTerminal => reset_terminal()
            .map(|()| Code::Yes)
            .map_err(|why| AppError::unreachable(format!("the terminal cannot be reset: {why}"))),
        _ => Err(AppError::usage("not yet")),
    }
}
