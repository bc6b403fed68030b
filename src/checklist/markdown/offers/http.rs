//! A request of the text as an HTTP check of a checklist, with what was said about its answer.
//!
//! Places in an address become names of variables; credentials become names of secrets. Not here: reading a `curl` line (`curl.rs`),
//! what a comment asks for (`expected.rs`).

use super::names::variable;
use super::{HttpOffer, ValueKind};
use crate::checklist::assertion::{Comparison, Operator, Quantity, Scalar, StatusMatch, WordTable, Words};
use crate::checklist::check::HttpCheck;
use crate::checklist::markdown::curl::{Curl, HeaderValue, Pipe};
use crate::checklist::markdown::expected::{Expected, Scalar as Said};
use crate::checklist::markdown::letters::{byte, from, places, run, slice};
use crate::checklist::markdown::placeholders::{Place, Strength, name_of, placeholders};
use crate::checklist::markdown::secrets::secrets;
use crate::checklist::period::Period;
use crate::checklist::template::Template;

/// Statuses below 400: what `curl -f` takes for good.
const BELOW_400: [u16; 12] = [200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308];
/// Redirects that are followed: what `curl -L` follows at most is more than any service needs.
const REDIRECTS: u32 = 10;
/// Methods a check can ask with.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The longest wait that is taken over from a line.
const WAIT_MAX_MS: f64 = 3_600_000.0;
/// More of a title nobody reads.
const TITLE_CHARS: usize = 120;

/// A variable of a check: its name, how sure it is, what it takes.
pub(super) type Read = (String, Strength, ValueKind);

/// A check and the variables it reads. Errors: why a line cannot be one.
pub(super) fn check(curl: &Curl, expected: &Expected) -> Result<(HttpOffer, Vec<Read>), String> {
    let mut filling = Filling::default();
    if !METHODS.contains(&curl.method.as_str()) {
        return Err(format!("the method `{}` is not known here", curl.method));
    }
    let url = filling.address(&curl.url)?;
    let mut check = HttpCheck { url, ..HttpCheck::default() };
    check.method = (curl.method != "GET").then(|| curl.method.clone());
    let mut secret_names = Vec::new();
    for (name, value) in &curl.headers {
        let value = match value {
            HeaderValue::Text(text) => filling.text(text)?,
            HeaderValue::Secret { lead, name } => {
                secret_names.push(name.clone());
                Template::new(format!("{}{{secret:{name}}}", doubled(lead)))
            }
        };
        check.headers.insert(name.clone(), value);
    }
    if let Some(user) = &curl.user {
        secret_names.push(user.clone());
        check.headers.insert("Authorization".to_owned(), Template::new(format!("Basic {{secret:{user}}}")));
    }
    check.send = curl.body.as_deref().map(|body| filling.text(body)).transpose()?;
    check.redirects = curl.follow.then_some(REDIRECTS);
    check.insecure = curl.insecure.then_some(true);
    check.timeout = curl.max_time.as_deref().and_then(period);
    check.connect_timeout = curl.connect_timeout.as_deref().and_then(period);
    asserts(&mut check, curl.fail, curl.pipe.as_ref(), expected);
    secret_names.sort_unstable();
    secret_names.dedup();
    let reads = filling.reads.iter().map(|(name, _, _)| name.clone()).collect();
    let offer = HttpOffer {
        title: title(&curl.method, &check),
        check,
        reads,
        secrets: secret_names,
        once: curl.once(),
    };
    Ok((offer, filling.reads))
}

/// A check of a path below the environment's address.
pub(super) fn below_base(path: &str, expected: &Expected) -> (HttpOffer, Vec<Read>) {
    let mut check =
        HttpCheck { url: Template::new(format!("{{base_url}}{}", doubled(path))), ..HttpCheck::default() };
    asserts(&mut check, false, None, expected);
    let offer = HttpOffer {
        title: title("GET", &check),
        check,
        reads: vec!["base_url".to_owned()],
        secrets: Vec::new(),
        once: false,
    };
    (offer, vec![("base_url".to_owned(), Strength::Strong, ValueKind::Url)])
}

