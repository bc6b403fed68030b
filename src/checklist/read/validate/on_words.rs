//! `on`: where a command runs. `local`, `container:SERVICE`; `ssh:HOST` is not run by this version.

use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

/// The form of an `on`, and that this version runs it.
pub(super) fn check(place: &Place, on: Option<&str>) -> Option<Problem> {
    let on = on?;
    if on.starts_with("ssh:") {
        let problem = Problem::error(place, format!("`{on}` is not run by this version")).label("no ssh yet");
        return Some(problem.help("run it locally, or in a container with `container:SERVICE`"));
    }
    let service = on.strip_prefix("container:");
    let good =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if on == "local" || service.is_some_and(good) {
        return None;
    }
    let words = ["local", "container:SERVICE"];
    Some(Problem::unknown(place, "place", on, words).label("expected local or container:SERVICE"))
}
