//! A whole release without a machine, for tests of the face: a brain, a face, and hands that answer at once.
//!
//! Tests read as what a person does and sees: `world.press("j <space>")`, `world.expect("TICKED")`. Time stands still
//! unless a test waits.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::checklist::action::ActionKind;
use crate::checklist::id::{EnvironmentName, ItemId, StepId};
use crate::checklist::read::read_toml;
use crate::checklist::trust::checklist_digest;
use crate::engine::brain::{Engine, Opening, Release};
use crate::engine::command::Command;
use crate::engine::effect::{AppendId, Effect};
use crate::engine::input::{Input, RecordState, RunEnd, RunReport, SourceFound};
use crate::engine::log_line::{LogBatch, LogPiece, LogStream, RawLine};
use crate::engine::log_source::LogSource;
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::rules::observed::{Container, ContainerRunState, Health, Measurement, Usage};
use crate::session::clones;
use crate::session::event::{Event, ReleaseStarted};
use crate::session::hash::Hash;
use crate::session::recorded::{Author, Proposed, Recorded};
use crate::session::state::Session;
use crate::session::status::{CheckStatus, RunOutcome, StepOutcome};
use crate::text::Safe;
use crate::text::{Untrusted, safe};
use crate::tui::face::{Drawn, Face, FaceOptions, Program};
use crate::tui::glyph::GlyphSet;
use crate::tui::key::Key;
use crate::tui::lines::Access;
use crate::tui::snapshot;
use crate::tui::theme::Theme;

mod watched;

/// A release with one of everything.
pub(crate) const SHOP: &str = r#"
format = 1
id = "shop"
title = "Shop release"

[variables.version]
prompt = "Version"
kind = "semver"
[variables.previous_version]
prompt = "Version before"
kind = "semver"

[environments.production]
protected = true
compose = { project = "shop" }
variables = { base_url = "http://shop.example.test" }

[roles.lead]
title = "Team lead"
[roles.security]
title = "Security"
members = ["sam@example.test"]

[[phases]]
id = "prepare"
title = "Prepare"
  [[phases.items]]
  id = "freeze"
  title = "Freeze announced"
  why = "so that nobody merges into it"
  [[phases.items]]
  id = "changelog"
  title = "Changelog for {version} reviewed"
  evidence = "url"
  link = "https://wiki.example.test/changelog"

[[phases]]
id = "verify"
title = "Verify"
environment = "production"
  [[phases.items]]
  id = "smoke"
  title = "Smoke suite"
  check = { http = { url = "{base_url}/ready", status = 200 } }
  valid_for = "30m"
  [[phases.items]]
  id = "healthy"
  title = "Containers are healthy"
  check = { containers = { each = "healthy" } }

[[phases]]
id = "sign"
title = "Sign-off"
  [[phases.items]]
  id = "approve"
  title = "Approve {version}"
  signoff = { roles = ["lead", "security"], quorum = 1 }

[[phases]]
id = "release"
title = "Release"
environment = "production"
  [[phases.items]]
  id = "deploy"
  title = "Deploy {version}"
  action = "deploy"
  needs = ["phase:prepare"]
  [[phases.items]]
  id = "looked"
  title = "Somebody looked"

[actions.deploy]
kind = "deploy"
rollback = ["rollback"]
  [[actions.deploy.steps]]
  id = "migrate"
  title = "Migrations"
  run = ["./migrate.sh", "up"]
  irreversible = "migration 0043 keeps the new column"
  [[actions.deploy.steps]]
  id = "up"
  title = "Roll containers"
  run = ["docker", "compose", "up", "-d"]

[actions.rollback]
kind = "rollback"
  [[actions.rollback.steps]]
  id = "down"
  title = "Start the old version"
  run = ["docker", "compose", "up", "-d"]
  [[actions.rollback.steps]]
  id = "verify"
  items = "after"

[plans.after]
title = "After a rollback"
  [[plans.after.items]]
  id = "again"
  title = "The shop answers again"
"#;

