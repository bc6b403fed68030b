//! A real Docker daemon, when one answers; how its command line is called.
//!
//! Without a daemon a test prints that it was skipped and passes; `GONOGO_TEST_DOCKER=required` makes that a failure.
//! Images are in `image.rs`, compose stacks in `stack.rs`.

use std::process::Command;
use std::time::Duration;

use super::bounded::{self, Ended};
use super::skip::skip;

/// One docker or compose call: a build, a start, a stop. Generous, for two busy cores.
const CALL_BOUND: Duration = Duration::from_mins(2);
/// A daemon that answers at all answers `docker version` within this.
const ANSWER_BOUND: Duration = Duration::from_secs(20);

/// How this machine spells compose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compose {
    /// `docker-compose`, a program of its own.
    Program,
    /// `docker compose`, a plugin.
    Plugin,
}

/// A daemon that answered.
#[derive(Clone, Debug)]
pub(crate) struct Docker {
    compose: Compose,
}

/// The daemon, or `None` with the skip of `test` printed. Panics instead of skipping when Docker is required.
#[track_caller]
pub(crate) fn docker_or_skip(test: &str) -> Option<Docker> {
    match find_daemon() {
        Ok(docker) => Some(docker),
        Err(why) => {
            let required = std::env::var("GONOGO_TEST_DOCKER").is_ok_and(|value| value == "required");
            assert!(!required, "{test} needs a Docker daemon (GONOGO_TEST_DOCKER=required): {why}");
            skip(test, &why);
            None
        }
    }
}

fn find_daemon() -> Result<Docker, String> {
    let answered = try_call(&["docker", "version", "--format", "{{.Server.Version}}"])?;
    if !answered.status.success() {
        return Err(answered.stderr.trim().to_owned());
    }
    if try_call(&["docker", "compose", "version"]).is_ok_and(|ended| ended.status.success()) {
        return Ok(Docker { compose: Compose::Plugin });
    }
    if try_call(&["docker-compose", "version"]).is_ok_and(|ended| ended.status.success()) {
        return Ok(Docker { compose: Compose::Program });
    }
    Err("neither `docker compose` nor `docker-compose` runs".to_owned())
}

/// Only a program that is missing is an error here; a hung one fails the test.
fn try_call(argv: &[&str]) -> Result<Ended, String> {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(argv[0]).is_file()));
    if !found {
        return Err(format!("{} is not installed", argv[0]));
    }
    Ok(bounded::run(command(argv), ANSWER_BOUND))
}

fn command(argv: &[&str]) -> Command {
    let mut command = Command::new(argv[0]);
    command.args(&argv[1..]).env("DOCKER_BUILDKIT", "0");
    command
}

impl Docker {
    /// `docker ARGS`; its stdout, trimmed. Panics with its stderr when it fails.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let ended = self.try_run(args);
        assert!(ended.status.success(), "docker {}: {}", args.join(" "), ended.stderr);
        ended.stdout.trim().to_owned()
    }

    /// `docker ARGS`, whatever comes of it.
    #[track_caller]
    #[expect(clippy::unused_self, reason = "only who found a daemon may call it")]
    pub(crate) fn try_run(&self, args: &[&str]) -> Ended {
        bounded::run(command(&[&["docker"], args].concat()), CALL_BOUND)
    }

    /// How compose is called here, as the beginning of an argv.
    pub(crate) fn compose(&self) -> &'static [&'static str] {
        match self.compose {
            Compose::Program => &["docker-compose"],
            Compose::Plugin => &["docker", "compose"],
        }
    }

    /// Compose with `args` in `folder`, for the release `tag`.
    #[track_caller]
    pub(crate) fn run_compose(&self, folder: &std::path::Path, tag: &str, args: &[&str]) -> Ended {
        let mut command = command(&[self.compose(), args].concat());
        command.current_dir(folder).env("TAG", tag);
        bounded::run(command, CALL_BOUND)
    }
}
