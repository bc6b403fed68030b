//! Appending, catching up, recovering.

use super::*;

#[test]
fn what_is_stored_is_on_disk_and_hangs_on_what_was_there() {
    let place = place();
    let mut writer = open(&place.paths);
    assert_eq!(stored(&add(&mut writer, "one")), ["one"]);
    assert_eq!(stored(&add(&mut writer, "two")), ["two"]);
    assert_eq!(on_disk(&place.paths), ["one", "two"]);
    let mode = fs::metadata(place.paths.session()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[test]
fn a_group_is_one_write_and_guards_see_what_came_before_them() {
    let place = place();
    let mut writer = open(&place.paths);
    let only_first = |id| Request::<Kinds> {
        guard: Box::new(
            |state: &Kinds| if state.0.is_empty() { Ok(()) } else { Err("somebody was faster".into()) },
        ),
        ..Request::plain(id, vec![note("deploy")])
    };
    let mut queue: VecDeque<Request<Kinds>> = (0..100).map(only_first).collect();
    let mut answers = Vec::new();
    while !queue.is_empty() {
        answers.extend(writer.append(&mut queue));
    }
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Answer::Stored { .. })).count(), 1);
    assert_eq!(
        answers
            .iter()
            .filter(
                |answer| matches!(answer, Answer::Refused { reason, .. } if reason == "somebody was faster")
            )
            .count(),
        99
    );
    assert_eq!(on_disk(&place.paths), ["deploy"]);
}

#[test]
fn two_writers_with_four_hundred_events_break_no_parent() {
    let place = place();
    let threads: Vec<_> = (0..2)
        .map(|who| {
            let paths = place.paths.clone();
            std::thread::spawn(move || {
                let mut writer = open(&paths);
                for n in 0..200 {
                    let answers = add(&mut writer, &format!("{who}-{n}"));
                    let own = answers.iter().any(|answer| matches!(answer, Answer::Stored { .. }));
                    assert!(own, "{answers:?}");
                }
                writer.state().0.len()
            })
        })
        .collect();
    let known: Vec<usize> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(known.contains(&400), "the last writer knows everything: {known:?}");
    let texts = on_disk(&place.paths);
    for who in 0..2 {
        let own: Vec<String> =
            texts.iter().filter(|text| text.starts_with(&format!("{who}-"))).cloned().collect();
        assert_eq!(own, (0..200).map(|n| format!("{who}-{n}")).collect::<Vec<_>>(), "in order, none lost");
    }
    let bytes = fs::read(place.paths.session()).unwrap();
    assert_eq!(verify(&bytes, &Witness::default(), Anchor::Required).outcome, Outcome::Unanchored);
    let (_, scanner, batch) = scan_file(&bytes).unwrap();
    assert_eq!(scanner.findings(), []);
    // Without a lock two lines would name one parent, and a guard would have looked at an old state.
    assert!(batch.lines.iter().all(|found| found.line.up.len() == 1), "one chain, no join after a fork");
}

#[test]
fn what_another_wrote_comes_with_the_next_answer() {
    let place = place();
    let (mut anna, mut ben) = (open(&place.paths), open(&place.paths));
    add(&mut anna, "one");
    assert_eq!(stored(&add(&mut ben, "two")), ["one", "two"]);
    assert!(
        matches!(anna.poll(), Some(Answer::Arrived { lines, extent: Extent::More, lost: 0 }) if texts(&lines) == ["two"])
    );
    assert_eq!(anna.poll(), None);
}

#[test]
fn a_torn_tail_goes_aside_and_the_record_says_so() {
    let place = place();
    let mut writer = open(&place.paths);
    add(&mut writer, "one");
    let good = fs::read(place.paths.session()).unwrap();
    for junk in [b"01K6ZV3N = { at = \"2026".as_slice(), &[0; 700], b"\xff\xfe\njunk\n", b"x"] {
        fs::write(place.paths.session(), [good.as_slice(), junk].concat()).unwrap();
        let mut writer = open(&place.paths);
        let answers = add(&mut writer, "two");
        assert_eq!(stored(&answers), ["log.repaired", "two"]);
        assert_eq!(on_disk(&place.paths), ["one", "log.repaired", "two"]);
        let torn: Vec<_> = fs::read_dir(place.paths.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.to_string_lossy().contains(".torn-"))
            .collect();
        assert_eq!(torn.len(), 1);
        assert_eq!(fs::read(&torn[0]).unwrap(), junk);
        fs::remove_file(&torn[0]).unwrap();
    }
}

#[test]
fn every_cut_of_the_last_two_lines_is_recovered_from() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two"]);
    let start = fs::read(place.paths.session()).unwrap().len();
    add_all(&mut writer, &["three", "four"]);
    let whole = fs::read(place.paths.session()).unwrap();
    for cut in (start..whole.len()).step_by(7).chain([whole.len() - 1, whole.len()]) {
        fs::write(place.paths.session(), &whole[..cut]).unwrap();
        let mut writer = open(&place.paths);
        let answers = add(&mut writer, "again");
        assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{cut}: {answers:?}");
        let texts = on_disk(&place.paths);
        assert_eq!(
            (&texts[..2], texts.last().unwrap().as_str()),
            (["one".to_owned(), "two".to_owned()].as_slice(), "again"),
            "{cut}"
        );
        let parsed: toml::Table =
            toml::from_str(&fs::read_to_string(place.paths.session()).unwrap()).unwrap();
        assert_eq!(parsed["events"].as_table().unwrap().len(), texts.len());
    }
}

