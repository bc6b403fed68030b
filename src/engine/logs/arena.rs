//! The lines of one log, packed: their bytes one after the other in blocks, and sixteen bytes a line beside them.
//!
//! Nothing is made for each line, so that a million of them cost little more than their text; what is old goes block by
//! block. Not here: what a line means (`log.rs`), what a search finds (`search.rs`).

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::log::RowKind;

/// So many bytes of text stand in one block: small beside a log's budget, so that little goes at a time.
const BLOCK_BYTES: usize = 256 << 10;
/// No time is known.
const NO_TIME: i64 = i64::MIN;

/// The lines.
#[derive(Debug, Default)]
pub(super) struct Arena {
    blocks: VecDeque<Block>,
    next: u64,
    bytes: usize,
}

/// Lines that came one after the other. A newline stands behind each, so that a pattern never finds two at once.
#[derive(Debug)]
pub(super) struct Block {
    first: u64,
    text: Vec<u8>,
    marks: Vec<Mark>,
    plain: bool,
}

/// One line: when, up to where, what.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at_ns: i64,
    /// Behind its newline.
    end: u32,
    kind: RowKind,
    /// Printable ASCII alone: it is shown as it is.
    plain: bool,
}

/// A line as it lies there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'a> {
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) kind: RowKind,
    pub(super) bytes: &'a [u8],
    pub(super) plain: bool,
}

impl Arena {
    /// Number of the first line.
    pub(super) fn first(&self) -> u64 {
        self.blocks.front().map_or(self.next, |block| block.first)
    }

    /// Number of the next line to come.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// What the lines weigh, with what stands beside them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a line.
    pub(super) fn push(&mut self, at: Option<DateTime<Utc>>, kind: RowKind, bytes: &[u8]) {
        let room = |block: &Block| block.text.len() + bytes.len() < BLOCK_BYTES;
        if !self.blocks.back().is_some_and(room) {
            self.begin_block(bytes.len());
        }
        let Some(block) = self.blocks.back_mut() else { return };
        let plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        block.text.extend_from_slice(bytes);
        block.text.push(b'\n');
        block.plain &= plain;
        let at_ns = at.and_then(|at| at.timestamp_nanos_opt()).unwrap_or(NO_TIME);
        let end = u32::try_from(block.text.len()).unwrap_or(u32::MAX);
        block.marks.push(Mark { at_ns, end, kind, plain });
        self.bytes += bytes.len() + 1 + size_of::<Mark>();
        self.next += 1;
    }

    /// The oldest lines go, but never the newest block: how many lines and seams they were.
    pub(super) fn drop_oldest(&mut self) -> Option<(u64, u64)> {
        if self.blocks.len() < 2 {
            return None;
        }
        let block = self.blocks.pop_front()?;
        self.bytes = self.bytes.saturating_sub(block.text.len() + block.marks.len() * size_of::<Mark>());
        let seams = block.marks.iter().filter(|mark| mark.kind == RowKind::Seam).count() as u64;
        Some((block.marks.len() as u64 - seams, seams))
    }

    /// A line by its number.
    pub(super) fn get(&self, number: u64) -> Option<Packed<'_>> {
        self.block_of(number)?.get(number)
    }

    /// The block that has this line.
    pub(super) fn block_of(&self, number: u64) -> Option<&Block> {
        let after = self.blocks.partition_point(|block| block.first <= number);
        self.blocks.get(after.checked_sub(1)?).filter(|block| number < block.end_number())
    }

    fn begin_block(&mut self, bytes: usize) {
        let (mut text, mut marks) = (Vec::new(), Vec::new());
        if let Some(last) = self.blocks.back_mut() {
            last.text.shrink_to_fit();
            last.marks.shrink_to_fit();
            // A log that filled one block fills another: no growing step by step.
            text.reserve_exact(BLOCK_BYTES.max(bytes + 1));
            marks.reserve(last.marks.len());
        }
        self.blocks.push_back(Block { first: self.next, text, marks, plain: true });
    }
}

impl Block {
    /// Behind its last line.
    pub(super) fn end_number(&self) -> u64 {
        self.first + self.marks.len() as u64
    }

