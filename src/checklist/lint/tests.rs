//! Each rule with a document or a checklist that breaks it, and one that does not; and the documents and checklists at hand.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Finding, RULES, checklist, document};
use crate::checklist::bundled::BUNDLED;
use crate::checklist::diagnostic::Severity;
use crate::checklist::markdown::document::Document;

const DOCUMENTS: [&[u8]; 5] = [
    include_bytes!("../../../tests/fixtures/documents/000.md"),
    include_bytes!("../../../tests/fixtures/documents/001.md"),
    include_bytes!("../../../tests/fixtures/documents/002.md"),
    include_bytes!("../../../tests/fixtures/documents/003.md"),
    include_bytes!("../../../tests/fixtures/documents/004.md"),
];

/// A checklist that nobody has anything to say about.
const SOUND: &str = r#"
format = 1
id = "shop"
title = "Release of the shop"
[variables.version]
kind = "semver"
[roles.lead]
[[contacts]]
role = "On-call"
reach = "+49 30 1234"
[[phases]]
id = "before"
title = "Before"
items = [
  { id = "merged", title = "Everything is merged", owner = "lead" },
  { id = "rollback-tried", title = "The rollback was tried on the stage" },
  { id = "approve", title = "Approve the release", signoff = { roles = ["lead"] } },
  { id = "deployed", title = "Deploy {version}", action = "deploy", needs = ["merged", "approve"] },
]
[actions.deploy]
kind = "deploy"
rollback = ["rollback"]
window = "day"
steps = [
  { id = "backup", run = ["pg_dump", "-f", "x.sql"] },
  { id = "migrate", run = ["alembic", "upgrade", "head"], irreversible = "the schema" },
  { id = "up", title = "Wait until it is up", check = { tcp = { target = "localhost:80" } }, eventually = { within = "5m" } },
]
[actions.rollback]
kind = "rollback"
steps = [{ run = ["docker", "run", "shop:1.2.3"] }]
[windows.day]
stages = [{ for = "24h", every = "30s" }]
indicators = { up = { check = { tcp = { target = "localhost:80" } } } }
triggers = { outage = { detect = "up" } }
"#;

/// The same as a document.
const SOUND_DOCUMENT: &str = "# Release of the shop\n\n## Before\n- [ ] All the tests are green\n- [ ] The rollback was tested\n- [ ] The lead approves\n\n\
    ## Deploy\n```bash\npg_dump > x.sql\nalembic upgrade head\ncurl -f http://localhost/health\n```\n\n\
    ## Monitoring (24 hours)\n- [ ] Watch the errors\n\n## Rollback\n1. Deploy the last image\n\n### When to roll back\n- errors > 1 %\n\n\
    ## Contacts\n- On-call: Ada, +49 30 1234\n";

fn of_text(text: &str) -> Vec<Finding> {
    document(&Document::read("release.md", text.as_bytes()).unwrap()).findings
}

fn names(found: &[Finding]) -> Vec<(&'static str, usize)> {
    found.iter().map(|finding| (finding.rule.name, finding.diagnostic.line)).collect()
}

fn has(found: &[Finding], rule: &str) -> bool {
    found.iter().any(|finding| finding.rule.name == rule)
}

#[test]
fn a_sound_document_and_a_sound_checklist_are_left_alone() {
    assert_eq!(names(&of_text(SOUND_DOCUMENT)), []);
    assert_eq!(names(&checklist("release.toml", SOUND).findings), []);
}

