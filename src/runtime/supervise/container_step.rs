//! One try of a command step inside the container of a Compose service, through the Docker API.
//!
//! The API cannot end a started command: after an abort or a time limit it may go on, and the reason says so. Not
//! here: the connection (`docker/exec.rs`).

use std::sync::{Arc, Mutex, PoisonError};

use super::command_step::{Ended, Prepared};
use super::output::StepStream;
use super::steps::Runner;
use crate::engine::log_line::LogStream;
use crate::runtime::docker::{ExecRequest, Wish, exec_in_service};
use crate::runtime::measure::surroundings;
use crate::runtime::process::group::Exit;

impl Runner {
    /// Runs it in `service`. Errors: in words, why it did not run or nobody knows how it ended.
    pub(super) async fn in_container(
        &mut self,
        prepared: &Prepared,
        service: &str,
        cwd: Option<&str>,
    ) -> Result<Ended, String> {
        let mut argv = vec![prepared.program.clone()];
        argv.extend(prepared.arguments.iter().cloned());
        let request = ExecRequest {
            project: self.plan.place.project.as_deref(),
            service,
            argv: &argv,
            env: &prepared.environment,
            cwd,
            limit: prepared.timeout,
        };
        let wish = Wish::of_place(&self.plan.place, Arc::new(surroundings()));
        // Two streams, so that a secret split over their borders is no secret of either.
        let streams = Mutex::new((StepStream::new(&self.redactor), StepStream::new(&self.redactor)));
        let log = Arc::clone(&self.log);
        let write = |bytes: &[u8]| log.lock().unwrap_or_else(PoisonError::into_inner).write(bytes);
        let mut on_output = |stream: LogStream, bytes: &[u8]| {
            let mut streams = streams.lock().unwrap_or_else(PoisonError::into_inner);
            let clean = match stream {
                LogStream::Output => streams.0.push(bytes),
                LogStream::Error => streams.1.push(bytes),
            };
            write(&clean);
        };
        let mut wanted = self.control.wanted.clone();
        let ended = tokio::select! {
            ended = exec_in_service(&wish, &request, &mut on_output) => Some(ended),
            _wanted = wanted.wait_for(|wanted| wanted.abort.is_some()) => None,
        };
        let (mut output, mut errors) = streams.into_inner().unwrap_or_else(PoisonError::into_inner);
        write(&output.finish());
        write(&errors.finish());
        let kept = output.kept().to_vec();
        let done = |exit, timed_out, aborted| Ended { exit, timed_out, aborted, leaked: false, output: kept };
        match ended {
            Some(Ok(code)) => Ok(done(Exit { code: i32::try_from(code).ok(), signal: None }, false, false)),
            Some(Err(error)) => Err(error.to_string()),
            None => {
                write(STILL_RUNS.as_bytes());
                Ok(done(Exit { code: None, signal: None }, false, true))
            }
        }
    }
}

/// What an abort cannot do.
const STILL_RUNS: &str =
    "\n── aborted; the Docker API cannot end the command, it may still run in its container\n";
