//! Places to fill by cases, over the documents, and over any text; and how they are filled.

use proptest::prelude::*;

use super::super::shell::scan::{Quoting, Scan};
use super::super::shell::script::{Script, tests::scripts};
use super::filled::{filled, variable};
use super::unset::{sets, unset};
use super::*;

fn named(text: &str, place: Place) -> Vec<(String, Strength)> {
    placeholders(text, place).into_iter().map(|one| (one.name, one.strength)).collect()
}

#[test]
fn strong_places_have_a_name() {
    for (text, name) in [
        ("gh pr merge <THIS_PR_NUMBER> --squash", "this_pr_number"),
        ("git checkout <PREVIOUS_TAG>", "previous_tag"),
        ("x < backup_<timestamp>.sql", "timestamp"),
        ("git tag v{{ version }}", "version"),
        ("deploy [SERVICE_NAME]", "service_name"),
        ("ssh u@YOUR_STAGE_IP", "stage_ip"),
        ("https://your-domain.com", "domain"),
        ("git tag vX.Y.Z", "version"),
        ("git tag v<version>", "version"),
        ("release X.Y.Z.", "version"),
        ("branch 1.2.x", "version"),
        ("tag vX.Y now", "version"),
        ("TOKEN=CHANGE_ME", "token"),
        ("Owner: TBD", "owner"),
        ("**Version:** _______________", "version"),
    ] {
        for place in [Place::Script, Place::Prose] {
            assert_eq!(named(text, place), [(name.to_owned(), Strength::Strong)], "{text}");
        }
    }
}

#[test]
fn weak_places_are_weak() {
    for (text, name) in [
        ("/users/{id}", "id"),
        ("echo %PATH_X%", "path_x"),
        ("x-YYYY-MM-DD.sql", "date"),
        ("https://api.example.com/x", "domain"),
    ] {
        assert_eq!(named(text, Place::Script), [(name.to_owned(), Strength::Weak)], "{text}");
    }
}

#[test]
fn what_looks_like_a_place_is_left_alone() {
    for text in [
        "a[0]",
        "cp {a,b} c",
        "awk '{print $1}'",
        "cat <<EOF",
        "sort <in.txt >out.txt",
        "${{ secrets.X }}",
        "docker ps --format '{{.Names}}'",
        "git show HEAD@{1}",
        "rev^{commit}",
        "date +%Y%m%d_%H%M%S",
        "curl -w '%{http_code}' x",
        "ls [A-Z]*",
        "[x] done",
        "${X}",
        "find . -exec ls {} +",
        "python 3.11.2",
        "a.b.c",
        "__init__",
        "$YOUR_X",
        "echo {1..3}",
        "index.x.y",
        "1.2.3",
    ] {
        assert_eq!(named(text, Place::Script), [], "{text}");
    }
    for text in [
        "<b>x</b> and <br>",
        "<https://x.io>",
        "<me@x.io>",
        "[README](x.md)",
        "[RFC][1]",
        "a Vec<String>",
        "a < b and c > d",
        "<details>",
    ] {
        assert_eq!(named(text, Place::Prose), [], "{text}");
    }
}

