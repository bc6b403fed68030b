//! Copies of one record that went their own ways: joined in any order they come to the same events and the same state.
//!
//! Some lines carry data no program of ours would write: the fold must take them all.

use std::collections::BTreeSet;

use gonogo::session::copies::{compare, count};
use gonogo::session::graph::Graph;
use gonogo::session::hash::Hash;
use gonogo::session::line::parse_line;
use gonogo::session::scan::scan_file;
use gonogo::session::state::Session;

use super::corpus::{Sample, body, samples, sealed};
use super::mutate::{Dice, mutate};
use super::seeds;

/// Each joins three copies four times and folds the results: as much as thirty seeds of the other targets.
const SEEDS: u64 = 400;
/// Events of one history.
const EVENTS: usize = 8;

fn state(file: &[u8]) -> (BTreeSet<Hash>, Hash) {
    let (header, _, batch) = scan_file(file).unwrap();
    let mut graph = Graph::new(header.digest);
    batch.lines.iter().for_each(|found| graph.insert(&found.line));
    let mut session = Session::default();
    for place in graph.order() {
        session.apply(&batch.lines[place].line.recorded());
    }
    (batch.lines.iter().map(|found| found.line.hash).collect(), session.digest())
}

/// A branching history over events of the corpus, each below one or two of those before it; some with data that is out of order.
fn history(dice: &mut Dice, samples: &[Sample]) -> (String, Vec<(String, Vec<usize>)>) {
    let sample = dice.one_of(samples);
    let mut made: Vec<(String, Hash, Vec<usize>)> = Vec::new();
    for n in 0..EVENTS {
        let source = dice.one_of(samples);
        let line = dice.one_of(&source.lines);
        let (before, after) = body(line).split_once(", up = [").expect("a line has parents");
        let after = after.split_once(']').expect("and an end of them").1;
        let mut parents: Vec<usize> = (0..=dice.below(2)).filter(|_| n > 0).map(|_| dice.below(n)).collect();
        parents.sort_unstable();
        parents.dedup();
        let mut up: Vec<Hash> = parents.iter().map(|place| made[*place].1).collect();
        if up.is_empty() {
            up.push(Hash::of(sample.head.as_bytes()));
        }
        up.sort_unstable();
        let up = up.iter().map(|hash| format!("\"{hash}\"")).collect::<Vec<_>>().join(", ");
        // A name of its own: the first 26 bytes are the key.
        let text =
            format!("01K6ZV3N0000000000000000{:02}{}, up = [{up}]{after}", n + 10, before.split_at(26).1);
        let mut wild = text.clone().into_bytes();
        let at = text.len() - after.len();
        let mut end = wild.split_off(at);
        if dice.once_in(3) {
            mutate(dice, &mut end);
        }
        wild.extend(end);
        let wild = sealed(&String::from_utf8_lossy(&wild));
        let line = if wild.matches('\n').count() == 1
            && parse_line(&wild).is_ok_and(|line| line.id.to_string().ends_with(&(n + 10).to_string()))
        {
            wild
        } else {
            sealed(&text)
        };
        let hash = parse_line(&line).expect("a good line").hash;
        made.push((line, hash, parents));
    }
    (sample.head.clone(), made.into_iter().map(|(line, _, parents)| (line, parents)).collect())
}

/// Some of the events with all that came before them, in an order that need not be one of cause.
fn copy(dice: &mut Dice, head: &str, events: &[(String, Vec<usize>)]) -> Vec<u8> {
    let mut has: Vec<bool> = events.iter().map(|_| dice.once_in(3)).collect();
    for place in (0..events.len()).rev() {
        if has[place] {
            events[place].1.iter().for_each(|parent| has[*parent] = true);
        }
    }
    let mut lines: Vec<&str> =
        events.iter().zip(&has).filter(|(_, has)| **has).map(|((line, _), _)| line.as_str()).collect();
    if dice.once_in(2) {
        dice.shuffle(&mut lines);
    }
    format!("{head}{}", lines.concat()).into_bytes()
}

fn join(here: &[u8], there: &[u8]) -> Vec<u8> {
    let found = compare(here, there).expect("both are whole");
    let mut joined = here.to_vec();
    for line in found.to_take {
        joined.extend(line.bytes());
        joined.push(b'\n');
    }
    assert_eq!(count(&joined), found.together);
    joined
}

#[test]
fn copies_joined_in_any_order_have_all_events_and_one_state() {
    let samples: Vec<Sample> =
        samples().into_iter().filter(|sample| sample.head.contains("\nformat = 1\nfeatures = []")).collect();
    seeds(SEEDS, |dice| {
        let (head, events) = history(dice, &samples);
        let copies: Vec<Vec<u8>> = (0..3).map(|_| copy(dice, &head, &events)).collect();
        let [a, b, c] = copies.as_slice() else { panic!("three copies") };
        let left = join(&join(a, b), c);
        let right = join(c, &join(b, a));
        assert_eq!(state(&left), state(&right), "commutative and associative");
        assert_eq!(join(&left, &right), left, "idempotent");
        let lines = |file: &[u8]| -> BTreeSet<Vec<u8>> {
            let events = file.strip_prefix(head.as_bytes()).expect("one head");
            events.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
        };
        let all: BTreeSet<Vec<u8>> = copies.iter().flat_map(|copy| lines(copy)).collect();
        assert_eq!(lines(&left), all, "nothing lost, nothing invented, byte for byte");
    });
}
