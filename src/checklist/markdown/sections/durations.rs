//! Lengths of time in sentences: "first 24 hours", "within 1 week", "soak for 30 min", and what the words before them make of them.
//!
//! Knows text, not documents. Seconds are no length to watch for and are left out. Not here: which of them is a window
//! (`watching.rs`).

use crate::checklist::period::Period;

/// What the words around a length of time say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// "first", "next": from the deploy on.
    First,
    /// "for", "over", "soak": so long.
    Lasting,
    /// "within", "by", "before", "until": a deadline.
    Deadline,
    /// "1 day before", "2 hours prior".
    Before,
    /// "estimated", "up to", "every", "after": something else.
    Other,
    /// Nothing.
    Bare,
}

/// A length of time as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// How long.
    pub length: Period,
    /// What the words around it say.
    pub lead: Lead,
    /// Does the text begin with it?
    pub starts: bool,
}

/// A minute, in milliseconds.
const MINUTE_MS: u64 = 60_000;
/// No window is longer: a year, in minutes. What is longer is no time of a release.
const LONGEST_MIN: u64 = 366 * 24 * 60;
/// So many words before a length are looked at: "for at least the first" is the longest lead in use.
const LEAD_WORDS: usize = 4;
/// Lengths in one sentence; more is a table of times and no sentence.
const MOST: usize = 8;

/// Units in minutes, and their words in eleven languages.
const UNITS: [(u64, &str); 5] = [
    (
        1,
        "m|min|mins|minute|minutes|minuten|minuto|minutos|minuti|minuut|minuta|minuty|minut|мин|минут|минуты|минуту|分钟|分間|分",
    ),
    (
        60,
        "h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|hora|horas|ora|ore|uur|uren|godzina|godzinę|godziny|godzin|ч|час|часа|часов|小时|小時|時間",
    ),
    (
        1_440,
        "d|day|days|tag|tage|tagen|jour|jours|día|días|dia|dias|giorno|giorni|dag|dagen|dzień|dni|день|дня|дней|天|日間",
    ),
    (
        10_080,
        "w|wk|week|weeks|woche|wochen|semaine|semaines|semana|semanas|settimana|settimane|weken|tydzień|tygodnie|неделя|неделю|недели|недель|周|週間",
    ),
    (
        43_200,
        "month|months|monat|monate|monaten|mois|mes|meses|mês|mese|mesi|maand|maanden|miesiąc|miesiące|месяц|месяца|个月|ヶ月",
    ),
];
const FIRST: &str = "first|next|following|initial|erste|ersten|nächsten|première|premières|premiers|premier|primera|primeras|primeros|primeira|primeiras|primeiros|prime|primi|prima|primo|eerste|pierwsza|pierwsze|pierwszych|первые|первых|первый|первая|前|最初の|最初";
const LASTING: &str =
    "for|over|soak|soaking|soaks|für|pendant|durant|durante|gedurende|przez|течение|bake|baking";
const DEADLINE: &str =
    "within|by|before|until|innerhalb|binnen|bis|vor|avant|dentro|antes|entro|voor|przed|ciągu|до";
const OTHER: &str = "up|every|each|per|after|estimated|est|estimate|takes|take|timeout|in|alle|jede|toutes|chaque|cada|ogni|elke|co|каждые|last|older|than|ago|wait|sleep";
/// Between the lead and the number.
const SKIPPED: &str = "the|at|least|about|around|approximately|approx|another|a|an|to|of|mindestens|die|den|der|ca|les|las|los|le|de|da|as|os|az";
const BEHIND: &str = "before|prior|ahead|vorher|davor|antes|prima|avant|wcześniej|前";
const NUMBERS: [(&str, u64); 10] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("eight", 8),
    ("ten", 10),
    ("twelve", 12),
    ("half", 0),
];

#[derive(Clone, Copy, Debug)]
enum Token<'t> {
    Number(u64),
    Word(&'t str),
    /// `-`, an en dash, `/`.
    Joint,
    /// Anything else that ends a thought.
    Other,
}

/// A length as people say it: up to three days in hours.
pub fn spoken(length: Period) -> String {
    const HOUR_MS: u64 = 60 * MINUTE_MS;
    const IN_HOURS: u64 = 72;
    let hours = length.as_ms() / HOUR_MS;
    let whole = hours > 0 && length.as_ms().is_multiple_of(HOUR_MS);
    if whole && hours <= IN_HOURS { format!("{hours}h") } else { length.to_string() }
}

/// The lengths of time in a text, in order.
pub fn durations(text: &str) -> Vec<Spoken> {
    let lower = text.to_lowercase();
    if !may_hold(&lower) {
        return Vec::new();
    }
    let tokens = tokens(&lower);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if found.len() >= MOST {
            break;
        }
        let Some((minutes, from, to)) = length_at(&tokens, at) else { continue };
        if (1..=LONGEST_MIN).contains(&minutes) {
            let lead = lead(&tokens, from, to);
            found.push(Spoken { length: Period::from_ms(minutes * MINUTE_MS), lead, starts: from == 0 });
        }
    }
    found
}

