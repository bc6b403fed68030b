//! A shell's fence: what runs as a whole, what a person must do, what can be measured instead.
//!
//! Not here: cutting (`cut.rs`), filling (`fill.rs`), what is carried from fence to fence (`carried.rs`).

use super::carried::Context;
use super::cut::{Cut, Segment, cut};
use super::http::{Read, check};
use super::names::Met;
use super::script::{Around, looks};
use super::{Finding, Offered, Warning};
use crate::checklist::markdown::containers::Containers;
use crate::checklist::markdown::curl::requests;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::expected::Expected;
use crate::checklist::markdown::fences::{Attached, Fence};
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::logs::Logs;
use crate::checklist::markdown::secrets::secrets;
use crate::checklist::markdown::shell::console::Dialect;
use crate::checklist::markdown::shell::marks::names_a_machine;
use crate::checklist::markdown::shell::script::Script;
use crate::checklist::markdown::tree::{Kind, NodeId};

impl Finding<'_> {
    /// Every fence of a shell, in order.
    pub(super) fn fences(&mut self) {
        let document = self.document;
        let mut context = Context::default();
        let mut place = None;
        for fence in document.fences.iter().filter(|fence| fence.runnable) {
            let rollback = (self.in_rollback)(fence.range.start);
            let here = place_of(document, fence.range.start, rollback);
            if place.as_ref() != Some(&here) {
                context = Context::default();
                place = Some(here);
            }
            context.next_fence();
            self.fence(fence, rollback, &mut context);
        }
    }

    fn fence(&mut self, fence: &Fence, rollback: bool, context: &mut Context) {
        let language = fence.language.as_deref().unwrap_or_default();
        let script = Script::read(language, &fence.body);
        let mut warnings = looks(&fence.body, fence.first_line);
        warnings.extend(self.measured(fence, &script));
        let at = (fence.line, fence.node);
        if let Attached::Between(_) = fence.attached {
            let text = "it stands between two items: taken as the first one's".to_owned();
            warnings.push(Warning { line: fence.line, text });
        }
        let away = script.comments.iter().find(|comment| names_a_machine(&comment.text));
        let line = |line: usize| fence.first_line + line - 1;
        let hand = if !fence.closed {
            Some("the fence never closes".to_owned())
        } else if !secrets(&fence.body).is_empty() {
            Some("a credential stands in it, which is not copied".to_owned())
        } else {
            script.by_hand.map(|by_hand| format!("line {} {}", line(by_hand.line), by_hand.why.words()))
        };
        let cuts =
            cut(&script).map_err(|at| format!("line {} never ends, in the middle of a command", line(at)));
        let cuts = match hand.map_or(cuts, Err) {
            Ok(cuts) => cuts,
            Err(why) => return self.by_hand(at, why, warnings),
        };
        if let Some(comment) = away {
            let text = "a comment says that it happens on another machine".to_owned();
            warnings.push(Warning { line: line(comment.line), text });
        }
        let own = Context::default();
        for cut in cuts {
            let first = std::mem::take(&mut warnings);
            match cut {
                Cut::Endless(index) => self.endless(fence, &script, index, first),
                Cut::Run(segment) => {
                    let carried = if away.is_some() { &own } else { &*context };
                    self.segment(fence, &script, (&segment, first), (rollback, carried));
                    let lines = script.lines.get(segment.lines.clone()).unwrap_or_default();
                    if !segment.conditional && away.is_none() {
                        for one in lines {
                            context.pass(one, line(one.line));
                        }
                    }
                }
            }
        }
    }

    /// A command that never ends: a log to look at, or by hand.
    fn endless(&mut self, fence: &Fence, script: &Script, index: usize, warnings: Vec<Warning>) {
        let Some(own) = script.lines.get(index) else { return };
        let at = (fence.first_line + own.line - 1, fence.node);
        match Logs::of_command(&own.text) {
            Some(logs) => {
                let why = "it never ends by itself, so it is no part of a run".to_owned();
                self.push(at, Offered::LogPane(logs), why, warnings);
            }
            None => self.by_hand(at, format!("line {} never ends by itself", at.0), warnings),
        }
    }

    fn segment(
        &mut self,
        fence: &Fence,
        script: &Script,
        (segment, mut warnings): (&Segment, Vec<Warning>),
        (rollback, context): (bool, &Context),
    ) {
        let text = slice(&script.text, segment.range.clone());
        let before = slice(&script.text, 0..segment.range.start).matches('\n').count();
        let blank = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
        let skipped = slice(text, 0..blank).matches('\n').count();
        let own = slice(text, blank..text.trim_end().len());
        let first = fence.first_line + before + skipped;
        let title = segment.title.clone().filter(|title| !title.is_empty());
        let command = || script.lines.get(segment.lines.start).map(|line| line.text.clone());
        let title = title.or_else(command).unwrap_or_default();
        let language = fence.language.as_deref().unwrap_or_default();
        let around = Around { rollback, title: &title, language };
        let piece = Script::of(Dialect::Script, own);
        let at = (first, fence.node);
        match self.carrying(&piece, &around, first, context) {
            Ok((mut offer, more)) => {
                offer.conditional = segment.conditional;
                warnings.extend(more);
                let why = match (segment.conditional, offer.carried.is_empty()) {
                    (true, _) => "done only sometimes, it says: not selected".to_owned(),
                    (false, true) => "a shell's fence".to_owned(),
                    (false, false) => "a shell's fence, with what earlier ones set".to_owned(),
                };
                self.push(at, Offered::Script(offer), why, warnings);
            }
            Err(why) => self.by_hand(at, why, warnings),
        }
    }

    /// What of a fence can be measured. Gives back why a request cannot.
    fn measured(&mut self, fence: &Fence, script: &Script) -> Vec<Warning> {
        let line = |index: usize| {
            script.lines.get(index).map_or(fence.line, |line| fence.first_line + line.line - 1)
        };
        let mut warnings = Vec::new();
        let requests = requests(script);
        let alone = requests.len() == 1;
        for (index, read) in requests {
            let mut expected = Expected::read(script.comments_of(index));
            if expected.is_empty() && alone {
                expected = self.sentence_behind(fence);
            }
            let made = read.map_err(|why| why.words()).and_then(|curl| check(&curl, &expected));
            match made {
                Ok((offer, reads)) => {
                    self.reads(&reads, line(index));
                    let why = if expected.is_empty() {
                        "a `curl` line; nothing says what must come"
                    } else {
                        "a `curl` line, and what is said of its answer"
                    };
                    self.push(
                        (line(index), fence.node),
                        Offered::Http(Box::new(offer)),
                        why.to_owned(),
                        Vec::new(),
                    );
                }
                Err(why) => {
                    warnings.push(Warning { line: line(index), text: format!("no HTTP check: {why}") });
                }
            }
        }
        self.watched(fence, script);
        warnings
    }

    /// Containers and logs of a fence.
    fn watched(&mut self, fence: &Fence, script: &Script) {
        let trouble = Logs::looked_for(script.comments.iter().map(|comment| comment.text.as_str()));
        let mut searched: Option<(usize, Logs)> = None;
        for (index, own) in script.lines.iter().enumerate() {
            let at = (fence.first_line + own.line - 1, fence.node);
            if let Some(containers) = Containers::of_command(&own.text, script.comments_of(index)) {
                self.containers(&containers, at);
            }
            let Some(logs) = Logs::of_command(&own.text) else { continue };
            if logs.pattern.is_some() {
                self.push(at, Offered::LogCheck(logs), "a log that is searched".to_owned(), Vec::new());
            } else if trouble.is_some() {
                let all =
                    &mut searched.get_or_insert((at.0, Logs { files: logs.files, ..Logs::default() })).1;
                all.services.extend(logs.services);
            } else if !logs.follows {
                self.push(at, Offered::LogPane(logs), "a log to look at".to_owned(), Vec::new());
            }
        }
        if let Some((line, mut logs)) = searched {
            logs.pattern = trouble;
            logs.lacks = true;
            let why = "logs, and what they are searched for".to_owned();
            self.push((line, fence.node), Offered::LogCheck(logs), why, Vec::new());
        }
    }

    /// What the sentence behind a fence, or the item it stands in, says of an answer.
    fn sentence_behind(&self, fence: &Fence) -> Expected {
        let document = self.document;
        let tree = &document.tree;
        let behind = tree.after(fence.node).next().filter(|(_, node)| node.kind == Kind::Paragraph);
        let said = behind.map(|(id, _)| tree.words(document.source.text(), id)).unwrap_or_default();
        let expected = Expected::read([said.as_str()]);
        match fence.item().and_then(|item| document.entry(item)) {
            Some(entry) if expected.is_empty() => Expected::of_item(&entry.text),
            Some(_) | None => expected,
        }
    }

    /// The variables of a check.
    pub(super) fn reads(&mut self, reads: &[Read], line: usize) {
        for (name, strength, kind) in reads {
            self.variables.meet(name, Met { line, strength: *strength, kind: *kind, used: false });
        }
    }

    /// A person must do it.
    pub(super) fn by_hand(&mut self, at: (usize, NodeId), why: String, warnings: Vec<Warning>) {
        let told = "only a person can do it as it stands".to_owned();
        self.push(at, Offered::ByHand { why }, told, warnings);
    }
}

/// Where what is carried is still true: the phase; in a rollback the heading, for each of its ways begins anew.
fn place_of(document: &Document, at: usize, rollback: bool) -> (usize, Option<usize>) {
    let phase = document.outline.phases.partition_point(|phase| phase.range.start <= at);
    (phase, rollback.then(|| document.outline.heading_at(at)).flatten())
}
