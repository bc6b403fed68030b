//! What each stretch of a document is read as, by its headings and labels.
//!
//! A heading speaks for everything beneath it until one beneath says something else. An unknown word is no error: plain work to do.
//! Not here: what is read out of a stretch (`rollback.rs`, `watching.rs`, `people.rs`), the words themselves (`words.rs`).

use std::ops::Range;

use super::{Mode, Stretch};
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::entries::Origin;
use crate::checklist::markdown::inline;
use crate::checklist::markdown::outline::Rank;
use crate::checklist::markdown::words::{Meaning, Vocabulary};

/// What joins two deeds in one heading.
const JOINTS: [&str; 12] =
    [" and ", " & ", " / ", " + ", " und ", " et ", " y ", " e ", " en ", " i ", " и ", "/"];
/// What a box of somebody who gets ready starts with.
const READY_STARTS: [&str; 20] = [
    "document",
    "test",
    "know",
    "define",
    "verify",
    "dokument",
    "kenn",
    "defini",
    "prüf",
    "tester",
    "connaître",
    "vérifi",
    "probar",
    "conocer",
    "verific",
    "udokument",
    "przetest",
    "документ",
    "проверить",
    "确认",
];
/// What it says when it tells of a state.
const READY_STATES: [&str; 12] = [
    "documented",
    "tested",
    "defined",
    "known",
    "verified",
    "prepared",
    "rehearsed",
    "dokumentiert",
    "getestet",
    "documenté",
    "documentad",
    "probad",
];
/// A heading above that is about the time before.
const EARLIER: [&str; 12] = [
    "pre-",
    "prepar",
    "before",
    "readiness",
    "prerequisite",
    "vorbereit",
    "avant",
    "antes",
    "prima",
    "przed",
    "перед",
    "准备",
];

/// The stretches of a document and the mode of each heading, by its place in the outline.
pub(super) struct Modes {
    pub(super) stretches: Vec<Stretch>,
    /// The mode of each heading; `true` where the heading itself says so.
    pub(super) headings: Vec<(Mode, bool)>,
    /// Headings or labels whose whole range is a rollback plan: title, line, range.
    pub(super) plans: Vec<(String, usize, Range<usize>)>,
}

impl Modes {
    /// The mode of an offset of the text.
    pub(super) fn at(&self, at: usize) -> Mode {
        let index = self.stretches.partition_point(|stretch| stretch.range.start <= at).checked_sub(1);
        index.and_then(|index| self.stretches.get(index)).map_or(Mode::Forward, |stretch| stretch.mode)
    }
}

struct Reading<'d> {
    document: &'d Document,
    words: &'d Vocabulary,
    modes: Modes,
}

/// Reads the modes of a document.
pub(super) fn modes(document: &Document, words: &Vocabulary) -> Modes {
    let none = Modes { stretches: Vec::new(), headings: Vec::new(), plans: Vec::new() };
    let mut reading = Reading { document, words, modes: none };
    reading.headings();
    reading.labels();
    let mut stretches = reading.modes.stretches;
    stretches.sort_by_key(|stretch| stretch.range.start);
    let end = document.source.text().len();
    let starts: Vec<usize> = stretches.iter().map(|stretch| stretch.range.start).collect();
    for (index, stretch) in stretches.iter_mut().enumerate() {
        stretch.range.end = starts.get(index + 1).copied().unwrap_or(end);
    }
    reading.modes.plans.sort_by_key(|(_, _, range)| range.start);
    Modes { stretches, ..reading.modes }
}

