//! Is this inline code a command somebody could run, or the name of a thing?
//!
//! It is offered when its first word is in the table and it has two words, when it is a script's path, or a known test
//! runner alone. Offered is not run: a person accepts, then trust asks. Not here: fences (`shell/`).

use super::shell::argv::{assignment, commands};

/// Longer inline code is a text, in bytes.
const LONGEST: usize = 500;

/// Programs whose name with one more word is a command. Sorted.
const PROGRAMS: [&str; 154] = [
    "ab",
    "ack",
    "aerich",
    "alembic",
    "ansible",
    "ansible-playbook",
    "apt",
    "apt-get",
    "artisan",
    "aws",
    "az",
    "bash",
    "bazel",
    "black",
    "brew",
    "buf",
    "bun",
    "bundle",
    "bunx",
    "cargo",
    "cat",
    "cd",
    "celery",
    "chmod",
    "chown",
    "cmake",
    "composer",
    "conda",
    "cp",
    "crane",
    "crontab",
    "ctest",
    "curl",
    "cypress",
    "dart",
    "deno",
    "diff",
    "dig",
    "django-admin",
    "dnf",
    "docker",
    "docker-compose",
    "dotnet",
    "echo",
    "eslint",
    "export",
    "find",
    "firebase",
    "flake8",
    "flask",
    "flutter",
    "fly",
    "flyctl",
    "flyway",
    "gcloud",
    "gem",
    "gh",
    "git",
    "glab",
    "go",
    "golangci-lint",
    "goreleaser",
    "gpg",
    "gradle",
    "./gradlew",
    "grep",
    "gunicorn",
    "gunzip",
    "gzip",
    "hatch",
    "helm",
    "helmfile",
    "heroku",
    "hey",
    "invoke",
    "isort",
    "java",
    "jest",
    "journalctl",
    "jq",
    "just",
    "k6",
    "knex",
    "kubectl",
    "kustomize",
    "lerna",
    "liquibase",
    "ln",
    "ls",
    "make",
    "mix",
    "mkdir",
    "mongodump",
    "mongorestore",
    "mv",
    "mvn",
    "mypy",
    "mysql",
    "mysqldump",
    "nc",
    "netlify",
    "newman",
    "node",
    "nox",
    "npm",
    "npx",
    "nslookup",
    "openssl",
    "pdm",
    "perl",
    "pg_dump",
    "pg_restore",
    "php",
    "ping",
    "pip",
    "pip3",
    "pipenv",
    "playwright",
    "pnpm",
    "podman",
    "poetry",
    "pre-commit",
    "prettier",
    "prisma",
    "psql",
    "pulumi",
    "py.test",
    "pytest",
    "python",
    "python3",
    "rails",
    "rake",
    "redis-cli",
    "rm",
    "rspec",
    "rsync",
    "ruby",
    "ruff",
    "rustup",
    "scp",
    "sed",
    "sequelize",
    "serverless",
    "sh",
    "ssh",
    "sudo",
    "systemctl",
    "tail",
    "tar",
    "task",
    "terraform",
    "tox",
    "turbo",
    "twine",
];
/// The table's second half.
const MORE: [&str; 16] = [
    "tofu", "tsc", "uv", "uvicorn", "uvx", "vagrant", "vault", "vercel", "vitest", "wget", "wrangler",
    "yarn", "zsh", "touch", "source", "vite",
];
/// Known to test something when they stand alone.
const RUNNERS: [&str; 20] = [
    "pytest",
    "py.test",
    "mypy",
    "tox",
    "nox",
    "jest",
    "vitest",
    "rspec",
    "ctest",
    "phpunit",
    "flake8",
    "pyright",
    "eslint",
    "tsc",
    "golangci-lint",
    "cypress",
    "playwright",
    "ava",
    "mocha",
    "pylint",
];
/// How the files of scripts end.
const SCRIPTS: [&str; 3] = [".sh", ".bash", ".zsh"];

