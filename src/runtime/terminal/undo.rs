//! The byte sequences that take a terminal over, and the one list that gives it back.
//!
//! Pure: bytes only. Who writes them, and when, is in `guard.rs`. The order of the undo list is binding: a half-drawn
//! synchronised frame has to end first, and the title is popped before the alternate screen goes.

use crate::text::Safe;

/// What is switched on only at times, so that only then it is undone: some terminals answer an unknown one with text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// Progress in the task bar, `OSC 9;4`. A terminal that takes OSC 9 for a notification would show "4;0".
    Progress,
    /// Mouse clicks and wheel.
    Mouse,
    /// The title is ours; the one found is on the terminal's own stack.
    Title,
    /// The kitty keyboard's flags. Not switched on today: whether they are understood takes a query.
    KittyKeys,
}

/// Begins a frame that shows at once; ignored where unknown.
pub const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
/// Ends such a frame.
pub const END_FRAME: &[u8] = b"\x1b[?2026l";
/// Mouse clicks, drags and the wheel, in the coordinates that have no limit of 223 columns.
pub const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// Every kind of mouse report off.
pub const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l";

const PROGRESS_OFF: &[u8] = b"\x1b]9;4;0\x1b\\";
const PASTE_ON: &[u8] = b"\x1b[?2004h";
const PASTE_OFF: &[u8] = b"\x1b[?2004l";
const FOCUS_ON: &[u8] = b"\x1b[?1004h";
const FOCUS_OFF: &[u8] = b"\x1b[?1004l";
const KITTY_POP: &[u8] = b"\x1b[<u";
const CURSOR_HIDE: &[u8] = b"\x1b[?25l";
const CURSOR_BACK: &[u8] = b"\x1b[0 q\x1b[?25h";
const STYLE_RESET: &[u8] = b"\x1b[0m";
const TITLE_PUSH: &[u8] = b"\x1b[22;2t";
const TITLE_POP: &[u8] = b"\x1b[23;2t";
const ALTERNATE_ON: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H";
const ALTERNATE_OFF: &[u8] = b"\x1b[?1049l";

/// What is written when the screen is taken over. `title` is in our own words only.
pub fn take_over_sequence(title: Option<&Safe>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    if let Some(title) = title {
        bytes.extend_from_slice(TITLE_PUSH);
        bytes.extend_from_slice(&title_sequence(title));
    }
    for part in [ALTERNATE_ON, FOCUS_ON, PASTE_ON, CURSOR_HIDE] {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Sets the window title. A control character would end the sequence early; `Safe` has none.
pub fn title_sequence(title: &Safe) -> Vec<u8> {
    let mut bytes = b"\x1b]2;".to_vec();
    let clean: String = title.as_str().chars().take(TITLE_LIMIT).collect();
    bytes.extend_from_slice(clean.as_bytes());
    bytes.extend_from_slice(b"\x1b\\");
    bytes
}

/// Characters in a title: terminals cut longer ones in ways of their own.
const TITLE_LIMIT: usize = 120;

/// The undo list up to the alternate screen; raw mode, the last of it, is no sequence.
pub fn give_back_sequence(is_on: impl Fn(Extra) -> bool) -> Vec<u8> {
    let when = |extra: Extra, bytes: &'static [u8]| if is_on(extra) { bytes } else { &[] };
    [
        END_FRAME,
        when(Extra::Progress, PROGRESS_OFF),
        when(Extra::Mouse, MOUSE_OFF),
        PASTE_OFF,
        FOCUS_OFF,
        when(Extra::KittyKeys, KITTY_POP),
        CURSOR_BACK,
        STYLE_RESET,
        when(Extra::Title, TITLE_POP),
        ALTERNATE_OFF,
    ]
    .concat()
}

/// The whole undo list, for a terminal that a killed program left behind (`gonogo reset-terminal`).
pub fn reset_terminal_sequence() -> Vec<u8> {
    give_back_sequence(|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::safe;

    fn place(all: &[u8], part: &[u8]) -> usize {
        all.windows(part.len()).position(|window| window == part).expect("part is in the sequence")
    }

    #[test]
    fn the_undo_list_has_the_order_of_the_design() {
        let all = reset_terminal_sequence();
        let order = [
            END_FRAME,
            PROGRESS_OFF,
            MOUSE_OFF,
            PASTE_OFF,
            FOCUS_OFF,
            KITTY_POP,
            CURSOR_BACK,
            STYLE_RESET,
            TITLE_POP,
            ALTERNATE_OFF,
        ];
        let places: Vec<usize> = order.iter().map(|part| place(&all, part)).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(all.len(), order.iter().map(|part| part.len()).sum::<usize>());
    }

    #[test]
    fn what_was_never_on_is_not_undone() {
        let bytes = give_back_sequence(|extra| extra == Extra::Title);
        let text = String::from_utf8(bytes).expect("ascii");
        assert!(text.contains("\x1b[23;2t") && text.contains("\x1b[?1049l"));
        assert!(!text.contains("9;4") && !text.contains("?1000") && !text.contains("<u"));
    }

    #[test]
    fn a_title_cannot_carry_a_control_character_or_grow_without_bound() {
        let hostile = title_sequence(&safe("a\x1b]52;c;x\x07b\u{9b}"));
        assert!(hostile.starts_with(b"\x1b]2;a") && hostile.ends_with(b"\x1b\\"));
        assert_eq!(hostile.iter().filter(|byte| byte.is_ascii_control()).count(), 2, "{hostile:?}");
        assert!(title_sequence(&Safe::own("x").repeat(10_000)).len() < 200);
    }

    #[test]
    fn every_mode_that_is_set_is_reset() {
        let on =
            String::from_utf8([take_over_sequence(Some(&Safe::own("gonogo"))), MOUSE_ON.to_vec()].concat())
                .expect("ascii");
        let off = String::from_utf8(reset_terminal_sequence()).expect("ascii");
        let mut seen = 0;
        for mode in on.split("\x1b[?").skip(1).filter_map(|rest| rest.split_once('h')).map(|(mode, _)| mode) {
            if mode.bytes().all(|byte| byte.is_ascii_digit()) {
                assert!(off.contains(&format!("\x1b[?{mode}l")), "mode {mode} stays on");
                seen += 1;
            }
        }
        assert!(seen >= 6, "only {seen} modes found");
    }
}
