//! `gonogo sync`: the record exchanged with others through git: fetch, take over, push; offline it says what is unsent.
//!
//! Not here: how it is done (`runtime/git_sync`).

use serde_json::json;

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::exit_code::Code;
use super::open_session::{find_session, read_session};
use super::print;
use crate::runtime::files;
use crate::runtime::git_sync::{
    Absent, AbsentFault, CallFault, Exchange, Outcome, Place, PlaceFault, SyncFault, absent, exchange,
};
use crate::runtime::store::create::{create_copy, prepare_folder};
use crate::runtime::store::paths::FOLDER;
use crate::runtime::store::safe_open::check_network;
use crate::runtime::store::{SeenFile, SessionPaths};
use crate::safe_format;
use crate::session::condition;
use crate::session::copies::CopyFault;
use crate::text::untrusted::Untrusted;

/// How many records are named one by one.
const NAMED_MAX: usize = 8;

/// `gonogo sync [--remote NAME] [--fetch [RELEASE]]`.
pub fn sync(doors: &Doors, remote: Option<&str>, fetch: Option<Option<&str>>) -> Result<Code, AppError> {
    if doors.global.read_only {
        return Err(AppError::refused("--read-only changes nothing"));
    }
    let paths = match fetch {
        Some(wanted) => join(doors, remote, wanted)?,
        None => find_session(doors).map_err(|error| {
            error.or_hint("gonogo sync --fetch brings the record of a release that others began")
        })?,
    };
    let mut session = read_session(doors, paths.clone())?;
    let place = Place::find(paths.folder(), remote, &session.me.by).map_err(|fault| told_of_place(&fault))?;
    if let Some(why) = session.writer.broken() {
        return Err(AppError::refused(safe_format!("the record cannot be shared: {}", why))
            .hint("gonogo verify says what is damaged"));
    }
    let release = session.writer.header().release.clone();
    let found =
        exchange(&place, &release, &mut session.writer).map_err(|fault| told_of_sync(&place, &fault))?;
    let seen = SeenFile::new(&doors.started.state, release.id);
    if seen.load().is_none_or(|before| session.writer.lacks(&before) == 0) {
        // A witness is a bonus, as everywhere.
        seen.store(&session.writer.watermark()).unwrap_or_default();
    }
    // Folded anew, as the next cockpit will fold it.
    let state = read_session(doors, paths)?.writer.state().digest();
    tell(doors, &place, &found, &state.tagged());
    Ok(code(&found.outcome))
}

/// Brings the record of a release that others began and this clone has not; where it is here already, it is only named.
fn join(doors: &Doors, remote: Option<&str>, wanted: Option<&str>) -> Result<SessionPaths, AppError> {
    if doors.global.session.is_some() {
        return Err(AppError::usage("--session names a record that is here, --fetch one that is not")
            .hint("gonogo sync --fetch RELEASE"));
    }
    let start = &doors.started.folder;
    let me = doors.author(start);
    let place = Place::find(start, remote, &me.by).map_err(|fault| told_of_place(&fault))?;
    let there = absent(&place).map_err(|fault| told_of_absent(&place, AbsentFault::Git(fault)))?;
    let found = choose(&place, &there, wanted)?;
    let (release, bytes) = found.bring(&place).map_err(|fault| told_of_absent(&place, fault))?;
    let folder = doors.session_dir().unwrap_or_else(|| start.join(FOLDER));
    check_network(&folder, doors.network_files())?;
    prepare_folder(&folder)?;
    let paths = SessionPaths::in_folder(&folder, &release.product, &release.version, release.id);
    if !files::exists(&paths.session()) {
        create_copy(&paths, &bytes)?;
        print::note(&safe_format!("brought {} from {}", paths.file_name(), place.remote));
    }
    Ok(paths)
}

/// The one that is meant: a piece of its name that only one has; without a name, the only one.
fn choose<'a>(place: &Place, there: &'a [Absent], wanted: Option<&str>) -> Result<&'a Absent, AppError> {
    let fitting: Vec<&Absent> =
        there.iter().filter(|record| wanted.is_none_or(|wanted| record.name.contains(wanted))).collect();
    let told = |some: &[&Absent]| {
        let names: Vec<&str> = some.iter().take(NAMED_MAX).map(|record| record.name.as_str()).collect();
        Untrusted::new(names.join(", ")).safe()
    };
    let exact = there.iter().find(|record| Some(record.name.as_str()) == wanted);
    if let Some(exact) = exact {
        return Ok(exact);
    }
    match (fitting.as_slice(), wanted) {
        ([only], _) => Ok(only),
        ([], None) => Err(AppError::usage(safe_format!("{} has no record of a release", place.remote))
            .hint("whoever began the release sends it: gonogo sync")),
        ([], Some(wanted)) => {
            let all: Vec<&Absent> = there.iter().collect();
            Err(AppError::usage(safe_format!(
                "{} has no record named {}; it has: {}",
                place.remote,
                wanted,
                told(&all)
            ))
            .hint("gonogo sync --fetch RELEASE"))
        }
        (several, _) => {
            Err(AppError::usage(safe_format!("{} has several records: {}", place.remote, told(several)))
                .hint("gonogo sync --fetch RELEASE, with a piece of the name that only one has"))
        }
    }
}

