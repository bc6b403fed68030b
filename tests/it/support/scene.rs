//! A small release to break things around: a project with a checklist, a person who started and trusted it.
//!
//! Its deploy and rollback are shell scripts without Docker. Not here: what is broken (`faults.rs` and its neighbours).

use std::time::Duration;

use super::draft::Draft;
use super::program::{Outcome, Person, Place, gonogo_path};
use super::pty::{Pty, SCREEN_BOUND};
use super::until::until;

/// The terminal of the mock-ups.
pub(crate) const SIZE: (u16, u16) = (160, 45);

/// A project without containers: whatever else runs on this machine is not the scene's.
pub(crate) const NO_CONTAINERS: &str = "compose = { project = \"nowhere\" }";

/// What a scene has besides the two ticks.
#[derive(Default)]
pub(crate) struct Extra<'a> {
    /// More of the environment's table; empty: a project without containers.
    pub(crate) environment: &'a str,
    /// More items of the first phase.
    pub(crate) items: &'a str,
    /// The deploy's first script; empty: `true`.
    pub(crate) first: &'a str,
}

/// Two ticks, the extra items, a sign-off, a deploy and a rollback of two and one scripts.
pub(crate) fn checklist(extra: &Extra<'_>) -> String {
    let first = if extra.first.is_empty() { "true" } else { extra.first };
    let environment = if extra.environment.is_empty() { NO_CONTAINERS } else { extra.environment };
    let script =
        |title: &str, text: &str| format!("title = \"{title}\"\nscript = \"{}\"", text.replace('"', "\\\""));
    Draft::shop(&["version", "previous_version"])
        .environment("production", &format!("protected = true\n{environment}"))
        .role("lead", "Team lead", "")
        .phase("prepare", "Prepare", "production")
        .item("freeze", "Freeze announced", "")
        .item("backup", "Backup made", "")
        .raw(extra.items)
        .phase("release", "Release", "production")
        .item("approve", "Approve {version}", "signoff = { roles = [\"lead\"], quorum = 1 }")
        .item("deploy", "Deploy {version}", "action = \"deploy\"\nneeds = [\"freeze\"]")
        .action("deploy", "deploy", "title = \"Deploy {version}\"\nrollback = [\"back\"]")
        .step("first", &script("First step", first))
        .step("second", &script("Second step", "touch \"$HOME/second-step-ran\""))
        .action("back", "rollback", "title = \"Roll back to {previous_version}\"")
        .step("down", &script("Start {previous_version}", "touch \"$HOME/rolled-back\""))
        .toml()
}

/// What starts a session of that checklist.
pub(crate) const NEW: [&str; 6] =
    ["new", "release.toml", "--set", "version=1.1.0", "--set", "previous_version=1.0.0"];

/// A started release.
pub(crate) struct Scene {
    /// Its project.
    pub(crate) place: Place,
    /// Who started it.
    pub(crate) ada: Person,
}

impl Scene {
    /// Started and trusted.
    #[track_caller]
    pub(crate) fn new(extra: &Extra<'_>) -> Self {
        let scene = Self::untrusted(extra);
        scene.run(&["trust", "release.toml"]).expect(0);
        scene
    }

    /// Started; nobody has looked at its commands.
    #[track_caller]
    pub(crate) fn untrusted(extra: &Extra<'_>) -> Self {
        let place = Place::new();
        let ada = place.person("ada");
        place.write("release.toml", &checklist(extra));
        let scene = Self { place, ada };
        scene.run(&NEW).expect(0);
        scene
    }

