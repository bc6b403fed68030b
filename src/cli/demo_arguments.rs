//! What can be typed behind `gonogo demo` and its hidden processes.
//!
//! Not here: what they do (`demo.rs`, `demo/`).

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::demo::caretaker::Around;
use crate::demo::rehearsal::{Fault, Rehearsal, SPEED_MAX, Scenario};
use crate::demo::service::answers::ServiceSpec;
use crate::demo::service::ask::Address;
use crate::demo::service::role::Role;
use crate::demo::world::control::Question;
use crate::demo::world::release::Part;

/// What can be typed behind `gonogo demo`.
#[derive(Clone, Debug, Default, Args)]
pub struct DemoArguments {
    /// Which rehearsal.
    #[command(flatten)]
    pub wish: DemoWish,
    /// Keep the record in this folder; everything else is removed when you leave.
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
}

/// Which rehearsal.
#[derive(Clone, Copy, Debug, Args)]
pub struct DemoWish {
    /// The same seed gives the same rehearsal.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// So many times faster: 1 to 10.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(SPEED_MAX)))]
    pub speed: u32,
    /// What happens to the new version in production.
    #[arg(long, value_name = "WHAT", default_value = "regression")]
    pub scenario: ScenarioWord,
}

/// What happens to the new version in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScenarioWord {
    /// Nothing: all goes well.
    Good,
    /// It starts well and fails half a minute later.
    Regression,
    /// It ends as soon as it has started.
    CrashLoop,
    /// It answers right, and too late.
    Slow,
}

impl Default for DemoWish {
    fn default() -> Self {
        Self { seed: 1, speed: 1, scenario: ScenarioWord::Regression }
    }
}

impl DemoWish {
    /// As the rehearsal it asks for.
    pub fn rehearsal(self) -> Rehearsal {
        let scenario = match self.scenario {
            ScenarioWord::Good => Scenario::Good,
            ScenarioWord::Regression => Scenario::Regression,
            ScenarioWord::CrashLoop => Scenario::CrashLoop,
            ScenarioWord::Slow => Scenario::Slow,
        };
        Rehearsal { seed: self.seed, speed: self.speed, scenario }
    }
}

/// The hidden processes of a rehearsal.
#[derive(Clone, Debug, Subcommand)]
pub enum Behind {
    /// Clean up after it (started by gonogo itself).
    #[command(hide = true)]
    DemoCaretaker(Inside),
    /// Run its services (started by gonogo itself).
    #[command(hide = true)]
    DemoWorld(Inside),
    /// Be one of them (started by gonogo itself).
    #[command(hide = true)]
    DemoService(ServiceArguments),
    /// Do a step of its deploy (run by its checklist).
    #[command(hide = true)]
    DemoDeploy(DeployArguments),
}

/// A hidden process in a rehearsal's folder.
#[derive(Clone, Debug, Args)]
pub struct Inside {
    /// The folder.
    pub folder: PathBuf,
    /// The cockpit's process.
    #[arg(long)]
    pub cockpit: u32,
    /// Which rehearsal.
    #[command(flatten)]
    pub wish: DemoWish,
}

impl Inside {
    /// What such a process needs to know.
    pub fn around(self, program: PathBuf) -> Around {
        Around { program, folder: self.folder, cockpit: self.cockpit, rehearsal: self.wish.rehearsal() }
    }
}

/// A service process.
#[derive(Clone, Debug, Args)]
pub struct ServiceArguments {
    /// db, api, worker, web.
    #[arg(value_parser = Role::parse)]
    pub role: Role,
    /// Its environment.
    #[arg(long)]
    pub environment: String,
    /// Its version.
    #[arg(long)]
    pub version: String,
    /// Where it listens; 0: where the system likes.
    #[arg(long)]
    pub port: u16,
    /// Whom it asks.
    #[arg(long)]
    pub needed: Option<Address>,
    /// Of its routine.
    #[arg(long)]
    pub seed: u64,
    /// Divides its times.
    #[arg(long)]
    pub speed: u32,
    /// What is wrong with it.
    #[arg(long, value_parser = Fault::parse)]
    pub fault: Fault,
    /// It does not take its time to boot.
    #[arg(long)]
    pub warm: bool,
}

impl ServiceArguments {
    /// As a service.
    pub fn spec(self) -> ServiceSpec {
        ServiceSpec {
            role: self.role,
            environment: self.environment,
            version: self.version,
            port: self.port,
            needed: self.needed,
            seed: self.seed,
            speed: self.speed,
            fault: self.fault,
            warm: self.warm,
        }
    }
}

/// A step of the rehearsal's deploy.
#[derive(Clone, Debug, Args)]
pub struct DeployArguments {
    /// pull, migrate, replace, smoke.
    #[arg(value_parser = Part::parse)]
    pub part: Part,
    /// Where.
    #[arg(long)]
    pub environment: String,
    /// To which version.
    #[arg(long)]
    pub version: String,
}

impl DeployArguments {
    /// As the world is asked.
    pub fn question(self) -> Question {
        Question { part: self.part, environment: self.environment, version: self.version }
    }
}
