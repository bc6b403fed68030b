//! Names, folders, watermarks and the fallback journal.

use super::*;

#[test]
fn the_folder_is_private_and_git_knows_what_to_do() {
    let place = place();
    let folder = place.paths.folder();
    assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(
        fs::read_to_string(folder.join(".gitattributes")).unwrap(),
        "*.session.toml merge=union -text\n"
    );
    assert_eq!(
        fs::read_to_string(folder.join(".gitignore")).unwrap(),
        "*.lock\n*.side/\n*.torn-*\n*.quarantine-*\n*.tmp\n"
    );
    prepare_folder(folder).unwrap();
    let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "no temporary file stays: {left:?}");
}

#[test]
fn a_record_is_never_created_over_another() {
    let place = place();
    let before = fs::read(place.paths.session()).unwrap();
    assert!(create_session(&place.paths, "other").unwrap_err().to_string().contains("cannot make"));
    assert_eq!(fs::read(place.paths.session()).unwrap(), before);
}

#[test]
fn companions_of_a_named_record_lie_beside_it() {
    let paths = SessionPaths::at(Path::new("/srv/records/shop.session.toml")).unwrap();
    assert_eq!(paths.lock(), Path::new("/srv/records/shop.lock"));
    assert_eq!(paths.side(), Path::new("/srv/records/shop.side"));
    assert!(SessionPaths::at(Path::new("/")).is_err());
    let id = Ulid::from_parts(1, 1);
    let hostile = SessionPaths::in_folder(Path::new("f"), "../../etc", "v1 /x", id);
    assert_eq!(hostile.session(), Path::new(&format!("f/etc-v1--x-{id}.session.toml")).to_path_buf());
    assert_eq!(hostile.id(), Some(id));
}

#[test]
fn the_newest_open_record_of_the_nearest_folder_is_found() {
    let place = place();
    let deep = place.folder.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(paths::newest_open(&deep, None).unwrap(), place.paths);
    let newer = Release { id: Ulid::from_parts(u64::MAX, 1), ..release() };
    let sealed = SessionPaths::in_folder(place.paths.folder(), "shop", "3", newer.id);
    create_session(&sealed, &write_header(&newer, "[checklist]\n").unwrap()).unwrap();
    assert_eq!(paths::newest_open(&deep, None).unwrap(), sealed);
    let mut writer = open(&sealed);
    let closing = Proposal { kind: "release.closed".into(), ..note("") };
    writer.append(&mut VecDeque::from([Request::plain(1, vec![closing])]));
    assert_eq!(paths::newest_open(&deep, None).unwrap(), place.paths);
    assert_eq!(paths::list(place.paths.folder()).unwrap().len(), 2);
    let elsewhere = tempfile::tempdir().unwrap();
    assert!(matches!(
        paths::newest_open(elsewhere.path(), Some(elsewhere.path())),
        Err(StoreFault::NoSession { .. })
    ));
}

#[test]
fn a_watermark_comes_back_and_a_broken_one_is_none() {
    let place = place();
    let mut writer = open(&place.paths);
    add(&mut writer, "one");
    let seen = SeenFile::new(&place.folder.path().join("state/gonogo"), writer.header().release.id);
    assert_eq!(seen.load(), None);
    seen.store(&writer.watermark()).unwrap();
    assert_eq!(seen.load(), Some(writer.watermark()));
}

