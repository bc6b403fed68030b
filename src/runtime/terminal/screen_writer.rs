//! What the drawing backend writes into: a whole frame is collected and goes out in one `write(2)`.
//!
//! The backend flushes several times while it draws one frame (each cursor move does), so `flush` does nothing and
//! `end_frame` sends. Not here: when to draw (the loop), and giving the terminal back (`guard.rs`).

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::tty::{WriteEnd, write_whole};
use super::undo::{BEGIN_FRAME, END_FRAME};

/// How a frame ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameEnd {
    /// It is on screen.
    Shown,
    /// Nothing to write: the screen has it already.
    Unchanged,
    /// Only a part got through: clear and draw all of it again.
    Torn,
    /// The terminal is not ours now (given back); the frame was dropped.
    NotOurs,
    /// The terminal is closed; every later frame ends so too.
    Gone,
}

/// What has been written so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FrameCounts {
    /// Frames sent.
    pub frames: u64,
    /// Bytes sent, with the marks around the frames.
    pub bytes: u64,
}

/// A cell of the screen, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Column.
    pub column: u16,
    /// Row.
    pub row: u16,
}

/// A `Write` for the backend. Clones share one frame: the backend keeps one, the loop another to end frames with.
#[derive(Clone)]
pub struct ScreenWriter {
    inner: Arc<Mutex<Frame>>,
}

/// Which take-over of the terminal this is, while it is ours; `None` when it is not.
type Tenure = Box<dyn Fn() -> Option<u64> + Send>;

struct Frame {
    output: Box<dyn Write + Send>,
    tenure: Tenure,
    last_tenure: Option<u64>,
    pending: Vec<u8>,
    last: Vec<u8>,
    counts: FrameCounts,
    gone: bool,
}

/// Room for a frame of a large screen; a larger one is given back after it was sent.
const KEPT_CAPACITY: usize = 256 * 1024;

/// A frame this large is sent before it ends, so that a mistaken loop cannot eat the memory.
const FRAME_LIMIT: usize = 8 * 1024 * 1024;

