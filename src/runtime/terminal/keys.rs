//! What a person does at the keyboard, as plain values: crossterm's events in, `TerminalInput` out.
//!
//! Presses only; a burst of resizes is one; a closed terminal is said once. What a key means is `tui`'s matter.
//! Drop the `TerminalKeys` before an editor starts and make new ones after: two readers share out the keys at random.

mod resize;

use std::os::fd::OwnedFd;

use crossterm::event::{
    Event, EventStream, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use futures_util::StreamExt as _;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::tty::{Tty, terminal_size};
use resize::Burst;

/// What came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalInput {
    /// A key went down, or repeats.
    Key(KeyPress),
    /// The mouse did something, where it was taken.
    Mouse(MousePress),
    /// Pasted text, as it came: from outside, so not to be drawn before it was made safe.
    Paste(String),
    /// The screen has this many columns and rows now.
    Resize(u16, u16),
    /// The window has the focus.
    FocusGained,
    /// Another window has it.
    FocusLost,
    /// No key will ever come again. The program ends with `CLOSED_EXIT_CODE`; runs go on.
    Closed,
}

/// What the mouse did, and in which cell, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MousePress {
    /// What.
    pub act: MouseAct,
    /// The column.
    pub column: u16,
    /// The row.
    pub row: u16,
}

/// What a mouse does here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAct {
    /// The left button went down.
    Click,
    /// The wheel went up by one notch.
    WheelUp,
    /// The wheel went down by one notch.
    WheelDown,
}

/// The exit code after `Closed`. A closed window is told twice, by this and by SIGHUP, in either order: same code.
pub const CLOSED_EXIT_CODE: u8 = 129;

/// One key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyPress {
    /// The key.
    pub code: KeyCode,
    /// Control was down.
    pub ctrl: bool,
    /// Alt (Option, Meta) was down.
    pub alt: bool,
    /// Shift was down. Always false with a character: that says it by itself (`d`, `D`).
    pub shift: bool,
}

/// The keys there are. Shift-Tab is `Tab` with `shift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the name on the key")]
pub enum KeyCode {
    Char(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
}

/// The keyboard, for as long as this lives.
pub struct TerminalKeys {
    stream: EventStream,
    hangup: Option<AsyncFd<OwnedFd>>,
    burst: Burst,
    held: Option<TerminalInput>,
    closed: bool,
}

impl TerminalKeys {
    /// Starts reading. Inside a tokio runtime with I/O and time.
    pub fn open(tty: &Tty) -> Self {
        // crossterm reads on in a loop when the terminal is gone and never says so (its `read` of 0 bytes and its EIO are
        // ignored), so we watch for the hang-up by ourselves. Without the watch SIGHUP still ends the program.
        let hangup = tty.input().ok().and_then(watch_hang_up);
        Self { stream: EventStream::new(), hangup, burst: Burst::default(), held: None, closed: false }
    }

    /// The next input; after `Closed` it never comes. May be dropped while waiting, nothing is lost.
    pub async fn next(&mut self) -> TerminalInput {
        loop {
            if self.closed {
                std::future::pending::<()>().await;
            }
            if let Some(input) = self.held.take() {
                return self.tell(input);
            }
            let settled = self.burst.settles_at();
            let event = tokio::select! {
                biased;
                () = hung_up(self.hangup.as_ref()) => return self.tell(TerminalInput::Closed),
                event = self.stream.next() => event,
                () = settle(settled) => {
                    if self.burst.take() {
                        return now_of_size();
                    }
                    continue;
                }
            };
            let Some(Ok(event)) = event else {
                return self.tell(TerminalInput::Closed);
            };
            match translate(event) {
                Some(TerminalInput::Resize(..)) => self.burst.resized(tokio::time::Instant::now()),
                // A key typed after the resize is for the screen as it will be: the resize goes first.
                Some(input) if self.burst.take() => {
                    self.held = Some(input);
                    return now_of_size();
                }
                Some(input) => return self.tell(input),
                None => {}
            }
        }
    }

