//! A team's own Markdown opened by the real program: what it says of the file, and a release ticked from it. The file stays as it is.
//!
//! Not here: the counts of boxes against GitHub's own parser (`src/checklist/markdown`'s tests).

use super::support::program::{Person, Place};
use super::support::pty::{Pty, SCREEN_BOUND};
use super::support::scene::{SIZE, leave, wait_row};

/// The five documents: their bytes, lines, tasks, of which ticked, and fences for a shell.
const DOCUMENTS: [(&[u8], u64, usize, usize, usize); 5] = [
    (include_bytes!("../fixtures/documents/000.md"), 379, 85, 3, 4),
    (include_bytes!("../fixtures/documents/001.md"), 142, 47, 0, 3),
    (include_bytes!("../fixtures/documents/002.md"), 277, 13, 0, 0),
    (include_bytes!("../fixtures/documents/003.md"), 556, 53, 0, 24),
    (include_bytes!("../fixtures/documents/004.md"), 245, 71, 0, 6),
];

fn person() -> (Place, Person) {
    let place = Place::new();
    let ada = place.person("ada");
    (place, ada)
}

#[test]
fn the_five_documents_are_told_task_by_task_and_left_as_they_are() {
    for (bytes, lines, tasks, ticked, shells) in DOCUMENTS {
        let (place, ada) = person();
        let file = place.project().join("RELEASE.md");
        std::fs::write(&file, bytes).unwrap();
        let told = ada.gonogo(["import", "RELEASE.md", "--json"]).run().expect(0).json();
        assert_eq!(told["lines"], lines);
        let found = told["tasks"].as_array().unwrap();
        assert_eq!(found.len(), tasks);
        assert_eq!(found.iter().filter(|task| task["ticked"] == true).count(), ticked);
        for task in found {
            let at = |name: &str| usize::try_from(task[name].as_u64().unwrap()).unwrap();
            let mark = &bytes[at("start")..at("end")];
            assert!([b"[ ]", b"[x]", b"[X]"].iter().any(|known| *known == mark), "{task}");
        }
        let fences = told["fences"].as_array().unwrap();
        assert_eq!(fences.iter().filter(|fence| fence["runnable"] == true).count(), shells);
        let said = ada.gonogo(["import", "RELEASE.md"]).run().expect(0).stdout;
        assert!(said.contains(&format!("{tasks} tasks ({ticked} ticked in the file)")), "{said}");
        ada.gonogo(["import", "RELEASE.md", "--to", "release.toml"]).run().expect(0);
        let twin = ada.gonogo(["new", "release.toml"]).run();
        assert_eq!(twin.code, 0, "the twin loads: {}", twin.stderr);
        let again = ada.gonogo(["import", "RELEASE.md", "--to", "release.toml"]).run();
        assert!(again.code != 0 && again.stderr.contains("exists already"), "{}", again.stderr);
        let over = ada.gonogo(["import", "RELEASE.md", "--to", "./RELEASE.md", "--force"]).run();
        assert!(over.code != 0 && over.stderr.contains("never written"), "{}", over.stderr);
        let only = ada.gonogo(["import", "RELEASE.md", "--to", "other.toml", "--read-only"]).run();
        assert!(only.code != 0 && !place.project().join("other.toml").exists(), "{}", only.stderr);
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "the file of the person is never written");
    }
}

#[test]
fn a_document_opens_as_a_release_and_a_tick_stays() {
    let (place, ada) = person();
    let file = place.project().join("RELEASE.md");
    std::fs::write(&file, "# Shop\n\n## Prepare\n\n- [ ] Freeze {announced}\n- [x] Backup made\n").unwrap();
    let words = [super::support::program::gonogo_path(), "open", "RELEASE.md"];
    let mut screen = Pty::spawn(&words, SIZE, &ada.env(), &place.project());
    screen.wait_for("keep them as ticks of yours? (y/N)");
    screen.keys("<enter>");
    // Nothing in it runs: nobody is asked for trust.
    screen.wait_for("What the document became");
    screen.answer("<esc>", "the report", |model| !model.contents().contains("What the document became"));
    screen.keys("1 g g j <space>");
    wait_row(&screen, SCREEN_BOUND, "Freeze {announced}", "TICKED");
    // What the file ticks is no tick of ours.
    wait_row(&screen, SCREEN_BOUND, "Backup made", "OPEN");
    leave(screen);
    let again = ada.gonogo(["open", "RELEASE.md", "--plain"]).run();
    assert!(
        again.stdout.contains("1 of 2 done"),
        "the same release goes on: {}{}",
        again.stdout,
        again.stderr
    );
    assert_eq!(
        std::fs::read_dir(place.project().join(".gonogo"))
            .unwrap()
            .filter(|entry| {
                entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".session.toml")
            })
            .count(),
        1
    );
}

