//! The guards of an automatic rollback: one pure function over plain facts. Any of them alone turns it into a question.
//!
//! They bind the program, never a person: a person's rollback meets none of them. Not here: whether the trigger and the
//! environment ask for it at all beyond the two flags, what the rollback runs (`engine`).

use chrono::{DateTime, TimeDelta, Utc};

use super::indicator::FRESH_AFTER_GAP;

/// After an automatic rollback the program rests for so long in that environment.
pub const REST: TimeDelta = TimeDelta::minutes(10);
/// How long a firing waits before it acts, unless told otherwise; any key holds it.
pub const AUTO_DELAY: TimeDelta = TimeDelta::seconds(30);
/// Measured samples the evidence needs.
pub const FRESH_MIN: u32 = FRESH_AFTER_GAP;

/// What is known of the version to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The version.
    pub version: String,
    /// Is it the last one whose window closed HEALTHY, all stages, in this environment?
    pub last_known_good: bool,
    /// Is its image there, by digest? None: nobody could look.
    pub image_present: Option<bool>,
    /// Is it the previous version embedded in the rollback?
    pub embedded: bool,
}

/// What the trigger saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Is it measured failure, and not an error of ours, no data, a gap or being offline?
    pub measured_failure: bool,
    /// Measured samples since the last gap.
    pub fresh_samples: u32,
    /// Does the trigger still hold, now that the delay is over?
    pub still_holds: bool,
    /// Are all its samples scheduled after the opening, and from containers of this deploy?
    pub of_this_deploy: bool,
}

/// Everything the guards look at.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact that a guard asks for")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackFacts {
    /// Now.
    pub at: DateTime<Utc>,
    /// The trigger says `action = "rollback"` (or the action `on_failure = "rollback"`).
    pub trigger_asks: bool,
    /// The environment says `auto_rollback = true`.
    pub environment_allows: bool,
    /// Is the run that opened the window a rollback itself?
    pub after_rollback: bool,
    /// Automatic rollbacks of this deploy so far.
    pub automatic_before: u32,
    /// When the last automatic rollback in this environment ended.
    pub last_automatic: Option<DateTime<Utc>>,
    /// Where to; none: no rollback is embedded.
    pub target: Option<Target>,
    /// What was seen.
    pub evidence: Evidence,
    /// Does the environment still run the deployed digest, looked up just now? None: nobody could look.
    pub runs_deployed: Option<bool>,
    /// The run that is active now, if any.
    pub active_run: Option<String>,
    /// A step of the deploy that was done and cannot be undone, if any: what stays.
    pub irreversible: Option<String>,
    /// Can the record be written?
    pub record_writable: bool,
    /// Does this process hold the lease?
    pub holds_lease: bool,
}

/// May the program roll back by itself? Errors: why not, each guard that failed, in words. Then it asks.
pub fn may_roll_back(facts: &RollbackFacts) -> Result<(), Vec<String>> {
    let mut why: Vec<String> = Vec::new();
    let mut guard = |holds: bool, reason: &str| {
        if !holds {
            why.push(reason.to_owned());
        }
    };
    guard(facts.trigger_asks, "the trigger does not roll back by itself");
    guard(facts.environment_allows, "the environment has no auto_rollback = true");
    guard(!facts.after_rollback, "a rollback is never rolled back automatically");
    guard(facts.automatic_before == 0, "this deploy was rolled back automatically once already");
    let rested = facts.last_automatic.is_none_or(|last| facts.at.signed_duration_since(last) >= REST);
    guard(rested, "the last automatic rollback here is not 10 minutes old");
    let seen = facts.evidence;
    guard(seen.measured_failure, "the evidence is no measured failure");
    guard(seen.fresh_samples >= FRESH_MIN, "fewer than 3 fresh samples");
    guard(seen.still_holds, "the trigger does not hold any more");
    guard(seen.of_this_deploy, "the failures are not of this deploy");
    guard(facts.record_writable, "the record cannot be written");
    guard(facts.holds_lease, "another process watches this session");
    match facts.runs_deployed {
        Some(true) => {}
        Some(false) => guard(false, "the environment does not run what was deployed"),
        None => guard(false, "nobody could look what the environment runs"),
    }
    if let Some(run) = &facts.active_run {
        guard(false, &format!("run {run} is active"));
    }
    if let Some(stays) = &facts.irreversible {
        guard(false, &format!("a step that was done cannot be undone: {stays}"));
    }
    why.extend(target_reason(facts.target.as_ref()));
    if why.is_empty() { Ok(()) } else { Err(why) }
}

