//! The few calls a record needs of the disk, as a seam: real here, faulty in tests.
//!
//! Not here: which call follows which (`append.rs`), safe opening (`safe_open.rs`).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::fault::StoreFault;
use super::paths::SessionPaths;
use super::safe_open::{FILE_MAX, Folder, Purpose, network_file_system};

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) dev: u64,
    pub(super) ino: u64,
    pub(super) len: u64,
    pub(super) mtime: (i64, i64),
}

impl Stat {
    pub(super) fn same_file(&self, other: &Self) -> bool {
        self.dev == other.dev && self.ino == other.ino
    }
}

/// An open record.
pub(super) trait Handle {
    fn stat(&self) -> io::Result<Stat>;
    /// All bytes from an offset to the end.
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>>;
    /// ONE write at the end; how many bytes went.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Makes data and length durable.
    fn sync(&mut self) -> io::Result<()>;
    fn set_len(&mut self, len: u64) -> io::Result<()>;
}

/// Where one record lies.
pub(super) trait Disk: Send {
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault>;
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault>;
    /// What the name stands for now.
    fn stat(&self) -> io::Result<Stat>;
}

/// May records on network file systems be written?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkFiles {
    /// No: several clients can corrupt an appended file, and locks may be local.
    #[default]
    Refuse,
    /// Yes, a person vouches for exclusive use (`--allow-network-fs`).
    Allow,
}

/// The real one.
pub(super) struct RealDisk {
    pub(super) paths: SessionPaths,
    pub(super) network: NetworkFiles,
}

impl Disk for RealDisk {
    fn open_append(&self) -> Result<Box<dyn Handle>, StoreFault> {
        let path = self.paths.session();
        let file =
            Folder::open(self.paths.folder())?.open_file(self.paths.file_name(), &path, Purpose::Append)?;
        match network_file_system(&file) {
            Some(name) if self.network == NetworkFiles::Refuse => {
                let why = format!(
                    "it lies on {name}, where appending can corrupt it; share it through git, or vouch for exclusive use with --allow-network-fs"
                );
                Err(StoreFault::ReadOnly { path, why })
            }
            Some(_) | None => Ok(Box::new(file)),
        }
    }
    fn open_read(&self) -> Result<Box<dyn Handle>, StoreFault> {
        let file = Folder::open(self.paths.folder())?.open_file(
            self.paths.file_name(),
            &self.paths.session(),
            Purpose::Read,
        )?;
        Ok(Box::new(file))
    }
    fn stat(&self) -> io::Result<Stat> {
        Ok(from_system(&rustix::fs::lstat(self.paths.session())?))
    }
}

impl Handle for File {
    fn stat(&self) -> io::Result<Stat> {
        Ok(from_system(&rustix::fs::fstat(self)?))
    }
    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        self.take(FILE_MAX + 1).read_to_end(&mut bytes)?;
        if offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX)) > FILE_MAX {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "longer than 256 MiB, which no release needs",
            ));
        }
        Ok(bytes)
    }
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }
}

fn from_system(stat: &rustix::fs::Stat) -> Stat {
    #[expect(clippy::useless_conversion, reason = "the widths of these fields differ between systems")]
    Stat {
        dev: u64::try_from(stat.st_dev).unwrap_or_default(),
        ino: u64::from(stat.st_ino),
        len: u64::try_from(stat.st_size).unwrap_or_default(),
        mtime: (i64::from(stat.st_mtime), i64::try_from(stat.st_mtime_nsec).unwrap_or_default()),
    }
}
