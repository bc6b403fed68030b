//! What a log belongs to.

use crate::checklist::id::EnvironmentName;

/// What a log belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogSource {
    /// A container's log.
    Container {
        /// In which environment.
        environment: EnvironmentName,
        /// Its id.
        id: String,
    },
    /// A run's output.
    Run {
        /// The run's id.
        run: String,
    },
}
