//! Test images without a network: `FROM scratch` around the machine's static busybox.
//!
//! Every image serves `/health`, `/version` and `/ready` on port 8080, has a HEALTHCHECK on `/ready` each second and
//! writes a log line each second. Not here: who runs them (`stack.rs`).

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::docker::Docker;

/// What an image is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Becomes healthy within about two seconds.
    Good,
    /// Starts and answers `/health`, but `/ready` says 503: becomes unhealthy.
    Bad,
    /// As good, with a log full of what a terminal would obey: `HOSTILE_LOG`.
    Hostile,
}

impl Variant {
    fn repository(self) -> &'static str {
        match self {
            Variant::Good => "gonogo-test-web",
            Variant::Bad => "gonogo-test-bad",
            Variant::Hostile => "gonogo-test-hostile",
        }
    }
}

/// The lines of a hostile log, once a second. Each ends in `hostile-N`, so that a test can wait for it.
pub(crate) const HOSTILE_LOG: &[&[u8]] = &[
    b"clear \x1b[2J\x1b[H hostile-1",
    b"title \x1b]0;owned\x07 hostile-2",
    b"clipboard \x1b]52;c;b3duZWQ=\x07 hostile-3",
    b"progress 10%\r50%\r99% hostile-4",
    "bidi \u{202e}desrever\u{2066}\u{200f} hostile-5".as_bytes(),
    b"modes \x1b[?1049l\x1b[?25h\x1b[?1000h\x1b[?2004l hostile-6",
    "c1 \u{9b}2J\u{90}x\u{9c} hostile-7".as_bytes(),
    b"raw c1 \x9b2J \xff\xfe hostile-8",
    b"backspace abc\x08\x08\x08xyz hostile-9",
    b"link \x1b]8;;http://example.invalid/\x07here\x1b]8;;\x07 hostile-10",
    b"bell \x07\x07 dcs \x1bP+q544e\x1b\\ hostile-11",
    b"query \x1b[c\x1b[6n\x1b[>0q hostile-12",
    "invisible \u{200b}\u{e0041}\u{feff} wide \u{1f469}\u{200d}\u{1f680} hostile-13".as_bytes(),
    b"colour \x1b[31mred\x1b[0m end hostile-14",
];

/// What of a hostile log must never reach a terminal, whatever else a program writes: none of it is a program's own.
pub(crate) const HOSTILE_SEQUENCES: &[&[u8]] = &[
    b"\x1b]0;owned",
    b"\x1b]52;c;b3duZWQ=",
    b"\x1b]8;;http://example.invalid/",
    b"\x1bP+q544e",
    b"\x1b[>0q",
    b"abc\x08",
    b"10%\r",
    "\u{202e}".as_bytes(),
    "\u{2066}".as_bytes(),
    "\u{9b}".as_bytes(),
    "\u{e0041}".as_bytes(),
];

const DOCKERFILE: &str = r#"FROM scratch
COPY bin /bin
COPY start serve hostile /
ARG VERSION
ARG MANNER
ENV VERSION=$VERSION MANNER=$MANNER SERVICE=web
LABEL org.opencontainers.image.version=$VERSION
HEALTHCHECK --interval=1s --timeout=3s --retries=2 --start-period=1s \
  CMD ["/bin/busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/ready"]
CMD ["/start"]
"#;

/// The log loop is the first process: it must end on TERM at once, or every stop takes the whole grace.
const START: &str = r#"#!/bin/sh
b=/bin/busybox
trap 'echo "$SERVICE $VERSION stopping"; exit 0' TERM
$b mkdir -p /www
echo ok >/www/health
echo "$VERSION" >/www/version
case $MANNER in
  bad) $b nc -ll -p 8080 -e /serve & ;;
  *) echo ready >/www/ready; $b httpd -p 8080 -h /www ;;
esac
n=0
while :; do
  n=$((n + 1))
  echo "$SERVICE $VERSION line $n"
  case $MANNER in hostile) $b cat /hostile ;; esac
  $b sleep 1 & wait $!
done
"#;

/// Busybox httpd cannot be made to say 503, so a few lines of shell stand before it.
const SERVE: &str = r#"#!/bin/sh
IFS= read -r line
while IFS= read -r rest && [ "${#rest}" -gt 1 ]; do :; done
case $line in
  "GET /ready "*)
    printf 'HTTP/1.0 503 Service Unavailable\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nnot ready\n' ;;
  *) printf '%s\r\n\r\n' "${line%?}" | /bin/busybox httpd -i -h /www ;;
esac
"#;

/// Builds the image of `variant` at `version`, a second the first time, and returns its name with the tag.
#[track_caller]
pub(crate) fn build(docker: &Docker, variant: Variant, version: &str) -> String {
    let context = tempfile::Builder::new().prefix("gonogo-it-").tempdir().unwrap();
    write_context(context.path());
    let name = format!("{}:{version}", variant.repository());
    let manner = match variant {
        Variant::Good => "good",
        Variant::Bad => "bad",
        Variant::Hostile => "hostile",
    };
    let version = format!("VERSION={version}");
    let manner = format!("MANNER={manner}");
    let folder = context.path().to_str().unwrap();
    docker.run(&["build", "-q", "--build-arg", &version, "--build-arg", &manner, "-t", &name, folder]);
    name
}

fn write_context(folder: &Path) {
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    fs::copy(busybox(), bin.join("busybox")).unwrap();
    symlink("busybox", bin.join("sh")).unwrap();
    fs::write(folder.join("Dockerfile"), DOCKERFILE).unwrap();
    let mut hostile = HOSTILE_LOG.join(&b'\n');
    hostile.push(b'\n');
    fs::write(folder.join("hostile"), hostile).unwrap();
    for (name, script) in [("start", START), ("serve", SERVE)] {
        let path = folder.join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Debian's busybox-static. It must be static: the image has no C library.
fn busybox() -> PathBuf {
    let found =
        ["/bin/busybox", "/usr/bin/busybox"].into_iter().map(PathBuf::from).find(|path| path.is_file());
    found.expect("busybox is installed (Debian's package busybox-static)")
}
