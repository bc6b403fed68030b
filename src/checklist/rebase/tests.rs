//! Documents beside each other: by hand, at random, and very long ones.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Compared, Fate, common_run, compared};
use crate::checklist::id::ItemId;
use crate::checklist::markdown::build::checklist;
use crate::checklist::markdown::document::Document;
use crate::checklist::model::Checklist;

fn read(text: &str) -> Checklist {
    checklist(&Document::read("release.md", text.as_bytes()).unwrap())
}

fn between(old: &str, new: &str) -> Compared {
    compared(&read(old), &read(new))
}

fn titles(compared: &Compared, fate: Fate) -> Vec<(&str, &str)> {
    compared.with(fate).map(|pair| (pair.old.title.as_str(), pair.new.title.as_str())).collect()
}

#[test]
fn each_way_of_matching_finds_what_it_is_for() {
    let old = "# R\n## Before\n- [ ] Tag the release\n- [ ] Back up the database to the vault\n- [ ] Tell support\n\
        ## After\n- [ ] Watch the dashboards\n- [ ] Close the ticket\n";
    let new = "# R\n## Before\n- [ ] Freeze the main branch\n- [ ] Tag the release\n- [ ] Back up the database to the new vault\n\
        ## After\n- [ ] Tell support\n- [ ] Watch the dashboards\n";
    let compared = between(old, new);
    assert_eq!(titles(&compared, Fate::Kept).len(), 2);
    assert_eq!(titles(&compared, Fate::Moved), [("Tell support", "Tell support")]);
    assert_eq!(
        titles(&compared, Fate::Reworded),
        [("Back up the database to the vault", "Back up the database to the new vault")]
    );
    assert_eq!(
        compared.new.iter().map(|named| named.title.as_str()).collect::<Vec<_>>(),
        ["Freeze the main branch"]
    );
    assert_eq!(
        compared.gone.iter().map(|named| named.title.as_str()).collect::<Vec<_>>(),
        ["Close the ticket"]
    );
    assert_eq!(compared.renamed().len(), 2);
}

#[test]
fn renumbering_and_line_ends_keep_everything() {
    let old = "# R\n## 1. Before\n1. [ ] Step 1: Tag\n2. [ ] Step 2: Push\n## 2. After\n- [ ] Watch\n";
    let new =
        "# R\r\n## 2. Before\r\n3. [ ] Step 4: Tag\r\n4. [ ] Step 5: Push\r\n## 3. After\r\n- [ ] Watch\r\n";
    let compared = between(old, new);
    assert_eq!(titles(&compared, Fate::Kept).len(), 3, "{compared:#?}");
    assert!(compared.new.is_empty() && compared.gone.is_empty());
}

#[test]
fn a_heading_with_another_name_takes_its_items_along_equal_words_too() {
    let old = "# R\n## Stage\n- [ ] Deploy to stage\n- [ ] Verify\n## Production\n- [ ] Deploy to production\n- [ ] Verify\n";
    let new = old.replace("## Stage", "## Staging area").replace("## Production", "## Live");
    let compared = between(old, &new);
    assert_eq!(titles(&compared, Fate::Moved).len(), 4, "{compared:#?}");
    let verify: Vec<(&str, &str)> = compared
        .pairs
        .iter()
        .filter(|pair| pair.old.title == "Verify")
        .map(|pair| (pair.old.id.as_str(), pair.new.id.as_str()))
        .collect();
    assert_eq!(verify, [("stage.verify", "staging-area.verify"), ("production.verify", "live.verify")]);
}

#[test]
fn one_more_of_the_same_words_leaves_open_which_is_which() {
    let old = "# R\n## A\n- [ ] Restart\n- [ ] Look\n- [ ] Restart\n";
    let new = "# R\n## A\n- [ ] Restart\n- [ ] Look\n- [ ] Restart\n- [ ] Wait\n- [ ] Restart\n";
    let compared = between(old, new);
    assert_eq!(titles(&compared, Fate::Reworded), [("Restart", "Restart"); 2]);
    assert_eq!(titles(&compared, Fate::Kept), [("Look", "Look")]);
    assert_eq!(compared.new.len(), 2);
    // As many as before: nothing is unclear.
    let moved = between(old, "# R\n## A\n- [ ] Restart\n- [ ] Restart\n- [ ] Look\n");
    assert_eq!(titles(&moved, Fate::Kept).len(), 3);
}

