//! A torn tail, put aside under the lock before the next append: nothing acknowledged is in it.
//!
//! It happens without a crash too: a full disk takes half a line. Not here: damage by hand, which makes a record read-only.

use super::clock::Clock;
use super::disk::{Disk, Handle, Target};
use super::fault::StoreFault;
use super::paths::SessionPaths;
use super::whole_file::put;
use crate::session::hash::Hash;
use crate::session::value::Table;

/// The kind of the event that tells of it.
pub(super) const REPAIRED_KIND: &str = "log.repaired";

/// What was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repaired {
    bytes: u64,
    digest: Hash,
}

impl Repaired {
    /// The data of [`REPAIRED_KIND`].
    pub(super) fn data(&self) -> Table {
        Table::new()
            .with("bytes", i64::try_from(self.bytes).unwrap_or(i64::MAX))
            .with("sha256", self.digest.to_string())
    }
}

/// Copies everything after `end` to `<name>.torn-<ulid>`, durably, then cuts it off, durably.
pub(super) fn put_torn_tail_aside(
    disk: &dyn Disk,
    clock: &dyn Clock,
    handle: &mut dyn Handle,
    paths: &SessionPaths,
    end: u64,
) -> Result<Repaired, StoreFault> {
    let path = paths.session();
    let torn = handle.read_from(end).map_err(StoreFault::io("cannot read", &path))?;
    let aside = paths.torn(clock.name());
    let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    put(&*disk.folder()?, clock.name(), &name, &torn, Target::New)?;
    handle.set_len(end).map_err(StoreFault::io("cannot cut the torn end of", &path))?;
    handle.sync().map_err(|fault| StoreFault::Poisoned {
        why: format!("flushing {} failed: {fault}", path.display()),
    })?;
    Ok(Repaired { bytes: u64::try_from(torn.len()).unwrap_or(u64::MAX), digest: Hash::of(&torn) })
}
