//! A sanitised line with its colours: `StyledLine`, `StyledSpan`, `Sgr`, `AnsiColour`.
//!
//! These are meanings, not escape codes: the face maps them to its theme. Conceal, blink and a foreground that cannot
//! be told from its background do not exist here. Made by `text/sanitise.rs`.

use super::safe::Safe;

/// A colour as a program named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnsiColour {
    /// 0 to 15 are the theme's, 16 to 255 the fixed cube and greys of xterm.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// What SGR codes asked for, as far as it is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent SGR attribute, all combinations are valid"
)]
pub struct Sgr {
    /// Foreground; none is the theme's.
    pub fg: Option<AnsiColour>,
    /// Background; none is the theme's.
    pub bg: Option<AnsiColour>,
    /// SGR 1.
    pub bold: bool,
    /// SGR 3.
    pub italic: bool,
    /// SGR 4 and 21.
    pub underline: bool,
    /// SGR 7.
    pub reverse: bool,
}

/// A piece of a line in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledSpan {
    /// How it looks.
    pub style: Sgr,
    /// What it says.
    pub text: Safe,
}

/// One sanitised line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledLine {
    /// The pieces in order; neighbours differ in style, none is empty.
    pub spans: Vec<StyledSpan>,
    /// Bytes of the line that were cut because of the limit (the line then ends in `…`).
    pub cut_bytes: usize,
    /// Whether a lone carriage return overwrote an earlier part; only the last part is here.
    pub carriage_return: bool,
}

impl StyledLine {
    /// A line in one plain style.
    pub fn plain(text: Safe) -> Self {
        let spans =
            if text.is_empty() { Vec::new() } else { vec![StyledSpan { style: Sgr::default(), text }] };
        Self { spans, ..Self::default() }
    }

    /// The words without their style.
    pub fn text(&self) -> Safe {
        match self.spans.as_slice() {
            [only] => only.text.clone(),
            spans => Safe::concat(spans.iter().map(|span| &span.text)),
        }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}