fn told_of_absent(place: &Place, fault: AbsentFault) -> AppError {
    match fault {
        AbsentFault::Git(CallFault::Failed(why)) => {
            AppError::unreachable(safe_format!("{} cannot be reached: {}", place.remote, why.safe()))
        }
        AbsentFault::Git(fault) => told_of_sync(place, &SyncFault::Git(fault)),
        AbsentFault::Unfit(why) => {
            AppError::refused(safe_format!("nothing was taken over from {}: {}", place.remote, why.safe()))
                .hint("look at it there: git log -p on its branch; nothing was changed here")
        }
    }
}

fn code(outcome: &Outcome) -> Code {
    match outcome {
        Outcome::Done => Code::Yes,
        Outcome::Rejected(_) => Code::No,
        Outcome::Offline(_) => Code::CouldNotFindOut,
        Outcome::Raced => Code::NotFinished,
    }
}

fn tell(doors: &Doors, place: &Place, found: &Exchange, state: &str) {
    let Exchange { outcome, branch, sent, received, unsent, events, tries } = found;
    let (word, why) = match outcome {
        Outcome::Done => ("done", None),
        Outcome::Offline(why) => ("offline", Some(why.safe())),
        Outcome::Rejected(why) => ("rejected", Some(why.safe())),
        Outcome::Raced => ("raced", None),
    };
    if doors.is_json() {
        print::json(&json!({
            "schema": "gonogo.sync/1",
            "outcome": word,
            "remote": place.remote,
            "branch": branch,
            "sent": sent,
            "received": received,
            "unsent": unsent,
            "events": events,
            "tries": tries,
            "state": state,
            "why": why,
        }));
        return;
    }
    let remote = &place.remote;
    if *received > 0 {
        print::answer(&safe_format!("received {} from {}", condition::events(*received), remote));
    }
    if *sent > 0 {
        print::answer(&safe_format!("sent {} to {}", condition::events(*sent), remote));
    }
    print::answer(&match outcome {
        Outcome::Done if *unsent == 0 => {
            safe_format!("in sync: {} has all {} in {}", remote, condition::events(*events), branch)
        }
        Outcome::Done => safe_format!("{} came while sending: sync again", condition::events(*unsent)),
        Outcome::Offline(_) => {
            safe_format!(
                "{} cannot be reached: {} of {} unsent, kept here",
                remote,
                *unsent,
                condition::events(*events)
            )
        }
        Outcome::Rejected(_) => {
            safe_format!(
                "{} does not take the branch {}: {} unsent, kept here",
                remote,
                branch,
                condition::events(*unsent)
            )
        }
        Outcome::Raced => {
            safe_format!(
                "others were faster {} times: {} unsent, sync again",
                *tries,
                condition::events(*unsent)
            )
        }
    });
    if let Some(why) = why {
        print::note(&safe_format!("git: {}", why));
    }
}

fn told_of_place(fault: &PlaceFault) -> AppError {
    match fault {
        PlaceFault::NoGit(why) => AppError::unreachable(safe_format!("git cannot be used: {}", why))
            .hint("gonogo doctor shows which git is found"),
        PlaceFault::NoRepository => {
            AppError::usage("the record lies in no git repository, so there is nobody to share it with")
                .hint("git init there, then git remote add origin ADDRESS")
        }
        PlaceFault::NoRemote => AppError::usage("the repository has no remote to share the record with")
            .hint("git remote add origin ADDRESS"),
        PlaceFault::UnknownRemote(known) => {
            AppError::usage(safe_format!("there is no such remote; these there are: {}", known.join(", ")))
                .hint("git remote -v lists them")
        }
        PlaceFault::WhichRemote(known) => {
            AppError::usage(safe_format!("there are several remotes: {}", known.join(", ")))
                .hint("gonogo sync --remote NAME")
        }
    }
}

fn told_of_sync(place: &Place, fault: &SyncFault) -> AppError {
    match fault {
        SyncFault::Here(why) => AppError::unreachable(safe_format!("{}", why)),
        SyncFault::Copies(why @ CopyFault::Here(_)) => {
            AppError::refused(safe_format!("the record cannot be shared: {}", why.to_string()))
        }
        SyncFault::Copies(why) => AppError::refused(safe_format!(
            "nothing was taken over from {}: {}",
            place.remote,
            why.to_string()
        ))
        .hint("look at it there: git log -p on its branch; nothing was changed here"),
        SyncFault::Git(CallFault::NotStarted(why)) => {
            AppError::unreachable(safe_format!("git cannot be started: {}", why))
        }
        SyncFault::Git(CallFault::TookTooLong(limit)) => AppError::new(
            ErrorKind::TookTooLong,
            safe_format!("git gave no answer within {} s", limit.as_secs()),
        ),
        SyncFault::Git(CallFault::Failed(why)) => {
            AppError::unreachable(safe_format!("git failed on this machine: {}", why.safe()))
        }
    }
}
