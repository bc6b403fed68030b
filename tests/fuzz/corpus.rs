//! What mutations start from: every kind of event as it is kept for ever, and small whole records.
//!
//! Not here: the records themselves (`tests/fixtures/records`).

use std::path::Path;

use gonogo::session::hash::Hash;

/// A record as text: its head through the `[events]` line, and its lines with their line ends.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) head: String,
    pub(crate) lines: Vec<String>,
}

impl Sample {
    /// The whole file.
    pub(crate) fn file(&self) -> Vec<u8> {
        format!("{}{}", self.head, self.lines.concat()).into_bytes()
    }
}

fn read(path: &Path) -> Sample {
    let text = std::fs::read_to_string(path).unwrap();
    let at = text.find("\n[events]\n").expect("a head") + "\n[events]\n".len();
    let (head, lines) = text.split_at(at);
    Sample { head: head.to_owned(), lines: lines.split_inclusive('\n').map(str::to_owned).collect() }
}

/// All records kept for ever, those of a newer program too; by name, so that a seed means the same everywhere.
pub(crate) fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/records");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // A tombstone proves itself only beside the line that names it.
    paths.retain(|path| !path.ends_with("redacted.session.toml"));
    paths.sort();
    assert!(paths.len() >= 5, "there are records to start from");
    paths.iter().map(|path| read(path)).collect()
}

/// The first lines of a sample: a file that is read in a moment.
pub(crate) fn small(sample: &Sample, lines: usize) -> Sample {
    Sample { head: sample.head.clone(), lines: sample.lines.iter().take(lines).cloned().collect() }
}

/// A body with the tail that fits it, as somebody would write it who rehashes what he changed.
pub(crate) fn sealed(body: &str) -> String {
    format!("{body}, h = \"{}\" }}\n", Hash::of(body.as_bytes()))
}

/// A line without its last 75 bytes.
pub(crate) fn body(line: &str) -> &str {
    line.get(..line.len().saturating_sub(75)).unwrap_or_default()
}
