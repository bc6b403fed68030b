//! Two clones of one repository, a program in each: what one writes reaches the other, whoever is faster, online or not.
//!
//! Not here: what a union of copies is (`src/session/copies.rs`), many merged histories (`src/runtime/git_sync`'s tests).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::support::bounded;
use super::support::program::{Gonogo, Outcome, Person, Place, gonogo_path};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{Extra, NEW, SIZE, checklist, leave, wait_row};

/// Git on a local folder takes milliseconds.
const GIT_BOUND: Duration = Duration::from_mins(1);

/// A bare repository and the clones of two people, both with the record of one release.
struct Shared {
    place: Place,
    ada: Person,
    bob: Person,
}

impl Shared {
    #[track_caller]
    fn new() -> Self {
        let place = Place::new();
        let (ada, bob) = (place.person("ada"), place.person("bob"));
        let shared = Self { place, ada, bob };
        let project = shared.place.project();
        shared.git(&project, &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        shared.git(&project, &["clone", "-q", "origin.git", "ada"]);
        shared.place.write("ada/release.toml", &checklist(&Extra::default()));
        shared.ada(&NEW).expect(0);
        shared.git(&shared.at("ada"), &["checkout", "-q", "-b", "main"]);
        shared.git(&shared.at("ada"), &["add", "."]);
        shared.git(&shared.at("ada"), &["commit", "-q", "-m", "a release begins"]);
        shared.git(&shared.at("ada"), &["push", "-q", "-u", "origin", "main"]);
        shared.git(&project, &["clone", "-q", "origin.git", "bob"]);
        shared
    }

    fn at(&self, clone: &str) -> PathBuf {
        self.place.project().join(clone)
    }

    /// `git ARGS` as ada.
    #[track_caller]
    fn git(&self, folder: &Path, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(args).current_dir(folder).env_clear().envs(self.ada.env());
        let ended = bounded::run(command, GIT_BOUND);
        assert!(ended.status.success(), "git {args:?}: {}", ended.stderr);
        ended.stdout
    }

    #[track_caller]
    fn ada(&self, args: &[&str]) -> Outcome {
        Gonogo::new(&self.ada).args(args.iter().copied()).in_folder(&self.at("ada")).run()
    }

    #[track_caller]
    fn bob(&self, args: &[&str]) -> Outcome {
        Gonogo::new(&self.bob).args(args.iter().copied()).in_folder(&self.at("bob")).run()
    }

    #[track_caller]
    fn record(&self, clone: &str) -> PathBuf {
        let mut entries = std::fs::read_dir(self.at(clone).join(".gonogo")).unwrap();
        let found = entries.find_map(|entry| {
            let path = entry.unwrap().path();
            path.to_string_lossy().ends_with(".session.toml").then_some(path)
        });
        found.expect("a record")
    }

    fn hook(&self, repository: &str, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let folder = self.at(repository).join("hooks");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// What `sync --json` said: sent, received, unsent.
#[track_caller]
fn counts(said: &Value) -> (u64, u64, u64) {
    let number = |name: &str| said[name].as_u64().unwrap();
    (number("sent"), number("received"), number("unsent"))
}

#[test]
fn two_clones_come_to_the_same_state_and_nothing_else_of_the_person_is_touched() {
    let shared = Shared::new();
    shared.ada(&["tick", "freeze"]).expect(0);
    shared.bob(&["note", "seen from the other side"]).expect(0);
    // Work in progress of hers: half staged, half not.
    shared.place.write("ada/release.toml", "# being rewritten\n");
    shared.git(&shared.at("ada"), &["add", "release.toml"]);
    shared.place.write("ada/release.toml", "# being rewritten again\n");
    shared.place.write("ada/new.txt", "new");
    let look = || {
        let git = |args: &[&str]| shared.git(&shared.at("ada"), args);
        let index = std::fs::read(shared.at("ada").join(".git/index")).unwrap();
        let heads = git(&["for-each-ref", "refs/heads", "refs/tags", "refs/stash"]);
        (index, heads, git(&["symbolic-ref", "HEAD"]), git(&["status", "--porcelain"]))
    };
    let before = look();
    let first = shared.ada(&["sync", "--json"]).expect(0).json();
    assert_eq!(first["outcome"], "done");
    let (sent, received, unsent) = counts(&first);
    assert!(sent >= 2 && (received, unsent) == (0, 0), "{first}");
    let bob = shared.bob(&["sync", "--json"]).expect(0).json();
    assert_eq!(counts(&bob), (1, 1, 0), "{bob}");
    let ada = shared.ada(&["sync", "--json"]).expect(0).json();
    assert_eq!(counts(&ada), (0, 1, 0), "{ada}");
    assert_eq!(ada["state"], bob["state"], "both fold the same");
    assert_eq!(look(), before, "index, branches and files are as they were");
    assert_eq!(std::fs::read_to_string(shared.at("ada").join("new.txt")).unwrap(), "new");
    for _ in 0..2 {
        for said in [shared.ada(&["sync"]), shared.bob(&["sync"])] {
            let said = said.expect(0);
            assert!(
                said.stdout.starts_with("in sync: origin has all "),
                "nothing more to send: {}",
                said.stdout
            );
        }
    }
    let branch = ada["branch"].as_str().unwrap();
    assert!(branch.starts_with("gonogo/shop-1.1.0-"), "{branch}");
    let files = shared.git(&shared.at("origin.git"), &["ls-tree", "-r", "--name-only", branch]);
    assert_eq!(files.lines().count(), 2, "the record and what git must know of it: {files}");
    let commits = shared.git(&shared.at("origin.git"), &["rev-list", "--count", branch]);
    assert_eq!(commits.trim(), "2", "one for each sync that brought something");
    for clone in ["ada", "bob"] {
        let text = std::fs::read_to_string(shared.record(clone)).unwrap();
        assert!(text.parse::<toml::Table>().is_ok(), "valid for any parser");
    }
    let verified = shared.bob(&["verify", "--json"]).expect(0).json();
    assert_eq!(verified["state"], ada["state"]);
    // Somebody who never looked at it on this machine: the branch at the remote vouches for the tail.
    let stranger = Gonogo::new(&shared.ada).args(["verify"]).in_folder(&shared.at("ada"));
    let said = stranger.env("XDG_STATE_HOME", shared.at("nowhere").to_str().unwrap()).run().expect(0);
    assert!(said.stdout.contains("origin/gonogo/shop-1.1.0-"), "{}", said.stdout);
}

#[test]
fn whoever_has_the_checklist_but_not_the_record_joins_the_release_from_the_remote() {
    let shared = Shared::new();
    let none = shared.bob(&["sync", "--fetch"]).expect(2);
    assert!(none.stderr.contains("origin has no record of a release"), "{}", none.stderr);
    shared.ada(&["tick", "freeze"]).expect(0);
    shared.ada(&["sync"]).expect(0);
    std::fs::remove_dir_all(shared.at("bob").join(".gonogo")).unwrap();
    let lost = shared.bob(&["sync"]).expect(2);
    assert!(lost.stderr.contains("gonogo sync --fetch"), "{}", lost.stderr);
    // From a folder of the repository that git does not stand in the root of, too.
    std::fs::create_dir_all(shared.at("bob").join("services/shop")).unwrap();
    let below = Gonogo::new(&shared.bob).args(["sync", "--fetch"]);
    let below = below.in_folder(&shared.at("bob").join("services/shop")).run().expect(0);
    assert!(below.stdout.contains("in sync: origin has all 2 events"), "{}", below.stdout);
    std::fs::remove_dir_all(shared.at("bob").join("services")).unwrap();
    let joined = shared.bob(&["sync", "--fetch"]).expect(0);
    assert!(joined.stdout.contains("in sync: origin has all 2 events"), "{}", joined.stdout);
    assert_eq!(std::fs::read(shared.record("bob")).unwrap(), std::fs::read(shared.record("ada")).unwrap());
    shared.bob(&["tick", "backup"]).expect(0);
    let bob = shared.bob(&["sync", "--fetch", "shop-1.1.0", "--json"]).expect(0).json();
    assert_eq!(counts(&bob), (1, 0, 0), "it is here already, so it is only exchanged: {bob}");
    let ada = shared.ada(&["sync", "--json"]).expect(0).json();
    assert_eq!(ada["state"], bob["state"]);

    shared
        .ada(&["new", "release.toml", "--set", "version=1.2.0", "--set", "previous_version=1.1.0"])
        .expect(0);
    shared.ada(&["sync"]).expect(0);
    let several = shared.bob(&["sync", "--fetch"]).expect(2);
    assert!(several.stderr.contains("origin has several records: shop-1.2.0-"), "{}", several.stderr);
    let unknown = shared.bob(&["sync", "--fetch", "shop-9"]).expect(2);
    assert!(unknown.stderr.contains("has no record named shop-9; it has: shop-1.2.0-"), "{}", unknown.stderr);

    // A branch of that shape with something else in it.
    let origin = shared.at("origin.git");
    shared.git(&origin, &["branch", "gonogo/evil-1-00000000010000000000000001", "main"]);
    let unfit = shared.bob(&["sync", "--fetch", "evil"]).expect(1);
    assert!(unfit.stderr.contains("holds the record of another release"), "{}", unfit.stderr);
    std::fs::rename(&origin, shared.at("moved.git")).unwrap();
    let offline = shared.bob(&["sync", "--fetch"]).expect(3);
    assert!(offline.stderr.contains("origin cannot be reached"), "{}", offline.stderr);
}

#[test]
fn a_record_that_lacks_an_event_is_not_joined_and_an_old_release_is_found_among_many() {
    let shared = Shared::new();
    shared.ada(&["note", "goes missing"]).expect(0);
    shared.ada(&["note", "second"]).expect(0);
    let branch = shared.ada(&["sync", "--json"]).expect(0).json()["branch"].as_str().unwrap().to_owned();
    let project = shared.place.project();
    let origin = shared.at("origin.git");
    for number in 0..60 {
        shared
            .git(&origin, &["branch", &format!("gonogo/shop-9-0{number:02}ZZZZZZZZZZZZZZZZZZZZZZZ"), "main"]);
    }
    std::fs::remove_dir_all(shared.at("bob").join(".gonogo")).unwrap();
    shared.bob(&["sync", "--fetch", branch.strip_prefix("gonogo/").unwrap()]).expect(0);
    std::fs::remove_dir_all(shared.at("bob").join(".gonogo")).unwrap();
    shared.git(&project, &["clone", "-q", "-b", &branch, "origin.git", "eve"]);
    let record = shared.record("eve");
    let text = std::fs::read_to_string(&record).unwrap();
    let without: String = text.split_inclusive('\n').filter(|line| !line.contains("goes missing")).collect();
    std::fs::write(&record, without).unwrap();
    shared.git(&shared.at("eve"), &["commit", "-q", "-a", "-m", "shorter"]);
    shared.git(&shared.at("eve"), &["push", "-q"]);
    let said = shared.bob(&["sync", "--fetch", "shop-1.1.0"]).expect(1);
    assert!(said.stderr.contains("names a parent that is in neither copy"), "{}", said.stderr);
    assert!(!shared.at("bob").join(".gonogo").exists(), "nothing was written");
}

#[test]
fn a_cockpit_on_one_clone_shows_what_was_ticked_on_the_other() {
    let shared = Shared::new();
    shared.bob(&["sync"]).expect(0);
    let words = [gonogo_path()];
    let screen = Pty::spawn(&words, SIZE, &shared.ada.env(), &shared.at("ada"));
    screen.wait_for("Trust");
    let mut screen = screen;
    screen.keys("<esc>");
    screen.wait_for("Freeze announced");
    shared.bob(&["tick", "backup"]).expect(0);
    shared.bob(&["sync"]).expect(0);
    let said = shared.ada(&["sync"]).expect(0);
    assert!(said.stdout.contains("received 1 event from origin"), "{}", said.stdout);
    wait_row(&screen, SCREEN_BOUND, "Backup made", "TICKED");
    leave(screen);
    let last = shared.ada(&["sync", "--json"]).expect(0).json();
    let other = shared.bob(&["sync", "--json"]).expect(0).json();
    assert_eq!(last["state"], other["state"]);
}

#[test]
fn what_two_said_apart_stands_as_a_conflict_on_both_screens_until_one_decides_knowing_both() {
    let shared = Shared::new();
    shared.ada(&["tick", "freeze"]).expect(0);
    shared.ada(&["sync"]).expect(0);
    shared.bob(&["sync"]).expect(0);
    shared.ada(&["untick", "freeze"]).expect(0);
    shared.bob(&["waive", "freeze", "--reason", "announced last week"]).expect(0);
    let screens = [(&shared.ada, "ada"), (&shared.bob, "bob")].map(|(person, clone)| {
        let screen = Pty::spawn(&[gonogo_path()], SIZE, &person.env(), &shared.at(clone));
        screen.wait_for("Trust");
        let mut screen = screen;
        screen.keys("<esc>");
        screen.wait_for("Freeze announced");
        screen
    });
    shared.bob(&["sync"]).expect(0);
    shared.ada(&["sync"]).expect(0);
    shared.bob(&["sync"]).expect(0);
    for screen in &screens {
        // The one that asks for more counts.
        wait_row(screen, SCREEN_BOUND, "Freeze announced", "OPEN");
        screen.wait_for("conflict: ");
    }
    let said = shared.bob(&["status", "--recorded"]);
    assert!(said.stdout.contains("not knowing of each other"), "{}", said.stdout);
    shared.bob(&["tick", "freeze"]).expect(0);
    shared.bob(&["sync"]).expect(0);
    shared.ada(&["sync"]).expect(0);
    for screen in screens {
        wait_row(&screen, SCREEN_BOUND, "Freeze announced", "TICKED");
        screen.wait_for("settles the conflict");
        leave(screen);
    }
}

#[test]
fn offline_says_what_is_unsent_and_the_next_sync_sends_it() {
    let shared = Shared::new();
    shared.ada(&["sync"]).expect(0);
    shared.ada(&["tick", "freeze"]).expect(0);
    shared.ada(&["note", "on the train"]).expect(0);
    let (bare, away) = (shared.at("origin.git"), shared.at("away.git"));
    std::fs::rename(&bare, &away).unwrap();
    let said = shared.ada(&["sync", "--json"]).expect(3).json();
    assert_eq!((said["outcome"].as_str(), counts(&said)), (Some("offline"), (0, 0, 2)), "{said}");
    let said = shared.ada(&["sync"]).expect(3);
    assert!(said.stdout.contains("origin cannot be reached: 2 of "), "{}", said.stdout);
    assert!(said.stderr.contains("git: "), "git says why: {}", said.stderr);
    std::fs::rename(&away, &bare).unwrap();
    let said = shared.ada(&["sync", "--json"]).expect(0).json();
    assert_eq!(counts(&said), (2, 0, 0));
}

#[test]
fn a_push_that_came_too_late_takes_over_what_won_and_goes_again_and_gives_up_in_words() {
    let shared = Shared::new();
    shared.ada(&["sync"]).expect(0);
    shared.ada(&["tick", "freeze"]).expect(0);
    let bob = shared.at("bob");
    let (bob, program) = (bob.display(), gonogo_path());
    // Runs between her look at the remote and her push.
    let faster = |times: usize| {
        format!(
            "cd '{bob}' && n=$(cat raced 2>/dev/null || echo 0) && [ $n -lt {times} ] || exit 0\n\
             echo $((n+1)) > raced\n{program} note \"bob $n\" && {program} sync >/dev/null"
        )
    };
    shared.hook("ada/.git", "pre-push", &faster(2));
    let said = shared.ada(&["sync", "--json"]).expect(0).json();
    assert_eq!(said["tries"], 3, "{said}");
    let (sent, received, unsent) = counts(&said);
    assert_eq!((sent, unsent), (1, 0));
    assert!(received >= 2, "{said}");
    let bob = shared.bob(&["sync", "--json"]).expect(0).json();
    assert_eq!(bob["state"], said["state"]);
    shared.ada(&["tick", "backup"]).expect(0);
    shared.hook("ada/.git", "pre-push", &faster(100));
    let said = shared.ada(&["sync"]).expect(5);
    assert!(said.stdout.contains("others were faster 8 times: 1 event unsent"), "{}", said.stdout);
}

#[test]
fn a_remote_that_refuses_is_told_in_its_own_harmless_words() {
    let shared = Shared::new();
    shared.hook(
        "origin.git",
        "pre-receive",
        "printf 'no records here \\033[2J\\033]0;owned\\007\\n' >&2; exit 1",
    );
    let before = std::fs::read(shared.record("ada")).unwrap();
    let said = shared.ada(&["sync"]).expect(1);
    assert!(said.stdout.contains("origin does not take the branch gonogo/shop-1.1.0-"), "{}", said.stdout);
    assert!(said.stderr.contains("no records here") && !said.stderr.contains('\u{1b}'), "{:?}", said.stderr);
    assert_eq!(std::fs::read(shared.record("ada")).unwrap(), before);
}

#[test]
fn where_there_is_no_repository_or_no_remote_it_says_so() {
    let place = Place::new();
    let ada = place.person("ada");
    place.write("release.toml", &checklist(&Extra::default()));
    ada.gonogo(NEW).run().expect(0);
    let none = ada.gonogo(["sync"]).env("GIT_CEILING_DIRECTORIES", "/").run().expect(2);
    assert!(none.stderr.contains("no git repository"), "{}", none.stderr);
    let mut init = Command::new("git");
    init.args(["init", "-q"]).current_dir(place.project()).env_clear().envs(ada.env());
    assert!(bounded::run(init, GIT_BOUND).status.success());
    let none = ada.gonogo(["sync"]).run().expect(2);
    assert!(none.stderr.contains("no remote"), "{}", none.stderr);
    for name in ["one", "two"] {
        let mut add = Command::new("git");
        add.args(["remote", "add", name, "nowhere.git"])
            .current_dir(place.project())
            .env_clear()
            .envs(ada.env());
        assert!(bounded::run(add, GIT_BOUND).status.success());
    }
    let which = ada.gonogo(["sync"]).run().expect(2);
    assert!(which.stderr.contains("--remote"), "{}", which.stderr);
    let other = ada.gonogo(["sync", "--remote", "three"]).run().expect(2);
    assert!(other.stderr.contains("one, two"), "{}", other.stderr);
    ada.gonogo(["sync", "--remote", "two"]).run().expect(3);
    ada.gonogo(["sync", "--read-only"]).run().expect(1);
}

#[test]
fn a_record_damaged_by_somebody_at_the_remote_is_refused_and_this_copy_stays_as_it_is() {
    let shared = Shared::new();
    shared.ada(&["note", "written by ada"]).expect(0);
    let branch = shared.ada(&["sync", "--json"]).expect(0).json()["branch"].as_str().unwrap().to_owned();
    let eve = shared.place.project();
    shared.git(&eve, &["clone", "-q", "-b", &branch, "origin.git", "eve"]);
    let record = shared.record("eve");
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(&record, text.replace("written by ada", "written by eve")).unwrap();
    shared.git(&shared.at("eve"), &["commit", "-q", "-a", "-m", "nothing to see"]);
    shared.git(&shared.at("eve"), &["push", "-q"]);
    let before = std::fs::read(shared.record("bob")).unwrap();
    let said = shared.bob(&["sync"]).expect(1);
    assert!(said.stderr.contains("nothing was taken over from origin"), "{}", said.stderr);
    assert!(said.stderr.contains("edited"), "{}", said.stderr);
    assert_eq!(std::fs::read(shared.record("bob")).unwrap(), before);
    // A branch wound back loses nothing: who has the events sends them again.
    shared.git(&shared.at("origin.git"), &["update-ref", "-d", &format!("refs/heads/{branch}")]);
    let said = shared.ada(&["sync", "--json"]).expect(0).json();
    assert!(counts(&said).0 >= 2, "{said}");
    assert_eq!(counts(&shared.bob(&["sync", "--json"]).expect(0).json()).1, 1);
}

#[test]
fn a_branch_whose_name_only_ends_like_the_records_is_another_branch() {
    let shared = Shared::new();
    shared.ada(&["note", "from ada"]).expect(0);
    shared.ada(&["sync"]).expect(0);
    let origin = shared.place.project().join("origin.git");
    let branches = shared.git(&origin, &["for-each-ref", "--format=%(refname)", "refs/heads/gonogo/"]);
    let alike = format!("refs/heads/a/{}", branches.trim());
    shared.git(&origin, &["update-ref", &alike, "refs/heads/main"]);
    let said = shared.bob(&["sync", "--json"]).expect(0).json();
    assert_eq!((said["outcome"].as_str(), said["tries"].as_u64()), (Some("done"), Some(1)), "{said}");
    assert!(std::fs::read_to_string(shared.record("bob")).unwrap().contains("from ada"));
}
