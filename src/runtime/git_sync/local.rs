//! The copy on this machine: read as it lies there, added to through the store, under its lock and with its flush.
//!
//! Not here: what is added (`exchange.rs`).

use std::collections::VecDeque;

use super::exchange::LocalCopy;
use crate::runtime::store::{Answer, Fold, Request, Writer};

impl<F: Fold> LocalCopy for Writer<F> {
    fn read(&mut self) -> Result<Vec<u8>, String> {
        self.read_at_rest().map_err(|fault| fault.to_string())
    }

    fn take_over(&mut self, lines: Vec<String>) -> Result<(), String> {
        let request = Request { verbatim: lines, ..Request::plain(0, Vec::new()) };
        let mut queue = VecDeque::from([request]);
        for answer in self.append(&mut queue) {
            match answer {
                Answer::Stored { .. } => return Ok(()),
                Answer::Failed { error, .. } => return Err(error),
                Answer::Refused { reason, .. } => return Err(reason),
                Answer::Arrived { .. } | Answer::Standing { .. } => {}
            }
        }
        Err("the record did not answer".to_owned())
    }
}
