//! Which themes the screen goes through: by flag, by what the terminal shows, `mono` where no colour is wanted.
//!
//! Not here: what a theme is (`tui/theme`), how many colours there are (`runtime/terminal/colour.rs`).

use std::path::Path;

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::print;
use crate::runtime::env::Started;
use crate::runtime::files;
use crate::runtime::terminal::{ColourDepth as Shown, ColourFacts, Ground};
use crate::safe_format;
use crate::text::nearest::nearest;
use crate::tui::glyph::GlyphSet;
use crate::tui::theme::built_in::NAMES;
use crate::tui::theme::{ColourDepth, Surroundings, Theme, ThemeText, load};

/// The themes `T` goes through, the first one on screen.
pub fn themes(doors: &Doors) -> Result<Vec<Theme>, AppError> {
    let facts = ColourFacts::read();
    let shown = facts.depth(doors.colour());
    let depth = match shown {
        Shown::None => return Ok(vec![Theme::built_in("mono")]),
        // The theme for 16 colours names them by their numbers.
        Shown::Ansi16 | Shown::Indexed256 => ColourDepth::Indexed,
        Shown::TrueColour => ColourDepth::Exact,
    };
    let wanted = doors.global.theme.clone().or_else(|| Started::variable("GONOGO_THEME"));
    let default = match (shown, facts.ground()) {
        (Shown::Ansi16, _) => "ansi",
        (_, Ground::Light) => "light",
        (_, Ground::Dark) => "dark",
    };
    let wanted = wanted.filter(|name| name != "auto").unwrap_or_else(|| default.to_owned());
    let around = Surroundings { depth, background: None };
    let first = one(doors, &wanted, around)?;
    let others = NAMES.iter().filter(|name| **name != first.name() && **name != "mono");
    let others = others.filter_map(|name| load(name, &[]).ok()).map(|parts| Theme::new(parts, around));
    Ok(std::iter::once(first.clone()).chain(others).collect())
}

fn one(doors: &Doors, wanted: &str, around: Surroundings) -> Result<Theme, AppError> {
    if !NAMES.contains(&wanted) {
        let named = doors.started.config.join("themes").join(format!("{wanted}.toml"));
        let given = doors.started.absolute(Path::new(wanted));
        let path = if files::exists(&given) { given } else { named };
        if !files::exists(&path) {
            let error = AppError::usage(safe_format!("there is no theme `{}`", wanted));
            return Err(match nearest(wanted, NAMES) {
                Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
                None => error.hint(safe_format!("themes: {}, or a file", NAMES.join(", "))),
            });
        }
        let text = files::read_text(&path)?;
        let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let file = path.to_string_lossy().into_owned();
        let mine = ThemeText { name: &stem, file: &file, text: &text };
        return match load(&stem, &[mine]) {
            Ok(parts) => Ok(Theme::new(parts, around)),
            Err(problems) => {
                for problem in &problems {
                    print::note(&safe_format!("{}", problem.to_string()));
                }
                Err(AppError::new(ErrorKind::Configuration, safe_format!("the theme {} has problems", file)))
            }
        };
    }
    load(wanted, &[])
        .map(|parts| Theme::new(parts, around))
        .map_err(|_problems| AppError::usage(safe_format!("the theme {} cannot be loaded", wanted)))
}

/// ASCII signs where the locale is not UTF-8.
pub fn glyphs() -> GlyphSet {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(Started::variable);
    let utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    if utf8 { GlyphSet::Unicode } else { GlyphSet::Ascii }
}
