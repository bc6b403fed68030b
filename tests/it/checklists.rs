//! The checklists of the fixtures: each bad one is refused with the problems written at its end (`#~ `), each good one
//! loads. `GONOGO_UPDATE=1` writes the expectations anew; read them before committing.

use std::fs;
use std::path::{Path, PathBuf};

use gonogo::checklist::diagnostic::Severity;
use gonogo::checklist::read::read_toml;

const MARK: &str = "#~ ";

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checklists").join(folder);
    let mut files: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// What is reported, one line a problem: place, severity, message, underlined text, nearest name.
fn told(source: &str) -> Vec<String> {
    let problems = read_toml("", source).expect_err("a bad checklist is refused");
    let line = |problem: &gonogo::checklist::diagnostic::Diagnostic| {
        let place = format!("{}:{}", problem.line, problem.column);
        let warning = if problem.severity == Severity::Warning { "warning: " } else { "" };
        let text = source.get(problem.span.clone()).unwrap_or_default().lines().next().unwrap_or_default();
        let near = problem.nearest.as_ref().map(|near| format!(" ? {near}")).unwrap_or_default();
        format!("{place} {warning}{} | {text}{near}", problem.message)
    };
    problems.iter().map(line).collect()
}

#[test]
fn every_bad_checklist_is_refused_with_the_problems_it_names() {
    let update = std::env::var("GONOGO_UPDATE").is_ok_and(|value| value == "1");
    let mut wrong = Vec::new();
    for path in fixtures("bad") {
        let text = fs::read_to_string(&path).unwrap();
        let source: String = text.split_inclusive('\n').filter(|line| !line.starts_with(MARK)).collect();
        let expected: Vec<_> = text.lines().filter_map(|line| line.strip_prefix(MARK)).collect();
        let found = told(&source);
        if update {
            let lines: Vec<String> = found.iter().map(|line| format!("{MARK}{line}\n")).collect();
            fs::write(&path, source + &lines.concat()).unwrap();
        } else if found != expected {
            wrong.push(format!("{}:\n  found    {found:#?}\n  expected {expected:#?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_good_checklist_loads() {
    for path in fixtures("good") {
        let source = fs::read_to_string(&path).unwrap();
        read_toml("x.toml", &source).unwrap_or_else(|problems| panic!("{}: {problems:#?}", path.display()));
    }
}

#[test]
fn ten_mistakes_are_reported_at_once() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checklists/bad/ten-mistakes.toml");
    assert!(told(&fs::read_to_string(path).unwrap()).len() >= 10);
}
