//! Parts of a fence: cut where a comment says that what follows is done only sometimes.
//!
//! Only at the shell's top level: inside a loop or a condition nothing is cut. A later paragraph with an ordinary comment
//! ends such a part. Not here: choosing parts, which a person does.

use std::ops::Range;

use super::super::letters::slice;
use super::super::words::conditional;
use super::argv::{Command, commands};
use super::scan::{PieceKind, Scan};

/// A piece of a fence that is chosen or left out as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its bytes in the script's text. Parts cover the text.
    pub range: Range<usize>,
    /// Its first line in the body, from 1.
    pub line: usize,
    /// Its first comment, without `#`.
    pub title: Option<String>,
    /// Not selected unless a person does.
    pub conditional: bool,
}

/// Cuts a script into parts. One part where no comment is conditional; none where the text is empty.
pub fn cut(text: &str, scan: &Scan) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let (mut depth, mut line, mut after_blank) = (0_usize, 1, true);
    let mut commands_in_part = false;
    for piece in &scan.pieces {
        let whole = slice(text, piece.range.clone());
        let comment = (piece.kind == PieceKind::Comment).then(|| whole.trim().trim_start_matches('#').trim());
        let conditional_now = comment.is_some_and(conditional);
        let in_conditional = parts.last().is_some_and(|part| part.conditional);
        let ends = comment.is_some() && in_conditional && after_blank && commands_in_part;
        if parts.is_empty()
            || depth == 0 && (conditional_now && (commands_in_part || !in_conditional) || ends)
        {
            // Comments before the first command belong to it: the very first part may be conditional as a whole.
            let begins_so = !commands_in_part && parts.len() == 1 && conditional_now;
            if begins_so {
                if let Some(first) = parts.last_mut() {
                    first.conditional = true;
                    first.title = comment.map(str::to_owned);
                }
            } else {
                let title = comment.map(str::to_owned);
                parts.push(Part {
                    range: piece.range.start..piece.range.start,
                    line,
                    title,
                    conditional: conditional_now,
                });
                commands_in_part = false;
            }
        }
        if let Some(last) = parts.last_mut() {
            last.range.end = piece.range.end;
            if last.title.is_none() && !commands_in_part {
                last.title = comment.map(str::to_owned);
            }
        }
        if piece.kind == PieceKind::Command {
            commands_in_part = true;
            depth = nested(depth, &commands(whole));
        }
        after_blank = piece.kind == PieceKind::Blank;
        line += whole.matches('\n').count();
    }
    parts
}

/// How deep in compound commands the next line is. A word of the shell counts where a command begins, not as an argument.
pub(super) fn nested(depth: usize, commands: &[Command]) -> usize {
    let mut depth = depth;
    for command in commands {
        for word in command.words.iter().take_while(|word| !word.quoted) {
            match word.text.as_str() {
                "if" | "for" | "while" | "until" | "case" | "select" | "{" => depth += 1,
                "fi" | "done" | "esac" | "}" => depth = depth.saturating_sub(1),
                "do" | "then" | "else" | "elif" | "!" => {}
                _ => break,
            }
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(usize, bool)> {
        cut(text, &Scan::read(text)).iter().map(|part| (part.line, part.conditional)).collect()
    }

    #[test]
    fn a_conditional_comment_cuts() {
        assert_eq!(parts("# a\nb\n\n# If issues, off\nc\nd\n"), [(1, false), (4, true)]);
        assert_eq!(parts("a\n# Or\nb\n\n# Check\nc"), [(1, false), (2, true), (5, false)]);
        assert_eq!(parts("a\n\n# Or x\nb\n\n# Otherwise\nc"), [(1, false), (3, true), (6, true)]);
        assert_eq!(parts("# Load test (optional, ab)\na"), [(1, true)]);
        assert_eq!(parts("a # or b\n# order\nc\n"), [(1, false)]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn nothing_is_cut_inside_a_loop_or_a_here_document() {
        assert_eq!(
            parts("for x in a; do\n# if so\nb\ndone\nf() {\n# or\nc\n}\ncat <<E\n# if\nE\n"),
            [(1, false)]
        );
        assert_eq!(parts("if a; then\n# or\nb\nfi\n# or\nc\n"), [(1, false), (5, true)]);
        assert_eq!(parts("echo if\n\n# If bad\nc\n"), [(1, false), (3, true)], "an argument opens nothing");
    }
}
