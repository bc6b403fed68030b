//! A skipped test says so where a person sees it: `eprintln!` of a passing test is captured, the raw handle is not.

use std::io::Write;

/// Prints that `test` was skipped and why.
pub(crate) fn skip(test: &str, why: &str) {
    writeln!(std::io::stderr().lock(), "SKIPPED {test}: {why}").unwrap();
}
