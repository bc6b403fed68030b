//! `dead-anchor`: a link within the document to a heading that is not there, by GitHub's rules for anchors.
//!
//! Not here: links to other files and to the net, which nobody opens here.

use std::collections::{HashMap, HashSet};

use super::findings::Findings;
use super::table::DEAD_ANCHOR;
use crate::checklist::markdown::document::Document;
use crate::checklist::markdown::letters::places;
use crate::checklist::markdown::tree::Kind;
use crate::text::nearest::nearest;

/// More dead links than this are one mistake: for each a near anchor is looked for among all of them.
const DEAD_MAX: usize = 100;

/// The rule over a document.
pub(super) fn check(document: &Document, findings: &mut Findings<'_>) {
    let text = document.source.text();
    let mut anchors: Vec<String> = Vec::new();
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut named: HashSet<String> = HashSet::new();
    for (id, node) in document.tree.all() {
        match &node.kind {
            Kind::Heading(_) => {
                let anchor = anchor(&document.tree.words(text, id));
                let times = taken.entry(anchor.clone()).or_default();
                anchors.push(if *times == 0 { anchor } else { format!("{anchor}-{times}") });
                *times += 1;
            }
            Kind::Html | Kind::Tag => named.extend(written(document.source.slice(node.range.clone()))),
            _ => {}
        }
    }
    let known: HashSet<String> = anchors.iter().map(|anchor| bare(anchor)).chain(named).collect();
    let mut dead = 0;
    for (_, node) in document.tree.all() {
        let Kind::Link(target) = &node.kind else { continue };
        let Some(target) = target.strip_prefix('#').map(decoded) else { continue };
        if target.is_empty() || target == "top" || known.contains(&bare(&target)) {
            continue;
        }
        dead += 1;
        if dead > DEAD_MAX {
            return;
        }
        let reason = format!("no heading here has the anchor `#{target}`");
        let remedy = near(&target, &anchors).map(|near| format!("did you mean `#{near}`?"));
        let remedy = remedy.unwrap_or_else(|| DEAD_ANCHOR.remedy.to_owned());
        findings.at_with(&DEAD_ANCHOR, node.range.clone(), reason, remedy);
    }
}

/// A heading's anchor: small letters; of other signs only hyphens and low lines stay; a blank is a hyphen.
fn anchor(heading: &str) -> String {
    let lower = heading.replace('`', "").to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What two spellings of an anchor have in common: programs disagree about signs without letters.
fn bare(anchor: &str) -> String {
    let lower = anchor.to_lowercase();
    let lower = lower.strip_prefix("user-content-").unwrap_or(&lower);
    let kept: String = lower.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
    kept.trim_matches('-').to_owned()
}

/// `id="x"` and `name="x"` in HTML.
fn written(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["id=", "name="] {
        for at in places(html, key) {
            let rest = html.get(at + key.len()..).unwrap_or_default();
            let quote = rest.chars().next().filter(|c| "\"'".contains(*c));
            let value = match quote {
                Some(quote) => rest.get(1..).unwrap_or_default().split(quote).next(),
                None => rest.split([' ', '>']).next(),
            };
            found.extend(value.map(bare));
        }
    }
    found
}

/// `%20` and the like as the letters they stand for.
fn decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let two = tail.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        let byte = two.and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The anchor somebody may have meant.
fn near<'a>(target: &str, anchors: &'a [String]) -> Option<&'a str> {
    let all = || anchors.iter().map(String::as_str).filter(|anchor| !anchor.is_empty());
    let bare_target = bare(target);
    let begins = all().find(|anchor| {
        !bare_target.is_empty()
            && (bare(anchor).contains(&bare_target) || bare_target.contains(&bare(anchor)))
    });
    nearest(target, all()).or(begins)
}
