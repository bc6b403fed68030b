//! The face on a terminal: draws its cells through ratatui's diff into whatever writes frames.
//!
//! The size is told, never asked. Not here: sending a frame (`runtime/terminal/screen_writer.rs`), what is drawn (`face.rs`).

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::face::Face;
use crate::engine::brain::Engine;

/// A terminal that knows what it shows.
pub struct Screen<W: Write> {
    terminal: Terminal<CrosstermBackend<W>>,
    area: Rect,
}

/// What a drawn frame asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Where the hidden cursor rests: column and row, from 0. None: it is shown, in a field.
    pub parked: Option<(u16, u16)>,
    /// When the picture changes by itself; none: not before something happens.
    pub next_change: Option<DateTime<Utc>>,
}

impl<W: Write> Screen<W> {
    /// A screen of this size that is empty.
    ///
    /// # Errors
    /// The writer failed.
    pub fn new(writer: W, columns: u16, rows: u16) -> io::Result<Self> {
        let area = Rect { x: 0, y: 0, width: columns, height: rows };
        let viewport = Viewport::Fixed(area);
        let terminal = Terminal::with_options(CrosstermBackend::new(writer), TerminalOptions { viewport })?;
        Ok(Self { terminal, area })
    }
    /// The terminal has this size now: it is drawn as a whole.
    ///
    /// # Errors
    /// The writer failed.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.area = Rect { x: 0, y: 0, width: columns, height: rows };
        self.forget()
    }
    /// Forgets what is on the terminal: the next drawing sends everything.
    ///
    /// # Errors
    /// The writer failed.
    pub fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: that asks the terminal where its cursor is and waits for an answer which the keys' reader takes.
        self.terminal.resize(self.area)
    }
    /// Draws the face as it is now.
    ///
    /// # Errors
    /// The writer failed.
    pub fn draw(&mut self, face: &Face, engine: &Engine, at: DateTime<Utc>) -> io::Result<Shown> {
        let mut shown = Shown::default();
        self.terminal.draw(|frame| {
            let drawn = face.draw(engine, at, frame.buffer_mut());
            shown.next_change = drawn.next_change;
            match drawn.cursor {
                Some(position) if face.is_typing() => frame.set_cursor_position(position),
                Some(position) => shown.parked = Some((position.x, position.y)),
                None => {}
            }
        })?;
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::io::{self, Write};
    use std::rc::Rc;

    use super::Screen;
    use crate::tui::world::World;

    #[derive(Clone, Default)]
    struct Wire(Rc<RefCell<Vec<u8>>>);

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_forgotten_is_sent_again_as_a_whole_and_the_terminal_is_asked_nothing() {
        let (world, wire) = (World::shop(), Wire::default());
        let mut screen = Screen::new(wire.clone(), 100, 30).unwrap();
        let sent = |screen: &mut Screen<Wire>| {
            screen.draw(&world.face, &world.engine, world.at).unwrap();
            std::mem::take(&mut *wire.0.borrow_mut())
        };
        let first = sent(&mut screen);
        let nothing_new = sent(&mut screen);
        screen.forget().unwrap();
        let again = sent(&mut screen);
        assert!(first.len() > 1_000 && nothing_new.len() < 50, "{} {}", first.len(), nothing_new.len());
        assert!(again.len() >= first.len(), "{} of {}", again.len(), first.len());
        assert!(!again.windows(4).any(|bytes| bytes == b"\x1b[6n"), "where is the cursor?");
    }
}
