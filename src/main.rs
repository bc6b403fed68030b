//! Parse, dispatch, exit code.

use std::path::Path;
use std::process::ExitCode;

use gonogo::runtime::supervise::supervise;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [word, folder] if word == "supervise" => supervise(Path::new(folder)),
        _ => ExitCode::SUCCESS,
    }
}
