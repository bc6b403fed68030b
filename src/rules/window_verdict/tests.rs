//! The word and the item, step by step through a deploy, its window, an alarm and a rollback.

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::action::ActionKind;
use crate::checklist::id::{ActionId, ItemId, WindowId};
use crate::checklist::model::Checklist;
use crate::checklist::read::read_toml;
use crate::checklist::window::TriggerAction;
use crate::rules::facts::Facts;
use crate::rules::observed::{Observed, WindowSeen};
use crate::rules::standing::{ItemState, standing};
use crate::rules::verdict::{Doubt, Verdict, VerdictWord, verdict};
use crate::session::event::{Event, ItemTicked, ItemWaived, RunEnded, RunRequested};
use crate::session::recorded::{Author, Proposed, Recorded};
use crate::session::state::Session;
use crate::session::status::{CloseWhy, RunOutcome, TickHow, WaiverForm, WindowVerdict};
use crate::session::window_event::*;

const LIST: &str = r#"
format = 1
id = "shop"
title = "Shop"
[[phases]]
id = "all"
title = "All"
  [[phases.items]]
  id = "deploy"
  title = "Deploy"
  action = "deploy"
  [[phases.items]]
  id = "watch"
  title = "Watch"
  window = "day"
  [[phases.items]]
  id = "told"
  title = "Told everybody"
[actions.deploy]
kind = "deploy"
rollback = ["rollback"]
window = "day"
  [[actions.deploy.steps]]
  run = ["shop"]
[actions.rollback]
kind = "rollback"
  [[actions.rollback.steps]]
  run = ["shop", "back"]
[windows.day]
stages = [{ for = "5m", every = "1s" }]
  [windows.day.indicators.api]
  check = { http = { url = "http://localhost/" } }
  [[windows.day.objectives]]
  that = "success(api) > 90 %"
"#;

struct Play {
    checklist: Checklist,
    session: Session,
    observed: Observed,
    now: DateTime<Utc>,
    lines: usize,
}

