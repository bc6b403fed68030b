//! Dialogs: what asks a person before something happens, by the safety rules of the screen.
//!
//! `dialog.rs` what a dialog is, `keys.rs` what a key does in any of them, `drawing.rs` how any is drawn, `key_hints.rs` which keys are named; one file per
//! question: what it shows (a `Sheet`) and what its buttons do. The opening key never confirms, Cancel comes first,
//! Enter alone never harms. Not here: which key opens which (`face/`).

mod aside;
mod backward;
mod deploy;
mod dialog;
mod drawing;
mod key_hints;
mod keys;
mod leaving;
mod mend;
mod offered;
mod pages;
mod run_steps;
mod sheet;
mod signoff;
mod trust;
mod value;
mod window;

pub(crate) use aside::{evidence, hold, note, waive};
pub(crate) use backward::{abort, proposed, roll_back, subcommand};
pub(crate) use deploy::deploy;
pub(crate) use dialog::{Dialog, Next, Outcome};
pub(crate) use drawing::{below_badge, draw, has_room};
pub(crate) use key_hints::hints;
pub(crate) use keys::Pressed;
pub(crate) use leaving::leave;
pub(crate) use mend::put_back;
pub(crate) use offered::run_offered;
pub(crate) use pages::{document, environment_page, messages, record};
pub(crate) use run_steps::{settle, step_menu};
pub(crate) use signoff::{sign_off, withdraw};
pub(crate) use trust::trust;
pub(crate) use value::values;
pub(crate) use window::{end_window, hand_over, take_over};
