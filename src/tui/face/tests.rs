//! What a person does and sees, through the whole face: keys in, cells out, a real brain behind.

mod conflicts;
mod dialogs;
mod everywhere;
mod flow;
mod hints;
mod offered;
mod pictures;
mod pointing;
mod reading;
mod watching;
