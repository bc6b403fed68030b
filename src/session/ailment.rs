//! What is wrong with a record, and which repair would help: what `gonogo repair` says when nothing is asked of it.
//!
//! Not here: what the bytes prove (`verify.rs`), mending (`mend.rs`).

use super::condition::{come_after_themselves, events, events_are};
use super::fold::fold;
use super::graph::Graph;
use super::hash::Hash;
use super::header::HeaderFault;
use super::scan::{Cause, Finding, Severity, Tail, scan_file};
use super::state::Session;
use super::verify::Watermark;

/// How many findings are named one by one.
const NAMED_MAX: usize = 5;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ailment {
    /// What, as a sentence. It may hold text from outside.
    pub what: String,
    /// What to type; none: nothing needs to be done.
    pub help: Option<String>,
}

/// What is known of a record besides its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// What this person has seen of it.
    pub seen: Option<Watermark>,
    /// How many lines wait in the fallback journal.
    pub journal: usize,
    /// Why nobody may write to it, if its lock file says so.
    pub poisoned: Option<String>,
}

const RESTORE: &str =
    "gonogo repair --restore --from COPY, or go on without them: gonogo verify --accept-missing --reason WHY";

/// Everything that is wrong, worst first.
pub fn ailments(file: &[u8], around: &Surroundings) -> Vec<Ailment> {
    let mut found = Vec::new();
    let mut add = |what: String, help: Option<&str>| {
        found.push(Ailment { what, help: help.map(str::to_owned) });
    };
    if let Some(why) = &around.poisoned {
        add(format!("nobody may write to it: {why}"), Some("gonogo repair --salvage"));
    }
    let (header, scanner, batch) = match scan_file(file) {
        Ok(scanned) => scanned,
        Err(fault) => {
            let help = match fault {
                HeaderFault::NewerFormat(_) => None,
                _ => Some("gonogo repair --restore --from COPY"),
            };
            add(fault.to_string(), help);
            return found;
        }
    };
    let graph = Graph::of(header.digest, batch.lines.iter().map(|found| &found.line));
    if !header.checklist_fits() || !graph.is_rooted() {
        let what = "its header or checklist was edited after the release began";
        add(what.to_owned(), Some("gonogo repair --restore --from COPY"));
    }
    if let Some(what) = circle(&graph) {
        add(what, Some("gonogo verify"));
    }
    let tail = if let Tail::Damaged(found) = &batch.tail { found.as_slice() } else { &[] };
    let all: Vec<&Finding> = scanner.findings().iter().chain(tail).collect();
    let of =
        |severity| all.iter().copied().filter(|found| found.cause.severity() == severity).collect::<Vec<_>>();
    for line in named(&of(Severity::Damage)) {
        add(line, Some("gonogo repair --quarantine"));
    }
    let session = fold(header.digest, batch.lines.iter().map(|found| &found.line));
    let gone = unaccepted(&graph, &session);
    if !gone.is_empty() {
        let explained = gone.iter().filter(|hash| session.upkeep.explained.contains_key(hash)).count();
        let why =
            if explained > 0 { format!(", {explained} of them moved out as damaged") } else { String::new() };
        add(format!("{} missing{why}", events_are(gone.len())), Some(RESTORE));
    }
    if let Some(lacking) = around.seen.as_ref().and_then(|seen| seen.lacks(&graph, &session)) {
        add(format!("it lacks at least {} you have seen", events(lacking.at_least)), Some(RESTORE));
    }
    let redacted = session.upkeep.unknown_content().len();
    if redacted > 0 {
        let what = format!(
            "the content of {redacted} events was redacted, and nothing proves their kind, their author and what came before them: no verdict is GO until a person goes on without it"
        );
        add(what, Some("gonogo verify --accept-missing --reason WHY"));
    }
    for line in named(&of(Severity::Untidy)) {
        add(line, Some("gonogo repair --tidy"));
    }
    if let Tail::Torn(bytes) = batch.tail {
        let what =
            format!("{bytes} bytes of an unfinished write at its end; the next append puts them aside");
        add(what, None);
    }
    if around.journal > 0 {
        let what = format!("{} lines of a rollback wait in the fallback journal", around.journal);
        add(what, Some("gonogo reconcile"));
    }
    found
}

/// Parents that no line has and nobody goes on without.
pub fn unaccepted(graph: &Graph, session: &Session) -> Vec<Hash> {
    let mut gone: Vec<Hash> = graph.missing().into_iter().map(|missing| missing.parent).collect();
    gone.extend(session.upkeep.explained.keys().filter(|hash| !graph.contains(hash)));
    gone.sort_unstable();
    gone.dedup();
    gone.retain(|hash| !session.upkeep.accepted.contains_key(hash));
    gone
}

/// A forged tombstone; nothing where there is none.
fn circle(graph: &Graph) -> Option<String> {
    let tangled = graph.tangled();
    let what = || {
        let come = come_after_themselves(tangled);
        format!("{come}: a tombstone was forged; put a copy from before it in its place")
    };
    (tangled > 0).then(what)
}

fn named(found: &[&Finding]) -> Vec<String> {
    let line = |found: &&Finding| match &found.cause {
        Cause::Bad(fault) => format!("line {}: {fault}", found.number),
        cause => format!("line {}: {cause}", found.number),
    };
    let mut lines: Vec<String> = found.iter().take(NAMED_MAX).map(line).collect();
    if found.len() > NAMED_MAX {
        lines.push(format!("and {} lines more of this sort", found.len() - NAMED_MAX));
    }
    lines
}
