//! The scanner of shell text: which bytes are quoted how, and where a logical line begins and ends.
//!
//! It knows quotes, substitutions, here-documents, comments and continuations: what must be known so that nothing is cut
//! in the middle. Its spans and its pieces each cover the text exactly. Not here: what a command is (`argv.rs`), what a
//! line means (`script.rs`). The states of the machine are in `machine.rs`.

use std::ops::Range;

use super::machine::Machine;

/// How the bytes of a place are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Not at all: words are split here.
    Bare,
    /// In double quotes.
    Double,
    /// In single quotes.
    Single,
    /// In a here-document whose end mark is bare: variables are read.
    HereDocument,
    /// In a here-document whose end mark is quoted: nothing is read.
    Verbatim,
    /// In a comment.
    Comment,
    /// In arithmetic, a parameter's braces or `$'…'`: whatever stands here is read by rules of its own.
    Special,
    /// Behind a quote that never closes: nobody can say.
    Unknown,
}

/// A run of bytes quoted alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The bytes.
    pub range: Range<usize>,
    /// How they are quoted. The quotes themselves belong to what they enclose.
    pub quoting: Quoting,
}

/// What a piece of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A line without letters.
    Blank,
    /// A line that is only a comment.
    Comment,
    /// A logical line.
    Command,
    /// The body of a here-document with its end mark.
    HereDocument,
}

/// A logical line, a comment, an empty line or the body of a here-document, with its line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// The bytes.
    pub range: Range<usize>,
    /// The comment at its end, `#` included.
    pub comment: Option<Range<usize>>,
}

/// A script, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Runs of bytes quoted alike, in order; they cover the text.
    pub spans: Vec<Span>,
    /// Lines, in order; they cover the text.
    pub pieces: Vec<Piece>,
    /// The byte of the quote, substitution or here-document that never closes. What follows is cut at each line end.
    pub unclosed: Option<usize>,
}

impl Scan {
    /// Takes a text apart. Time grows with its length only.
    pub fn read(text: &str) -> Self {
        Machine::new(text).run()
    }

    /// How the byte at a place is quoted. Unknown beyond the end.
    pub fn quoting(&self, at: usize) -> Quoting {
        let next = self.spans.partition_point(|span| span.range.end <= at);
        self.spans.get(next).map_or(Quoting::Unknown, |span| span.quoting)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::letters::slice;
    use super::*;

    fn lines(text: &str) -> Vec<&str> {
        let scan = Scan::read(text);
        let commands = scan.pieces.iter().filter(|piece| piece.kind == PieceKind::Command);
        commands.map(|piece| slice(text, piece.range.clone()).trim_end()).collect()
    }

    #[test]
    fn quotes_and_continuations_hold_a_line_together() {
        assert_eq!(lines("a \\\n  b\nc 'x\ny' d\ne \"f\ng\""), ["a \\\n  b", "c 'x\ny' d", "e \"f\ng\""]);
        assert_eq!(lines("a |\n b &&\n c\nd"), ["a |\n b &&\n c", "d"]);
        assert_eq!(lines("x=$(a\nb)\ny=`c\nd`"), ["x=$(a\nb)", "y=`c\nd`"]);
        assert_eq!(
            lines("a \\| \nb \\&& \r\nc"),
            ["a \\|", "b \\&&", "c"],
            "an escaped bar waits for nothing"
        );
    }

    #[test]
    fn a_hash_begins_a_comment_only_at_a_words_start() {
        let text = "a b#c ${#x} $# # it's\nd";
        assert_eq!(lines(text), ["a b#c ${#x} $# # it's", "d"]);
        let scan = Scan::read(text);
        assert_eq!(slice(text, scan.pieces[0].comment.clone().unwrap()), "# it's");
        assert_eq!(scan.unclosed, None);
    }

    #[test]
    fn here_documents_are_no_commands() {
        assert_eq!(lines("cat <<EOF > x\nit's\nEOF\nb"), ["cat <<EOF > x", "b"]);
        assert_eq!(lines("cat <<-'A B' && c\n\t$x\n\tA B\nb"), ["cat <<-'A B' && c", "b"]);
        assert_eq!(lines("cat <<A <<B\na\nA\nb\nB\nc"), ["cat <<A <<B", "c"]);
        assert_eq!(lines("grep <<< \"x\"\nb"), ["grep <<< \"x\"", "b"]);
        assert_eq!(lines("echo $((1<<2))\nb"), ["echo $((1<<2))", "b"]);
        assert_eq!(Scan::read("cat <<EOF\nx").unclosed, Some(4));
        let text = "cat <<'E'\n<a>\nE\ncat <<E\n<b>\nE\n";
        let scan = Scan::read(text);
        assert_eq!(scan.quoting(text.find("<a>").unwrap()), Quoting::Verbatim);
        assert_eq!(scan.quoting(text.find("<b>").unwrap()), Quoting::HereDocument);
    }

    #[test]
    fn each_byte_knows_how_it_is_quoted() {
        let text = r#"a "b $(c 'd' "e") f" 'g' ${h} $((i)) $'j' # k"#;
        let scan = Scan::read(text);
        let at = |letter: char| scan.quoting(text.find(letter).unwrap());
        assert_eq!(('a', at('a')), ('a', Quoting::Bare));
        assert_eq!([at('b'), at('e'), at('f')], [Quoting::Double; 3]);
        assert_eq!(at('c'), Quoting::Bare);
        assert_eq!([at('d'), at('g')], [Quoting::Single; 2]);
        assert_eq!([at('h'), at('i'), at('j')], [Quoting::Special; 3]);
        assert_eq!(at('k'), Quoting::Comment);
    }

    #[test]
    fn an_open_quote_swallows_nothing() {
        let text = "echo don't\nls\n# it is\npwd";
        assert_eq!(lines(text), ["echo don't", "ls", "pwd"]);
        let scan = Scan::read(text);
        assert_eq!(scan.unclosed, Some(8));
        assert_eq!(scan.quoting(12), Quoting::Unknown);
        assert_eq!(
            lines("a <the server's name>\nb"),
            ["a <the server's name>", "b"],
            "a place to fill is one"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn spans_and_pieces_cover_any_text(text in "([a-z é#<>|&;$(){}'\"`\\\\\n\r\t=EOF-]|<<EOF|\\PC){0,80}") {
            let scan = Scan::read(&text);
            let mut at = 0;
            for span in &scan.spans {
                prop_assert_eq!(span.range.start, at);
                prop_assert!(text.get(span.range.clone()).is_some_and(|bytes| !bytes.is_empty()));
                at = span.range.end;
            }
            prop_assert_eq!(at, text.len());
            let mut at = 0;
            for piece in &scan.pieces {
                prop_assert_eq!(piece.range.start, at);
                prop_assert!(text.get(piece.range.clone()).is_some_and(|bytes| !bytes.is_empty()));
                at = piece.range.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
