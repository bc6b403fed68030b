//! What the loop knows of whoever sits in front of it: a screen, or a subcommand without one.
//!
//! Implemented in `cli`, around `tui/face.rs` and around a headless errand; so `runtime` and `tui` never meet.

use chrono::{DateTime, Utc};

use super::terminal::guard::Switch;
use super::terminal::{FrameEnd, KeyPress, MousePress};
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::input::Viewing;

/// What a face answers to something that happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reaction {
    /// What the person wants, in order.
    pub commands: Vec<Command>,
    /// What becomes of the loop.
    pub then: Then,
}

/// What becomes of the loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// It goes on.
    #[default]
    GoOn,
    /// It goes on, and what is on screen is sent again as a whole.
    RedrawAll,
    /// It goes on, with the mouse taken or given back.
    Mouse(Switch),
    /// The program stops until it is woken (ctrl-z).
    Suspend,
    /// It ends, once everything asked for is stored.
    Leave,
}

impl Reaction {
    /// Nothing to do.
    pub fn none() -> Self {
        Self::default()
    }
    /// The loop ends.
    pub fn leave() -> Self {
        Self { commands: Vec::new(), then: Then::Leave }
    }
    /// A person wants something.
    pub fn command(command: Command) -> Self {
        Self { commands: vec![command], then: Then::GoOn }
    }
}

/// Whoever sits in front of the loop.
pub trait Face {
    /// A key was pressed.
    fn key(&mut self, engine: &mut Engine, at: DateTime<Utc>, key: KeyPress) -> Reaction;
    /// The mouse did something.
    fn mouse(&mut self, engine: &mut Engine, at: DateTime<Utc>, mouse: MousePress) -> Reaction;
    /// Text was pasted.
    fn paste(&mut self, engine: &mut Engine, at: DateTime<Utc>, text: &str) -> Reaction;
    /// The terminal has another size, in cells.
    fn resize(&mut self, columns: u16, rows: u16);
    /// Inputs reached the brain, or the time asked for has come.
    fn heard(&mut self, engine: &mut Engine, at: DateTime<Utc>) -> Reaction;
    /// Draws the screen as it is now.
    fn draw(&mut self, engine: &mut Engine, at: DateTime<Utc>) -> FrameEnd;
    /// Forgets what the terminal shows: the next drawing sends everything.
    fn forget_screen(&mut self);
    /// What the layout made visible.
    fn viewing(&self, engine: &Engine) -> Option<Viewing>;
    /// Has it more to do than one look took: lines that are not searched yet? Then it is asked again at once.
    fn is_busy(&self, engine: &Engine) -> bool;
    /// When it wants to look again though nothing happened: a clock, an age, a deadline.
    fn looks_again_at(&self) -> Option<DateTime<Utc>>;
}
