//! Two copies that hold different lines for one key: neither may come in, and nothing is left lying about by what was refused.

use super::*;

/// What lies beside the record, but the lock.
fn beside(place: &Place) -> Vec<String> {
    let names = fs::read_dir(place.paths.folder()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names
        .filter(|name| name.contains(".quarantine-") || name.contains(".torn-") || name.contains(".tmp"))
        .collect();
    names.sort();
    names
}

/// The same event under the same key with other bytes, and a hash that fits.
fn twin(line: &str, from: &str, to: &str) -> String {
    let body = line.rsplit_once(", h = ").unwrap().0.replace(from, to);
    let hash = crate::session::hash::Hash::of(body.as_bytes());
    format!("{body}, h = \"{hash}\" }}")
}

#[test]
fn a_line_whose_key_stands_here_with_other_bytes_is_left_out_and_the_rest_comes_back() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two", "three"]);
    let whole = fs::read_to_string(place.paths.session()).unwrap();
    let lines: Vec<&str> = whole.lines().filter(|line| line.contains("note.added")).collect();
    let without = whole.replace(&format!("{}\n", lines[2]), "");
    fs::write(place.paths.session(), &without).unwrap();
    let other = twin(lines[0], "\"one\"", "\"eno\"");
    let back =
        repair::restore(&place.paths, &mender(), format!("{other}\n{}\n", lines[2]).as_bytes()).unwrap();
    assert_eq!((back.lines, back.left_out), (1, 1));
    assert_eq!(on_disk(&place.paths), ["one", "two", "three", "log.restored"]);
    assert!(!fs::read_to_string(place.paths.session()).unwrap().contains("eno"));
    assert_eq!(beside(&place), Vec::<String>::new());
}

#[test]
fn of_two_lines_with_one_key_in_the_copy_neither_comes_in() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two", "three"]);
    let whole = fs::read_to_string(place.paths.session()).unwrap();
    let lines: Vec<&str> = whole.lines().filter(|line| line.contains("note.added")).collect();
    let first = whole.replace(&format!("{}\n{}\n", lines[1], lines[2]), "");
    fs::write(place.paths.session(), &first).unwrap();
    // Two copies in one text: one holds another "two". "three" hangs on the first, so it has to wait too.
    let copy = format!("{whole}\n{}\n", twin(lines[1], "\"two\"", "\"owt\""));
    let back = repair::restore(&place.paths, &mender(), copy.as_bytes()).unwrap();
    assert_eq!((back.lines, back.left_out), (0, 3));
    assert_eq!(fs::read_to_string(place.paths.session()).unwrap(), first, "untouched");
    // The copy that is right brings both.
    let back = repair::restore(&place.paths, &mender(), whole.as_bytes()).unwrap();
    assert_eq!((back.lines, back.left_out), (2, 0));
    assert_eq!(on_disk(&place.paths), ["one", "two", "three", "log.restored"]);
}

#[test]
fn what_cannot_be_restored_leaves_no_file_beside_it() {
    let place = place();
    let mut writer = open(&place.paths);
    add_all(&mut writer, &["one", "two", "three"]);
    let whole = fs::read_to_string(place.paths.session()).unwrap();
    // The header was edited, and so was a line, which only `--quarantine` helps with.
    let bad = whole.replacen("title = \"Shop\"", "title = \"Shoq\"", 1).replace("\"two\"", "\"owt\"");
    fs::write(place.paths.session(), &bad).unwrap();
    let refused = repair::restore(&place.paths, &mender(), whole.as_bytes()).unwrap_err().to_string();
    assert!(refused.contains("--quarantine"), "{refused}");
    assert_eq!(fs::read_to_string(place.paths.session()).unwrap(), bad);
    assert_eq!(beside(&place), Vec::<String>::new());
}
