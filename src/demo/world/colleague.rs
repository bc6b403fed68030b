//! Jonas, the team lead, played by the rehearsal: he signs a moment after the person at the screen has.
//!
//! Two different people must approve, and only one sits here. He uses the program as anybody would: his own process, his
//! own home, `gonogo sign-off`. Not here: what a sign-off counts (`rules/approval.rs`).

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::checklist::id::ItemId;
use crate::demo::rehearsal::Rehearsal;
use crate::runtime::files::{exists, replace_private};
use crate::runtime::process::environment::set_small_environment;
use crate::runtime::store::paths::{FOLDER, list};
use crate::runtime::store::{Holder, NetworkFiles, SessionPaths, Writer};
use crate::session::state::Session;
use crate::session::status::Decision;

/// The item he decides.
const ITEM: &str = "approve";
/// The role he has.
const ROLE: &str = "team-lead";
/// What he is called in the record.
const MAIL: &str = "jonas@example.test";
/// Between two looks at the record.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long he reads before he signs, at speed 1.
const READS: Duration = Duration::from_secs(2);
/// How long his program may take.
const SIGNS_WITHIN: Duration = Duration::from_secs(20);
/// So often he tries in all; a record that refuses him is not asked for ever.
const TRIES_MAX: u32 = 20;

/// Who he is and where he works.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// The rehearsal's folder.
    pub folder: PathBuf,
    /// This program.
    pub program: PathBuf,
    /// The rehearsal.
    pub rehearsal: Rehearsal,
}

/// Signs until it is dropped.
pub async fn work(colleague: Colleague) {
    let mut seen = None;
    let mut tries = 0;
    while tries < TRIES_MAX {
        sleep(LOOK_EVERY).await;
        let Some(paths) = record(&colleague.folder) else { continue };
        let length = std::fs::metadata(paths.session()).map(|about| about.len()).ok();
        if length == seen {
            continue;
        }
        seen = length;
        let session = paths.session();
        if waits_for_him(paths) {
            sleep(colleague.rehearsal.lasts(READS)).await;
            tries += 1;
            // Tried again as soon as the record changes; until then his name is missing on the screen.
            let _told_by_the_record = sign(&colleague, &session).await;
        }
    }
}

fn record(folder: &Path) -> Option<SessionPaths> {
    list(&folder.join(FOLDER)).ok()?.into_iter().next()
}

/// Has somebody else approved what he has not decided about yet?
fn waits_for_him(paths: SessionPaths) -> bool {
    let holder = Holder { pid: std::process::id(), host: String::new(), person: MAIL.to_owned() };
    let Ok((writer, _lines)) = Writer::open(paths, holder, NetworkFiles::Refuse, Session::default()) else {
        return false;
    };
    let item = ItemId::from(ITEM);
    let decisions = writer.state().decisions(&item);
    let his = decisions.iter().find(|signoff| signoff.role.as_str() == ROLE);
    let other = decisions.iter().find(|signoff| signoff.role.as_str() != ROLE);
    other.is_some_and(|other| {
        other.decision == Decision::Approve && his.is_none_or(|his| his.fingerprint != other.fingerprint)
    })
}

/// He looks at what would run, trusts it, and approves.
async fn sign(colleague: &Colleague, session: &Path) -> io::Result<()> {
    let home = colleague.folder.join("jonas");
    let git = home.join(".gitconfig");
    if !exists(&git) {
        let text = format!("[user]\n\tname = Jonas\n\temail = {MAIL}\n");
        replace_private(&git, &text).map_err(io::Error::other)?;
    }
    let session = session.to_string_lossy().into_owned();
    let comment = "seen on stage, the way back is short";
    let approve = ["sign-off", "approve", "--role", ROLE, "--comment", comment, "--session", &session];
    for words in [["trust", &session].as_slice(), &approve] {
        let mut command = Command::new(&colleague.program);
        let home = home.to_string_lossy();
        let state = format!("{home}/state");
        let own = [("HOME", &*home), ("USER", "jonas"), ("LOGNAME", "jonas"), ("XDG_STATE_HOME", &state)];
        set_small_environment(command.as_std_mut(), own);
        command.args(words).arg("--no-input").current_dir(&colleague.folder).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ended = timeout(SIGNS_WITHIN, command.status()).await??;
        if !ended.success() {
            return Err(io::Error::other(format!("gonogo {} ended with {ended}", words.join(" "))));
        }
    }
    Ok(())
}
