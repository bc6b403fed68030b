//! Samples beside the record, one line each, added at the end: bounded, never synced, and never needed.
//!
//! A line that cannot be read (a torn tail, a mixed-up write) is left out. Not here: what they add up to
//! (`rules/window`), whether to keep any (`engine/window`).

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use tokio::sync::mpsc::Sender;

use crate::engine::input::{Input, NoticeLevel};
use crate::engine::window::sampled::{KeptSample, SampleOf};
use crate::runtime::files::{Links, open_regular};
use crate::text::untrusted::Untrusted;

/// Most bytes of one file: a day at one a second of ten indicators takes a tenth. Beyond it nothing is added, and told once.
const FILE_BYTES_MAX: u64 = 128 << 20;
/// A baseline is cut to its newer half beyond this: hours of it.
const BASELINE_BYTES_MAX: u64 = 8 << 20;
/// Most files open at once: as many windows as are ever open, and a baseline.
const OPEN_MAX: usize = 16;

/// The samples of one session.
pub struct SampleFiles {
    folder: PathBuf,
    open: BTreeMap<SampleOf, (File, u64)>,
    told: bool,
    tell: Sender<Input>,
}

impl SampleFiles {
    /// In this folder, which need not be there yet.
    pub fn new(folder: PathBuf, tell: Sender<Input>) -> Self {
        Self { folder, open: BTreeMap::new(), told: false, tell }
    }

    /// Adds a sample.
    pub fn keep(&mut self, of: &SampleOf, kept: &KeptSample) {
        if let Err(fault) = self.add(of, kept)
            && !std::mem::replace(&mut self.told, true)
        {
            let text = format!(
                "samples are not kept beside the record ({fault}): after a restart this time will be a gap"
            );
            let noticed = Input::Noticed { level: NoticeLevel::Warning, text: Untrusted::new(text) };
            // A loop that has left wants no answers.
            drop(self.tell.blocking_send(noticed));
        }
    }

    fn add(&mut self, of: &SampleOf, kept: &KeptSample) -> std::io::Result<()> {
        let limit = match of {
            SampleOf::Window(_) => FILE_BYTES_MAX,
            SampleOf::Baseline { .. } => BASELINE_BYTES_MAX,
        };
        if !self.open.contains_key(of) {
            if self.open.len() >= OPEN_MAX {
                self.open.clear();
            }
            let file = self.open_for_adding(of)?;
            let length = file.metadata()?.len();
            self.open.insert(of.clone(), (file, length));
        }
        let full = self.open.get(of).is_some_and(|(_, length)| *length >= limit);
        if full {
            match of {
                SampleOf::Window(_) => return Err(std::io::Error::other("the file of samples is full")),
                SampleOf::Baseline { .. } => self.halve(of)?,
            }
        }
        let mut line = serde_json::to_vec(kept)?;
        line.push(b'\n');
        if let Some((file, length)) = self.open.get_mut(of) {
            // One write for one line: two processes never mix theirs.
            file.write_all(&line)?;
            *length += line.len() as u64;
        }
        Ok(())
    }

    fn open_for_adding(&self, of: &SampleOf) -> std::io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let path = self.folder.join(of.file_name());
        let mut options = OpenOptions::new();
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
        options.read(true).append(true).create(true).mode(0o600).custom_flags(flags.bits().cast_signed());
        let mut file = options.open(path)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::Error::other("it is no regular file"));
        }
        // A line that a crash cut short ends here, so that the next one is whole.
        if file.metadata()?.len() > 0 {
            let mut last = [0_u8];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
            }
        }
        Ok(file)
    }

    /// Keeps the newer half of a baseline.
    fn halve(&mut self, of: &SampleOf) -> std::io::Result<()> {
        self.open.remove(of);
        let path = self.folder.join(of.file_name());
        let text = read(&path, BASELINE_BYTES_MAX / 2);
        let whole = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        std::fs::write(&path, text.get(whole..).unwrap_or_default())?;
        let file = self.open_for_adding(of)?;
        let length = file.metadata()?.len();
        self.open.insert(of.clone(), (file, length));
        Ok(())
    }

    /// Reads what is kept from this byte on, and tells the brain.
    pub fn load(&mut self, of: SampleOf, from: u64) {
        let (samples, next) = load(&self.folder.join(of.file_name()), from);
        // A loop that has left wants no answers.
        drop(self.tell.blocking_send(Input::SamplesLoaded { of, samples, next }));
    }
}

