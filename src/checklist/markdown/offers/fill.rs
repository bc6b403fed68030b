//! A piece of script with its places filled: what a person must name becomes a variable of the environment, nothing is pasted.
//!
//! Not here: finding places (`placeholders.rs`), how each is quoted (`placeholders/filled.rs`).

use std::collections::HashMap;

use super::releases::Releases;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::placeholders::filled::filled;
use crate::checklist::markdown::placeholders::{Place, Placeholder, Strength, placeholders};
use crate::checklist::markdown::shell::argv::commands;
use crate::checklist::markdown::shell::scan::{PieceKind, Quoting, Scan};
use crate::checklist::markdown::versions::Around;

/// A text with its places filled.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// The text.
    pub(super) text: String,
    /// The variables it reads: name, byte of the first place in the text as written, strength.
    pub(super) reads: Vec<(String, usize, Strength)>,
    /// Places that are perhaps to be filled: the byte, the words of the place.
    pub(super) weak: Vec<(usize, String)>,
}

/// Fills the places of a text. Errors: why a person must do it, and the byte of the place.
pub(super) fn fill(text: &str, around: Around, releases: &Releases) -> Result<Ready, (usize, String)> {
    let mut ready = Ready::default();
    let mut places = Vec::new();
    for mut place in placeholders(text, Place::Script) {
        if place.strength == Strength::Strong {
            place.name = super::names::variable(&place.name);
            places.push(place);
        } else {
            ready.weak.push((place.range.start, slice(text, place.range).to_owned()));
        }
    }
    let known = releases.places(text, around);
    if places.is_empty() && known.is_empty() {
        text.clone_into(&mut ready.text);
        return Ok(ready);
    }
    let scan = Scan::read(text);
    if let Some(at) = program_to_fill(text, &scan, &places) {
        return Err((at, "the program itself is a place to fill".to_owned()));
    }
    // A version that stands where nobody can quote stays as it is written.
    let quotable = |place: &Placeholder| {
        let quoting = scan.quoting(place.range.start);
        matches!(quoting, Quoting::Bare | Quoting::Double | Quoting::Single | Quoting::HereDocument)
            && scan.quoting(place.range.end.saturating_sub(1)) == quoting
    };
    places.extend(known.into_iter().filter(quotable));
    places.sort_by_key(|place| place.range.start);
    let filled = filled(text, &places).map_err(|by_hand| {
        let words = slice(text, by_hand.range.clone()).to_owned();
        (by_hand.range.start, format!("`{words}` stands where no value can be quoted"))
    })?;
    let mut met: HashMap<&str, (usize, Strength)> = HashMap::new();
    for place in &places {
        let known = met.entry(&place.name).or_insert((place.range.start, place.strength));
        known.1 = known.1.max(place.strength);
    }
    let read = |name: String| met.get(name.as_str()).copied().map(|(at, strength)| (name, at, strength));
    ready.reads = filled.reads.into_iter().filter_map(|(name, _)| read(name)).collect();
    ready.text = filled.text;
    Ok(ready)
}

/// The place that is the name of a program, or a part of it. Both stand in order, so they are walked side by side.
fn program_to_fill(text: &str, scan: &Scan, places: &[Placeholder]) -> Option<usize> {
    let mut places = places.iter().map(|place| place.range.start).peekable();
    for piece in scan.pieces.iter().filter(|piece| piece.kind == PieceKind::Command) {
        while places.next_if(|at| *at < piece.range.start).is_some() {}
        if places.peek().is_none_or(|at| *at >= piece.range.end) {
            continue;
        }
        for command in commands(slice(text, piece.range.clone())) {
            let Some(program) = command.argv().first() else { continue };
            let own = piece.range.start + program.range.start..piece.range.start + program.range.end;
            while places.next_if(|at| *at < own.start).is_some() {}
            if let Some(at) = places.peek().filter(|at| own.contains(at)) {
                return Some(*at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<String, String> {
        fill(text, Around::Forward, &Releases::default()).map(|ready| ready.text).map_err(|(_, why)| why)
    }

    #[test]
    fn places_become_variables_and_nothing_is_pasted() {
        assert_eq!(of("git push origin <tag>").unwrap(), "git push origin \"${GONOGO_TAG}\"");
        assert_eq!(of("x <environment>").unwrap(), "x \"${GONOGO_THE_ENVIRONMENT}\"");
        assert_eq!(of("git tag v1.0.0").unwrap(), "git tag v1.0.0", "no release is known");
        assert!(of("cat <<'E'\n<b>\nE\n").unwrap_err().contains("`<b>`"));
        assert!(of("<your-command> --now").unwrap_err().contains("program"));
        assert!(of("make && sudo bin/<name> x").unwrap_err().contains("program"));
    }

    #[test]
    fn weak_places_stay_and_are_told() {
        let ready = fill("curl x/{id}", Around::Forward, &Releases::default()).unwrap();
        assert_eq!(ready.text, "curl x/{id}");
        assert_eq!(ready.weak, [(7, "{id}".to_owned())]);
    }
}
