//! The first net: finds the known forms of secrets in a stream, longest first, and masks them.
//!
//! Forms that overlap are masked as one, under the name of the longest: masking only the first would leave the rest
//! of the other. Bounded: it holds back less than the longest form.

use secrecy::{ExposeSecret, SecretSlice};

use super::Stream;

/// A name in a mask is at most this long.
const NAME_MAX: usize = 64;

/// All forms of all secrets.
#[derive(Default)]
pub(super) struct Known {
    names: Vec<String>,
    /// By first byte, each longest first.
    forms: Vec<Vec<Form>>,
}

struct Form {
    bytes: SecretSlice<u8>,
    name: usize,
}

/// What is known about a place in the stream.
enum Found {
    Nothing,
    /// It may become a form.
    NeedsMore,
    Form {
        length: usize,
        name: usize,
    },
}

impl Known {
    pub(super) fn add(&mut self, name: &str, forms: Vec<Vec<u8>>) {
        let shown = |c: char| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' };
        self.names.push(name.chars().take(NAME_MAX).map(shown).collect());
        let name = self.names.len() - 1;
        self.forms.resize_with(256, Vec::new);
        for bytes in forms {
            let first = bytes.first().copied().unwrap_or_default();
            if let Some(bucket) = self.forms.get_mut(usize::from(first)) {
                bucket.push(Form { bytes: bytes.into(), name });
            }
        }
    }

    /// Brings the forms into the order in which they are tried.
    pub(super) fn sort(&mut self) {
        for bucket in &mut self.forms {
            bucket.sort_by_key(|form| std::cmp::Reverse(form.bytes.expose_secret().len()));
        }
    }

    fn bucket(&self, first: u8) -> &[Form] {
        self.forms.get(usize::from(first)).map_or(&[], Vec::as_slice)
    }

    fn find(&self, rest: &[u8], stream: Stream) -> Found {
        let Some(first) = rest.first() else {
            return Found::Nothing;
        };
        for form in self.bucket(*first) {
            let bytes = form.bytes.expose_secret();
            if rest.starts_with(bytes) {
                return Found::Form { length: bytes.len(), name: form.name };
            }
            if stream == Stream::GoesOn && bytes.starts_with(rest) {
                return Found::NeedsMore;
            }
        }
        Found::Nothing
    }
}

/// Where the stream stands.
#[derive(Default)]
pub(super) struct KnownState {
    held: Vec<u8>,
    masking: Option<Masking>,
}

/// A run of overlapping forms that is being dropped.
struct Masking {
    /// Bytes still to drop.
    left: usize,
    /// The length of the longest form so far, and whose it is.
    longest: usize,
    name: usize,
}

impl KnownState {
    pub(super) fn push(&mut self, known: &Known, chunk: &[u8], stream: Stream, out: &mut Vec<u8>) {
        if known.names.is_empty() {
            out.extend_from_slice(chunk);
            return;
        }
        self.held.extend_from_slice(chunk);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        loop {
            self.close(known, out);
            if self.masking.is_none() {
                let harmless = rest.iter().take_while(|byte| known.bucket(**byte).is_empty()).count();
                let (plain, tail) = rest.split_at_checked(harmless).unwrap_or((rest, &[]));
                out.extend_from_slice(plain);
                rest = tail;
            }
            match known.find(rest, stream) {
                Found::NeedsMore => break,
                Found::Form { length, name } => self.open(length, name),
                Found::Nothing => {}
            }
            let Some((byte, tail)) = rest.split_first() else {
                break;
            };
            match &mut self.masking {
                Some(masking) => masking.left -= 1,
                None => out.push(*byte),
            }
            rest = tail;
        }
        self.held = rest.to_vec();
    }

    fn open(&mut self, length: usize, name: usize) {
        match &mut self.masking {
            None => self.masking = Some(Masking { left: length, longest: length, name }),
            Some(masking) => {
                masking.left = masking.left.max(length);
                if length > masking.longest {
                    masking.longest = length;
                    masking.name = name;
                }
            }
        }
    }

    /// Writes the mask where a run has ended.
    fn close(&mut self, known: &Known, out: &mut Vec<u8>) {
        if let Some(masking) = self.masking.take_if(|masking| masking.left == 0) {
            out.extend_from_slice(b"***");
            out.extend_from_slice(known.names.get(masking.name).map_or(b"SECRET", |name| name.as_bytes()));
            out.extend_from_slice(b"***");
        }
    }
}
