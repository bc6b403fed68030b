//! Where an environment's daemon is, and who says so: the checklist, the shell, the docker configuration, a default.
//!
//! The checklist wins. A named place that is missing is an error, never a fall-through. Not here: contexts on disk
//! (`context.rs`), talking (`client.rs`). The environment arrives as data, so that tests need no real one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::context;
use crate::engine::effect::GuessHost;

/// The socket Docker listens on unless told otherwise.
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
/// Where a rootful Podman listens.
const PODMAN_SOCKET: &str = "/run/podman/podman.sock";

/// What of the process's surroundings decides where the daemon is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Environment variables; only `DOCKER_…` and `XDG_RUNTIME_DIR` are looked at.
    pub variables: BTreeMap<String, String>,
    /// The user's home.
    pub home: Option<PathBuf>,
}

impl Surroundings {
    /// Keeps what counts of the process's variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>, home: Option<PathBuf>) -> Self {
        let counts = |name: &str| name.starts_with("DOCKER_") || name == "XDG_RUNTIME_DIR";
        Self { variables: variables.into_iter().filter(|(name, _)| counts(name)).collect(), home }
    }

    /// A variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The folder of the docker configuration.
    pub(crate) fn config_folder(&self) -> Option<PathBuf> {
        let named = self.variable("DOCKER_CONFIG").map(PathBuf::from);
        named.or_else(|| self.home.as_ref().map(|home| home.join(".docker")))
    }
}

/// An address that can be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A socket file.
    Unix(PathBuf),
    /// `host:port`, plain.
    Tcp(String),
    /// `host:port` with TLS.
    Tls(String, TlsFiles),
}

/// The three files of a TLS connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) ca: PathBuf,
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

impl TlsFiles {
    /// `ca.pem`, `cert.pem` and `key.pem` of a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { ca: folder.join("ca.pem"), cert: folder.join("cert.pem"), key: folder.join("key.pem") }
    }
}

/// A place where the daemon may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// How to get there.
    pub(crate) address: Address,
    /// Who named it: `checklist`, `DOCKER_HOST`, `context "x"`, `default`, `guess: rootless Docker`.
    pub(crate) named_by: String,
}

impl Endpoint {
    /// The address and who named it: `unix:///var/run/docker.sock (default)`.
    pub(crate) fn words(&self) -> String {
        let address = match &self.address {
            Address::Unix(path) => format!("unix://{}", path.display()),
            Address::Tcp(host) => format!("tcp://{host}"),
            Address::Tls(host, _) => format!("tcp://{host} with TLS"),
        };
        format!("{address} ({})", self.named_by)
    }
}

/// Places to try, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Only the first, unless guesses are made.
    pub(crate) endpoints: Vec<Endpoint>,
    /// A variable of the shell that is ignored.
    pub(crate) warning: Option<String>,
}

/// Finds where to connect. `asked` is the checklist's value. Errors say which place was named, by whom, and what is wrong.
pub(crate) fn resolve(
    asked: Option<&str>,
    guess: GuessHost,
    around: &Surroundings,
) -> Result<Places, String> {
    if let Some(asked) = asked.filter(|asked| !asked.is_empty()) {
        let endpoint = parse(asked, "checklist", around)?;
        return Ok(Places { endpoints: vec![endpoint], warning: ignored(asked, around) });
    }
    let named = if let Some(host) = around.variable("DOCKER_HOST") {
        Some(parse(host, "DOCKER_HOST", around)?)
    } else if let Some(name) = around.variable("DOCKER_CONTEXT") {
        Some(parse(&format!("context:{name}"), "DOCKER_CONTEXT", around)?)
    } else if let Some(name) = context::current(around)? {
        Some(parse(&format!("context:{name}"), "config.json", around)?)
    } else {
        None
    };
    let endpoints = match (named, guess) {
        (Some(endpoint), _) => vec![endpoint],
        (None, GuessHost::Never) => vec![default_endpoint()],
        (None, GuessHost::Harmless) => with_guesses(around),
    };
    Ok(Places { endpoints, warning: None })
}

