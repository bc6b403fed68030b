//! Starting actions. Forward: only through the gate, with the record on disk first. Backward: blocked by nothing.
//!
//! Not here: what a run reports (`runs.rs`), aborting (`steps.rs`).

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::brain::Engine;
use super::command::Command;
use super::effect::{Effect, Urgency};
use super::input::{NoticeLevel, RecordState};
use super::offer::{Offer, TypedName};
use super::pending::{Origin, Then};
use super::plan::run_plan;
use super::planned::fitted;
use super::refusal::Refusal;
use super::run_plan::RunPlan;
use super::runs::LiveRun;
use super::storage::Append;
use super::trust::TrustState;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::rules::gate_seen::GateSeen;
use crate::rules::guard::{Guard, Held};
use crate::rules::observed::local_environment;
use crate::session::event::{ContainerSeen, ContainersSeen, Event, RunRequested};
use crate::session::recorded::Author;
use crate::session::status::AbortRung;
use crate::session::ulid::Ulid;

/// What a person wants to run, where, and the name they typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunWish {
    pub(super) action: ActionId,
    pub(super) environment: Option<EnvironmentName>,
    pub(super) typed: Option<String>,
}

impl Engine {
    pub(super) fn start(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        fingerprint: &str,
        wish: RunWish,
    ) -> Result<Vec<Effect>, Refusal> {
        let offer = self.offered(at, &author, &wish)?;
        if !offer.kind.is_forward() {
            return self.roll_back(at, author, wish);
        }
        self.recordable()?;
        if !self.trust.is_trusted() {
            return Err(Refusal::untrusted("nothing runs"));
        }
        if let Some(first) = offer.blockers.first() {
            let more = match offer.blockers.len() - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            return Err(Refusal {
                text: format!("{} may not start: {}{more}", offer.title, first.text),
                blockers: offer.blockers.clone(),
                ..Refusal::gate("")
            });
        }
        check_typed(&offer, wish.typed.as_deref())?;
        if offer.fingerprint.hash != fingerprint {
            return Err(Refusal::gate("what would run has changed since it was shown: look again"));
        }
        if self.pending.requests_run() {
            return Err(Refusal::gate("a run is being started already"));
        }
        self.check_rollback(at, &offer)?;
        let held = if self.session.hold.is_some() { Held::Yes } else { Held::No };
        let guard = Guard::All(vec![
            Guard::Open,
            Guard::NoActiveRun { environment: offer.environment.clone() },
            Guard::DecisionsAre { count: self.session.decisions_made(), held },
            Guard::GateOpen(Box::new(self.gate_seen(at, &author, &offer))),
        ]);
        self.request_run(at, author, &offer, guard)
    }

    /// What the gate was judged by, for a second look under the lock.
    fn gate_seen(&self, at: DateTime<Utc>, author: &Author, offer: &Offer) -> GateSeen {
        GateSeen {
            checklist: self.checklist.clone(),
            checklist_digest: self.checklist_digest.clone(),
            observed: self.observed.clone(),
            at,
            person: author.by.clone(),
            action: offer.action.clone(),
            environment: offer.environment.clone(),
            fingerprint: offer.fingerprint.hash.clone(),
        }
    }

    fn offered(&self, at: DateTime<Utc>, author: &Author, wish: &RunWish) -> Result<Offer, Refusal> {
        self.offer_to(at, &author.by, &wish.action, wish.environment.as_ref())
            .ok_or_else(|| Refusal::usage(format!("the checklist has no action `{}`", wish.action)))
    }

    /// A deploy starts only if what rolls it back can be resolved too: trust and names are settled before the emergency.
    fn check_rollback(&self, at: DateTime<Utc>, offer: &Offer) -> Result<(), Refusal> {
        let Some(rollback) = &offer.rollback else { return Ok(()) };
        let cannot =
            |fault: String| Refusal::gate(format!("its rollback `{rollback}` could not run: {fault}"));
        let back = self
            .offer(at, rollback, offer.environment.as_ref())
            .ok_or_else(|| cannot("the checklist has no such action".to_owned()))?;
        let (_plan, requested) = self.request(at, &back, offer.fingerprint.hash.clone()).map_err(cannot)?;
        fitted(&requested).map(|_fits| ()).map_err(|(_, fault)| cannot(fault))
    }

