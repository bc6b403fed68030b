//! What the five documents offer, line for line as it was counted by hand, and what any document may.

use proptest::prelude::*;

use super::*;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::words::{Meaning, meanings};

const EXAMPLES: [&[u8]; 5] = [
    include_bytes!("../../../../tests/fixtures/documents/000.md"),
    include_bytes!("../../../../tests/fixtures/documents/001.md"),
    include_bytes!("../../../../tests/fixtures/documents/002.md"),
    include_bytes!("../../../../tests/fixtures/documents/003.md"),
    include_bytes!("../../../../tests/fixtures/documents/004.md"),
];

/// A rollback by the words of the headings above, which is good enough here.
fn read(bytes: &[u8]) -> (Document, Offers) {
    let document = Document::read("release.md", bytes).unwrap();
    let rollback = |at: usize| {
        document.outline.path_at(at).iter().any(|heading| {
            let all = meanings(heading);
            all.contains(&Meaning::Rollback) && !all.contains(&Meaning::Readiness)
        })
    };
    let found = offers(&document, &rollback);
    (document, found)
}

fn example(index: usize) -> Vec<Offer> {
    read(EXAMPLES[index]).1.all
}

fn lines(offers: &[Offer], is: impl Fn(&Offered) -> bool) -> Vec<usize> {
    offers.iter().filter(|offer| is(&offer.what)).map(|offer| offer.line).collect()
}

fn scripts(offers: &[Offer]) -> Vec<&ScriptOffer> {
    let script = |offer: &'_ Offer| matches!(offer.what, Offered::Script(_));
    offers
        .iter()
        .filter(|offer| script(offer))
        .filter_map(|offer| match &offer.what {
            Offered::Script(script) => Some(script),
            _ => None,
        })
        .collect()
}

fn https(offers: &[Offer]) -> Vec<(usize, &str)> {
    offers
        .iter()
        .filter_map(|offer| match &offer.what {
            Offered::Http(http) => Some((offer.line, http.title.as_str())),
            _ => None,
        })
        .collect()
}

#[test]
fn what_only_a_person_can_do_is_by_hand() {
    let by_hand = |index: usize| lines(&example(index), |what| matches!(what, Offered::ByHand { .. }));
    assert_eq!(by_hand(0), [104, 150]);
    assert_eq!(by_hand(1), [0; 0]);
    assert_eq!(by_hand(2), [0; 0]);
    assert_eq!(by_hand(3), [103, 138, 270, 320, 330, 340, 472, 485]);
    assert_eq!(by_hand(4), [0; 0]);
}

#[test]
fn requests_of_the_text_are_checks() {
    let base = "GET {base_url}";
    let zero = example(0);
    let expected = [
        (31, format!("{base}/health: status 200")),
        (32, format!("{base}/ready: status 200")),
        (33, format!("{base}/api/v1/products: status 2xx")),
        (34, format!("{base}/api/v1/forecast/results: status 2xx")),
        (39, format!("{base}/ready: status 2xx")),
        // No box: a bullet under criteria.
        (325, format!("{base}/ready: status 200")),
    ];
    let expected: Vec<(usize, &str)> = expected.iter().map(|(line, title)| (*line, title.as_str())).collect();
    assert_eq!(https(&zero), expected, "no curl becomes a check, five paths in boxes are offered");
    assert_eq!(
        https(&example(1)),
        [
            (71, "GET http://localhost:8000/health: status 2xx"),
            (77, "GET http://localhost:8000/: status 2xx, JSON")
        ]
    );
    let host = "https://scheduler.example.com";
    let expected = [
        (224, format!("GET {host}/health: status 2xx, /status, /database")),
        (229, format!("GET {host}/health/resilience: status 2xx, /defense_level")),
        (234, format!("GET {host}/docs: status 2xx")),
        (243, format!("HEAD {host}: status 200")),
        (303, format!("GET {host}/health: status 2xx, time < 500ms")),
        (311, format!("GET {host}/metrics: status 2xx")),
    ];
    let expected: Vec<(usize, &str)> = expected.iter().map(|(line, title)| (*line, title.as_str())).collect();
    assert_eq!(https(&example(3)), expected);
    assert_eq!(https(&example(4)), [(166, "GET {base_url}/health: status 200")]);
}