    /// Is every line of it shown as it is?
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// A line by its number.
    pub(super) fn get(&self, number: u64) -> Option<Packed<'_>> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let mark = self.marks.get(at)?;
        let bytes = self.text.get(self.start(at)..(mark.end as usize).saturating_sub(1))?;
        let time = (mark.at_ns != NO_TIME).then(|| DateTime::from_timestamp_nanos(mark.at_ns));
        Some(Packed { at: time, kind: mark.kind, bytes, plain: mark.plain })
    }

    /// Its text from this line on, with the newlines.
    pub(super) fn text_from(&self, number: u64) -> &[u8] {
        let at = usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.text.get(self.start(at)..).unwrap_or_default()
    }

    /// The line in which a place of `text_from(number)` lies, and where the next line begins there.
    pub(super) fn line_at(&self, number: u64, place: usize) -> (u64, usize) {
        let at = usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let base = self.start(at);
        let line = self.marks.partition_point(|mark| (mark.end as usize) <= base + place);
        let end = self.marks.get(line).map_or(self.text.len(), |mark| mark.end as usize);
        (self.first + line as u64, end.saturating_sub(base))
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).and_then(|before| self.marks.get(before)).map_or(0, |mark| mark.end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::log_line::LogStream;

    #[test]
    fn a_line_costs_its_text_and_seventeen_bytes() {
        assert_eq!(size_of::<Mark>(), 16);
        let mut arena = Arena::default();
        for _ in 0..100_000 {
            arena.push(None, RowKind::Line(LogStream::Output), &[b'x'; 100]);
        }
        assert_eq!(arena.bytes(), 100_000 * 117);
        let kept: usize =
            arena.blocks.iter().map(|block| block.text.capacity() + block.marks.capacity() * 16).sum();
        assert!(kept < 100_000 * 117 * 11 / 10, "{kept} bytes are held for it");
    }

    #[test]
    fn lines_keep_numbers_times_and_kinds_over_blocks() {
        let mut arena = Arena::default();
        let at = DateTime::from_timestamp(1_700_000_000, 5);
        for number in 0..10_000_u64 {
            let kind = if number % 100 == 0 { RowKind::Seam } else { RowKind::Line(LogStream::Error) };
            arena.push(at, kind, format!("line {number} {}", "y".repeat(90)).as_bytes());
        }
        let line = arena.get(4_321).unwrap();
        assert!(
            line.bytes.starts_with(b"line 4321 ")
                && line.at == at
                && line.kind != RowKind::Seam
                && line.plain
        );
        assert_eq!(arena.get(4_300).unwrap().kind, RowKind::Seam);
        let (lines, seams) = arena.drop_oldest().unwrap();
        assert_eq!((arena.first(), arena.next()), (lines + seams, 10_000));
        assert!(arena.get(0).is_none() && arena.get(10_000).is_none());
        assert!(
            arena
                .get(arena.first())
                .unwrap()
                .bytes
                .starts_with(format!("line {} ", arena.first()).as_bytes())
        );
    }

    #[test]
    fn a_place_in_the_text_tells_its_line() {
        let mut arena = Arena::default();
        for text in ["one", "", "three"] {
            arena.push(None, RowKind::Line(LogStream::Output), text.as_bytes());
        }
        let block = arena.block_of(1).unwrap();
        assert_eq!(block.text_from(1), b"\nthree\n");
        assert_eq!(block.line_at(1, 0), (1, 1));
        assert_eq!(block.line_at(1, 3), (2, 7));
    }

    #[test]
    fn a_log_line_longer_than_a_block_has_one_of_its_own_and_the_newest_block_stays() {
        let mut arena = Arena::default();
        arena.push(None, RowKind::Line(LogStream::Output), &vec![0x1b; BLOCK_BYTES + 5]);
        assert!(!arena.block_of(0).unwrap().is_plain());
        assert_eq!(arena.drop_oldest(), None);
        assert_eq!(arena.get(0).unwrap().bytes.len(), BLOCK_BYTES + 5);
    }
}