    pub(super) fn roll_back(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        wish: RunWish,
    ) -> Result<Vec<Effect>, Refusal> {
        let offer = self.offered(at, &author, &wish)?;
        // What could not be saved while the question was open does not refuse its answer: the record is tried first.
        if self.record != RecordState::Writable || self.rollback_unwritten {
            check_typed(&offer, wish.typed.as_deref())?;
        }
        let place = offer.environment.as_ref().map(EnvironmentName::as_str);
        // Without an environment there is no name to type: the confirmation is all there is.
        self.named_rollback = place.is_none() || wish.typed.as_deref() == place;
        self.roll_back_confirmed(at, author, &offer, wish)
    }

    /// A run has ended or is lost, and a rollback waited for it. It was confirmed then: nothing is asked again.
    pub(super) fn roll_back_waiting(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let next = self.live_runs.get_mut(run).and_then(|live| live.then_roll_back.take());
        let Some((author, Command::RollBack { action, environment, typed })) = next else {
            return Vec::new();
        };
        self.named_rollback = true;
        let wish = RunWish { action, environment, typed };
        let offer = self.offered(at, &author, &wish);
        let started = offer.and_then(|offer| self.roll_back_confirmed(at, author, &offer, wish));
        started.unwrap_or_else(|refusal| self.refuse(at, refusal))
    }

    /// Rollbacks that wait for a run whose end another cockpit recorded.
    pub(super) fn roll_back_due(&mut self, at: DateTime<Utc>) -> Vec<Effect> {
        let waits = |run: &str| self.live_runs.get(run).is_some_and(|live| live.then_roll_back.is_some());
        let ended = self.session.runs.iter().filter(|run| !run.is_active() && waits(run.id()));
        let due: Vec<String> = ended.map(|run| run.id().to_owned()).collect();
        due.iter().flat_map(|run| self.roll_back_waiting(at, run)).collect()
    }

    /// Another cockpit started a run first: the rollback looks at it, aborts it, and starts after it. Never refused.
    pub(super) fn roll_back_again(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        plan: &RunPlan,
    ) -> Vec<Effect> {
        let (action, environment) = (plan.action.clone(), plan.place.environment.clone());
        let wish = RunWish { action, environment, typed: None };
        let offer = self.offered(at, &author, &wish);
        let started = offer.and_then(|offer| self.roll_back_confirmed(at, author, &offer, wish));
        started.unwrap_or_else(|refusal| self.refuse(at, refusal))
    }

    fn roll_back_confirmed(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        offer: &Offer,
        wish: RunWish,
    ) -> Result<Vec<Effect>, Refusal> {
        if self.pending.starts(&offer.action, offer.environment.as_ref()) {
            self.notice(at, NoticeLevel::Info, format!("{} is being started already", offer.title));
            return Ok(Vec::new());
        }
        let mut effects = Vec::new();
        // The one dialog is also the trust prompt: what it showed is trusted by confirming.
        if let TrustState::Untrusted { digest, .. } = &self.trust {
            effects.push(Effect::StoreTrust { digest: digest.clone() });
        }
        // A deploy on its way to the disk does not start any more.
        self.pending.abandon_starts(offer.environment.as_ref());
        if let Some(run) = self.in_the_way(offer.environment.as_ref()) {
            if !self.live_runs.contains_key(&run) {
                effects.push(Effect::AdoptRun { run: run.clone() });
            }
            let RunWish { action, environment, typed } = wish;
            let live = self.live_runs.entry(run.clone()).or_default();
            live.then_roll_back = Some((author.clone(), Command::RollBack { action, environment, typed }));
            self.notice(at, NoticeLevel::Warning, "the running action is aborted, then the rollback starts");
            effects.extend(self.ask_abort(at, author, &run, AbortRung::Terminate));
        } else if self.recordable().is_ok() && (self.unwritten.is_none() || !self.named_rollback) {
            let recorded = self.session.runs.iter().map(|run| run.id().to_owned());
            let runs = recorded.chain(self.pending.requested_runs()).collect();
            effects.extend(self.request_run(at, author, offer, Guard::RunsKnown { runs })?);
        } else {
            effects.extend(self.request_unrecorded(at, author, offer)?);
        }
        Ok(effects)
    }

    /// An active run that may still change things. One that is over or lost cannot end: it never holds a rollback up.
    fn in_the_way(&self, environment: Option<&EnvironmentName>) -> Option<String> {
        let mut active = self
            .session
            .runs
            .iter()
            .filter(|run| run.is_active() && run.requested.environment.as_ref() == environment);
        active
            .find(|run| self.live_runs.get(run.id()).is_none_or(LiveRun::goes_on))
            .map(|run| run.id().to_owned())
    }

