//! `gonogo demo`: a whole release to rehearse, with no Docker and no network, in a folder that vanishes.
//!
//! The release itself takes the same path as any other: `new.rs` starts it, `open.rs` shows it. What is ours is trusted
//! for this rehearsal's state folder only; the user's state, trust and journals are not touched. Not here: the services
//! and who cleans up (`demo/`).

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Doors;
use super::app_error::AppError;
use super::choices::Choices;
use super::demo_arguments::{Behind, DemoArguments};
use super::exit_code::Code;
use super::new::{start, values};
use super::open::open;
use super::print;
use super::read_checklist::read_checklist;
use crate::demo::caretaker::{self, Stage};
use crate::demo::checklist::checklist;
use crate::demo::rehearsal::{NEW_VERSION, OLD_VERSION};
use crate::demo::{deploy, service, world};
use crate::runtime::env::Started;
use crate::runtime::files::{self, Existing};
use crate::runtime::store::SessionPaths;
use crate::runtime::trust_store::Content;
use crate::safe_format;
use crate::text::Safe;

/// The checklist's name in the folder.
const CHECKLIST: &str = "release.toml";
/// The folder in it that stands for the user's state.
const STATE: &str = "state/gonogo";

/// What leaving in the middle of a run ends, in the screen's dialog.
const PARTING: &str = "Leaving ends the rehearsal: this run, the services and the record are gone then.";
/// The same where the record is kept.
const PARTING_KEPT: &str =
    "Leaving ends the rehearsal: this run and the services are gone then; the record is kept.";

/// Rehearses until the person leaves.
pub fn demo(doors: &Doors, arguments: DemoArguments) -> Result<Code, AppError> {
    let DemoArguments { wish, keep } = arguments;
    let keep = keep.map(|folder| doors.started.absolute(&folder));
    if let Some(folder) = keep.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(AppError::usage(safe_format!(
            "{} is no folder to keep the record in",
            folder.to_string_lossy()
        )));
    }
    print::note(&safe_format!("starting the shop: eight services on this machine, nothing leaves it"));
    let rehearsal = wish.rehearsal();
    let stage = Stage::begin(&doors.started.program, rehearsal)
        .map_err(|why| AppError::unreachable(format!("the rehearsal cannot begin: {why}")))?;
    let text = checklist(&doors.started.program, &stage.folder, &stage.addresses, rehearsal)
        .map_err(AppError::unreachable)?;
    files::write_text(&stage.folder.join(CHECKLIST), &text, Existing::Keep)?;
    let mut doors = inside(doors, &stage.folder);
    doors.parting = Some(Safe::own(if keep.is_some() { PARTING_KEPT } else { PARTING }));
    let found = read_checklist(&doors, Path::new(CHECKLIST))?;
    let given = [("version", NEW_VERSION), ("previous_version", OLD_VERSION)];
    let given = given.map(|(name, value)| format!("{name}={value}"));
    let values = values(&doors, &found, &given)?;
    let session = start(&doors, &found, values, &[])?;
    doors.trust_store().trust(&Content::of(&found.checklist, &stage.folder), &found.path, doors.now())?;
    let ended = open(&doors, Some(&session.session()), Choices::default());
    let kept = keep.map(|folder| kept(&session, &folder));
    // Everything is swept before the prompt is back.
    drop(stage);
    match kept.transpose()? {
        Some(path) => print::note(&safe_format!(
            "the rehearsal is over; its record is {}",
            path.to_string_lossy().into_owned()
        )),
        None => print::note(&safe_format!(
            "the rehearsal is over, and nothing of it is left; --keep FOLDER keeps its record"
        )),
    }
    ended
}

/// Copies the record, which stands alone, into a folder of the person's: where it is then.
fn kept(session: &SessionPaths, folder: &Path) -> Result<PathBuf, AppError> {
    let from = session.session();
    let to = folder.join(from.file_name().unwrap_or_default());
    files::replace_private(&to, &files::read_text(&from)?)?;
    Ok(to)
}

/// The same person and settings, in the rehearsal's folder with a state of its own.
fn inside(doors: &Doors, folder: &Path) -> Doors {
    let mut doors = doors.clone();
    doors.global.session = None;
    doors.global.session_dir = None;
    let outside = doors.started;
    doors.started = Started {
        folder: folder.to_owned(),
        state: folder.join(STATE),
        session_dir: None,
        trusted: Vec::new(),
        runtime_dir: None,
        ..outside
    };
    doors
}

/// The hidden processes of a rehearsal.
pub fn behind(process: Behind) -> ExitCode {
    let program = || Started::read().map(|started| started.program).unwrap_or_default();
    match process {
        Behind::DemoCaretaker(inside) => caretaker::run(&inside.around(program())),
        Behind::DemoWorld(inside) => world::process::run(inside.around(program())),
        Behind::DemoService(arguments) => service::process::run(arguments.spec()),
        Behind::DemoDeploy(arguments) => deploy::run(&arguments.question()),
    }
}
