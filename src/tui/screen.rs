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
}

/// Where the hidden cursor rests: column and row, from 0. None: it is shown, in a field.
pub type Parked = Option<(u16, u16)>;

impl<W: Write> Screen<W> {
    /// A screen of this size that is empty.
    ///
    /// # Errors
    /// The writer failed.
    pub fn new(writer: W, columns: u16, rows: u16) -> io::Result<Self> {
        let viewport = Viewport::Fixed(Rect { x: 0, y: 0, width: columns, height: rows });
        let terminal = Terminal::with_options(CrosstermBackend::new(writer), TerminalOptions { viewport })?;
        Ok(Self { terminal })
    }
    /// The terminal has this size now: it is drawn as a whole.
    ///
    /// # Errors
    /// The writer failed.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.terminal.resize(Rect { x: 0, y: 0, width: columns, height: rows })
    }
    /// Forgets what is on the terminal: the next drawing sends everything.
    ///
    /// # Errors
    /// The writer failed.
    pub fn forget(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }
    /// Draws the face as it is now.
    ///
    /// # Errors
    /// The writer failed.
    pub fn draw(&mut self, face: &Face, engine: &Engine, at: DateTime<Utc>) -> io::Result<Parked> {
        let mut parked = None;
        self.terminal.draw(|frame| {
            let cursor = face.draw(engine, at, frame.buffer_mut());
            match cursor {
                Some(position) if face.is_typing() => frame.set_cursor_position(position),
                Some(position) => parked = Some((position.x, position.y)),
                None => {}
            }
        })?;
        Ok(parked)
    }
}
