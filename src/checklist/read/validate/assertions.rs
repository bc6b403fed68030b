//! Checks: that each asserts something, and that every word of an assertion means something.

use super::on_words;
use super::walk::{CheckSpot, checks};
use crate::checklist::assertion::{Comparison, Quantity, Scalar, StatusMatch, WordTable, Words};
use crate::checklist::check::{Check, CommandCheck, ContainersCheck, HttpCheck, TcpCheck};
use crate::checklist::model::Checklist;
use crate::checklist::named::Named;
use crate::checklist::place::Place;
use crate::checklist::read::problem::Problem;

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The largest compiled regular expression, in bytes: a checklist comes from elsewhere.
const REGEX_MAX_BYTES: usize = 1 << 20;

/// Everything about checks.
pub(super) fn check(checklist: &Checklist) -> Vec<Problem> {
    let mut problems = Vec::new();
    for spot in checks(checklist) {
        problems.extend(match spot.check {
            Check::Http(check) => http(&spot, check),
            Check::Tcp(check) => tcp(&spot.place, check),
            Check::Command(check) => command(&spot.place, check),
            Check::Containers(check) => containers(&spot, check),
        });
    }
    problems
}

fn http(spot: &CheckSpot<'_>, check: &HttpCheck) -> Vec<Problem> {
    let place = &spot.place;
    let mut problems = Vec::new();
    let asserts = check.status.is_some()
        || check.latency.is_some()
        || check.body.is_some()
        || !check.json.is_empty()
        || !check.header.is_empty();
    if !asserts && !spot.sampled {
        problems.push(
            Problem::error(place, "an http check that asserts nothing")
                .label("passes whatever the answer is")
                .help("say what the answer must be, such as status = 200; no kind has hidden assertions"),
        );
    }
    let url = check.url.as_written();
    if !(url.starts_with("http://") || url.starts_with("https://") || url.starts_with('{')) {
        problems.push(
            Problem::error(&place.key("url"), "an address starts with http:// or https://").label("here"),
        );
    }
    if let Some(method) = &check.method
        && !METHODS.contains(&method.as_str())
    {
        problems.push(Problem::unknown(&place.key("method"), "method", method, METHODS));
    }
    let in_range = |status: &u16| (100..600).contains(status);
    let good = match &check.status {
        None => true,
        Some(StatusMatch::One(status)) => in_range(status),
        Some(StatusMatch::Several(list)) => !list.is_empty() && list.iter().all(in_range),
        Some(StatusMatch::Class(class)) => ["1xx", "2xx", "3xx", "4xx", "5xx"].contains(&class.as_str()),
    };
    if !good {
        problems.push(
            Problem::error(&place.key("status"), "not a status").label("expected 200, [200, 204] or \"2xx\""),
        );
    }
    problems.extend(time(&place.key("latency"), check.latency.as_ref()));
    problems.extend(check.body.iter().flat_map(|body| words(&place.key("body"), body)));
    problems.extend(pointers(&place.key("json"), &check.json));
    problems.extend(
        check.header.iter().flat_map(|(name, of)| words(&place.key("header").key(name.as_str()), of)),
    );
    problems
}

fn tcp(place: &Place, check: &TcpCheck) -> Vec<Problem> {
    let mut problems = Vec::new();
    let target = check.target.as_written();
    let port = target.rsplit_once(':').map(|(host, port)| (!host.is_empty(), port));
    let good = target.contains('{')
        || port.is_some_and(|(host, port)| host && port.parse::<u16>().is_ok_and(|port| port > 0));
    if !good {
        problems.push(
            Problem::error(&place.key("target"), format!("`{target}` is no target"))
                .label("expected host:port"),
        );
    }
    problems.extend(time(&place.key("latency"), check.latency.as_ref()));
    problems.extend(check.expect.iter().flat_map(|expect| words(&place.key("expect"), expect)));
    problems
}

