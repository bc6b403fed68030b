//! What others read: the record as a story, as JSON, as plain status lines.
//!
//! Not here: deciding anything. Everything takes finished state and gives text.

pub mod conflicts;
pub mod containers;
pub mod happened;
pub mod imported;
pub mod rebase;
pub mod status;
pub mod story;
pub mod ticked_copy;
pub mod windows;
pub mod words;