#[test]
fn the_same_id_keeps_a_mended_word_and_never_another_figure_or_its_opposite() {
    let fate = |old: &str, new: &str| {
        let item = |words: &str| read(&format!("# R\n## A\n- [ ] {words} <!-- id: x -->\n"));
        compared(&item(old), &item(new)).pairs[0].fate
    };
    assert_eq!(fate("Tag the relase on main", "Tag the release on main"), Fate::Kept);
    assert_eq!(fate("Latency stays <300 ms at peak", "Latency stays <500 ms at peak"), Fate::Reworded);
    assert_eq!(fate("Latency stays < 300 ms", "Latency stays > 300 ms"), Fate::Reworded);
    assert_eq!(fate("QA is done for v1.2.0", "QA is done for v1.3.0"), Fate::Reworded);
    assert_eq!(fate("The queue is drained now", "The queue is not drained now"), Fate::Reworded);
    assert_eq!(fate("Tag the release", "Call the customers"), Fate::Reworded);
}

#[test]
fn twenty_thousand_items_are_matched_in_a_moment() {
    let list = |from: usize| -> Checklist {
        let mut text = "# R\n## A\n".to_owned();
        for at in from..from + 20_000 {
            writeln!(text, "- [ ] Restart the {} of host {at}", ["api", "web", "queue"][at % 3]).unwrap();
        }
        read(&text)
    };
    let (old, new) = (list(0), list(500));
    let compared = compared(&old, &new);
    assert_eq!(compared.with(Fate::Kept).count(), 19_500);
    // And a list in which nothing is unique.
    let same = read(&format!("# R\n## A\n{}", "- [ ] Restart\n- [ ] Look\n".repeat(5_000)));
    let other = read(&format!("# R\n## B\n{}", "- [ ] Look\n- [ ] Restart\n".repeat(5_000)));
    let apart = super::compared(&same, &other);
    assert_eq!(apart.pairs.len() + apart.gone.len(), 10_000);
}

fn document() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Tag the release",
        "Verify",
        "Restart",
        "Step 3: Verify",
        "Back up the database",
        "Tell support",
        "Back up the databases",
        "Latency < 300 ms",
        "发布",
        "Verify v1.2.0",
    ]);
    let heading = prop::sample::select(vec!["## Before", "## After", "### Stage", "## 2. Before"]);
    let line = prop_oneof![
        6 => (0..3_usize, words).prop_map(|(depth, words)| format!("{}- [ ] {words}\n", "  ".repeat(depth))),
        1 => heading.prop_map(|heading| format!("\n{heading}\n\n")),
    ];
    prop::collection::vec(line, 0..30).prop_map(|lines| format!("# R\n\n- [ ] Begin\n{}", lines.concat()))
}

fn ids(checklist: &Checklist) -> Vec<ItemId> {
    checklist.all_items().iter().map(|at| at.item.id.clone()).collect()
}

proptest! {
    #[test]
    fn every_item_of_both_stands_in_it_exactly_once(old in document(), new in document()) {
        let (old, new) = (read(&old), read(&new));
        let compared = compared(&old, &new);
        let mut before: Vec<ItemId> = compared.pairs.iter().map(|pair| pair.old.id.clone())
            .chain(compared.gone.iter().map(|named| named.id.clone())).collect();
        let mut after: Vec<ItemId> = compared.pairs.iter().map(|pair| pair.new.id.clone())
            .chain(compared.new.iter().map(|named| named.id.clone())).collect();
        before.sort();
        after.sort();
        let (mut wanted_before, mut wanted_after) = (ids(&old), ids(&new));
        wanted_before.sort();
        wanted_after.sort();
        prop_assert_eq!(&before, &wanted_before);
        prop_assert_eq!(&after, &wanted_after);
        // No old id that goes on under another name is a new item's own.
        let now: BTreeSet<&ItemId> = after.iter().collect();
        prop_assert!(compared.renamed().keys().all(|old| !now.contains(old)));
    }

    #[test]
    fn the_same_file_again_keeps_everything(text in document()) {
        let read = read(&text);
        let compared = compared(&read, &read);
        prop_assert_eq!(compared.with(Fate::Kept).count(), ids(&read).len());
        prop_assert!(compared.new.is_empty() && compared.gone.is_empty() && compared.renamed().is_empty());
    }

    #[test]
    fn a_common_run_rises_in_both_and_joins_equals(
        old in prop::collection::vec(0..8_u32, 0..40),
        new in prop::collection::vec(0..8_u32, 0..40),
    ) {
        let run = common_run(&old, &new);
        prop_assert!(run.iter().all(|(a, b)| old[*a] == new[*b]));
        prop_assert!(run.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        prop_assert_eq!(common_run(&old, &old).len(), old.len());
    }
}
