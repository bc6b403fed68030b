//! Docker contexts on disk: `config.json` names the current one, `contexts/meta/<sha256>/meta.json` holds its address.
//!
//! Not here: when a context counts (`endpoint.rs`). Reading only; contexts are made with the docker program.

use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::endpoint::{Surroundings, TlsFiles};

/// The name that means "no context".
const DEFAULT: &str = "default";

/// A context's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    /// As it is written: `tcp://…`.
    pub(crate) host: String,
    /// Its TLS files, if it has any.
    pub(crate) tls: Option<TlsFiles>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ConfigFile {
    #[serde(rename = "currentContext")]
    current_context: Option<String>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "Endpoints", default)]
    endpoints: Endpoints,
}

#[derive(Default, Deserialize)]
struct Endpoints {
    docker: Option<DockerEndpoint>,
}

#[derive(Deserialize)]
struct DockerEndpoint {
    #[serde(rename = "Host", default)]
    host: String,
}

/// The current context's name; none: the default. Errors: a `config.json` that cannot be read.
pub(crate) fn current(around: &Surroundings) -> Result<Option<String>, String> {
    let Some(path) = around.config_folder().map(|folder| folder.join("config.json")) else {
        return Ok(None);
    };
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let config: ConfigFile =
        serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(config.current_context.filter(|name| !name.is_empty() && name != DEFAULT))
}

/// The context with this name; none for `default`. Errors: there is none, or its file cannot be read.
pub(crate) fn read(name: &str, around: &Surroundings) -> Result<Option<Context>, String> {
    if name == DEFAULT {
        return Ok(None);
    }
    let Some(folder) = around.config_folder() else {
        return Err("no home folder is known, so no context can be read".to_owned());
    };
    let digest = hex(&Sha256::digest(name.as_bytes()));
    let path = folder.join("contexts/meta").join(&digest).join("meta.json");
    let text = std::fs::read(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            format!("no context is called \"{name}\" in {}; see `docker context ls`", folder.display())
        }
        _ => format!("{}: {error}", path.display()),
    })?;
    let meta: Meta = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let Some(endpoint) = meta.endpoints.docker.filter(|endpoint| !endpoint.host.is_empty()) else {
        return Err(format!("{} holds no docker endpoint", path.display()));
    };
    let tls = tls_files(&folder.join("contexts/tls").join(&digest).join("docker"));
    Ok(Some(Context { host: endpoint.host, tls }))
}

/// All three are named as soon as one is there, so that a missing one is told by name.
fn tls_files(folder: &Path) -> Option<TlsFiles> {
    let files = TlsFiles::in_folder(folder);
    [&files.ca, &files.cert, &files.key].iter().any(|path| path.exists()).then_some(files)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::effect::GuessHost;
    use crate::runtime::docker::endpoint::resolve;

    fn around(config: &Path) -> Surroundings {
        let variables = [("DOCKER_CONFIG".to_owned(), config.display().to_string())];
        Surroundings { variables: variables.into(), home: None }
    }

    #[test]
    fn the_current_context_is_read_with_its_tls_files() {
        let folder = tempfile::tempdir().unwrap();
        let digest = hex(&Sha256::digest(b"stage"));
        let meta = folder.path().join("contexts/meta").join(&digest);
        let tls = folder.path().join("contexts/tls").join(&digest).join("docker");
        std::fs::create_dir_all(&meta).unwrap();
        std::fs::create_dir_all(&tls).unwrap();
        std::fs::write(folder.path().join("config.json"), r#"{"currentContext":"stage"}"#).unwrap();
        let text =
            r#"{"Name":"stage","Endpoints":{"docker":{"Host":"tcp://stage:2376","SkipTLSVerify":false}}}"#;
        std::fs::write(meta.join("meta.json"), text).unwrap();
        std::fs::write(tls.join("ca.pem"), "x").unwrap();

        let found = resolve(None, GuessHost::Never, &around(folder.path())).unwrap();
        let words = found.endpoints[0].words();
        assert_eq!(words, "tcp://stage:2376 with TLS (context \"stage\", config.json)");
    }

    #[test]
    fn a_broken_config_is_an_error_and_a_missing_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(current(&around(folder.path())), Ok(None));
        std::fs::write(folder.path().join("config.json"), "{").unwrap();
        assert!(current(&around(folder.path())).unwrap_err().contains("config.json"));
    }

    #[test]
    fn the_default_context_means_the_default_socket() {
        let found = resolve(Some("context:default"), GuessHost::Never, &Surroundings::default()).unwrap();
        assert_eq!(found.endpoints[0].words(), "unix:///var/run/docker.sock (context \"default\")");
    }
}
