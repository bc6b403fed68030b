//! What is trusted: the digest of everything in a checklist that can act, and the list of it for people.
//!
//! Prose (titles, `note`, `why`, `link`, `hint`, `caution`) is left out of the digest by name, so whatever is added later counts by
//! default. Not here: the trust store (`runtime`), the decision (`engine/trust.rs`).

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::item::Item;
use super::model::Checklist;
use super::template::Template;
use super::write::to_table;

/// The most files a trusted digest covers.
pub const PINNED_MAX: usize = 64;
/// The largest file a trusted digest covers, in bytes.
pub const PINNED_MAX_BYTES: usize = 1 << 20;

/// A digest, spelled `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// As it is spelled.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digest of a whole normalised checklist, prose too.
pub fn checklist_digest(checklist: &Checklist) -> Digest {
    let mut hash = Sha256::new();
    feed_checklist(&mut hash, checklist);
    spelled(hash)
}

/// The digest that is trusted: everything but prose, and the pinned files' paths and bytes.
pub fn trust_digest(checklist: &Checklist, pinned: &[(String, Vec<u8>)]) -> Digest {
    let mut hash = Sha256::new();
    feed_checklist(&mut hash, &without_prose(checklist));
    let mut files: Vec<_> = pinned.iter().collect();
    files.sort();
    for (path, bytes) in files {
        feed(&mut hash, b'P', path.as_bytes());
        feed(&mut hash, b'B', bytes);
    }
    spelled(hash)
}

fn spelled(hash: Sha256) -> Digest {
    let hex = hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    Digest(format!("sha256:{hex}"))
}

fn feed_checklist(hash: &mut Sha256, checklist: &Checklist) {
    match to_table(checklist) {
        Ok(table) => feed_value(hash, &toml::Value::Table(table)),
        // Never equal to the digest of a checklist that can be written; the text names no secret.
        Err(error) => feed(hash, b'!', error.to_string().as_bytes()),
    }
}

/// A kind, a length and the bytes: no two different contents feed the same.
fn feed(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn feed_value(hash: &mut Sha256, value: &toml::Value) {
    match value {
        toml::Value::String(text) => feed(hash, b's', text.as_bytes()),
        toml::Value::Integer(number) => feed(hash, b'i', &number.to_be_bytes()),
        toml::Value::Float(number) => feed(hash, b'f', &number.to_bits().to_be_bytes()),
        toml::Value::Boolean(value) => feed(hash, b'b', &[u8::from(*value)]),
        toml::Value::Datetime(time) => feed(hash, b'd', time.to_string().as_bytes()),
        toml::Value::Array(list) => {
            feed(hash, b'a', &(list.len() as u64).to_be_bytes());
            for value in list {
                feed_value(hash, value);
            }
        }
        toml::Value::Table(table) => {
            feed(hash, b't', &(table.len() as u64).to_be_bytes());
            for (key, value) in table {
                feed(hash, b'k', key.as_bytes());
                feed_value(hash, value);
            }
        }
    }
}

/// The checklist without the fixed list of prose fields. Field by field on purpose: a header or variable that
/// happens to be called `title` is no prose.
fn without_prose(checklist: &Checklist) -> Checklist {
    let mut bare = checklist.clone();
    bare.title.clear();
    for phase in &mut bare.phases {
        phase.title = Template::default();
        bare_items(&mut phase.items);
        for section in &mut phase.sections {
            section.title = Template::default();
            bare_items(&mut section.items);
        }
    }
    for plan in bare.plans.values_mut() {
        plan.title = Template::default();
        bare_items(&mut plan.items);
    }
    for action in bare.actions.values_mut() {
        action.title = None;
        for step in &mut action.steps {
            step.title = None;
            step.note = None;
        }
    }
    bare.roles.values_mut().for_each(|role| role.title = None);
    bare.windows.values_mut().for_each(|window| window.title = None);
    bare
}

fn bare_items(items: &mut [Item]) {
    for item in items {
        item.title = Template::default();
        item.why = None;
        item.note = None;
        item.link = None;
        item.hint = None;
        item.caution = None;
        bare_items(&mut item.items);
    }
}

#[cfg(test)]
mod tests {
    use super::{checklist_digest, trust_digest};
    use crate::checklist::bundled::starter;
    use crate::checklist::read::read_toml;

    #[test]
    fn prose_changes_nothing_and_everything_else_changes_the_digest() {
        let read =
            |source: &str| read_toml("x.toml", source).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let first = read(starter());
        let trusted = trust_digest(&first, &[]);
        let prose = read(&starter().replace("Release notes for", "Words for"));
        assert_eq!(trust_digest(&prose, &[]), trusted);
        assert_ne!(checklist_digest(&prose), checklist_digest(&first));
        for (from, to) in [
            ("\"-d\"]", "\"-dv\"]"),
            ("localhost:8000", "localhost:8001"),
            ("quorum = 1, ", ""),
            ("protected = true", "protected = false"),
            ("needs = [\"deploy\"]", "needs = [\"approve\"]"),
        ] {
            assert_ne!(trust_digest(&read(&starter().replace(from, to)), &[]), trusted, "{from}");
        }
    }

    #[test]
    fn a_byte_of_a_pinned_script_changes_the_digest() {
        let checklist = read_toml("x.toml", starter()).expect("it loads");
        let with = |bytes: &[u8]| trust_digest(&checklist, &[("deploy.sh".to_owned(), bytes.to_vec())]);
        assert_ne!(with(b"a"), with(b"b"));
        assert_ne!(with(b""), trust_digest(&checklist, &[]));
        assert!(with(b"a").as_str().starts_with("sha256:"));
    }
}
