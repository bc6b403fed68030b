//! `safe_format!` and `IntoSafe`: sentences of our own words around values from anywhere, safe by construction.
//!
//! Each value passes through [`IntoSafe`], so foreign text cannot reach the sentence without the sanitiser. The
//! sentence is checked while compiling. The type itself is in `text/safe.rs`.

use super::safe::{Safe, has_no_control, safe};
use super::untrusted::Untrusted;

/// What can stand in a `safe_format!`: it knows how to become harmless.
pub trait IntoSafe {
    /// This value as one safe line.
    fn to_safe(&self) -> Safe;
}

impl IntoSafe for Safe {
    fn to_safe(&self) -> Safe {
        self.clone()
    }
}

impl IntoSafe for Untrusted {
    fn to_safe(&self) -> Safe {
        self.safe()
    }
}

impl IntoSafe for str {
    fn to_safe(&self) -> Safe {
        safe(self)
    }
}

impl IntoSafe for String {
    fn to_safe(&self) -> Safe {
        safe(self)
    }
}

impl IntoSafe for std::borrow::Cow<'_, str> {
    fn to_safe(&self) -> Safe {
        safe(self)
    }
}

impl IntoSafe for char {
    fn to_safe(&self) -> Safe {
        safe(self.encode_utf8(&mut [0; 4]))
    }
}

impl<T: IntoSafe + ?Sized> IntoSafe for &T {
    fn to_safe(&self) -> Safe {
        (**self).to_safe()
    }
}

macro_rules! numbers_into_safe {
    ($($number:ty),*) => {$(
        impl IntoSafe for $number {
            fn to_safe(&self) -> Safe {
                Safe::from(*self)
            }
        }
    )*};
}

numbers_into_safe!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// Composes a [`Safe`] from a literal sentence with `{}` holes: `safe_format!("{} of {} done", done, all)`. Every value
/// implements [`IntoSafe`]. A wrong number of holes, a control character or `{name}` does not compile.
#[macro_export]
macro_rules! safe_format {
    ($sentence:literal $(, $value:expr)* $(,)?) => {{
        const {
            assert!(
                $crate::text::safe_format::holes($sentence)
                    == <[&str]>::len(&[$(::core::stringify!($value)),*]),
                "one pair of braces for each value; no other brace, no control character"
            );
        }
        $crate::text::safe_format::fill($sentence, &[$($crate::text::IntoSafe::to_safe(&$value)),*])
    }};
}

/// How many `{}` the sentence has; `usize::MAX` when it holds another brace or a control character.
pub const fn holes(sentence: &str) -> usize {
    if !has_no_control(sentence) {
        return usize::MAX;
    }
    let mut rest = sentence.as_bytes();
    let mut count = 0;
    loop {
        match rest {
            [] => return count,
            [b'{', b'}', tail @ ..] => {
                count += 1;
                rest = tail;
            }
            [b'{' | b'}', ..] => return usize::MAX,
            [_, tail @ ..] => rest = tail,
        }
    }
}

/// Fills the holes of our own sentence; what `safe_format!` calls after it has counted them.
pub fn fill(sentence: &'static str, values: &[Safe]) -> Safe {
    let mut text = String::with_capacity(sentence.len() + values.len() * 8);
    let mut values = values.iter();
    for (n, words) in sentence.split("{}").enumerate() {
        if n > 0 {
            text.push_str(values.next().map_or("", Safe::as_str));
        }
        text.push_str(words);
    }
    Safe::proved(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_passes_the_sanitiser() {
        let foreign = Untrusted::new("x\u{202e}y");
        let name = String::from("web\u{1b}[2J");
        let line = safe_format!("{}: {} of {} {}", name, 3_u64, 4_usize, foreign);
        assert_eq!(line, "web␛: 3 of 4 x‹U+202E›y");
    }

    #[test]
    fn a_sentence_with_other_braces_is_refused() {
        assert_eq!(holes("{} and {}"), 2);
        assert_eq!(holes("{name}"), usize::MAX);
        assert_eq!(holes("a\nb"), usize::MAX);
    }

    #[test]
    fn a_sentence_without_holes_is_kept() {
        assert_eq!(safe_format!("nothing to do"), "nothing to do");
    }
}
