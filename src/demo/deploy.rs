//! The hidden `gonogo demo-deploy` program: what the steps of the rehearsal's checklist run.
//!
//! It asks the world through the control socket in the current folder, prints what it says, and ends with its exit code.
//! Not here: what is done (`world/release.rs`).

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crate::demo::world::control::{CONTROL, Question, Told};

/// How long the world may be silent: longer than a service takes to be replaced on a busy machine.
const SILENT_MAX: Duration = Duration::from_mins(1);

/// Asks, prints, ends. Exit code: the world's; 3 when the world is gone.
pub fn run(question: &Question) -> ExitCode {
    match asked(question) {
        Ok(code) => ExitCode::from(code),
        Err(why) => {
            let _nobody_reads = writeln!(io::stderr(), "error: the rehearsal's world does not answer: {why}");
            ExitCode::from(3)
        }
    }
}

fn asked(question: &Question) -> io::Result<u8> {
    let mut stream = UnixStream::connect(Path::new(CONTROL))?;
    stream.set_read_timeout(Some(SILENT_MAX))?;
    writeln!(stream, "{}", serde_json::to_string(question)?)?;
    for line in BufReader::new(stream).lines() {
        match serde_json::from_str(&line?)? {
            Told::Line(text) => writeln!(io::stdout(), "{text}")?,
            Told::End(code) => return Ok(code),
        }
    }
    Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it went away"))
}
