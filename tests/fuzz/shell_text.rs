//! The scanner of scripts, the reader of `curl` lines, places to fill: no text stops them, and their places fit the text.
//!
//! The corpus are the fences of the five documents and lines that once were hard. Not here: named cases, which stand beside
//! the code.

use gonogo::checklist::markdown::curl::{Curl, requests};
use gonogo::checklist::markdown::expected::Expected;
use gonogo::checklist::markdown::placeholders::filled::filled;
use gonogo::checklist::markdown::placeholders::{Place, placeholders};
use gonogo::checklist::markdown::secrets::{masked, secrets};
use gonogo::checklist::markdown::shell::scan::Scan;
use gonogo::checklist::markdown::shell::script::Script;

use super::each_seed;
use super::mutate::mutate;

const DOCUMENTS: [&str; 5] = [
    include_str!("../fixtures/documents/000.md"),
    include_str!("../fixtures/documents/001.md"),
    include_str!("../fixtures/documents/002.md"),
    include_str!("../fixtures/documents/003.md"),
    include_str!("../fixtures/documents/004.md"),
];
const HARD: [&str; 12] = [
    "cat <<-'E O F' && x <<B\n\ta\nE O F\nb\nB\n",
    "x=$(a \"$(b `c`)\" | d) # it's\n",
    "echo ${x:-'}'} $'a\\'b' $((1<<2)) \"${y#\"z\"}\"\n",
    "for x in a; do\n# If so\nb \\\n  c\ndone &&\nd\n",
    "server {\n  listen 80;\n}\nSELECT *\nFROM x;\n*/5 * * * * y\n",
    "$ git tag \\\n> v1\nok\n# Or\n$ make\n",
    "ssh u@<host> \"x <tag>\" << E\n{{ v }} vX.Y.Z\nE\n",
    "curl -sSfkL -m5 -XPOST -H 'Authorization: Bearer x' -d @f https://u:p@h/x?y | jq '.a' || exit 1\n",
    "curl -o /dev/null -w '%{http_code}\\n' --connect-timeout=2 localhost:80 | grep -v \"x\"\n",
    "# Expected: {\"a\": [1, ..., {\"b\": null}], 'c': < 500ms}\n",
    "PASSWORD=hunter22 TOKEN: 'x' -u me:hunter22 ____ %ABC% YOUR_X\n",
    "a <b>>c <<<d <(e) >(f) 2>&1 &>g <h i>\n",
];

/// The bodies of the documents' fences, and the hard ones.
fn corpus() -> Vec<String> {
    let fences = DOCUMENTS.iter().flat_map(|document| document.split("```").skip(1).step_by(2));
    fences
        .filter_map(|fence| fence.split_once('\n'))
        .map(|(_, body)| body.to_owned())
        .chain(HARD.map(str::to_owned))
        .collect()
}

#[test]
fn no_script_stops_the_scanner_and_its_places_cover_the_text() {
    let corpus = corpus();
    each_seed(|dice| {
        let mut bytes = dice.one_of(&corpus).clone().into_bytes();
        if dice.once_in(3) {
            bytes.extend(dice.one_of(&corpus).bytes());
        }
        mutate(dice, &mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let scan = Scan::read(&text);
        for ranges in [
            scan.spans.iter().map(|span| span.range.clone()).collect::<Vec<_>>(),
            scan.pieces.iter().map(|piece| piece.range.clone()).collect(),
        ] {
            let mut at = 0;
            for range in ranges {
                assert!(
                    range.start == at && text.get(range.clone()).is_some_and(|one| !one.is_empty()),
                    "{range:?}"
                );
                at = range.end;
            }
            assert_eq!(at, text.len(), "the whole text is covered");
        }
        for language in ["bash", "console"] {
            let script = Script::read(language, &text);
            assert_eq!(script.text.matches('\n').count(), text.matches('\n').count(), "line numbers stay");
            assert!(
                script.lines.windows(2).all(|two| two[0].last < two[1].line || two[0].line < two[1].line)
            );
            for (index, _) in requests(&script) {
                assert!(script.lines.get(index).is_some());
                let _: bool = Expected::read(script.comments_of(index)).is_empty();
            }
        }
        assert_eq!(
            Script::read("yaml", &text),
            Script::default(),
            "nothing comes from a fence that is no shell's"
        );
    });
}

#[test]
fn no_line_stops_the_reader_of_curl() {
    let lines: Vec<String> =
        corpus().iter().flat_map(|body| body.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let lines: Vec<String> = lines.into_iter().filter(|line| line.contains("curl")).collect();
    assert!(!lines.is_empty());
    each_seed(|dice| {
        let mut bytes = dice.one_of(&lines).clone().into_bytes();
        mutate(dice, &mut bytes);
        let line = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(curl) = Curl::read(&line) {
            let host = curl.url.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
            assert!(!host.is_some_and(|host| host.contains('@')), "{line}: no credentials in {}", curl.url);
        }
    });
}

#[test]
fn filling_and_masking_change_nothing_else() {
    let corpus = corpus();
    each_seed(|dice| {
        let mut bytes = dice.one_of(&corpus).clone().into_bytes();
        mutate(dice, &mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let found = placeholders(&text, Place::Script);
        assert!(found.windows(2).all(|two| two[0].range.end <= two[1].range.start), "none inside another");
        if let Ok(filled) = filled(&text, &found) {
            assert_eq!(filled.text == text, filled.reads.is_empty(), "what is filled reads a variable");
        }
        let hidden = secrets(&text);
        assert_eq!(masked(&text) == text, hidden.is_empty(), "what is masked was found");
    });
}