#[test]
fn inline_commands_are_as_many_as_were_counted() {
    let counts: Vec<usize> =
        (0..5).map(|index| lines(&example(index), |what| matches!(what, Offered::Inline(_))).len()).collect();
    assert_eq!(counts, [5, 9, 0, 4, 1]);
}

#[test]
fn containers_and_logs_are_offered() {
    let containers = |index: usize| lines(&example(index), |what| matches!(what, Offered::Containers(_)));
    let panes = |index: usize| lines(&example(index), |what| matches!(what, Offered::LogPane(_)));
    let searches = |index: usize| lines(&example(index), |what| matches!(what, Offered::LogCheck(_)));
    assert_eq!((containers(1), panes(1), searches(1)), (vec![76], vec![89], vec![80]));
    assert_eq!((containers(4), panes(4), searches(4)), (vec![141, 165], vec![147], vec![173]));
    assert_eq!(containers(3), [162, 215, 427, 434]);
    assert_eq!((panes(3), searches(3)), (vec![181, 466], vec![289, 439]));
    let three = example(3);
    let search = three.iter().find(|offer| offer.line == 289).unwrap();
    let Offered::LogCheck(logs) = &search.what else { panic!("a search") };
    assert_eq!((logs.services.len(), logs.pattern.as_deref()), (3, Some("critical|error")));
}

#[test]
fn parts_are_scripts_of_their_own() {
    let one = example(1);
    let all = scripts(&one);
    let told: Vec<_> = all.iter().map(|script| (script.first, script.last, script.conditional)).collect();
    assert_eq!(told, [(39, 46, false), (57, 71, false), (84, 88, false), (91, 93, true)]);
    assert!(all[3].text.ends_with("# If issues, disable immediately\nexport INTEGRATIONS_GITHUB_ACTIONS_ENABLED=false\ndocker compose restart gateway\n"));
    // The switch that was set is carried, as a person would still have it in his shell, and shown.
    assert!(all[3].text.starts_with("#!/usr/bin/env bash\nset -eo pipefail\nexport INTEGRATIONS_GITHUB_ACTIONS_ENABLED=true  # carried from line 85\n"), "{}", all[3].text);
    assert!(all[0].text.contains("git tag -a v\"${GONOGO_VERSION}\" -m"), "{}", all[0].text);
    assert_eq!(all[0].irreversible, ["git push origin v0.5.0"]);
}

#[test]
fn folders_are_carried_through_a_phase() {
    let three = example(3);
    let all = scripts(&three);
    let step = |first: usize| all.iter().find(|script| script.first == first).unwrap();
    let carried = "cd /opt/residency-scheduler  # carried from line 127\n";
    assert!(step(155).text.starts_with(&format!("#!/usr/bin/env bash\nset -eo pipefail\n{carried}")));
    assert!(step(174).text.contains(carried));
    assert!(!step(205).text.contains("carried"), "another phase");
    assert!(step(125).text.contains("git clone \"${GONOGO_REPOSITORY_URL}\" /opt/"));
    assert!(step(125).text.contains("git checkout v\"${GONOGO_VERSION}\""));
    let back = step(381);
    assert!(back.rollback && back.text.contains("git checkout v\"${GONOGO_PREVIOUS_VERSION}\""));
    let conditional = all.iter().filter(|script| script.conditional).map(|script| script.first);
    assert_eq!(conditional.collect::<Vec<_>>(), [307, 407, 423, 458]);
}

