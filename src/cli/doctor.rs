//! `gonogo doctor`: what can be reached from here: Docker, git, ssh, the terminal, the folders.
//!
//! Asks, changes nothing. Not here: the checks of a checklist (`look.rs`).

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::open_session::find_session;
use super::print;
use super::themes::glyphs;
use crate::runtime::git;
use crate::runtime::probe::{docker, program_in_path, writable};
use crate::runtime::terminal::{ColourFacts, is_terminal, terminal_size};
use crate::safe_format;
use crate::text::{Safe, safe};

/// One thing looked at.
struct Looked {
    name: &'static str,
    found: Result<Safe, Safe>,
    /// Without it nothing works?
    needed: Needed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    Always,
    Sometimes,
}

/// `gonogo doctor`.
pub fn doctor(doors: &Doors) -> Result<Code, AppError> {
    let looked = look(doors);
    if doors.is_json() {
        let list: Vec<_> = looked
            .iter()
            .map(|one| {
                let (ok, text) = match &one.found {
                    Ok(text) => (true, text),
                    Err(text) => (false, text),
                };
                serde_json::json!({ "name": one.name, "ok": ok, "text": text })
            })
            .collect();
        print::json(&serde_json::json!({ "schema": "gonogo.doctor/1", "looked": list }));
    } else {
        for one in &looked {
            let name = format!("{:<12}", one.name);
            print::answer(&match &one.found {
                Ok(text) => safe_format!("ok       {}{}", name, text),
                Err(text) => safe_format!("MISSING  {}{}", name, text),
            });
        }
    }
    let failed = looked.iter().any(|one| one.needed == Needed::Always && one.found.is_err());
    let missing = looked.iter().any(|one| one.found.is_err());
    Ok(if failed {
        Code::No
    } else if missing {
        Code::CannotSay
    } else {
        Code::Yes
    })
}

fn look(doors: &Doors) -> Vec<Looked> {
    let facts = ColourFacts::read();
    let size = terminal_size();
    let terminal = safe_format!(
        "{}x{}, {}, {}",
        size.columns,
        size.rows,
        format!("{:?}", facts.depth(doors.colour())),
        format!("{:?} signs", glyphs())
    );
    let one = |name, found, needed| Looked { name, found, needed };
    let git_found = git::version().map(|text| safe(&text)).ok_or(Safe::own("git does not answer"));
    let docker_found = docker(&doors.started).map(|text| safe(&text)).map_err(|text| safe(&text));
    let program = |name: &'static str| {
        program_in_path(name)
            .map(|path| safe(&path.to_string_lossy()))
            .ok_or(safe_format!("no `{}` in PATH", name))
    };
    let author = doors.author(&doors.started.folder);
    vec![
        one("you", Ok(safe(&author.by)), Needed::Always),
        one(
            "state",
            writable(&doors.started.state)
                .map(|()| safe(&doors.started.state.to_string_lossy()))
                .map_err(|why| safe(&why)),
            Needed::Always,
        ),
        one(
            "terminal",
            if is_terminal() { Ok(terminal) } else { Err(Safe::own("stdout is no terminal")) },
            Needed::Sometimes,
        ),
        one("git", git_found, Needed::Sometimes),
        one("docker", docker_found, Needed::Sometimes),
        one("compose", program("docker"), Needed::Sometimes),
        one("ssh", program("ssh"), Needed::Sometimes),
        one(
            "session",
            find_session(doors).map(|paths| safe(paths.file_name())).map_err(|error| error.message),
            Needed::Sometimes,
        ),
    ]
}