impl Play {
    fn new() -> Self {
        Self {
            checklist: read_toml("release.toml", LIST).expect("a checklist"),
            session: Session::default(),
            observed: Observed::default(),
            now: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000),
            lines: 0,
        }
    }
    fn write(&mut self, event: Event) -> &mut Self {
        self.lines += 1;
        let author = Author { by: "gonogo".to_owned(), on: "here/1".to_owned() };
        let proposed = Proposed { at: self.now, author, event };
        let up = self.session.heads.clone();
        self.session.apply(&Recorded::unwritten(format!("{:026}", self.lines), proposed, up));
        self
    }
    fn window(&mut self, event: WindowEvent) -> &mut Self {
        self.write(Event::Window(event))
    }
    fn pass(&mut self, seconds: i64) -> &mut Self {
        self.now += TimeDelta::seconds(seconds);
        self
    }
    fn ran(&mut self, action: &str, kind: ActionKind, outcome: RunOutcome) -> &mut Self {
        self.write(Event::RunRequested(RunRequested {
            run: action.to_owned(),
            action: ActionId::from(action),
            kind,
            item: None,
            environment: None,
            version: Some("1.0.0".to_owned()),
            fingerprint: "f".to_owned(),
            verdict: "GO".to_owned(),
            trusted: None,
            steps: Vec::new(),
        }));
        self.write(Event::RunEnded(RunEnded {
            run: action.to_owned(),
            outcome,
            exit: None,
            took_ms: 10,
            step: None,
            reason: None,
            output_bytes: 0,
            output_sha256: None,
            output_tail: None,
            irreversible: Vec::new(),
        }))
    }
    fn opened(&mut self, run: &str) -> &mut Self {
        let opened = WindowOpened {
            run: run.to_owned(),
            window: WindowId::from("day"),
            action: ActionId::from(run),
            environment: None,
            version: Some("1.0.0".to_owned()),
            opened: self.now,
            ends: self.now + TimeDelta::minutes(5),
            baseline_ms: 0,
            baseline_version: None,
            baseline: Vec::new(),
        };
        self.window(WindowEvent::WindowOpened(opened))
    }
    fn closed(&mut self, run: &str, verdict: WindowVerdict, why: CloseWhy) -> &mut Self {
        let reason = Some("as it went".to_owned());
        self.window(WindowEvent::WindowClosed(WindowClosed { run: run.to_owned(), verdict, why, reason }))
    }
    fn fired(&mut self, action: TriggerAction) -> &mut Self {
        self.window(WindowEvent::TriggerFired(TriggerFired {
            run: "deploy".to_owned(),
            trigger: "outage".to_owned(),
            words: "too many".to_owned(),
            evidence: "9 of 10 bad".to_owned(),
            value: None,
            limit: None,
            action,
        }))
    }
    fn says(&mut self, now: VerdictWord) -> &mut Self {
        self.window(WindowEvent::VerdictChanged(VerdictChanged {
            run: "deploy".to_owned(),
            was: "WATCH".to_owned(),
            now: now.word().to_owned(),
            reason: "so it is".to_owned(),
        }))
    }
    fn deployed(&mut self) -> &mut Self {
        self.ran("deploy", ActionKind::Deploy, RunOutcome::Succeeded)
    }
    fn told(&mut self) -> &mut Self {
        self.write(Event::ItemTicked(ItemTicked {
            item: ItemId::from("told"),
            how: TickHow::Hand,
            evidence: None,
            result: None,
            version: None,
            environment: None,
        }))
    }
    fn facts(&self) -> Facts<'_> {
        let (checklist, session, observed) = (&self.checklist, &self.session, &self.observed);
        Facts { checklist, checklist_digest: "d", session, observed, at: self.now }
    }
    fn verdict(&self) -> Verdict {
        verdict(&self.facts(), &[])
    }
    fn word(&self) -> VerdictWord {
        self.verdict().word
    }
    fn item(&self) -> ItemState {
        let facts = self.facts();
        standing(&facts, &facts.item(&ItemId::from("watch")).expect("the item")).state
    }
}

#[test]
fn the_item_follows_the_window_its_deploy_opened() {
    let mut play = Play::new();
    assert_eq!(play.item(), ItemState::Open);
    play.deployed();
    assert_eq!(play.item(), ItemState::Open);
    play.opened("deploy");
    assert_eq!(play.item(), ItemState::Running);
    for (verdict, state) in [
        (WindowVerdict::Healthy, ItemState::Pass),
        (WindowVerdict::Regression, ItemState::Fail),
        (WindowVerdict::Inconclusive, ItemState::Inconclusive),
    ] {
        let mut play = Play::new();
        play.deployed().opened("deploy").closed("deploy", verdict, CloseWhy::End);
        assert_eq!(play.item(), state);
    }
}

#[test]
fn a_deploy_whose_window_has_not_opened_is_never_healthy() {
    let mut play = Play::new();
    play.deployed().told();
    let waived = ItemWaived { item: ItemId::from("watch"), reason: "x".to_owned(), form: WaiverForm::Waived };
    play.write(Event::ItemWaived(waived));
    assert_eq!(play.word(), VerdictWord::Watch);
}

#[test]
fn an_open_window_leads_by_what_is_seen_and_else_by_the_record_while_that_is_young() {
    let mut play = Play::new();
    play.deployed().opened("deploy");
    assert_eq!(play.word(), VerdictWord::Watch, "too early");
    play.says(VerdictWord::Healthy);
    assert_eq!(play.word(), VerdictWord::Healthy);
    let seen = WindowSeen {
        at: play.now,
        word: VerdictWord::Regression,
        reasons: vec!["bad".to_owned()],
        samples: false,
    };
    play.observed.windows.insert("deploy".to_owned(), seen.clone());
    assert_eq!(play.word(), VerdictWord::Healthy, "who does not sample believes who does");
    play.observed.windows.insert("deploy".to_owned(), WindowSeen { samples: true, ..seen });
    assert_eq!(play.word(), VerdictWord::Regression);
    play.pass(61);
    assert_eq!(play.word(), VerdictWord::Healthy, "what was seen a minute ago counts no longer");
    play.pass(600);
    assert_eq!(play.word(), VerdictWord::Watch);
    assert!(play.verdict().reasons[0].text.raw().starts_with("nobody has looked since"));
}

