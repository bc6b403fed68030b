//! From theme files to one resolved set of styles: inheritance, palettes, colours.
//!
//! A user's theme of the same name replaces a built-in; `inherits` with its own name means the embedded one. Nothing
//! is read from disk here: the caller brings every user theme as text.

use crate::text::nearest::nearest;
use ratatui::style::Modifier;

use crate::tui::glyph::GlyphSet;
use crate::tui::theme::built_in;
use crate::tui::theme::colour::Paint;
use crate::tui::theme::file::{self, Background, Borders, Charts, Named, StatusPaint, StyleLine, ThemeFile};
use crate::tui::theme::file::{ThemeKind, ThemeProblem, bad_colour};
use crate::tui::theme::token::Token;

/// How deep `inherits` may go. A theme, its variants and a personal touch are three; five leaves room.
pub const INHERITS_MAX: usize = 5;

/// A theme as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThemeText<'t> {
    /// The name others inherit from.
    pub name: &'t str,
    /// The file, for messages.
    pub file: &'t str,
    /// Its content.
    pub text: &'t str,
}

/// The style of one token, colours resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenStyle {
    /// Foreground. For a ground token, the ground itself.
    pub fg: Option<Paint>,
    /// Background.
    pub bg: Option<Paint>,
    /// Bold, italic, underlined, reversed.
    pub flags: Modifier,
}

/// A theme with its parents folded in: every token has a style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeParts {
    /// Its name.
    pub name: String,
    /// Dark or light.
    pub kind: ThemeKind,
    /// Who paints the ground.
    pub background: Background,
    /// How boxes are drawn.
    pub borders: Borders,
    /// Unicode or ASCII signs.
    pub glyphs: GlyphSet,
    /// What charts are made of.
    pub charts: Charts,
    /// What a status colour paints.
    pub status_paint: StatusPaint,
    /// Whether a selected row shows its status in the colour of the selection.
    pub selection_overrides_status: bool,
    /// One style per token, in the order of [`Token::ALL`].
    pub tokens: [TokenStyle; 30],
    /// Badges by environment name.
    pub env: Vec<(String, TokenStyle)>,
}

impl ThemeParts {
    /// The style of a token.
    pub fn token(&self, token: Token) -> TokenStyle {
        self.tokens.get(token.index()).copied().unwrap_or_default()
    }
}

/// Loads the theme `name`, from the user's themes first. All problems at once; a theme with a problem is not loaded.
pub fn load(name: &str, users: &[ThemeText<'_>]) -> Result<ThemeParts, Vec<ThemeProblem>> {
    let chain = chain(name, users)?;
    let mut problems = Vec::new();
    let mut palette: Vec<(String, Paint)> = Vec::new();
    for file in chain.iter().rev() {
        palette.extend(file.palette.iter().cloned());
    }
    let mut parts = ThemeParts {
        name: name.to_owned(),
        kind: first(&chain, |file| file.kind),
        background: first(&chain, |file| file.background),
        borders: first(&chain, |file| file.borders),
        glyphs: first(&chain, |file| file.glyphs),
        charts: first(&chain, |file| file.charts),
        status_paint: first(&chain, |file| file.status_paint),
        selection_overrides_status: first(&chain, |file| file.selection_overrides_status),
        tokens: [TokenStyle::default(); 30],
        env: Vec::new(),
    };
    for file in chain.iter().rev() {
        for (token, line) in &file.tokens {
            let style = resolve(line, &palette, &mut problems);
            if let Some(slot) = parts.tokens.get_mut(token.index()) {
                *slot = style;
            }
        }
        for (name, line) in &file.env {
            let style = resolve(line, &palette, &mut problems);
            parts.env.retain(|(known, _)| known != name);
            parts.env.push((name.clone(), style));
        }
    }
    if problems.is_empty() { Ok(parts) } else { Err(problems) }
}

/// The first file of the chain that says it, else the default.
fn first<T: Default>(chain: &[ThemeFile], pick: impl Fn(&ThemeFile) -> Option<T>) -> T {
    chain.iter().find_map(pick).unwrap_or_default()
}

/// The theme and its parents, child first. A theme that inherits nothing stands on `dark`, so no token is ever unset.
fn chain(name: &str, users: &[ThemeText<'_>]) -> Result<Vec<ThemeFile>, Vec<ThemeProblem>> {
    let mut files = Vec::new();
    let mut seen: Vec<(String, bool)> = Vec::new();
    let mut problems = Vec::new();
    let mut asked_by: Option<(String, usize, String)> = None;
    let mut next = Some(name.to_owned());
    while let Some(wanted) = next.take() {
        let own_name = asked_by.as_ref().is_some_and(|(_, _, child)| *child == wanted);
        let user = users.iter().find(|user| user.name == wanted && !own_name).copied();
        let Some(source) = user.or_else(|| built_in::embedded(&wanted)) else {
            let (file, line, _) = asked_by.unwrap_or_else(|| (name.to_owned(), 1, String::new()));
            let known = users.iter().map(|user| user.name).chain(built_in::NAMES);
            let near = nearest(&wanted, known).map(str::to_owned);
            return Err(vec![ThemeProblem {
                file,
                line,
                message: format!("unknown theme `{wanted}`"),
                nearest: near,
            }]);
        };
        if seen.contains(&(wanted.clone(), user.is_some())) || files.len() > INHERITS_MAX {
            let (file, line, _) = asked_by.unwrap_or_default();
            let path: Vec<&str> =
                seen.iter().map(|(name, _)| name.as_str()).chain([wanted.as_str()]).collect();
            let message = if files.len() > INHERITS_MAX {
                format!("`inherits` is more than {INHERITS_MAX} deep: {}", path.join(" > "))
            } else {
                format!("`inherits` goes round in a circle: {}", path.join(" > "))
            };
            return Err(vec![ThemeProblem { file, line, message, nearest: None }]);
        }
        seen.push((wanted.clone(), user.is_some()));
        let (file, found) = file::read(&source);
        problems.extend(found);
        match &file.inherits {
            Some((parent, line)) => {
                asked_by = Some((source.file.to_owned(), *line, wanted));
                next = Some(parent.clone());
            }
            None if user.is_some() => files_end(&mut next, &mut asked_by, &wanted),
            None => {}
        }
        files.push(file);
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn files_end(next: &mut Option<String>, asked_by: &mut Option<(String, usize, String)>, wanted: &str) {
    *next = Some("dark".to_owned());
    *asked_by = Some((wanted.to_owned(), 1, "dark".to_owned()));
}

fn resolve(line: &StyleLine, palette: &[(String, Paint)], problems: &mut Vec<ThemeProblem>) -> TokenStyle {
    let mut paint = |named: &Option<Named>| {
        let named = named.as_ref()?;
        let own = palette.iter().rev().find(|(name, _)| *name == named.text).map(|(_, paint)| *paint);
        let found = own.or_else(|| Paint::parse(&named.text));
        if found.is_none() {
            let near = nearest(&named.text, palette.iter().map(|(name, _)| name.as_str())).map(str::to_owned);
            let (file, line) = (named.file.clone(), named.line);
            problems.push(ThemeProblem { file, line, message: bad_colour(&named.text), nearest: near });
        }
        found
    };
    TokenStyle { fg: paint(&line.fg), bg: paint(&line.bg), flags: line.flags }
}

#[cfg(test)]
mod tests;