/// The samples of a file from a byte on, and where its last whole line ends. A file that is not there holds none.
pub fn load(path: &std::path::Path, from: u64) -> (Vec<KeptSample>, u64) {
    let Ok(mut file) = open_regular(path, Links::Refuse) else { return (Vec::new(), 0) };
    let length = file.metadata().map_or(0, |known| known.len());
    // Shorter than it was: it was cut or made anew.
    let from = if length < from { 0 } else { from };
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(from)).is_err() || file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).is_err()
    {
        return (Vec::new(), from);
    }
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines = bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
    let samples = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    (samples, from + whole as u64)
}

/// The last bytes of a file.
fn read(path: &std::path::Path, bytes_max: u64) -> Vec<u8> {
    let Ok(mut file) = open_regular(path, Links::Refuse) else { return Vec::new() };
    let length = file.metadata().map_or(0, |known| known.len());
    let mut bytes = Vec::new();
    let found = file.seek(SeekFrom::Start(length.saturating_sub(bytes_max)));
    if found.is_ok() && file.take(bytes_max).read_to_end(&mut bytes).is_ok() { bytes } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use chrono::{DateTime, TimeDelta};

    use super::{SampleFiles, load};
    use crate::engine::input::Input;
    use crate::engine::window::sampled::{KeptSample, SampleOf};
    use crate::rules::window::sample::Sample;

    fn kept(second: i64) -> KeptSample {
        let sample = Sample::bad(DateTime::UNIX_EPOCH + TimeDelta::seconds(second), 1_500);
        KeptSample { indicator: "api".to_owned(), sample }
    }

    #[test]
    fn what_is_kept_is_read_back_and_a_torn_tail_harms_only_itself() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("side/windows");
        let of = SampleOf::Window("01RUN".to_owned());
        let (tell, mut told) = tokio::sync::mpsc::channel(4);
        let mut files = SampleFiles::new(folder.clone(), tell);
        (0..3).for_each(|second| files.keep(&of, &kept(second)));
        let path = folder.join(of.file_name());
        let (samples, next) = load(&path, 0);
        assert_eq!(samples, [kept(0), kept(1), kept(2)]);
        let mut torn = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        torn.write_all(b"{\"i\":\"api\",\"s\":{\"sched").unwrap();
        assert_eq!(load(&path, next), (Vec::new(), next), "an unfinished line is waited for");
        let (tell, _) = tokio::sync::mpsc::channel(4);
        let mut again = SampleFiles::new(folder, tell);
        again.keep(&of, &kept(3));
        let (samples, _) = load(&path, next);
        assert_eq!(samples, [kept(3)]);
        files.load(of.clone(), 0);
        match told.try_recv().unwrap() {
            Input::SamplesLoaded { of: loaded, samples, .. } => assert_eq!((loaded, samples.len()), (of, 4)),
            other => panic!("{other:?}"),
        }
        assert_eq!(load(&place.path().join("none"), 9), (Vec::new(), 0));
    }

    #[test]
    fn a_baseline_keeps_its_newer_half() {
        let place = tempfile::tempdir().unwrap();
        let of = SampleOf::Baseline { environment: None, window: "day".into() };
        let (tell, _told) = tokio::sync::mpsc::channel(4);
        let mut files = SampleFiles::new(place.path().to_owned(), tell);
        files.keep(&of, &kept(0));
        let length = std::fs::metadata(place.path().join(of.file_name())).unwrap().len();
        let lines = i64::try_from(super::BASELINE_BYTES_MAX / length).unwrap();
        (1..lines + 10).for_each(|second| files.keep(&of, &kept(second)));
        let (samples, _) = load(&place.path().join(of.file_name()), 0);
        assert!(samples.len() < usize::try_from(lines).unwrap() * 2 / 3);
        assert_eq!(samples.last(), Some(&kept(lines + 9)), "the newest is there");
    }
}
