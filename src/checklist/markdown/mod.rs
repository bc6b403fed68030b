//! A team's own Markdown, read as a checklist: bytes to text, text to tree, tree to tasks, fences and outline.
//!
//! One way through: `source` → `tree` → `tasks`, `fences`, `tables`, `outline` → `entries` with `identity` → `document`, then `sections`
//! (what they mean) and `offers` (what their text suggests) → `build`; `accounts` says what became of each line, `twin` writes it. Every
//! range leads back to bytes of the file, and the file is never written. Reading starts nothing and opens nothing: what looks like a
//! command is an offer.
//! Rooms that know text and no tree: `angle`, `containers`, `curl`, `expected`, `inline`, `letters`, `logs`, `placeholders`, `secrets`, `shell`, `versions`, `words`.
//! Not here: files and digests (`runtime`), the TOML reader (`checklist/read/`), trust (`checklist/trust.rs`). Start at `source.rs`.

pub mod accounts;
pub mod angle;
pub mod build;
pub mod containers;
pub mod curl;
pub mod document;
pub mod entries;
pub mod expected;
pub mod fences;
pub mod identity;
pub mod inline;
pub mod letters;
pub mod logs;
pub mod offers;
pub mod outline;
pub mod placeholders;
pub mod secrets;
pub mod sections;
pub mod shell;
pub mod source;
pub mod tables;
pub mod tasks;
pub mod tree;
pub mod twin;
pub mod versions;
pub mod words;