/// The release and everything around it.
pub(crate) struct World {
    /// The brain.
    pub(crate) engine: Engine,
    /// The face.
    pub(crate) face: Face,
    /// Now.
    pub(crate) at: DateTime<Utc>,
    /// The terminal.
    pub(crate) size: (u16, u16),
    /// What the hands were asked for and did not do.
    pub(crate) effects: Vec<Effect>,
    /// What the face asked of the program.
    pub(crate) program: Option<Program>,
    /// Every command so far.
    pub(crate) commands: Vec<Command>,
    /// Does the store answer?
    pub(crate) store: Store,
    events: u64,
    heads: Vec<Hash>,
}

/// Does the store answer?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// At once.
    Answers,
    /// Not yet.
    Waits,
}

/// Who sits at the screen.
pub(crate) const ME: &str = "mara@example.test";

impl World {
    /// The shop, trusted, on a screen of 160 by 45.
    pub(crate) fn shop() -> World {
        let mut world = World::of(SHOP);
        world.trust();
        world
    }

    /// A release of any checklist, not looked at for trust yet.
    pub(crate) fn of(toml: &str) -> World {
        let checklist = read_toml("release.toml", toml).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let digest = checklist_digest(&checklist).to_string();
        let at = DateTime::parse_from_rfc3339("2026-03-12T14:07:32Z").unwrap().to_utc();
        let release = Release {
            id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(),
            product: "shop".to_owned(),
            version: "4.12.0".to_owned(),
            session_name: "shop-4.12.0.toml".to_owned(),
            session_path: ".gonogo/shop-4.12.0.toml".to_owned(),
        };
        let engine = Engine::new(Opening {
            checklist,
            checklist_digest: digest,
            release,
            session: Session::default(),
            journaled: Vec::new(),
            me: Author { by: ME.to_owned(), on: "bastion-1/4242".to_owned() },
            seed: 7,
            missing: crate::session::witness::Lacking::default(),
            condition: crate::session::condition::Condition::default(),
            record: RecordState::Writable,
            folder: "release".to_owned(),
            presence: Presence::Screen,
            embedded: crate::engine::embedded::Embedded::default(),
        });
        let face = Face::new(FaceOptions {
            themes: vec![Theme::built_in("dark")],
            glyphs: GlyphSet::Unicode,
            access: Access::ReadWrite,
            parting: None,
            document: Vec::new(),
        });
        let mut world = World {
            engine,
            face,
            at,
            size: (160, 45),
            effects: Vec::new(),
            program: None,
            commands: Vec::new(),
            store: Store::Answers,
            events: 0,
            heads: Vec::new(),
        };
        world.started();
        let effects = world.engine.open(world.at);
        world.take(effects);
        world.resize(160, 45);
        world
    }

    fn started(&mut self) {
        let values = [("version", "4.12.0"), ("previous_version", "4.11.3")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let event = Event::ReleaseStarted(ReleaseStarted {
            values: values.into(),
            commit: Some("9b21c07f00dfeed".to_owned()),
        });
        let started = self.recorded(Proposed { at: self.at - TimeDelta::hours(5), author: me(), event });
        self.input(Input::EventsArrived { events: vec![started], reload: false });
    }

    /// A face whose leaving ends more than itself.
    pub(crate) fn parts_with(&mut self, words: &'static str) {
        self.face = Face::new(FaceOptions {
            themes: vec![Theme::built_in("dark")],
            glyphs: GlyphSet::Unicode,
            access: Access::ReadWrite,
            parting: Some(Safe::own(words)),
            document: Vec::new(),
        });
        self.resize(self.size.0, self.size.1);
    }

    /// The same release, opened from a document that became this.
    pub(crate) fn opened_from(mut self, lines: &[&str]) -> World {
        self.face = Face::new(FaceOptions {
            themes: vec![Theme::built_in("dark")],
            glyphs: GlyphSet::Unicode,
            access: Access::ReadWrite,
            parting: None,
            document: lines.iter().map(|line| safe(line)).collect(),
        });
        self.resize(self.size.0, self.size.1);
        self
    }

    /// The same face with another theme, glyphs or access.
    pub(crate) fn with_face(mut self, theme: &str, glyphs: GlyphSet, access: Access) -> World {
        self.face = Face::new(FaceOptions {
            themes: vec![Theme::built_in(theme)],
            glyphs,
            access,
            parting: None,
            document: Vec::new(),
        });
        self.resize(self.size.0, self.size.1);
        self
    }

    /// An input reaches the brain.
    pub(crate) fn input(&mut self, input: Input) {
        let effects = self.engine.handle(self.at, input);
        self.take(effects);
        self.face.settle(&self.engine, self.at);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let (
                Effect::Append { id, events, .. } | Effect::AppendFallback { id, events },
                Store::Answers,
            ) = (&effect, self.store)
            {
                self.stored(*id, events.clone());
            } else {
                self.effects.push(effect);
            }
        }
    }

