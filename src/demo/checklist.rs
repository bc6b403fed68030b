//! The checklist of a rehearsal: `release.toml` with this program, its folder, its addresses and its speed filled in.
//!
//! Pure. It is an ordinary checklist: nothing that reads it knows that it is a rehearsal's.

use std::path::Path;
use std::time::Duration;

use super::rehearsal::Rehearsal;
use super::world::process::{Addresses, DOCKER};

/// The template; `@NAME@` is filled in, `~30s` is divided by the speed, `~2m|20s` too, but never below 20 s: a window has
/// to hold as many samples as its objectives ask for, and samples are taken no faster than a busy machine answers.
const TEMPLATE: &str = include_str!("release.toml");
/// The shortest length of time where the template names none: what nothing is looked at more often than.
const SHORTEST: Duration = Duration::from_millis(50);

/// The checklist as TOML. Errors: a service whose address is not known.
pub fn checklist(
    program: &Path,
    folder: &Path,
    addresses: &Addresses,
    rehearsal: Rehearsal,
) -> Result<String, String> {
    let quoted = |text: String| toml::Value::String(text).to_string();
    let mut text = TEMPLATE
        .replace("@GONOGO@", &quoted(program.to_string_lossy().into_owned()))
        .replace("@DOCKER@", &quoted(format!("unix://{}", folder.join(DOCKER).display())));
    for (name, environment, service, before) in [
        ("@STAGE_WEB@", "stage", "web", "http://"),
        ("@STAGE_DB@", "stage", "db", ""),
        ("@PRODUCTION_WEB@", "production", "web", "http://"),
        ("@PRODUCTION_DB@", "production", "db", ""),
    ] {
        let at = addresses.0.get(environment).and_then(|services| services.get(service));
        let at = at.ok_or_else(|| format!("nobody knows where {service} in {environment} listens"))?;
        text = text.replace(name, &format!("{before}{at}"));
    }
    Ok(at_speed(&text, rehearsal))
}

/// Every `~` before a length of time divides it; a second one behind `|` is the least that is left.
fn at_speed(text: &str, rehearsal: Rehearsal) -> String {
    let mut pieces = text.split('~');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((length, mut after)) = length(piece) else {
            out.push('~');
            out.push_str(piece);
            continue;
        };
        let mut least = SHORTEST;
        if let Some((named, behind)) = after.strip_prefix('|').and_then(self::length) {
            (least, after) = (named, behind);
        }
        let lasts = rehearsal.lasts(length).max(least.min(length));
        out.extend([&lasts.as_millis().to_string(), "ms", after]);
    }
    out
}

/// The length of time a text begins with, and what follows.
fn length(text: &str) -> Option<(Duration, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(digits);
    let letters = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
    let (unit, after) = rest.split_at(letters);
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    Some((Duration::from_millis(number.parse::<u64>().ok()? * ms), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::read::read_toml_with_warnings;
    use crate::demo::rehearsal::{SPEED_MAX, Scenario};

    fn filled(speed: u32) -> String {
        let rehearsal = Rehearsal { seed: 1, speed, scenario: Scenario::Good };
        let at =
            || [("web", 1), ("db", 2)].map(|(name, port)| (name.to_owned(), ([127, 0, 0, 1], port).into()));
        let both = ["stage", "production"].map(|name| (name.to_owned(), at().into_iter().collect()));
        let addresses = Addresses(both.into_iter().collect());
        checklist(Path::new("/opt/go \"no\" go/gonogo"), Path::new("/tmp/x"), &addresses, rehearsal).unwrap()
    }

    #[test]
    fn it_is_a_checklist_without_a_word_at_every_speed() {
        for speed in 1..=SPEED_MAX {
            let text = filled(speed);
            assert!(!text.contains('@') && !text.contains('~') && !text.contains("s|"), "{text}");
            let reading = read_toml_with_warnings("release.toml", &text)
                .unwrap_or_else(|problems| panic!("speed {speed}: {problems:#?}"));
            assert_eq!(reading.warnings, [], "speed {speed}");
        }
    }

    #[test]
    fn it_has_about_twenty_five_items_in_two_environments() {
        let reading = read_toml_with_warnings("release.toml", &filled(1)).unwrap();
        let items = reading.checklist.forward_items();
        assert!((23..=28).contains(&items.len()), "{}", items.len());
        let stage = items.iter().filter(|at| at.environment.is_some_and(|name| name.as_str() == "stage"));
        assert!(stage.count() >= 5);
    }

    #[test]
    fn the_speed_divides_lengths_of_time_down_to_the_shortest() {
        let fast = Rehearsal { seed: 1, speed: 8, scenario: Scenario::Good };
        assert_eq!(
            at_speed("for = \"~2m\", every = \"~200ms\" ~ ~x 3s", fast),
            "for = \"15000ms\", every = \"50ms\" ~ ~x 3s"
        );
    }

    #[test]
    fn what_must_last_so_long_lasts_so_long_and_nothing_gets_longer() {
        let at = |speed| Rehearsal { seed: 1, speed, scenario: Scenario::Good };
        let lasts = |speed| at_speed("\"~2m|20s\" \"~10s|30s\" ~1s|", at(speed));
        assert_eq!(lasts(1), "\"120000ms\" \"10000ms\" 1000ms|");
        assert_eq!(lasts(4), "\"30000ms\" \"10000ms\" 250ms|");
        assert_eq!(lasts(10), "\"20000ms\" \"10000ms\" 100ms|");
    }

    #[test]
    fn an_unknown_address_is_an_error() {
        let rehearsal = Rehearsal { seed: 1, speed: 1, scenario: Scenario::Good };
        let addresses = Addresses::default();
        assert!(checklist(Path::new("/g"), Path::new("/t"), &addresses, rehearsal).is_err());
    }
}
