//! What an event keeps of a difference, and what comes back from it.

use proptest::prelude::*;

use super::{Normalised, RebaseFault, changed, changes, rebased};
use crate::checklist::bundled::BUNDLED;
use crate::checklist::markdown::build::checklist;
use crate::checklist::markdown::document::Document;
use crate::checklist::read::read_toml;
use crate::session::clones::Replica;
use crate::session::event::{ChecklistRebased, Event};
use crate::session::hash::Hash;

pub(crate) fn markdown(text: &str) -> Normalised {
    Normalised::of(&checklist(&Document::read("release.md", text.as_bytes()).unwrap())).unwrap()
}

pub(crate) fn toml(text: &str) -> Normalised {
    Normalised::of(&read_toml("release.toml", text).unwrap_or_else(|problems| panic!("{problems:#?}")))
        .unwrap()
}

pub(crate) fn between(old: &Normalised, new: &Normalised) -> ChecklistRebased {
    rebased(old, new, Hash::of(b"file")).unwrap().0
}

#[test]
fn the_text_comes_back_byte_for_byte_and_only_what_differs_is_kept() {
    let source = BUNDLED.iter().max_by_key(|bundled| bundled.source.len()).unwrap().source;
    let old = toml(source);
    let line = source.lines().rfind(|line| line.trim_start().starts_with("title")).unwrap();
    let new = toml(&source.replace(line, &line.replacen('"', "\"Really ", 1)));
    assert_ne!(old.digest, new.digest);
    let event = between(&old, &new);
    assert_eq!(changed(&old.text, &event.changes).unwrap(), new.text);
    let kept: usize = event.changes.iter().map(|stretch| stretch.new.len()).sum();
    assert!(kept < 400, "{:?}", event.changes);
}

#[test]
fn a_chain_of_changes_is_followed_and_one_that_does_not_fit_is_left_out_and_told() {
    let texts = ["# R\n- [ ] a\n", "# R\n- [ ] a\n- [ ] b\n", "# R\n- [ ] c\n- [ ] b\n"].map(markdown);
    let mut clone = Replica::first();
    clone.says("ann", &Event::ChecklistRebased(between(&texts[0], &texts[1])));
    clone.says("ann", &Event::ChecklistRebased(between(&texts[1], &texts[2])));
    let (now, wrong) = Normalised::now(&texts[0].text, &clone.state()).unwrap();
    assert_eq!((&now, wrong), (&texts[2], None));
    let mut strange = between(&texts[2], &texts[0]);
    strange.to = texts[1].digest.tagged();
    clone.says("eve", &Event::ChecklistRebased(strange));
    let (now, wrong) = Normalised::now(&texts[0].text, &clone.state()).unwrap();
    assert_eq!((&now, wrong), (&texts[2], Some(RebaseFault::Unfitting)));
}

#[test]
fn too_much_for_one_line_is_refused_with_what_to_do() {
    let old = markdown("# R\n- [ ] a\n");
    let many = (0..2_000).fold(String::new(), |many, at| {
        many + &format!(
            "- [ ] Check service number {at} again
"
        )
    });
    let fault = rebased(&old, &markdown(&format!("# R\n{many}")), Hash::of(b"file")).unwrap_err();
    assert!(matches!(fault, RebaseFault::TooMuch(_)) && fault.to_string().contains("gonogo new"), "{fault}");
}

#[test]
fn another_check_place_or_proof_is_another_thing_to_say() {
    let list = |item: &str| {
        toml(&format!(
            "format = 1\nid = \"x\"\ntitle = \"X\"\n[environments.stage]\n[environments.live]\n\
            [[phases]]\nid = \"p\"\ntitle = \"P\"\n[[phases.items]]\nid = \"i\"\ntitle = \"I\"\n{item}"
        ))
    };
    let told = |old: &str, new: &str| {
        let event = between(&list(old), &list(new));
        (event.reworded.len(), event.remeasured.len())
    };
    let http = "check = { http = { url = \"http://localhost/a\", status = 200 } }";
    assert_eq!(told("", "note = \"look\""), (0, 0));
    assert_eq!(told("environment = \"stage\"", "environment = \"live\""), (1, 0));
    assert_eq!(told("", "evidence = \"url\""), (1, 0));
    assert_eq!(told("evidence = \"url\"", ""), (0, 0));
    assert_eq!(told(http, &http.replace("/a", "/b")), (0, 1));
    assert_eq!(told("", http), (1, 1));
}

proptest! {
    #[test]
    fn any_text_comes_back_from_what_differs(
        old in prop::collection::vec("[ab]{0,2}\n", 0..30),
        new in prop::collection::vec("[ab]{0,2}\n", 0..30),
    ) {
        let (old, new) = (old.concat(), new.concat());
        let stretches = changes(&old, &new);
        prop_assert_eq!(changed(&old, &stretches), Some(new));
        prop_assert!(changes(&old, &old).is_empty());
    }

    #[test]
    fn stretches_of_another_text_change_nothing_or_are_refused(
        at in -3..40_i64,
        gone in -3..40_i64,
    ) {
        let stretch = crate::session::event::ChangedLines { at, gone, new: "x\n".to_owned() };
        let text = "a\n".repeat(20);
        let fits = (0..=20).contains(&at) && (0..=20 - at).contains(&gone);
        prop_assert_eq!(changed(&text, &[stretch]).is_some(), fits);
    }
}
