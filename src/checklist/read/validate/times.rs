//! Times in words: `due`, `open` and freezes. Their form only; what they mean is decided when they are used.

use crate::checklist::model::Checklist;
use crate::checklist::period::Period;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The form of a `due`.
pub(super) fn due(place: &Place, text: Option<&str>) -> Option<Problem> {
    let text = text?;
    let rest = text.trim();
    let rest = rest.strip_prefix("release").or_else(|| rest.strip_prefix("deploy"));
    let good = rest.is_some_and(|rest| {
        let rest = rest.trim();
        let period = rest.strip_prefix(['+', '-']).map(str::trim);
        rest.is_empty() || period.is_some_and(|period| Period::parse(period).is_ok())
    });
    (!good).then(|| {
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

/// A date, or a date and time with zone; a date is its midnight in UTC here.
fn moment(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let midnight = date.and_then(|date| date.and_hms_opt(0, 0, 0)).map(|at| at.and_utc());
    midnight.or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))
}
