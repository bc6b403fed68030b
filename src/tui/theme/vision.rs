//! What colour-blind eyes see, and how far apart two colours are for them.
//!
//! Simulation: Machado, Oliveira, Fernandes 2009, severity 1, on linear light. Distance: CIE76 in CIELAB, D65.

use crate::tui::theme::colour::Rgb;
use crate::tui::theme::contrast::linear;

/// A kind of colour vision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vision {
    /// All three cones.
    Normal,
    /// No red cones.
    Protan,
    /// No green cones.
    Deutan,
    /// No blue cones.
    Tritan,
}

impl Vision {
    /// Every kind.
    pub const ALL: [Vision; 4] = [Vision::Normal, Vision::Protan, Vision::Deutan, Vision::Tritan];

    /// Rows of the matrix on linear red, green, blue.
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Vision::Normal => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Vision::Protan => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Vision::Deutan => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            Vision::Tritan => [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        }
    }
}

/// How far apart two colours are for this eye (CIE76; 2.3 is just noticeable, 100 is black to white).
pub fn distance(one: Rgb, other: Rgb, vision: Vision) -> f64 {
    let [one, other] = [one, other].map(|colour| lab(seen(colour, vision)));
    one.iter().zip(other).map(|(l, r)| (l - r).powi(2)).sum::<f64>().sqrt()
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(m, v)| m * v).sum())
}

fn seen(colour: Rgb, vision: Vision) -> [f64; 3] {
    times(vision.matrix(), [colour.r, colour.g, colour.b].map(linear)).map(|part| part.clamp(0.0, 1.0))
}

fn lab(linear_rgb: [f64; 3]) -> [f64; 3] {
    const TO_XYZ: [[f64; 3]; 3] = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];
    let [x, y, z] = times(TO_XYZ, linear_rgb);
    let [white_x, white_y, white_z] = WHITE;
    let [x, y, z] = [x / white_x, y / white_y, z / white_z]
        .map(|t| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::load::load;
    use crate::tui::theme::token::Token;

    fn apart(theme: &str) -> [f64; 4] {
        let parts = load(theme, &[]).unwrap();
        let rgb = |token| parts.token(token).fg.unwrap().rgb().unwrap();
        Vision::ALL.map(|vision| distance(rgb(Token::StatusSuccess), rgb(Token::StatusDanger), vision))
    }

    #[test]
    fn success_and_danger_stay_apart_for_every_eye_in_the_colour_blind_theme() {
        let found = apart("colour-blind");
        assert!(found.iter().all(|far| *far >= 60.0), "{found:?}");
        for (far, measured) in found.into_iter().zip([106.0, 86.0, 99.0, 97.0]) {
            assert!((far - measured).abs() < 1.0, "{found:?}");
        }
    }

    #[test]
    fn the_dark_theme_needs_word_and_glyph_and_the_test_can_tell() {
        let [normal, protan, deutan, tritan] = apart("dark");
        for (far, measured) in [(normal, 99.0), (protan, 23.0), (deutan, 13.0), (tritan, 105.0)] {
            assert!((far - measured).abs() < 1.0, "{far} for {measured}");
        }
    }
}
