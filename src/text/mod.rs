//! Text from outside, made safe: `Untrusted` and `Safe`, the one sanitiser, redaction, width and wrapping.
//!
//! Not here: drawing (`tui`), reading (`runtime`). Every other room may import this one; it imports none of ours.

pub mod clock_face;
pub mod nearest;
pub mod redact;
pub mod safe;
pub mod safe_format;
pub mod sanitise;
pub mod shell_quote;
pub mod styled;
pub mod untrusted;
pub mod width;
pub mod wrap;

pub use redact::{Redactor, Secret};
pub use safe::{Safe, safe, visible};
pub use safe_format::IntoSafe;
pub use sanitise::{LimitBytes, Sanitiser, sanitise, sanitise_line, sanitise_lines};
pub use styled::{AnsiColour, Sgr, StyledLine, StyledSpan};
pub use untrusted::Untrusted;
