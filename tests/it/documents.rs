//! The five documents, each opened in a terminal by the real program, from the report to the way back: what the document
//! became, trust, a tick, a command that an item offers, a value it needs, the plan of the rollback.
//!
//! Commands of a document never act here: programs of the same names stand first on the search path and only write down
//! how they were called. Not here: counts and twins (`markdown.rs`), what a command is given (`offered.rs`).

use std::os::unix::fs::PermissionsExt;

use super::support::program::{Person, Place, gonogo_path};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{SIZE, leave, wait_row};

/// What the documents call and must not reach. What git only reads stays as it is: the program asks it who a person is.
const FAKES: [&str; 15] = [
    "pytest", "docker", "npm", "gh", "curl", "psql", "pg_dump", "gunzip", "alembic", "ruff", "make", "ssh",
    "sudo", "openssl", "git",
];
const FAKE: &str = r#"#!/bin/sh
case "${0##*/} $1" in
"git checkout" | "git clone" | "git pull" | "git push" | "git tag" | "git reset") ;;
git*) PATH="${PATH#*:}"; exec git "$@" ;;
esac
echo "${0##*/} $*" >> "${0%/*}/called"
"#;

/// The questions for checks that only read and for boxes that are ticked in the file; Enter says no.
const READS: &str = "take them over? (y/N)";
const TICKS: &str = "keep them as ticks of yours? (y/N)";

/// A document on the screen of its person.
struct Opened {
    place: Place,
    ada: Person,
    name: &'static str,
    bytes: &'static [u8],
    screen: Pty,
}

/// Opens a document as far as the report; `asked` begins each question that stands before the screen.
#[track_caller]
fn open(name: &'static str, bytes: &'static [u8], asked: &[&str]) -> Opened {
    let place = Place::new();
    let ada = place.person("ada");
    std::fs::write(place.project().join(name), bytes).unwrap();
    for fake in FAKES {
        program(&place, &format!("fakes/{fake}"), FAKE);
    }
    program(&place, "scripts/health-check.sh", "#!/bin/sh\necho \"health-check $*\" >> fakes/called\n");
    let mut env = ada.env();
    for (variable, value) in &mut env {
        if variable == "PATH" {
            *value = format!("{}:{value}", place.project().join("fakes").display());
        }
    }
    let mut screen = Pty::spawn(&[gonogo_path(), "open", name], SIZE, &env, &place.project());
    for question in asked {
        screen.wait_for(question);
        // Takes the answer that is offered, or leaves the value for the command that needs it.
        screen.keys("<enter>");
    }
    screen.wait_for("What the document became");
    // The last row of that frame: a screen is painted from above.
    screen.wait_for("CONFIRM │");
    assert!(screen.screen().contains("nothing was run, nothing was written"), "{}", screen.screen());
    Opened { place, ada, name, bytes, screen }
}

