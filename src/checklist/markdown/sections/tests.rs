//! What the five documents mean, and smaller ones that say one thing each.

use super::{Mode, Sections};
use crate::checklist::markdown::document::Document;

const EXAMPLES: [&[u8]; 5] = [
    include_bytes!("../../../../tests/fixtures/documents/000.md"),
    include_bytes!("../../../../tests/fixtures/documents/001.md"),
    include_bytes!("../../../../tests/fixtures/documents/002.md"),
    include_bytes!("../../../../tests/fixtures/documents/003.md"),
    include_bytes!("../../../../tests/fixtures/documents/004.md"),
];

fn example(index: usize) -> (Document, Sections) {
    let document = Document::read("example.md", EXAMPLES[index]).unwrap();
    let sections = Sections::read(&document);
    (document, sections)
}

fn read(text: &str) -> Sections {
    Sections::read(&Document::read("x.md", text.as_bytes()).unwrap())
}

fn mode_of(sections: &Sections, title: &str) -> Mode {
    sections
        .stretches
        .iter()
        .find(|stretch| stretch.title.contains(title))
        .unwrap_or_else(|| panic!("{title}"))
        .mode
}

fn lengths(sections: &Sections) -> Vec<(usize, String)> {
    sections.windows.iter().map(|window| (window.line, window.length.to_string())).collect()
}

#[test]
fn document_000_gets_ready_to_go_back_and_says_when() {
    let (_, sections) = example(0);
    assert!(sections.plans.is_empty());
    for (title, mode) in [
        ("3. Rollback Plan", Mode::Readiness),
        ("3. Rollback Readiness", Mode::Readiness),
        ("2. Document Rollback Procedure", Mode::Readiness),
        ("Rollback Triggers", Mode::Triggers),
        ("Alternative Approaches", Mode::Reference),
        ("Emergency Contacts", Mode::Contacts),
        ("2.2 Trigger Build", Mode::Forward),
    ] {
        assert_eq!(mode_of(&sections, title), mode, "{title}");
    }
    let lines: Vec<usize> = sections.triggers.iter().map(|trigger| trigger.line).collect();
    assert_eq!(lines, [309, 310, 311, 312]);
    assert_eq!(lengths(&sections), [(208, "1d".to_owned())]);
    let roles: Vec<&str> = sections.contacts.iter().map(|contact| contact.role.as_str()).collect();
    assert_eq!(roles, ["Primary", "Secondary", "On-call schedule"]);
    assert!(sections.contacts.iter().all(|contact| contact.reach.is_none()));
    assert_eq!(sections.criteria.len(), 8);
}

#[test]
fn document_001_has_a_plan_of_five_steps_a_day_of_watching_and_a_role_that_signs() {
    let (_, sections) = example(1);
    let [plan] = &sections.plans[..] else { panic!("one plan") };
    assert_eq!((plan.title.as_str(), plan.line, plan.steps.len()), ("Emergency Rollback", 120, 5));
    assert_eq!(lengths(&sections), [(98, "1d".to_owned())]);
    let signs: Vec<_> =
        sections.signoffs.iter().map(|signoff| (signoff.role.as_str(), signoff.filled)).collect();
    assert_eq!(signs, [("Release manager", false), ("Date", true), ("Version", true)]);
    assert!(sections.triggers.is_empty() && sections.contacts.is_empty());
}

#[test]
fn document_002_goes_back_in_two_groups_and_names_nine_criteria() {
    let (_, sections) = example(2);
    let [plan] = &sections.plans[..] else { panic!("one plan") };
    let mut groups: Vec<_> = plan.steps.iter().map(|step| step.group.clone().unwrap_or_default()).collect();
    assert_eq!((plan.line, groups.len()), (214, 6));
    groups.dedup();
    assert_eq!(groups, ["Immediate Issues:", "Delayed Issues:"]);
    assert_eq!(sections.criteria.len(), 9);
    assert!(sections.windows.is_empty());
}

#[test]
fn document_003_goes_back_in_three_ways_and_watches_nothing() {
    let (document, sections) = example(3);
    let [plan] = &sections.plans[..] else { panic!("one plan") };
    assert_eq!((plan.line, document.source.line(plan.range.end - 1)), (365, 443));
    let variants: Vec<_> = plan.variants.iter().map(|variant| variant.line).collect();
    assert_eq!(variants, [378, 394, 417]);
    let boxes = document.boxes.tasks.iter().filter(|task| sections.plan_at(task.range.start).is_some());
    assert_eq!(boxes.count(), 7);
    assert_eq!(sections.triggers.len(), 5);
    assert!(sections.triggers.iter().all(|trigger| trigger.plan == Some(0)));
    assert_eq!(sections.windows.len(), 0, "{:?}", sections.windows);
    assert_eq!(sections.env_names.len(), 12);
    let roles: Vec<_> =
        sections.contacts.iter().map(|contact| (contact.role.as_str(), contact.hours.as_deref())).collect();
    assert_eq!(
        roles,
        [
            ("System Admin", Some("24/7")),
            ("Database Admin", Some("Business Hours")),
            ("Developer Lead", Some("On-call")),
            ("Security Team", Some("24/7"))
        ]
    );
}

