//! The small environment of a child: what every program needs, `GONOGO_…`, and what its step declares.
//!
//! Tokens, `SSH_AUTH_SOCK` and `DOCKER_HOST` are not in it unless declared. Secrets come here as values of declared
//! names, never as arguments: `/proc/PID/cmdline` is readable by everybody.

use std::ffi::OsString;
use std::process::Command;

/// What every child gets from ours, beside all `LC_…`.
const PASSED: [&str; 7] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR"];

/// What our own supervisor needs beside that: where Docker lives and how to reach it. Steps do not get these.
const PASSED_TO_SUPERVISOR: [&str; 3] = ["XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK"];

/// The environment of our own supervisor.
pub fn supervisor_environment() -> Vec<(OsString, OsString)> {
    let more = |name: &str| PASSED_TO_SUPERVISOR.contains(&name) || name.starts_with("DOCKER_");
    std::env::vars_os()
        .filter(|(name, _)| name.to_str().is_some_and(|name| is_passed(name) || more(name)))
        .collect()
}

/// Gives `command` the small environment and these names on top.
pub fn set_small_environment<'a>(
    command: &mut Command,
    declared: impl IntoIterator<Item = (&'a str, &'a str)>,
) {
    command.env_clear();
    for (name, value) in inherited() {
        command.env(name, value);
    }
    command.env("TERM", "dumb");
    for (name, value) in declared {
        command.env(name, value);
    }
}

fn inherited() -> Vec<(OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_passed)).collect()
}

fn is_passed(name: &str) -> bool {
    PASSED.contains(&name) || name.starts_with("LC_")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "real children")]
mod tests {
    use super::*;

    #[test]
    fn a_child_sees_only_the_small_environment_and_what_is_declared() {
        let mut command = Command::new("env");
        command.env("SSH_AUTH_SOCK", "/agent");
        set_small_environment(&mut command, [("GONOGO_VERSION", "1.2.0")]);
        let output = command.output().unwrap();
        let seen = String::from_utf8(output.stdout).unwrap();
        assert!(seen.contains("GONOGO_VERSION=1.2.0\n") && seen.contains("TERM=dumb\n"), "{seen}");
        for line in seen.lines() {
            let name = line.split('=').next().unwrap();
            let known = PASSED.contains(&name)
                || name.starts_with("LC_")
                || ["TERM", "GONOGO_VERSION", "PWD", "SHLVL", "_"].contains(&name);
            assert!(known, "{name} leaked into the child");
        }
    }
}
