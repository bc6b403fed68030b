//! Who is measured: `gonogo` on a quiet release, or another program on the same daemon.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::program::{Person, Place, gonogo_path};
use crate::support::pty::Pty;

/// The terminal of the design's goals.
const SIZE: (u16, u16) = (160, 48);
/// Whatever is waited for.
pub(crate) const BOUND: Duration = Duration::from_mins(2);
/// A text that stands in the first full frame only: pane seven.
const FIRST_FRAME: &str = "7 Details";

/// Nothing in it is polled: what an idle screen costs is its own.
const QUIET: &str = r#"format = 1
id = "quiet"
title = "Quiet release"
[variables.version]
kind = "semver"
[variables.previous_version]
kind = "semver"
[environments.production]
protected = true
[roles.lead]
title = "Team lead"
[[phases]]
id = "prepare"
title = "Prepare"
environment = "production"
items = [
  { id = "freeze", title = "Freeze announced" },
  { id = "notes", title = "Release notes written" },
  { id = "healthy", title = "Containers are healthy", check = { containers = { each = "healthy" } } },
  { id = "approve", title = "Approve {version}", signoff = { roles = ["lead"] } },
]
"#;

/// A program.
pub(crate) struct Subject {
    /// As figures name it.
    pub(crate) name: String,
    kind: Kind,
    place: Place,
}

enum Kind {
    Gonogo(Box<Person>),
    Peer(Peer),
}

/// Another program, as the variable says.
#[derive(Clone, Debug, Default)]
struct Peer {
    cmd: String,
    marker: String,
    key: Option<String>,
    shows: Option<String>,
}

/// A program in its terminal.
pub(crate) struct Running {
    pub(crate) pty: Pty,
    pub(crate) began: Instant,
}

impl Running {
    /// The program itself.
    pub(crate) fn pid(&self) -> u32 {
        self.pty.foreground().as_raw_nonzero().get().unsigned_abs()
    }

    /// Waits for a text; how long after the start it stood there.
    pub(crate) fn shows(&self, text: &str) -> Duration {
        self.pty.wait_within(BOUND, text, |screen| screen.contents().contains(text));
        self.began.elapsed()
    }

    /// Waits until a text is gone.
    pub(crate) fn hides(&self, text: &str) {
        self.pty.wait_within(BOUND, "it to go", |screen| !screen.contents().contains(text));
    }

    /// Presses a key, waits for what it shows, and takes that away again; how long it took to stand there.
    pub(crate) fn answers(&mut self, (key, shows): &(String, String)) -> Duration {
        let pressed = Instant::now();
        self.pty.keys(key);
        self.shows(shows);
        let length = pressed.elapsed();
        self.pty.keys("<esc>");
        self.hides(shows);
        length
    }

    /// Ends it: by its own key, or by force.
    pub(crate) fn quit(mut self, subject: &Subject) {
        if matches!(subject.kind, Kind::Gonogo(_)) {
            self.pty.keys("q");
            self.pty.wait_exit(BOUND);
        }
    }
}

impl Subject {
    /// A trusted session on a quiet release.
    pub(crate) fn gonogo() -> Self {
        let place = Place::new();
        let person = place.person("ada");
        place.write("release.toml", QUIET);
        person
            .gonogo(["new", "release.toml", "--set", "version=1.1.0", "--set", "previous_version=1.0.0"])
            .run()
            .expect(0);
        person.gonogo(["trust", "release.toml"]).run().expect(0);
        Subject { name: "gonogo".to_owned(), kind: Kind::Gonogo(Box::new(person)), place }
    }

    /// Is it ours?
    pub(crate) fn is_gonogo(&self) -> bool {
        matches!(self.kind, Kind::Gonogo(_))
    }

    /// What stands on the screen with the first full frame.
    pub(crate) fn first_frame(&self) -> Option<&str> {
        self.is_gonogo().then_some(FIRST_FRAME)
    }

    /// What stands on the screen once this container is listed.
    pub(crate) fn marker(&self, container: &str) -> String {
        match &self.kind {
            Kind::Gonogo(_) => container.to_owned(),
            Kind::Peer(peer) => peer.marker.replace("{container}", container),
        }
    }

    /// A key, what it shows, and the key that takes it away again.
    pub(crate) fn key(&self) -> Option<(String, String)> {
        match &self.kind {
            Kind::Gonogo(_) => Some(("?".to_owned(), HELP.to_owned())),
            Kind::Peer(peer) => peer.key.clone().zip(peer.shows.clone()),
        }
    }

    /// Starts it on this socket, with more in its environment.
    pub(crate) fn start(&self, address: &str, more: &[(&str, &str)]) -> Running {
        let (argv, mut env) = match &self.kind {
            Kind::Gonogo(person) => (vec![gonogo_path().to_owned()], person.env()),
            Kind::Peer(peer) => {
                let socket = address.trim_start_matches("unix://");
                let filled = peer.cmd.replace("{socket}", socket).replace("{address}", address);
                let argv = filled.split_whitespace().map(str::to_owned).collect();
                (argv, self.home_of_a_peer())
            }
        };
        env.push(("DOCKER_HOST".to_owned(), address.to_owned()));
        env.push(("COLORTERM".to_owned(), "truecolor".to_owned()));
        env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
        let began = Instant::now();
        Running { pty: Pty::spawn(&argv, SIZE, &env, &self.place.project()), began }
    }

    /// An empty home of its own.
    fn home_of_a_peer(&self) -> Vec<(String, String)> {
        let home: PathBuf = self.place.project();
        let path = std::env::var("PATH").unwrap_or_default();
        let pairs = [
            ("HOME", home.to_string_lossy().into_owned()),
            ("PATH", path),
            ("TERM", "xterm-256color".into()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Stands in the help only.
const HELP: &str = "enter runs the key";

/// The programs that the variable names.
pub(crate) fn peers() -> Vec<Subject> {
    let text = std::env::var("GONOGO_BENCH_PEERS").unwrap_or_default();
    let one = |words: &str| {
        let (mut name, mut peer) = (String::new(), Peer::default());
        for (key, value) in words.split(';').filter_map(|pair| pair.split_once('=')) {
            match key.trim() {
                "name" => value.clone_into(&mut name),
                "cmd" => value.clone_into(&mut peer.cmd),
                "marker" => value.clone_into(&mut peer.marker),
                "key" => peer.key = Some(value.to_owned()),
                "shows" => peer.shows = Some(value.to_owned()),
                other => panic!("GONOGO_BENCH_PEERS knows no `{other}`"),
            }
        }
        assert!(!peer.cmd.is_empty() && !peer.marker.is_empty(), "a peer needs cmd and marker: {words}");
        Subject { name, kind: Kind::Peer(peer), place: Place::new() }
    };
    text.split(['|', '\n']).filter(|words| !words.trim().is_empty()).map(one).collect()
}