fn default_endpoint() -> Endpoint {
    Endpoint { address: Address::Unix(DEFAULT_SOCKET.into()), named_by: "default".to_owned() }
}

/// The default alone while its socket exists; after it the places where other daemons of the same user listen.
fn with_guesses(around: &Surroundings) -> Vec<Endpoint> {
    let mut endpoints = vec![default_endpoint()];
    if Path::new(DEFAULT_SOCKET).exists() {
        return endpoints;
    }
    let mut add = |path: PathBuf, what: &str| {
        endpoints.push(Endpoint { address: Address::Unix(path), named_by: format!("guess: {what}") });
    };
    let runtime = around.variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(folder) = &runtime {
        add(folder.join("docker.sock"), "rootless Docker");
    }
    if let Some(home) = &around.home {
        add(home.join(".docker/run/docker.sock"), "Docker Desktop");
        add(home.join(".docker/desktop/docker.sock"), "Docker Desktop");
    }
    if let Some(folder) = &runtime {
        add(folder.join("podman/podman.sock"), "rootless Podman");
    }
    add(PODMAN_SOCKET.into(), "Podman");
    endpoints
}

/// A variable left in a shell must never show another environment's containers, and a person must know that it does not.
fn ignored(asked: &str, around: &Surroundings) -> Option<String> {
    let says_otherwise = |name: &str, same: String| {
        around.variable(name).filter(|value| *value != same).map(|value| format!("{name}={value}"))
    };
    let host = says_otherwise("DOCKER_HOST", asked.to_owned());
    let context = asked.strip_prefix("context:").unwrap_or_default().to_owned();
    let variables: Vec<_> = host.into_iter().chain(says_otherwise("DOCKER_CONTEXT", context)).collect();
    let names = variables.join(" and ");
    (!names.is_empty()).then(|| format!("{names} of the shell is ignored: the checklist says {asked}"))
}

fn parse(text: &str, named_by: &str, around: &Surroundings) -> Result<Endpoint, String> {
    let wrong = |why: String| format!("{text} ({named_by}): {why}");
    if let Some(name) = text.strip_prefix("context:") {
        let found = context::read(name, around).map_err(wrong)?;
        let named_by = match named_by {
            "checklist" => format!("context \"{name}\""),
            other => format!("context \"{name}\", {other}"),
        };
        let Some(found) = found else {
            return Ok(Endpoint { named_by, ..default_endpoint() });
        };
        let address = address(&found.host, found.tls).map_err(wrong)?;
        return Ok(Endpoint { address, named_by });
    }
    let tls = around.variable("DOCKER_TLS_VERIFY").and_then(|_on| {
        let folder = around.variable("DOCKER_CERT_PATH").map(PathBuf::from);
        folder.or_else(|| around.config_folder()).map(|folder| TlsFiles::in_folder(&folder))
    });
    let address = address(text, tls).map_err(wrong)?;
    Ok(Endpoint { address, named_by: named_by.to_owned() })
}

