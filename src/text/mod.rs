//! Text from outside, made safe: `Untrusted` and `Safe`, the one sanitiser, redaction, width and wrapping.
//!
//! Not here: drawing (`tui`), reading (`runtime`). Every other room may import this one; it imports none of ours.