fn target_reason(target: Option<&Target>) -> Option<String> {
    let Some(target) = target else { return Some("the deploy has no rollback".to_owned()) };
    let version = &target.version;
    if !target.embedded {
        Some(format!("{version} is not the previous version of the embedded rollback"))
    } else if !target.last_known_good {
        Some(format!("{version} is unproven: its window never closed HEALTHY here"))
    } else {
        match target.image_present {
            Some(true) => None,
            Some(false) => Some(format!("the image of {version} is not there")),
            None => Some(format!("nobody could look for the image of {version}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Evidence, REST, RollbackFacts, Target, may_roll_back};

    fn allowed() -> RollbackFacts {
        RollbackFacts {
            at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(1),
            trigger_asks: true,
            environment_allows: true,
            after_rollback: false,
            automatic_before: 0,
            last_automatic: None,
            target: Some(Target {
                version: "2.3.0".to_owned(),
                last_known_good: true,
                image_present: Some(true),
                embedded: true,
            }),
            evidence: Evidence {
                measured_failure: true,
                fresh_samples: 3,
                still_holds: true,
                of_this_deploy: true,
            },
            runs_deployed: Some(true),
            active_run: None,
            irreversible: None,
            record_writable: true,
            holds_lease: true,
        }
    }

    #[test]
    fn each_guard_alone_stops_it_and_says_why() {
        type Spoil = fn(&mut RollbackFacts);
        assert_eq!(may_roll_back(&allowed()), Ok(()));
        let guards: [(Spoil, &str); 21] = [
            (|facts| facts.trigger_asks = false, "does not roll back by itself"),
            (|facts| facts.environment_allows = false, "auto_rollback"),
            (|facts| facts.after_rollback = true, "never rolled back"),
            (|facts| facts.automatic_before = 1, "once already"),
            (|facts| facts.last_automatic = Some(facts.at - REST + TimeDelta::seconds(1)), "10 minutes"),
            (|facts| facts.target = None, "no rollback"),
            (|facts| facts.target.as_mut().unwrap().last_known_good = false, "unproven"),
            (
                |facts| facts.target.as_mut().unwrap().image_present = Some(false),
                "image of 2.3.0 is not there",
            ),
            (|facts| facts.target.as_mut().unwrap().image_present = None, "nobody could look for the image"),
            (|facts| facts.target.as_mut().unwrap().embedded = false, "embedded rollback"),
            (|facts| facts.evidence.measured_failure = false, "no measured failure"),
            (|facts| facts.evidence.fresh_samples = 2, "fewer than 3"),
            (|facts| facts.evidence.still_holds = false, "any more"),
            (|facts| facts.evidence.of_this_deploy = false, "not of this deploy"),
            (|facts| facts.runs_deployed = Some(false), "does not run what was deployed"),
            (|facts| facts.runs_deployed = None, "nobody could look what"),
            (|facts| facts.active_run = Some("r2".to_owned()), "run r2 is active"),
            (|facts| facts.irreversible = Some("the schema stays".to_owned()), "the schema stays"),
            (|facts| facts.record_writable = false, "record cannot be written"),
            (|facts| facts.holds_lease = false, "another process"),
            (|facts| facts.last_automatic = Some(facts.at), "10 minutes"),
        ];
        for (spoil, words) in guards {
            let mut facts = allowed();
            spoil(&mut facts);
            let why = may_roll_back(&facts).expect_err(words);
            assert!(why.len() == 1 && why[0].contains(words), "{words}: {why:?}");
        }
        let mut rested = allowed();
        rested.last_automatic = Some(rested.at - REST);
        assert_eq!(may_roll_back(&rested), Ok(()));
    }

    #[test]
    fn every_guard_that_failed_is_told() {
        let mut facts = allowed();
        facts.holds_lease = false;
        facts.target = None;
        facts.evidence.fresh_samples = 0;
        assert_eq!(may_roll_back(&facts).map_err(|why| why.len()), Err(3));
    }
}