fn address(text: &str, tls: Option<TlsFiles>) -> Result<Address, String> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err("write it as unix:///path, tcp://host:port or context:NAME".to_owned());
    };
    match scheme {
        "unix" if rest.starts_with('/') => Ok(Address::Unix(rest.into())),
        "unix" => Err("a socket needs an absolute path: unix:///var/run/docker.sock".to_owned()),
        "tcp" | "http" | "https" => {
            let host = rest.trim_end_matches('/');
            if host.is_empty() || host.contains('/') || host.contains('@') {
                return Err("write it as tcp://host:port".to_owned());
            }
            let port = if tls.is_some() { 2376 } else { 2375 };
            let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            let host = if has_port { host.to_owned() } else { format!("{host}:{port}") };
            match (tls, scheme) {
                (Some(files), _) => Ok(Address::Tls(host, files)),
                (None, "https") => {
                    Err("https needs DOCKER_TLS_VERIFY=1 and the folder of its files in DOCKER_CERT_PATH"
                        .to_owned())
                }
                (None, _) => Ok(Address::Tcp(host)),
            }
        }
        "ssh" => Err("ssh:// is not supported by this version yet; forward the socket yourself \
                      (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST) and name unix:///tmp/docker.sock"
            .to_owned()),
        "npipe" => Err("named pipes of Windows are not supported; use tcp:// or unix://".to_owned()),
        other => Err(format!("`{other}://` is no scheme of Docker; use unix://, tcp:// or context:NAME")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(variables: &[(&str, &str)]) -> Surroundings {
        let pairs = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Surroundings { variables: pairs.collect(), home: Some("/nowhere/home".into()) }
    }

    fn first(asked: Option<&str>, variables: &[(&str, &str)]) -> Endpoint {
        resolve(asked, GuessHost::Never, &around(variables)).unwrap().endpoints.remove(0)
    }

    #[test]
    fn the_checklist_wins_and_says_which_variable_is_ignored() {
        let found = resolve(
            Some("unix:///run/prod.sock"),
            GuessHost::Never,
            &around(&[("DOCKER_HOST", "tcp://stage:2375")]),
        )
        .unwrap();
        assert_eq!(found.endpoints[0].words(), "unix:///run/prod.sock (checklist)");
        let warning = found.warning.unwrap();
        assert!(warning.contains("DOCKER_HOST=tcp://stage:2375") && warning.contains("ignored"), "{warning}");
        let same =
            resolve(Some("tcp://a:1"), GuessHost::Never, &around(&[("DOCKER_HOST", "tcp://a:1")])).unwrap();
        assert_eq!(same.warning, None);
    }

    #[test]
    fn unset_it_is_found_as_the_docker_program_finds_it() {
        assert_eq!(first(None, &[]).words(), "unix:///var/run/docker.sock (default)");
        assert_eq!(first(None, &[("DOCKER_HOST", "tcp://h")]).words(), "tcp://h:2375 (DOCKER_HOST)");
        assert_eq!(
            first(None, &[("DOCKER_HOST", "")]).words(),
            "unix:///var/run/docker.sock (default)",
            "an empty variable is none"
        );
    }

    #[test]
    fn tls_is_on_only_when_the_variable_is_not_empty() {
        let on = first(
            None,
            &[("DOCKER_HOST", "tcp://h"), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/c")],
        );
        assert_eq!(
            on.address,
            Address::Tls("h:2376".into(), TlsFiles::in_folder(Path::new("/c"))),
            "the three files of the folder"
        );
        let off = first(None, &[("DOCKER_HOST", "tcp://h"), ("DOCKER_TLS_VERIFY", "")]);
        assert_eq!(off.address, Address::Tcp("h:2375".into()));
    }

    #[test]
    fn what_cannot_be_reached_is_refused_in_words() {
        for (asked, words) in [
            ("ssh://deploy@stage", "not supported by this version yet"),
            ("npipe:////./pipe/docker_engine", "named pipes"),
            ("/var/run/docker.sock", "write it as"),
            ("unix://docker.sock", "absolute path"),
            ("gopher://x", "no scheme"),
            ("context:missing", "no context is called"),
        ] {
            let error = resolve(Some(asked), GuessHost::Never, &around(&[])).unwrap_err();
            assert!(error.contains(words) && error.contains(asked), "{asked}: {error}");
        }
    }

    #[test]
    fn a_missing_named_context_never_falls_through() {
        let error = resolve(None, GuessHost::Harmless, &around(&[("DOCKER_CONTEXT", "gone")])).unwrap_err();
        assert!(error.contains("DOCKER_CONTEXT") && error.contains("gone"), "{error}");
    }
}