#[test]
fn the_strong_places_of_a_document_are_those_that_were_counted() {
    let lines: Vec<usize> = scripts(4)
        .iter()
        .flat_map(|(fence, script)| {
            let strong = placeholders(&script.text, Place::Script)
                .into_iter()
                .filter(|one| one.strength == Strength::Strong);
            strong
                .map(|one| fence + 1 + slice(&script.text, 0..one.range.start).matches('\n').count())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(lines, [102, 198, 202]);
}

#[test]
fn variables_nobody_sets_are_weak() {
    let script = Script::read(
        "bash",
        "A=1\nexport B=$A\nread -r C\nfor d in x; do echo $d; done\npsql $DB ${HOST} ${P:-1} '$Q' $HOME $C # $R\n",
    );
    assert_eq!(sets(&script), ["A", "B", "C", "d"]);
    let names =
        |carried: &[String]| unset(&script, carried).into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(&[]), ["db", "host"]);
    assert_eq!(names(&["DB".to_owned()]), ["host"]);
}

fn fill(text: &str) -> Result<String, Quoting> {
    filled(text, &placeholders(text, Place::Script))
        .map(|filled| filled.text)
        .map_err(|by_hand| by_hand.quoting)
}

#[test]
fn a_place_is_quoted_for_where_it_stands() {
    assert_eq!(fill("git checkout <TAG>").unwrap(), "git checkout \"${GONOGO_TAG}\"");
    assert_eq!(fill("x < b_<t>.sql").unwrap(), "x < b_\"${GONOGO_T}\".sql");
    assert_eq!(fill("echo \"a <b> c\"").unwrap(), "echo \"a ${GONOGO_B} c\"");
    assert_eq!(fill("echo 'a <b> c'").unwrap(), "echo 'a '\"${GONOGO_B}\"' c'");
    assert_eq!(fill("echo \"$(x <b>)\"").unwrap(), "echo \"$(x \"${GONOGO_B}\")\"");
    assert_eq!(fill("cat <<E\n<b>\nE\n").unwrap(), "cat <<E\n${GONOGO_B}\nE\n");
    assert_eq!(fill("ls # see <b>").unwrap(), "ls # see <b>");
    assert_eq!(fill("cat <<'E'\n<b>\nE\n"), Err(Quoting::Verbatim));
    assert_eq!(fill("echo $(( X.Y.Z ))"), Err(Quoting::Special));
    assert_eq!(fill("echo don't\n<b>"), Err(Quoting::Unknown));
    assert_eq!(variable("stage_ip"), "GONOGO_STAGE_IP");
    assert_eq!(variable("größe"), "GONOGO_GRUF6UDFE");
}

#[test]
fn what_is_read_twice_is_told() {
    let twice = |text: &str| filled(text, &placeholders(text, Place::Script)).unwrap().read_twice;
    assert_eq!(twice("ssh u@h \"deploy <tag>\""), ["tag"]);
    assert_eq!(twice("bash -c 'x <tag>'"), ["tag"]);
    assert_eq!(twice("ssh h <<E\n<tag>\nE\n"), ["tag"]);
    assert_eq!(twice("deploy <tag>"), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn filling_changes_nothing_outside_the_places(text in "(<[a-z]{1,4}>|X\\.Y\\.Z|your-x|[a-z é#<>|&;$(){}'\"`\\\\\n=.-]|<<E|\\{\\{x\\}\\}|____|\\PC){0,40}") {
        for place in [Place::Script, Place::Prose] {
            let found = placeholders(&text, place);
            let mut end = 0;
            for one in &found {
                prop_assert!(one.range.start >= end && text.get(one.range.clone()).is_some_and(|bytes| !bytes.is_empty()));
                prop_assert!(!one.name.is_empty());
                end = one.range.end;
            }
            let Ok(filled) = filled(&text, &found) else { continue };
            // Each piece between places stands there as it was, in order.
            let scan = Scan::read(&text);
            let mut rest = filled.text.as_str();
            let mut at = 0;
            for one in &found {
                let name = variable(&one.name);
                let written = match scan.quoting(one.range.start) {
                    Quoting::Bare => format!("\"${{{name}}}\""),
                    Quoting::Single => format!("'\"${{{name}}}\"'"),
                    Quoting::Comment => slice(&text, one.range.clone()).to_owned(),
                    _ => format!("${{{name}}}"),
                };
                let kept = format!("{}{written}", slice(&text, at..one.range.start));
                prop_assert!(rest.starts_with(&kept), "{rest} {kept}");
                rest = from(rest, kept.len());
                at = one.range.end;
            }
            prop_assert_eq!(rest, from(&text, at));
        }
    }
}
