//! The steps of a run as its request names them: scripts are cut to what a line of the record holds, and say so.
//!
//! Not here: what a dialog shows, which is whole (`plan.rs`), the limits of a line (`session/line.rs`).

use crate::session::decode::data_of;
use crate::session::event::{Event, RunRequested};
use crate::session::line::LINE_WRITTEN_MAX;
use crate::session::reader::write_inline;

/// What a title, a command or a warning of a step may take, in bytes: the first that makes the request fit.
const TEXT_BYTES: [usize; 4] = [4096, 1024, 256, 64];
/// Room for a line's frame: who, where, when, its parents and its hash.
const FRAME_BYTES: usize = 8 * 1024;

/// The request as a line can hold it. Errors: it fits no line, with its shortest form and why.
pub(super) fn fitted(requested: &RunRequested) -> Result<RunRequested, (Box<RunRequested>, String)> {
    let mut shortest = requested.clone();
    for limit in TEXT_BYTES {
        shortest = shortened(requested, limit);
        if fits(&shortest) {
            return Ok(shortest);
        }
    }
    let steps = shortest.steps.len();
    Err((Box::new(shortest), format!("its request, with {steps} steps, does not fit a line of the record")))
}

fn fits(requested: &RunRequested) -> bool {
    let Ok(data) = data_of(&Event::RunRequested(requested.clone())) else { return false };
    let mut line = String::new();
    write_inline(&mut line, &data);
    line.len() <= LINE_WRITTEN_MAX - FRAME_BYTES
}

fn shortened(requested: &RunRequested, limit: usize) -> RunRequested {
    let mut shorter = requested.clone();
    for step in &mut shorter.steps {
        for text in [&mut step.title, &mut step.command].into_iter().chain(&mut step.irreversible) {
            cut(text, limit);
        }
    }
    shorter
}

/// Cuts between two characters and says how much is missing.
fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        let kept = text.floor_char_boundary(limit);
        let left_out = text.len() - kept;
        text.truncate(kept);
        text.extend([" … (", &left_out.to_string(), " bytes left out)"]);
    }
}
