//! Records that are at the remote and not here: how somebody joins a release that another clone began.
//!
//! Not here: exchanging a record that both have (`exchange.rs`), the words (`cli/sync.rs`).

use super::call::{CallFault, GitCall};
use super::place::{Place, branch_of};
use crate::runtime::store::paths::{FOLDER, SUFFIX};
use crate::session::copies::compare;
use crate::session::header::{Header, Release};
use crate::text::untrusted::Untrusted;

/// What the branch of a record begins with.
const BRANCHES: &str = "refs/heads/gonogo/";

/// A record at the remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Its branch there, without `gonogo/`: product, version and id. From outside.
    pub name: String,
}

/// Why a record could not be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AbsentFault {
    /// Git failed, or the remote cannot be reached.
    Git(CallFault),
    /// What is there is no record of that name, or a damaged one: in words.
    Unfit(Untrusted),
}

/// The records at the remote, newest first.
///
/// # Errors
/// It cannot be reached.
pub fn absent(place: &Place) -> Result<Vec<Absent>, CallFault> {
    let answer = place.git.bytes(&GitCall::ListRecords { remote: &place.remote }, b"")?;
    let answer = String::from_utf8_lossy(&answer);
    let names = answer.lines().filter_map(|line| line.split_once('\t')?.1.strip_prefix(BRANCHES));
    let mut found: Vec<Absent> =
        names.filter(|name| !name.contains('/')).map(|name| Absent { name: name.to_owned() }).collect();
    // A release's id begins with its time.
    found.sort_by(|a, b| id_of(&b.name).cmp(id_of(&a.name)));
    Ok(found)
}

fn id_of(name: &str) -> &str {
    name.rsplit('-').next().unwrap_or_default()
}

impl Absent {
    /// The release and its record's bytes: whole, and of the release its branch is named after.
    ///
    /// # Errors
    /// The remote cannot be reached, or holds something else under that name.
    pub fn bring(&self, place: &Place) -> Result<(Release, Vec<u8>), AbsentFault> {
        let git = |call: &GitCall<'_>| place.git.bytes(call, b"").map_err(AbsentFault::Git);
        let branch = format!("gonogo/{}", self.name);
        let tracking = format!("refs/remotes/{}/{branch}", place.remote);
        git(&GitCall::Fetch { remote: &place.remote, branch: &branch, tracking: &tracking })?;
        let names = git(&GitCall::Names { commit: &tracking, folder: FOLDER })?;
        let names = String::from_utf8_lossy(&names);
        let mut records = names.split('\0').filter(|name| name.ends_with(SUFFIX) && !name.contains('/'));
        let (Some(name), None) = (records.next(), records.next()) else {
            return Err(unfit(&format!("the branch {branch} does not hold one record")));
        };
        let bytes = git(&GitCall::File { commit: &tracking, path: &format!("{FOLDER}/{name}") })?;
        let header = Header::parse(&bytes).map_err(|why| unfit(&why.to_string()))?;
        if branch_of(&header.release) != branch {
            return Err(unfit(&format!("the branch {branch} holds the record of another release")));
        }
        if !header.checklist_fits() {
            return Err(unfit("its header or checklist was edited after the release began"));
        }
        // To a copy that has no event yet everything there is new: a gap is seen, and no content comes that was taken out.
        let head = bytes.get(..header.len).unwrap_or_default();
        let new = compare(head, &bytes).map_err(|why| unfit(&why.to_string()))?;
        let mut record = head.to_vec();
        for line in &new.to_take {
            record.extend([line.as_bytes(), b"\n"].concat());
        }
        Ok((header.release, record))
    }
}

fn unfit(why: &str) -> AbsentFault {
    AbsentFault::Unfit(Untrusted::new(why))
}