#[test]
fn the_way_back_of_a_document_is_one_key_away_and_opens_its_list() {
    let (place, ada) = person();
    let (bytes, ..) = DOCUMENTS[1];
    std::fs::write(place.project().join("RELEASE.md"), bytes).unwrap();
    let words = [super::support::program::gonogo_path(), "open", "RELEASE.md"];
    let mut screen = Pty::spawn(&words, SIZE, &ada.env(), &place.project());
    screen.wait_for("take them over? (y/N)");
    screen.keys("<enter>");
    // The version that stands in the text is the answer that is offered.
    screen.wait_for("version (RELEASE.md, line 7) [0.5.0]");
    screen.keys("<enter>");
    screen.wait_for("What the document became");
    screen.answer("<esc>", "the report", |model| !model.contents().contains("What the document became"));
    screen.wait_for("Trust this checklist?");
    screen.answer("<esc>", "the question", |model| !model.contents().contains("Trust this checklist?"));
    screen.keys("B");
    screen.wait_for("Roll back production");
    screen.answer("y", "the rollback", |model| model.contents().contains("SUCCEEDED"));
    // Its five steps are for people now.
    screen.keys("<esc> 1 G");
    wait_row(&screen, SCREEN_BOUND, "Document incident for post-mortem", "OPEN");
    screen.keys("<space>");
    wait_row(&screen, SCREEN_BOUND, "Document incident for post-mortem", "TICKED");
    leave(screen);
}

const COMMANDS: &str = "# Shop\n\n## Deploy\n\n- [ ] Prepare\n\n  ```bash\n  mkdir -p out\n  cd out\n  ```\n\n- [ ] Write\n\n  ```bash\n  \
                        [[ -n \"$PWD\" ]] && echo \"<tag> in $(basename \"$PWD\")\" > notes.txt\n  ```\n\n- [ ] Edit\n\n  ```bash\n  nano notes.txt\n  ```\n";

#[test]
fn a_command_of_a_document_runs_in_its_shell_and_folder_with_the_value_that_was_given() {
    let (place, ada) = person();
    std::fs::write(place.project().join("RELEASE.md"), COMMANDS).unwrap();
    ada.gonogo(["new", "RELEASE.md"]).run().expect(0);
    let untrusted = ada.gonogo(["run", "deploy.prepare.run", "--yes"]).run();
    assert!(untrusted.code != 0, "nothing of a document runs before it is trusted: {}", untrusted.stdout);
    ada.gonogo(["trust", "RELEASE.md"]).run().expect(0);
    ada.gonogo(["run", "deploy.prepare.run", "--yes"]).run().expect(0);
    let early = ada.gonogo(["run", "deploy.write.run", "--yes"]).run();
    assert!(early.code != 0 && early.stderr.contains("tag has no value yet"), "{}", early.stderr);
    ada.gonogo(["set", "tag=v1.2"]).run().expect(0);
    ada.gonogo(["run", "deploy.write.run", "--yes"]).run().expect(0);
    let written = std::fs::read_to_string(place.project().join("out/notes.txt")).unwrap();
    assert_eq!(
        written, "v1.2 in out\n",
        "the folder of the fence before is carried, the value is not pasted"
    );
    let by_hand = ada.gonogo(["run", "deploy.edit.run", "--yes"]).run();
    assert!(by_hand.code != 0, "an editor is a person's");
    let status = ada.gonogo(["status"]).run().stdout;
    assert!(status.contains("0 of 3 done"), "running ticks nothing: {status}");
    assert_eq!(std::fs::read_to_string(place.project().join("RELEASE.md")).unwrap(), COMMANDS);
}

