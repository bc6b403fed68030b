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
    assert_eq!(stored(&answers[..1]), ["rollback", "step", "done", "journal.reconciled"]);
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
    let waiting = || repair::Waiting { journal: Vec::new(), pending: vec![note("pending")] };
    let salvaged = repair::salvage_to(&place.paths, &new, &mender(), waiting()).unwrap();
    assert_eq!((salvaged.copied, salvaged.added, salvaged.left_behind), (2, 1, 1));
    let bytes = fs::read(new.session()).unwrap();
    assert_eq!(
        verify(&bytes, &Witness::default(), Anchor::Optional).problems.len(),
        1,
        "the missing parent stays visible"
    );
    assert!(repair::salvage_to(&place.paths, &new, &mender(), waiting()).is_err(), "never over another file");
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

#[test]
fn a_poisoned_record_is_copied_into_a_new_file_of_its_name_and_an_open_writer_goes_on() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two"]);
    lock::acquire(&place.paths, &holder(), Duration::ZERO).unwrap().poison("the flush failed");
    assert!(failure(&add(&mut writer, "lost")).0.contains("repair --salvage"));
    let told = writer.news_of_standing();
    assert!(matches!(told, Some(Answer::Standing { read_only: Some(_), .. })), "{told:?}");
    assert!(failure(&add(&mut open(&place.paths), "lost too")).1);
    let before = fs::read(place.paths.session()).unwrap();
    let waiting = repair::Waiting { journal: Vec::new(), pending: vec![note("pending")] };
    let salvaged = repair::salvage(&place.paths, &mender(), waiting).unwrap();
    assert_eq!((salvaged.copied, salvaged.added, salvaged.left_behind), (2, 1, 0));
    assert_eq!(fs::read(place.paths.folder().join(&salvaged.old)).unwrap(), before, "the old one is kept");
    assert_eq!(on_disk(&place.paths), ["one", "two", "pending", "log.salvaged"]);
    let heard = writer.poll();
    assert!(matches!(heard, Some(Answer::Arrived { extent: Extent::Whole, .. })), "{heard:?}");
    let standing = writer.news_of_standing();
    assert!(matches!(standing, Some(Answer::Standing { read_only: None, .. })), "{standing:?}");
    stored(&add(&mut writer, "goes on"));
}

#[test]
fn lines_come_back_from_any_copy_as_they_were_and_those_of_another_release_do_not() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two", "three", "four"]);
    let whole = fs::read_to_string(place.paths.session()).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let without: Vec<&str> =
        lines.iter().copied().filter(|line| !line.contains("two") && !line.contains("four")).collect();
    fs::write(place.paths.session(), format!("{}\n", without.join("\n"))).unwrap();
    let heard = writer.poll();
    assert!(matches!(heard, Some(Answer::Arrived { lost: 2, .. })), "{heard:?}");
    let Some(Answer::Standing { condition, .. }) = writer.news_of_standing() else { panic!() };
    assert_eq!((condition.lost.len(), condition.missing.len()), (2, 1));
    let other = super::place();
    add_all(&mut open(&other.paths), &["stranger"]);
    let strangers = fs::read_to_string(other.paths.session()).unwrap();
    let copy = format!("{strangers}\njunk\n{whole}");
    let back = repair::restore(&place.paths, &mender(), copy.as_bytes()).unwrap();
    assert_eq!((back.lines, back.left_out, back.header), (2, 1, false));
    assert_eq!(on_disk(&place.paths), ["one", "two", "three", "four", "log.restored"]);
    let now = fs::read_to_string(place.paths.session()).unwrap();
    assert!(lines.iter().all(|line| now.lines().any(|there| there == *line)), "byte for byte");
    writer.poll();
    let Some(Answer::Standing { condition, .. }) = writer.news_of_standing() else { panic!() };
    assert_eq!(condition, crate::session::condition::Condition::default());
}

#[test]
fn an_edited_header_comes_back_from_a_copy() {
    let place = place();
    add_all(&mut open(&place.paths), &["one"]);
    let whole = fs::read_to_string(place.paths.session()).unwrap();
    let edited = whole.replacen("title = \"Shop\"", "title = \"Shoq\"", 1);
    fs::write(place.paths.session(), &edited).unwrap();
    assert!(failure(&add(&mut open(&place.paths), "two")).0.contains("edited after the release began"));
    let refused = repair::quarantine(&place.paths, &mender()).unwrap();
    assert_eq!(refused.lines, 0, "no line is wrong");
    let back = repair::restore(&place.paths, &mender(), whole.as_bytes()).unwrap();
    assert!(back.header);
    assert_eq!(fs::read_to_string(place.paths.session()).unwrap(), whole);
}
