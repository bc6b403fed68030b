//! `Untrusted`: text that came from outside (files, HTTP, Docker, git, output, environment) and may do harm when drawn.
//!
//! It can be hashed, matched and handed to a program as an argument; it cannot be drawn or printed. The only way to a
//! sink is [`Untrusted::safe`] or `text::sanitise`. Secrets are not here: see `text/redact.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::safe::Safe;
use super::sanitise::{LimitBytes, sanitise};

/// Text from outside, exactly as it came. Debug shows its length only, so that a log line cannot leak or act.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes text as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Takes bytes as they came; what is not UTF-8 becomes U+FFFD.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The text itself, for hashing, matching, parsing and argv. Never for a sink: cells, stdout, stderr, titles and
    /// reports take [`Safe`].
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// One safe line of at most [`LimitBytes::LINE`].
    pub fn safe(&self) -> Safe {
        sanitise(self, LimitBytes::LINE)
    }

    /// Length in bytes.
    pub fn len_bytes(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing came at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({} bytes)", self.0.len())
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_only_the_length() {
        let text = Untrusted::new("\u{1b}[2Jhunter2");
        assert_eq!(format!("{text:?}"), "Untrusted(11 bytes)");
    }

    #[test]
    fn bytes_that_are_not_utf8_become_the_replacement_character() {
        assert_eq!(Untrusted::from_bytes(b"a\x9bb").raw(), "a\u{fffd}b");
    }
}
