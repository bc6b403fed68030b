//! The forms in which a secret may appear: plain, base64, percent-, JSON-, shell-escaped, hexadecimal.
//!
//! Of the whole secret and of each of its lines. Finding them in a stream is in `known.rs`.

use std::fmt::Write as _;

use super::MASKABLE;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOR_URLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a shell shows with a backslash before it.
const SHELL_SPECIAL: &str = " \t\"'`$\\!&|;<>()[]{}*?#~^=%";

/// Every form of a secret, each at least [`MASKABLE`] bytes, none twice.
pub(super) fn of(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    let whole = [secret, secret.trim()];
    for part in whole.into_iter().chain(secret.lines().map(str::trim)) {
        if part.chars().count() >= MASKABLE {
            add(part, &mut forms);
        }
    }
    forms.retain(|form| form.len() >= MASKABLE);
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn add(part: &str, forms: &mut Vec<Vec<u8>>) {
    let bytes = part.as_bytes();
    forms.push(bytes.to_vec());
    for alphabet in [STANDARD, FOR_URLS] {
        forms.push(base64_whole(bytes, alphabet));
        forms.extend((0..3).map(|offset| base64_inside(bytes, offset, alphabet)));
    }
    let texts = [
        percent(bytes, "", Hex::Upper),
        percent(bytes, "", Hex::Lower),
        percent(bytes, "", Hex::Upper).replace("%20", "+"),
        percent(bytes, "!$&'()*+,;=:@/?", Hex::Upper),
        percent(bytes, "!*'()", Hex::Upper),
        json(part, ""),
        json(part, "/"),
        json(part, "<>&'"),
        json_ascii(part),
        part.replace('\'', r"'\''"),
        part.replace('\'', "'\"'\"'"),
        backslashed(part, SHELL_SPECIAL),
        backslashed(part, "\"$`\\"),
        ansi_c(part),
        hexadecimal(bytes, Hex::Lower),
        hexadecimal(bytes, Hex::Upper),
    ];
    forms.extend(texts.map(String::into_bytes));
}

#[derive(Clone, Copy)]
enum Hex {
    Lower,
    Upper,
}

fn push_hex(byte: u8, hex: Hex, into: &mut String) {
    // Writing to a String cannot fail.
    let _infallible = match hex {
        Hex::Lower => write!(into, "{byte:02x}"),
        Hex::Upper => write!(into, "{byte:02X}"),
    };
}

fn hexadecimal(bytes: &[u8], hex: Hex) -> String {
    let mut text = String::new();
    for byte in bytes {
        push_hex(*byte, hex, &mut text);
    }
    text
}

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut word = 0_u32;
        for place in 0..3 {
            word = word << 8 | u32::from(group.get(place).copied().unwrap_or(0));
        }
        for place in 0..=group.len() {
            let six = usize::try_from(word >> (18 - 6 * place) & 63).unwrap_or(0);
            text.extend(alphabet.get(six));
        }
    }
    text
}

/// The secret encoded on its own, padded.
fn base64_whole(bytes: &[u8], alphabet: &[u8; 64]) -> Vec<u8> {
    let mut text = base64(bytes, alphabet);
    text.resize(text.len().next_multiple_of(4), b'=');
    text
}

/// The part of an encoding that depends on the secret only, when `offset` other bytes of its group come before.
fn base64_inside(bytes: &[u8], offset: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let mut shifted = vec![0; offset];
    shifted.extend_from_slice(bytes);
    let text = base64(&shifted, alphabet);
    let from = (offset * 8).div_ceil(6);
    let until = shifted.len() * 8 / 6;
    text.get(from..until).unwrap_or_default().to_vec()
}

/// Percent-encoded, but for letters, digits, `-._~` and what `kept` names.
fn percent(bytes: &[u8], kept: &str, hex: Hex) -> String {
    let mut text = String::new();
    for byte in bytes {
        let is_kept =
            byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || kept.as_bytes().contains(byte);
        if is_kept {
            text.push(char::from(*byte));
        } else {
            text.push('%');
            push_hex(*byte, hex, &mut text);
        }
    }
    text
}

/// Inside a JSON string; `also` names characters that some writers escape too.
fn json(part: &str, also: &str) -> String {
    let mut text = String::new();
    for c in part.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '/' if also.contains(c) => text.push_str("\\/"),
            _ if c < ' ' || also.contains(c) => push_unicode(c, &mut text),
            _ => text.push(c),
        }
    }
    text
}

/// Inside a JSON string of a writer that keeps to ASCII.
fn json_ascii(part: &str) -> String {
    let mut text = String::new();
    for c in json(part, "").chars() {
        if c.is_ascii() { text.push(c) } else { push_unicode(c, &mut text) }
    }
    text
}

fn push_unicode(c: char, into: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        let _infallible = write!(into, "\\u{unit:04x}");
    }
}

fn backslashed(part: &str, special: &str) -> String {
    let mut text = String::new();
    for c in part.chars() {
        if special.contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// Inside `$'…'`, as `printf %q` and `set -x` show it.
fn ansi_c(part: &str) -> String {
    let mut text = String::new();
    for c in part.chars() {
        match c {
            '\'' => text.push_str("\\'"),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ => text.push(c),
        }
    }
    text
}
