//! The way back from a text to the bytes of its file.
//!
//! A text is cut into stretches in which every character has as many bytes here as there; most documents have one.

/// A stretch of characters of one width in the text and one width in the file.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    text: usize,
    file: usize,
    text_width: usize,
    file_width: usize,
}

/// Offsets of a text to offsets of its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Offsets {
    stretches: Vec<Stretch>,
    text_end: usize,
    file_end: usize,
}

impl Offsets {
    /// A text whose bytes are those of the file after so many bytes.
    pub(super) fn shifted(by: usize, len: usize) -> Self {
        let whole = Stretch { text: 0, file: by, text_width: 1, file_width: 1 };
        Self { stretches: vec![whole], text_end: len, file_end: by + len }
    }

    /// A text yet to be written, whose first character comes from this offset of the file.
    pub(super) fn starting_at(file: usize) -> Self {
        Self { stretches: Vec::new(), text_end: 0, file_end: file }
    }

    /// Appends one character: so many bytes of the text, from so many bytes of the file.
    pub(super) fn push(&mut self, text_width: usize, file_width: usize) {
        let same = self
            .stretches
            .last()
            .is_some_and(|last| last.text_width == text_width && last.file_width == file_width);
        if !same {
            self.stretches.push(Stretch { text: self.text_end, file: self.file_end, text_width, file_width });
        }
        self.text_end += text_width;
        self.file_end += file_width;
    }

    /// The offset of the file an offset of the text came from.
    pub(super) fn to_file(&self, at: usize) -> usize {
        if at >= self.text_end {
            return self.file_end;
        }
        let after = self.stretches.partition_point(|stretch| stretch.text <= at);
        let Some(stretch) = after.checked_sub(1).and_then(|index| self.stretches.get(index)) else {
            return at;
        };
        stretch.file + (at - stretch.text) / stretch.text_width.max(1) * stretch.file_width
    }
}
