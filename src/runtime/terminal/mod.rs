//! The terminal: taken over whole, given back whole, however the program ends.
//!
//! Here: the guard and its undo list, signals and suspending, keys, colour depth, one write a frame.
//! Not here: what is drawn (`tui`), what a key means (`tui`'s key table), when to draw (the loop).
//! Start at `guard.rs`; the byte sequences and their order are in `undo.rs`.

pub mod alert;
pub mod colour;
pub mod crash;
pub mod guard;
pub mod job;
pub mod keys;
pub mod screen_writer;
pub mod signals;
pub mod suspend;
pub mod tty;
pub mod undo;

pub use colour::{ColourChoice, ColourDepth, ColourFacts, Ground};
pub use guard::{TerminalGuard, TerminalOptions};
pub use keys::{KeyCode, KeyPress, MouseAct, MousePress, TerminalInput, TerminalKeys};
pub use screen_writer::{FrameEnd, ScreenWriter};
pub use signals::{Signal, Signals};
pub use suspend::{Suspended, suspend};
pub use tty::{TerminalError, TerminalSize, is_terminal, terminal_size};
pub use undo::reset_terminal_sequence;
