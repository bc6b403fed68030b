//! The body of a log answer, cut into messages: eight-byte headers, or the plain text of a terminal.
//!
//! Our own, because bollard buffers a terminal's line without limit. Not here: timestamps and lines (`log_lines.rs`).

use crate::engine::log_line::LogStream;

/// Length of a header: the stream, three zeroes, the length.
const HEADER_BYTES: usize = 8;
/// No message of the daemon is longer; more means that these are no frames.
const FRAME_MAX_BYTES: usize = 64 << 20;
/// A terminal that never ends its line must not fill the memory.
pub(crate) const LINE_MAX_BYTES: usize = 1 << 20;

/// How a body is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// With headers that name the stream.
    Headers,
    /// A terminal's bytes, one stream.
    Terminal,
}

/// A message: one line, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) stream: LogStream,
    /// With its timestamp and its line end, if it is the last part.
    pub(crate) bytes: Vec<u8>,
}

/// Messages out of chunks.
#[derive(Clone, Debug)]
pub(crate) struct Frames {
    framing: Framing,
    rest: Vec<u8>,
}

impl Frames {
    pub(crate) fn new(framing: Framing) -> Self {
        Self { framing, rest: Vec::new() }
    }

    /// The messages that are complete now. Errors: these are no frames.
    pub(crate) fn push(&mut self, chunk: &[u8]) -> Result<Vec<Frame>, String> {
        self.rest.extend_from_slice(chunk);
        let (frames, used) = match self.framing {
            Framing::Headers => framed(&self.rest)?,
            Framing::Terminal => terminal(&self.rest),
        };
        self.rest.drain(..used);
        Ok(frames)
    }
}

fn framed(bytes: &[u8]) -> Result<(Vec<Frame>, usize), String> {
    let (mut frames, mut used) = (Vec::new(), 0);
    while let Some(([kind, _, _, _, a, b, c, d], body)) =
        bytes.get(used..).and_then(|rest| rest.split_first_chunk::<HEADER_BYTES>())
    {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        if length > FRAME_MAX_BYTES || *kind > 2 {
            return Err("the log is not what this daemon's API promises".to_owned());
        }
        let Some(body) = body.get(..length) else { break };
        let stream = if *kind == 2 { LogStream::Error } else { LogStream::Output };
        frames.push(Frame { stream, bytes: body.to_vec() });
        used += HEADER_BYTES + length;
    }
    Ok((frames, used))
}

fn terminal(bytes: &[u8]) -> (Vec<Frame>, usize) {
    let mut frames = Vec::new();
    let mut used = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.last() != Some(&b'\n') && line.len() < LINE_MAX_BYTES {
            break;
        }
        frames.push(Frame { stream: LogStream::Output, bytes: line.to_vec() });
        used += line.len();
    }
    (frames, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[kind, 0, 0, 0], &length[..], text.as_bytes()].concat()
    }

    #[test]
    fn frames_survive_any_cut_between_chunks() {
        let bytes = [frame(1, "out\n"), frame(2, ""), frame(2, "err\n")].concat();
        for cut in 0..bytes.len() {
            let mut frames = Frames::new(Framing::Headers);
            let mut all = frames.push(&bytes[..cut]).unwrap();
            all.extend(frames.push(&bytes[cut..]).unwrap());
            let texts: Vec<_> = all.iter().map(|one| (one.stream, one.bytes.as_slice())).collect();
            assert_eq!(
                texts,
                [
                    (LogStream::Output, &b"out\n"[..]),
                    (LogStream::Error, &b""[..]),
                    (LogStream::Error, &b"err\n"[..])
                ]
            );
        }
    }

    #[test]
    fn a_terminal_without_line_ends_does_not_fill_the_memory() {
        let mut frames = Frames::new(Framing::Terminal);
        assert_eq!(frames.push(b"one\r\ntw").unwrap().len(), 1);
        let all = frames.push(&vec![b'x'; LINE_MAX_BYTES]).unwrap();
        assert_eq!((all.len(), frames.rest.len()), (1, 0));
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        assert!(Frames::new(Framing::Headers).push(b"2026-01-02T03:04:05Z text\n").is_err());
    }
}