fn asserts(check: &mut HttpCheck, fail: bool, pipe: Option<&Pipe>, expected: &Expected) {
    check.status = Some(match expected.status {
        Some(status) => StatusMatch::One(status),
        None if fail => StatusMatch::Several(BELOW_400.to_vec()),
        None => StatusMatch::Class("2xx".to_owned()),
    });
    check.latency = expected
        .below_ms
        .map(|ms| Comparison { operator: Operator::Less, value: Quantity::Period(Period::from_ms(ms)) });
    let contains = |text: &str| WordTable { contains: Some(text.to_owned()), ..WordTable::default() };
    let all = |table: WordTable| Words::All(Box::new(table));
    match pipe {
        Some(Pipe::Json(filter)) => {
            let exists = WordTable { exists: Some(true), ..WordTable::default() };
            check.json.insert(pointer(filter), all(exists));
        }
        Some(Pipe::Contains(text)) if !text.is_empty() => check.body = Some(all(contains(text))),
        Some(Pipe::Lacks(text)) if !text.is_empty() => {
            let not = Some(Box::new(contains(text)));
            check.body = Some(all(WordTable { not, ..WordTable::default() }));
        }
        Some(Pipe::Contains(_) | Pipe::Lacks(_)) | None => {}
    }
    if let (None, Some(text)) = (&check.body, &expected.contains) {
        check.body = Some(all(contains(text)));
    }
    for (pointer, said) in &expected.json {
        if let Some(words) = scalar(said) {
            check.json.insert(pointer.clone(), words);
        }
    }
}

fn scalar(said: &Said) -> Option<Words> {
    Some(Words::Equals(match said {
        Said::Text(text) => Scalar::Text(doubled(text)),
        Said::Truth(truth) => Scalar::Boolean(*truth),
        Said::Number(number) => match number.parse::<i64>() {
            Ok(whole) => Scalar::Integer(whole),
            Err(_) => Scalar::Number(number.parse::<f64>().ok().filter(|number| number.is_finite())?),
        },
        // Nothing to compare with; that it is there says nothing.
        Said::Null => return None,
    }))
}

/// `.a.b` is `/a/b`; any other filter says only that there is JSON.
fn pointer(filter: &str) -> String {
    let plain = filter.starts_with('.')
        && filter.len() > 1
        && filter.split('.').skip(1).all(|part| {
            !part.is_empty()
                && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter))
        });
    if plain { filter.replace('.', "/") } else { String::new() }
}

fn period(seconds: &str) -> Option<Period> {
    let ms = (seconds.parse::<f64>().ok()? * 1000.0).round();
    (1.0..=WAIT_MAX_MS).contains(&ms).then(|| format!("{ms:.0}").parse().ok().map(Period::from_ms)).flatten()
}

/// What is asked and what must come.
fn title(method: &str, check: &HttpCheck) -> String {
    let mut wanted = Vec::new();
    match &check.status {
        Some(StatusMatch::One(status)) => wanted.push(format!("status {status}")),
        Some(StatusMatch::Several(_)) => wanted.push("status below 400".to_owned()),
        Some(StatusMatch::Class(class)) => wanted.push(format!("status {class}")),
        None => {}
    }
    wanted.extend(check.latency.iter().map(|latency| format!("time {latency}")));
    wanted.extend(check.body.iter().map(|_| "its text".to_owned()));
    wanted.extend(
        check.json.names().map(|path| if path.is_empty() { "JSON".to_owned() } else { path.clone() }),
    );
    let whole = format!("{method} {}: {}", check.url.as_written(), wanted.join(", "));
    let mut cut: String = whole.chars().take(TITLE_CHARS).collect();
    if cut.len() < whole.len() {
        cut.push('…');
    }
    cut
}

