//! The options of `curl` that are known, and what each says about the request.
//!
//! Not here: the address and what reads the answer (`curl.rs`).

use super::super::shell::argv::Word;
use super::{HeaderValue, NotACheck};

/// More headers than a person writes on a line.
const HEADERS: usize = 32;
/// Headers whose values are credentials.
const SECRET_HEADERS: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "private-token",
    "x-access-token",
];

/// What a request asks for where no method is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Way {
    /// `GET`, or `POST` with a body.
    #[default]
    Plain,
    /// `-I`: the headers only.
    Head,
    /// `-G`: what would be the body goes into the address.
    Query,
}

/// What the words of a `curl` say.
#[derive(Default)]
pub(super) struct Request {
    pub(super) addresses: Vec<Word>,
    pub(super) method: Option<String>,
    pub(super) way: Way,
    pub(super) headers: Vec<(String, HeaderValue)>,
    pub(super) user: Option<String>,
    pub(super) follow: bool,
    pub(super) insecure: bool,
    pub(super) fail: bool,
    pub(super) max_time: Option<String>,
    pub(super) connect_timeout: Option<String>,
    pub(super) body: Option<String>,
}

impl Request {
    /// Reads the words behind `curl`. Errors: an option that is not known, or one that saves the answer.
    pub(super) fn read(argv: &[Word]) -> Result<Self, NotACheck> {
        let mut request = Self::default();
        let mut words = argv.iter().skip(1);
        while let Some(word) = words.next() {
            let text = word.text.as_str();
            if text.starts_with("--") {
                let (name, value) =
                    text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
                let value = |request: &mut Self, words: &mut dyn Iterator<Item = &Word>| {
                    let next =
                        value.map(str::to_owned).or_else(|| words.next().map(|next| next.text.clone()));
                    request.valued(name, &next.unwrap_or_default())
                };
                if !request.plain(name) {
                    value(&mut request, &mut words)?;
                }
            } else if let Some(cluster) = text.strip_prefix('-').filter(|cluster| !cluster.is_empty()) {
                request.cluster(cluster, &mut words)?;
            } else if word.runs {
                return Err(NotACheck::Computed);
            } else {
                request.addresses.push(word.clone());
            }
        }
        Ok(request)
    }

    /// `-sSfL`, `-XPOST`, `-m5`.
    fn cluster<'a>(
        &mut self,
        cluster: &str,
        words: &mut impl Iterator<Item = &'a Word>,
    ) -> Result<(), NotACheck> {
        for (at, letter) in cluster.char_indices() {
            let name = format!("-{letter}");
            if self.plain(&name) {
                continue;
            }
            let rest = cluster.get(at + letter.len_utf8()..).unwrap_or_default();
            let value = if rest.is_empty() {
                words.next().map(|next| next.text.clone())
            } else {
                Some(rest.to_owned())
            };
            return self.valued(&name, &value.unwrap_or_default());
        }
        Ok(())
    }

    /// An option without a value; whether it is one.
    fn plain(&mut self, name: &str) -> bool {
        match name {
            "-s"
            | "--silent"
            | "-S"
            | "--show-error"
            | "-v"
            | "--verbose"
            | "-i"
            | "--include"
            | "--compressed"
            | "-#"
            | "--progress-bar"
            | "-4"
            | "--ipv4"
            | "-6"
            | "--ipv6"
            | "--http1.1"
            | "--http2"
            | "--no-progress-meter"
            | "-g"
            | "--globoff"
            | "-N"
            | "--no-buffer"
            | "--retry-connrefused"
            | "--retry-all-errors"
            | "-q" => {}
            "-f" | "--fail" | "--fail-with-body" => self.fail = true,
            "-L" | "--location" => self.follow = true,
            "-k" | "--insecure" => self.insecure = true,
            "-I" | "--head" => self.way = Way::Head,
            "-G" | "--get" => self.way = Way::Query,
            _ => return false,
        }
        true
    }

    /// An option with a value. Errors: it is not known, or it saves the answer.
    fn valued(&mut self, name: &str, value: &str) -> Result<(), NotACheck> {
        match name {
            "-X" | "--request" => self.method = Some(value.to_ascii_uppercase()),
            "-H" | "--header" => self.header(value)?,
            "-A" | "--user-agent" => {
                self.headers.push(("User-Agent".to_owned(), HeaderValue::Text(value.to_owned())));
            }
            "-e" | "--referer" => {
                self.headers.push(("Referer".to_owned(), HeaderValue::Text(value.to_owned())));
            }
            "-b" | "--cookie" => self.secret("Cookie", "", "cookie"),
            "--oauth2-bearer" => self.secret("Authorization", "Bearer ", "token"),
            "-u" | "--user" => self.user = Some("basic_auth".to_owned()),
            "-m" | "--max-time" => self.max_time = Some(seconds(name, value)?),
            "--connect-timeout" => self.connect_timeout = Some(seconds(name, value)?),
            "--retry" | "--retry-delay" | "--retry-max-time" | "--max-redirs" => {
                seconds(name, value)?;
            }
            "--url" => self.addresses.push(Word { text: value.to_owned(), ..Word::default() }),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--data-urlencode"
            | "--json" => {
                if value.starts_with('@') {
                    return Err(NotACheck::Option(format!("{name} @file")));
                }
                self.body =
                    Some(self.body.take().map_or_else(|| value.to_owned(), |body| format!("{body}&{value}")));
            }
            "-w" | "--write-out" => {
                let format = value.replace("\\n", "").replace("\\r", "");
                if !matches!(format.trim(), "%{http_code}" | "%{response_code}" | "") {
                    return Err(NotACheck::Option(name.to_owned()));
                }
            }
            "-o" | "--output" if matches!(value, "/dev/null" | "-" | "NUL") => {}
            "-o"
            | "--output"
            | "-O"
            | "--remote-name"
            | "-J"
            | "--remote-header-name"
            | "-c"
            | "--cookie-jar"
            | "-D" => {
                return Err(NotACheck::Saved);
            }
            _ => return Err(NotACheck::Option(name.to_owned())),
        }
        Ok(())
    }

    fn header(&mut self, value: &str) -> Result<(), NotACheck> {
        let Some((name, value)) = value.split_once(':') else {
            return Err(NotACheck::Option("-H".to_owned()));
        };
        if self.headers.len() >= HEADERS {
            return Err(NotACheck::Option("-H".to_owned()));
        }
        let (name, value) = (name.trim(), value.trim());
        let lower = name.to_ascii_lowercase();
        if !SECRET_HEADERS.contains(&lower.as_str()) {
            self.headers.push((name.to_owned(), HeaderValue::Text(value.to_owned())));
            return Ok(());
        }
        let lead = value.split_once(' ').filter(|(scheme, _)| scheme.chars().all(char::is_alphabetic));
        let lead = lead.map_or(String::new(), |(scheme, _)| format!("{scheme} "));
        let secret = lower.trim_start_matches("x-").replace('-', "_");
        self.secret(name, &lead, &secret);
        Ok(())
    }

    fn secret(&mut self, header: &str, lead: &str, name: &str) {
        let value = HeaderValue::Secret { lead: lead.to_owned(), name: name.to_owned() };
        self.headers.push((header.to_owned(), value));
    }
}

/// Errors: not a number, so the option's value was lost or is computed.
fn seconds(name: &str, value: &str) -> Result<String, NotACheck> {
    let number = value.parse::<f64>().is_ok_and(|number| number.is_finite() && number >= 0.0);
    number.then(|| value.to_owned()).ok_or_else(|| NotACheck::Option(name.to_owned()))
}
