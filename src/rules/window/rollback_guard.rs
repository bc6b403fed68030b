//! The guards of an automatic rollback, after a trigger or a failed step: one pure function over plain facts. Any of them alone turns it into a question.
//!
//! They bind the program, never a person: a person's rollback meets none of them. What nobody can tell stops it too. Not
//! here: gathering the facts, what the rollback runs (`engine/window/automatic.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::indicator::FRESH_AFTER_GAP;

/// After an automatic rollback the program rests for so long, in every environment.
pub const REST: TimeDelta = TimeDelta::minutes(10);
/// How long a firing waits before it acts; any key in the rollback dialog holds it.
pub const AUTO_DELAY: TimeDelta = TimeDelta::seconds(30);
/// Measured samples the evidence needs.
pub const FRESH_MIN: u32 = FRESH_AFTER_GAP;

/// What is known of the version to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The version that the rollback goes back to.
    pub version: String,
    /// Is it the last one whose window closed HEALTHY, all stages, in this environment?
    pub last_known_good: bool,
    /// Its image: what ran there before the deploy.
    pub image: TargetImage,
}

/// What is known of the image to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetImage {
    /// The daemon is being asked, while the delay runs.
    Looking,
    /// The daemon has it, by its digest.
    Present,
    /// The daemon has it no longer.
    Missing,
    /// Nobody knows what ran there before, or the daemon did not say.
    Unknown,
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// By a trigger. A sample from before the opening, an error of ours or a gap never makes a trigger fire (`watch.rs`),
    /// so nothing here asks for that again.
    Trigger {
        /// Measured and bad samples in a row at the newest end, since the last gap.
        fresh_samples: u32,
        /// Does the trigger still hold, now that the delay is over?
        still_holds: bool,
    },
    /// By a step of the deploy.
    Step {
        /// A program or check that said no; one that could not run or measure proves nothing.
        measured: bool,
        /// Does that try still wait for a decision, now that the delay is over?
        still_failed: bool,
    },
}

/// Everything the guards look at.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact that a guard asks for")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackFacts {
    /// Now.
    pub at: DateTime<Utc>,
    /// The environment says `auto_rollback = true`.
    pub environment_allows: bool,
    /// Is the run that opened the window a rollback itself?
    pub after_rollback: bool,
    /// Was this deploy rolled back by the program before?
    pub automatic_before: bool,
    /// When the last automatic rollback of this release began.
    pub last_automatic: Option<DateTime<Utc>>,
    /// Where to; none: the deploy names no rollback.
    pub target: Option<Target>,
    /// What was seen.
    pub evidence: Evidence,
    /// Does the environment still run the images that ran when the window opened? None: nobody could look.
    pub runs_deployed: Option<bool>,
    /// The run that is active now or about to start, if any.
    pub active_run: Option<String>,
    /// A step of the deploy that was done and cannot be undone, if any: what stays.
    pub irreversible: Option<String>,
    /// Who holds the release, if anybody.
    pub held_by: Option<String>,
    /// Can the record be written?
    pub record_writable: bool,
    /// Does this process hold the lease?
    pub holds_lease: bool,
    /// Is the content trusted?
    pub trusted: bool,
}

