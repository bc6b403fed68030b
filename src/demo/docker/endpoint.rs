//! Which of the API's questions a request asks: method and path become an endpoint and the name it is about.
//!
//! Paths with and without a version are alike. Not here: the answers (`answers/`), what is asked in the query (`query.rs`).

/// What a request asks; also what is counted, and where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// `/_ping`
    Ping,
    /// `/version`
    Version,
    /// `/info`
    Info,
    /// `/containers/json`
    List,
    /// `/containers/{name}/json`
    Inspect,
    /// `/containers/{name}/stats`
    Stats,
    /// `/containers/{name}/logs`
    Logs,
    /// `/containers/{name}/start`
    Start,
    /// `/containers/{name}/stop`
    Stop,
    /// `/containers/{name}/restart`
    Restart,
    /// `/containers/{name}/kill`
    Kill,
    /// `/containers/{name}/top`
    Top,
    /// `/containers/{name}/exec`
    ExecCreate,
    /// `/exec/{id}/start`
    ExecStart,
    /// `/exec/{id}/json`
    ExecInspect,
    /// `/events`
    Events,
    /// `/images/json`
    Images,
    /// `/images/{name}/json`
    Image,
    /// `/services`
    Services,
    /// `/tasks`
    Tasks,
    /// `/networks`
    Networks,
    /// `/volumes`
    Volumes,
    /// `/gonogo/counts`: ours, not counted.
    Counts,
    /// Anything else: 404.
    Other,
}

impl Endpoint {
    /// Every one, in the order of their numbers.
    pub const ALL: [Self; 24] = [
        Self::Ping,
        Self::Version,
        Self::Info,
        Self::List,
        Self::Inspect,
        Self::Stats,
        Self::Logs,
        Self::Start,
        Self::Stop,
        Self::Restart,
        Self::Kill,
        Self::Top,
        Self::ExecCreate,
        Self::ExecStart,
        Self::ExecInspect,
        Self::Events,
        Self::Images,
        Self::Image,
        Self::Services,
        Self::Tasks,
        Self::Networks,
        Self::Volumes,
        Self::Counts,
        Self::Other,
    ];

    /// As scenarios and counts name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Version => "version",
            Self::Info => "info",
            Self::List => "list",
            Self::Inspect => "inspect",
            Self::Stats => "stats",
            Self::Logs => "logs",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Kill => "kill",
            Self::Top => "top",
            Self::ExecCreate => "exec-create",
            Self::ExecStart => "exec-start",
            Self::ExecInspect => "exec-inspect",
            Self::Events => "events",
            Self::Images => "images",
            Self::Image => "image",
            Self::Services => "services",
            Self::Tasks => "tasks",
            Self::Networks => "networks",
            Self::Volumes => "volumes",
            Self::Counts => "counts",
            Self::Other => "other",
        }
    }

    /// By its word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.word() == word)
    }
}

/// A request, as far as its path says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    /// The container, image or exec it is about; decoded.
    pub(crate) name: String,
    /// `1.41`, if the path says.
    pub(crate) version: Option<String>,
}

/// Reads method and path.
pub(crate) fn route(method: &str, path: &str) -> Route {
    let (version, path) = versioned(path);
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (endpoint, name) = match (method, parts.as_slice()) {
        ("GET" | "HEAD", ["_ping"]) => (Endpoint::Ping, String::new()),
        ("GET", ["version"]) => (Endpoint::Version, String::new()),
        ("GET", ["info"]) => (Endpoint::Info, String::new()),
        ("GET", ["events"]) => (Endpoint::Events, String::new()),
        ("GET", ["containers", "json"]) => (Endpoint::List, String::new()),
        ("GET", ["images", "json"]) => (Endpoint::Images, String::new()),
        // An image's name may have slashes.
        ("GET", ["images", name @ .., "json"]) => (Endpoint::Image, name.join("/")),
        ("GET", ["services"]) => (Endpoint::Services, String::new()),
        ("GET", ["tasks"]) => (Endpoint::Tasks, String::new()),
        ("GET", ["networks"]) => (Endpoint::Networks, String::new()),
        ("GET", ["volumes"]) => (Endpoint::Volumes, String::new()),
        ("GET", ["gonogo", "counts"]) => (Endpoint::Counts, String::new()),
        (_, ["containers", name, what]) => (of_container(method, what), (*name).to_owned()),
        ("POST", ["exec", name, "start"]) => (Endpoint::ExecStart, (*name).to_owned()),
        ("GET", ["exec", name, "json"]) => (Endpoint::ExecInspect, (*name).to_owned()),
        _ => (Endpoint::Other, String::new()),
    };
    // What a form does to a plus it does to no path.
    let name = name.replace('+', "%2B");
    let name = form_urlencoded::parse(name.as_bytes()).next();
    let name = name.map(|(name, _)| name.into_owned()).unwrap_or_default();
    Route { endpoint, name, version }
}

fn of_container(method: &str, what: &str) -> Endpoint {
    match (method, what) {
        ("GET", "json") => Endpoint::Inspect,
        ("GET", "stats") => Endpoint::Stats,
        ("GET", "logs") => Endpoint::Logs,
        ("GET", "top") => Endpoint::Top,
        ("POST", "start") => Endpoint::Start,
        ("POST", "stop") => Endpoint::Stop,
        ("POST", "restart") => Endpoint::Restart,
        ("POST", "kill") => Endpoint::Kill,
        ("POST", "exec") => Endpoint::ExecCreate,
        _ => Endpoint::Other,
    }
}

fn versioned(path: &str) -> (Option<String>, &str) {
    let cut = path.strip_prefix("/v").and_then(|rest| rest.split_once('/'));
    let is_version = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    match cut {
        Some((version, rest)) if is_version(version) => (Some(version.to_owned()), rest),
        _ => (None, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_the_same_with_a_version_and_without() {
        for (method, path, endpoint, name) in [
            ("GET", "/_ping", Endpoint::Ping, ""),
            ("HEAD", "/_ping", Endpoint::Ping, ""),
            ("GET", "/containers/json", Endpoint::List, ""),
            ("GET", "/containers/web%2D1/json", Endpoint::Inspect, "web-1"),
            ("POST", "/containers/web/stop", Endpoint::Stop, "web"),
            ("GET", "/containers/web/stop", Endpoint::Other, "web"),
            ("GET", "/images/reg.example/shop/web:1.0/json", Endpoint::Image, "reg.example/shop/web:1.0"),
            ("GET", "/volumes", Endpoint::Volumes, ""),
            ("GET", "/nope", Endpoint::Other, ""),
        ] {
            let bare = route(method, path);
            assert_eq!((bare.endpoint, bare.name.as_str(), &bare.version), (endpoint, name, &None), "{path}");
            let told = route(method, &format!("/v1.41{path}"));
            assert_eq!(
                (told.endpoint, told.name, told.version.as_deref()),
                (endpoint, bare.name, Some("1.41"))
            );
        }
    }

    #[test]
    fn every_word_names_its_endpoint() {
        for (number, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(Endpoint::named(endpoint.word()), Some(endpoint));
            assert_eq!(endpoint as usize, number, "counts are kept by number");
        }
    }
}
