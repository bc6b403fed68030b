//! What the hands run and measure, filled in: no variable is left but secrets and values captured on the way.
//!
//! A run plan is written to the run folder as `spec.toml`: everything the supervisor needs to run the whole action
//! without the cockpit. Not here: building one (`plan.rs`).

use serde::{Deserialize, Serialize};

use crate::checklist::action::{ActionKind, Capture, OnFailure};
use crate::checklist::check::{Check, Eventually, Retry};
use crate::checklist::id::{ActionId, EnvironmentName, SecretName, StepId};
use crate::checklist::named::Named;
use crate::checklist::period::Period;
use crate::checklist::template::Template;
use crate::checklist::variable::SecretSource;

/// A whole action, filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// The run's id.
    pub run: String,
    /// Which action.
    pub action: ActionId,
    /// Its kind.
    pub kind: ActionKind,
    /// Its title, filled in.
    pub title: String,
    /// What a failed step does.
    pub on_failure: OnFailure,
    /// Where it works.
    pub place: Place,
    /// Its steps, in order.
    pub steps: Vec<StepPlan>,
}

/// Where commands and checks work, and with what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// The Docker address, filled in; none: as the docker program resolves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docker: Option<String>,
    /// The environment is protected: no harmless guesses at other daemons.
    #[serde(default)]
    pub protected: bool,
    /// The Compose project, filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `GONOGO_…` variables for commands.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub variables: Named<String, String>,
    /// Where secrets come from, by name: those that the plan names.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub secrets: Named<SecretName, SecretSource>,
    /// The folder of the checklist: commands run there.
    #[serde(default)]
    pub folder: String,
}

/// A step, filled in. Templates in it name only secrets and captured values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPlan {
    /// Its id.
    pub id: StepId,
    /// Its title.
    pub title: String,
    /// What it does.
    pub work: StepWork,
    /// Limit.
    pub timeout: Period,
    /// Values taken from its output.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub capture: Named<String, Capture>,
    /// What will not be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepWork {
    /// A program with its arguments.
    Run(CommandPlan),
    /// A check that must pass.
    Check(Box<CheckPlan>),
    /// Items for people, opened after the commands: nothing to run.
    Items {
        /// How many.
        count: u32,
    },
}

/// A command, filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CommandPlan {
    /// The program and its arguments; for a script `sh -eu` reads it from a file.
    pub argv: Vec<Template>,
    /// The script, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// A Compose service to run it in; none: here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Working folder, relative to the checklist's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// More environment variables.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub env: Named<String, Template>,
}

/// A check with its wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckPlan {
    /// What, filled in.
    pub check: Check,
    /// A wait with a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eventually: Option<Eventually>,
    /// Attempts inside one measurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
}

/// One measurement, filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasurePlan {
    /// What, filled in.
    pub check: Check,
    /// Attempts inside it.
    pub retry: Option<Retry>,
    /// Where and with what.
    pub place: Place,
}
