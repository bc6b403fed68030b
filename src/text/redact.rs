//! Redaction: a stream filter that replaces secrets by `***NAME***`, before the disk and before the screen.
//!
//! Two nets: what a secret looks like in the usual encodings (`redact/forms.rs`, found by `redact/known.rs`), and the
//! shapes of well-known tokens (`redact/shapes.rs`). It is best effort, and says so: a program can always print a
//! secret in a form nobody thought of. Cutting the stream into chunks changes nothing.

mod forms;
mod known;
mod shapes;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use self::known::{Known, KnownState};
use self::shapes::ShapeState;
use super::safe::Safe;
use super::sanitise::{LimitBytes, sanitise_value};
use super::styled::StyledLine;

/// A secret shorter than this, in characters, would be found everywhere: it cannot be masked.
pub const MASKABLE: usize = 6;

/// What stands for a whole header value.
const MASK: &str = "***";

/// The headers whose values are never shown.
const SECRET_HEADERS: [&str; 5] =
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

/// A secret with the name under which a checklist declares it. The value has no Debug and no Display, and is wiped on
/// drop.
pub struct Secret {
    /// The name, shown in place of the value.
    pub name: String,
    /// The value.
    pub value: SecretString,
}

impl Secret {
    /// A named secret.
    pub fn new(name: impl Into<String>, value: SecretString) -> Self {
        Self { name: name.into(), value }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.name)
    }
}

/// The filter of one stream. [`Redactor::fresh`] gives another stream the same secrets.
pub struct Redactor {
    rules: Arc<Rules>,
    known: KnownState,
    shapes: ShapeState,
}

/// What all streams share.
struct Rules {
    known: Known,
    too_short: Vec<String>,
}

impl Redactor {
    /// A filter for these secrets, and for the shapes of tokens in any case.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut known = Known::default();
        let mut too_short = Vec::new();
        for secret in secrets {
            let value = secret.value.expose_secret();
            if value.trim().chars().count() < MASKABLE {
                too_short.push(secret.name);
                continue;
            }
            known.add(&secret.name, forms::of(value));
        }
        known.sort();
        Self::with(Arc::new(Rules { known, too_short }))
    }

    fn with(rules: Arc<Rules>) -> Self {
        Self { rules, known: KnownState::default(), shapes: ShapeState::default() }
    }

    /// A filter with the same secrets at the beginning of another stream.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::with(Arc::clone(&self.rules))
    }

    /// Names of the secrets that cannot be masked: shorter than [`MASKABLE`] characters. A warning at load.
    pub fn too_short(&self) -> &[String] {
        &self.rules.too_short
    }

    /// Takes the next chunk; gives what is certain to be no part of a secret. It holds back at most the length of the
    /// longest form of a secret, and 2 KiB.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        self.run(chunk, Stream::GoesOn)
    }

    /// The stream has ended: gives what was held back. The filter can then be used for another stream.
    pub fn finish(&mut self) -> Vec<u8> {
        self.run(&[], Stream::Ends)
    }

    fn run(&mut self, chunk: &[u8], stream: Stream) -> Vec<u8> {
        let mut first = Vec::with_capacity(chunk.len());
        self.known.push(&self.rules.known, chunk, stream, &mut first);
        let mut second = Vec::with_capacity(first.len());
        self.shapes.push(&first, stream, &mut second);
        second
    }

    /// The whole text, redacted. Does not touch the stream.
    pub fn redact_str(&self, text: &str) -> String {
        let mut whole = self.fresh();
        let mut redacted = whole.push(text.as_bytes());
        redacted.extend(whole.finish());
        // Masks are ASCII and replace whole characters, so nothing is lost here.
        String::from_utf8_lossy(&redacted).into_owned()
    }

    /// The second pass, after the sanitiser: a colour code or an invisible character may have split a secret.
    pub fn redact_safe(&self, text: &Safe) -> Safe {
        let redacted = self.redact_str(text.as_str());
        if redacted == text.as_str() {
            return text.clone();
        }
        sanitise_value(&redacted, LimitBytes::new(redacted.len()))
    }

    /// [`Redactor::redact_safe`] for a styled line. A line in which something was found loses its style: the parts of
    /// the secret may stand in several spans.
    pub fn redact_line(&self, line: StyledLine) -> StyledLine {
        let text = line.text();
        let redacted = self.redact_safe(&text);
        if redacted == text {
            return line;
        }
        StyledLine { spans: StyledLine::plain(redacted).spans, ..line }
    }

    /// The value of an HTTP header: nothing of Authorization, Proxy-Authorization, Cookie, Set-Cookie and X-Api-Key,
    /// the others redacted.
    pub fn redact_header(&self, name: &str, value: &str) -> String {
        if is_secret_header(name) { MASK.to_owned() } else { self.redact_str(value) }
    }
}

/// Whether the values of this header are never shown.
pub fn is_secret_header(name: &str) -> bool {
    let name = name.trim();
    SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// Whether more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    GoesOn,
    Ends,
}