fn program(place: &Place, name: &str, text: &str) {
    let path = place.write(name, text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

impl Opened {
    /// Closes the report and trusts what the document runs.
    #[track_caller]
    fn trust(&mut self) {
        self.screen.answer("<esc>", "the report", |model| model.contents().contains("Trust this checklist?"));
        self.screen.answer("y", "the question of trust", |model| {
            !model.contents().contains("Trust this checklist?")
        });
    }

    /// Selects the one item whose title has these words, the last row that the filter leaves.
    #[track_caller]
    fn select(&mut self, words: &str) {
        self.screen.keys("<esc> 1 /");
        self.screen.wait_for("FILTER │");
        self.screen.type_text(words);
        self.screen.keys("<enter>");
        self.screen.wait_for(&format!("/{words}/"));
        self.screen.keys("G");
        let selected = |line: &str| {
            let row = line.split_once("┃>").and_then(|(_before, rest)| rest.split_once("<┃"));
            row.is_some_and(|(row, _after)| row.contains(words))
        };
        self.screen.wait_until(words, |model| model.contents().lines().any(selected));
    }

    /// Ticks the item that is selected.
    #[track_caller]
    fn tick(&mut self, words: &str) {
        self.screen.keys("<space>");
        wait_row(&self.screen, SCREEN_BOUND, words, "TICKED");
    }

    /// Ticks an item that has these words.
    #[track_caller]
    fn select_and_tick(&mut self, words: &str) {
        self.select(words);
        self.tick(words);
    }

    /// Gives the value that is asked for.
    #[track_caller]
    fn give(&mut self, name: &str, value: &str) {
        self.screen.wait_for(&format!("Value of {name}"));
        let (first, rest) = value.split_at(1);
        self.screen.answer(first, "the field", |model| model.contents().contains("enter: to the button"));
        self.screen.type_text(rest);
        self.screen.wait_for(value);
        self.screen.keys("<enter>");
        self.screen.wait_for(">[ Record it ]<");
        self.screen.keys("<enter>");
    }

    /// Says yes to the question that has this button, and sees how the run ends.
    #[track_caller]
    fn yes(&mut self, button: &str, end: &str) {
        self.screen.wait_for(button);
        self.screen.answer("y", button, |model| !model.contents().contains(button));
        self.screen.wait_for(end);
    }

    /// The item that is selected offers a command: E shows it, y runs it.
    #[track_caller]
    fn run_offered(&mut self, words: &str) {
        self.select(words);
        self.screen.wait_for("E runs");
        self.screen.keys("E");
    }

    /// A program was called with these words.
    #[track_caller]
    fn assert_called(&self, words: &str) {
        let called = self.place.read("fakes/called");
        assert!(called.lines().any(|line| line == words), "{words:?} is not in\n{called}");
    }

    /// Leaves: the document is as it was, and the record holds.
    #[track_caller]
    fn leave(self) {
        leave(self.screen);
        let file = self.place.project().join(self.name);
        assert_eq!(std::fs::read(file).unwrap(), self.bytes, "the document is never written");
        self.ada.gonogo(["verify"]).run().expect(0);
    }
}

#[test]
fn document_000_is_ticked_runs_a_command_and_says_that_it_has_no_way_back() {
    let mut opened = open(
        "000.md",
        include_bytes!("../fixtures/documents/000.md"),
        &[READS, TICKS, "version (000.md, line 1) [0.0.1]"],
    );
    opened.trust();
    opened.select_and_tick("CPU: 2+ cores");
    opened.run_offered("docker compose up -d");
    opened.yes("[ Run it ]", "SUCCEEDED docker-compose-up-d");
    opened.assert_called("docker compose up -d");
    opened.screen.keys("<esc> B");
    opened.screen.wait_for("this checklist has no rollback");
    opened.leave();
}

#[test]
fn document_001_is_ticked_runs_its_tests_and_its_way_back_opens_five_steps() {
    let mut opened = open(
        "001.md",
        include_bytes!("../fixtures/documents/001.md"),
        &[READS, "version (001.md, line 7) [0.5.0]"],
    );
    opened.trust();
    opened.select_and_tick("All planned features merged to main");
    opened.run_offered("pytest tests/");
    opened.yes("[ Run it ]", "SUCCEEDED all-tests-passing");
    opened.assert_called("pytest tests/");
    opened.screen.keys("<esc> B");
    opened.yes("[ Roll back to the version before ]", "SUCCEEDED rollback");
    opened.screen.wait_for("5 items for people");
    opened.select_and_tick("Document incident for post-mortem");
    opened.screen.wait_for("1/5");
    opened.leave();
}

#[test]
fn document_002_runs_nothing_and_its_way_back_opens_six_steps_in_two_groups() {
    let mut opened = open(
        "002.md",
        include_bytes!("../fixtures/documents/002.md"),
        &["version (002.md, line 108) [1.0.0]"],
    );
    // Nothing in it runs: nobody is asked for trust.
    opened.screen.answer("<esc>", "the report", |model| model.contents().contains("NORMAL │"));
    opened.select_and_tick("Update build process to");
    opened.screen.keys("B");
    opened.yes("[ Roll back to the version before ]", "SUCCEEDED rollback");
    opened.select_and_tick("Revert to previous Docker image");
    opened.screen.wait_for("1/6");
    opened.select_and_tick("Document incident and");
    opened.screen.wait_for("2/6");
    opened.leave();
}

#[test]
fn document_003_is_given_its_address_and_its_way_back_of_three_runs_the_first() {
    let asked = [
        READS,
        "repository url (003.md, line 126)",
        "version (003.md, line 130) [1.0.0]",
        "previous version (003.md, line 385) [0.9.0]",
        "revision (003.md, line 408)",
        "service name (003.md, line 466)",
    ];
    let mut opened = open("003.md", include_bytes!("../fixtures/documents/003.md"), &asked);
    opened.trust();
    opened.select_and_tick("All code merged to main branch");
    opened.run_offered("2. Service Status");
    opened.yes("[ Run it ]", "SUCCEEDED");
    opened.assert_called("docker compose ps");
    opened.run_offered("Step 2: Deploy Application Code");
    opened.give("repository_url", "https://example.org/shop.git");
    // The folder it changes to is not on this machine: the script stops there, and the person rolls back.
    opened.yes("[ Run it ]", "FAILED");
    opened.assert_called("git clone https://example.org/shop.git /opt/residency-scheduler");
    opened.screen.keys("B");
    opened.screen.wait_for("is aborted first");
    opened.screen.wait_for("(•) 1. Quick Rollback");
    opened.yes("[ Roll back to 0.9.0 ]", "SUCCEEDED rollback-quick-rollback");
    opened.assert_called("git checkout v0.9.0");
    opened.assert_called("health-check --docker");
    opened.select_and_tick("Stakeholders notified");
    opened.leave();
}

#[test]
fn document_004_is_given_its_number_and_its_way_back_runs_then_opens_its_list() {
    let asked = [
        READS,
        "this pr number (004.md, line 102)",
        "version (004.md, line 153) [0.3.0]",
        "previous tag (004.md, line 198)",
        "timestamp (004.md, line 202)",
    ];
    let mut opened = open("004.md", include_bytes!("../fixtures/documents/004.md"), &asked);
    opened.trust();
    opened.select_and_tick("PR #14 merged");
    opened.run_offered("Step 1: Merge PRs in Order");
    opened.give("this_pr_number", "18");
    opened.yes("[ Run it ]", "SUCCEEDED");
    opened.assert_called("gh pr merge 18 --squash");
    opened.screen.keys("<esc> B");
    opened.give("previous_tag", "v0.2.0");
    opened.yes("[ Roll back to the version before ]", "SUCCEEDED rollback");
    opened.assert_called("git checkout v0.2.0");
    opened.select_and_tick("Lessons learned");
    opened.screen.wait_for("1/8");
    opened.leave();
}
