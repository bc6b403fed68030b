//! Names of the things in a checklist, each its own type, so that a phase can never be taken for an item.
//!
//! Not here: ids of events (`session/ulid.rs`). All of them are spelled as in the file, and shown as they are spelled.

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            /// Takes the name as it is spelled.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }
            /// The name as it is spelled.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(/** A phase. */ PhaseId);
name!(/** A section of a phase. */ SectionId);
name!(/** An item; unique in the whole checklist, plans included. */ ItemId);
name!(/** An action: deploy, rollback or another named sequence of commands. */ ActionId);
name!(/** A step of an action; unique in its action. */ StepId);
name!(/** A role that signs off or owns items. */ RoleId);
name!(/** A monitoring window. */ WindowId);
name!(/** A plan: a list that is never part of the forward sequence. */ PlanId);
name!(/** An environment: stage, production … */ EnvironmentName);
name!(/** A variable, asked once and used everywhere. */ VariableName);
name!(/** A secret, known by name only. */ SecretName);
