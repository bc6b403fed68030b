//! Colours: SGR parameters into a style. Conceal, blink and faint are not known here.
//!
//! The pen remembers what was asked; [`Pen::readable`] is what may be shown.

use crate::text::styled::{AnsiColour, Sgr};

/// Colours whose channels differ by less than this in sum cannot be told apart on most screens.
const TOO_NEAR: u32 = 48;

/// The sixteen colours of xterm, only to tell whether two are the same.
const BASIC: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// The style as the codes so far asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen(Sgr);

impl Pen {
    /// Applies the parameters of one SGR code: digits, `;` and `:`. Unknown ones are ignored.
    pub(super) fn apply(&mut self, parameters: &str) {
        let mut groups = parameters.split(';');
        while let Some(group) = groups.next() {
            let mut fields = group.split(':');
            let code = number(fields.next().unwrap_or_default());
            match code {
                38 | 48 | 58 => {
                    let colour =
                        if group.contains(':') { colour_of_colons(fields) } else { colour_of(&mut groups) };
                    match code {
                        38 => self.0.fg = colour.or(self.0.fg),
                        48 => self.0.bg = colour.or(self.0.bg),
                        // The colour of an underline is read, so that its numbers are not taken for codes.
                        _ => {}
                    }
                }
                4 => self.0.underline = fields.next() != Some("0"),
                _ => self.attribute(code),
            }
        }
    }

    fn attribute(&mut self, code: u16) {
        let style = &mut self.0;
        match code {
            0 => *style = Sgr::default(),
            1 => style.bold = true,
            3 => style.italic = true,
            7 => style.reverse = true,
            21 => style.underline = true,
            22 => style.bold = false,
            23 => style.italic = false,
            24 => style.underline = false,
            27 => style.reverse = false,
            30..=37 => style.fg = indexed(code, 30),
            39 => style.fg = None,
            40..=47 => style.bg = indexed(code, 40),
            49 => style.bg = None,
            90..=97 => style.fg = indexed(code, 82),
            100..=107 => style.bg = indexed(code, 92),
            _ => {}
        }
    }

    /// The style that may be shown: where foreground and background cannot be told apart, both are the theme's.
    pub(super) fn readable(self) -> Sgr {
        match (self.0.fg, self.0.bg) {
            (Some(fg), Some(bg)) if too_near(fg, bg) => Sgr { fg: None, bg: None, ..self.0 },
            _ => self.0,
        }
    }
}

/// A parameter; empty is 0, too large is a code nobody knows.
fn number(digits: &str) -> u16 {
    if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u16::MAX) }
}

fn byte(digits: Option<&str>) -> Option<u8> {
    match digits? {
        "" => Some(0),
        digits => digits.parse().ok(),
    }
}

fn indexed(code: u16, first: u16) -> Option<AnsiColour> {
    u8::try_from(code.checked_sub(first)?).ok().map(AnsiColour::Indexed)
}

/// `5;n` or `2;r;g;b`.
fn colour_of<'a>(groups: &mut impl Iterator<Item = &'a str>) -> Option<AnsiColour> {
    match groups.next()? {
        "5" => byte(groups.next()).map(AnsiColour::Indexed),
        "2" => {
            let (red, green, blue) = (byte(groups.next()), byte(groups.next()), byte(groups.next()));
            Some(AnsiColour::Rgb(red?, green?, blue?))
        }
        _ => None,
    }
}

/// `5:n`, `2:r:g:b` or `2:space:r:g:b`.
fn colour_of_colons<'a>(fields: impl Iterator<Item = &'a str>) -> Option<AnsiColour> {
    let fields: Vec<&str> = fields.take(8).collect();
    match fields.as_slice() {
        ["5", index, ..] => byte(Some(index)).map(AnsiColour::Indexed),
        ["2", red, green, blue] | ["2", _, red, green, blue, ..] => {
            Some(AnsiColour::Rgb(byte(Some(red))?, byte(Some(green))?, byte(Some(blue))?))
        }
        _ => None,
    }
}

fn too_near(one: AnsiColour, other: AnsiColour) -> bool {
    let (one, other) = (channels(one), channels(other));
    let apart = |a: u8, b: u8| u32::from(a.abs_diff(b));
    apart(one.0, other.0) + apart(one.1, other.1) + apart(one.2, other.2) < TOO_NEAR
}

/// What xterm draws for a colour.
fn channels(colour: AnsiColour) -> (u8, u8, u8) {
    match colour {
        AnsiColour::Rgb(red, green, blue) => (red, green, blue),
        AnsiColour::Indexed(index @ 232..) => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
        AnsiColour::Indexed(index @ 16..) => {
            let cube = index - 16;
            let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
            (step(cube / 36), step(cube / 6 % 6), step(cube % 6))
        }
        AnsiColour::Indexed(index) => BASIC.get(usize::from(index)).copied().unwrap_or_default(),
    }
}
