//! The reader of one line: it never panics, believes no line whose hash does not fit, and reads what any TOML parser reads.
//!
//! Half of the mutated lines get the hash that fits them: behind it the shape of an event is all that is left to break.

use gonogo::session::hash::Hash;
use gonogo::session::line::{Draft, Line, parse_line, plain, write_line};
use gonogo::session::state::Session;
use gonogo::session::value::{Table, Value};

use super::corpus::{body, samples, sealed};
use super::each_seed;
use super::mutate::{Dice, mutate};

/// What must hold of every line that is believed.
fn believed(text: &str, line: &Line) {
    let text = text.strip_suffix('\n').unwrap_or(text);
    assert_eq!(
        Hash::of(body(&format!("{text}\n")).as_bytes()),
        line.hash,
        "its hash covers its bytes: {text}"
    );
    let foreign: toml::Table = text.parse().expect("any TOML parser reads it");
    let (key, value) = foreign.iter().next().expect("one key");
    assert_eq!((foreign.len(), key.as_str()), (1, line.id.to_string().as_str()));
    assert_eq!(value["data"].as_table(), Some(&toml::Table::from(&line.data)), "both read the same data");
    assert_eq!(value["kind"].as_str(), Some(line.kind.as_str()));
    assert_eq!(value["by"].as_str(), Some(line.by.as_str()));
    let Line { id, at, by, on, kind, v, up, crit, data, hash } = line.clone();
    let draft = Draft { id, at, by, on, kind, v, up, crit, data };
    // What was written by somebody more generous need not keep our limits; what keeps them comes back as it was.
    if let Ok(written) = write_line(&draft) {
        let again = parse_line(&written.text).expect("what we write we read");
        let up = {
            let mut up = draft.up.clone();
            up.sort_unstable();
            up
        };
        assert_eq!(Line { hash, up: up.clone(), ..again }, Line { up, ..line.clone() });
        assert_eq!(written.hash == hash, written.text.trim_end() == text, "one spelling, one hash");
    }
    // The fold takes everything that is believed.
    Session::default().apply(&line.recorded());
}

#[test]
fn a_line_is_believed_only_if_it_proves_itself_and_then_every_parser_reads_the_same() {
    let lines: Vec<String> = samples().into_iter().flat_map(|sample| sample.lines).collect();
    for line in &lines {
        believed(line, &parse_line(line).expect("a line of the corpus"));
    }
    each_seed(|dice| {
        let line = dice.one_of(&lines);
        let seal = dice.once_in(2);
        let mut bytes = if seal { body(line).as_bytes().to_vec() } else { line.clone().into_bytes() };
        mutate(dice, &mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = if seal { sealed(&text) } else { text };
        if let Ok(read) = parse_line(&text) {
            believed(&text, &read);
            assert!(
                seal || lines.iter().any(|known| known.trim_end() == text.trim_end()),
                "changed and believed: {text}"
            );
        }
    });
}

#[test]
fn the_reader_of_our_own_spelling_declines_or_reads_what_the_toml_crate_reads() {
    let lines: Vec<String> = samples().into_iter().flat_map(|sample| sample.lines).collect();
    let taken = std::sync::atomic::AtomicU64::new(0);
    each_seed(|dice| {
        let line = dice.one_of(&lines).trim_end();
        let mut bytes = line.as_bytes().to_vec();
        mutate(dice, &mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        if let Some(read) = plain::read(&text) {
            assert_eq!(Table::from_toml(&text), Ok(read), "{text}");
            taken.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    });
    assert!(taken.into_inner() > 0 || lines.is_empty(), "it takes some");
}

#[test]
fn whatever_an_event_carries_comes_back_from_its_line() {
    each_seed(|dice| {
        let data = table(dice, 3);
        let draft = Draft {
            id: gonogo::session::ulid::Ulid::from_parts(1, u128::try_from(dice.below(1 << 30)).unwrap()),
            at: chrono::DateTime::from_timestamp_millis(i64::try_from(dice.below(1 << 40)).unwrap()).unwrap(),
            by: dice.text(),
            on: dice.text(),
            kind: "note.added".to_owned(),
            v: 1,
            up: vec![Hash::of(b"x"); 1 + dice.below(3)],
            crit: dice.once_in(2),
            data,
        };
        let Ok(written) = write_line(&draft) else { return };
        assert_eq!(written.text.matches('\n').count(), 1, "one line");
        assert!(
            !written.text.trim_end().chars().any(char::is_control),
            "`cat` is harmless: {:?}",
            written.text
        );
        let table = Table::from_toml(&written.text).expect("any TOML parser reads it");
        assert_eq!(plain::read(written.text.trim_end()), Some(table), "our own spelling is never declined");
        let read = parse_line(&written.text).expect("what we write we read");
        assert_eq!((&read.data, &read.by, &read.on), (&draft.data, &draft.by, &draft.on));
        believed(&written.text, &read);
    });
}

fn table(dice: &mut Dice, depth: usize) -> Table {
    let entries = (0..dice.below(4)).map(|n| {
        let key = if dice.once_in(3) { format!("{}{n}", dice.text()) } else { format!("key_{n}") };
        (key, value(dice, depth))
    });
    entries.collect()
}

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 3 } else { 5 }) {
        0 => Value::Text(dice.text()),
        1 => Value::Integer(i64::try_from(dice.below(1 << 40)).unwrap() - (1 << 39)),
        2 => Value::Boolean(dice.once_in(2)),
        3 => Value::List((0..dice.below(4)).map(|_| value(dice, depth - 1)).collect()),
        _ => Value::Table(table(dice, depth - 1)),
    }
}
