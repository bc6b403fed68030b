//! Contrast by WCAG 2.2, and which ratio each role has to keep on which ground.
//!
//! Not here: what a colour-blind eye sees (`vision.rs`), drawn buffers (tests of the panes).

use crate::tui::theme::colour::{ColourDepth, Paint, Rgb};
use crate::tui::theme::load::{ThemeParts, TokenStyle};
use crate::tui::theme::token::{Token, TokenKind};

/// Text and badges (WCAG 2.2, 1.4.3).
pub const TEXT_RATIO: f64 = 4.5;
/// Text and badges of a high-contrast theme (1.4.6).
pub const HIGH_TEXT_RATIO: f64 = 7.0;
/// Borders, focus, chart lines (1.4.11).
pub const LINE_RATIO: f64 = 3.0;

/// A pair of colours that is too close.
#[derive(Clone, Debug, PartialEq)]
pub struct TooClose {
    /// The role drawn.
    pub token: Token,
    /// The ground it is drawn on; its own for a badge.
    pub ground: Token,
    /// The ratio, 1 to 21.
    pub ratio: f64,
    /// The ratio it has to keep.
    pub least: f64,
}

/// Contrast ratio of two colours, 1 to 21 (WCAG 2.2 relative luminance).
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    if one > other { one / other } else { other / one }
}

fn luminance(colour: Rgb) -> f64 {
    let [r, g, b] = [colour.r, colour.g, colour.b].map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// An sRGB part as linear light, 0 to 1.
pub(super) fn linear(part: u8) -> f64 {
    let share = f64::from(part) / 255.0;
    if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

/// Every pair of this theme that is too close at this depth, with `text` as the least ratio of text and badges.
pub fn too_close(parts: &ThemeParts, depth: ColourDepth, text: f64) -> Vec<TooClose> {
    let mut grounds: Vec<(Token, Rgb)> = Vec::new();
    for ground in [Token::Bg, Token::Surface, Token::Overlay] {
        grounds.extend(exact(parts.token(ground).fg, depth).map(|rgb| (ground, rgb)));
    }
    let on_rows = exact(parts.token(Token::Selection).bg, depth)
        .filter(|_| !parts.selection_overrides_status)
        .map(|rgb| (Token::Selection, rgb));
    let mut found = Vec::new();
    for token in Token::ALL {
        let style = parts.token(token);
        let row = on_rows.filter(|_| token.kind() == TokenKind::Text);
        found.extend(judge(token, style, &grounds, row.as_ref(), (depth, text)));
    }
    found
}

fn judge(
    token: Token,
    style: TokenStyle,
    grounds: &[(Token, Rgb)],
    row: Option<&(Token, Rgb)>,
    (depth, text): (ColourDepth, f64),
) -> Vec<TooClose> {
    let Some(fg) = exact(style.fg, depth) else { return Vec::new() };
    let least = if token.kind() == TokenKind::Line { LINE_RATIO } else { text };
    let own = exact(style.bg, depth).map(|rgb| (token, rgb));
    let on: Vec<(Token, Rgb)> = match token.kind() {
        TokenKind::Ground => Vec::new(),
        TokenKind::Badge => own.into_iter().collect(),
        TokenKind::Text | TokenKind::Line => grounds.iter().chain(row).copied().collect(),
    };
    on.into_iter()
        .map(|(ground, rgb)| TooClose { token, ground, ratio: contrast(fg, rgb), least })
        .filter(|pair| pair.ratio < pair.least)
        .collect()
}

/// Whether every text and line of the theme can be read on the terminal's own ground.
pub(super) fn keeps_ratios_on(parts: &ThemeParts, ground: Rgb, depth: ColourDepth) -> bool {
    let grounds = [(Token::Bg, ground)];
    Token::ALL
        .into_iter()
        .all(|token| judge(token, parts.token(token), &grounds, None, (depth, TEXT_RATIO)).is_empty())
}

fn exact(paint: Option<Paint>, depth: ColourDepth) -> Option<Rgb> {
    paint.and_then(|paint| paint.at_depth(depth).rgb())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::load::load;

    #[test]
    fn the_ratio_is_that_of_the_standard() {
        let (black, white) = (Rgb::new(0, 0, 0), Rgb::new(255, 255, 255));
        assert!((contrast(black, white) - 21.0).abs() < 1e-9);
        assert!((contrast(white, white) - 1.0).abs() < 1e-9);
        assert!((contrast(Rgb::new(0x77, 0x77, 0x77), white) - 4.478).abs() < 0.01);
    }

    #[test]
    fn every_built_in_theme_keeps_its_ratios_in_full_colour_and_at_256() {
        for (name, text) in [
            ("dark", TEXT_RATIO),
            ("light", TEXT_RATIO),
            ("high-contrast", HIGH_TEXT_RATIO),
            ("colour-blind", TEXT_RATIO),
        ] {
            let parts = load(name, &[]).unwrap();
            for depth in [ColourDepth::Exact, ColourDepth::Indexed] {
                let found = too_close(&parts, depth, text);
                assert!(found.is_empty(), "{name} at {depth:?}: {found:#?}");
            }
        }
    }

    #[test]
    fn the_lowest_text_ratios_on_the_grounds_are_those_that_were_measured() {
        for (name, lowest) in
            [("dark", 5.75), ("light", 5.48), ("high-contrast", 10.56), ("colour-blind", 6.10)]
        {
            let parts = load(name, &[]).unwrap();
            let all = too_close(&parts, ColourDepth::Exact, 22.0);
            let grounds = [Token::Bg, Token::Surface, Token::Overlay];
            let least = all
                .iter()
                .filter(|pair| grounds.contains(&pair.ground) && pair.token.kind() == TokenKind::Text)
                .map(|pair| pair.ratio)
                .fold(f64::MAX, f64::min);
            assert!((least - lowest).abs() < 0.01, "{name}: {least}");
        }
    }

    #[test]
    fn a_theme_with_grey_on_grey_is_caught() {
        let text = "[tokens]\n\"fg\" = \"#303540\"\n";
        let user = crate::tui::theme::ThemeText { name: "dim", file: "dim.toml", text };
        let found = too_close(&load("dim", &[user]).unwrap(), ColourDepth::Exact, TEXT_RATIO);
        assert!(found.iter().any(|pair| pair.token == Token::Fg && pair.ground == Token::Bg));
    }
}
