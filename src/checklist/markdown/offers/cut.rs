//! A fence cut into what runs as a whole: at its parts, and around what never ends.
//!
//! What is done only sometimes, and what stands behind a command that never ends, is a script of its own: nothing is joined silently.
//! Not here: where parts begin (`shell/parts.rs`), filling and naming (`fence.rs`).

use std::collections::HashSet;
use std::ops::Range;

use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::shell::argv::{Joint, commands};
use crate::checklist::markdown::shell::marks::Mark;
use crate::checklist::markdown::shell::script::Script;

/// A piece of a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Runs as a whole.
    Run(Segment),
    /// The command line with this index never ends.
    Endless(usize),
}

/// Lines that run as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its bytes in the script's text.
    pub(super) range: Range<usize>,
    /// Its command lines by index.
    pub(super) lines: Range<usize>,
    /// Done only sometimes.
    pub(super) conditional: bool,
    /// The first comment of its part.
    pub(super) title: Option<String>,
}

/// Cuts a script. Errors: the line of the body, from 1, of a command that never ends inside of something that would be torn.
pub(super) fn cut(script: &Script) -> Result<Vec<Cut>, usize> {
    let never: HashSet<usize> =
        script.marks.iter().filter(|(_, mark)| *mark == Mark::Endless).map(|(line, _)| *line).collect();
    let mut cuts = Vec::new();
    let mut next = 0;
    for part in &script.parts {
        let mut start = part.range.start;
        let mut first = next;
        let mut title = part.title.clone();
        while let Some(line) = script.lines.get(next).filter(|line| line.range.start < part.range.end) {
            if never.contains(&line.line) {
                if line.depth > 0 || !alone(&line.text) {
                    return Err(line.line);
                }
                let segment = Segment {
                    range: start..line.range.start,
                    lines: first..next,
                    conditional: part.conditional,
                    title: title.take(),
                };
                push(&mut cuts, segment);
                cuts.push(Cut::Endless(next));
                start = end_of_line(&script.text, line.range.end);
                first = next + 1;
            }
            next += 1;
        }
        let range = start..part.range.end;
        push(&mut cuts, Segment { range, lines: first..next, conditional: part.conditional, title });
    }
    Ok(cuts)
}

fn push(cuts: &mut Vec<Cut>, segment: Segment) {
    if !segment.lines.is_empty() {
        cuts.push(Cut::Run(segment));
    }
}

/// Nothing stands beside it on its line but what reads it.
fn alone(text: &str) -> bool {
    commands(text).iter().skip(1).all(|command| command.before == Joint::Pipe)
}

fn end_of_line(text: &str, at: usize) -> usize {
    slice(text, at..text.len()).find('\n').map_or(text.len(), |bytes| at + bytes + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts(body: &str) -> Result<Vec<String>, usize> {
        let script = Script::read("bash", body);
        let told = |cut: &Cut| match cut {
            Cut::Run(segment) => {
                let lead = if segment.conditional { "? " } else { "" };
                format!("{lead}{}", slice(&script.text, segment.range.clone()).trim())
            }
            Cut::Endless(line) => format!("∞ {}", script.lines[*line].text),
        };
        cut(&script).map(|cuts| cuts.iter().map(told).collect())
    }

    #[test]
    fn what_is_conditional_or_endless_stands_alone() {
        assert_eq!(
            cuts("a\n\nb logs\ndocker stats\nc\n\n# If bad\nd\n\n# Check\ne\n").unwrap(),
            ["a\n\nb logs", "∞ docker stats", "c", "? # If bad\nd", "# Check\ne"]
        );
        assert_eq!(cuts("tail -f x | grep y\n").unwrap(), ["∞ tail -f x | grep y"]);
        assert_eq!(cuts("# only words\n").unwrap(), [""; 0]);
        assert_eq!(cuts("for x in a; do\nb\ndone\n").unwrap(), ["for x in a; do\nb\ndone"]);
    }

    #[test]
    fn nothing_is_torn() {
        assert_eq!(cuts("a && tail -f x\n"), Err(1));
        assert_eq!(cuts("if a; then\n  tail -f x\nfi\n"), Err(2));
        assert_eq!(cuts("tail -f x &\nb\n").unwrap().len(), 2);
    }
}
