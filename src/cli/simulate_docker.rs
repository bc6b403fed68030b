//! `gonogo simulate-docker`: the simulated daemon as a process of its own, for benchmarks and other programs.
//!
//! Hidden: nobody needs it for a release. Not here: the daemon (`demo/docker`).

use super::app_error::AppError;
use super::arguments::Simulate;
use super::exit_code::Code;
use super::print;
use crate::demo::docker::scenario::{BUNDLED, simulate};
use crate::safe_format;

/// Serves until it is asked to end. Errors: the scenario, the socket.
pub fn simulate_docker(what: &Simulate) -> Result<Code, AppError> {
    let Simulate { socket, scenario, seed, with_stdin } = what;
    let ready = |address: &str| print::answer(&safe_format!("serving {}", address));
    simulate(socket, scenario, *seed, *with_stdin, ready).map(|()| Code::Yes).map_err(|error| {
        let names: Vec<&str> = BUNDLED.iter().map(|(name, _)| *name).collect();
        AppError::usage(safe_format!("{} as {}: {}", scenario, socket.to_string_lossy(), error.to_string()))
            .hint(safe_format!("a file, or one of: {}", names.join(", ")))
    })
}
