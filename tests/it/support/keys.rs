//! Keys as people write them, to the bytes a terminal sends: `"j j <space> <enter> <esc> <c-s>"`.
//!
//! Tokens are separated by blanks. A token without `<>` is typed letter by letter.

/// The bytes of each key press in `keys`, one entry per press. Panics on a name it does not know.
#[track_caller]
pub(crate) fn bytes_of(keys: &str) -> Vec<Vec<u8>> {
    let mut presses = Vec::new();
    for token in keys.split_whitespace() {
        match token.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(name) if !name.is_empty() => presses.push(named(name)),
            _ => presses.extend(token.chars().map(|letter| letter.to_string().into_bytes())),
        }
    }
    presses
}

#[track_caller]
fn named(name: &str) -> Vec<u8> {
    let lower = name.to_lowercase();
    if let Some(letter) = lower.strip_prefix("c-") {
        return vec![control(letter)];
    }
    if let Some(rest) = name.strip_prefix("a-") {
        return [b"\x1b", rest.as_bytes()].concat();
    }
    let bytes: &[u8] = match lower.as_str() {
        "space" => b" ",
        "enter" | "cr" => b"\r",
        "esc" => b"\x1b",
        "tab" => b"\t",
        "s-tab" | "backtab" => b"\x1b[Z",
        "bs" | "backspace" => b"\x7f",
        "del" => b"\x1b[3~",
        "up" => b"\x1b[A",
        "down" => b"\x1b[B",
        "right" => b"\x1b[C",
        "left" => b"\x1b[D",
        "home" => b"\x1b[H",
        "end" => b"\x1b[F",
        "pgup" => b"\x1b[5~",
        "pgdn" => b"\x1b[6~",
        "lt" => b"<",
        "gt" => b">",
        "f1" => b"\x1bOP",
        "f2" => b"\x1bOQ",
        "f5" => b"\x1b[15~",
        _ => panic!("no key is called <{name}>"),
    };
    bytes.to_vec()
}

#[track_caller]
fn control(letter: &str) -> u8 {
    match letter.as_bytes() {
        b"space" => 0,
        [letter @ b'a'..=b'z'] => letter - b'a' + 1,
        [b'\\'] => 0x1c,
        other => panic!("no control key for {other:?}"),
    }
}
