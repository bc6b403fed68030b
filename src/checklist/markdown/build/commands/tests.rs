//! Commands and accepted checks of the five documents and of generated ones, in a checklist that passes the TOML reader.

use proptest::prelude::*;

use super::super::{build, with_offers};
use super::*;
use crate::checklist::model::Checklist;
use crate::checklist::normalise::normalise;
use crate::checklist::read::read_toml;
use crate::checklist::write::to_text;

const EXAMPLES: [&[u8]; 5] = [
    include_bytes!("../../../../../tests/fixtures/documents/000.md"),
    include_bytes!("../../../../../tests/fixtures/documents/001.md"),
    include_bytes!("../../../../../tests/fixtures/documents/002.md"),
    include_bytes!("../../../../../tests/fixtures/documents/003.md"),
    include_bytes!("../../../../../tests/fixtures/documents/004.md"),
];

fn reads() -> Accepted {
    Accepted { reads: true, lines: BTreeSet::new() }
}

fn of(bytes: &[u8], accepted: &Accepted) -> Checklist {
    let document = Document::read("release.md", bytes).unwrap();
    let checklist = with_offers(&document, &Sections::read(&document), accepted).0.checklist;
    let text = to_text(&checklist).unwrap();
    let again = read_toml("x.toml", &text).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"));
    assert!(again == normalise(checklist.clone()), "{text}");
    checklist
}

fn items(checklist: &Checklist) -> Vec<Item> {
    checklist.all_items().into_iter().map(|at| at.item.clone()).collect()
}

fn offering<'i>(items: &'i [Item], words: &str) -> &'i Item {
    items.iter().find(|item| item.title.as_written().contains(words)).unwrap()
}

#[test]
fn commands_hang_on_their_items_and_checks_wait_to_be_accepted() {
    let checklist = of(EXAMPLES[1], &Accepted::default());
    let all = items(&checklist);
    assert!(all.iter().all(|item| item.check.is_none()), "no check unasked");
    let deploy = offering(&all, "Deploy to Production");
    let action = checklist.actions.get(&deploy.offers[0]).unwrap();
    assert_eq!((action.kind, action.steps.len(), deploy.offers.len()), (ActionKind::Change, 1, 1));
    assert!(
        action.steps[0]
            .script
            .as_deref()
            .unwrap()
            .starts_with("#!/usr/bin/env bash\nset -eo pipefail\n# Backup database\n")
    );
    let rollout = offering(&all, "Gradual Feature Rollout");
    let titles: Vec<_> =
        rollout.offers.iter().map(|id| checklist.actions.get(id).unwrap().steps[0].note.clone()).collect();
    assert_eq!(titles, [None, Some("only sometimes, it says".to_owned())]);
    assert!(rollout.note.as_deref().unwrap().contains("line 89 is a log to look at"));
    let tag = offering(&all, "Create Git Tag");
    assert_eq!(
        checklist.actions.get(&tag.offers[0]).unwrap().steps[0].irreversible.as_deref(),
        Some("git push origin v0.5.0")
    );
    let version = checklist.variables.get(&VariableName::from("version")).unwrap();
    assert_eq!((version.kind, version.when_needed), (VariableKind::Word, None));
    assert_eq!(version.default, Some(VariableDefault::Literal("0.5.0".to_owned())));
    let accepted = items(&of(EXAMPLES[1], &reads()));
    let checks: Vec<_> =
        accepted.iter().filter(|item| item.check.is_some()).map(|item| item.title.as_written()).collect();
    assert_eq!(
        checks,
        [
            "GET http://localhost:8000/health: status 2xx",
            "containers: running",
            "GET http://localhost:8000/: status 2xx, JSON"
        ]
    );
    let own = offering(&accepted, "Deploy to Production");
    assert_eq!(own.items[0].id.as_str(), format!("{}.check", own.id));
}

#[test]
fn a_way_back_runs_its_fences_in_order_and_then_asks() {
    let checklist = of(EXAMPLES[3], &Accepted::default());
    let back =
        checklist.actions.get(&ActionId::from("rollback-full-rollback-with-database-restore")).unwrap();
    let told: Vec<_> = back.steps.iter().map(|step| (step.script.is_some(), step.items.is_some())).collect();
    assert_eq!(told, [(true, false), (true, false), (false, true), (false, true)]);
    let all: String = back.steps.iter().filter_map(|step| step.script.clone()).collect();
    assert!(all.contains("${GONOGO_PREVIOUS_VERSION}") && !all.contains("downgrade"), "{all}");
    // What is done only sometimes is offered beside it.
    let revision = checklist.variables.get(&VariableName::from("revision")).unwrap();
    assert_eq!((revision.kind, revision.when_needed), (VariableKind::Word, Some(true)));
    let cron = items(&checklist)
        .into_iter()
        .find(|item| item.title.as_written().contains("Set Up Automated Backups"));
    assert!(cron.unwrap().note.unwrap().contains("by hand: line 332 opens an editor"));
}

#[test]
fn what_changes_something_is_accepted_only_by_its_line_and_is_no_item() {
    let text = "# A\n\n- [ ] Flush `curl -X POST -H 'X-Api-Key: $KEY' https://x/flush`\n";
    let none = of(text.as_bytes(), &reads());
    assert!(items(&none).iter().all(|item| item.check.is_none() && item.offers.len() <= 1));
    let one = of(text.as_bytes(), &Accepted { reads: false, lines: [3].into() });
    let item = &items(&one)[0];
    let shot = item.offers.iter().find_map(|id| one.actions.get(id).unwrap().steps[0].check.clone());
    assert!(matches!(shot, Some(Check::Http(http)) if http.method.as_deref() == Some("POST")));
    assert!(one.secrets.contains(&SecretName::from("api_key")));
}

#[test]
fn a_name_that_a_reader_would_misread_is_by_hand() {
    let text = "# A\n\n```sh\necho {version} {environment}\n```\n\n```sh\ngit tag v1.2.3\n```\n";
    let checklist = of(text.as_bytes(), &Accepted::default());
    assert_eq!(checklist.actions.len(), 1);
    let all = items(&checklist);
    assert!(
        all.iter().any(|item| item.note.as_deref().is_some_and(|note| note.contains("by hand: `{version}`")))
    );
}

#[test]
fn phases_and_items_are_those_without_commands() {
    for bytes in EXAMPLES {
        let document = Document::read("release.md", bytes).unwrap();
        let bare = build(&document, &Sections::read(&document)).checklist;
        let ids =
            |checklist: &Checklist| items(checklist).into_iter().map(|item| item.id).collect::<Vec<_>>();
        assert_eq!(ids(&of(bytes, &Accepted::default())), ids(&bare));
        let with_checks = of(bytes, &reads());
        let kept: Vec<_> =
            items(&with_checks).into_iter().filter(|item| item.check.is_none()).map(|item| item.id).collect();
        assert_eq!(kept, ids(&bare));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_is_built_passes_the_reader_and_comes_back_the_same(text in crate::checklist::markdown::offers::tests::pieces(), all in any::<bool>()) {
        if Document::read("x.md", text.as_bytes()).is_ok() {
            let lines: BTreeSet<usize> = if all { (0..200).collect() } else { BTreeSet::new() };
            of(text.as_bytes(), &Accepted { reads: true, lines });
        }
    }
}
