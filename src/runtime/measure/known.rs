//! What is known only when it is measured: secrets and captured values, and how templates are filled with them.

use std::collections::BTreeMap;

use super::attempt::{Attempt, EVIDENCE_BYTES_MAX};
use crate::checklist::named::Named;
use crate::checklist::template::{Piece, Template};
use crate::runtime::secrets::Secrets;
use crate::text::redact::Redactor;
use crate::text::sanitise::{LimitBytes, sanitise_line};
use crate::text::shell_quote::sh_quote;

/// What is known only when it is measured.
#[derive(Clone, Default)]
pub struct Known {
    /// Secrets by name.
    pub secrets: Secrets,
    /// Values captured by earlier steps, by `run.STEP.NAME`.
    pub captured: BTreeMap<String, String>,
}

impl Known {
    /// The text, filled in. Errors: in words, the name that has no value.
    pub fn fill(&self, template: &Template) -> Result<String, String> {
        let lookup = |name: &str| self.captured.get(name).cloned();
        self.secrets.fill(template, &lookup).map_err(|fault| format!("`{template}`: {fault}"))
    }
    /// The argument, filled in. Errors: as [`Self::fill`], or a secret, which everybody could read there.
    pub fn fill_argument(&self, template: &Template) -> Result<String, String> {
        let pieces = template.pieces().unwrap_or_default();
        let secret = pieces.iter().find_map(|piece| match piece {
            Piece::Secret(name) => Some(name),
            Piece::Text(_) | Piece::Variable(_) => None,
        });
        match secret {
            None => self.fill(template),
            Some(name) => Err(format!(
                "secret `{name}` stands in an argument, where everybody on this machine can read it; pass it with `env`"
            )),
        }
    }
    /// The address, filled in; values are percent-encoded, so none can change the host. Errors: as [`Self::fill`].
    pub fn fill_url(&self, template: &Template) -> Result<String, String> {
        let pieces = template.pieces().map_err(|fault| format!("`{template}`: {fault}"))?;
        let mut filled = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => filled.push_str(&text),
                Piece::Variable(name) => {
                    let value =
                        self.captured.get(&name).ok_or_else(|| format!("nothing is called `{name}`"))?;
                    filled.push_str(&percent_encoded(value));
                }
                Piece::Secret(name) => {
                    let value =
                        self.secrets.expose(&name).ok_or_else(|| format!("secret `{name}` has no value"))?;
                    filled.push_str(&percent_encoded(value));
                }
            }
        }
        Ok(filled)
    }
    /// Every value of a table, filled in.
    pub fn fill_all(&self, table: &Named<String, Template>) -> Result<Vec<(String, String)>, String> {
        table.iter().map(|(name, value)| Ok((name.clone(), self.fill(value)?))).collect()
    }
    /// The text as one shell word, with secrets as `"$NAME"`: for a command that repeats the measurement.
    pub fn shell_word(&self, before: &str, template: &Template) -> String {
        let mut word = String::new();
        let mut plain = before.to_owned();
        for piece in template.pieces().unwrap_or_default() {
            match piece {
                Piece::Text(text) => plain.push_str(&text),
                Piece::Variable(name) => plain.push_str(self.captured.get(&name).unwrap_or(&name)),
                Piece::Secret(name) => {
                    if !plain.is_empty() {
                        word.push_str(&sh_quote(&plain));
                        plain.clear();
                    }
                    let shout =
                        |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
                    word.push_str("\"$");
                    word.extend(name.chars().map(shout));
                    word.push('"');
                }
            }
        }
        if !plain.is_empty() || word.is_empty() {
            word.push_str(&sh_quote(&plain));
        }
        word
    }
    /// Masks the secrets in what an attempt kept, then cuts the evidence at its cap.
    pub fn redact(&self, attempt: &mut Attempt) {
        let redactor = self.secrets.redactor();
        for text in [&mut attempt.target, &mut attempt.reason, &mut attempt.evidence, &mut attempt.repeat] {
            *text = redactor.redact_str(text);
        }
        attempt.evidence = cut(&masked_again(&redactor, &attempt.evidence));
        for assertion in &mut attempt.assertions {
            assertion.actual = redactor.redact_str(assertion.actual.raw()).into();
            assertion.expected = redactor.redact_str(assertion.expected.raw()).into();
        }
    }
}

/// The second pass: a colour code or an invisible character may have split a secret that a screen would join again.
fn masked_again(redactor: &Redactor, text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let shown = sanitise_line(line.trim_end_matches('\n'), LimitBytes::new(line.len() * 4)).text();
        let masked = redactor.redact_safe(&shown);
        if masked == shown { line.to_owned() } else { format!("{}\n", masked.as_str()) }
    });
    lines.collect()
}

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(EVIDENCE_BYTES_MAX);
    match text.get(..end) {
        Some(kept) if end < text.len() => format!("{kept}…"),
        Some(_) | None => text.to_owned(),
    }
}

fn percent_encoded(value: &str) -> String {
    use std::fmt::Write as _;
    value.bytes().fold(String::new(), |mut text, byte| {
        let _never_fails = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
                Ok(())
            }
            other => write!(text, "%{other:02X}"),
        };
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{EVIDENCE_BYTES_MAX, cut, masked_again};
    use crate::runtime::secrets::Secrets;

    fn secrets() -> Secrets {
        let mut secrets = Secrets::default();
        secrets.insert("token", "hunter2-and-more");
        secrets
    }

    #[test]
    fn a_secret_across_the_cut_leaves_no_piece_of_itself() {
        let redactor = secrets().redactor();
        for before in EVIDENCE_BYTES_MAX - 20..=EVIDENCE_BYTES_MAX {
            let text = format!("{}hunter2-and-more and much more after it", "x".repeat(before));
            let kept = cut(&redactor.redact_str(&text));
            assert!(kept.ends_with('…') && !kept.contains("hunt"), "{kept}");
            assert!(kept.len() <= EVIDENCE_BYTES_MAX + '…'.len_utf8());
        }
    }

    #[test]
    fn a_secret_split_by_a_colour_code_is_masked_and_other_lines_stay_as_they_are() {
        let redactor = secrets().redactor();
        let masked =
            masked_again(&redactor, "a \u{1b}[31mred\u{1b}[0m line\nhunter2-\u{1b}[1mand-more!\nend");
        assert_eq!(masked, "a \u{1b}[31mred\u{1b}[0m line\n***token***!\nend");
    }
}