impl ScreenWriter {
    /// Writes to `output` while `tenure` has a number. With a new number the screen is empty, whatever was on it.
    pub fn new(
        output: impl Write + Send + 'static,
        tenure: impl Fn() -> Option<u64> + Send + 'static,
    ) -> Self {
        let inner = Frame {
            output: Box::new(output),
            tenure: Box::new(tenure),
            last_tenure: None,
            pending: Vec::new(),
            last: Vec::new(),
            counts: FrameCounts::default(),
            gone: false,
        };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// Sends what was collected, as one synchronised frame. With `park`, the hidden cursor comes to rest on that cell,
    /// so that magnifiers, braille lines and input methods follow the selection.
    pub fn end_frame(&self, park: Option<Cell>) -> FrameEnd {
        self.frame().end(park)
    }

    /// Sends bytes between two frames: the bell, a notification, a copied text.
    pub fn send_now(&self, bytes: &[u8]) -> FrameEnd {
        self.frame().send(bytes)
    }

    /// Forgets what the screen shows, because somebody else wrote on it: the next frame is sent whatever it holds.
    pub fn forget(&self) {
        let mut frame = self.frame();
        frame.last.clear();
        frame.pending.clear();
    }

    /// Whether the terminal was closed.
    pub fn gone(&self) -> bool {
        self.frame().gone
    }

    /// Frames and bytes so far.
    pub fn counts(&self) -> FrameCounts {
        self.frame().counts
    }

    fn frame(&self) -> MutexGuard<'_, Frame> {
        // A frame is bytes only: one that a panic left half-way is still good to drop or send.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Frame {
    fn end(&mut self, park: Option<Cell>) -> FrameEnd {
        let mut body = std::mem::take(&mut self.pending);
        if let Some(cell) = park
            && !body.is_empty()
        {
            let at = format!("\x1b[{};{}H", u32::from(cell.row) + 1, u32::from(cell.column) + 1);
            body.extend_from_slice(at.as_bytes());
        }
        let tenure = (self.tenure)();
        if tenure != self.last_tenure {
            self.last.clear();
            self.last_tenure = tenure;
        }
        // Cells are placed absolutely, so what the last frame ended with leaves the same screen: an idle screen writes
        // nothing, not even the frame without cells that follows one with some.
        if self.last.ends_with(&body) {
            return FrameEnd::Unchanged;
        }
        let end = self.send(&[BEGIN_FRAME, &body, END_FRAME].concat());
        if end == FrameEnd::Shown {
            self.counts.frames += 1;
            self.last = body;
            self.last.shrink_to(KEPT_CAPACITY);
        } else {
            self.last.clear();
        }
        end
    }

    fn send(&mut self, bytes: &[u8]) -> FrameEnd {
        if self.gone {
            return FrameEnd::Gone;
        }
        if (self.tenure)().is_none() {
            return FrameEnd::NotOurs;
        }
        match write_whole(&mut *self.output, bytes) {
            WriteEnd::Done => {
                self.counts.bytes += bytes.len() as u64;
                FrameEnd::Shown
            }
            WriteEnd::Partly => FrameEnd::Torn,
            WriteEnd::Gone => {
                self.gone = true;
                FrameEnd::Gone
            }
        }
    }
}

impl Write for ScreenWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut frame = self.frame();
        // Drawing never fails: for a terminal that is gone the bytes are taken and dropped, and `gone` tells.
        if !frame.gone {
            if frame.pending.len() + bytes.len() > FRAME_LIMIT {
                frame.end(None);
            }
            frame.pending.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[derive(Clone, Default)]
    struct Wire {
        writes: Arc<Mutex<Vec<Vec<u8>>>>,
        closed: Arc<AtomicBool>,
    }

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.closed.load(Ordering::SeqCst) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.writes.lock().unwrap().push(bytes.to_vec());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn writer() -> (Wire, ScreenWriter) {
        let wire = Wire::default();
        let screen = ScreenWriter::new(wire.clone(), || Some(1));
        (wire, screen)
    }

    #[test]
    fn a_frame_with_many_flushes_is_one_write() {
        let (wire, mut screen) = writer();
        for part in ["a", "b", "c"] {
            screen.write_all(part.as_bytes()).unwrap();
            screen.flush().unwrap();
        }
        assert_eq!(screen.end_frame(Some(Cell { column: 4, row: 2 })), FrameEnd::Shown);
        let sent = b"\x1b[?2026habc\x1b[3;5H\x1b[?2026l".to_vec();
        assert_eq!(screen.counts(), FrameCounts { frames: 1, bytes: sent.len() as u64 });
        assert_eq!(*wire.writes.lock().unwrap(), vec![sent]);
    }

    #[test]
    fn an_idle_screen_writes_nothing_until_somebody_else_wrote_on_it() {
        let (wire, mut screen) = writer();
        assert_eq!(screen.end_frame(None), FrameEnd::Unchanged);
        for expected in [FrameEnd::Shown, FrameEnd::Unchanged] {
            screen.write_all(b"same").unwrap();
            assert_eq!(screen.end_frame(None), expected);
        }
        // A frame without cells ends as every frame does: after one with cells it is nothing new.
        for (bytes, expected) in [
            (&b"cells and end"[..], FrameEnd::Shown),
            (b"end", FrameEnd::Unchanged),
            (b"else", FrameEnd::Shown),
        ] {
            screen.write_all(bytes).unwrap();
            assert_eq!(screen.end_frame(None), expected);
        }
        screen.forget();
        screen.write_all(b"else").unwrap();
        assert_eq!(screen.end_frame(None), FrameEnd::Shown);
        assert_eq!(wire.writes.lock().unwrap().len(), 4);
    }

    #[test]
    fn a_closed_terminal_is_told_by_a_flag_and_never_fails_the_drawing() {
        let (wire, mut screen) = writer();
        wire.closed.store(true, Ordering::SeqCst);
        screen.write_all(b"x").unwrap();
        assert_eq!(screen.end_frame(None), FrameEnd::Gone);
        assert!(screen.gone());
        wire.closed.store(false, Ordering::SeqCst);
        screen.write_all(b"y").unwrap();
        assert_eq!(screen.send_now(b"\x07"), FrameEnd::Gone, "gone stays gone");
        assert!(wire.writes.lock().unwrap().is_empty());
    }

    #[test]
    fn nothing_is_written_while_the_terminal_is_given_back_and_all_of_it_afterwards() {
        let (wire, tenure) = (Wire::default(), Arc::new(Mutex::new(Some(1))));
        let asked = Arc::clone(&tenure);
        let mut screen = ScreenWriter::new(wire.clone(), move || *asked.lock().unwrap());
        for (now, end) in [
            (Some(1), FrameEnd::Shown),
            (Some(1), FrameEnd::Unchanged),
            (None, FrameEnd::NotOurs),
            (Some(2), FrameEnd::Shown),
        ] {
            *tenure.lock().unwrap() = now;
            screen.write_all(b"same").unwrap();
            assert_eq!(screen.end_frame(None), end);
        }
        assert_eq!(wire.writes.lock().unwrap().len(), 2);
        assert!(!screen.gone());
    }
}
