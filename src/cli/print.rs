//! The one place that prints: answers on stdout, everything else on stderr, only `Safe` text and escaped JSON.
//!
//! A closed pipe is not an error: who reads has had enough. Not here: what is said.

use std::io;

use super::app_error::AppError;
use crate::session::escape::is_escaped;
use crate::text::Safe;

/// One line of the answer.
pub fn answer(line: &Safe) {
    write(&mut io::stdout(), line.as_str());
}

/// Lines of the answer.
pub fn answers(lines: &[Safe]) {
    for line in lines {
        answer(line);
    }
}

/// One line beside the answer.
pub fn note(line: &Safe) {
    write(&mut io::stderr(), line.as_str());
}

/// The answer as one JSON object. Characters that could act on a terminal are written as `\u` escapes.
pub fn json(value: &serde_json::Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|why| format!("\"{why}\""));
    write(&mut io::stdout(), &harmless_json(&text));
}

/// A text of our own with line ends: a schema, a starter, completions.
pub fn document(text: &str) {
    let harmless: String =
        text.chars().filter(|c| matches!(c, '\n' | '\t' | '"' | '\\') || !is_escaped(*c)).collect();
    write(&mut io::stdout(), harmless.trim_end_matches('\n'));
}

/// Every byte as it is, for a file or a program behind a pipe; never for a terminal.
pub fn bytes(bytes: &[u8]) {
    let mut out = io::stdout();
    drop(io::Write::write_all(&mut out, bytes).and_then(|()| io::Write::flush(&mut out)));
}

/// A laid out text on stderr, made of safe pieces by whoever laid it out: line ends and colours stay.
pub fn layout(text: &str) {
    write(&mut io::stderr(), &laid_out(text));
}

/// The same as the answer, on stdout.
pub fn answer_layout(text: &str) {
    write(&mut io::stdout(), &laid_out(text));
}

fn laid_out(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '"' | '\\' | '\u{1b}') || !is_escaped(*c)).collect()
}

/// The error, once, with its hint.
pub fn error(error: &AppError) {
    note(&crate::safe_format!("error: {}", error.message));
    if let Some(hint) = &error.hint {
        note(&crate::safe_format!("  try: {}", hint));
    }
}

fn write(out: &mut dyn io::Write, text: &str) {
    // Nobody is left to tell when the reader is gone.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()));
}

/// JSON's own escapes stay; what the serialiser leaves raw and a terminal could obey is escaped.
fn harmless_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\n' | '"' | '\\') || !is_escaped(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend(["\\u", &format!("{unit:04x}")]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::harmless_json;

    #[test]
    fn json_keeps_every_character_and_none_that_acts() {
        let value = serde_json::json!({ "title": "a\u{9b}8m\u{202e}b\u{e0041}\u{1b}[2J" });
        let text = harmless_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