/// May the program roll back by itself? Errors: why not, each guard that failed, in words. Then it asks.
pub fn may_roll_back(facts: &RollbackFacts) -> Result<(), Vec<String>> {
    let mut why: Vec<String> = Vec::new();
    let mut guard = |holds: bool, reason: &str| {
        if !holds {
            why.push(reason.to_owned());
        }
    };
    guard(facts.environment_allows, "the environment does not allow it (auto_rollback)");
    guard(!facts.after_rollback, "a rollback is not rolled back");
    guard(!facts.automatic_before, "this deploy was rolled back by itself already");
    let rested = facts.last_automatic.is_none_or(|last| facts.at.signed_duration_since(last) >= REST);
    guard(rested, "it rolled back by itself less than 10 min ago");
    match facts.evidence {
        Evidence::Trigger { fresh_samples, still_holds } => {
            guard(still_holds, "it fires no longer");
            guard(fresh_samples >= FRESH_MIN, "fewer than 3 fresh bad samples in a row");
        }
        Evidence::Step { measured, still_failed } => {
            guard(still_failed, "somebody has decided about it");
            guard(measured, "the step could not run or measure, which proves nothing");
        }
    }
    match facts.runs_deployed {
        Some(true) => {}
        Some(false) => guard(false, "other images run there than were deployed"),
        None => guard(false, "nobody can tell whether what was deployed still runs there"),
    }
    if let Some(run) = &facts.active_run {
        guard(false, &format!("{run} is running"));
    }
    if let Some(stays) = &facts.irreversible {
        guard(false, &format!("a step was irreversible: {stays}"));
    }
    if let Some(who) = &facts.held_by {
        guard(false, &format!("{who} holds the release"));
    }
    guard(facts.record_writable, "the record cannot be written");
    guard(facts.holds_lease, "another process samples");
    guard(facts.trusted, "the content is not trusted");
    match &facts.target {
        None => guard(false, "the deploy names no rollback"),
        Some(target) => {
            let version = &target.version;
            let unproven = format!("{version} is unproven: none of its windows closed HEALTHY here");
            guard(target.last_known_good, &unproven);
            match target.image {
                TargetImage::Looking | TargetImage::Present => {}
                TargetImage::Missing => guard(false, &format!("the image of {version} is there no longer")),
                TargetImage::Unknown => {
                    guard(false, &format!("nobody can tell whether the image of {version} is still there"));
                }
            }
        }
    }
    if why.is_empty() { Ok(()) } else { Err(why) }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Evidence, REST, RollbackFacts, Target, TargetImage, may_roll_back};

    fn allowed() -> RollbackFacts {
        RollbackFacts {
            at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(1),
            environment_allows: true,
            after_rollback: false,
            automatic_before: false,
            last_automatic: None,
            target: Some(Target {
                version: "2.3.0".to_owned(),
                last_known_good: true,
                image: TargetImage::Present,
            }),
            evidence: Evidence::Trigger { fresh_samples: 3, still_holds: true },
            runs_deployed: Some(true),
            active_run: None,
            irreversible: None,
            held_by: None,
            record_writable: true,
            holds_lease: true,
            trusted: true,
        }
    }

    fn seen(fresh_samples: u32, still_holds: bool) -> Evidence {
        Evidence::Trigger { fresh_samples, still_holds }
    }

    fn failed(measured: bool, still_failed: bool) -> Evidence {
        Evidence::Step { measured, still_failed }
    }

    fn image(facts: &mut RollbackFacts, image: TargetImage) {
        facts.target.as_mut().unwrap().image = image;
    }

    #[test]
    fn each_guard_alone_stops_it_and_says_why() {
        type Spoil = fn(&mut RollbackFacts);
        assert_eq!(may_roll_back(&allowed()), Ok(()));
        let guards: [(Spoil, &str); 20] = [
            (|facts| facts.environment_allows = false, "auto_rollback"),
            (|facts| facts.after_rollback = true, "a rollback is not rolled back"),
            (|facts| facts.automatic_before = true, "already"),
            (|facts| facts.last_automatic = Some(facts.at - REST + TimeDelta::seconds(1)), "10 min"),
            (|facts| facts.last_automatic = Some(facts.at), "10 min"),
            (|facts| facts.target = None, "names no rollback"),
            (|facts| facts.target.as_mut().unwrap().last_known_good = false, "2.3.0 is unproven"),
            (|facts| image(facts, TargetImage::Missing), "the image of 2.3.0 is there no longer"),
            (|facts| image(facts, TargetImage::Unknown), "whether the image of 2.3.0"),
            (|facts| facts.evidence = seen(2, true), "fewer than 3"),
            (|facts| facts.evidence = seen(3, false), "fires no longer"),
            (|facts| facts.evidence = failed(false, true), "proves nothing"),
            (|facts| facts.evidence = failed(true, false), "somebody has decided"),
            (|facts| facts.runs_deployed = Some(false), "other images"),
            (|facts| facts.runs_deployed = None, "nobody can tell"),
            (|facts| facts.active_run = Some("deploy".to_owned()), "deploy is running"),
            (|facts| facts.irreversible = Some("the schema stays".to_owned()), "the schema stays"),
            (|facts| facts.held_by = Some("ann".to_owned()), "ann holds the release"),
            (|facts| facts.record_writable = false, "record cannot be written"),
            (|facts| facts.holds_lease = false, "another process"),
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
        assert!(may_roll_back(&RollbackFacts { trusted: false, ..allowed() }).is_err());
        assert_eq!(may_roll_back(&RollbackFacts { evidence: failed(true, true), ..allowed() }), Ok(()));
    }

    #[test]
    fn every_guard_that_failed_is_told() {
        let mut facts = allowed();
        facts.holds_lease = false;
        facts.target = None;
        facts.evidence = seen(0, true);
        assert_eq!(may_roll_back(&facts).map_err(|why| why.len()), Err(3));
    }
}