#[test]
fn places_are_variables_and_a_version_is_the_value() {
    let variables = |index: usize| -> Vec<(String, Option<String>, Strength)> {
        let found = example(index).into_iter();
        found
            .filter_map(|offer| match offer.what {
                Offered::Variable(one) if one.used => Some((one.name, one.default, one.strength)),
                _ => None,
            })
            .collect()
    };
    let version = |value: &str| ("version".to_owned(), Some(value.to_owned()), Strength::Weak);
    assert_eq!(variables(0), [version("0.0.1")]);
    assert_eq!(variables(1), [version("0.5.0")]);
    let strong = |name: &str| (name.to_owned(), None, Strength::Strong);
    assert_eq!(
        variables(3),
        [
            strong("repository_url"),
            version("1.0.0"),
            ("previous_version".to_owned(), Some("0.9.0".to_owned()), Strength::Weak),
            strong("revision"),
            strong("service_name"),
        ]
    );
    assert_eq!(
        variables(4),
        [strong("this_pr_number"), version("0.3.0"), strong("previous_tag"), strong("timestamp")]
    );
    let four = example(4);
    let first: Vec<usize> = four
        .iter()
        .filter_map(|offer| match &offer.what {
            Offered::Variable(one) if one.used && one.strength == Strength::Strong => Some(one.first_line),
            _ => None,
        })
        .collect();
    assert_eq!(first, [102, 198, 202]);
}

#[test]
fn a_script_in_an_item_is_the_items() {
    let (document, found) = read(EXAMPLES[4]);
    let back = found.all.iter().find(|offer| offer.line == 194).unwrap();
    let entry = &document.entries[back.entry.unwrap()];
    assert_eq!(entry.line, 192);
    assert_eq!(back.id, format!("{}/run", entry.id));
}

#[test]
fn a_credential_is_never_copied() {
    let text = "# A\n\n```sh\nexport TOKEN=ghp_012345678901234567890123456789012345\ndeploy\n```\n\n```sh\ncurl -u me:hunter2hunter https://x/y\n```\n\n- [ ] `curl -H 'Authorization: Bearer abcdefghij' https://x/z`\n";
    let (_, found) = read(text.as_bytes());
    let told: Vec<String> =
        found.all.iter().map(|offer| format!("{:?} {:?}", offer.what, offer.warnings)).collect();
    let told = told.concat();
    assert!(
        !told.contains("ghp_0") && !told.contains("hunter2hunter") && !told.contains("abcdefghij"),
        "{told}"
    );
    assert_eq!(lines(&found.all, |what| matches!(what, Offered::ByHand { .. })), [3, 8, 12]);
    assert!(
        found
            .all
            .iter()
            .any(|offer| offer.warnings.iter().any(|warning| warning.line == 4 && warning.text == "a token"))
    );
}

#[test]
fn what_cannot_be_torn_or_filled_is_by_hand() {
    for (body, why) in [
        ("make && docker compose logs -f", "never ends"),
        ("cat <<'E'\n<name>\nE", "quoted"),
        ("<your-tool> run", "program"),
        ("echo don't", "never closes"),
    ] {
        let (_, found) = read(format!("```bash\n{body}\n```\n").as_bytes());
        let [offer] = &found.all[..] else { panic!("{body}: {:?}", found.all) };
        let Offered::ByHand { why: told } = &offer.what else { panic!("{body}") };
        assert!(told.contains(why), "{body}: {told}");
    }
    let (_, found) = read(b"```bash\nls\n");
    assert!(matches!(&found.all[0].what, Offered::ByHand { why } if why.contains("never closes")));
}

#[test]
fn what_a_shell_computed_is_not_carried_and_told() {
    let text = "# A\n\n```bash\nTAG=$(git describe)\nexport WHEN=$(date)\ncd \"$HOME/x\"\n```\n\n```bash\necho $WHEN $OTHER\n```\n";
    let (_, found) = read(text.as_bytes());
    let warnings: Vec<&str> = found.all[1].warnings.iter().map(|warning| warning.text.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "`$WHEN` is computed on line 5, which is not carried",
            "nothing here sets `$OTHER`",
            "line 6 goes to a folder only a shell knows, which is not carried"
        ]
    );
}