    /// `gonogo ARGS` by her.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.ada.gonogo(args.iter().copied()).run()
    }

    /// Her screen on the newest session.
    #[track_caller]
    pub(crate) fn screen(&self) -> Pty {
        self.screen_with(&[], &[], SIZE)
    }

    /// The same with arguments, variables of the environment (an empty one is taken out), a size.
    #[track_caller]
    pub(crate) fn screen_with(&self, args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Pty {
        let words = [&[gonogo_path()], args].concat();
        let pty = Pty::spawn(&words, size, &self.env(env), &self.place.project());
        pty.wait_for("shop");
        pty
    }

    /// Her environment with these variables.
    pub(crate) fn env(&self, env: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = self.ada.env();
        all.retain(|(name, _)| !env.iter().any(|(known, _)| known == name));
        let set = env.iter().filter(|(_, value)| !value.is_empty());
        all.extend(set.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    }

    /// The name of the session file below the project.
    #[track_caller]
    pub(crate) fn session(&self) -> String {
        let folder = std::fs::read_dir(self.place.project().join(".gonogo")).unwrap();
        let mut names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let found = names.find(|name| name.ends_with(".session.toml")).expect("there is a session");
        format!(".gonogo/{found}")
    }

    /// How many events of this kind the record has.
    #[track_caller]
    pub(crate) fn events(&self, kind: &str) -> usize {
        count_events(&self.place.read(&self.session()), kind)
    }
}

/// How many events of this kind a record has.
pub(crate) fn count_events(record: &str, kind: &str) -> usize {
    record.lines().filter(|line| line.contains(&format!("kind = \"{kind}\""))).count()
}

/// Waits until a row of the screen has both: an item's title and its word. The legend has words only.
#[track_caller]
pub(crate) fn wait_row(screen: &Pty, bound: Duration, title: &str, word: &str) {
    screen.wait_within(bound, &format!("{title:?} to be {word}"), |model| {
        has_row(&model.contents(), title, word)
    });
}

/// Is there such a row?
pub(crate) fn has_row(contents: &str, title: &str, word: &str) -> bool {
    contents.lines().any(|line| line.contains(&format!("{word} ")) && line.contains(title))
}

/// Ticks the first item and sees it ticked: the keys answer and the record takes it.
#[track_caller]
pub(crate) fn tick_first(screen: &mut Pty) {
    screen.keys("1 g g j <space>");
    wait_row(screen, SCREEN_BOUND, "Freeze announced", "TICKED");
}

/// No badge says GO.
#[track_caller]
pub(crate) fn never_go(screen: &Pty) {
    assert!(!screen.screen().contains("✓ GO"), "{}", screen.screen());
}

/// Leaves by the key, with exit code 0.
#[track_caller]
pub(crate) fn leave(mut screen: Pty) {
    let closed = |model: &vt100::Screen| {
        // As the status line says it: the header names a window too.
        ["NORMAL │", "RUN │", "WINDOW │"].iter().any(|mode| model.contents().contains(mode))
    };
    screen.answer("<esc>", "the dialogs to close", closed);
    screen.keys("q");
    assert_eq!(screen.wait_exit(SCREEN_BOUND), 0);
}

/// Types a text into the field of a dialog that has just opened, which may ignore the first letter for a moment; `sign`
/// stands there once it was taken.
#[track_caller]
pub(crate) fn type_into_dialog(screen: &mut Pty, text: &str, sign: &str) {
    let (first, rest) = text.split_at(1);
    screen.answer(first, "the first letter", |model| model.contents().contains(sign));
    screen.type_text(rest);
    screen.wait_for(rest);
}

/// A first step of the deploy that says that it runs and waits for [`Scene::let_go_on`].
pub(crate) const WAITS: &str = "echo under way; while [ ! -e \"$HOME/go-on\" ]; do sleep 0.1; done";

impl Scene {
    /// Everything ticked, and signed by somebody else: the verdict is GO and she may deploy.
    #[track_caller]
    pub(crate) fn make_ready(&self) {
        self.run(&["tick", "freeze"]).expect(0);
        self.run(&["tick", "backup"]).expect(0);
        let bob = self.place.person("bob");
        bob.gonogo(["trust", "release.toml"]).run().expect(0);
        bob.gonogo(["sign-off", "approve", "--role", "lead"]).run().expect(0);
    }

    /// Lets a step go on that waits.
    pub(crate) fn let_go_on(&self) {
        std::fs::write(self.ada.home().join("go-on"), "").unwrap();
    }
}

/// Waits until the supervisor of a scene's run has told of its first step. Before that it may not be there yet: the screen
/// says what was asked for, and a cockpit killed then has started nothing.
#[track_caller]
pub(crate) fn wait_under_way(scene: &Scene) {
    until("the step's start in the record", SCREEN_BOUND, || {
        (scene.events("step.started") > 0).then_some(())
    });
}

/// Asks for the deploy of a scene that is ready, types the environment's name, sees the first step run.
#[track_caller]
pub(crate) fn deploy(screen: &mut Pty) {
    screen.wait_for("✓ GO");
    screen.keys("D");
    screen.wait_for("to enable the button");
    screen.answer("p", "the first letter", |model| model.contents().contains("missing: \"roduction\""));
    screen.type_text("roduction");
    screen.wait_for("to the button");
    screen.keys("<enter> <enter>");
    wait_row(screen, SCREEN_BOUND, "First step", "RUNNING");
}
