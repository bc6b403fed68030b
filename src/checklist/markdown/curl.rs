//! A `curl` line as an HTTP check, or the reason why it stays a command.
//!
//! Only what is known whole becomes a check: an option this room does not know makes it none. Credentials never leave
//! here: a secret is named, its value dropped. Not here: what the answer must be (`expected.rs`), asking (`runtime`).

use super::letters::slice;
use super::shell::argv::{Command, Joint, Word, commands, name_of};
use super::shell::script::Script;

mod options;

use self::options::{Request, Way};

/// The text of a header's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderValue {
    /// As written.
    Text(String),
    /// A credential: what stands before it (`Bearer `), and the name a secret is asked under.
    Secret {
        /// The part that is no secret.
        lead: String,
        /// The secret's name.
        name: String,
    },
}

/// A pipe behind the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pipe {
    /// `jq`: the body must be JSON; the filter as written, `.` where there is none.
    Json(String),
    /// `grep`: the body must contain this.
    Contains(String),
    /// `grep -v`: the body must not.
    Lacks(String),
}

/// An HTTP request that a `curl` line makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curl {
    /// `GET`, `HEAD`, or what was asked for.
    pub method: String,
    /// The address, with a scheme and without credentials.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, HeaderValue)>,
    /// The name of a secret `user:password` for basic authentication.
    pub user: Option<String>,
    /// Redirects are followed.
    pub follow: bool,
    /// Certificates are not verified.
    pub insecure: bool,
    /// `-f`: any status below 400 will do.
    pub fail: bool,
    /// Limit for everything, in seconds as written.
    pub max_time: Option<String>,
    /// Limit for the connection, in seconds as written.
    pub connect_timeout: Option<String>,
    /// A body to send.
    pub body: Option<String>,
    /// What reads the answer.
    pub pipe: Option<Pipe>,
}

/// Why a line is no HTTP check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotACheck {
    /// No `curl` in it.
    NoCurl,
    /// There is more than the request in the line.
    Joined,
    /// No address, or several.
    Address,
    /// The answer is saved to a file.
    Saved,
    /// What is fetched is run.
    FetchedAndRun,
    /// Piped to a program whose reading is not known.
    Piped(String),
    /// An option that is not known.
    Option(String),
    /// A part is known only to a shell.
    Computed,
    /// It asks `localhost` behind a login: another machine's.
    Elsewhere,
}

impl NotACheck {
    /// The reason in words.
    pub fn words(&self) -> String {
        match self {
            Self::NoCurl => "no curl".to_owned(),
            Self::Joined => "more than the request stands in the line".to_owned(),
            Self::Address => "not one address".to_owned(),
            Self::Saved => "the answer is saved to a file".to_owned(),
            Self::FetchedAndRun => "what is fetched is run".to_owned(),
            Self::Piped(program) => format!("the answer goes to `{program}`"),
            Self::Option(option) => format!("the option `{option}` is not known here"),
            Self::Computed => "a part of it is known only to a shell".to_owned(),
            Self::Elsewhere => "behind a login, `localhost` is another machine".to_owned(),
        }
    }
}

impl Curl {
    /// Reads a logical line. Errors: why it is no check.
    pub fn read(line: &str) -> Result<Self, NotACheck> {
        let all = commands(line);
        let at = all.iter().position(|command| command.program() == "curl").ok_or(NotACheck::NoCurl)?;
        let (before, rest) = all.split_at_checked(at).unwrap_or_default();
        let Some((curl, after)) = rest.split_first() else { return Err(NotACheck::NoCurl) };
        if !before.is_empty() {
            return Err(NotACheck::Joined);
        }
        let pipe = pipe(curl, after)?;
        saved(curl)?;
        let request = Request::read(curl.argv())?;
        Self::of(request, pipe)
    }

    fn of(request: Request, pipe: Option<Pipe>) -> Result<Self, NotACheck> {
        let [address] = request.addresses.as_slice() else { return Err(NotACheck::Address) };
        let (url, user) = address_of(address)?;
        let query = request.way == Way::Query;
        let method = match (request.way, &request.body) {
            (Way::Head, _) => "HEAD",
            (Way::Plain, Some(_)) => "POST",
            (Way::Plain, None) | (Way::Query, _) => "GET",
        };
        Ok(Self {
            method: request.method.unwrap_or_else(|| method.to_owned()),
            url: if query { queried(&url, request.body.as_deref()) } else { url },
            headers: request.headers,
            user: request.user.or(user),
            follow: request.follow,
            insecure: request.insecure,
            fail: request.fail,
            max_time: request.max_time,
            connect_timeout: request.connect_timeout,
            body: request.body.filter(|_| !query),
            pipe,
        })
    }

