//! What is built of the five documents and of generated ones: it passes the checks of the TOML reader and comes back the same.

use proptest::prelude::*;

use super::{Built, build};
use crate::checklist::action::ActionKind;
use crate::checklist::item::Item;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::Origin;
use crate::checklist::markdown::sections::Sections;
use crate::checklist::model::Checklist;
use crate::checklist::normalise::normalise;
use crate::checklist::read::read_toml;
use crate::checklist::write::to_text;

const EXAMPLES: [&[u8]; 5] = [
    include_bytes!("../../../../tests/fixtures/documents/000.md"),
    include_bytes!("../../../../tests/fixtures/documents/001.md"),
    include_bytes!("../../../../tests/fixtures/documents/002.md"),
    include_bytes!("../../../../tests/fixtures/documents/003.md"),
    include_bytes!("../../../../tests/fixtures/documents/004.md"),
];

fn built(text: &[u8]) -> (Document, Built) {
    let document = Document::read("x.md", text).unwrap();
    let built = build(&document, &Sections::read(&document));
    (document, built)
}

fn of(text: &str) -> Checklist {
    built(text.as_bytes()).1.checklist
}

fn comes_back(checklist: &Checklist) {
    let text = to_text(checklist).unwrap();
    let again = read_toml("x.toml", &text).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"));
    assert!(again == normalise(checklist.clone()), "{text}");
}

fn titles(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.title.as_written()).collect()
}

/// Titles of the ids of all items, with where they stand.
fn everywhere(checklist: &Checklist) -> Vec<String> {
    checklist.all_items().into_iter().map(|at| at.item.id.to_string()).collect()
}

#[test]
fn the_examples_pass_the_checks_of_the_toml_reader_and_no_task_is_lost() {
    for bytes in EXAMPLES {
        let (document, built) = built(bytes);
        comes_back(&built.checklist);
        let there = everywhere(&built.checklist);
        for (entry, item) in document.entries.iter().zip(&built.items) {
            let kept = item.as_ref().is_some_and(|item| there.contains(&item.to_string()));
            assert!(
                kept || !matches!(entry.origin, Origin::Box | Origin::NearBox | Origin::Fence),
                "{entry:?}"
            );
        }
    }
}

#[test]
fn document_001_goes_back_by_a_list_and_is_signed() {
    let checklist = built(EXAMPLES[1]).1.checklist;
    let (id, back) = checklist.actions.iter().next().unwrap();
    assert_eq!((id.as_str(), back.kind, checklist.actions.len()), ("rollback", ActionKind::Rollback, 1));
    let plan = checklist.plans.get(back.steps[0].items.as_ref().unwrap()).unwrap();
    assert_eq!((plan.title.as_written(), plan.items.len()), ("Emergency Rollback", 5));
    assert!(checklist.phases.iter().all(|phase| phase.title.as_written() != "Emergency Rollback"));
    let signed: Vec<_> = checklist.all_items().into_iter().filter_map(|at| at.item.signoff.clone()).collect();
    assert_eq!(signed.len(), 1);
    assert_eq!(checklist.roles.get(&signed[0].roles[0]).unwrap().title.as_deref(), Some("Release manager"));
    let (_, window) = checklist.windows.iter().next().unwrap();
    assert_eq!(window.stages.iter().map(|stage| stage.length.to_string()).collect::<Vec<_>>(), ["1d"]);
    assert_eq!(checklist.phases[0].due.as_deref(), Some("release - 1d"));
}

