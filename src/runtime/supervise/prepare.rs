//! A command step made ready: arguments, environment, folder filled in; and its end in words.
//!
//! Values reach a script as `GONOGO_…` variables only; secrets never become arguments. Not here: running it
//! (`command_step.rs`, `container_step.rs`).

use std::collections::BTreeMap;
use std::path::Path;

use super::capture::capture;
use super::command_step::{self, Around, ErrorStream, Prepared};
use super::run_folder::write_new;
use super::steps::{Runner, Tried};
use crate::checklist::action::{Capture, CaptureBy};
use crate::checklist::id::StepId;
use crate::engine::run_plan::{CommandPlan, StepPlan};
use crate::runtime::clock;
use crate::session::status::StepOutcome;

impl Runner {
    /// One try of a command, here or in a container.
    pub(super) async fn command(&mut self, step: &StepPlan, command: &CommandPlan) -> Tried {
        let prepared = match self.prepare(step, command) {
            Ok(prepared) => prepared,
            Err(reason) => return Tried::failed(reason),
        };
        if let Some(service) = &command.container {
            return match self.in_container(&prepared, service, command.cwd.as_deref()).await {
                Ok(ended) => judge(step, &ended),
                Err(reason) => Tried::failed(reason),
            };
        }
        let reporter = &mut self.reporter;
        let mut on_grace = |grace: std::time::Duration| {
            reporter.update(|status| status.kill_at = Some(clock::now() + grace));
        };
        let around = Around { folder: self.folder.path(), log: &self.log, redactor: &self.redactor };
        let ran = command_step::run(&prepared, &around, &mut self.control, &mut on_grace);
        match ran.await {
            Ok(ended) => judge(step, &ended),
            Err(error) => Tried::failed(error.to_string()),
        }
    }

    /// Fills in what is known only now. Errors: in words, the name that is missing.
    fn prepare(&self, step: &StepPlan, command: &CommandPlan) -> Result<Prepared, String> {
        let mut argv = Vec::new();
        if let (Some(script), Some(_service)) = (&command.script, &command.container) {
            // No file of ours is inside the container, and no value stands in the script.
            argv.extend(["sh", "-eu", "-c", script].map(str::to_owned));
        } else if let Some(script) = &command.script {
            let file = self.folder.path().join(format!("{}.sh", file_name(&step.id)));
            write_new(&file, script.as_bytes())
                .map_err(|error| format!("cannot write the script to {}: {error}", file.display()))?;
            match shell_of(script) {
                // It says itself which shell it is for, and with which switches.
                Some(shell) => argv.push(shell.to_owned()),
                None => argv.extend(["sh", "-eu"].map(str::to_owned)),
            }
            argv.push(file.display().to_string());
        } else {
            for word in &command.argv {
                argv.push(self.known.fill_argument(word)?);
            }
        }
        let mut argv = argv.into_iter();
        let program = argv.next().ok_or("the command is empty")?;
        let place = Path::new(&self.plan.place.folder);
        let folder = command.cwd.as_ref().map_or_else(|| place.to_owned(), |cwd| place.join(cwd));
        let mut environment: Vec<(String, String)> = Vec::new();
        environment.push(("GONOGO_RUN".to_owned(), self.plan.run.clone()));
        environment
            .extend(self.known.captured.iter().map(|(name, value)| (variable_name(name), value.clone())));
        let variables = self.plan.place.variables.iter();
        environment.extend(variables.map(|(name, value)| (name.clone(), value.clone())));
        for (name, value) in command.env.iter() {
            let value =
                self.known.fill(value).map_err(|fault| format!("environment variable `{name}`: {fault}"))?;
            environment.push((name.clone(), value));
        }
        let apart = |how: &Capture| matches!(how, Capture::Whole(_) | Capture::By(CaptureBy::Json(_)));
        let wants_apart = step.capture.iter().any(|(_, how)| apart(how));
        let errors = if wants_apart { ErrorStream::Apart } else { ErrorStream::Joined };
        let timeout = step.timeout.as_std();
        let arguments = argv.collect();
        Ok(Prepared { program, arguments, folder, environment, timeout, errors })
    }
}

/// The shell a script names in its first line, `#!/usr/bin/env bash` or `#!/bin/sh`. Only shells: another program is not what a
/// script is for.
fn shell_of(script: &str) -> Option<&str> {
    let line = script.lines().next()?.strip_prefix("#!")?.trim();
    let mut words = line.split_whitespace();
    let first = words.next()?.rsplit('/').next()?;
    let name = if first == "env" { words.next()? } else { first };
    (["sh", "bash", "zsh", "dash", "ksh"].contains(&name) && words.next().is_none()).then_some(name)
}

/// A command's end, in the step's words.
fn judge(step: &StepPlan, ended: &command_step::Ended) -> Tried {
    let mut said = Vec::new();
    let mut outcome = StepOutcome::Passed;
    if ended.exit.code != Some(0) {
        outcome = StepOutcome::Failed;
        said.push(ended.exit.words());
    }
    if ended.timed_out {
        outcome = StepOutcome::Failed;
        said.insert(0, format!("not done within {}", step.timeout));
    }
    if ended.leaked {
        said.push("leaked processes: something still holds its output".to_owned());
    }
    let mut captured = BTreeMap::new();
    if outcome == StepOutcome::Passed {
        match capture(&step.capture, &ended.output) {
            Ok(values) => captured = values,
            Err(why) => {
                outcome = StepOutcome::Failed;
                said.push(why);
            }
        }
    }
    if ended.aborted {
        outcome = StepOutcome::Aborted;
        said.insert(0, "aborted".to_owned());
    }
    let reason = (!said.is_empty()).then(|| said.join("; "));
    Tried { outcome, exit: ended.exit.code, signal: ended.exit.signal, reason, captured }
}

/// `run.backup.file` for a script: `GONOGO_RUN_BACKUP_FILE`.
fn variable_name(captured: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("GONOGO_{}", captured.chars().map(word).collect::<String>())
}

/// A step's id as a file name, whatever stands in it.
fn file_name(step: &StepId) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    step.as_str().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::shell_of;

    #[test]
    fn a_script_may_name_its_shell() {
        assert_eq!(shell_of("#!/usr/bin/env bash\nset -e\n"), Some("bash"));
        assert_eq!(shell_of("#!/bin/sh\n"), Some("sh"));
        for script in ["echo x", "#!/usr/bin/env python3\n", "#!/bin/bash -x\n", "# bash\n", "", "#!"] {
            assert_eq!(shell_of(script), None, "{script}");
        }
    }
}
