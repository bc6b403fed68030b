//! The shop after its deploy, its window open and sampled: well, in trouble, asleep, watched by somebody else.

use chrono::{DateTime, TimeDelta, Utc};

use super::{SHOP, World};
use crate::checklist::window::TriggerAction;
use crate::checklist::window_facet::Facet;
use crate::engine::effect::Effect;
use crate::engine::input::Input;
use crate::engine::window::sampled::{KeptSample, Lease, LogCount, SampleOf};
use crate::rules::window::sample::{Facets, Reading, Sample};
use crate::rules::window::watch::OpenWindow;
use crate::session::event::{Event, WindowEvent};
use crate::session::status::{CloseWhy, RunOutcome, StepOutcome, WindowVerdict};
use crate::session::window_event::{
    HandoverWritten, TriggerAcknowledged, TriggerFired, TriggerResolved, WindowClosed, WindowGap,
};
use crate::text::untrusted::Untrusted;

/// Where the shop is deployed to.
const PRODUCTION: &str = "[environments.production]\n";
/// The window of the shop's deploy.
const WINDOW: &str = r#"
[windows.first-hour]
stages = [{ for = "5m", every = "1s" }, { for = "1h", every = "5s" }]
  [windows.first-hour.indicators]
  api = { check = { http = { url = "{base_url}/ready", status = 200 } }, slow = "300ms" }
  memory = { containers = { metric = "memory_percent" } }
  [[windows.first-hour.objectives]]
  that = ["p95(api) < 300ms", "success(api) > 99 %"]
  [[windows.first-hour.objectives]]
  that = "max(memory) < 90 %"
  [windows.first-hour.triggers]
  outage = { detect = "api" }
  five-xx = { when = "ratio(api.5xx) > 50 % over 1m" }
"#;

impl World {
    /// The window is open for ten minutes, sampled here, everything well.
    pub(crate) fn watched() -> World {
        World::watched_until(600, |second| Some(good(212_000 + (second % 7) * 9_000)))
    }

    /// From the sixth minute on most answers are errors, and a trigger fired.
    pub(crate) fn alarmed() -> World {
        let mut world = World::watched_until(420, |second| {
            let facets = Facets::NONE.with(Facet::ServerFault);
            Some(if second < 330 || second % 4 == 0 {
                good(212_000 + (second % 7) * 9_000)
            } else {
                Sample { reading: Reading::Bad, facets, ..good(41_000) }
            })
        });
        world.fires("74 % of 60 samples of api were 5xx");
        world
    }

    /// As `watched`, with a log indicator that has counted this line.
    pub(crate) fn watched_with_log(line: &str) -> World {
        let log = "  errors = { log = { source = \"project\", match = \"ERROR\" } }\n";
        let window = WINDOW.replace("  memory =", &format!("{log}  memory ="));
        let mut world = World::watched_of(&format!("{SHOP}{window}"), 60, |_| Some(good(212_000)));
        let key = world.effects.iter().find_map(|effect| match effect {
            Effect::CountLog { key, .. } => Some(key.clone()),
            _ => None,
        });
        let last = vec![Untrusted::new(line)];
        world.input(Input::LogCounted {
            key: key.expect("the log is read"),
            count: LogCount { lines: 1, last, ..LogCount::default() },
        });
        world
    }

    fn fires(&mut self, evidence: &str) {
        let fired = TriggerFired {
            run: self.run_id(),
            trigger: "five-xx".to_owned(),
            words: "fires when more than half of the requests in the last minute were 5xx".to_owned(),
            evidence: evidence.to_owned(),
            value: Some(740_000),
            limit: Some(500_000),
            action: TriggerAction::Ask,
        };
        self.arrives("gonogo", Event::Window(WindowEvent::TriggerFired(fired)));
    }

    /// The alarm was called a false one, for this reason, and later the same trigger fires for real.
    pub(crate) fn fires_again(&mut self, reason: &str) {
        let (run, trigger) = (self.run_id(), "five-xx".to_owned());
        let resolved =
            TriggerResolved { run: run.clone(), trigger: trigger.clone(), reason: "it is over".to_owned() };
        self.arrives("gonogo", Event::Window(WindowEvent::TriggerResolved(resolved)));
        let acknowledged = TriggerAcknowledged { run, trigger, reason: reason.to_owned() };
        self.arrives("sam@example.test", Event::Window(WindowEvent::TriggerAcknowledged(acknowledged)));
        self.fires("90 % of 60 samples of api were 5xx");
    }