#[test]
fn document_003_has_three_ways_back_and_a_list_to_look_at_after_each() {
    let checklist = built(EXAMPLES[3]).1.checklist;
    let ways: Vec<_> =
        checklist.actions.iter().map(|(id, action)| (id.as_str(), action.steps.len())).collect();
    assert_eq!(
        ways,
        [
            ("rollback-quick-rollback-no-database-changes", 2),
            ("rollback-full-rollback-with-database-restore", 2),
            ("rollback-emergency-shutdown", 2)
        ]
    );
    let last: Vec<_> =
        checklist.actions.iter().map(|(_, action)| action.steps[1].items.clone().unwrap()).collect();
    assert!(last.iter().all(|plan| *plan == last[0]));
    assert_eq!(checklist.plans.get(&last[0]).unwrap().items.len(), 7);
    let note = checklist.actions.iter().next().unwrap().1.steps[0].note.clone().unwrap();
    assert!(note.starts_with("Go back when: Critical bugs discovered in production · "), "{note}");
    assert_eq!(checklist.contacts.len(), 4);
    assert!(checklist.windows.is_empty());
    assert!(
        checklist.plans.iter().any(|(_, plan)| plan.title.as_written() == "Troubleshooting Common Issues")
    );
}

#[test]
fn document_004_watches_in_stages_is_cut_and_ends_with_what_must_hold() {
    let checklist = built(EXAMPLES[4]).1.checklist;
    let (_, window) = checklist.windows.iter().next().unwrap();
    assert_eq!(window.stages.len(), 3);
    let phases: Vec<_> = checklist
        .phases
        .iter()
        .map(|phase| (phase.id.as_str(), phase.environment.as_ref().map(ToString::to_string)))
        .collect();
    assert_eq!(
        phases,
        [
            ("pre-deployment-validation", None),
            ("deployment-sequence", None),
            ("deployment-sequence-staging", Some("staging".to_owned())),
            ("deployment-sequence-production", Some("production".to_owned())),
            ("post-deployment-verification", None),
            ("deployment-checklist-summary", None),
        ]
    );
    let last = checklist.phases.last().unwrap();
    assert_eq!(last.items.len(), 9);
    assert!(
        last.items
            .iter()
            .all(|item| item.needs == ["after-deploy.watched"] && !item.title.as_written().contains('✅'))
    );
    let watched = checklist.item_at(&"after-deploy.watched".into()).unwrap();
    assert_eq!(watched.item.title.as_written(), "Watch for 5m, 1h, 24h after the deploy");
}

#[test]
fn document_000_watches_where_it_says_so() {
    let checklist = built(EXAMPLES[0]).1.checklist;
    let watched = checklist.all_items().into_iter().find(|at| at.item.window.is_some()).unwrap();
    assert_eq!(watched.item.title.as_written(), "Monitor for 24 hours post-deployment");
    assert!(watched.item.note.as_ref().unwrap().contains("Go back when: API endpoints return 5xx errors"));
    assert!(checklist.actions.is_empty());
    assert_eq!(checklist.contacts.len(), 3);
    let last = checklist.phases.last().unwrap();
    assert_eq!(last.sections.iter().map(|section| section.items.len()).collect::<Vec<_>>(), [4, 4]);
}

#[test]
fn a_way_back_without_steps_is_read() {
    let checklist = of("# T\n- [ ] a\n## Rollback\nRevert the pull request and deploy again.\n");
    let (_, plan) = checklist.plans.iter().next().unwrap();
    assert_eq!(titles(&plan.items), ["Follow x.md, line 3"]);
    assert_eq!(plan.items[0].note.as_deref(), Some("Revert the pull request and deploy again."));
    comes_back(&checklist);
}

#[test]
fn more_ways_back_than_anybody_chooses_from_stay_in_the_sequence_and_nothing_is_lost() {
    let text = format!("# T\n{}", "## Rollback\n- [ ] run `make back`\n## FAQ\n```sh\nls\n```\n".repeat(300));
    let checklist = of(&text);
    assert_eq!((checklist.actions.len(), everywhere(&checklist).len()), (64, 600));
    comes_back(&checklist);
}

#[test]
fn what_stands_beneath_an_item_is_kept_and_what_fixes_its_id_is_not_shown() {
    let checklist =
        of("# T\n## P\n- [ ] Ship it ^ship\n  - at night\n  - [ ] tell <!-- id: tell -->\n\n  Later.\n");
    let ship = &checklist.phases[0].items[0];
    assert_eq!(
        (ship.id.as_str(), ship.title.as_written(), ship.note.as_deref()),
        ("ship", "Ship it", Some("at night · Later."))
    );
    assert_eq!((ship.items[0].id.as_str(), ship.items[0].title.as_written()), ("tell", "tell"));
}