#[test]
fn checks_of_a_document_are_in_its_twin_only_when_they_are_accepted() {
    let (place, ada) = person();
    let text = "# Shop\n\n- [ ] Up: `curl http://localhost:1/health` returns 204\n";
    std::fs::write(place.project().join("RELEASE.md"), text).unwrap();
    ada.gonogo(["import", "RELEASE.md", "--to", "none.toml"]).run().expect(0);
    ada.gonogo(["import", "RELEASE.md", "--to", "all.toml", "--accept", "reads"]).run().expect(0);
    ada.gonogo(["import", "RELEASE.md", "--to", "one.toml", "--accept", "3"]).run().expect(0);
    let read = |name: &str| std::fs::read_to_string(place.project().join(name)).unwrap();
    assert!(read("none.toml").contains("# offered, line 3: GET http://localhost:1/health: status 204\n"));
    assert!(!read("none.toml").contains("\nstatus = 204"));
    assert!(read("all.toml").contains("\nstatus = 204\n"));
    assert_eq!(read("all.toml"), read("one.toml"));
    let wrong = ada.gonogo(["import", "RELEASE.md", "--to", "x.toml", "--accept", "all"]).run();
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}

#[test]
fn what_is_no_document_is_said_in_words() {
    let (place, ada) = person();
    std::fs::create_dir(place.project().join("folder.md")).unwrap();
    std::fs::write(place.project().join("empty.md"), "").unwrap();
    std::fs::write(place.project().join("binary.md"), b"\x7fELF\0\0\0").unwrap();
    std::fs::write(place.project().join("long.md"), vec![b'a'; 50 << 20]).unwrap();
    std::fs::write(place.project().join("latin.md"), b"# Pr\xfcfen\n\n- [ ] gepr\xfcft\n").unwrap();
    for (name, words) in [
        ("folder.md", "is not a regular file"),
        ("empty.md", "the document is empty"),
        ("binary.md", "not text"),
        ("long.md", "longer than 1048576 bytes"),
        ("gone.md", "No such file"),
    ] {
        let told = ada.gonogo(["import", name]).run();
        assert!(told.code != 0 && told.code != 101 && told.stderr.contains(words), "{name}: {}", told.stderr);
    }
    let told = ada.gonogo(["import", "latin.md", "--json"]).run().expect(0).json();
    assert_eq!((&told["tasks"][0]["text"], &told["encoding"]), (&"geprüft".into(), &"Windows-1252".into()));
}

/// More than any document may have.
const HUGE_BYTES: usize = 50 * 1024 * 1024;

#[test]
fn what_is_no_document_is_refused_by_its_name_and_leaves_nothing_behind() {
    let (place, ada) = person();
    std::fs::create_dir(place.project().join("folder.md")).unwrap();
    let files: [(&str, Vec<u8>); 4] = [
        ("binary.md", b"# A\n\0\x01\x02- [ ] b\n".to_vec()),
        ("empty.md", Vec::new()),
        ("huge.md", vec![b'a'; HUGE_BYTES]),
        ("blank.md", b" \n\n".to_vec()),
    ];
    for (name, bytes) in &files {
        std::fs::write(place.project().join(name), bytes).unwrap();
    }
    for name in ["folder.md", "binary.md", "empty.md", "huge.md", "blank.md", "missing.md"] {
        for door in ["import", "new", "lint"] {
            let refused = ada.gonogo([door, name]).run();
            let said = format!("{}{}", refused.stdout, refused.stderr);
            assert!(refused.code != 0 && said.contains(name), "{door} {name}: {} {said}", refused.code);
            assert!(!said.contains("panicked"), "{door} {name}: {said}");
        }
    }
    assert!(!place.project().join(".gonogo").exists(), "nothing was begun");
    for (name, bytes) in &files {
        assert!(std::fs::read(place.project().join(name)).unwrap() == *bytes, "{name}");
    }
}

#[test]
fn bytes_that_are_no_text_are_shown_and_a_document_that_vanishes_takes_nothing_with_it() {
    let (place, ada) = person();
    let file = place.project().join("RELEASE.md");
    std::fs::write(&file, b"# Gr\xfc\xdfe\n\n- [ ] Tag it\n- [ ] Gr\xfc\xdfen\n").unwrap();
    let told = ada.gonogo(["import", "RELEASE.md", "--json"]).run().expect(0).json();
    assert_eq!(told["tasks"][1]["text"], "Gr\u{fc}\u{df}en");
    ada.gonogo(["new", "RELEASE.md"]).run().expect(0);
    std::fs::remove_file(&file).unwrap();
    let status = ada.gonogo(["status"]).run().stdout;
    assert!(status.contains("of 2 done"), "the record goes on: {status}");
    for door in [["rebase", "--dry-run"], ["export", "--markdown"]] {
        let refused = ada.gonogo(door).run();
        assert!(refused.code != 0 && refused.stderr.contains("RELEASE.md"), "{door:?}: {}", refused.stderr);
    }
    ada.gonogo(["verify"]).run().expect(0);
}
