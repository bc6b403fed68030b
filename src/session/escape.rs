//! How strings and keys are spelled in the session file: TOML 1.0 basic strings on one line, everything that could
//! move a cursor, hide or reorder text written as an escape. So `cat` and `git diff` are no injection channel.
//!
//! Not here: what is escaped for the screen (`text/`). The set may grow later: the reader takes any valid TOML.

/// Must this character be written as an escape?
pub fn is_escaped(c: char) -> bool {
    let code = u32::from(c);
    matches!(code,
        0x00..=0x1F | 0x7F..=0x9F                     // C0, DEL, C1
        | 0x22 | 0x5C                                 // quote and backslash
        | 0xAD | 0x61C | 0x180E                       // soft hyphen, Arabic letter mark, Mongolian separator
        | 0x200B..=0x200F | 0x2028..=0x202E           // zero width, line separators, bidi
        | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF  // joiners, isolates, variation selectors, BOM
        | 0xFFF9..=0xFFFB | 0xE_0000..=0xE_0FFF       // annotations, tags
        | 0xFDD0..=0xFDEF                             // noncharacters
    ) || code & 0xFFFE == 0xFFFE
}

/// Appends a string in double quotes.
pub fn write_basic(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if !is_escaped(c) => out.push(c),
            c if u32::from(c) <= 0xFFFF => out.extend(["\\u", &format!("{:04X}", u32::from(c))]),
            c => out.extend(["\\U", &format!("{:08X}", u32::from(c))]),
        }
    }
    out.push('"');
}

/// Can this be a literal string, its bytes standing in the file as they are?
pub fn fits_literal(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..=0x7E).contains(&byte) && byte != b'\'')
}

/// Appends a signed payload: a literal string, so that its bytes can be cut out with `sed`; a basic one if they do not fit.
pub fn write_signed(out: &mut String, text: &str) {
    if fits_literal(text) {
        out.push('\'');
        out.push_str(text);
        out.push('\'');
    } else {
        write_basic(out, text);
    }
}

/// Appends a key: bare where TOML allows it, else quoted.
pub fn write_key(out: &mut String, key: &str) {
    let bare = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if bare {
        out.push_str(key);
    } else {
        write_basic(out, key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        let mut out = String::new();
        write_basic(&mut out, text);
        out
    }

    #[test]
    fn named_escapes_are_short_and_the_rest_is_numbered() {
        assert_eq!(basic("a\"b\\c\nd\re\tf"), r#""a\"b\\c\nd\re\tf""#);
        assert_eq!(
            basic("\u{1b}[2J\u{9b}\u{202e}\u{200b}\u{e0041}\u{fffe}"),
            r#""\u001B[2J\u009B\u202E\u200B\U000E0041\uFFFE""#
        );
        assert_eq!(basic("Grüße 🚀 ✓"), "\"Grüße 🚀 ✓\"");
    }

    #[test]
    fn every_character_comes_back_from_the_toml_crate_and_no_forbidden_one_is_raw() {
        let all: Vec<char> = (0..=0x10_FFFF).filter_map(char::from_u32).collect();
        for chunk in all.chunks(4096) {
            let text: String = chunk.iter().collect();
            let written = basic(&text);
            let inner = written.trim_start_matches('"').strip_suffix('"').unwrap();
            assert!(!inner.chars().any(|c| is_escaped(c) && c != '"' && c != '\\'));
            let value: toml::Value =
                toml::from_str::<toml::Table>(&format!("x = {written}")).unwrap().remove("x").unwrap();
            assert_eq!(value.as_str(), Some(text.as_str()));
        }
    }

    #[test]
    fn a_signed_payload_is_literal_only_when_its_bytes_allow_it() {
        let mut out = String::new();
        write_signed(&mut out, r#"{"a":"\\"}"#);
        assert_eq!(out, r#"'{"a":"\\"}'"#);
        out.clear();
        write_signed(&mut out, "it's");
        assert_eq!(out, "\"it's\"");
    }
}