#[test]
fn a_rollback_without_a_record_is_journaled_and_taken_over_later() {
    let place = place();
    let mut writer = open(&place.paths);
    add(&mut writer, "deploy");
    let id = writer.header().release.id;
    let state = place.folder.path().join("state");
    fs::write(&state, "a file where a folder should be: this place does not work").unwrap();
    let memory = place.folder.path().join("memory");
    let journal = Journal::new(id, vec![state.clone(), memory.clone()]);
    let heads = writer.watermark().heads;
    let (first, kept) = journal.keep(vec![note("rollback"), note("step")], &heads).unwrap();
    assert!(matches!(&kept, Kept::File(path) if path.starts_with(&memory)), "{kept:?}");
    journal.keep(vec![note("done")], &heads).unwrap();
    add(&mut writer, "meanwhile");

    let again = Journal::new(id, vec![state.clone(), memory]);
    assert_eq!(texts(&again.pending()), ["rollback", "step", "done"]);
    let request = again.reconcile::<Kinds>(9, "anna", "build1/1").unwrap();
    let answers = writer.append(&mut VecDeque::from([request]));
    assert_eq!(stored(&answers), ["rollback", "step", "done", "journal.reconciled"]);
    again.discard().unwrap();
    assert!(again.reconcile::<Kinds>(9, "anna", "build1/1").is_none());
    let texts = on_disk(&place.paths);
    assert_eq!((texts.len(), texts.last().unwrap().as_str()), (6, "journal.reconciled"));
    assert!(fs::read_to_string(place.paths.session()).unwrap().contains(&first[0].hash.to_string()));

    let nowhere = Journal::new(id, vec![state]);
    let (_, kept) = nowhere.keep(vec![note("rollback")], &heads).unwrap();
    assert!(matches!(kept, Kept::Nowhere(text) if text.contains("rollback")));
}

#[test]
fn a_salvage_takes_every_good_line_and_what_could_not_be_saved() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two", "three"]);
    let text = fs::read_to_string(place.paths.session()).unwrap();
    fs::write(place.paths.session(), text.replace("\"two\"", "\"owt\"")).unwrap();
    let new = SessionPaths::at(&place.folder.path().join("saved.session.toml")).unwrap();
    let salvaged = repair::salvage(&place.paths, &new, vec![note("pending")]).unwrap();
    assert_eq!((salvaged.copied, salvaged.added, salvaged.left_behind), (2, 1, 1));
    let bytes = fs::read(new.session()).unwrap();
    assert_eq!(
        verify(&bytes, &Witness::default(), Anchor::Optional).problems.len(),
        1,
        "the missing parent stays visible"
    );
    assert!(repair::salvage(&place.paths, &new, Vec::new()).is_err(), "never over another file");
}

#[test]
fn the_side_folder_is_private_and_no_link() {
    let place = place();
    let side = prepare_side(&place.paths).unwrap();
    assert_eq!(prepare_side(&place.paths).unwrap(), side);
    assert_eq!(fs::metadata(&side).unwrap().permissions().mode() & 0o777, 0o700);
    fs::remove_dir(&side).unwrap();
    symlink(place.folder.path(), &side).unwrap();
    assert!(prepare_side(&place.paths).unwrap_err().to_string().contains("symbolic link"));
}

#[test]
fn two_cockpits_that_follow_a_run_in_the_journal_write_its_end_once() {
    let folder = TempDir::new().unwrap();
    let state = folder.path().join("fallback");
    let id = fresh_ulid();
    let ended = |by: &str, run: &str| Proposal {
        by: by.to_owned(),
        kind: "run.ended".to_owned(),
        data: Table::new().with("run", run),
        ..note("x")
    };
    let (one, two) = (Journal::new(id, vec![state.clone()]), Journal::new(id, vec![state]));
    let (first, kept) =
        one.keep(vec![ended("ada", "01RUN")], &[crate::session::hash::Hash::of(b"head")]).unwrap();
    assert!(matches!(kept, Kept::File(_)));
    let (second, kept) = two.keep(vec![ended("bob", "01RUN")], &[]).unwrap();
    assert_eq!((&second, kept), (&first, Kept::Already));
    two.keep(vec![ended("bob", "02RUN"), note("x")], &[]).unwrap();
    two.keep(vec![note("x")], &[]).unwrap();
    assert_eq!(one.pending().len(), 4, "another run's end, and what may happen twice");
}
