//! The session on top of the store: events go to the disk and come back as the same state.

use crate::engine::effect::{AppendId, Urgency};
use crate::engine::input::Input;
use crate::rules::guard::Guard as Holds;
use crate::session::event::{Event, ItemTicked, NoteAdded};
use crate::session::recorded::{Author, Proposed, What};
use crate::session::state::Session;
use crate::session::status::TickHow;

use super::super::session_store::{append_request, inputs};
use super::*;

fn proposed(event: Event) -> Proposed {
    let author = Author { by: "anna@example.com".into(), on: "build1/1".into() };
    Proposed { at: DateTime::UNIX_EPOCH, author, event }
}

fn tick(note: &str) -> Vec<Proposed> {
    let ticked = ItemTicked {
        item: "db-backup".into(),
        how: TickHow::Hand,
        evidence: Some("done: \u{202e}\"x\"\n".into()),
        result: None,
        version: Some("2.4.0".into()),
        environment: None,
    };
    let note = NoteAdded { item: None, text: note.into() };
    vec![proposed(Event::ItemTicked(ticked)), proposed(Event::NoteAdded(note))]
}

#[test]
fn the_state_after_storing_is_the_state_after_reopening() {
    let place = place();
    let (mut writer, _) =
        Writer::open(place.paths.clone(), holder(), NetworkFiles::Refuse, Session::default()).unwrap();
    let events = tick("first");
    let request = append_request(AppendId(7), events.clone(), Holds::Open, Urgency::Normal).unwrap();
    let answers = writer.append(&mut VecDeque::from([request]));
    let heard = inputs(answers[0].clone(), DateTime::UNIX_EPOCH);
    let [Input::EventsStored { id: AppendId(7), events: stored, .. }] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    for (event, before) in stored.iter().zip(&events) {
        assert_eq!(event.what, What::Known(Box::new(before.event.clone())));
    }
    let (again, _) =
        Writer::open(place.paths.clone(), holder(), NetworkFiles::Refuse, Session::default()).unwrap();
    assert_eq!(again.state(), writer.state());
    assert_eq!(again.state().notes.len(), 1);
}

#[test]
fn two_people_ticking_one_item_meet_at_the_guard() {
    let place = place();
    let open =
        || Writer::open(place.paths.clone(), holder(), NetworkFiles::Refuse, Session::default()).unwrap().0;
    let (mut anna, mut ben) = (open(), open());
    let request = |id| {
        let guard = Holds::MarkIs { item: "db-backup".into(), event: None };
        append_request(AppendId(id), tick("x"), guard, Urgency::Normal).unwrap()
    };
    assert!(matches!(anna.append(&mut VecDeque::from([request(1)]))[0], Answer::Stored { .. }));
    let answers = ben.append(&mut VecDeque::from([request(2)]));
    let heard = inputs(answers[0].clone(), DateTime::UNIX_EPOCH);
    let [Input::AppendRefused { reason, events, .. }] = heard.as_slice() else { panic!("{heard:?}") };
    assert!(reason.contains("anna@example.com"), "{reason}");
    assert_eq!(events.len(), 2, "the refusal brings what the other wrote");
    assert_eq!(ben.state(), anna.state());
}