    fn stored(&mut self, id: AppendId, proposed: Vec<Proposed>) {
        let events = proposed.into_iter().map(|one| self.recorded(one)).collect();
        let effects = self.engine.handle(self.at, Input::EventsStored { id, events, at: self.at });
        self.take(effects);
    }

    fn recorded(&mut self, proposed: Proposed) -> Recorded {
        self.events += 1;
        let id = format!("01ARZ3NDEKTSV4RRFFQ6{:06}", self.events);
        let up = std::mem::replace(&mut self.heads, vec![Hash::of(id.as_bytes())]);
        Recorded::unwritten(id, proposed, up)
    }

    /// Two clones were merged: they contradict each other about an item, and both deployed.
    pub(crate) fn merged() -> World {
        let mut world = World::ready();
        let deploy = |run| clones::run(run, ActionKind::Deploy, "production");
        let (ann, ben) = ("ann@example.test", "ben@example.test");
        world.apart([(ann, deploy("0A")), (ben, deploy("0B"))]);
        world.arrives(ann, clones::ended("0A"));
        world.arrives(ann, clones::ended("0B"));
        world.wait(60_000);
        // Back from the run to the verdict.
        world.press("<esc>");
        world.apart([(ann, clones::unticked("freeze")), (ben, clones::waived("freeze"))]);
        world
    }

    /// Two clones went on without knowing of each other, the second with a clock that is four minutes behind; then they
    /// were merged.
    pub(crate) fn apart(&mut self, events: [(&str, Event); 2]) {
        let before = self.heads.clone();
        let mut after = Vec::new();
        for (place, (by, event)) in (0_i32..).zip(events) {
            self.heads.clone_from(&before);
            let author = Author { by: by.to_owned(), on: format!("laptop-{}/1", place + 7) };
            let at = self.at - TimeDelta::minutes(4) * place;
            let recorded = self.recorded(Proposed { at, author, event });
            after.append(&mut self.heads);
            self.input(Input::EventsArrived { events: vec![recorded], reload: false });
        }
        self.heads = after;
    }

    /// Another process appended an event of somebody else.
    pub(crate) fn arrives(&mut self, by: &str, event: Event) {
        let author = Author { by: by.to_owned(), on: "laptop-7/1".to_owned() };
        let recorded = self.recorded(Proposed { at: self.at, author, event });
        self.input(Input::EventsArrived { events: vec![recorded], reload: false });
    }

    /// The content is trusted.
    pub(crate) fn trust(&mut self) {
        self.input(Input::TrustKnown(TrustState::Trusted { digest: "sha256:77ab".to_owned() }));
    }

    /// The content is not trusted.
    pub(crate) fn distrust(&mut self) {
        self.input(Input::TrustKnown(TrustState::Untrusted {
            digest: "sha256:77ab".to_owned(),
            changed: Vec::new(),
            not_pinned: Vec::new(),
        }));
    }

    /// Keys, a blank between them, as fast as somebody types.
    pub(crate) fn press(&mut self, keys: &str) {
        for key in Key::parse_all(keys).unwrap() {
            self.at += TimeDelta::milliseconds(40);
            self.press_key(key);
        }
    }

    fn press_key(&mut self, key: Key) {
        let reaction = self.face.key(&self.engine, self.at, key);
        self.program = reaction.program.or(self.program);
        for command in reaction.commands {
            self.commands.push(command.clone());
            self.input(Input::Command { author: me(), command });
        }
    }

    /// Keys after the dialog that just opened takes them.
    pub(crate) fn answer(&mut self, keys: &str) {
        self.wait(400);
        self.press(keys);
    }

    /// Types a text.
    pub(crate) fn type_in(&mut self, text: &str) {
        for c in text.chars() {
            self.at += TimeDelta::milliseconds(40);
            self.press_key(Key::plain(crate::tui::key::KeyCode::Char(c)));
        }
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, ms: i64) {
        self.at += TimeDelta::milliseconds(ms);
        self.face.settle(&self.engine, self.at);
    }