#[test]
fn no_secret_stands_in_an_id_or_anywhere() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let text = format!(
        "# T {token}\n## P {token}\n### S {token}\n- [ ] use {token}\n  - detail {token}\n## Rollback {token}\n1. with {token}\n\n## Contacts\n- DBA: {token}\n\n## Approval\nQA {token}: ____\n"
    );
    let (document, built) = built(text.as_bytes());
    assert!(!to_text(&built.checklist).unwrap().to_lowercase().contains(&token.to_lowercase()));
    assert!(document.entries.iter().all(|entry| !entry.id.contains(&token.to_lowercase())));
}

#[test]
fn a_row_with_a_box_is_an_item_and_several_boxes_are_its_children() {
    let checklist = of(
        "# T\n## P\n| Check | Dev | Prod |\n|-|-|-|\n| Logs | ☐ | [x] |\n\n| Gate | Status |\n|-|-|\n| Tests | open |\n",
    );
    let items = &checklist.phases[0].items;
    assert_eq!(titles(items), ["Logs", "Tests"]);
    assert_eq!(titles(&items[0].items), ["Dev", "Prod"]);
}

#[test]
fn items_nest_as_deep_as_a_checklist_takes_and_no_task_is_lost() {
    let items: Vec<String> =
        (0..20).map(|depth| format!("{}- [ ] item {depth}\n", "  ".repeat(depth))).collect();
    let text = format!("# T\n{}", items.concat());
    let checklist = of(&text);
    assert_eq!(everywhere(&checklist).len(), 20);
    comes_back(&checklist);
}

#[test]
fn a_caution_stands_beside_what_follows_it() {
    let checklist = of(
        "# T\n## A\n- [ ] before\n\n**STOP**: no way back\n\n- [ ] x\n\n## B\n- [ ] y\n\n> [!WARNING]\n> Mind the gap\n\n## C\n- [ ] z\n",
    );
    let cautions: Vec<_> = checklist.all_items().into_iter().map(|at| at.item.caution.clone()).collect();
    assert_eq!(cautions, [None, Some("STOP: no way back".to_owned()), None, Some("Mind the gap".to_owned())]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_built_comes_back(lines in proptest::collection::vec(proptest::sample::select(vec![
        "# Release", "## Deploy to production", "## Rollback plan", "### When to roll back", "### Option A: flag", "### 1. Rollback images",
        "## Monitoring (first 24 hours)", "### first hour", "## Success criteria", "## Contacts", "## Approval", "## Troubleshooting",
        "## Staging", "**Label:**", "- [ ] do it", "- [x] done it", "  - [ ] beneath", "    - [ ] deeper", "1. step", "2. **Title:**",
        "   - child", "- ✅ holds", "- bullet", "- **DBA:** Ada (ada@example.com)", "QA lead: ______", "Date: ____", "```sh", "make it", "```",
        "| Check | Done |", "|---|---|", "| a | ☐ |", "| Variable | Default |", "| `X_Y` | 1 |", "> [!WARNING]", "> mind", "- [ ] Watch for 2 hours",
        "- [~] near", "- [ ] {brace} }", "", "text", "- [ ] 发布", "## 回滚", "- [ ] x ^fixed", "- [ ] y ^fixed", "---",
    ]), 0..60)) {
        let text = lines.join("\n");
        if let Ok(document) = Document::read("x.md", text.as_bytes()) {
            let made = build(&document, &Sections::read(&document));
            comes_back(&made.checklist);
            let there = everywhere(&made.checklist);
            let boxes = document.entries.iter().zip(&made.items).filter(|(entry, _)| entry.origin == Origin::Box);
            for (_, item) in boxes {
                prop_assert!(item.as_ref().is_some_and(|item| there.contains(&item.to_string())));
            }
            prop_assert_eq!(build(&document, &Sections::read(&document)).checklist, made.checklist);
        }
    }
}