#[test]
fn an_edited_line_makes_the_record_read_only() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two"]);
    let text = fs::read_to_string(place.paths.session()).unwrap();
    fs::write(place.paths.session(), text.replace("\"one\"", "\"eno\"")).unwrap();
    let before = fs::read(place.paths.session()).unwrap();
    let (error, broken) = failure(&add(&mut writer, "three"));
    assert!(broken && error.contains("edited") && error.contains("line "), "{error}");
    assert_eq!(fs::read(place.paths.session()).unwrap(), before);
    fs::write(place.paths.session(), text).unwrap();
    assert!(
        add(&mut writer, "three").iter().any(|answer| matches!(answer, Answer::Stored { .. })),
        "mended by putting it back"
    );
}

#[test]
fn what_was_cut_away_and_grew_back_in_the_same_file_is_gone_no_more() {
    let place = place();
    let mut anna = open(&place.paths);
    add_all(&mut anna, &["one", "two", "three"]);
    let whole = fs::read(place.paths.session()).unwrap();
    let end_of_one = whole.windows(1).enumerate().filter(|(_, byte)| *byte == b"\n").rev().nth(2).unwrap().0;
    fs::write(place.paths.session(), &whole[..=end_of_one]).unwrap();
    assert!(anna.poll().is_some());
    let told = |told| match told {
        Some(Answer::Standing { condition, .. }) => condition.lost.len(),
        other => panic!("nothing was told: {other:?}"),
    };
    assert_eq!(told(anna.news_of_standing()), 2);
    fs::write(place.paths.session(), &whole).unwrap();
    assert!(anna.poll().is_some());
    assert_eq!(told(anna.news_of_standing()), 0);
}

#[test]
fn a_replaced_inode_is_used_at_once_and_lost_events_are_counted() {
    let place = place();
    let mut writer = open(&place.paths);
    add(&mut writer, "one");
    let older = fs::read(place.paths.session()).unwrap();
    add_all(&mut writer, &["two", "three"]);
    let copy = place.paths.folder().join("copy");
    fs::write(&copy, older).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&copy, place.paths.session()).unwrap();
    let answers = add(&mut writer, "four");
    assert!(
        matches!(&answers[0], Answer::Arrived { lines, extent: Extent::Whole, lost: 2 } if texts(lines) == ["one"]),
        "{answers:?}"
    );
    assert_eq!(on_disk(&place.paths), ["one", "four"]);
}

#[test]
fn a_merge_of_two_branches_is_folded_in_the_one_order_and_joined() {
    let place = place();
    let mut anna = open(&place.paths);
    add(&mut anna, "base");
    let base = fs::read_to_string(place.paths.session()).unwrap();
    add(&mut anna, "left");
    let left = fs::read_to_string(place.paths.session()).unwrap();
    fs::write(place.paths.session(), &base).unwrap();
    add(&mut open(&place.paths), "right");
    let right = fs::read_to_string(place.paths.session()).unwrap();
    // What a union merge of git leaves, with a double.
    let merged = format!(
        "{base}{}{}{}",
        right.strip_prefix(&base).unwrap(),
        left.strip_prefix(&base).unwrap(),
        right.strip_prefix(&base).unwrap()
    );
    fs::write(place.paths.session(), merged).unwrap();
    let answers = add(&mut anna, "joined");
    assert!(
        matches!(&answers[0], Answer::Arrived { lines, extent: Extent::Whole, lost: 0 } if lines.len() == 3),
        "{answers:?}"
    );
    let [_, Answer::Stored { lines, .. }] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(lines[0].up.len(), 2, "the next append names both heads");
    assert_eq!(on_disk(&place.paths).len(), 4);
}

#[test]
fn the_thread_answers_everything_before_it_ends_and_shows_what_others_wrote_in_time() {
    let place = place();
    let seen = SeenFile::new(&place.folder.path().join("state"), open(&place.paths).header().release.id);
    let (sender, answers) = sync_channel(1024);
    let tell = move |answer| sender.send((Instant::now(), answer)).unwrap();
    let thread = StoreThread::start(open(&place.paths), Some(seen.clone()), tell).unwrap();
    add(&mut open(&place.paths), "from elsewhere");
    let written = Instant::now();
    let (shown, answer) = answers.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(matches!(answer, Answer::Arrived { .. }));
    assert!(shown - written < Duration::from_secs(2), "{:?}", shown - written);
    for id in 0..100 {
        assert!(thread.submit(Request::plain(id, vec![note("x")])).is_ok());
    }
    thread.close().unwrap();
    let stored = answers.try_iter().filter(|(_, answer)| matches!(answer, Answer::Stored { .. })).count();
    assert_eq!(stored, 100);
    let bytes = fs::read(place.paths.session()).unwrap();
    let witness = Witness { watermark: seen.load(), commits: Vec::new() };
    assert_eq!(verify(&bytes, &witness, Anchor::Required).exit_code, 0);
}

#[test]
fn a_watermark_of_a_dropped_tail_goes_on_accusing_until_it_is_accepted() {
    let place = place();
    let mut writer = open(&place.paths);
    add(&mut writer, "one");
    let older = fs::read(place.paths.session()).unwrap();
    add(&mut writer, "two");
    let seen = SeenFile::new(&place.folder.path().join("state"), writer.header().release.id);
    seen.store(&writer.watermark()).unwrap();
    fs::write(place.paths.session(), older).unwrap();
    let session = || {
        let reopened = open(&place.paths);
        let lacks = reopened.lacks(&seen.load().unwrap_or_default());
        StoreThread::start(reopened, Some(seen.clone()), |_answer| {}).unwrap().close().unwrap();
        lacks
    };
    assert_eq!((session(), session()), (1, 1));
    seen.forget().unwrap();
    assert_eq!((session(), session()), (0, 0));
    assert_eq!(seen.load().unwrap().events, 1);
}