impl Reading<'_> {
    fn headings(&mut self) {
        let outline = &self.document.outline;
        for heading in &outline.headings {
            let around = heading
                .above
                .and_then(|index| self.modes.headings.get(index))
                .map_or(Mode::Forward, |(mode, _)| *mode);
            let own = if heading.rank == Rank::Title {
                None
            } else {
                self.own(&heading.text, around, &heading.range, heading.above)
            };
            let (mode, why) = own.unwrap_or((
                around,
                if around == Mode::Forward { "nothing says otherwise" } else { "as the heading above says" },
            ));
            if mode == Mode::Rollback && around != Mode::Rollback {
                self.modes.plans.push((heading.text.clone(), heading.line, heading.range.clone()));
            }
            self.modes.headings.push((mode, own.is_some()));
            let title = heading.text.clone();
            self.modes.stretches.push(Stretch {
                range: heading.range.clone(),
                line: heading.line,
                mode,
                title,
                why,
            });
        }
    }

    fn labels(&mut self) {
        for label in &self.document.outline.labels {
            let above = self.document.outline.heading_at(label.range.start);
            let around = above
                .and_then(|index| self.modes.headings.get(index))
                .map_or(Mode::Forward, |(mode, _)| *mode);
            let own = self.own(&label.text, around, &label.range, above);
            // A small heading is only believed where it is plain: it speaks for a few lines.
            let own =
                own.filter(|(mode, _)| !matches!(mode, Mode::Reference | Mode::Window | Mode::Variables));
            let (mode, why) = own.unwrap_or((around, "as the heading above says"));
            if mode == Mode::Rollback && around != Mode::Rollback {
                self.modes.plans.push((label.text.clone(), label.line, label.range.clone()));
            }
            let title = label.text.clone();
            self.modes.stretches.push(Stretch {
                range: label.range.clone(),
                line: label.line,
                mode,
                title,
                why,
            });
        }
    }

    /// What a heading says itself, where `around` is the mode it stands in.
    fn own(
        &self,
        title: &str,
        around: Mode,
        range: &Range<usize>,
        above: Option<usize>,
    ) -> Option<(Mode, &'static str)> {
        let said = self.words.meanings(title);
        let says = |meaning| said.contains(&meaning);
        let back = says(Meaning::Rollback);
        if says(Meaning::Trigger) && (back || around == Mode::Rollback || is_triggers(title)) {
            return Some((Mode::Triggers, "the heading asks when to go back"));
        }
        if around == Mode::Rollback {
            return None;
        }
        if back && !names_two(title, self.words) && (around != Mode::Reference || is_short(title)) {
            return Some(if says(Meaning::Readiness) {
                (Mode::Readiness, "the heading is about being ready to go back")
            } else if self.only_gets_ready(range, above) {
                (Mode::Readiness, "boxes without commands that get ready to go back")
            } else {
                (Mode::Rollback, "the heading says how to go back")
            });
        }
        if says(Meaning::SignOff) {
            Some((Mode::SignOff, "the heading asks for approval"))
        } else if says(Meaning::Contacts) {
            Some((Mode::Contacts, "the heading names people to reach"))
        } else if says(Meaning::Criteria) && !says(Meaning::Trigger) && !title.to_lowercase().contains("test")
        {
            Some((Mode::Criteria, "the heading says what must hold in the end"))
        } else if says(Meaning::Variables) {
            Some((Mode::Variables, "the heading names variables"))
        } else if says(Meaning::Reference) && !says(Meaning::Procedure) && !says(Meaning::Asks) && !back {
            Some((Mode::Reference, "the heading is to be read, not to be done"))
        } else if says(Meaning::Monitoring) {
            Some((Mode::Window, "the heading is about watching"))
        } else if !said.is_empty()
            && matches!(
                around,
                Mode::Window | Mode::Contacts | Mode::Criteria | Mode::SignOff | Mode::Variables
            )
            && says(Meaning::Procedure)
        {
            Some((Mode::Forward, "the heading says what to do"))
        } else {
            None
        }
    }

    /// Does a rollback section only get ready: boxes that document, test, define, and nothing to run?
    fn only_gets_ready(&self, range: &Range<usize>, above: Option<usize>) -> bool {
        let document = self.document;
        let fences = &document.fences;
        let first = fences.partition_point(|fence| fence.range.start < range.start);
        if fences.get(first).is_some_and(|fence| fence.range.start < range.end) {
            return false;
        }
        let within = document.entries_in(range);
        let boxed = |origin| matches!(origin, Origin::Box | Origin::NearBox);
        let items = || within.iter().filter(|entry| entry.tickable);
        if items().next().is_none()
            || !items().all(|entry| boxed(entry.origin) && !holds_command(&entry.text))
        {
            return false;
        }
        let earlier = std::iter::successors(above, |index| document.outline.headings.get(*index)?.above)
            .filter_map(|index| document.outline.headings.get(index))
            .filter(|heading| heading.rank != Rank::Title)
            .any(|heading| {
                let lower = heading.text.to_lowercase();
                EARLIER.iter().any(|word| lower.contains(word))
            });
        earlier || items().all(|entry| gets_ready(&entry.text))
    }
}

/// "Triggers" alone says it too.
fn is_triggers(title: &str) -> bool {
    let bare = title.trim_matches(|letter: char| !letter.is_alphabetic()).to_lowercase();
    matches!(
        bare.as_str(),
        "triggers" | "auslöser" | "déclencheurs" | "disparadores" | "gatilhos" | "триггеры"
    )
}

/// "Deployment and rollback": the heading is about both; what stands beneath decides.
fn names_two(title: &str, words: &Vocabulary) -> bool {
    let lower = title.to_lowercase();
    let other = [
        "deploy",
        "release",
        "rollout",
        "roll-out",
        "upgrade",
        "migrat",
        "bereitstell",
        "déploiement",
        "despliegue",
        "implanta",
        "rilascio",
        "релиз",
        "развер",
        "发布",
        "部署",
    ];
    JOINTS.iter().any(|joint| {
        lower.split_once(joint).is_some_and(|(one, two)| {
            let deploys = |part: &str| other.iter().any(|word| part.contains(word));
            let backs = |part: &str| words.meanings(part).contains(&Meaning::Rollback);
            (deploys(one) && !backs(one) && backs(two)) || (deploys(two) && !backs(two) && backs(one))
        })
    })
}

/// A heading of few words, or one that calls itself a plan: not a sentence about rollbacks.
fn is_short(title: &str) -> bool {
    let lower = title.to_lowercase();
    let plan = ["plan", "procedure", "procédure", "procedimiento", "procedimento", "step", "runbook"]
        .iter()
        .any(|word| lower.contains(word));
    let words =
        |text: &str| text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    plan || words(title) <= 3
}

fn gets_ready(text: &str) -> bool {
    let lower = text.trim_start_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    READY_STARTS.iter().any(|word| lower.starts_with(word))
        || READY_STATES.iter().any(|word| lower.contains(word))
}

/// Is there inline code in a text that is a command?
fn holds_command(text: &str) -> bool {
    text.split('`').skip(1).step_by(2).any(inline::command)
}