    fn tell(&mut self, input: TerminalInput) -> TerminalInput {
        self.closed |= input == TerminalInput::Closed;
        input
    }
}

/// The size as it is now: the one in the event may be older than the screen.
fn now_of_size() -> TerminalInput {
    let size = terminal_size();
    TerminalInput::Resize(size.columns, size.rows)
}

async fn settle(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[expect(
    deprecated,
    reason = "the replacement is unsafe; an `OwnedFd` is open for as long as it is registered"
)]
fn watch_hang_up(input: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(input, Interest::ERROR).ok()
}

async fn hung_up(watch: Option<&AsyncFd<OwnedFd>>) {
    let Some(watch) = watch else {
        return std::future::pending().await;
    };
    loop {
        match watch.ready(Interest::ERROR).await {
            Ok(mut ready) if !ready.ready().is_error() => ready.clear_ready(),
            // An error of the watch itself means that the runtime shuts down.
            Ok(_) | Err(_) => return,
        }
    }
}

/// One of crossterm's events as ours; `None` for what nobody uses (releases, drags, media keys).
pub fn translate(event: Event) -> Option<TerminalInput> {
    match event {
        Event::Key(key) => press(key).map(TerminalInput::Key),
        Event::Paste(text) => Some(TerminalInput::Paste(text)),
        Event::Resize(columns, rows) => Some(TerminalInput::Resize(columns, rows)),
        Event::FocusGained => Some(TerminalInput::FocusGained),
        Event::FocusLost => Some(TerminalInput::FocusLost),
        Event::Mouse(mouse) => pressed_at(mouse).map(TerminalInput::Mouse),
    }
}

/// Clicks and the wheel; drags, moves and the other buttons are nobody's.
fn pressed_at(mouse: MouseEvent) -> Option<MousePress> {
    let act = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseAct::Click,
        MouseEventKind::ScrollUp => MouseAct::WheelUp,
        MouseEventKind::ScrollDown => MouseAct::WheelDown,
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => return None,
    };
    Some(MousePress { act, column: mouse.column, row: mouse.row })
}

fn press(key: KeyEvent) -> Option<KeyPress> {
    use crossterm::event::KeyCode as Theirs;
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let code = match key.code {
        Theirs::Char(letter) => KeyCode::Char(letter),
        Theirs::F(number) => KeyCode::F(number),
        Theirs::Enter => KeyCode::Enter,
        Theirs::Esc => KeyCode::Esc,
        Theirs::Tab | Theirs::BackTab => KeyCode::Tab,
        Theirs::Backspace => KeyCode::Backspace,
        Theirs::Delete => KeyCode::Delete,
        Theirs::Insert => KeyCode::Insert,
        Theirs::Left => KeyCode::Left,
        Theirs::Right => KeyCode::Right,
        Theirs::Up => KeyCode::Up,
        Theirs::Down => KeyCode::Down,
        Theirs::Home => KeyCode::Home,
        Theirs::End => KeyCode::End,
        Theirs::PageUp => KeyCode::PageUp,
        Theirs::PageDown => KeyCode::PageDown,
        Theirs::Null
        | Theirs::CapsLock
        | Theirs::ScrollLock
        | Theirs::NumLock
        | Theirs::PrintScreen
        | Theirs::Pause
        | Theirs::Menu
        | Theirs::KeypadBegin
        | Theirs::Media(_)
        | Theirs::Modifier(_) => return None,
    };
    let is_char = matches!(code, KeyCode::Char(_));
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    // AltGr arrives as Ctrl+Alt with the character it makes, such as `@` or `{`: it is that character, not a shortcut.
    let is_alt_gr = is_char && ctrl && alt;
    let shift = !is_char && (key.modifiers.contains(KeyModifiers::SHIFT) || key.code == Theirs::BackTab);
    Some(KeyPress { code, ctrl: ctrl && !is_alt_gr, alt: alt && !is_alt_gr, shift })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyCode as Theirs;

    fn key(code: Theirs, modifiers: KeyModifiers) -> Option<TerminalInput> {
        translate(Event::Key(KeyEvent::new(code, modifiers)))
    }

    fn plain(code: KeyCode) -> KeyPress {
        KeyPress { code, ctrl: false, alt: false, shift: false }
    }

    #[test]
    fn a_capital_is_its_character_and_shift_tab_is_tab_with_shift() {
        let capital = key(Theirs::Char('D'), KeyModifiers::SHIFT);
        assert_eq!(capital, Some(TerminalInput::Key(plain(KeyCode::Char('D')))));
        let back = KeyPress { shift: true, ..plain(KeyCode::Tab) };
        assert_eq!(key(Theirs::BackTab, KeyModifiers::SHIFT), Some(TerminalInput::Key(back)));
        assert_eq!(key(Theirs::BackTab, KeyModifiers::NONE), Some(TerminalInput::Key(back)));
    }

    #[test]
    fn alt_gr_is_the_character_but_control_and_alt_alone_are_kept() {
        let both = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(key(Theirs::Char('@'), both), Some(TerminalInput::Key(plain(KeyCode::Char('@')))));
        let ctrl = KeyPress { ctrl: true, ..plain(KeyCode::Char('p')) };
        assert_eq!(key(Theirs::Char('p'), KeyModifiers::CONTROL), Some(TerminalInput::Key(ctrl)));
        let left = KeyPress { ctrl: true, alt: true, ..plain(KeyCode::Left) };
        assert_eq!(
            key(Theirs::Left, both),
            Some(TerminalInput::Key(left)),
            "only characters come from AltGr"
        );
    }

    #[test]
    fn releases_and_the_mouse_are_nothing_and_a_repeat_is_a_press() {
        let with =
            |kind| translate(Event::Key(KeyEvent::new_with_kind(Theirs::Enter, KeyModifiers::NONE, kind)));
        assert_eq!(with(KeyEventKind::Release), None);
        assert_eq!(with(KeyEventKind::Repeat), Some(TerminalInput::Key(plain(KeyCode::Enter))));
        let moved =
            MouseEvent { kind: MouseEventKind::Moved, column: 0, row: 0, modifiers: KeyModifiers::NONE };
        assert_eq!(translate(Event::Mouse(moved)), None);
        let wheel = MouseEvent { kind: MouseEventKind::ScrollDown, column: 7, row: 3, ..moved };
        let down = MousePress { act: MouseAct::WheelDown, column: 7, row: 3 };
        assert_eq!(translate(Event::Mouse(wheel)), Some(TerminalInput::Mouse(down)));
    }
}
