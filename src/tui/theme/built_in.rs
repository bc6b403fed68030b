//! The six themes that are part of the program.
//!
//! Not here: user themes (the caller reads them and hands over the text).

use crate::tui::theme::load::ThemeText;

/// The names of the embedded themes: the answer to "which are there?".
pub const NAMES: [&str; 6] = ["dark", "light", "high-contrast", "colour-blind", "ansi", "mono"];

/// The embedded theme of this name.
pub fn embedded(name: &str) -> Option<ThemeText<'static>> {
    let (name, file, text) = match name {
        "dark" => ("dark", "themes/dark.toml", include_str!("../../../themes/dark.toml")),
        "light" => ("light", "themes/light.toml", include_str!("../../../themes/light.toml")),
        "high-contrast" => {
            ("high-contrast", "themes/high-contrast.toml", include_str!("../../../themes/high-contrast.toml"))
        }
        "colour-blind" => {
            ("colour-blind", "themes/colour-blind.toml", include_str!("../../../themes/colour-blind.toml"))
        }
        "ansi" => ("ansi", "themes/ansi.toml", include_str!("../../../themes/ansi.toml")),
        "mono" => ("mono", "themes/mono.toml", include_str!("../../../themes/mono.toml")),
        _ => return None,
    };
    Some(ThemeText { name, file, text })
}