    /// It changes something, or sends a body: measured once, never sampled.
    pub fn once(&self) -> bool {
        self.body.is_some() || !matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// Whether it asks this machine.
    pub fn local(&self) -> bool {
        let host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let name = host
            .strip_prefix("[::1]")
            .map_or_else(|| host.split(':').next().unwrap_or_default(), |_| "localhost");
        matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0" | "host.docker.internal")
    }
}

/// The requests of a script: the index of each line with a `curl`, and what it is. Behind a login `localhost` is elsewhere.
pub fn requests(script: &Script) -> Vec<(usize, Result<Curl, NotACheck>)> {
    let mut away = false;
    let mut found = Vec::new();
    for (index, line) in script.lines.iter().enumerate() {
        let all = commands(&line.text);
        let foreign = script.foreign.binary_search_by_key(&line.line, |(at, _)| *at).is_ok();
        if !foreign && all.iter().any(|command| command.program() == "curl") {
            let read = Curl::read(&line.text);
            found.push((
                index,
                read.and_then(|curl| if away && curl.local() { Err(NotACheck::Elsewhere) } else { Ok(curl) }),
            ));
        }
        away |= all.iter().any(|command| name_of(command.argv()) == "ssh");
    }
    found
}

/// What reads the answer. Errors: something that is not known.
fn pipe(curl: &Command, after: &[Command]) -> Result<Option<Pipe>, NotACheck> {
    match (curl.after, after) {
        (Joint::Nothing, _) => Ok(None),
        (Joint::Or, rest) if gives_up(rest) => Ok(None),
        (Joint::Pipe, [reader]) => reading(reader).map(Some),
        (Joint::Pipe, [reader, rest @ ..]) if reader.after == Joint::Or && gives_up(rest) => {
            reading(reader).map(Some)
        }
        (Joint::Pipe, readers) => Err(run_by(readers)),
        _ => Err(NotACheck::Joined),
    }
}

/// `|| exit 1`, `|| echo no`: what happens when it fails is what a failed check means.
fn gives_up(rest: &[Command]) -> bool {
    rest.iter().all(|command| matches!(command.program(), "exit" | "echo" | "true" | "false" | "return"))
}

fn run_by(readers: &[Command]) -> NotACheck {
    let runs = |command: &Command| {
        matches!(
            command.program(),
            "sh" | "bash" | "zsh" | "dash" | "python" | "python3" | "node" | "perl" | "ruby"
        )
    };
    if readers.iter().any(runs) {
        return NotACheck::FetchedAndRun;
    }
    NotACheck::Piped(readers.first().map_or("", Command::program).to_owned())
}

fn reading(reader: &Command) -> Result<Pipe, NotACheck> {
    saved(reader)?;
    let argv = reader.argv();
    let mut words = argv.iter().skip(1);
    match name_of(argv) {
        "jq" => {
            let filter = words.find(|word| !word.text.starts_with('-'));
            if filter.is_some_and(|word| word.computed && word.runs) {
                return Err(NotACheck::Computed);
            }
            Ok(Pipe::Json(filter.map_or_else(|| ".".to_owned(), |word| word.text.clone())))
        }
        "json_pp" | "python3" | "python" if json_tool(argv) => Ok(Pipe::Json(".".to_owned())),
        "grep" => {
            let (options, rest): (Vec<&Word>, Vec<&Word>) =
                words.partition(|word| word.text.starts_with('-'));
            let [pattern] = rest.as_slice() else { return Err(NotACheck::Piped("grep".to_owned())) };
            let letters: String = options.iter().map(|word| word.text.trim_start_matches('-')).collect();
            // A pattern with signs of its own is no plain text, and `-c` counts.
            let plain = letters.contains('F')
                || !pattern.text.contains(['*', '[', '\\', '^', '$', '|', '+', '?', '(']);
            if pattern.computed || !plain || letters.contains(|letter| !"qsiFEovw".contains(letter)) {
                return Err(NotACheck::Piped("grep".to_owned()));
            }
            let text = pattern.text.clone();
            Ok(if letters.contains('v') { Pipe::Lacks(text) } else { Pipe::Contains(text) })
        }
        _ => Err(run_by(std::slice::from_ref(reader))),
    }
}

fn json_tool(argv: &[Word]) -> bool {
    name_of(argv) == "json_pp" || argv.iter().any(|word| word.text == "json.tool")
}

/// Errors: the output goes to a file.
fn saved(command: &Command) -> Result<(), NotACheck> {
    for one in &command.redirections {
        let nowhere = one.target.text == "/dev/null" || one.operator.contains('&') || one.operator == "<";
        if !nowhere {
            return Err(NotACheck::Saved);
        }
    }
    Ok(())
}

/// The address with a scheme and without credentials, and the name of those.
fn address_of(word: &Word) -> Result<(String, Option<String>), NotACheck> {
    if word.runs {
        return Err(NotACheck::Computed);
    }
    let text = word.text.as_str();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") =>
        {
            (scheme, rest)
        }
        Some(_) => return Err(NotACheck::Address),
        // A variable may hold the scheme.
        None if text.starts_with(['$', '<', '{']) => return Ok((text.to_owned(), None)),
        None => ("http", text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = slice(rest, 0..end);
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    if host.is_empty() {
        return Err(NotACheck::Address);
    }
    let tail = slice(rest, end..rest.len());
    Ok((format!("{}://{host}{tail}", scheme.to_ascii_lowercase()), user.map(|_| "basic_auth".to_owned())))
}

fn queried(url: &str, body: Option<&str>) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    body.map_or_else(|| url.to_owned(), |body| format!("{url}{joint}{body}"))
}

#[cfg(test)]
mod tests;