/// Is there a digit, or a word that counts? Most sentences have neither.
fn may_hold(lower: &str) -> bool {
    lower.bytes().any(|byte| byte.is_ascii_digit())
        || [
            "first", "one ", "two ", "three ", "ten ", "twelve ", "next ", "erste", "premi", "prim",
            "eerste", "перв",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

fn tokens(lower: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = lower.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = lower.get(at..).unwrap_or_default();
        let end = |fits: fn(char) -> bool| rest.find(|letter| !fits(letter)).unwrap_or(rest.len());
        if letter.is_ascii_digit() {
            let len = end(|letter| letter.is_ascii_digit() || letter == '.');
            let number = rest.get(..len).unwrap_or_default().trim_end_matches('.');
            // A fraction or a version is no length that anybody watches for.
            tokens.push(number.parse().map_or(Token::Other, Token::Number));
            at += number.len();
        } else if letter.is_alphabetic() {
            let len = end(char::is_alphabetic);
            tokens.extend(rest.get(..len).map(Token::Word));
            at += len;
        } else {
            if matches!(letter, '-' | '\u{2010}' | '\u{2011}' | '–' | '/') {
                tokens.push(Token::Joint);
            } else if !letter.is_whitespace() && !matches!(letter, '(' | '*' | '_' | '~' | '+' | '≥' | '"')
            {
                tokens.push(Token::Other);
            }
            at += letter.len_utf8();
        }
    }
    tokens
}

/// The length whose unit stands at `at`: minutes, its first token and its last.
fn length_at(tokens: &[Token<'_>], at: usize) -> Option<(u64, usize, usize)> {
    let Token::Word(word) = tokens.get(at)? else { return None };
    let unit = unit(word)?;
    let mut before = at;
    loop {
        before = before.checked_sub(1)?;
        match tokens.get(before)? {
            Token::Joint => {}
            Token::Number(number) => return Some((number.checked_mul(unit)?, before, at)),
            Token::Word(said) => {
                let number = NUMBERS.iter().find(|(word, number)| word == said && *number > 0);
                if let Some((_, number)) = number {
                    return Some((number * unit, before, at));
                }
                // "the first hour": one of them. A letter alone is no unit here.
                let one = among(FIRST, said) && word.chars().count() > 1;
                return one.then_some((unit, before + 1, at));
            }
            Token::Other => return None,
        }
    }
}

fn unit(word: &str) -> Option<u64> {
    UNITS.iter().find(|(_, words)| among(words, word)).map(|(minutes, _)| *minutes)
}

/// Whether a word is one of the list; in scripts without spaces, whether it begins or ends with one.
fn among(words: &str, word: &str) -> bool {
    let joined = word.chars().any(|letter| letter >= '\u{3040}');
    words.split('|').any(|known| {
        word == known || (joined && !known.is_ascii() && (word.starts_with(known) || word.ends_with(known)))
    })
}

fn lead(tokens: &[Token<'_>], from: usize, to: usize) -> Lead {
    if let Some(Token::Word(word)) = tokens.get(to + 1)
        && among(BEHIND, word)
    {
        return Lead::Before;
    }
    let before = tokens.get(..from).unwrap_or_default();
    if before
        .iter()
        .any(|token| matches!(token, Token::Word(word) if matches!(*word, "estimated" | "est" | "estimate")))
    {
        return Lead::Other;
    }
    for token in before.iter().rev().take(LEAD_WORDS) {
        match token {
            Token::Word(word) if among(FIRST, word) => return Lead::First,
            Token::Word(word) if among(LASTING, word) => return Lead::Lasting,
            Token::Word(word) if among(DEADLINE, word) => return Lead::Deadline,
            Token::Word(word) if among(SKIPPED, word) => {}
            // A range: what leads its first number leads it all.
            Token::Joint | Token::Number(_) => {}
            Token::Word(word) if !among(OTHER, word) => return Lead::Bare,
            Token::Word(_) | Token::Other => return Lead::Other,
        }
    }
    Lead::Bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(String, Lead)> {
        durations(text).into_iter().map(|said| (said.length.to_string(), said.lead)).collect()
    }

    #[test]
    fn lengths_are_read_with_what_leads_them() {
        for (text, length, lead) in [
            ("Monitor for 24 hours post-deployment", "1d", Lead::Lasting),
            ("Post-Release (24 hours)", "1d", Lead::Bare),
            ("Short-term Monitoring (first hour)", "1h", Lead::First),
            ("first 5 minutes", "5m", Lead::First),
            ("24-hour soak", "1d", Lead::Bare),
            ("Soak 30min", "30m", Lead::Lasting),
            ("Within 24 Hours", "1d", Lead::Deadline),
            ("1 day before", "1d", Lead::Before),
            ("Estimated effort: 2 days", "2d", Lead::Other),
            ("up to 6 min", "6m", Lead::Other),
            ("every 5 minutes", "5m", Lead::Other),
            ("for at least the first 2 days", "2d", Lead::First),
            ("for 1-2 hours", "2h", Lead::Lasting),
            ("over one week", "7d", Lead::Lasting),
            ("in den ersten 24 Stunden", "1d", Lead::First),
            ("pendant 2 heures", "2h", Lead::Lasting),
            ("上线后前24小时", "1d", Lead::First),
            ("最初の1時間", "1h", Lead::First),
        ] {
            assert_eq!(said(text), [(length.to_owned(), lead)], "{text}");
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_none() {
        for text in [
            "39s build time",
            "min 32 chars",
            "4 GB RAM",
            "1.5 hours",
            "first things first",
            "v0.0.1 day",
            "",
            "1000 days",
        ] {
            assert_eq!(said(text), [], "{text}");
        }
    }
}