/// Whether inline code is a command.
pub fn command(code: &str) -> bool {
    let code = code.trim();
    if code.is_empty() || code.len() > LONGEST || code.contains(['\n', '…', '→']) || code.ends_with("...")
    {
        return false;
    }
    let all = commands(code);
    let Some(first) = all.first() else { return false };
    if first.words.first().is_some_and(|word| assignment(word).is_some()) && first.argv().is_empty() {
        return false;
    }
    let argv = first.argv();
    let [program, rest @ ..] = argv else { return false };
    let name = program.text.as_str();
    if name.is_empty() || program.computed {
        return false;
    }
    if script(name)
        || name.starts_with("./") && !name.ends_with('/') && (!rest.is_empty() || !named_file(name))
    {
        return true;
    }
    if argv.len() == 1 && all.len() == 1 && first.redirections.is_empty() {
        return RUNNERS.contains(&name);
    }
    // A sentence that begins with a program's name: `make sure it works.`
    let sentence = code.ends_with(['.', '!', '?'])
        && !code.ends_with(" .")
        && !code.ends_with("/.")
        && !code.ends_with("..");
    known(name)
        && !(sentence
            && rest.iter().all(|word| {
                word.text.chars().all(|letter| letter.is_alphabetic() || ".!?,".contains(letter))
            }))
}

fn known(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or_default();
    let absolute = name.starts_with('/') || !name.contains('/');
    absolute && (PROGRAMS.contains(&base) || MORE.contains(&base) || RUNNERS.contains(&base))
}

/// `x.sh`, `scripts/x.sh`, `./x.sh`; no address, no pattern.
fn script(name: &str) -> bool {
    let ends = SCRIPTS.iter().any(|end| {
        name.strip_suffix(end).is_some_and(|stem| !stem.is_empty() && !stem.ends_with(['/', '.']))
    });
    ends && !name.contains(['*', ':', '{', '[']) && !name.starts_with('-')
}

/// `./README.md`: a file with an ending that is no program's.
fn named_file(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.contains('.') || file.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DOCUMENTS: [&str; 5] = [
        include_str!("../../../tests/fixtures/documents/000.md"),
        include_str!("../../../tests/fixtures/documents/001.md"),
        include_str!("../../../tests/fixtures/documents/002.md"),
        include_str!("../../../tests/fixtures/documents/003.md"),
        include_str!("../../../tests/fixtures/documents/004.md"),
    ];

    /// Inline code outside fences, by a scanner that is good enough for these five.
    fn codes(document: &str) -> Vec<&str> {
        let mut open = false;
        let mut found = Vec::new();
        for line in document.lines() {
            open ^= line.trim_start().starts_with("```");
            if !open && !line.contains("```") {
                found.extend(line.split('`').skip(1).step_by(2));
            }
        }
        found
    }

    #[test]
    fn the_documents_offer_as_many_as_were_counted() {
        let offers = DOCUMENTS
            .map(|document| codes(document).into_iter().filter(|code| command(code)).collect::<Vec<_>>());
        assert_eq!(offers.each_ref().map(Vec::len), [5, 9, 0, 4, 1], "{offers:?}");
    }

    #[test]
    fn commands_are_told_from_names() {
        for code in [
            "docker compose up -d",
            "./deploy",
            "deploy.sh",
            "bin/x.sh --y",
            "pytest",
            "npm test",
            "sudo apt update",
            "A=1 make x",
            "cargo test .",
            "curl x | jq",
            "git tag v1 && git push",
        ] {
            assert!(command(code), "{code}");
        }
        for code in [
            "README.md",
            "./README.md",
            "main",
            "DEBUG=false",
            "docker",
            "npm",
            "/health",
            "GET /api/x",
            ".env",
            "*.sh",
            "src/utils/",
            "x",
            "",
            "image_tag: v1",
            "v1.0.0",
            "ghcr.io/x/y:z",
            "depends_on",
            "make sure it works.",
            "$VERSION",
            "git push ...",
            "-f",
            ".sh",
            "./",
            "ssh-keygen",
            "https://x/install.sh",
            "node.js",
            "foo bar",
        ] {
            assert!(!command(code), "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_text_stops_it(code in "(git |[a-z./$=`'\"|&; -]|\\PC){0,30}") {
            let _: bool = command(&code);
        }
    }
}
