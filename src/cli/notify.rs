//! `gonogo notify`: who is told of what, and what became of it; with `--test` a message through every rule.
//!
//! A test records nothing: nothing happened. Not here: sending (`runtime/notify`).

use serde_json::json;

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::open_session::open_session;
use super::print;
use super::trust::untrusted;
use crate::engine::brain::Engine;
use crate::engine::notice_plan::{NoticeEnd, NoticePlan};
use crate::engine::notices::NoticeTest;
use crate::engine::presence::Presence;
use crate::runtime::notify::trial::try_out;
use crate::safe_format;
use crate::session::state::NoticeRecord;
use crate::text::Safe;
use crate::text::untrusted::Untrusted;

/// Whether messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trying {
    /// One through every rule.
    Out,
    /// None: only the record is read.
    Nothing,
}

impl From<bool> for Trying {
    fn from(test: bool) -> Self {
        if test { Self::Out } else { Self::Nothing }
    }
}

/// `gonogo notify`.
pub fn notify(doors: &Doors, trying: Trying) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let engine = Engine::new(session.opening(doors, Presence::Command));
    let mut rules = engine.notice_tests(doors.now());
    if rules.is_empty() {
        print::note(&safe_format!("this checklist tells nobody: it has no [[notify]] rules"));
    }
    let ends = match trying {
        Trying::Nothing => rules.iter().map(|_rule| None).collect(),
        Trying::Out => {
            let trust = doors.trust_store().judge(&session.content(), &session.source);
            if !trust.is_trusted() {
                return Err(untrusted(&session.content(), &trust, &session.source));
            }
            tried(&mut rules)?
        }
    };
    if doors.is_json() {
        let told = rules.iter().zip(&ends).map(|(rule, end)| as_json(&engine, rule, end.as_ref()));
        print::json(&json!({ "schema": "gonogo.notify/1", "rules": told.collect::<Vec<_>>() }));
    } else {
        for (rule, end) in rules.iter().zip(&ends) {
            print::answer(&line(&engine, rule, end.as_ref()));
        }
    }
    let failed = ends.iter().flatten().any(|end| end.failed.is_some());
    Ok(if failed { Code::No } else { Code::Yes })
}

/// Sends what can be sent; none: the rule rings the terminal's bell, which this door does not hear.
fn tried(rules: &mut [NoticeTest]) -> Result<Vec<Option<NoticeEnd>>, AppError> {
    let mut plans: Vec<NoticePlan> = Vec::new();
    let mut ends: Vec<Option<NoticeEnd>> = Vec::new();
    let mut sent: Vec<usize> = Vec::new();
    for (at, rule) in rules.iter_mut().enumerate() {
        ends.push(match rule.plan.take() {
            None => None,
            Some(Err(reason)) => Some(NoticeEnd { attempts: 0, failed: Some(Untrusted::new(reason)) }),
            Some(Ok(plan)) => {
                plans.push(plan);
                sent.push(at);
                None
            }
        });
    }
    let came = try_out(&plans).map_err(|why| AppError::unreachable(format!("nothing can be sent: {why}")))?;
    for (at, end) in sent.into_iter().zip(came) {
        if let Some(place) = ends.get_mut(at) {
            *place = Some(end);
        }
    }
    Ok(ends)
}

/// What the record says of a rule: how many were delivered, how many failed, the last failure.
fn recorded<'a>(engine: &'a Engine, rule: &NoticeTest) -> (usize, usize, Option<&'a NoticeRecord>) {
    let number = i64::try_from(rule.rule).unwrap_or(i64::MAX);
    let records =
        engine.session().notices.iter().filter(|((_, of), _)| *of == number).map(|(_, record)| record);
    let (failed, delivered): (Vec<_>, Vec<_>) = records.partition(|record| record.failed.is_some());
    let last = failed.iter().copied().max_by_key(|record| record.stamp.at);
    (delivered.len(), failed.len(), last)
}

fn line(engine: &Engine, rule: &NoticeTest, end: Option<&NoticeEnd>) -> Safe {
    let head = safe_format!("{} {} {} on {}", rule.rule, rule.channel, rule.target, rule.on.join(", "));
    let Some(end) = end else {
        let (delivered, failed, last) = recorded(engine, rule);
        let why = last.and_then(|record| record.failed.as_deref()).unwrap_or_default();
        let why = if why.is_empty() { Safe::EMPTY } else { safe_format!(", last: {}", why) };
        return safe_format!("{}: {} delivered, {} failed{}", head, delivered, failed, why);
    };
    match &end.failed {
        None => safe_format!("ok       {}", head),
        Some(reason) => safe_format!("FAILED   {}: {}", head, reason),
    }
}

fn as_json(engine: &Engine, rule: &NoticeTest, end: Option<&NoticeEnd>) -> serde_json::Value {
    let (delivered, failed, last) = recorded(engine, rule);
    json!({
        "rule": rule.rule,
        "on": rule.on,
        "channel": rule.channel,
        "target": rule.target,
        "delivered": delivered,
        "failed": failed,
        "last_failure": last.and_then(|record| record.failed.as_deref()),
        "test": end.map(|end| json!({
            "delivered": end.failed.is_none(),
            "reason": end.failed.as_ref().map(Untrusted::safe),
        })),
    })
}
