//! What a checklist means: names, needs, assertions, templates, commands, windows. Works on the model alone, before
//! `for_each` is expanded, and reports places.

mod all;

pub use all::validate;
