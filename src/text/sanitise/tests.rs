//! The sanitiser's rules, one by one, then all of them on generated hostile text.

use super::*;

#[test]
fn a_swallowed_sequence_leaves_its_mark() {
    assert_eq!(sanitise(&Untrusted::new("a\u{1b}[2Jb\u{1b}]0;t\u{7}c"), LimitBytes::LINE), "a␛b␛c");
}
