//! How times, ages and sizes look. Pure: the times are arguments.
//!
//! Ages move in steps, so that an idle screen writes nothing. Reading a clock is the runtime's.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

use super::safe::Safe;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The age of something at `then`, seen at `now`: `now`, `5 s`, `15 s`, `1 m`, `5 m`, `10 m`…, `1h 05m`, `3d`. Moves
/// only at these steps. A time in the future is `now`.
pub fn age(then: DateTime<Utc>, now: DateTime<Utc>) -> Safe {
    let seconds = (now - then).num_seconds();
    match seconds {
        ..5 => Safe::own("now"),
        5..15 => Safe::own("5 s"),
        15..60 => Safe::own("15 s"),
        60..300 => Safe::own("1 m"),
        300..HOUR => text(format!("{} m", seconds / MINUTE / 5 * 5)),
        HOUR..DAY => text(format!("{}h {:02}m", seconds / HOUR, seconds % HOUR / MINUTE / 5 * 5)),
        DAY.. => text(format!("{}d", seconds / DAY)),
    }
}

/// When [`age`] will next look different, counted from `then`; for the timer that redraws an idle screen.
pub fn age_changes_after(then: DateTime<Utc>, now: DateTime<Utc>) -> TimeDelta {
    let seconds = (now - then).num_seconds();
    let next = match seconds {
        ..5 => 5,
        5..15 => 15,
        15..60 => MINUTE,
        60..DAY => (seconds / 300 + 1) * 300,
        DAY.. => (seconds / DAY + 1) * DAY,
    };
    TimeDelta::seconds(next)
}

/// A running clock: `03:16`, from an hour on `1:03:16`, from a day on `2d 03:16`. Negative is `00:00`.
pub fn elapsed(time: TimeDelta) -> Safe {
    let seconds = time.num_seconds().max(0);
    let (minutes, rest) = (seconds / MINUTE, seconds % MINUTE);
    if seconds < HOUR {
        return text(format!("{minutes:02}:{rest:02}"));
    }
    if seconds < DAY {
        return text(format!("{}:{:02}:{rest:02}", seconds / HOUR, minutes % 60));
    }
    text(format!("{}d {:02}:{:02}", seconds / DAY, seconds % DAY / HOUR, minutes % 60))
}

