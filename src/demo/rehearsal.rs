//! Which rehearsal is played: its seed, its speed, its scenario, and what follows for the services.
//!
//! Pure. Not here: the processes (`service/`, `world/`), the checklist (`checklist.rs`).

use std::fmt;
use std::time::Duration;

use super::dice::Dice;
use super::service::role::Role;

/// The fastest rehearsal: beyond it the window has too few samples to prove anything.
pub const SPEED_MAX: u32 = 10;
/// The version that runs when the rehearsal begins, in both environments.
pub const OLD_VERSION: &str = "1.4.2";
/// The version that is released.
pub const NEW_VERSION: &str = "1.5.0";
/// The two environments, in the order a release goes through them.
pub const ENVIRONMENTS: [&str; 2] = ["stage", "production"];

/// Soonest and latest moment at which the new version falls sick, from its start.
const SICK_AFTER_MS: (u64, u64) = (24_000, 32_000);

/// What happens to the new version in production.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scenario {
    /// Nothing.
    Good,
    /// It starts well and begins to fail after a while.
    #[default]
    Regression,
    /// It ends as soon as it has started.
    CrashLoop,
    /// It answers right, and too late.
    Slow,
}

/// One rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// The same seed, the same rehearsal.
    pub seed: u64,
    /// All lengths of time are divided by this; 1 to [`SPEED_MAX`].
    pub speed: u32,
    /// What happens.
    pub scenario: Scenario,
}

/// What is wrong with one service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It ends as soon as it has started.
    Crash,
    /// It answers late.
    Slow,
    /// It answers 503 from this long after its start.
    SickAfter(Duration),
}

impl Scenario {
    /// As it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Regression => "regression",
            Self::CrashLoop => "crash-loop",
            Self::Slow => "slow",
        }
    }
}

impl Rehearsal {
    /// A length of time as it is at speed 1, at this speed.
    pub fn lasts(&self, at_speed_one: Duration) -> Duration {
        at_speed_one / self.speed.clamp(1, SPEED_MAX)
    }

    /// What is wrong with this version of a service there. Only the new `api` in production ever fails: what stage
    /// can find was found.
    pub fn fault(&self, environment: &str, role: Role, version: &str) -> Fault {
        if (environment, role, version) != ("production", Role::Api, NEW_VERSION) {
            return Fault::None;
        }
        match self.scenario {
            Scenario::Good => Fault::None,
            Scenario::CrashLoop => Fault::Crash,
            Scenario::Slow => Fault::Slow,
            Scenario::Regression => {
                let (soonest, latest) = SICK_AFTER_MS;
                let after = soonest + Dice::new(self.seed).below(latest - soonest);
                Fault::SickAfter(self.lasts(Duration::from_millis(after)))
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Crash => f.write_str("crash"),
            Self::Slow => f.write_str("slow"),
            Self::SickAfter(after) => write!(f, "sick:{}", after.as_millis()),
        }
    }
}

impl Fault {
    /// Reads what [`fmt::Display`] writes. Errors: another word.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "crash" => Ok(Self::Crash),
            "slow" => Ok(Self::Slow),
            _ => text
                .strip_prefix("sick:")
                .and_then(|ms| ms.parse().ok())
                .map(|ms| Self::SickAfter(Duration::from_millis(ms)))
                .ok_or_else(|| format!("`{text}` is no fault: none, crash, slow, sick:MILLISECONDS")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGRESSION: Rehearsal = Rehearsal { seed: 1, speed: 1, scenario: Scenario::Regression };

    #[test]
    fn only_the_new_api_in_production_fails_and_the_seed_says_when() {
        for (environment, role, version) in [
            ("stage", Role::Api, NEW_VERSION),
            ("production", Role::Web, NEW_VERSION),
            ("production", Role::Api, OLD_VERSION),
        ] {
            assert_eq!(REGRESSION.fault(environment, role, version), Fault::None, "{environment} {role}");
        }
        let when = |seed| Rehearsal { seed, ..REGRESSION }.fault("production", Role::Api, NEW_VERSION);
        assert_eq!(when(7), when(7));
        let all: Vec<Fault> = (0..20).map(when).collect();
        assert!(all.iter().any(|other| *other != all[0]), "{all:?}");
        for fault in all {
            let Fault::SickAfter(after) = fault else { panic!("{fault:?}") };
            assert!((24_000..32_000).contains(&after.as_millis()), "{after:?}");
        }
    }

    #[test]
    fn the_speed_divides_the_time_until_it_fails() {
        let slow = REGRESSION.fault("production", Role::Api, NEW_VERSION);
        let fast = Rehearsal { speed: 4, ..REGRESSION }.fault("production", Role::Api, NEW_VERSION);
        let (Fault::SickAfter(slow), Fault::SickAfter(fast)) = (slow, fast) else {
            panic!("{slow:?} {fast:?}")
        };
        assert_eq!(slow / 4, fast);
    }

    #[test]
    fn a_fault_is_read_as_it_is_written() {
        for fault in [Fault::None, Fault::Crash, Fault::Slow, Fault::SickAfter(Duration::from_millis(6_250))]
        {
            assert_eq!(Fault::parse(&fault.to_string()), Ok(fault));
        }
        assert!(Fault::parse("sick").is_err() && Fault::parse("sick:-1").is_err());
    }
}