    /// The window closes so, at its end.
    pub(crate) fn closes(&mut self, verdict: WindowVerdict) {
        let closed = WindowClosed {
            run: self.run_id(),
            verdict,
            why: CloseWhy::End,
            reason: Some("p95(api) was 412 ms".to_owned()),
        };
        self.arrives("gonogo", Event::Window(WindowEvent::WindowClosed(closed)));
    }

    /// As `watched`, where production may be rolled back without being asked.
    pub(crate) fn watched_automatic() -> World {
        let window = format!("{WINDOW}  lost = {{ detect = \"api\", action = \"rollback\" }}\n");
        let toml = SHOP.replace(PRODUCTION, &format!("{PRODUCTION}auto_rollback = true\n"));
        World::watched_of(&format!("{toml}{window}"), 60, |_| Some(good(212_000)))
    }

    /// Nobody looked between the third and the seventh minute.
    pub(crate) fn slept() -> World {
        let awake = |second| !(180..420).contains(&second);
        let mut world = World::watched_until(600, |second| awake(second).then(|| good(220_000)));
        let opened = world.opened();
        let run = world.run_id();
        world.arrives(
            "gonogo",
            Event::Window(WindowEvent::WindowGap(WindowGap {
                run,
                from: opened + TimeDelta::seconds(180),
                to: opened + TimeDelta::seconds(420),
                why: crate::session::status::GapWhy::Asleep,
            })),
        );
        world
    }

    /// Somebody handed over; nobody has taken over yet.
    pub(crate) fn handed_over() -> World {
        let mut world = World::watched();
        let written = HandoverWritten {
            summary: "shop 4.12.0: HEALTHY\nWindows:\n- first-hour in production: HEALTHY, 50 min to go\n"
                .to_owned(),
            to: Some("mara".to_owned()),
        };
        world.arrives("sam@example.test", Event::Window(WindowEvent::HandoverWritten(written)));
        world
    }

    fn watched_until(seconds: i64, each: impl Fn(i64) -> Option<Sample>) -> World {
        World::watched_of(&format!("{SHOP}{WINDOW}"), seconds, each)
    }

    fn watched_of(toml: &str, seconds: i64, each: impl Fn(i64) -> Option<Sample>) -> World {
        let deploy = "[actions.deploy]\nkind = \"deploy\"\n";
        let mut world = World::ready_of(&toml.replace(deploy, &format!("{deploy}window = \"first-hour\"\n")));
        world.deploy();
        world.step("migrate", StepOutcome::Passed, None);
        world.step("up", StepOutcome::Passed, None);
        world.ends(RunOutcome::Succeeded);
        world.input(Input::LeaseKnown(Lease::Held));
        world.at += TimeDelta::seconds(seconds);
        world.sampled(seconds, each);
        world
    }

    fn sampled(&mut self, seconds: i64, each: impl Fn(i64) -> Option<Sample>) {
        let opened = self.opened();
        let spec = self.engine.checklist().windows.iter().next().expect("a window").1.clone();
        let plan = OpenWindow::new(&spec, opened, None);
        let mut samples = Vec::new();
        for indicator in ["api", "memory"] {
            let mut due = plan.next_due(indicator, opened - TimeDelta::milliseconds(1));
            while let Some(scheduled) = due.filter(|due| *due < opened + TimeDelta::seconds(seconds)) {
                due = plan.next_due(indicator, scheduled);
                let second = (scheduled - opened).num_seconds();
                let Some(api) = each(second) else { continue };
                let sample = match indicator {
                    "api" => Sample { scheduled, ..api },
                    _ => Sample { value: Some(412 + second % 3), ..Sample::good(scheduled, 0) },
                };
                samples.push(KeptSample { indicator: indicator.to_owned(), sample });
            }
        }
        samples.sort_by_key(|kept| kept.sample.scheduled);
        let of = SampleOf::Window(self.run_id());
        self.input(Input::SamplesLoaded { of, samples, next: 0 });
    }

    fn run_id(&self) -> String {
        self.engine.session().runs.last().map(|run| run.id().to_owned()).expect("a run")
    }

    fn opened(&self) -> DateTime<Utc> {
        self.engine.session().windows.last().expect("a window").opened.opened
    }
}

fn good(took_us: i64) -> Sample {
    Sample::good(DateTime::<Utc>::UNIX_EPOCH, u64::try_from(took_us).unwrap_or(0))
}