fn command(place: &Place, check: &CommandCheck) -> Vec<Problem> {
    let mut problems = Vec::new();
    match (check.run.is_empty(), &check.script) {
        (true, None) => problems
            .push(Problem::error(place, "a command without `run` or `script`").label("nothing to run")),
        (false, Some(_)) => {
            problems.push(
                Problem::error(&place.key("script"), "both `run` and `script`").at_key().label("one of them"),
            );
        }
        (true, Some(_)) | (false, None) => {}
    }
    problems.extend(on_words::check(&place.key("on"), check.on.as_deref()));
    problems.extend(time(&place.key("duration"), check.duration.as_ref()));
    problems.extend(check.stdout.iter().flat_map(|of| words(&place.key("stdout"), of)));
    problems.extend(check.stderr.iter().flat_map(|of| words(&place.key("stderr"), of)));
    problems.extend(pointers(&place.key("json"), &check.json));
    problems
}

fn containers(spot: &CheckSpot<'_>, check: &ContainersCheck) -> Vec<Problem> {
    let place = &spot.place;
    let mut problems = Vec::new();
    let asserts = check.each.is_some()
        || check.restarts.is_some()
        || check.oom.is_some()
        || check.version.is_some()
        || check.replicas.is_some()
        || !check.order.is_empty();
    if !asserts && !spot.sampled {
        problems.push(
            Problem::error(place, "a containers check that asserts nothing")
                .label("passes whatever the containers do")
                .help("say what must hold: each = \"healthy\", restarts = \"== 0\", oom, version, replicas or order"),
        );
    }
    problems.extend(number(&place.key("restarts"), check.restarts.as_ref()));
    problems.extend(number(&place.key("replicas"), check.replicas.as_ref()));
    problems
}

/// A comparison that must be with a length of time.
fn time(place: &Place, comparison: Option<&Comparison>) -> Option<Problem> {
    let comparison = comparison?;
    (!matches!(comparison.value, Quantity::Period(_))).then(|| {
        Problem::error(place, format!("`{comparison}` has no unit of time"))
            .label("expected a length of time")
            .help("write it with its unit, such as \"< 200ms\" or \"< 2s\"")
    })
}

/// A comparison that must be with a bare number.
fn number(place: &Place, comparison: Option<&Comparison>) -> Option<Problem> {
    let comparison = comparison?;
    (!matches!(comparison.value, Quantity::Number(_))).then(|| {
        Problem::error(place, format!("`{comparison}` is no count")).label("expected a number without a unit")
    })
}

fn pointers(place: &Place, json: &Named<String, Words>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, of) in json.iter() {
        let place = place.key(path.as_str());
        problems.extend(pointer(&place, path).map(Problem::at_key));
        problems.extend(words(&place, of));
    }
    problems
}

/// A JSON pointer (RFC 6901): empty, or parts that begin with `/`; `~` only as `~0` or `~1`.
pub(super) fn pointer(place: &Place, path: &str) -> Option<Problem> {
    let tilde = path.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    (!((path.is_empty() || path.starts_with('/')) && tilde)).then(|| {
        Problem::error(place, format!("`{path}` is no JSON pointer"))
            .label("starts with `/`, such as \"/status/0\"")
    })
}

/// A regular expression that compiles. Errors carry the engine's own words.
pub(super) fn regex(place: &Place, pattern: &str) -> Result<regex::Regex, Box<Problem>> {
    regex::RegexBuilder::new(pattern).size_limit(REGEX_MAX_BYTES).build().map_err(|error| {
        let text = error.to_string();
        let why = text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
        Box::new(Problem::error(place, format!("not a regular expression: {why}")).label("does not compile"))
    })
}

fn words(place: &Place, of: &Words) -> Vec<Problem> {
    match of {
        Words::Equals(Scalar::Number(number)) if !number.is_finite() => {
            vec![Problem::error(place, "nothing is equal to this number").label("not a number")]
        }
        Words::Equals(_) => Vec::new(),
        Words::All(table) => table_words(place, table),
    }
}

fn table_words(place: &Place, table: &WordTable) -> Vec<Problem> {
    if *table == WordTable::default() {
        let problem = Problem::error(place, "an empty assertion").label("no word in it");
        return vec![problem.help("such as { contains = \"ok\" }, { matches = '…' } or { is = \">= 3\" }")];
    }
    let mut problems = Vec::new();
    if let Some(pattern) = &table.matches {
        problems.extend(regex(&place.key("matches"), pattern).err().map(|problem| *problem));
    }
    if let Some(not) = &table.not {
        problems.extend(table_words(&place.key("not"), not));
    }
    problems
}