fn doubled(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Places that become names of variables.
#[derive(Default)]
struct Filling {
    reads: Vec<Read>,
}

impl Filling {
    /// Errors: a credential stands in it, or it is no address.
    fn address(&mut self, url: &str) -> Result<Template, String> {
        let template = self.text(url)?;
        let written = template.as_written();
        let begins = written.starts_with("http://") || written.starts_with("https://");
        if !begins && !written.starts_with('{') || written.starts_with("{{") {
            return Err("its address does not begin with http".to_owned());
        }
        if let (false, Some(first)) = (begins, self.reads.first_mut()) {
            first.2 = ValueKind::Url;
        }
        Ok(template)
    }

    /// Errors: a credential stands in it, or something only a shell knows.
    fn text(&mut self, text: &str) -> Result<Template, String> {
        if !secrets(text).is_empty() {
            return Err("a credential stands in it".to_owned());
        }
        let mut found: Vec<(std::ops::Range<usize>, String, Strength)> = Vec::new();
        for place in placeholders(text, Place::Script) {
            let named = slice(text, place.range.clone()).starts_with('{');
            // A domain or a date stands there as an example, and is told as one.
            if place.strength == Strength::Strong || named {
                found.push((place.range, place.name, place.strength));
            }
        }
        for at in places(text, "$") {
            let braced = byte(text, at + 1) == b'{';
            let start = at + 1 + usize::from(braced);
            let end = run(text, start, |letter| letter.is_ascii_alphanumeric() || letter == '_');
            if end == start {
                continue;
            }
            if braced && byte(text, end) != b'}' {
                return Err("a part of it is known only to a shell".to_owned());
            }
            found.push((at..end + usize::from(braced), name_of(slice(text, start..end)), Strength::Strong));
        }
        found.sort_by_key(|(range, _, _)| range.start);
        let (mut whole, mut at) = (String::new(), 0);
        for (range, name, strength) in found {
            if range.start < at {
                continue;
            }
            let name = variable(&name);
            whole.push_str(&doubled(slice(text, at..range.start)));
            whole.extend(["{", &name, "}"]);
            at = range.end;
            if !self.reads.iter().any(|(known, _, _)| *known == name) {
                self.reads.push((name, strength, ValueKind::Word));
            }
        }
        whole.push_str(&doubled(from(text, at)));
        Ok(Template::new(whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str, comment: &str) -> Result<HttpOffer, String> {
        let curl = Curl::read(line).map_err(|why| why.words())?;
        check(&curl, &Expected::read([comment])).map(|(offer, _)| offer)
    }

    #[test]
    fn what_was_said_must_hold() {
        let offer = of("curl -fL --max-time 5 https://x/h", "Expected: < 500ms").unwrap();
        assert_eq!(offer.title, "GET https://x/h: status below 400, time < 500ms");
        assert_eq!(
            (offer.check.redirects, offer.check.timeout),
            (Some(REDIRECTS), Some(Period::from_secs(5)))
        );
        let offer = of("curl -I https://x", "Expected: HTTP 200 OK").unwrap();
        assert_eq!(offer.title, "HEAD https://x: status 200");
        let offer = of("curl x/h | jq .a.b", "Expected: {\"n\": 1.5, \"t\": \"{x}\", \"z\": null}").unwrap();
        assert_eq!(offer.title, "GET http://x/h: status 2xx, /a/b, /n, /t");
        let text = Words::Equals(Scalar::Text("{{x}}".to_owned()));
        assert_eq!(offer.check.json.get(&"/t".to_owned()), Some(&text));
    }

    #[test]
    fn places_are_variables_and_credentials_are_secrets() {
        let offer = of("curl -H 'Authorization: Bearer abcdefgh' $BASE/u/{id}", "").unwrap();
        assert_eq!(offer.check.url.as_written(), "{base}/u/{id}");
        assert_eq!(
            (offer.reads, offer.secrets),
            (vec!["base".to_owned(), "id".to_owned()], vec!["authorization".to_owned()])
        );
        assert_eq!(
            offer.check.headers.get(&"Authorization".to_owned()).map(Template::as_written),
            Some("Bearer {secret:authorization}")
        );
        let (_, reads) = check(&Curl::read("curl $BASE/x").unwrap(), &Expected::default()).unwrap();
        assert_eq!(reads, [("base".to_owned(), Strength::Strong, ValueKind::Url)]);
        assert!(
            of("curl 'https://x/?token=ghp_0123456789012345678901234567890123'", "")
                .unwrap_err()
                .contains("credential")
        );
        assert!(of("curl https://x/${A:-b}", "").is_err());
    }
}