/// Rule, a piece that breaks it when it stands behind the sound document, the line of it in that piece, a piece that does not.
const PIECES: &[(&str, &str, usize, &str)] = &[
    (
        "duplicate-id",
        "- [ ] See a <!-- id: x -->\n- [ ] See b <!-- id: x -->",
        2,
        "- [ ] See a <!-- id: x -->",
    ),
    ("unclosed-fence", "~~~sh\nls\n", 1, "~~~sh\nls\n~~~"),
    ("secret-in-text", "Use PASSWORD=hunter2hunter2 now", 1, "Use PASSWORD=$PASSWORD now"),
    (
        "version-mismatch",
        "```sh\ngit tag v1.2.0\ngit push origin v1.3.0\n```",
        3,
        "```sh\ngit tag v1.2.0-rc.1\ngit push origin v1.2.0\n```",
    ),
    ("two-commands", "- [ ] Run `npm test` and `cargo test`", 1, "- [ ] Run `npm test` or `cargo test`"),
    ("unfilled-placeholder", "- [ ] Merge <PR_NUMBER>", 1, "- [ ] Merge <b>it</b>: version ____"),
    ("dead-anchor", "See [this](#nowhere).", 1, "See [this](#when-to-roll-back) and [that](#)."),
    ("endless-in-script", "```sh\ndocker stats\nls\n```", 2, "```sh\ndocker stats\n```"),
    ("conditional-in-script", "```sh\nls\n# If it fails\nrm x\n```", 3, "```sh\nls\n# Then\nrm x\n```"),
    ("foreign-lines", "```sh\nls\nSELECT 1 FROM x;\n```", 3, "```sql\nSELECT 1 FROM x;\n```"),
    ("shell-then-remote", "```sh\nssh me@host\nls\n```", 2, "```sh\nssh me@host ls\nls\n```"),
    (
        "pipe-to-shell",
        "- [ ] Install: `curl https://x.io/i | sh`",
        1,
        "- [ ] Install: `curl https://x.io/i -o i`",
    ),
    (
        "unpinned-image",
        "```sh\ndocker run --rm -p 80:80 nginx\n```",
        2,
        "```sh\ndocker build -t a .\ndocker run a\ndocker pull b:1.2\n```",
    ),
    (
        "unpinned-image",
        "```sh\ndocker pull ghcr.io/x/y:latest\n```",
        2,
        "```sh\ndocker pull ghcr.io/x/y@sha256:ab\n```",
    ),
    ("lookalike-characters", "```sh\nls \u{2013}la\n```", 2, "```sh\necho 'a \u{2013} b'  # \u{2013}\n```"),
    (
        "lookalike-characters",
        "```sh\necho \u{201c}a\u{201d}\n```",
        2,
        "```sh\necho \"\u{201c}a\u{201d}\"\n```",
    ),
    ("no-verb", "- [ ] The compliance audit", 1, "- [ ] The compliance audit is done"),
    (
        "verify-without-check",
        "- [ ] Verify the deployment",
        1,
        "- [ ] Verify the deployment with `make smoke`",
    ),
    (
        "no-expected-result",
        "```sh\ncurl http://localhost/x\n```",
        2,
        "```sh\ncurl http://localhost/x\n# Expected: 200\n```",
    ),
    ("same-text-twice", "- [ ] Look at it\n- [ ] look at  it", 2, "- [ ] Look at it\n- [ ] Look at that"),
    ("near-miss", "- [] Look at it", 1, "- [ ] Look at it"),
    ("ticked-history", "- [x] Look at it", 1, "- [ ] Look at it"),
    ("wait-without-limit", "- [ ] Wait for the build", 1, "- [ ] Wait for the build, at most 10 minutes"),
    (
        "wait-without-limit",
        "```sh\nuntil pg_isready; do sleep 1; done\n```",
        2,
        "```sh\ntimeout 60 sh -c 'until pg_isready; do sleep 1; done'\n```",
    ),
    ("irreversible-not-last", "```sh\nnpm publish\nnpm test\n```", 2, "```sh\nnpm test\nnpm publish\n```"),
];

#[test]
fn each_rule_about_a_piece_finds_it_where_it_is_and_leaves_the_other_alone() {
    let before = SOUND_DOCUMENT.lines().count() + 2;
    for (rule, breaks, line, keeps) in PIECES {
        let with = |piece: &str| of_text(&format!("{SOUND_DOCUMENT}\n## Also\n{piece}\n"));
        let found = with(breaks);
        assert_eq!(names(&found), [(*rule, before + line)], "{breaks}");
        assert!(found.iter().all(|finding| finding.placed && finding.diagnostic.help.is_some()));
        assert_eq!(names(&with(keeps)), [], "{keeps}");
    }
}

/// Rule, and what of the sound document is replaced by what to break it.
const LACKS: &[(&str, &str, &str)] = &[
    ("no-rollback-plan", "## Rollback\n1. Deploy the last image\n", "## Rollback\n"),
    ("rollback-untested", "- [ ] The rollback was tested\n", ""),
    ("no-sign-off", "- [ ] The lead approves\n", ""),
    ("gate-without-owner", "## Deploy\n", "## Go/no-go\n- [ ] All is green\n\n## Deploy\n"),
    ("no-window", "## Monitoring (24 hours)", "## Monitoring"),
    ("window-without-trigger", "### When to roll back\n", ""),
    ("no-backup-before-migration", "pg_dump > x.sql\n", ""),
    ("contact-unfilled", "Ada, +49 30 1234", "[Name]"),
    (
        "too-many-items",
        "- [ ] Watch the errors\n",
        "- [ ] Watch a\n- [ ] Watch b\n- [ ] Watch c\n- [ ] Watch d\n- [ ] Watch e\n- [ ] Watch f\n- [ ] Watch g\n- [ ] Watch h\n- [ ] Watch i\n- [ ] Watch j\n",
    ),
    (
        "long-item",
        "- [ ] Watch the errors\n",
        "- [ ] Watch the errors, and the warnings, and the memory, and the processor, and the disk, and the network, and the queue, and the people who use it, and the clock on the wall\n",
    ),
];

