//! Starting actions. Forward: only through the gate, with the record on disk first. Backward: blocked by nothing.
//!
//! Not here: what a run reports (`runs.rs`), aborting (`steps.rs`).

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::brain::Engine;
use super::command::Command;
use super::effect::{AppendId, Effect, Urgency};
use super::input::{NoticeLevel, RecordState};
use super::offer::{Offer, TypedName};
use super::pending::{Origin, PendingAppend, Then};
use super::plan::run_plan;
use super::refusal::Refusal;
use super::run_plan::RunPlan;
use super::storage::Append;
use super::trust::TrustState;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::rules::guard::{Guard, Held};
use crate::rules::observed::local_environment;
use crate::session::event::{ContainerSeen, ContainersSeen, Event, RunRequested};
use crate::session::recorded::{Author, Proposed};
use crate::session::status::AbortRung;
use crate::session::ulid::Ulid;

impl Engine {
    pub(super) fn start(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        action: &ActionId,
        environment: Option<&EnvironmentName>,
        (fingerprint, typed): (&str, Option<&str>),
    ) -> Result<Vec<Effect>, Refusal> {
        let offer = self
            .offer(at, action, environment)
            .ok_or_else(|| Refusal::usage(format!("the checklist has no action `{action}`")))?;
        if !offer.kind.is_forward() {
            return self.roll_back(at, author, action, environment, typed);
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
        check_typed(&offer, typed)?;
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
            Guard::DecisionsAre { count: self.session.signoffs.len(), held },
        ]);
        self.request_run(at, author, &offer, guard, Urgency::Normal)
    }

    /// A deploy starts only if what rolls it back can be resolved too: trust and names are settled before the emergency.
    fn check_rollback(&self, at: DateTime<Utc>, offer: &Offer) -> Result<(), Refusal> {
        let Some(rollback) = &offer.rollback else { return Ok(()) };
        let facts = self.facts(at);
        run_plan(&facts, String::new(), rollback, offer.environment.as_ref(), &self.folder)
            .map(|_plan| ())
            .map_err(|fault| Refusal::gate(format!("its rollback `{rollback}` could not run: {fault}")))
    }

    pub(super) fn roll_back(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        action: &ActionId,
        environment: Option<&EnvironmentName>,
        typed: Option<&str>,
    ) -> Result<Vec<Effect>, Refusal> {
        let offer = self
            .offer(at, action, environment)
            .ok_or_else(|| Refusal::usage(format!("the checklist has no action `{action}`")))?;
        check_typed(&offer, typed)?;
        let mut effects = Vec::new();
        // The one dialog is also the trust prompt: what it showed is trusted by confirming.
        if let TrustState::Untrusted { digest, .. } = &self.trust {
            effects.push(Effect::StoreTrust { digest: digest.clone() });
        }
        let active: Vec<String> = self
            .session
            .runs
            .iter()
            .filter(|run| run.is_active() && run.requested.environment == offer.environment)
            .map(|run| run.id().to_owned())
            .collect();
        let blocking = active.iter().find(|run| {
            // A run whose supervisor is gone cannot end: it never holds a rollback up.
            self.live_runs.get(*run).is_some_and(|live| live.lost.is_none())
        });
        if let Some(run) = blocking.cloned() {
            let wish = Command::RollBack {
                action: action.clone(),
                environment: offer.environment.clone(),
                typed: typed.map(ToOwned::to_owned),
            };
            let live = self.live_runs.entry(run.clone()).or_default();
            live.then_roll_back = Some((author.clone(), wish));
            self.notice(at, NoticeLevel::Warning, "the running action is aborted, then the rollback starts");
            effects.extend(self.ask_abort(at, author, &run, AbortRung::Terminate));
            return Ok(effects);
        }
        if self.record == RecordState::Writable && self.session.closed.is_none() {
            effects.extend(self.request_run(at, author, &offer, Guard::Nothing, Urgency::Backward)?);
        } else {
            effects.extend(self.request_unrecorded(at, author, &offer)?);
        }
        Ok(effects)
    }

    fn request_run(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        offer: &Offer,
        guard: Guard,
        urgency: Urgency,
    ) -> Result<Vec<Effect>, Refusal> {
        let (plan, events) = self.prepare(at, offer)?;
        let append = Append {
            author,
            events,
            guard,
            then: Then::Start(Box::new(plan)),
            origin: Origin::Person,
            urgency,
        };
        Ok(vec![self.append(at, append)])
    }

    /// The record is broken: the request goes to the fallback journal, and the run starts from there.
    fn request_unrecorded(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        offer: &Offer,
    ) -> Result<Vec<Effect>, Refusal> {
        let (plan, events) = self.prepare(at, offer)?;
        let id: AppendId = self.next_append_id();
        let events: Vec<Proposed> =
            events.into_iter().map(|event| Proposed { at, author: author.clone(), event }).collect();
        self.pending.insert(
            id,
            PendingAppend {
                events: events.clone(),
                then: Then::Start(Box::new(plan)),
                origin: Origin::Person,
            },
        );
        Ok(vec![Effect::AppendFallback { id, events }])
    }

    fn prepare(&mut self, at: DateTime<Utc>, offer: &Offer) -> Result<(RunPlan, Vec<Event>), Refusal> {
        let run = self.new_run_id(at);
        let facts = self.facts(at);
        let plan = run_plan(&facts, run.clone(), &offer.action, offer.environment.as_ref(), &self.folder)
            .map_err(|fault| Refusal::gate(format!("{} cannot run: {fault}", offer.title)))?;
        let gate = crate::rules::gate::gate(&facts, &offer.action, offer.environment.as_ref());
        let requested = RunRequested {
            run: run.clone(),
            action: offer.action.clone(),
            kind: offer.kind,
            item: gate.and_then(|gate| gate.item).map(|found| found.item.id.clone()),
            environment: offer.environment.clone(),
            version: offer.to_version.clone(),
            fingerprint: offer.fingerprint.hash.clone(),
            verdict: self.verdict(at).word.word().to_owned(),
            steps: offer.steps.clone(),
        };
        let mut events: Vec<Event> =
            self.containers_now(offer.environment.as_ref(), Some(&run)).into_iter().collect();
        events.push(Event::RunRequested(requested));
        Ok((plan, events))
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
        let containers: Vec<ContainerSeen> = seen
            .take(CONTAINERS_SEEN_MAX)
            .map(|container| ContainerSeen {
                id: container.id.clone(),
                name: container.name.raw().to_owned(),
                service: container.service.as_ref().map(|service| service.raw().to_owned()),
                image: container.image.raw().to_owned(),
                restarts: i64::from(container.restart_count),
                started: container.started.map(|started| started.to_rfc3339()),
            })
            .collect();
        (!containers.is_empty()).then(|| {
            Event::ContainersSeen(ContainersSeen { environment, run: run.map(ToOwned::to_owned), containers })
        })
    }

    fn new_run_id(&mut self, at: DateTime<Utc>) -> String {
        self.next_run += 1;
        let digest = Sha256::digest(format!("{} {} {}", self.seed, self.me.on, self.next_run));
        let random = digest.iter().take(16).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        Ulid::from_parts(u64::try_from(at.timestamp_millis()).unwrap_or_default(), random).to_string()
    }
}

/// How many containers one event may name: it must fit a line of the record.
const CONTAINERS_SEEN_MAX: usize = 100;

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
