//! A problem laid out in rustc's manner: message, place, the line itself, a label under the offending text, help.
//!
//! The excerpt passes the sanitiser piece by piece, so that the marks stand under the right text and nothing in a file
//! reaches the terminal. Not here: finding problems (`read/`), printing (`cli`).

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::diagnostic::{DIAGNOSTICS_MAX, Diagnostic, LineIndex, Severity};
use crate::text::{Safe, safe, visible};

/// How much of a line stands before and after the offending text, in characters; a terminal shows no more.
const CONTEXT_CHARS: usize = 160;
/// How much offending text is shown, in characters.
const OFFENDING_CHARS: usize = 240;

/// Colours or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// None.
    Plain,
    /// Those of the terminal.
    Ansi,
}

/// One problem over several lines. `width`: columns of the terminal. The text holds colour codes only if asked for;
/// everything from the file in it is safe.
pub fn render(diagnostic: &Diagnostic, source: &str, width: usize, colour: Colour) -> String {
    let index = LineIndex::new(source);
    let span = index.clamp(&diagnostic.span);
    let excerpt = excerpt(source, &index, span.start, span.end);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let start = excerpt.before.as_str().len();
    let end = start + excerpt.offending.as_str().len();
    let text = format!("{}{}{}", excerpt.before, excerpt.offending, excerpt.after);
    let file = format!("{}", safe(&diagnostic.file));
    let annotation = AnnotationKind::Primary.span(start..end);
    let label = safe(&diagnostic.label).to_string();
    let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
    let snippet = Snippet::source(text).path(file).line_start(diagnostic.line).annotation(annotation);
    let title = level.primary_title(safe(&diagnostic.message).to_string());
    let title = match diagnostic.code {
        Some(code) => title.id(code),
        None => title,
    };
    let mut group: Group<'_> = title.element(snippet);
    if let Some(nearest) = &diagnostic.nearest {
        group = group.element(Level::HELP.message(format!("did you mean `{}`?", safe(nearest))));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(safe(help).to_string()));
    }
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    renderer.term_width(width.max(40)).render(&[group])
}

/// All problems of a file, at most `DIAGNOSTICS_MAX`, and how many more there are.
pub fn render_all(diagnostics: &[Diagnostic], source: &str, width: usize, colour: Colour) -> String {
    let shown = diagnostics.iter().take(DIAGNOSTICS_MAX);
    let mut texts: Vec<_> = shown.map(|diagnostic| render(diagnostic, source, width, colour)).collect();
    let more = diagnostics.len().saturating_sub(DIAGNOSTICS_MAX);
    if more > 0 {
        texts.push(format!("and {more} more"));
    }
    texts.join("\n\n")
}

struct Excerpt {
    before: Safe,
    offending: Safe,
    after: Safe,
}

/// The offending text and its line around it; what goes over several lines ends at its first.
fn excerpt(source: &str, index: &LineIndex<'_>, start: usize, end: usize) -> Excerpt {
    let line = index.line(index.position(start).0).unwrap_or(start..start);
    let end = end.min(line.end).max(start);
    let piece = |from: usize, to: usize| source.get(from..to).unwrap_or_default();
    let before = piece(line.start, start);
    let skipped = before.chars().count().saturating_sub(CONTEXT_CHARS);
    let before: String = before.chars().skip(skipped).collect();
    let offending: String = piece(start, end).chars().take(OFFENDING_CHARS).collect();
    let after: String = piece(end, line.end).chars().take(CONTEXT_CHARS).collect();
    Excerpt { before: shown(&before), offending: shown(&offending), after: shown(&after) }
}

/// Every character visible; tabs are a blank, so that the marks below stand right.
fn shown(text: &str) -> Safe {
    visible(&text.replace('\t', " "))
}

#[cfg(test)]
mod tests {
    use super::{Colour, render, render_all};
    use crate::checklist::read::read_toml;

    #[test]
    fn a_problem_shows_file_line_column_the_text_and_the_nearest_name() {
        let source = "format = 1\nid = \"x\"\ntilte = \"X\"\ntitle = \"X\"\n";
        let problems = read_toml("release.toml", source).expect_err("a problem");
        let text = render(&problems[0], source, 80, Colour::Plain);
        let expected = "error: unknown key `tilte`\n --> release.toml:3:1\n  |\n3 | tilte = \"X\"\n  | ^^^^^ not known here\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("help: did you mean `title`?"), "{text}");
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_and_the_list_is_bounded() {
        let lines: Vec<String> = (0..150).map(|n| format!("\"k{n}\u{202e}\u{9b}2J\" = 1\n")).collect();
        let source = lines.concat();
        let problems = read_toml("a\u{1b}]0;x\u{7}.toml", &source).expect_err("problems");
        let text = render_all(&problems, &source, 80, Colour::Plain);
        assert!(text.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{text}");
        assert!(text.contains("and ") && text.ends_with(" more"), "{text}");
    }
}