#[test]
fn each_rule_about_the_plan_of_a_document_misses_what_is_not_there() {
    for (rule, part, other) in LACKS {
        assert!(SOUND_DOCUMENT.contains(part), "{part}");
        assert!(has(&of_text(&SOUND_DOCUMENT.replace(part, other)), rule), "{rule}");
        let found = of_text(&SOUND_DOCUMENT.replace(part, other));
        assert_eq!(found.len(), 1, "{rule}: {:?}", names(&found));
    }
    // A document that is about no release has no plan to miss.
    assert_eq!(names(&of_text("# Shopping\n\n- [ ] Buy the milk\n")), []);
}

/// The same for the sound checklist.
const REPLACED: &[(&str, &str, &str)] = &[
    ("does-not-load", "action = \"deploy\"", "action = \"deplyo\""),
    ("duplicate-id", "id = \"rollback-tried\"", "id = \"merged\""),
    ("unknown-role", "owner = \"lead\"", "owner = \"leader\""),
    ("secret-in-text", "reach = \"+49 30 1234\"", "reach = \"https://me:hunter2hunter2@x.io\""),
    ("no-rollback-plan", "rollback = [\"rollback\"]\n", ""),
    (
        "rollback-untested",
        "id = \"rollback-tried\", title = \"The rollback was tried on the stage\"",
        "id = \"new\", title = \"Everything is new\"",
    ),
    ("gate-without-owner", ", owner = \"lead\" }", " }"),
    ("no-sign-off", ", signoff = { roles = [\"lead\"] } }", ", owner = \"lead\" }"),
    ("no-window", "window = \"day\"\n", ""),
    ("window-without-trigger", "triggers = { outage = { detect = \"up\" } }\n", ""),
    ("no-backup-before-migration", "  { id = \"backup\", run = [\"pg_dump\", \"-f\", \"x.sql\"] },\n", ""),
    (
        "irreversible-not-last",
        "irreversible = \"the schema\" },\n",
        "irreversible = \"the schema\" },\n  { run = [\"docker\", \"pull\", \"a:1\"] },\n",
    ),
    ("contact-unfilled", "+49 30 1234", "TBD"),
    (
        "version-mismatch",
        "steps = [\n  { id",
        "steps = [\n  { run = [\"git\", \"tag\", \"v1.2.3\"] },\n  { id",
    ),
    ("two-commands", "steps = [\n  { id", "steps = [\n  { script = \"make a\\nmake b\" },\n  { id"),
    ("two-commands", "Everything is merged", "`make a` and `make b` are done"),
    ("unfilled-placeholder", "Everything is merged", "<BRANCH> is merged"),
    ("unpinned-image", "shop:1.2.3", "shop"),
    ("endless-in-script", "\"pg_dump\", \"-f\", \"x.sql\"", "\"docker\", \"stats\""),
    (
        "conditional-in-script",
        "run = [\"docker\", \"run\", \"shop:1.2.3\"]",
        "script = \"set -e\\nls\\n# If it fails\\nls x\"",
    ),
    ("pipe-to-shell", "run = [\"docker\", \"run\", \"shop:1.2.3\"]", "script = \"curl https://x.io | sh\""),
    ("verify-without-check", "Everything is merged", "Verify the merge"),
    ("no-verb", "Everything is merged", "The merge commit"),
    ("same-text-twice", "The rollback was tried on the stage", "Everything is merged"),
    ("wait-without-limit", ", eventually = { within = \"5m\" }", ""),
    (
        "worth-a-look",
        "triggers = { outage = { detect = \"up\" } }",
        "triggers = { outage = { when = \"error_rate(up) > 5 % over 10m for 5m\" } }",
    ),
];

#[test]
fn each_rule_about_a_checklist_finds_what_is_wrong() {
    for (rule, part, other) in REPLACED {
        assert!(SOUND.contains(part), "{part}");
        let found = checklist("release.toml", &SOUND.replacen(part, other, 1)).findings;
        assert!(has(&found, rule), "{rule}: {:?}", names(&found));
        assert!(
            found.iter().all(|finding| finding.diagnostic.line > 1 && finding.placed),
            "{rule}: {found:#?}"
        );
    }
    let long = SOUND.replace("Everything is merged", &"Everything is merged ".repeat(9));
    assert!(has(&checklist("x.toml", &long).findings, "long-item"));
    let many: Vec<String> =
        (0..9).map(|n| format!("  {{ id = \"m{n}\", title = \"Part {n} is merged\" }},\n")).collect();
    let many = many.concat();
    let many = SOUND.replacen("items = [\n", &format!("items = [\n{many}"), 1);
    assert!(has(&checklist("x.toml", &many).findings, "too-many-items"));
}