/// A length in a sentence: `340 ms`, `2.9 s`, `40 s`, `6 min 40 s`, `2 h 05 min`, `3 d 04 h`.
pub fn length(time: TimeDelta) -> Safe {
    let millis = time.num_milliseconds().max(0);
    let seconds = millis / 1000;
    text(match seconds {
        0 => format!("{millis} ms"),
        1..10 => {
            let tenths = millis / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        10..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR if seconds % MINUTE == 0 => format!("{} min", seconds / MINUTE),
        MINUTE..HOUR => format!("{} min {:02} s", seconds / MINUTE, seconds % MINUTE),
        HOUR..DAY if seconds % HOUR < MINUTE => format!("{} h", seconds / HOUR),
        HOUR..DAY => format!("{} h {:02} min", seconds / HOUR, seconds % HOUR / MINUTE),
        _ => format!("{} d {:02} h", seconds / DAY, seconds % DAY / HOUR),
    })
}

/// Time of day in the zone of `at`: `14:06`.
pub fn minute_of_day<Z: TimeZone>(at: &DateTime<Z>) -> Safe
where
    Z::Offset: std::fmt::Display,
{
    text(at.format("%H:%M").to_string())
}

/// Time of day in the zone of `at`: `14:06:58`.
pub fn second_of_day<Z: TimeZone>(at: &DateTime<Z>) -> Safe
where
    Z::Offset: std::fmt::Display,
{
    text(at.format("%H:%M:%S").to_string())
}

/// Time of day in the zone of `at`: `14:06:55.118`, for log lines.
pub fn milli_of_day<Z: TimeZone>(at: &DateTime<Z>) -> Safe
where
    Z::Offset: std::fmt::Display,
{
    text(at.format("%H:%M:%S%.3f").to_string())
}

/// Day and time in the zone of `at`, with the zone: `2026-03-12 14:06:58 +01:00`, `… Z` for UTC.
pub fn day_and_time<Z: TimeZone>(at: &DateTime<Z>) -> Safe
where
    Z::Offset: std::fmt::Display,
{
    let zone = at.format("%:z").to_string();
    let zone = if zone == "+00:00" { "Z" } else { &zone };
    text(format!("{} {zone}", at.format("%Y-%m-%d %H:%M:%S")))
}

/// A size: `0 B`, `812 B`, `1.4 KiB`, `23 MiB`.
pub fn bytes(count: u64) -> Safe {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if count < 1024 {
        return text(format!("{count} B"));
    }
    let mut shift = 10;
    let mut unit = "KiB";
    for bigger in UNITS.iter().skip(1) {
        if count >> shift < 1024 {
            break;
        }
        shift += 10;
        unit = bigger;
    }
    let whole = count >> shift;
    let tenth = ((count >> (shift - 10)) & 1023) * 10 / 1024;
    text(if whole < 10 { format!("{whole}.{tenth} {unit}") } else { format!("{whole} {unit}") })
}

/// Numbers and our own units only.
fn text(shown: String) -> Safe {
    Safe::proved(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aged(seconds: i64) -> String {
        let then = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let now = then + TimeDelta::seconds(seconds);
        assert!(seconds < 0 || age_changes_after(then, now) > TimeDelta::seconds(seconds));
        age(then, now).to_string()
    }

    #[test]
    fn ages_move_in_steps() {
        let steps =
            [(-3, "now"), (4, "now"), (5, "5 s"), (14, "5 s"), (15, "15 s"), (60, "1 m"), (299, "1 m")];
        let more = [(300, "5 m"), (3599, "55 m"), (3600, "1h 00m"), (7504, "2h 05m"), (86_400 * 9, "9d")];
        for (seconds, shown) in steps.into_iter().chain(more) {
            assert_eq!(aged(seconds), shown, "{seconds}");
        }
    }

    #[test]
    fn an_age_changes_exactly_when_it_says() {
        let then = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        for seconds in (0..2 * DAY).step_by(7) {
            let now = then + TimeDelta::seconds(seconds);
            let change = then + age_changes_after(then, now);
            assert_eq!(age(then, change - TimeDelta::seconds(1)), age(then, now), "{seconds}");
            assert_ne!(age(then, change), age(then, now), "{seconds}");
        }
    }

    #[test]
    fn clocks_and_lengths_read_as_on_the_screen() {
        assert_eq!(elapsed(TimeDelta::seconds(196)), "03:16");
        assert_eq!(elapsed(TimeDelta::seconds(3796)), "1:03:16");
        assert_eq!(elapsed(TimeDelta::seconds(-1)), "00:00");
        assert_eq!(length(TimeDelta::milliseconds(340)), "340 ms");
        assert_eq!(length(TimeDelta::milliseconds(2950)), "2.9 s");
        assert_eq!(length(TimeDelta::seconds(400)), "6 min 40 s");
        assert_eq!(length(TimeDelta::hours(24)), "1 d 00 h");
    }

    #[test]
    fn sizes_have_one_digit_after_the_point_only_when_small() {
        let sizes =
            [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1434, "1.4 KiB"), (24 << 20, "24 MiB")];
        for (count, shown) in sizes.into_iter().chain([(u64::MAX, "15 EiB")]) {
            assert_eq!(bytes(count), shown);
        }
    }

    #[test]
    fn a_time_names_its_zone() {
        let at = DateTime::from_timestamp(1_800_000_000, 118_000_000).expect("a time");
        assert_eq!(day_and_time(&at), "2027-01-15 08:00:00 Z");
        assert_eq!(milli_of_day(&at), "08:00:00.118");
        assert_eq!(minute_of_day(&at), "08:00");
    }
}
