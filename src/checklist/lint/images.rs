//! `unpinned-image`: an image without a version, or with `latest`, is another one tomorrow.
//!
//! Not here: images of a Compose file, which is not read.

use super::commands::quoted;
use super::findings::Findings;
use super::sheets::{From, Sheet, Way};
use super::table::UNPINNED_IMAGE;
use crate::checklist::markdown::shell::argv::{Command, Word, commands, name_of, operands};

/// Options of `docker run`, `create` and `pull` that take a value.
const VALUES: [&str; 42] = [
    "-v",
    "--volume",
    "-p",
    "--publish",
    "-e",
    "--env",
    "--env-file",
    "--name",
    "--network",
    "--net",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--entrypoint",
    "-m",
    "--memory",
    "--cpus",
    "--restart",
    "--mount",
    "-h",
    "--hostname",
    "-l",
    "--label",
    "--platform",
    "--gpus",
    "--add-host",
    "--device",
    "--pull",
    "--log-driver",
    "--log-opt",
    "--ulimit",
    "--health-cmd",
    "--link",
    "--dns",
    "--ip",
    "--shm-size",
    "--tmpfs",
    "-H",
    "--host",
    "--context",
    "--cidfile",
];

/// The rule over one sheet. What a sheet builds itself needs no version.
pub(super) fn check(sheet: &Sheet, findings: &mut Findings<'_>) {
    if sheet.way == Way::Beside {
        return;
    }
    let built: Vec<String> = sheet.script.lines.iter().flat_map(|line| builds(&line.text)).collect();
    for line in &sheet.script.lines {
        for command in commands(&line.text) {
            let Some(image) = image(&command) else { continue };
            let computed = image.computed || sheet.from == From::Program && image.text.contains('{');
            if computed || built.contains(&image.text) || !is_image(&image.text) {
                continue;
            }
            let why = match version(&image.text) {
                Some("latest") => "`latest` is whatever was pushed last",
                Some(_) => continue,
                None => "no version is named, so it is `latest`",
            };
            let reason = format!("the image {}: {why}", quoted(&image.text));
            findings.at(&UNPINNED_IMAGE, sheet.span(line.line), reason);
        }
    }
}

/// The image of `docker run`, `create` or `pull`.
fn image(command: &Command) -> Option<Word> {
    let argv = command.argv();
    if !matches!(name_of(argv), "docker" | "podman") {
        return None;
    }
    let operands = operands(argv, &VALUES);
    let (["run" | "create" | "pull", rest @ ..]
    | ["container", "run" | "create", rest @ ..]
    | ["image", "pull", rest @ ..]) = operands.as_slice()
    else {
        return None;
    };
    let image = rest.first()?;
    argv.iter().find(|word| word.text == **image).cloned()
}

fn builds(line: &str) -> Vec<String> {
    let mut built = Vec::new();
    for command in commands(line) {
        let argv = command.argv();
        let is_build =
            matches!(name_of(argv), "docker" | "podman") && argv.iter().any(|word| word.text == "build");
        if is_build {
            let tags = argv
                .windows(2)
                .filter(|two| matches!(two, [option, _] if matches!(option.text.as_str(), "-t" | "--tag")));
            built.extend(tags.filter_map(|two| two.last()).map(|tag| tag.text.clone()));
        }
    }
    built
}

fn is_image(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|first| first.is_ascii_alphanumeric());
    first && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:@".contains(c))
}

/// What stands behind the name: a tag or a digest.
fn version(image: &str) -> Option<&str> {
    if let Some((_, digest)) = image.split_once('@') {
        return Some(digest);
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').map(|(_, tag)| tag)
}