#[test]
fn a_line_of_a_script_in_a_checklist_is_found_where_it_stands() {
    let with = SOUND.replace(
        "run = [\"docker\", \"run\", \"shop:1.2.3\"]",
        "script = '''\nset -e\ndocker stats\nls\n'''",
    );
    // A table in one line takes no line ends, so the step becomes one of its own.
    let with = with.replace("steps = [{ script", "steps = [{ id = \"a\", script");
    let found = checklist("x.toml", &with).findings;
    let endless = found.iter().find(|finding| finding.rule.name == "endless-in-script").unwrap();
    let line = with.lines().position(|line| line == "docker stats").unwrap() + 1;
    assert_eq!((endless.diagnostic.line, endless.excerpt.as_str()), (line, "docker stats"));
}

#[test]
fn a_secret_is_named_and_never_shown() {
    let token = ["ghp_", &"Ab1".repeat(12)].concat();
    let text = format!(
        "# Release\n\n- [ ] Log in with `docker login -p {token}` and <NAME>\n\n```sh\nTOKEN={token}\ndocker stats\nls # {token}\n```\n"
    );
    let found = of_text(&text);
    assert!(
        has(&found, "secret-in-text")
            && has(&found, "endless-in-script")
            && has(&found, "unfilled-placeholder")
    );
    let shown = format!("{found:?}");
    assert!(!shown.contains("Ab1Ab1"), "{shown}");
}

/// Which rules a demanding reader breaks the five documents by, and how often.
#[test]
fn the_documents_are_judged_as_they_deserve() {
    let mut said: Vec<BTreeMap<&str, usize>> = Vec::new();
    for bytes in DOCUMENTS {
        let mut counts = BTreeMap::new();
        for finding in document(&Document::read("x.md", bytes).unwrap()).findings {
            if finding.rule.level > Severity::Note {
                *counts.entry(finding.rule.name).or_default() += 1;
            }
        }
        said.push(counts);
    }
    insta::assert_debug_snapshot!(said);
}

#[test]
fn the_bundled_checklists_have_no_error_and_only_what_a_team_must_fill_in() {
    for bundled in BUNDLED {
        let found = checklist(bundled.name, bundled.source).findings;
        let worse: Vec<_> = found
            .iter()
            .filter(|finding| finding.rule.level > Severity::Note && finding.rule.name != "contact-unfilled")
            .map(|finding| (finding.rule.name, finding.diagnostic.line, &finding.diagnostic.message))
            .collect();
        assert!(worse.is_empty(), "{}: {worse:#?}", bundled.name);
    }
}

#[test]
fn every_rule_is_broken_by_some_test() {
    let tested = |name: &str| {
        let pieces = PIECES.iter().any(|(rule, ..)| *rule == name);
        pieces || LACKS.iter().chain(REPLACED).any(|(rule, ..)| *rule == name)
    };
    let missing: Vec<_> = RULES.iter().map(|rule| rule.name).filter(|name| !tested(name)).collect();
    assert_eq!(missing, [""; 0]);
}

proptest! {
    #[test]
    fn no_document_stops_it(marks in proptest::collection::vec(
        proptest::sample::select(vec!["- [ ] ", "[x]", "\n", "# Rollback", "```sh\n", "docker run x", "<A_B>", "é", "[a](#b)", "|", "ssh h\n", "\r", " PASSWORD=abcdefgh ", "\u{a0}", "1. "]), 0..60)
    ) {
        if let Ok(read) = Document::read("x.md", marks.concat().as_bytes()) {
            for finding in document(&read).findings {
                prop_assert!(finding.diagnostic.line >= 1 && finding.diagnostic.line <= read.source.lines());
                prop_assert!(finding.excerpt.get(finding.diagnostic.span.clone()).is_some());
                prop_assert!(!finding.excerpt.contains("abcdefgh") && !finding.diagnostic.message.contains("abcdefgh"));
            }
        }
    }

    #[test]
    fn no_checklist_stops_it(cut in 0..SOUND.len(), with in "\\PC{0,8}") {
        let (before, after) = SOUND.split_at(cut);
        let text = format!("{before}{with}{after}");
        for finding in checklist("x.toml", &text).findings {
            prop_assert!(finding.excerpt.get(finding.diagnostic.span.clone()).is_some());
        }
    }
}
