//! `output.log`: what all steps said, redacted before it touches the disk, counted and hashed as it is written.
//!
//! A full disk never blocks a step: what cannot be written is dropped and counted, and the log says so where it goes
//! on. Not here: reading the steps' streams (`command_step.rs`).

use std::io::Write;

use sha2::{Digest, Sha256};

use crate::text::redact::Redactor;

/// The most a log holds; a deploy that says more has lost its head, and the disk is needed for the record.
pub const LOG_BYTES_MAX: u64 = 256 << 20;
/// How much of a step's output values are taken from.
pub const CAPTURE_BYTES_MAX: usize = 1 << 20;

/// `output.log` while it is written.
pub struct OutputLog<W> {
    file: W,
    written: u64,
    dropped: u64,
    unsaid: u64,
    hash: Sha256,
    step_bytes: u64,
    step_hash: Sha256,
    at_line_start: bool,
    sealed: bool,
}

impl<W: Write> OutputLog<W> {
    /// An empty log in `file`.
    pub fn new(file: W) -> Self {
        Self {
            file,
            written: 0,
            dropped: 0,
            unsaid: 0,
            hash: Sha256::new(),
            step_bytes: 0,
            step_hash: Sha256::new(),
            at_line_start: true,
            sealed: false,
        }
    }
    /// Starts the count and the digest of a step, and says so in the log.
    pub fn begin_step(&mut self, header: &str) {
        self.say(header);
        self.step_bytes = 0;
        self.step_hash = Sha256::new();
    }
    /// Bytes of the step so far, and their digest in hex.
    pub fn step_digest(&self) -> (u64, String) {
        (self.step_bytes, hex(&self.step_hash.clone().finalize()))
    }
    /// A line of the supervisor's own, on a line of its own.
    pub fn say(&mut self, line: &str) {
        let start = if self.at_line_start { "" } else { "\n" };
        self.write(format!("{start}── {line}\n").as_bytes());
    }
    /// Bytes of a step, already redacted.
    pub fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() || self.sealed {
            return;
        }
        if self.unsaid > 0 {
            let note = format!("\n── {} bytes of output were dropped here\n", self.unsaid);
            if self.put(note.as_bytes()) > 0 {
                return self.drop_bytes(bytes.len());
            }
            self.unsaid = 0;
        }
        let lost = self.put(bytes);
        self.drop_bytes(lost);
    }
    fn drop_bytes(&mut self, lost: usize) {
        let lost = u64::try_from(lost).unwrap_or(u64::MAX);
        self.dropped += lost;
        self.unsaid += lost;
    }
    /// Ends the log: gives the bytes in the file and their digest in hex. What a leaked process still says is dropped.
    pub fn seal(&mut self) -> (u64, String) {
        self.sealed = true;
        (self.written, hex(&self.hash.clone().finalize()))
    }
    /// Bytes that were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
    /// The file, to sync it.
    pub fn file(&self) -> &W {
        &self.file
    }
    /// Writes what can be written; gives how many bytes could not.
    fn put(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = LOG_BYTES_MAX.saturating_sub(self.written);
            let fits = usize::try_from(room).unwrap_or(usize::MAX).min(rest.len());
            let Some((now, _)) = rest.split_at_checked(fits).filter(|(now, _)| !now.is_empty()) else {
                break;
            };
            match self.file.write(now) {
                Ok(0) => break,
                Ok(count) => {
                    let (done, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
                    self.hash.update(done);
                    self.step_hash.update(done);
                    let count = u64::try_from(done.len()).unwrap_or(u64::MAX);
                    self.written += count;
                    self.step_bytes += count;
                    self.at_line_start = done.ends_with(b"\n");
                    rest = later;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_full) => break,
            }
        }
        rest.len()
    }
}

/// One stream of a step on its way into the log: redacted, and kept for captures.
pub struct StepStream {
    redactor: Redactor,
    kept: Vec<u8>,
}

impl StepStream {
    /// A stream redacted like `redactor`'s.
    pub fn new(redactor: &Redactor) -> Self {
        Self { redactor: redactor.fresh(), kept: Vec::new() }
    }
    /// Takes a chunk; gives what may be written.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let clean = self.redactor.push(chunk);
        self.keep(&clean);
        clean
    }
    /// The stream is over; gives what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        let clean = self.redactor.finish();
        self.keep(&clean);
        clean
    }
    /// The first of it, redacted, for captures.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }
    fn keep(&mut self, clean: &[u8]) {
        let room = CAPTURE_BYTES_MAX.saturating_sub(self.kept.len()).min(clean.len());
        self.kept.extend_from_slice(clean.get(..room).unwrap_or_default());
    }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _never_fails = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with this much room.
    struct Disk {
        room: usize,
        bytes: Vec<u8>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let fits = bytes.len().min(self.room);
            if fits == 0 {
                return Err(std::io::ErrorKind::StorageFull.into());
            }
            self.room -= fits;
            self.bytes.extend_from_slice(&bytes[..fits]);
            Ok(fits)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_drops_and_counts_and_the_log_says_where_it_goes_on() {
        let mut log = OutputLog::new(Disk { room: 4, bytes: Vec::new() });
        log.write(b"abcdef");
        log.write(b"gh");
        assert_eq!(log.dropped(), 4);
        log.file.room = 1_000;
        log.write(b"ij");
        let text = String::from_utf8(log.file.bytes.clone()).unwrap();
        assert_eq!(text, "abcd\n── 4 bytes of output were dropped here\nij");
        let (bytes, digest) = log.seal();
        assert_eq!(bytes, u64::try_from(text.len()).unwrap());
        assert_eq!(digest, hex(&Sha256::digest(text.as_bytes())));
    }

    #[test]
    fn the_supervisors_own_lines_stand_on_lines_of_their_own() {
        let mut log = OutputLog::new(Vec::new());
        log.begin_step("step a");
        log.write(b"half a line");
        log.say("leaked processes");
        assert_eq!(log.file(), "── step a\nhalf a line\n── leaked processes\n".as_bytes());
    }
}
