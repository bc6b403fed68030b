//! `deploy`, `rollback`, `run`: the same offer as the dialogs show, the same confirmation, then the run is followed.
//!
//! Not here: whether it may start (`engine/starting.rs`), following (`follow_run.rs`).

use chrono::{DateTime, Utc};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::arguments::Start;
use super::ask::ask;
use super::errand::run as errand;
use super::exit_code::Code;
use super::follow_run::{How, UntilRunEnds, tell};
use super::open_session::open_session;
use super::print;
use super::trust::summary;
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::offer::{Offer, TypedName};
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::runtime::env::Asks;
use crate::runtime::trust_store::Content;
use crate::safe_format;
use crate::text::{nearest::nearest, visible};

/// Which action is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// The next deploy.
    Deploy,
    /// The rollback of the last deploy.
    Rollback,
    /// This one.
    Named(&'a str),
}

impl Which<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Named(_) => "run",
        }
    }
}

/// Starts an action and follows it.
pub fn act(doors: &Doors, which: Which<'_>, start: &Start) -> Result<Code, AppError> {
    // The question is asked before anything runs, so that nobody waits on a loop that waits on them.
    let (typed, known, forward) = {
        let session = open_session(doors)?;
        let mut engine = Engine::new(session.opening(doors, Presence::Command));
        let trust = doors.trust_store().judge(&session.content(), &session.source);
        let content = session.content();
        engine.handle(doors.now(), crate::engine::input::Input::TrustKnown(trust.clone()));
        let offer = offer(&engine, which, start, doors.now())?;
        if offer.kind.is_forward() && !trust.is_trusted() {
            return Err(super::trust::untrusted(&content, &trust, &session.source));
        }
        if doors.global.read_only {
            return Err(AppError::refused("--read-only changes nothing"));
        }
        if start.trust.is_some() && offer.kind.is_forward() {
            return Err(AppError::usage("--trust belongs to a rollback")
                .hint("gonogo trust FILE shows the content and trusts it"));
        }
        show(&offer);
        let typed = match consent(doors, start, &content, &trust)? {
            Consent::Given => confirmed(doors, which, start, &offer)?,
            Consent::ByName => confirmed(doors, which, &Start { yes: true, ..start.clone() }, &offer)?,
            Consent::ByTheQuestion => {
                let confirm = start.confirm.clone().filter(|_| offer.typed == TypedName::Needed);
                let asking = Start { yes: false, confirm, ..start.clone() };
                confirmed(doors, which, &asking, &offer)?.or_else(|| start.confirm.clone())
            }
        };
        (typed, engine.session().runs.len(), offer.kind.is_forward())
    };
    let how = if start.detach { How::UntilStarted } else { How::ToTheEnd };
    let until = UntilRunEnds::new(how, known);
    // Backward waits for nobody.
    let until = if forward { until.after_daemons() } else { until };
    let back = errand(doors, Presence::Watching, until, |engine, at| {
        let offer = offer(engine, which, start, at)?;
        Ok(vec![command(&offer, typed)])
    })?;
    Ok(tell(doors, which.name(), &back))
}

fn command(offer: &Offer, typed: Option<String>) -> Command {
    let (action, environment) = (offer.action.clone(), offer.environment.clone());
    if offer.kind.is_forward() {
        Command::Start { action, environment, fingerprint: offer.fingerprint.hash.clone(), typed }
    } else {
        Command::RollBack { action, environment, typed }
    }
}

fn offer(engine: &Engine, which: Which<'_>, start: &Start, at: DateTime<Utc>) -> Result<Offer, AppError> {
    let environment = start.env.as_deref().map(EnvironmentName::from);
    if let Some(name) = &environment
        && !engine.checklist().environments.contains(name)
    {
        let known: Vec<&str> = engine.checklist().environments.names().map(EnvironmentName::as_str).collect();
        return Err(AppError::usage(safe_format!("the checklist has no environment `{}`", name.as_str()))
            .hint(safe_format!("its environments are: {}", known.join(", "))));
    }
    let named = |id: &str| {
        let action = ActionId::from(id);
        let place = environment.clone().or_else(|| engine.environment(at));
        engine.offer(at, &action, place.as_ref()).ok_or_else(|| {
            let known: Vec<&str> = engine.checklist().actions.names().map(ActionId::as_str).collect();
            let error = AppError::usage(safe_format!("the checklist has no action `{}`", id));
            match nearest(id, known.iter().copied()) {
                Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
                None => error.hint(safe_format!("its actions are: {}", known.join(", "))),
            }
        })
    };
    match (which, &start.action) {
        (Which::Named(id), _) => named(id),
        (Which::Deploy | Which::Rollback, Some(id)) => named(id),
        (Which::Deploy, None) => {
            let offer = engine
                .deploy_offer(at)
                .ok_or_else(|| AppError::usage("this checklist has no deploy left to run"))?;
            elsewhere(engine, offer, environment.as_ref(), at)
        }
        (Which::Rollback, None) => {
            let first = engine.rollback_offers(at).into_iter().next();
            let offer = first.ok_or_else(|| AppError::usage("this checklist has no rollback"))?;
            elsewhere(engine, offer, environment.as_ref(), at)
        }
    }
}