#[test]
fn an_alarm_makes_a_regression_at_once_until_it_is_called_false_and_a_notice_does_not() {
    let mut play = Play::new();
    play.deployed().opened("deploy").says(VerdictWord::Healthy).fired(TriggerAction::Notify);
    assert_eq!(play.word(), VerdictWord::Healthy);
    play.fired(TriggerAction::Ask);
    assert_eq!(play.word(), VerdictWord::Regression);
    let (run, trigger) = ("deploy".to_owned(), "outage".to_owned());
    let reason = "a load test".to_owned();
    play.window(WindowEvent::TriggerAcknowledged(TriggerAcknowledged { run, trigger, reason }));
    assert_ne!(play.word(), VerdictWord::Regression);
}

#[test]
fn a_doubt_about_the_record_keeps_an_open_window_from_healthy() {
    let mut play = Play::new();
    play.deployed().opened("deploy").says(VerdictWord::Healthy);
    let doubt = Doubt { about: "record", text: "the disk is full".to_owned() };
    assert_eq!(verdict(&play.facts(), &[doubt]).word, VerdictWord::Watch);
}

#[test]
fn a_closed_window_and_the_items_after_the_deploy_count_together_the_worse_one_leads() {
    let mut play = Play::new();
    play.deployed().opened("deploy").closed("deploy", WindowVerdict::Healthy, CloseWhy::End);
    assert_eq!(play.word(), VerdictWord::Watch, "an item is open");
    play.told();
    assert_eq!(play.word(), VerdictWord::Healthy);
    for (verdict, word) in [
        (WindowVerdict::Inconclusive, VerdictWord::Inconclusive),
        (WindowVerdict::Regression, VerdictWord::Regression),
    ] {
        let mut play = Play::new();
        play.deployed().opened("deploy").closed("deploy", verdict, CloseWhy::End).told();
        assert_eq!(play.word(), word);
        let waived =
            ItemWaived { item: ItemId::from("watch"), reason: "x".to_owned(), form: WaiverForm::Waived };
        play.write(Event::ItemWaived(waived));
        assert_eq!(play.word(), word, "accepted by a waiver it is done, and never healthy");
    }
}

#[test]
fn after_a_rollback_it_is_never_go() {
    let mut play = Play::new();
    assert_eq!(play.word(), VerdictWord::Unknown);
    play.deployed().opened("deploy");
    play.ran("rollback", ActionKind::Rollback, RunOutcome::Succeeded);
    play.closed("deploy", WindowVerdict::Inconclusive, CloseWhy::RolledBack);
    assert_eq!(play.word(), VerdictWord::Hold);
    assert!(play.verdict().reasons[0].text.raw().contains("rolled back to 1.0.0"));
    play.opened("rollback");
    assert_eq!(play.word(), VerdictWord::Watch);
    play.closed("rollback", WindowVerdict::Healthy, CloseWhy::End);
    assert_eq!(play.word(), VerdictWord::Healthy);
    let mut play = Play::new();
    play.deployed().ran("rollback", ActionKind::Rollback, RunOutcome::Failed);
    assert_eq!(play.word(), VerdictWord::Unknown);
}

#[test]
fn what_was_healthy_and_is_rolled_back_since_is_open_again() {
    let mut play = Play::new();
    play.deployed().opened("deploy").closed("deploy", WindowVerdict::Healthy, CloseWhy::End);
    play.ran("rollback", ActionKind::Rollback, RunOutcome::Succeeded).opened("rollback");
    assert_eq!(play.item(), ItemState::Open, "the window of a rollback is not the deploy's");
}
