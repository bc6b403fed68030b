//! Parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gonogo::cli::run(gonogo::runtime::env::arguments())
}