/// The same action in the environment that was named.
fn elsewhere(
    engine: &Engine,
    offer: Offer,
    environment: Option<&EnvironmentName>,
    at: DateTime<Utc>,
) -> Result<Offer, AppError> {
    if environment.is_none() || offer.environment.as_ref() == environment {
        return Ok(offer);
    }
    engine
        .offer(at, &offer.action, environment)
        .ok_or_else(|| AppError::usage("this action does not run in that environment"))
}

/// How a person consents to commands that nobody has trusted on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consent {
    /// They are trusted.
    Given,
    /// The call names exactly this content.
    ByName,
    /// By the one question that follows the commands: it may not be answered beforehand.
    ByTheQuestion,
}

/// A rollback is blocked by no missing trust, but nobody consents to what they have not seen: it is shown, and the call
/// names it or a person answers. Errors: nobody consented; exit 5, with the call that does.
fn consent(doors: &Doors, start: &Start, content: &Content, trust: &TrustState) -> Result<Consent, AppError> {
    if trust.is_trusted() {
        return Ok(Consent::Given);
    }
    for line in summary(content, trust) {
        print::note(&line);
    }
    let digest = content.digest.as_str();
    let call = safe_format!("gonogo rollback --yes --trust {}", digest);
    match (&start.trust, doors.asks()) {
        (Some(named), _) if named == digest => Ok(Consent::ByName),
        (Some(_), _) => Err(AppError::new(
            ErrorKind::Untrusted,
            "the content is not the one that --trust names; nothing was started",
        )
        .hint(call)),
        (None, Asks::Person) => Ok(Consent::ByTheQuestion),
        (None, Asks::Nobody) => Err(AppError::new(
            ErrorKind::Untrusted,
            "nobody has trusted these commands on this machine, and --yes names none; nothing was started",
        )
        .hint(call)),
    }
}

/// The name as typed, if it is needed. Errors: nobody confirmed.
fn confirmed(
    doors: &Doors,
    which: Which<'_>,
    start: &Start,
    offer: &Offer,
) -> Result<Option<String>, AppError> {
    let environment = offer.environment.as_ref().map(EnvironmentName::as_str).unwrap_or_default();
    let name = which.name();
    match offer.typed {
        TypedName::Needed => match (&start.confirm, doors.asks()) {
            (Some(typed), _) => Ok(Some(typed.clone())),
            (None, _) if start.yes => Err(AppError::usage(safe_format!(
                "--yes is not enough: {} is protected, or the record is broken",
                environment
            ))
            .hint(safe_format!("gonogo {} --confirm {}", name, environment))),
            (None, Asks::Person) => {
                let typed = ask(&format!("type `{environment}` to confirm"), None)?;
                Ok(Some(typed.unwrap_or_default()))
            }
            (None, Asks::Nobody) => Err(AppError::new(ErrorKind::Usage, "nobody confirmed it")
                .hint(safe_format!("gonogo {} --confirm {}", name, environment))),
        },
        TypedName::NotNeeded => match (start.yes || start.confirm.is_some(), doors.asks()) {
            (true, _) => Ok(start.confirm.clone()),
            (false, Asks::Person) => {
                let answer = ask("type y to confirm", None)?.unwrap_or_default();
                if answer == "y" || answer == "yes" {
                    Ok(None)
                } else {
                    Err(AppError::refused("not confirmed; nothing was started"))
                }
            }
            (false, Asks::Nobody) => Err(AppError::new(ErrorKind::Usage, "nobody confirmed it")
                .hint(safe_format!("gonogo {} --yes", name))),
        },
    }
}

/// What would be started, on stderr: the same facts as in the dialog.
fn show(offer: &Offer) {
    let place = offer.environment.as_ref().map_or("no environment", EnvironmentName::as_str);
    let from = offer.from_version.as_deref().unwrap_or("?");
    let to = offer.to_version.as_deref().unwrap_or("?");
    print::note(&safe_format!("{} in {}: {} -> {}", offer.title, place, from, to));
    for step in &offer.steps {
        print::note(&safe_format!("  {}: {}", step.step.as_str(), visible(&step.command)));
    }
    for text in &offer.stays {
        print::note(&safe_format!("  not undone: {}", text));
    }
    for text in &offer.warnings {
        print::note(&safe_format!("  warning: {}", text));
    }
}
