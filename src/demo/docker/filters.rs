//! Which containers a list's filters let through, and which daemon events an event stream's do.
//!
//! Not here: reading them (`query.rs`).

use super::container::{RunState, SimContainer};
use super::daemon_event::DaemonEvent;
use super::query::Wanted;

/// Filters of lists that are known; another one is refused, as by Docker.
const OF_LISTS: [&str; 7] = ["health", "id", "label", "name", "status", "ancestor", "exited"];

/// Names the first filter that no list knows.
pub(crate) fn unknown(wanted: &Wanted) -> Option<&str> {
    wanted.keys().map(String::as_str).find(|key| !OF_LISTS.contains(key))
}

/// Does a list with these filters show it? Without a status filter only those that run, unless all are asked for.
pub(crate) fn lists(wanted: &Wanted, all: bool, container: &SimContainer) -> bool {
    let runs = matches!(container.state, RunState::Running | RunState::Paused | RunState::Restarting);
    if !all && !runs && !wanted.contains_key("status") && !wanted.contains_key("exited") {
        return false;
    }
    wanted.iter().all(|(key, values)| {
        values.is_empty()
            || match key.as_str() {
                // Every label must be there; of the others one is enough.
                "label" => values.iter().all(|label| has_label(container, label)),
                "health" => {
                    values.contains(container.health.as_ref().map_or("none", |health| health.word.word()))
                }
                "status" => values.contains(container.state.word()),
                "id" => values.iter().any(|id| container.id.starts_with(id.as_str())),
                "name" => values.iter().any(|name| has_name(&container.name, name)),
                "ancestor" => values.iter().any(|image| {
                    container.image == *image || container.image.split(':').next() == Some(image.as_str())
                }),
                "exited" => !runs && values.contains(&container.ending.exit_code.to_string()),
                _ => true,
            }
    })
}

/// Docker's name filter is a pattern; its anchors are what people use of it.
fn has_name(name: &str, wanted: &str) -> bool {
    let bare = wanted.trim_start_matches('^').trim_end_matches('$').trim_start_matches('/');
    match (wanted.starts_with('^'), wanted.ends_with('$')) {
        (true, true) => name == bare,
        (true, false) => name.starts_with(bare),
        (false, true) => name.ends_with(bare),
        (false, false) => name.contains(bare),
    }
}

fn has_label(container: &SimContainer, wanted: &str) -> bool {
    match wanted.split_once('=') {
        Some((key, value)) => container.labels.get(key).is_some_and(|has| has == value),
        None => container.labels.contains_key(wanted),
    }
}

/// Does an event stream with these filters send it?
pub(crate) fn tells(wanted: &Wanted, event: &DaemonEvent) -> bool {
    wanted.iter().all(|(key, values)| {
        values.is_empty()
            || match key.as_str() {
                "type" => values.contains(event.kind),
                // `health_status` lets `health_status: healthy` through, `exec_create` its command line.
                "event" => values.iter().any(|word| {
                    event.action == *word
                        || event.action.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with(": "))
                }),
                "container" => values.iter().any(|name| {
                    event.id.starts_with(name.as_str()) || event.attributes.get("name") == Some(name)
                }),
                "image" => values.iter().any(|image| event.attributes.get("image") == Some(image)),
                "label" => values.iter().all(|label| match label.split_once('=') {
                    Some((key, value)) => event.attributes.get(key).is_some_and(|has| has == value),
                    None => event.attributes.contains_key(label),
                }),
                _ => true,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::docker::container::{HealthWord, NewContainer};
    use crate::demo::docker::fleet::Fleet;
    use crate::demo::docker::query::Query;
    use crate::demo::docker::sim_clock::SimClock;

    fn names(fleet: &Fleet, all: bool, filters: &str) -> Vec<String> {
        let text: String =
            form_urlencoded::Serializer::new(String::new()).append_pair("filters", filters).finish();
        let wanted = Query::read(&text).filters().unwrap();
        let mut names: Vec<_> =
            fleet.containers(|one| lists(&wanted, all, one)).into_iter().map(|one| one.name).collect();
        names.sort();
        names
    }

    #[test]
    fn filters_let_through_what_dockers_do() {
        let fleet = Fleet::new(SimClock::stepped(chrono::DateTime::UNIX_EPOCH));
        for name in ["web-1", "web-2", "db"] {
            let service = name.split('-').next().unwrap();
            let new = NewContainer { healthcheck: name != "db", ..NewContainer::new(name, "shop/web:1.0") };
            fleet.add(new.of_compose("shop", service)).unwrap();
        }
        fleet.start("web-1").unwrap();
        fleet.start("db").unwrap();
        fleet.set_health("web-1", HealthWord::Unhealthy, 1, "").unwrap();
        assert_eq!(names(&fleet, false, "{}"), ["db", "web-1"]);
        assert_eq!(names(&fleet, true, "{}"), ["db", "web-1", "web-2"]);
        assert_eq!(names(&fleet, false, r#"{"status":["created"]}"#), ["web-2"]);
        assert_eq!(names(&fleet, true, r#"{"health":["unhealthy"]}"#), ["web-1"]);
        assert_eq!(names(&fleet, true, r#"{"health":["none"]}"#), ["db"]);
        assert_eq!(names(&fleet, true, r#"{"name":["^/web"]}"#), ["web-1", "web-2"]);
        let both = r#"{"label":["com.docker.compose.project=shop","com.docker.compose.service=db"]}"#;
        assert_eq!(names(&fleet, true, both), ["db"]);
        assert_eq!(names(&fleet, true, r#"{"ancestor":["shop/web"],"name":["db"]}"#), ["db"]);
        assert_eq!(unknown(&Wanted::from([("colour".to_owned(), [].into())])), Some("colour"));
    }
}
