//! The face: keys to commands, the brain's state to cells. Owns what is remembered of the screen and nothing else.
//!
//! The loop calls `settle` after inputs reached the brain, `draw` when the picture may have changed, and sleeps until
//! what was drawn changes by itself. What a key does is in `face/` (`acts.rs` routes, `moves.rs` moves, `asks.rs` opens questions).

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::input::Viewing;
use crate::text::Safe;
use crate::tui::glyph::GlyphSet;
use crate::tui::key::Key;
use crate::tui::keymap::{KeyMode, Keymap};
use crate::tui::layout::{Form, Layout, Wanted, Zoom, arrange};
use crate::tui::lines::Access;
use crate::tui::pane::PaneId;
use crate::tui::state::{Mouse, Over, State};
use crate::tui::theme::Theme;
use crate::tui::view::View;

mod acts;
mod asks;
mod blocked;
mod input;
mod moves;
mod paint;
mod pointing;
mod settling;
#[cfg(test)]
mod tests;

pub use paint::Drawn;
pub use pointing::Pointing;

/// What a face is made from.
#[derive(Clone, Debug)]
pub struct FaceOptions {
    /// The themes `T` goes through, the first one on screen. For no colour: `mono` alone.
    pub themes: Vec<Theme>,
    /// Unicode or ASCII signs.
    pub glyphs: GlyphSet,
    /// May this person change anything?
    pub access: Access,
    /// What leaving ends besides the screen, in words; none: nothing, a run goes on without it.
    pub parting: Option<Safe>,
    /// What the Markdown document of this release became, in lines; empty: there is none.
    pub document: Vec<Safe>,
}

/// What a key, paste or resize wants of the loop.
#[derive(Debug, Default)]
pub struct Reaction {
    /// What the person wants of the brain.
    pub commands: Vec<Command>,
    /// What the person wants of the program.
    pub program: Option<Program>,
}

/// What the person wants of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// End. A run that is active goes on.
    Quit,
    /// Back to the shell for a while.
    Suspend,
    /// Clear the terminal and draw everything again.
    RedrawAll,
    /// Take the mouse, or give it back.
    Mouse(Mouse),
}

/// The face.
#[derive(Debug)]
pub struct Face {
    themes: Vec<Theme>,
    theme: Theme,
    keymap: Keymap,
    access: Access,
    parting: Option<Safe>,
    document: Vec<Safe>,
    state: State,
    layout: Layout,
    /// The picture that stands still after `p`.
    frozen: Option<Buffer>,
    /// The time of the last settling.
    settled: Option<DateTime<Utc>>,
    /// A run asked for here is awaited: its output gets the focus.
    awaits_run: bool,
}

impl Face {
    /// A face for a terminal whose size is not known yet; `resize` tells it.
    pub fn new(options: FaceOptions) -> Face {
        let FaceOptions { themes, glyphs, access, parting, document } = options;
        let themes: Vec<Theme> = themes.into_iter().map(|theme| theme.with_glyphs(glyphs)).collect();
        let theme = themes.first().cloned().unwrap_or_else(|| Theme::built_in("mono").with_glyphs(glyphs));
        let state = State::default();
        let wanted = Wanted { arrangement: state.arrangement, zoom: Zoom::Out, recent: &state.recent };
        let layout = arrange(Rect::default(), None, wanted);
        Face {
            themes,
            theme,
            keymap: Keymap::built_in(),
            access,
            parting,
            document,
            state,
            layout,
            frozen: None,
            settled: None,
            awaits_run: false,
        }
    }

    /// The terminal has this size. A burst of resizes is one: the loop calls it once before it draws.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.frozen = None;
        let area = Rect { x: 0, y: 0, width: columns, height: rows };
        self.layout = self.laid_out(area);
    }

    /// The window has or has not the person's eye: nothing on screen depends on it, the loop may notify.
    pub fn looked_at(&mut self) {
        self.state.interrupted = None;
    }

    /// One key press.
    pub fn key(&mut self, engine: &Engine, at: DateTime<Utc>, key: Key) -> Reaction {
        let reaction = self.press(engine, at, key);
        self.settle(engine, at);
        reaction
    }

    /// Pasted text: for a field alone; elsewhere it only says so.
    pub fn paste(&mut self, engine: &Engine, at: DateTime<Utc>, text: &str) -> Reaction {
        self.pasted(engine, at, text);
        self.settle(engine, at);
        Reaction::default()
    }

    /// Draws the screen into a buffer of its size. Changes nothing, fails at no size.
    pub fn draw(&self, engine: &Engine, at: DateTime<Utc>, buf: &mut Buffer) -> Drawn {
        self.paint(engine, at, buf)
    }

    /// Are there lines in the shown log that its search has not looked at yet? Each `settle` looks at a slice of them.
    pub fn is_searching(&self, engine: &Engine) -> bool {
        let log = self.state.log.source.as_ref().and_then(|source| engine.log(source));
        self.state.log.search.as_ref().zip(log).is_some_and(|(search, log)| !search.is_done(log))
    }

    /// Is the cursor in a field? Then it is shown; elsewhere it is hidden and parked.
    pub fn is_typing(&self) -> bool {
        self.state.typing.is_some() || self.state.dialog().is_some_and(crate::tui::dialogs::Dialog::in_field)
    }

    /// What is visible, so that the brain asks for nothing else.
    pub fn viewing(&self, engine: &Engine) -> Viewing {
        let Some(at) = self.settled else { return Viewing::default() };
        let view = View::new(engine, at, &self.theme);
        let seen = |pane| self.layout.place_of(pane);
        let containers = seen(PaneId::Containers).map(|placed| self.seen_containers(&view, placed.area));
        let log = seen(PaneId::Logs).and_then(|_| self.state.log.source.clone());
        Viewing { environment: view.environment.clone(), containers: containers.unwrap_or_default(), log }
    }

    /// Which mouse setting stands.
    pub fn mouse(&self) -> Mouse {
        self.state.mouse
    }

    fn laid_out(&self, area: Rect) -> Layout {
        let wanted =
            Wanted { arrangement: self.state.arrangement, zoom: self.state.zoom, recent: &self.state.recent };
        let previous = (!self.layout.area.is_empty()).then_some(self.layout.breakpoint);
        arrange(area, previous, wanted)
    }

    /// What keys go to.
    fn mode(&self) -> KeyMode {
        match &self.state.over {
            Over::Help(_) => KeyMode::Help,
            Over::Dialog(dialog) if dialog.in_field() => KeyMode::Field,
            Over::Dialog(_) => KeyMode::Dialog,
            Over::Nothing if self.layout.is_card() => KeyMode::Card,
            Over::Nothing => KeyMode::Screen,
        }
    }

    /// The rows and columns a pane's rows are drawn in; of one that is not open, those of a small box.
    fn area_of(&self, pane: PaneId) -> Rect {
        let placed =
            self.layout.panes.iter().find(|placed| placed.pane == pane && placed.form != Form::Folded);
        let default = Rect { x: 0, y: 0, width: 40, height: 12 };
        crate::tui::frame::inside(placed.map_or(default, |placed| placed.area))
    }
}
