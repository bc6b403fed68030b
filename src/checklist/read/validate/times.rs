//! Times in words: `due`, `open` and freezes. Their form only; what they mean is decided when they are used.

use crate::checklist::due::{Due, moment};
use crate::checklist::model::Checklist;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The form of a `due`.
pub(super) fn due(place: &Place, text: Option<&str>) -> Option<Problem> {
    let text = text?;
    Due::parse(text).is_none().then(|| {
        Problem::error(&place.key("due"), format!("`{text}` is no time"))
            .label("expected release or deploy, + or -, a length of time")
            .help("write it as \"release - 1d\" or \"deploy + 24h\"")
    })
}

/// Opening times and freezes of environments.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, environment) in checklist.environments.iter() {
        let place = Place::root().key("environments").key(name.as_str());
        if let Some(open) = &environment.open
            && !opening(open)
        {
            let problem = Problem::error(&place.key("open"), format!("`{open}` is no opening time"));
            problems.push(
                problem
                    .label("expected days, hours, a time zone")
                    .help("write it as \"Tue-Thu 09:00-16:00 Europe/Berlin\""),
            );
        }
        for (at, freeze) in environment.freeze.iter().enumerate() {
            let place = place.key("freeze").index(at);
            let mut ends = Vec::new();
            for (key, text) in [("from", &freeze.from), ("to", &freeze.to)] {
                match moment(text) {
                    Some(at) => ends.push(at),
                    None => problems.push(
                        Problem::error(&place.key(key), format!("`{text}` is no date"))
                            .label("expected 2026-12-20, or 2026-12-20T08:00:00+01:00"),
                    ),
                }
            }
            if let [from, to] = ends.as_slice()
                && from > to
            {
                problems.push(
                    Problem::error(&place.key("to"), "the freeze ends before it begins")
                        .label("earlier than `from`"),
                );
            }
        }
    }
    problems
}

/// `Tue-Thu 09:00-16:00 Europe/Berlin`; days may be a list: `Mon,Wed-Fri`.
fn opening(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().collect();
    let [days, hours, zone] = words.as_slice() else { return false };
    let day = |day: &str| DAYS.contains(&day);
    let days =
        days.split(',').all(|part| part.split_once('-').map_or(day(part), |(from, to)| day(from) && day(to)));
    let time = |time: &str| chrono::NaiveTime::parse_from_str(time, "%H:%M").ok();
    let hours = hours.split_once('-').and_then(|(from, to)| Some(time(from)? < time(to)?)).unwrap_or(false);
    let zone_chars = |zone: &str| zone.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
    days && hours && zone_chars(zone) && zone.starts_with(|c: char| c.is_ascii_uppercase())
}
