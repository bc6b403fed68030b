//! One theme file: TOML to plain parts, with every problem located.
//!
//! All problems of a file are reported at once: file, line, what is wrong, the nearest valid name. Palette names
//! stay names here; `load.rs` resolves them once the parents are known.

use std::fmt;
use std::ops::Range;

use ratatui::style::Modifier;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::nearest::nearest;
use crate::tui::glyph::GlyphSet;
use crate::tui::theme::colour::Paint;
use crate::tui::theme::load::ThemeText;
use crate::tui::theme::token::Token;

/// For which ground a theme is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeKind {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
}

/// Who paints the ground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// We do.
    Paint,
    /// The terminal does.
    Terminal,
    /// The terminal if it told its colour and every token keeps its ratio on it, else we do.
    #[default]
    Auto,
}

/// How boxes are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Borders {
    /// Box-drawing lines.
    #[default]
    Line,
    /// `+-|`, focused `#=#`.
    Ascii,
    /// Titles only.
    Hidden,
}

/// What chart dots are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charts {
    /// Eight dots in a cell.
    #[default]
    Braille,
    /// Half blocks.
    Block,
    /// Letters.
    Ascii,
}

/// What a status colour paints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusPaint {
    /// Glyph and word.
    #[default]
    Word,
    /// The glyph alone: the word keeps the ordinary colour, and bold or italic where the word table says so.
    Glyph,
}

/// What is wrong with a theme, where, and what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeProblem {
    /// The file, as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// The nearest valid name.
    pub nearest: Option<String>,
}

impl fmt::Display for ThemeProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.file, self.line, self.message)?;
        self.nearest.as_ref().map_or(Ok(()), |name| write!(out, "; did you mean `{name}`?"))
    }
}

/// A colour still by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) text: String,
    pub(super) file: String,
    pub(super) line: usize,
}

/// The style of one token, colours still by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StyleLine {
    pub(super) fg: Option<Named>,
    pub(super) bg: Option<Named>,
    pub(super) flags: Modifier,
}

/// One file, read.
#[derive(Clone, Debug, Default)]
pub(super) struct ThemeFile {
    pub(super) inherits: Option<(String, usize)>,
    pub(super) kind: Option<ThemeKind>,
    pub(super) background: Option<Background>,
    pub(super) borders: Option<Borders>,
    pub(super) glyphs: Option<GlyphSet>,
    pub(super) charts: Option<Charts>,
    pub(super) status_paint: Option<StatusPaint>,
    pub(super) selection_overrides_status: Option<bool>,
    pub(super) palette: Vec<(String, Paint)>,
    pub(super) tokens: Vec<(Token, StyleLine)>,
    pub(super) env: Vec<(String, StyleLine)>,
}

/// The keys a theme file may have.
const KEYS: [&str; 11] = [
    "inherits",
    "kind",
    "background",
    "borders",
    "glyphs",
    "charts",
    "status_paint",
    "selection_overrides_status",
    "palette",
    "tokens",
    "env",
];

/// The keys of a style table.
const STYLE_KEYS: [&str; 6] = ["fg", "bg", "bold", "italic", "underline", "reverse"];

type Value<'i> = Spanned<DeValue<'i>>;

/// Reads one file. Returns what could be read, and every problem.
pub(super) fn read(source: &ThemeText<'_>) -> (ThemeFile, Vec<ThemeProblem>) {
    let (table, syntax) = DeTable::parse_recoverable(source.text);
    let mut reader = Reader { source, problems: Vec::new(), file: ThemeFile::default() };
    for error in syntax {
        reader.problem(error.span().unwrap_or(0..0), error.message().to_owned(), None);
    }
    for (key, value) in table.get_ref() {
        reader.top(key.get_ref(), key.span(), value);
    }
    (reader.file, reader.problems)
}

struct Reader<'s> {
    source: &'s ThemeText<'s>,
    problems: Vec<ThemeProblem>,
    file: ThemeFile,
}

