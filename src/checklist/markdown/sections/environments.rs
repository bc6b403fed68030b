//! Where a phase belongs: one environment named in its headings owns it; two, and it is cut where the name changes.
//!
//! Not here: the names themselves (`words.rs`), the phases they become (`build/phases.rs`).

use std::ops::Range;

use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::words::environments;

/// Words beside a name that is otherwise too common to say where a release goes.
const PLACES: [&str; 9] = [
    "environment",
    "deploy",
    "umgebung",
    "environnement",
    "entorno",
    "ambiente",
    "omgeving",
    "środowisk",
    "окружени",
];

/// A part of a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhasePart {
    /// The phase, by its place in the outline.
    pub phase: usize,
    /// Its range of the text.
    pub range: Range<usize>,
    /// Its environment; none: no heading names one.
    pub environment: Option<&'static str>,
}

/// The parts of all phases, in file order; a phase that is not cut is one part.
pub(super) fn parts(document: &Document) -> Vec<PhasePart> {
    let mut parts = Vec::new();
    for (index, phase) in document.outline.phases.iter().enumerate() {
        let own = phase.heading.and_then(|_| named(&phase.title)).map(|name| (phase.range.start, name));
        let sections =
            phase.sections.iter().filter_map(|section| Some((section.range.start, named(&section.title)?)));
        let mut changes: Vec<(usize, &'static str)> = own.into_iter().chain(sections).collect();
        changes.dedup_by_key(|(_, name)| *name);
        let only = changes.first().map(|(_, name)| *name);
        if changes.iter().all(|(_, name)| Some(*name) == only) {
            parts.push(PhasePart { phase: index, range: phase.range.clone(), environment: only });
            continue;
        }
        let mut start = phase.range.start;
        let mut environment = None;
        for (at, name) in changes {
            if at > start {
                parts.push(PhasePart { phase: index, range: start..at, environment });
            }
            (start, environment) = (at, Some(name));
        }
        parts.push(PhasePart { phase: index, range: start..phase.range.end, environment });
    }
    parts
}

/// The one environment a heading names.
fn named(title: &str) -> Option<&'static str> {
    let names = environments(title);
    let [name] = names.as_slice() else { return None };
    let lower = title.to_lowercase();
    let plain = matches!(*name, "production" | "staging");
    (plain || PLACES.iter().any(|word| lower.contains(word))).then_some(*name)
}
