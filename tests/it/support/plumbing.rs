//! Git by its plumbing: commits from bytes and merges by its real merge machinery, thousands of them in few processes.
//!
//! A repository whose only file is a record, with the attributes every record folder has. `git merge`, `rebase` and `cherry-pick`
//! are this one three-way merge with one base or another. Its objects are named by SHA-256, so their names are known before git is
//! asked to keep them, all of a round at once. Not here: which histories are made (`git_histories.rs`).

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gonogo::runtime::store::create::GIT_ATTRIBUTES;
use gonogo::session::hash::Hash;

const FILE: &str = "r.session.toml";

/// A merge to be made: what both sides have, if it is not what git finds by itself, and the two sides.
#[derive(Clone, Debug)]
pub(crate) struct Merge {
    pub(crate) base: Option<String>,
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

/// A repository, and what it is still to keep.
pub(crate) struct Plumbing {
    folder: tempfile::TempDir,
    waiting: [Vec<PathBuf>; 3],
}

const KINDS: [&str; 3] = ["blob", "tree", "commit"];

/// Runs git with this input to its end; what it said.
#[track_caller]
fn git(folder: &Path, args: &[&str], input: String) -> Vec<u8> {
    let mut command = Command::new("git");
    command.args(args).current_dir(folder).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let mut to = child.stdin.take().unwrap();
    // Written beside the reading: neither pipe holds everything.
    let feeder = std::thread::spawn(move || to.write_all(input.as_bytes()).unwrap());
    let mut said = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    feeder.join().unwrap();
    assert!(child.wait().unwrap().success(), "git {args:?}");
    said
}

impl Plumbing {
    /// An empty repository with the attributes of a record folder.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        git(path, &["init", "-q", "--bare", "--object-format=sha256", "."], String::new());
        std::fs::create_dir_all(path.join("info")).unwrap();
        std::fs::write(path.join("info/attributes"), GIT_ATTRIBUTES).unwrap();
        std::fs::create_dir(path.join("scratch")).unwrap();
        Self { folder, waiting: [const { Vec::new() }; 3] }
    }

    /// An object to be kept with the next merge; its name.
    fn object(&mut self, kind: usize, bytes: &[u8]) -> String {
        let name =
            Hash::of_pieces([format!("{} {}\0", KINDS[kind], bytes.len()).as_bytes(), bytes]).to_string();
        let path = self.folder.path().join("scratch").join(&name);
        std::fs::write(&path, bytes).unwrap();
        self.waiting[kind].push(path);
        name
    }

    /// A commit of a record with these bytes.
    pub(crate) fn commit(&mut self, record: &[u8], parents: &[&str]) -> String {
        let blob = self.object(0, record);
        let mut entry = format!("100644 {FILE}\0").into_bytes();
        let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap()).unwrap();
        entry.extend(blob.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])));
        let tree = self.object(1, &entry);
        let parents = parents.iter().fold(String::new(), |text, parent| text + "parent " + parent + "\n");
        let person = "a <a@example.org> 1 +0000";
        let text = format!("tree {tree}\n{parents}author {person}\ncommitter {person}\n\nm\n");
        self.object(2, text.as_bytes())
    }

    fn keep(&mut self) {
        for (kind, waiting) in KINDS.iter().zip(&mut self.waiting) {
            let paths = std::mem::take(waiting);
            let names = paths.iter().fold(String::new(), |text, path| text + path.to_str().unwrap() + "\n");
            git(
                self.folder.path(),
                &["hash-object", "-w", "-t", kind, "--no-filters", "--stdin-paths"],
                names,
            );
            for path in paths {
                // One content may have been written twice under its one name.
                let _gone = std::fs::remove_file(path);
            }
        }
    }

    /// The records that these merges make. A union has no conflicts: one that is not clean fails the test.
    pub(crate) fn merge(&mut self, merges: &[Merge]) -> Vec<Vec<u8>> {
        self.keep();
        let orders = merges.iter().map(|Merge { base, ours, theirs }| {
            let base = base.as_ref().map(|base| format!("{base} -- ")).unwrap_or_default();
            format!("{base}{ours} {theirs}\n")
        });
        let folder = self.folder.path();
        let said = git(folder, &["merge-tree", "--write-tree", "--no-messages", "--stdin"], orders.collect());
        let said = String::from_utf8(said).unwrap();
        let fields: Vec<&str> = said.split('\0').collect();
        let trees: Vec<&str> = fields
            .chunks_exact(3)
            .map(|result| {
                assert_eq!((result[0], result[2]), ("1", ""), "a clean merge");
                result[1]
            })
            .collect();
        assert_eq!(trees.len(), merges.len());
        let names = trees.iter().fold(String::new(), |text, tree| text + tree + ":" + FILE + "\n");
        let said = git(folder, &["cat-file", "--batch"], names);
        let mut rest = said.as_slice();
        trees.iter().map(|_| next_file(&mut rest)).collect()
    }
}

/// One answer of `cat-file --batch`: a line with the length, the bytes, a line end.
fn next_file(rest: &mut &[u8]) -> Vec<u8> {
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
    let head = std::str::from_utf8(&rest[..end]).unwrap();
    let size: usize = head.split(' ').nth(2).unwrap_or_else(|| panic!("{head}")).parse().unwrap();
    let bytes = rest[end + 1..end + 1 + size].to_vec();
    *rest = &rest[end + size + 2..];
    bytes
}
