//! Processes of a rehearsal, as `/proc` knows them: who is there, and that nobody is left.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::until::until;

/// After a kill nothing is left: within ten seconds on a machine with nothing else to do. Beside the other tests a step that
/// is under way takes longer to end.
pub(crate) const GONE_BOUND: Duration = Duration::from_secs(30);

/// The words a process was started with; none: it is gone.
pub(crate) fn words_of(pid: i32) -> Vec<String> {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = words.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// Processes of a rehearsal: those that name its folder, and all below them.
pub(crate) fn processes(folder: &Path) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        let folder = folder.to_str().unwrap();
        if words_of(pid).iter().any(|word| word.contains(folder)) {
            found.insert(pid);
        }
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let after = stat.rsplit_once(')').map(|(_, after)| after.to_owned()).unwrap_or_default();
        let mut fields = after.split_ascii_whitespace();
        let zombie = fields.next() == Some("Z");
        if let Some(parent) = fields.next().and_then(|word| word.parse::<i32>().ok()).filter(|_| !zombie) {
            parents.push((pid, parent));
        }
    }
    loop {
        let more: Vec<i32> = parents
            .iter()
            .filter(|(pid, parent)| found.contains(parent) && !found.contains(pid))
            .map(|(pid, _)| *pid)
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Nothing of the folder lives or lies there any more, but for these.
#[track_caller]
pub(crate) fn assert_gone(folder: &Path, but: &BTreeSet<i32>) {
    until("everything to be gone", GONE_BOUND, || {
        let left: BTreeSet<i32> = processes(folder).difference(but).copied().collect();
        left.is_empty().then_some(())
    });
    assert!(!but.is_empty() || !folder.exists(), "{} is still there", folder.display());
}
