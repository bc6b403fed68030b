//! Values that a person gives after the start: of variables that were left empty, or may change when they are needed.
//!
//! Not here: which values an action needs (`rules/needed.rs`), what a value may hold (`checklist/values.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::refusal::Refusal;
use super::storage::Append;
use crate::checklist::id::VariableName;
use crate::checklist::values::check_value;
use crate::rules::guard::Guard;
use crate::session::event::{Event, ValueGiven};
use crate::session::recorded::Author;

impl Engine {
    pub(super) fn give_value(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        name: &VariableName,
        value: String,
    ) -> Result<Vec<Effect>, Refusal> {
        let Some(variable) = self.checklist.variables.get(name) else {
            return Err(Refusal::usage(format!("this checklist has no variable `{name}`")));
        };
        let given = self.session.values.get(name.as_str());
        if given.is_some() && variable.when_needed != Some(true) {
            return Err(Refusal::gate(format!(
                "{name} was fixed when the release began: a new release takes another value"
            )));
        }
        check_value(name.as_str(), variable, &value).map_err(Refusal::usage)?;
        if given == Some(&value) {
            return Ok(Vec::new());
        }
        if self.recordable().is_err() {
            // A rollback may need it: known here, and lost with this cockpit.
            self.notice(
                at,
                super::input::NoticeLevel::Warning,
                format!("{name} is known to this screen only: the record cannot be written"),
            );
            self.session.values.insert(name.to_string(), value);
            return Ok(Vec::new());
        }
        let event = Event::ValueGiven(ValueGiven { name: name.to_string(), value });
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }
}
