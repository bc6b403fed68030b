//! What stands in words: commands in back-ticks, and items that say what can be measured.
//!
//! Not here: fences (`fence.rs`), which inline code is a command (`inline.rs`).

use std::collections::HashSet;

use super::carried::Context;
use super::http::{below_base, check};
use super::script::{Around, looks};
use super::{ContainersOffer, Finding, Offered, Warning, paths};
use crate::checklist::check::{ContainerState, ContainersCheck};
use crate::checklist::markdown::containers::Containers;
use crate::checklist::markdown::curl::{Curl, NotACheck};
use crate::checklist::markdown::entries::Origin;
use crate::checklist::markdown::expected::Expected;
use crate::checklist::markdown::inline::command;
use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::logs::Logs;
use crate::checklist::markdown::shell::console::Dialect;
use crate::checklist::markdown::shell::marks::Mark;
use crate::checklist::markdown::shell::script::Script;
use crate::checklist::markdown::tree::{Kind, NodeId};
use crate::checklist::template::Template;

/// So much of an item's words is read for what it asks, in bytes: they are read again for each command in them.
const WORDS_BYTES: usize = 2_000;

fn first_words(text: &str) -> &str {
    slice(text, 0..text.floor_char_boundary(WORDS_BYTES))
}

impl Finding<'_> {
    /// Inline code, then the words of entries.
    pub(super) fn prose(&mut self) {
        let document = self.document;
        // What inline code already measures is not offered again from the words around it.
        let (mut asked, mut contained, mut logged) = (HashSet::new(), HashSet::new(), HashSet::new());
        for (id, node) in document.tree.all() {
            let Kind::Code(code) = &node.kind else { continue };
            if !command(code) {
                continue;
            }
            if self.is_full() {
                self.beyond += 1;
                continue;
            }
            let entry = self.entry_of(id);
            let line = document.source.line(node.range.start);
            let words = entry
                .and_then(|entry| document.entries.get(entry))
                .map_or("", |entry| first_words(&entry.text));
            if let Some(containers) = Containers::of_command(code, [words]) {
                contained.extend(entry);
                self.containers(&containers, (line, id));
            }
            let logs = Logs::of_command(code);
            if logs.is_some() {
                logged.extend(entry);
            }
            if self.inline_request(code, words, (line, id)) {
                asked.extend(entry);
            }
            self.inline(code, logs, (line, id), node.range.start);
        }
        for (index, entry) in document.entries.iter().enumerate() {
            if entry.origin == Origin::Fence {
                continue;
            }
            let text = first_words(&entry.text);
            let at = (entry.line, entry.node);
            if !contained.contains(&index)
                && let Some(containers) = Containers::of_sentence(text)
            {
                self.containers(&containers, at);
            }
            if !logged.contains(&index)
                && let Some(logs) = Logs::of_sentence(text)
            {
                let why = "the item's words say what no log may hold".to_owned();
                self.push(at, Offered::LogCheck(logs), why, Vec::new());
            }
            if !asked.contains(&index) {
                self.paths(text, at);
            }
        }
    }

    fn paths(&mut self, text: &str, at: (usize, NodeId)) {
        let expected = Expected::of_item(text);
        for path in paths::paths(text) {
            let (offer, reads) = below_base(&path, &expected);
            self.reads(&reads, at.0);
            let why = format!("`{path}` in the item's words, below the environment's address");
            self.push(at, Offered::Http(Box::new(offer)), why, Vec::new());
        }
    }

    /// A `curl` in back-ticks. Whether it is a check.
    fn inline_request(&mut self, code: &str, words: &str, at: (usize, NodeId)) -> bool {
        let Ok(curl) = Curl::read(code) else { return false };
        let Ok((offer, reads)) = check(&curl, &Expected::of_item(words)) else { return false };
        self.reads(&reads, at.0);
        let why = "a `curl` in the words".to_owned();
        self.push(at, Offered::Http(Box::new(offer)), why, Vec::new());
        true
    }

    fn inline(&mut self, code: &str, logs: Option<Logs>, at: (usize, NodeId), offset: usize) {
        let script = Script::of(Dialect::Script, code);
        let endless = script.marks.iter().any(|(_, mark)| *mark == Mark::Endless);
        let mut warnings = looks(code, at.0);
        if let Err(why) = Curl::read(code)
            && why != NotACheck::NoCurl
        {
            warnings.push(Warning { line: at.0, text: format!("no HTTP check: {}", why.words()) });
        }
        match (endless, logs, script.by_hand) {
            (true, Some(logs), _) => {
                let why = "it never ends by itself: a log to look at".to_owned();
                self.push(at, Offered::LogPane(logs), why, warnings);
            }
            (true, None, _) => self.by_hand(at, "it never ends by itself".to_owned(), warnings),
            (false, _, Some(by_hand)) => self.by_hand(at, format!("it {}", by_hand.why.words()), warnings),
            (false, _, None) => {
                let around = Around { rollback: (self.in_rollback)(offset), title: code, language: "sh" };
                match self.carrying(&script, &around, at.0, &Context::default()) {
                    Ok((offer, more)) => {
                        warnings.extend(more);
                        self.push(at, Offered::Inline(offer), "a command in back-ticks".to_owned(), warnings);
                    }
                    Err(why) => self.by_hand(at, why, warnings),
                }
            }
        }
    }

    /// A check of containers.
    pub(super) fn containers(&mut self, found: &Containers, at: (usize, NodeId)) {
        let literal = |text: &String| Template::new(text.replace('{', "{{").replace('}', "}}"));
        let state = if found.healthy { ContainerState::Healthy } else { ContainerState::Running };
        let check = ContainersCheck {
            project: found.project.as_ref().map(literal),
            services: found.services.iter().map(literal).collect(),
            each: Some(state),
            ..ContainersCheck::default()
        };
        let who = if found.services.is_empty() { "containers".to_owned() } else { found.services.join(", ") };
        let title = format!("{who}: {}", if found.healthy { "healthy" } else { "running" });
        let offer = ContainersOffer { check, title, files: found.files.clone() };
        let why = if found.healthy { "they must be healthy, it says" } else { "they must run" };
        self.push(at, Offered::Containers(Box::new(offer)), why.to_owned(), Vec::new());
    }
}
