//! The store on a real disk: what is acknowledged is there, and what is unsafe is refused.
#![expect(clippy::disallowed_methods, reason = "tests of threads and deadlines")]

use std::collections::VecDeque;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use chrono::DateTime;
use tempfile::TempDir;

use super::*;
use crate::session::graph::Graph;
use crate::session::header::{Release, write_header};
use crate::session::line::Line;
use crate::session::scan::{Tail, scan_file};
use crate::session::ulid::Ulid;
use crate::session::value::Table;
use crate::session::verify::{Anchor, Outcome, Witness, verify};

mod append;
mod children;
mod crash;
mod damage;
mod faults;
mod injected;
mod live;
mod locks;
mod many;
mod names;
mod recheck;
mod redact;
mod requested;
mod session;
pub(in crate::runtime) mod simulated_disk;
mod twins;
mod unsafe_files;

/// A state that counts: enough for guards.
#[derive(Debug, Default)]
struct Kinds(Vec<String>);

impl Fold for Kinds {
    fn fold(&mut self, lines: &[Line], extent: Extent) {
        if extent == Extent::Whole {
            self.0.clear();
        }
        self.0.extend(lines.iter().map(|line| line.kind.clone()));
    }
}

struct Place {
    folder: TempDir,
    paths: SessionPaths,
}

fn release() -> Release {
    Release {
        id: fresh_ulid(),
        product: "shop".into(),
        version: "2.4.0".into(),
        created: DateTime::UNIX_EPOCH,
        program: "gonogo".into(),
        source: None,
        source_digest: None,
        continues: None,
    }
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let gonogo = paths::session_folder(&folder.path().join("release.toml"), None);
    prepare_folder(&gonogo).unwrap();
    let release = release();
    let paths = SessionPaths::in_folder(&gonogo, &release.product, &release.version, release.id);
    create_session(&paths, &write_header(&release, "[checklist]\ntitle = \"Shop\"\n").unwrap()).unwrap();
    Place { folder, paths }
}

fn holder() -> Holder {
    Holder { pid: std::process::id(), host: "build1".into(), person: "anna@example.com".into() }
}

fn open(paths: &SessionPaths) -> Writer<Kinds> {
    Writer::open(paths.clone(), holder(), NetworkFiles::Refuse, Kinds::default()).unwrap().0
}

fn mender() -> repair::Mender {
    let author = crate::session::recorded::Author { by: "anna@example.com".into(), on: "build1/1".into() };
    repair::Mender { author, at: DateTime::UNIX_EPOCH, holder: holder(), network: NetworkFiles::Refuse }
}

fn note(text: &str) -> Proposal {
    Proposal {
        at: DateTime::UNIX_EPOCH,
        by: "anna@example.com".into(),
        on: "build1/1".into(),
        kind: "note.added".into(),
        v: 1,
        crit: false,
        data: Table::new().with("text", text),
    }
}

fn add(writer: &mut Writer<Kinds>, text: &str) -> Vec<Answer> {
    writer.append(&mut VecDeque::from([Request::plain(1, vec![note(text)])]))
}

fn add_all(writer: &mut Writer<Kinds>, texts: &[&str]) {
    for text in texts {
        stored(&add(writer, text));
    }
}

fn stored(answers: &[Answer]) -> Vec<String> {
    let [Answer::Stored { lines, .. }] = answers else { panic!("not stored: {answers:?}") };
    texts(lines)
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.data.text("text").unwrap_or(&line.kind).to_owned()).collect()
}

fn failure(answers: &[Answer]) -> (String, bool) {
    let failed = answers.iter().find_map(|answer| match answer {
        Answer::Failed { error, broken, .. } => Some((error.clone(), *broken)),
        _ => None,
    });
    failed.unwrap_or_else(|| panic!("nothing failed: {answers:?}"))
}

/// All texts on disk in the one order; the graph has no broken parent and hangs below the header.
fn on_disk(paths: &SessionPaths) -> Vec<String> {
    let bytes = fs::read(paths.session()).unwrap();
    let (header, scanner, batch) = scan_file(&bytes).unwrap();
    assert!(scanner.damage().is_none(), "{:?}", scanner.damage());
    assert_eq!(batch.tail, Tail::Clean);
    let mut graph = Graph::new(header.digest);
    batch.lines.iter().for_each(|found| graph.insert(&found.line));
    assert_eq!(graph.missing(), []);
    assert!(graph.is_rooted());
    let lines: Vec<Line> = graph.order().into_iter().map(|place| batch.lines[place].line.clone()).collect();
    texts(&lines)
}
