//! The variables of a document: one name is one variable, spelled as a checklist spells it.
//!
//! Not here: finding the places (`placeholders.rs`), which values a variable takes (`checklist/values.rs`).

use std::collections::HashMap;
use std::fmt::Write as _;

use super::releases::Releases;
use super::{ValueKind, VariableOffer};
use crate::checklist::markdown::placeholders::Strength;
use crate::checklist::values::is_reserved;

/// No name is longer: it stands in questions and tables.
const NAME_MAX: usize = 60;

/// The name of a variable for a place: small letters, digits and low lines, a letter first, and none of the program's own.
pub(super) fn variable(written: &str) -> String {
    let mut name = String::with_capacity(written.len());
    for letter in written.chars() {
        if name.len() >= NAME_MAX {
            break;
        }
        if letter.is_ascii_alphanumeric() || letter == '_' {
            name.push(letter.to_ascii_lowercase());
        } else {
            // A name in another script stays a name of its own.
            let _: std::fmt::Result = write!(name, "u{:x}", u32::from(letter));
        }
    }
    if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
        name.insert_str(0, "n_");
    }
    if is_reserved(&name) { format!("the_{name}") } else { name }
}

/// Where a variable is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Met {
    /// The line in the file.
    pub(super) line: usize,
    /// How sure it is that it must be filled.
    pub(super) strength: Strength,
    /// What it takes there.
    pub(super) kind: ValueKind,
    /// A script reads it.
    pub(super) used: bool,
}

/// The variables so far, in the order in which they were met.
#[derive(Default)]
pub(super) struct Variables {
    met: Vec<VariableOffer>,
    by_name: HashMap<String, usize>,
}

impl Variables {
    /// A variable is needed somewhere.
    pub(super) fn meet(&mut self, name: &str, met: Met) {
        if let Some(known) = self.by_name.get(name).and_then(|at| self.met.get_mut(*at)) {
            known.strength = known.strength.max(met.strength);
            known.first_line = known.first_line.min(met.line);
            known.used |= met.used;
            // What is a part of an address somewhere is no whole address.
            known.kind = known.kind.min(met.kind);
            return;
        }
        self.by_name.insert(name.to_owned(), self.met.len());
        self.met.push(VariableOffer {
            name: name.to_owned(),
            default: None,
            strength: met.strength,
            kind: met.kind,
            first_line: met.line,
            used: met.used,
        });
    }

    /// All of them. A version that stands in the text is the value where no place asks for another one.
    pub(super) fn finish(mut self, releases: &Releases) -> Vec<VariableOffer> {
        for (name, value, line) in releases.named() {
            let met = Met { line, strength: Strength::Weak, kind: ValueKind::Word, used: true };
            self.meet(name, met);
            let known = self.by_name.get(name).and_then(|at| self.met.get_mut(*at));
            if let Some(known) = known.filter(|known| known.strength == Strength::Weak) {
                known.default = Some(value.to_owned());
            }
        }
        self.met.sort_by_key(|variable| variable.first_line);
        self.met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_a_checklist() {
        for (written, name) in [
            ("tag", "tag"),
            ("größe", "gruf6udfe"),
            ("2fa", "n_2fa"),
            ("environment", "the_environment"),
            ("run_id", "the_run_id"),
            ("тег", "u442u435u433"),
        ] {
            assert_eq!(variable(written), name);
        }
    }

    #[test]
    fn one_name_is_one_variable() {
        let mut variables = Variables::default();
        variables.meet("a", Met { line: 9, strength: Strength::Weak, kind: ValueKind::Url, used: false });
        variables.meet("b", Met { line: 5, strength: Strength::Weak, kind: ValueKind::Word, used: true });
        variables.meet("a", Met { line: 3, strength: Strength::Strong, kind: ValueKind::Word, used: true });
        let all = variables.finish(&Releases::default());
        let told: Vec<_> =
            all.iter().map(|one| (one.name.as_str(), one.first_line, one.kind, one.used)).collect();
        assert_eq!(told, [("a", 3, ValueKind::Word, true), ("b", 5, ValueKind::Word, true)]);
        assert_eq!(all[0].strength, Strength::Strong);
    }
}
