//! Throws of dice, and what they do to bytes: flips, cuts, doubles, splices, tokens that matter to the format.
//!
//! Not here: what is mutated (`corpus.rs`), what must hold afterwards.

/// Pieces that mean something where they land.
const TOKENS: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\u202E",
    "{",
    "}",
    "[",
    "]",
    ",",
    "=",
    " = ",
    "#",
    ".",
    ", h = \"",
    "\" }",
    "[events]\n",
    "[checklist]\n",
    "data = {}",
    "crit = true",
    "up = []",
    "v = 0",
    "v = 4294967296",
    "<<<<<<< ours\n",
    "=======\n",
    ">>>>>>> theirs\n",
    "1.5",
    "1979-05-27",
    "9223372036854775808",
    "nan",
    "'''",
    "\"\"\"",
    "\u{feff}",
    "\u{202e}",
    "\u{9b}",
    "é",
    "format = 2",
    "features = [\"x\"]",
    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
];

/// The same seed, the same throws.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        dice.below(1);
        dice
    }

    /// A number from 0, below a bound that is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap() % bound
    }

    /// True once in so many throws.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub(crate) fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Another order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            list.swap(place, self.below(place + 1));
        }
    }

    /// A text of all sorts of characters.
    pub(crate) fn text(&mut self) -> String {
        let length = self.below(24);
        (0..length)
            .map(|_| match self.below(4) {
                0 => char::from(u8::try_from(self.below(128)).unwrap()),
                1 => char::from_u32(u32::try_from(self.below(0x300)).unwrap()).unwrap_or('x'),
                2 => char::from_u32(0x2000 + u32::try_from(self.below(0x70)).unwrap()).unwrap_or('x'),
                _ => char::from_u32(u32::try_from(self.below(0x11_0000)).unwrap()).unwrap_or('\u{fffd}'),
            })
            .collect()
    }
}

/// Changes some bytes, one to three times.
pub(crate) fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                drop(bytes.splice(to..to, piece));
            }
            3 => bytes.truncate(at),
            4 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
            5 => bytes[at..end].reverse(),
            _ => drop(bytes.splice(at..at, dice.one_of(TOKENS).bytes())),
        }
    }
}
