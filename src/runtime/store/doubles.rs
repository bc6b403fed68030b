//! Lines that stand twice, gone before the next append: a merge left them, and strict TOML readers refuse them.
//!
//! Nothing is lost: the first of each stays, byte for byte. Where the file cannot be written anew it is appended to as it is.
//! Not here: the rest of tidying, which is done on request (`repair/tidy.rs`).

use super::append::Writer;
use super::disk::{Handle, Target};
use super::fault::StoreFault;
use super::record::{Lookup, Recheck};
use super::request::Fold;
use super::whole_file::put;
use crate::session::scan::Cause;
use crate::session::tidy::{Tidied, Tidying, tidy};

impl<F: Fold> Writer<F> {
    /// Under the lock: the record without doubles, opened anew; or as it was, if there are none.
    pub(super) fn without_doubles(
        &mut self,
        mut handle: Box<dyn Handle>,
    ) -> Result<Box<dyn Handle>, StoreFault> {
        let double = self.record.scanner.findings().iter().any(|found| matches!(found.cause, Cause::Double));
        if !double || self.write_without_doubles(&mut *handle).is_none() {
            return Ok(handle);
        }
        let mut handle = self.disk.open_append()?;
        // The same lines, known already: whoever folds them hears nothing new.
        drop(self.record.catch_up(&mut *handle, &self.path, Recheck::Whole, Lookup::Locked)?);
        self.reloads += 1;
        Ok(handle)
    }

    /// None: it stays as it is.
    fn write_without_doubles(&self, handle: &mut dyn Handle) -> Option<()> {
        let bytes = handle.read_from(0).ok()?;
        let tidied = tidy(&bytes, Tidying::Doubles).ok().filter(Tidied::changed)?;
        let folder = self.disk.folder().ok()?;
        put(&*folder, self.clock.name(), self.paths().file_name(), &tidied.bytes, Target::Any).ok()
    }
}