    /// The terminal has another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.size = (columns, rows);
        self.face.resize(columns, rows);
        self.face.settle(&self.engine, self.at);
    }

    /// What is drawn.
    pub(crate) fn buffer(&self) -> (Buffer, Option<Position>) {
        let mut buf = Buffer::empty(Rect { x: 0, y: 0, width: self.size.0, height: self.size.1 });
        let drawn = self.drawn_into(&mut buf);
        (buf, drawn.cursor)
    }

    fn drawn_into(&self, buf: &mut Buffer) -> Drawn {
        self.face.draw(&self.engine, self.at, buf)
    }

    /// When the picture changes by itself.
    pub(crate) fn next_change(&self) -> Option<DateTime<Utc>> {
        self.drawn_into(&mut Buffer::empty(Rect { x: 0, y: 0, width: self.size.0, height: self.size.1 }))
            .next_change
    }

    /// What is read.
    pub(crate) fn screen(&self) -> String {
        snapshot::symbols(&self.buffer().0)
    }

    /// It stands on the screen.
    #[track_caller]
    pub(crate) fn expect(&self, text: &str) {
        let screen = self.screen();
        assert!(screen.contains(text), "`{text}` is not on the screen:\n{screen}");
    }

    /// It does not stand on the screen.
    #[track_caller]
    pub(crate) fn expect_not(&self, text: &str) {
        let screen = self.screen();
        assert!(!screen.contains(text), "`{text}` is on the screen:\n{screen}");
    }

    /// The last command of a kind, by its name.
    pub(crate) fn asked(&self, name: &str) -> Option<&Command> {
        self.commands.iter().rev().find(|command| format!("{command:?}").starts_with(name))
    }

    /// The daemon answers with these containers.
    pub(crate) fn containers(&mut self, containers: Vec<Container>) {
        let environment = EnvironmentName::from("production");
        self.input(Input::SourceFound(SourceFound {
            environment: environment.clone(),
            generation: 1,
            address: Untrusted::new("unix:///var/run/docker.sock"),
            daemon: Untrusted::new("docker 27.1"),
            host_cpus: 4,
            host_memory: 8 << 30,
            warning: None,
        }));
        self.input(Input::ContainersListed { environment, generation: 1, containers });
    }

    /// The daemon is not heard any more.
    pub(crate) fn daemon_lost(&mut self) {
        self.input(Input::SourceLost {
            environment: EnvironmentName::from("production"),
            generation: 1,
            reason: Untrusted::new("connection refused"),
            attempt: 3,
        });
    }

    /// A check comes back.
    pub(crate) fn measured(&mut self, item: &str, status: CheckStatus, reason: &str) {
        let item = ItemId::from(item);
        self.input(Input::Command { author: me(), command: Command::Measure { items: vec![item.clone()] } });
        let asked = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Measure { id, item: of, .. } if *of == item => Some(*id),
            _ => None,
        });
        let measurement = Measurement {
            status,
            began: self.at,
            took_us: 212_000,
            attempts: 1,
            target: Untrusted::new("http://shop.example.test/ready"),
            reason: Untrusted::new(reason),
            assertions: Vec::new(),
            evidence: Untrusted::new("{\"status\":\"up\"}"),
            repeat: Untrusted::new("curl -sS http://shop.example.test/ready"),
            answer: None,
        };
        let id = asked.expect("the check was asked for");
        self.input(Input::Measured { id, item, measurement: Box::new(measurement) });
    }

    /// The id of the last run asked for.
    pub(crate) fn run(&self) -> String {
        self.engine.session().runs.last().expect("a run").id().to_owned()
    }

    /// The supervisor reports.
    pub(crate) fn report(&mut self, report: RunReport) {
        let run = self.run();
        self.input(Input::RunReported { run, report });
    }

    /// A step ends.
    pub(crate) fn step(&mut self, step: &str, outcome: StepOutcome, reason: Option<&str>) {
        let (id, at) = (StepId::from(step), self.at);
        self.report(RunReport::StepStarted { step: id.clone(), attempt: 1, at });
        self.report(RunReport::StepEnded {
            step: id,
            attempt: 1,
            outcome,
            exit: Some(i32::from(outcome != StepOutcome::Passed)),
            signal: None,
            took_ms: 4_000,
            reason: reason.map(Untrusted::new),
            captured: std::collections::BTreeMap::new(),
        });
    }

    /// The run ends.
    pub(crate) fn ends(&mut self, outcome: RunOutcome) {
        self.report(RunReport::Ended(Box::new(RunEnd {
            outcome,
            exit: Some(0),
            step: None,
            took_ms: 63_000,
            reason: None,
            output_bytes: 10,
            output_sha256: None,
            output_tail: Untrusted::default(),
        })));
    }

    /// A run goes on: asked for, started, its first step begun, some output.
    pub(crate) fn deploying() -> World {
        let mut world = World::ready();
        world.deploy();
        world
    }

    /// It is asked for, started, its first step begun, with some output.
    pub(crate) fn deploy(&mut self) {
        let world = self;
        world.press("D");
        world.wait(400);
        world.type_in("production");
        world.press("<enter> <enter>");
        world.report(RunReport::Started { pid: 41_877, host: "bastion-1".to_owned() });
        let at = world.at;
        world.report(RunReport::StepStarted { step: StepId::from("migrate"), attempt: 1, at });
        let bytes = b"$ ./migrate.sh up\napplying 0043\n".to_vec();
        world.report(RunReport::Output { bytes, dropped: 0 });
    }

    /// Everything before the deploy is done.
    pub(crate) fn ready() -> World {
        World::ready_of(SHOP)
    }

    /// The same with another text of the shop's checklist.
    pub(crate) fn ready_of(toml: &str) -> World {
        let mut world = World::of(toml);
        world.trust();
        world.containers(vec![container("api-1"), container("web-1")]);
        for (item, evidence) in [("freeze", None), ("changelog", Some("https://wiki.example.test"))] {
            let command = Command::Tick { item: ItemId::from(item), evidence: evidence.map(str::to_owned) };
            world.input(Input::Command { author: me(), command });
        }
        world.measured("smoke", CheckStatus::Pass, "200 as expected");
        let fingerprint =
            world.engine.signoff_fingerprint(world.at, &ItemId::from("approve")).expect("it asks").hash;
        world.arrives(
            "sam@example.test",
            Event::SignoffRecorded(crate::session::event::SignoffRecorded {
                item: ItemId::from("approve"),
                role: crate::checklist::id::RoleId::from("security"),
                decision: crate::session::status::Decision::Approve,
                comment: Some("risk low".to_owned()),
                fingerprint,
                version: Some("4.12.0".to_owned()),
            }),
        );
        world
    }

    /// A line of a container's log.
    pub(crate) fn log_line(&mut self, id: &str, text: &[u8]) {
        self.log_lines(id, std::iter::once(text.to_vec()));
    }

    /// A container wrote lines, all at once.
    pub(crate) fn log_lines(&mut self, id: &str, lines: impl Iterator<Item = Vec<u8>>) {
        let line = |bytes| LogPiece::Line(RawLine { at: Some(self.at), stream: LogStream::Output, bytes });
        let batch = LogBatch { pieces: lines.map(line).collect(), dropped: 0 };
        let source =
            LogSource::Container { environment: EnvironmentName::from("production"), id: id.to_owned() };
        self.input(Input::LogLines { source, batch });
    }
}

fn me() -> Author {
    Author { by: ME.to_owned(), on: "bastion-1/4242".to_owned() }
}

/// A healthy container.
pub(crate) fn container(name: &str) -> Container {
    let at = DateTime::parse_from_rfc3339("2026-03-03T09:00:00Z").unwrap().to_utc();
    Container {
        id: format!("{name}-0123456789abcdef"),
        name: Untrusted::new(name),
        project: Some(Untrusted::new("shop")),
        service: Some(Untrusted::new(name.trim_end_matches("-1"))),
        number: Some(1),
        image: Untrusted::new("registry.example.test/shop/api:4.11.3"),
        image_version: Some(Untrusted::new("4.11.3")),
        state: ContainerRunState::Running,
        health: Health::Healthy,
        created: Some(at),
        started: Some(at),
        inspected: true,
        usage: Some(Usage {
            at,
            cpu_milli: Some(410),
            cpu_limit_milli: 1000,
            memory_bytes: 380 << 20,
            memory_limit_bytes: 1 << 30,
        }),
        ..Container::default()
    }
}
