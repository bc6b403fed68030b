//! The face handed to the loop: `tui/face.rs` behind the small trait of `runtime/face.rs`.
//!
//! Keys and sizes are translated, nothing is decided. Not here: which session is shown (`open.rs`).

use std::io;

use chrono::{DateTime, Utc};

use super::Doors;
use super::app_error::AppError;
use super::document_page::document_page;
use super::errand::setup;
use super::exit_code::Code;
use super::open_session::OpenSession;
use super::themes::{glyphs, themes};
use crate::engine::brain::Engine;
use crate::engine::input::Viewing;
use crate::engine::presence::Presence;
use crate::runtime::face::{Face as FaceOfLoop, Reaction, Then};
use crate::runtime::run_loop::run_on_screen;
use crate::runtime::terminal::colour::allow_colour_output;
use crate::runtime::terminal::crash::CrashPlace;
use crate::runtime::terminal::guard::Switch;
use crate::runtime::terminal::screen_writer::Cell;
use crate::runtime::terminal::{
    FrameEnd, KeyCode, KeyPress, MouseAct, MousePress, ScreenWriter, TerminalOptions, terminal_size,
};
use crate::text::Safe;
use crate::tui::face::{Face, FaceOptions, Pointing, Program};
use crate::tui::key::{Key, KeyCode as TuiKeyCode, Modifiers};
use crate::tui::screen::Screen;
use crate::tui::{Access, Mouse};

/// The face on the screen.
struct OnScreen {
    face: Face,
    screen: Screen<ScreenWriter>,
    writer: ScreenWriter,
    next: Option<DateTime<Utc>>,
}

/// Shows a session until the person leaves.
pub fn show(doors: &Doors, session: OpenSession) -> Result<Code, AppError> {
    let mut engine = Engine::new(session.opening(doors, Presence::Screen));
    if let Some(bytes) = doors.global.log_budget {
        engine.set_log_budget(bytes);
    }
    let options = TerminalOptions {
        // No foreign text in a title: product and version come from a file.
        title: Some(Safe::own("gonogo")),
        crash: CrashPlace { folder: Some(doors.started.state.join("crashes")) },
    };
    let face = Face::new(FaceOptions {
        themes: themes(doors)?,
        glyphs: glyphs(),
        access: if doors.global.read_only { Access::ReadOnly } else { Access::ReadWrite },
        parting: doors.parting.clone(),
        document: document_page(doors, &session.source),
    });
    // We read NO_COLOR ourselves and load `mono`; crossterm would wipe bold and reverse too.
    allow_colour_output();
    let setup = setup(doors, session);
    let ended = run_on_screen(engine, setup, options, |writer| OnScreen::new(face, writer))
        .map_err(|fault| AppError::unreachable(fault.to_string()))?;
    Ok(ended.signal.map_or(Code::Yes, Code::Signal))
}

impl OnScreen {
    fn new(mut face: Face, writer: ScreenWriter) -> io::Result<Self> {
        let size = terminal_size();
        face.resize(size.columns, size.rows);
        let screen = Screen::new(writer.clone(), size.columns, size.rows)?;
        Ok(Self { face, screen, writer, next: None })
    }
}

impl FaceOfLoop for OnScreen {
    fn key(&mut self, engine: &mut Engine, at: DateTime<Utc>, key: KeyPress) -> Reaction {
        match translated(key) {
            Some(key) => reaction(self.face.key(engine, at, key)),
            None => Reaction::none(),
        }
    }
    fn mouse(&mut self, engine: &mut Engine, at: DateTime<Utc>, mouse: MousePress) -> Reaction {
        let act = match mouse.act {
            MouseAct::Click => Pointing::Click,
            MouseAct::WheelUp => Pointing::WheelUp,
            MouseAct::WheelDown => Pointing::WheelDown,
        };
        self.face.mouse_at(engine, at, (mouse.column, mouse.row), act);
        Reaction::none()
    }
    fn paste(&mut self, engine: &mut Engine, at: DateTime<Utc>, text: &str) -> Reaction {
        reaction(self.face.paste(engine, at, text))
    }
    fn resize(&mut self, columns: u16, rows: u16) {
        self.face.resize(columns, rows);
        // The writer keeps a frame in memory and does not fail; a closed terminal is told by `draw`.
        self.screen.resize(columns, rows).unwrap_or_default();
    }
    fn heard(&mut self, engine: &mut Engine, at: DateTime<Utc>) -> Reaction {
        self.face.settle(engine, at);
        Reaction::none()
    }
    fn draw(&mut self, engine: &mut Engine, at: DateTime<Utc>) -> FrameEnd {
        match self.screen.draw(&self.face, engine, at) {
            Ok(shown) => {
                self.next = shown.next_change;
                self.writer.end_frame(shown.parked.map(|(column, row)| Cell { column, row }))
            }
            Err(_gone) => {
                self.next = None;
                FrameEnd::Gone
            }
        }
    }
    fn forget_screen(&mut self) {
        self.writer.forget();
        self.screen.forget().unwrap_or_default();
    }
    fn viewing(&self, engine: &Engine) -> Option<Viewing> {
        Some(self.face.viewing(engine))
    }
    fn is_busy(&self, engine: &Engine) -> bool {
        self.face.is_searching(engine)
    }
    fn looks_again_at(&self) -> Option<DateTime<Utc>> {
        self.next
    }
}

fn reaction(wanted: crate::tui::face::Reaction) -> Reaction {
    let then = match wanted.program {
        None => Then::GoOn,
        Some(Program::Quit) => Then::Leave,
        Some(Program::Suspend) => Then::Suspend,
        Some(Program::RedrawAll) => Then::RedrawAll,
        Some(Program::Mouse(Mouse::On)) => Then::Mouse(Switch::On),
        Some(Program::Mouse(Mouse::Off)) => Then::Mouse(Switch::Off),
    };
    Reaction { commands: wanted.commands, then }
}

/// A key in the words of the face; none for one it has no word for.
fn translated(press: KeyPress) -> Option<Key> {
    let code = match press.code {
        KeyCode::Char(letter) => TuiKeyCode::Char(letter),
        KeyCode::F(number) => TuiKeyCode::F(number),
        KeyCode::Enter => TuiKeyCode::Enter,
        KeyCode::Esc => TuiKeyCode::Esc,
        KeyCode::Tab => TuiKeyCode::Tab,
        KeyCode::Backspace => TuiKeyCode::Backspace,
        KeyCode::Delete => TuiKeyCode::Delete,
        KeyCode::Insert => return None,
        KeyCode::Left => TuiKeyCode::Left,
        KeyCode::Right => TuiKeyCode::Right,
        KeyCode::Up => TuiKeyCode::Up,
        KeyCode::Down => TuiKeyCode::Down,
        KeyCode::Home => TuiKeyCode::Home,
        KeyCode::End => TuiKeyCode::End,
        KeyCode::PageUp => TuiKeyCode::PageUp,
        KeyCode::PageDown => TuiKeyCode::PageDown,
    };
    Some(Key::new(code, Modifiers { ctrl: press.ctrl, alt: press.alt, shift: press.shift }))
}
