//! What can be typed behind `gonogo deploy`, `rollback` and `run`.
//!
//! Not here: what they do (`act.rs`).

use clap::Args;

/// How an action is started.
#[derive(Clone, Debug, Default, Args)]
pub struct Start {
    /// The environment, if the checklist leaves a choice.
    #[arg(long)]
    pub env: Option<String>,
    /// The environment's name, where it is protected or the record is broken.
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Trust exactly this content and roll back: where nobody has trusted it on this machine.
    #[arg(long, value_name = "DIGEST")]
    pub trust: Option<String>,
    /// Which action, if there are several of this kind.
    #[arg(long)]
    pub action: Option<String>,
    /// Start it and leave; `gonogo attach` follows.
    #[arg(long)]
    pub detach: bool,
}
