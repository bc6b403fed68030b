//! One colour: its notation, its nearest of 256, and what ratatui calls it.
//!
//! Not here: contrast (`contrast.rs`), which role has which colour (`themes/*.toml`).

use ratatui::style::Color;

/// A colour by its red, green and blue parts, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

/// A colour as a theme names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// The terminal's own foreground or background.
    Default,
    /// One of the terminal's 256: 0 to 15 look as the user made them.
    Indexed(u8),
    /// An exact colour.
    Exact(Rgb),
}

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColourDepth {
    /// 24 bits.
    Exact,
    /// The fixed 256: exact colours become their nearest.
    Indexed,
}

/// The names of the 16 ANSI colours, in order; the second eight also with `bright-`.
const NAMES: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

impl Paint {
    /// A colour in theme notation: `#rrggbb`, `#rgb`, `red`, `bright-red`, `ansi:0..255`, `default`.
    pub fn parse(text: &str) -> Option<Paint> {
        if let Some(digits) = text.strip_prefix('#') {
            return Rgb::parse(digits).map(Paint::Exact);
        }
        if let Some(number) = text.strip_prefix("ansi:") {
            return number.parse().ok().map(Paint::Indexed);
        }
        if text == "default" {
            return Some(Paint::Default);
        }
        let (name, first) = text.strip_prefix("bright-").map_or((text, 0_u8), |name| (name, 8));
        let place = NAMES.iter().position(|known| *known == name)?;
        u8::try_from(place).ok().map(|place| Paint::Indexed(first + place))
    }

    /// The exact colour, where it is not the user's own.
    pub fn rgb(self) -> Option<Rgb> {
        match self {
            Paint::Exact(rgb) => Some(rgb),
            Paint::Indexed(index) => Rgb::of_index(index),
            Paint::Default => None,
        }
    }

    /// The same colour as a terminal of this depth shows it.
    #[must_use]
    pub fn at_depth(self, depth: ColourDepth) -> Paint {
        match (self, depth) {
            (Paint::Exact(rgb), ColourDepth::Indexed) => Paint::Indexed(rgb.nearest_index()),
            (paint, ColourDepth::Exact | ColourDepth::Indexed) => paint,
        }
    }

    /// What ratatui calls it.
    pub(super) fn color(self) -> Color {
        match self {
            Paint::Default => Color::Reset,
            Paint::Indexed(0) => Color::Black,
            Paint::Indexed(1) => Color::Red,
            Paint::Indexed(2) => Color::Green,
            Paint::Indexed(3) => Color::Yellow,
            Paint::Indexed(4) => Color::Blue,
            Paint::Indexed(5) => Color::Magenta,
            Paint::Indexed(6) => Color::Cyan,
            Paint::Indexed(7) => Color::Gray,
            Paint::Indexed(8) => Color::DarkGray,
            Paint::Indexed(9) => Color::LightRed,
            Paint::Indexed(10) => Color::LightGreen,
            Paint::Indexed(11) => Color::LightYellow,
            Paint::Indexed(12) => Color::LightBlue,
            Paint::Indexed(13) => Color::LightMagenta,
            Paint::Indexed(14) => Color::LightCyan,
            Paint::Indexed(15) => Color::White,
            Paint::Indexed(index) => Color::Indexed(index),
            Paint::Exact(rgb) => Color::Rgb(rgb.r, rgb.g, rgb.b),
        }
    }
}

/// The six levels of the colour cube, xterm's.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Rgb {
    /// From its parts.
    pub const fn new(r: u8, g: u8, b: u8) -> Rgb {
        Rgb { r, g, b }
    }

    fn parse(digits: &str) -> Option<Rgb> {
        let nibbles: Vec<u8> = digits
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()?;
        match *nibbles.as_slice() {
            [r, g, b] => Some(Rgb::new(r * 17, g * 17, b * 17)),
            [r1, r0, g1, g0, b1, b0] => Some(Rgb::new(r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0)),
            _ => None,
        }
    }

    /// The exact colour of a place in the 256, from 16 on: the first 16 are the user's own.
    pub fn of_index(index: u8) -> Option<Rgb> {
        let level = |step: u8| CUBE.get(usize::from(step)).copied().unwrap_or(0);
        match index {
            0..=15 => None,
            16..=231 => {
                let place = index - 16;
                Some(Rgb::new(level(place / 36), level(place / 6 % 6), level(place % 6)))
            }
            232..=255 => {
                let grey = 8 + 10 * (index - 232);
                Some(Rgb::new(grey, grey, grey))
            }
        }
    }

    /// The place in the 256, from 16 on, that is nearest in red, green and blue.
    pub fn nearest_index(self) -> u8 {
        (16..=255_u8)
            .min_by_key(|index| Rgb::of_index(*index).map_or(u32::MAX, |other| self.distance(other)))
            .unwrap_or(16)
    }

    fn distance(self, other: Rgb) -> u32 {
        let square = |l: u8, r: u8| u32::from(l.abs_diff(r)).pow(2);
        square(self.r, other.r) + square(self.g, other.g) + square(self.b, other.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_read() {
        assert_eq!(Paint::parse("#f2c14e"), Some(Paint::Exact(Rgb::new(0xf2, 0xc1, 0x4e))));
        assert_eq!(Paint::parse("#fa0"), Some(Paint::Exact(Rgb::new(0xff, 0xaa, 0))));
        assert_eq!(Paint::parse("red"), Some(Paint::Indexed(1)));
        assert_eq!(Paint::parse("bright-red"), Some(Paint::Indexed(9)));
        assert_eq!(Paint::parse("ansi:208"), Some(Paint::Indexed(208)));
        assert_eq!(Paint::parse("default"), Some(Paint::Default));
        for bad in ["#12", "#12345g", "ansi:256", "crimson", "bright-default", ""] {
            assert_eq!(Paint::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn exact_colours_of_the_256_map_to_themselves() {
        for index in 16..=255_u8 {
            let rgb = Rgb::of_index(index).unwrap();
            let there = Rgb::of_index(rgb.nearest_index()).unwrap();
            assert_eq!(there, rgb, "{index}");
        }
    }
}
