//! `gonogo window open|extend|close|acknowledge`: what a person wants of a window, as on the screen.
//!
//! Not here: watching one (`watch.rs`), rolling back (`act.rs`).

use super::Doors;
use super::app_error::AppError;
use super::arguments::WindowWish;
use super::errand::{UntilStored, run};
use super::exit_code::Code;
use super::items::{one, tell_new};
use crate::checklist::period::Period;
use crate::engine::command::Command;
use crate::engine::presence::Presence;
use crate::safe_format;

/// Does it.
pub fn window(doors: &Doors, wish: WindowWish) -> Result<Code, AppError> {
    match wish {
        WindowWish::Open => open(doors),
        WindowWish::Extend { by, reason, window } => {
            let by = Period::parse(&by)
                .map_err(|why| AppError::usage(safe_format!("`{}` is no length of time: {}", by, why)))?;
            let by_ms = i64::try_from(by.as_ms()).unwrap_or(i64::MAX);
            one(doors, "window", |_engine| Ok(Command::ExtendWindow { window, by_ms, reason }))
        }
        WindowWish::Close { reason, window } => {
            one(doors, "window", |_engine| Ok(Command::CloseWindow { window, reason }))
        }
        WindowWish::Acknowledge { trigger, reason, window } => {
            one(doors, "window", |_engine| Ok(Command::Acknowledge { window, trigger, reason }))
        }
    }
}

fn open(doors: &Doors) -> Result<Code, AppError> {
    let before = std::cell::Cell::new(0);
    let back = run(doors, Presence::Watching, UntilStored, |engine, _at| {
        before.set(engine.session().timeline.len());
        Ok(vec![Command::OpenWindow])
    })?;
    tell_new(doors, "window", &back.engine, before.get());
    Ok(back.signal.map_or(Code::Yes, Code::Signal))
}