    fn request_run(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        offer: &Offer,
        guard: Guard,
    ) -> Result<Vec<Effect>, Refusal> {
        let (plan, events) = self.prepare(at, offer)?;
        let urgency = if offer.kind.is_forward() { Urgency::Normal } else { Urgency::Backward };
        let then = Then::Start(Box::new(plan));
        Ok(vec![self.append(at, Append { author, events, guard, then, origin: Origin::Person, urgency })])
    }

    /// The record is broken: the request goes to the fallback journal, and the run starts from there.
    fn request_unrecorded(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        offer: &Offer,
    ) -> Result<Vec<Effect>, Refusal> {
        let (plan, events) = self.prepare(at, offer)?;
        self.live_runs.entry(plan.run.clone()).or_default().unrecorded = true;
        let then = Then::Start(Box::new(plan));
        let (guard, urgency) = (Guard::Nothing, Urgency::Backward);
        Ok(vec![self.journal(at, Append { author, events, guard, then, origin: Origin::Person, urgency })])
    }

    fn prepare(&mut self, at: DateTime<Utc>, offer: &Offer) -> Result<(RunPlan, Vec<Event>), Refusal> {
        let run = self.new_run_id(at);
        let cannot = |fault: String| Refusal::gate(format!("{} cannot run: {fault}", offer.title));
        let (plan, requested) = self.request(at, offer, run.clone()).map_err(cannot)?;
        let requested = match fitted(&requested) {
            Ok(requested) => requested,
            Err((_, fault)) if offer.kind.is_forward() => return Err(cannot(fault)),
            // It fits nowhere, and is not refused for that.
            Err((requested, _)) => *requested,
        };
        let mut events: Vec<Event> =
            self.containers_now(offer.environment.as_ref(), Some(&run)).into_iter().collect();
        events.push(Event::RunRequested(requested));
        Ok((plan, events))
    }

    /// What would run and what the record would say of it. Errors: a name without a value.
    fn request(
        &self,
        at: DateTime<Utc>,
        offer: &Offer,
        run: String,
    ) -> Result<(RunPlan, RunRequested), String> {
        let facts = self.facts(at);
        let plan = run_plan(&facts, run.clone(), &offer.action, offer.environment.as_ref(), &self.folder)?;
        let gate = crate::rules::gate::gate(&facts, &offer.action, offer.environment.as_ref());
        let requested = RunRequested {
            run,
            action: offer.action.clone(),
            kind: offer.kind,
            item: gate.and_then(|gate| gate.item).map(|found| found.item.id.clone()),
            environment: offer.environment.clone(),
            version: offer.to_version.clone(),
            fingerprint: offer.fingerprint.hash.clone(),
            verdict: self.verdict(at).word.word().to_owned(),
            trusted: match &self.trust {
                TrustState::Untrusted { digest, .. } => Some(digest.clone()),
                TrustState::Unknown | TrustState::Trusted { .. } => None,
            },
            steps: offer.steps.clone(),
        };
        Ok((plan, requested))
    }

    /// How the containers are, for comparison afterwards; none: nobody knows.
    pub(super) fn containers_now(
        &self,
        environment: Option<&EnvironmentName>,
        run: Option<&str>,
    ) -> Option<Event> {
        let environment = environment.cloned().unwrap_or_else(local_environment);
        let source = self.observed.sources.get(&environment)?;
        if !source.is_live() {
            return None;
        }
        let seen = source
            .containers
            .iter()
            .filter(|container| container.gone.is_none() && container.project.is_some());
        let containers: Vec<ContainerSeen> =
            seen.take(CONTAINERS_SEEN_MAX).map(ContainerSeen::from).collect();
        (!containers.is_empty()).then(|| {
            let run = run.map(ToOwned::to_owned);
            Event::ContainersSeen(ContainersSeen { environment, run, window: None, containers })
        })
    }

    pub(super) fn new_run_id(&mut self, at: DateTime<Utc>) -> String {
        self.next_run += 1;
        let digest = Sha256::digest(format!("{} {} {}", self.seed, self.me.on, self.next_run));
        let random = digest.iter().take(16).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        Ulid::from_parts(u64::try_from(at.timestamp_millis()).unwrap_or_default(), random).to_string()
    }
}

/// How many containers one event may name: it must fit a line of the record.
pub(super) const CONTAINERS_SEEN_MAX: usize = 100;

fn check_typed(offer: &Offer, typed: Option<&str>) -> Result<(), Refusal> {
    let Some(environment) = &offer.environment else { return Ok(()) };
    match offer.typed {
        TypedName::NotNeeded => Ok(()),
        TypedName::Needed if typed == Some(environment.as_str()) => Ok(()),
        TypedName::Needed => {
            Err(Refusal::usage(format!("type the environment's name, {environment}, to confirm")))
        }
    }
}