#[test]
fn document_004_watches_in_three_stages_and_is_cut_at_its_environments() {
    let (document, sections) = example(4);
    assert_eq!(lengths(&sections), [(164, "5m".to_owned()), (172, "1h".to_owned()), (179, "1d".to_owned())]);
    assert_eq!(sections.criteria.len(), 9);
    assert_eq!(sections.contacts.len(), 4);
    let [plan] = &sections.plans[..] else { panic!("one plan") };
    assert_eq!((plan.line, plan.variants.len()), (188, 0));
    let cut: Vec<_> = sections
        .environments
        .iter()
        .filter(|part| document.outline.phases[part.phase].title.contains("Sequence"))
        .collect();
    let said: Vec<_> =
        cut.iter().map(|part| (document.source.line(part.range.start), part.environment)).collect();
    assert_eq!(said, [(82, None), (135, Some("staging")), (150, Some("production"))]);
}

#[test]
fn stretches_are_disjoint_and_cover_what_stands_under_headings() {
    for index in 0..EXAMPLES.len() {
        let (document, sections) = example(index);
        for pair in sections.stretches.windows(2) {
            assert_eq!(pair[0].range.end, pair[1].range.start);
        }
        assert_eq!(sections.stretches.last().unwrap().range.end, document.source.text().len());
    }
}

#[test]
fn headings_say_what_stands_under_them() {
    for (text, title, mode) in [
        ("# T\n## Rollback\n1. x\n", "Rollback", Mode::Rollback),
        ("# Rollback\n## Steps\n1. x\n", "Steps", Mode::Forward),
        ("# T\n## Deploy and rollback\n1. x\n", "Deploy and rollback", Mode::Forward),
        ("# T\n## Before deployment\n### Rollback\n- [ ] Snapshot taken\n", "Rollback", Mode::Readiness),
        ("# T\n## Rollback\n- [ ] Run `make back`\n", "Rollback", Mode::Rollback),
        ("# T\n## FAQ\n### What if the rollback does not work?\nx\n", "What if", Mode::Reference),
        ("# T\n## Appendix\n### Rollback procedure\n1. x\n", "Rollback procedure", Mode::Rollback),
        ("# T\n## Release notes\n1. x\n", "Release notes", Mode::Forward),
        ("# T\n## Rückfallplan\n1. x\n### Prüfen\n", "Prüfen", Mode::Rollback),
        ("# T\n## User acceptance testing\n1. x\n", "User acceptance", Mode::Forward),
        ("# T\n## Deploy\n**Rollback:**\n1. x\n", "Rollback", Mode::Rollback),
    ] {
        assert_eq!(mode_of(&read(text), title), mode, "{text}");
    }
}

#[test]
fn sub_headings_are_ways_to_choose_or_steps() {
    let fence = "```sh\nmake x\n```\n";
    let plan = |one: &str, two: &str| {
        read(&format!("# T\n## Rollback\n### {one}\n{fence}### {two}\n{fence}")).plans[0].variants.len()
    };
    assert_eq!(plan("1. Quick rollback", "2. Full rollback"), 2);
    assert_eq!(plan("Option A: flag", "Option B: image"), 2);
    assert_eq!(plan("Step 1: Roll back the image", "Step 2: Roll back the database"), 0);
    assert_eq!(plan("1. Stop the services", "2. Restore the database"), 0);
}

#[test]
fn bullets_are_steps_where_nothing_else_is() {
    assert_eq!(
        read("# T\n- [ ] a\n## Rollback\n- Take the old image\n- Tell people\n").plans[0].steps.len(),
        2
    );
    assert_eq!(
        read("# T\n- [ ] a\n## Rollback\n1. Take the old image\n   - from the registry\n").plans[0]
            .steps
            .len(),
        1
    );
}

#[test]
fn lengths_of_time_are_watched_where_words_of_watching_stand() {
    for (text, expected) in [
        ("# T\n## Deploy\n- [ ] Monitor dashboards for 30 minutes\n", vec!["30m"]),
        ("# T\n## Deploy\n- [ ] Wait for 10 minutes\n", vec![]),
        ("# T\n## Monitoring\n- [ ] 15 minutes: errors\n- [ ] 2 hours: memory\n", vec!["15m", "2h"]),
        ("# T\n## Monitoring\n- [ ] Report within 2 hours\n", vec![]),
        ("# T\n## First 48 hours\n- [ ] x\n", vec!["2d"]),
        ("# T\n## Beobachtung (erste 24 Stunden)\n- [ ] x\n", vec!["1d"]),
        ("# T\n## Monitor\n```sh\n# for 1 hour\n```\n", vec![]),
    ] {
        let found: Vec<String> = read(text).windows.iter().map(|window| window.length.to_string()).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_stage_with_a_number_is_no_environment() {
    let sections = read("# T\n## Stage 1: Build\n- [ ] a\n## Production rollout\n- [ ] b\n");
    let said: Vec<_> = sections.environments.iter().map(|part| part.environment).collect();
    assert_eq!(said, [None, Some("production")]);
}

#[test]
fn cautions_speak_until_the_next_heading() {
    let text = "# T\n## A\n> [!WARNING]\n> No way back\n\n- [ ] x\n\n## B\n- [ ] y\n";
    let sections = read(text);
    let [caution] = &sections.cautions[..] else { panic!("one") };
    assert_eq!((caution.line, caution.text.as_str()), (3, "No way back"));
    assert_eq!(caution.range.end, text.find("## B").unwrap());
}