impl Reader<'_> {
    fn line_of(&self, span: &Range<usize>) -> usize {
        1 + self.source.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count()
    }

    fn problem(&mut self, span: Range<usize>, message: String, nearest: Option<&str>) {
        let line = self.line_of(&span);
        let nearest = nearest.map(str::to_owned);
        self.problems.push(ThemeProblem { file: self.source.file.to_owned(), line, message, nearest });
    }

    fn top(&mut self, key: &str, span: Range<usize>, value: &Value<'_>) {
        match key {
            "inherits" => {
                let line = self.line_of(&value.span());
                self.file.inherits = self.text(key, value).map(|name| (name, line));
            }
            "kind" => {
                self.file.kind =
                    self.choice(key, value, &[("dark", ThemeKind::Dark), ("light", ThemeKind::Light)]);
            }
            "background" => {
                let all = [
                    ("paint", Background::Paint),
                    ("terminal", Background::Terminal),
                    ("auto", Background::Auto),
                ];
                self.file.background = self.choice(key, value, &all);
            }
            "borders" => {
                let all = [("line", Borders::Line), ("ascii", Borders::Ascii), ("none", Borders::Hidden)];
                self.file.borders = self.choice(key, value, &all);
            }
            "glyphs" => {
                self.file.glyphs =
                    self.choice(key, value, &[("unicode", GlyphSet::Unicode), ("ascii", GlyphSet::Ascii)]);
            }
            "charts" => {
                let all = [("braille", Charts::Braille), ("block", Charts::Block), ("ascii", Charts::Ascii)];
                self.file.charts = self.choice(key, value, &all);
            }
            "status_paint" => {
                self.file.status_paint =
                    self.choice(key, value, &[("word", StatusPaint::Word), ("glyph", StatusPaint::Glyph)]);
            }
            "selection_overrides_status" => self.file.selection_overrides_status = self.flag(key, value),
            "palette" => self.palette(value),
            "tokens" => self.tokens(value),
            "env" => self.env(value),
            unknown => {
                let message = format!("unknown key `{unknown}`");
                self.problem(span, message, nearest(unknown, KEYS));
            }
        }
    }

    fn text(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let found = value.get_ref().as_str().map(str::to_owned);
        if found.is_none() {
            let message = format!("`{key}` is a {}, expected a text in quotes", value.get_ref().type_str());
            self.problem(value.span(), message, None);
        }
        found
    }

    fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            let message = format!("`{key}` is a {}, expected true or false", value.get_ref().type_str());
            self.problem(value.span(), message, None);
        }
        found
    }

    fn modifier(&mut self, key: &str, value: &Value<'_>, modifier: Modifier) -> Modifier {
        if self.flag(key, value) == Some(true) { modifier } else { Modifier::empty() }
    }

    fn choice<T: Copy>(&mut self, key: &str, value: &Value<'_>, all: &[(&'static str, T)]) -> Option<T> {
        let word = self.text(key, value)?;
        let found = all.iter().find(|(name, _)| *name == word).map(|(_, choice)| *choice);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            let message = format!("`{key}` is \"{word}\", expected one of {}", names.join(", "));
            self.problem(value.span(), message, nearest(&word, names));
        }
        found
    }

    fn entries<'v, 'i>(&mut self, key: &str, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.problem(value.span(), format!("`{key}` is not a table; write [{key}]"), None);
        }
        found
    }

    fn palette(&mut self, value: &Value<'_>) {
        for (key, value) in self.entries("palette", value).into_iter().flatten() {
            let Some(text) = self.text(key.get_ref(), value) else { continue };
            match Paint::parse(&text) {
                Some(paint) => self.file.palette.push((key.get_ref().to_string(), paint)),
                None => self.problem(value.span(), bad_colour(&text), None),
            }
        }
    }

    fn tokens(&mut self, value: &Value<'_>) {
        for (key, value) in self.entries("tokens", value).into_iter().flatten() {
            let name: &str = key.get_ref();
            let Some(token) = Token::named(name) else {
                let message = format!("unknown token `{name}`");
                self.problem(key.span(), message, nearest(name, Token::ALL.map(Token::name)));
                continue;
            };
            if let Some(style) = self.style(name, value) {
                self.file.tokens.push((token, style));
            }
        }
    }

    fn env(&mut self, value: &Value<'_>) {
        for (key, value) in self.entries("env", value).into_iter().flatten() {
            if let Some(style) = self.style(key.get_ref(), value) {
                self.file.env.push((key.get_ref().to_string(), style));
            }
        }
    }

    fn style(&mut self, name: &str, value: &Value<'_>) -> Option<StyleLine> {
        let mut style = StyleLine::default();
        let Some(table) = value.get_ref().as_table() else {
            style.fg = Some(self.named(name, value)?);
            return Some(style);
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "fg" => style.fg = self.named("fg", value),
                "bg" => style.bg = self.named("bg", value),
                "bold" => style.flags |= self.modifier("bold", value, Modifier::BOLD),
                "italic" => style.flags |= self.modifier("italic", value, Modifier::ITALIC),
                "underline" => style.flags |= self.modifier("underline", value, Modifier::UNDERLINED),
                "reverse" => style.flags |= self.modifier("reverse", value, Modifier::REVERSED),
                unknown => {
                    let message = format!("unknown key `{unknown}` in the style of `{name}`");
                    self.problem(key.span(), message, nearest(unknown, STYLE_KEYS));
                }
            }
        }
        Some(style)
    }

    fn named(&mut self, key: &str, value: &Value<'_>) -> Option<Named> {
        let line = self.line_of(&value.span());
        let text = self.text(key, value)?;
        Some(Named { text, file: self.source.file.to_owned(), line })
    }
}

/// The message for a text that is no colour.
pub(super) fn bad_colour(text: &str) -> String {
    format!(
        "\"{text}\" is no colour: write \"#rrggbb\", \"#rgb\", \"red\", \"bright-red\", \"ansi:0\" to \"ansi:255\", \"default\" or a palette name"
    )
}