#[test]
fn offers_are_bounded_and_counted() {
    let (_, found) = read("`git push x` ".repeat(OFFERS_MAX + 50).as_bytes());
    assert_eq!((found.all.len(), found.beyond), (OFFERS_MAX, 50));
}

/// Pieces of documents: shells, other languages, transcripts, items, words that look like commands.
pub(crate) fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "# T\n\n",
        "## Rollback\n\n",
        "- [ ] do `make x`\n",
        "1. one\n",
        "   - [ ] two\n",
        "```bash\n",
        "```\n",
        "~~~sh\n",
        "~~~\n",
        "```yaml\n",
        "```console\n",
        "```\n\n",
        "$ git push\n",
        "curl -f http://localhost/x\n",
        "rm -rf /\n",
        "# If bad\n",
        "docker compose logs -f\n",
        "cd /opt\n",
        "export A=1\n",
        "echo $A <tag> v1.2.3\n",
        "git tag v1.2.3\n",
        "ssh me@host\n",
        "for x in a; do\n",
        "done\n",
        "cat <<EOF\n",
        "EOF\n",
        "'",
        "\"",
        "> ",
        "    ",
        "\n",
        "image: x:1.2.3\n",
        "Expected: 200\n",
        "- [ ] No errors in logs\n",
        "- [ ] `/health` returns 200\n",
        "\u{200b}",
        "`docker compose ps`\n",
        "é",
        "[NAME] ",
    ]);
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn nothing_runs_out_of_a_fence_that_is_no_shells(text in pieces()) {
        let Ok(document) = Document::read("x.md", text.as_bytes()) else { return Ok(()) };
        let found = offers(&document, &|at| at % 2 == 0);
        let mut ids = std::collections::HashSet::new();
        for offer in &found.all {
            prop_assert!(ids.insert(offer.id.clone()), "{} twice", offer.id);
            if matches!(offer.what, Offered::Variable(_)) {
                continue;
            }
            let at = document.source.line_range(offer.line).start;
            let around = document.fences.iter().find(|fence| fence.range.contains(&at) && fence.node == offer.node);
            let kind = &document.tree.node(offer.node).kind;
            match &offer.what {
                Offered::Script(script) => {
                    let fence = around.expect("a script stands in a fence");
                    let known = ["bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"];
                    prop_assert!(fence.runnable && fence.closed && known.contains(&fence.language.as_deref().unwrap_or_default()));
                    prop_assert!(script.first >= fence.first_line && script.last >= script.first);
                    prop_assert!(document.source.line(fence.range.end.saturating_sub(1)) >= script.last);
                    prop_assert!(script.text.starts_with("#!"));
                }
                Offered::Inline(_) => prop_assert!(matches!(kind, crate::checklist::markdown::tree::Kind::Code(_))),
                Offered::Http(_) | Offered::Containers(_) | Offered::LogPane(_) | Offered::LogCheck(_) | Offered::ByHand { .. } => {
                    prop_assert!(around.is_none_or(|fence| fence.runnable));
                }
                Offered::Variable(_) => {}
            }
        }
        // The same bytes give the same offers.
        let again = offers(&document, &|at| at % 2 == 0);
        prop_assert_eq!(format!("{:?}", again.all), format!("{:?}", found.all));
    }

    #[test]
    fn no_words_stop_it(body in "([a-z é#<>|&;$(){}'\"`\\\\\n=*0-9.-]|<<EOF|sudo |ssh |# If |\n\\$ |curl |cd |export A=|v1.2.3|\\PC){0,80}") {
        let text = format!("- [ ] {}\n\n```bash\n{body}\n```\n", slice(&body, 0..body.find('\n').unwrap_or(body.len())));
        if let Ok(document) = Document::read("x.md", text.as_bytes()) {
            let _found = offers(&document, &|_| false);
        }
    }
}
