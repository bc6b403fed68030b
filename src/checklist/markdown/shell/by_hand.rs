//! Why a fence is copied by a person and not run: it would wait for keys, or what follows is meant for somebody else.
//!
//! Enabling such a fence is a person's choice. Not here: lines of another language (`foreign.rs`).

use super::argv::{Command, Joint, Word, has, name_of, operands};
use super::foreign::Tongue;

/// A fence that is done by hand, and the first reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The line from 1 in the fence.
    pub line: usize,
    /// The reason.
    pub why: Why,
}

/// What stands in the way of running a fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A login on another machine or as another person; the lines behind it are meant for there.
    OtherSide,
    /// The prompt of a database.
    DatabasePrompt,
    /// An editor.
    Editor,
    /// A pager, or a program that takes the whole screen.
    Pager,
    /// It asks for a name, a password or a key.
    Login,
    /// A line of another language.
    Foreign(Tongue),
    /// A quote, a substitution or a here-document never closes.
    Unclosed,
}

impl Why {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::OtherSide => "logs in elsewhere, and what follows is meant for there",
            Self::DatabasePrompt => "opens a database's prompt",
            Self::Editor => "opens an editor",
            Self::Pager => "takes the whole screen until somebody leaves it",
            Self::Login => "asks for a login, a password or a key",
            Self::Foreign(Tongue::Cron) => "holds a line of a crontab",
            Self::Foreign(Tongue::Sql) => "holds a statement for a database",
            Self::Foreign(Tongue::Config) => "holds lines of a configuration file",
            Self::Foreign(Tongue::Tree) => "holds a drawing of folders",
            Self::Foreign(Tongue::Prose) => "holds a sentence",
            Self::Unclosed => "a quote or here-document in it never closes",
        }
    }
}

/// Options of `ssh` that take a value.
pub const SSH_VALUES: [&str; 17] =
    ["-p", "-i", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-e", "-m", "-S", "-W", "-w"];
const EDITORS: [&str; 9] = ["vi", "vim", "nvim", "nano", "emacs", "pico", "visudo", "vipw", "sudoedit"];
const PAGERS: [&str; 8] = ["less", "more", "most", "man", "tmux", "screen", "k9s", "mc"];
const SHELLS: [&str; 7] = ["bash", "sh", "zsh", "ash", "dash", "fish", "python3"];

/// Why a person must type this command. None: it needs nobody.
pub fn why(command: &Command) -> Option<Why> {
    let argv = command.argv();
    let reached = command.inner();
    remote_login(command, argv)
        .or_else(|| other_person(command, argv))
        .or_else(|| shell_inside(command, reached, reached.len() != argv.len()))
        .or_else(|| database(command, reached))
        .or_else(|| editor(command, reached))
        .or_else(|| PAGERS.contains(&name_of(reached)).then_some(Why::Pager).filter(|_| pages(command)))
        .or_else(|| login(command, argv))
}

fn pages(command: &Command) -> bool {
    command.after != Joint::Pipe && !command.redirections.iter().any(|one| one.operator.starts_with('>'))
}

/// `ssh host` with nothing to do there.
fn remote_login(command: &Command, argv: &[Word]) -> Option<Why> {
    let bare = name_of(argv) == "ssh" && !command.fed() && operands(argv, &SSH_VALUES).len() == 1;
    let tunnel = has(argv, &["-N", "-V", "-T"]);
    (bare && !tunnel).then_some(Why::OtherSide)
}

fn other_person(command: &Command, argv: &[Word]) -> Option<Why> {
    let name = name_of(argv);
    let becomes = match name {
        "su" => !has(argv, &["-c", "--command"]),
        "sudo" => has(argv, &["-i", "-s"]),
        _ => false,
    };
    (becomes && !command.fed()).then_some(Why::OtherSide)
}

/// `bash` alone, on this machine or in a container.
fn shell_inside(command: &Command, reached: &[Word], contained: bool) -> Option<Why> {
    let bare = reached.iter().skip(1).all(|word| matches!(word.text.as_str(), "-l" | "-i" | "--login"));
    let shell = SHELLS.contains(&name_of(reached)) && bare && !command.fed();
    (shell && (contained || command.before == Joint::Nothing)).then_some(Why::OtherSide)
}

fn database(command: &Command, reached: &[Word]) -> Option<Why> {
    let told = match name_of(reached) {
        "psql" => {
            has(reached, &["-c", "--command", "-f", "--file", "-l", "--list", "-V", "--version"])
                || inline_option(reached, "-c")
        }
        "mysql" | "mariadb" => {
            has(reached, &["-e", "--execute", "-V", "--version"]) || inline_option(reached, "-e")
        }
        "mongo" | "mongosh" => {
            has(reached, &["--eval", "--version"]) || reached.iter().any(|word| word.text.contains(".js"))
        }
        "redis-cli" => {
            !operands(reached, &["-h", "-p", "-a", "-n", "-u"]).is_empty()
                || has(reached, &["--version", "--scan"])
        }
        "sqlite3" => operands(reached, &[]).len() > 1 || has(reached, &["-version"]),
        _ => return None,
    };
    (!told && !command.fed()).then_some(Why::DatabasePrompt)
}

/// `-cSELECT` in one word.
fn inline_option(argv: &[Word], option: &str) -> bool {
    argv.iter().skip(1).any(|word| word.text.len() > 2 && word.text.starts_with(option))
}

fn editor(command: &Command, reached: &[Word]) -> Option<Why> {
    let operands = operands(reached, &[]);
    let (first, second) =
        (operands.first().copied().unwrap_or_default(), operands.get(1).copied().unwrap_or_default());
    let message = ["-m", "--message", "-F", "--file", "-C", "--reuse-message", "--no-edit"];
    let opens = match name_of(reached) {
        name if EDITORS.contains(&name) => true,
        "crontab" => has(reached, &["-e"]),
        "kubectl" | "oc" | "systemctl" => first == "edit",
        "git" => match first {
            "commit" => !has(reached, &message),
            "tag" => has(reached, &["-a", "-s", "--annotate", "--sign"]) && !has(reached, &message),
            "rebase" | "add" => has(reached, &["-i", "--interactive", "-p", "--patch"]),
            _ => false,
        },
        "rails" => first == "credentials:edit" || second == "credentials:edit",
        _ => false,
    };
    (opens && !command.fed()).then_some(Why::Editor)
}

fn login(command: &Command, argv: &[Word]) -> Option<Why> {
    let operands = operands(argv, &[]);
    let (first, second) =
        (operands.first().copied().unwrap_or_default(), operands.get(1).copied().unwrap_or_default());
    let asks = match name_of(argv) {
        "docker" | "podman" | "helm" | "oc" | "vault" => {
            (first == "login" || second == "login")
                && !has(argv, &["--password-stdin", "-p", "--password", "--token"])
        }
        "npm" | "yarn" | "pnpm" => {
            matches!(first, "login" | "adduser") || (first, second) == ("npm", "login")
        }
        "cargo" => first == "login" && operands.len() == 1,
        "gh" | "glab" | "gcloud" => (first, second) == ("auth", "login"),
        "az" | "heroku" | "fly" | "flyctl" | "vercel" | "netlify" => first == "login",
        "aws" => first == "configure" && operands.len() == 1 || (first, second) == ("sso", "login"),
        "ssh-keygen" => !has(argv, &["-N", "-l", "-R", "-F", "-y", "-A"]),
        "ssh-copy-id" | "passwd" => true,
        _ => false,
    };
    (asks && !command.fed()).then_some(Why::Login)
}

#[cfg(test)]
mod tests {
    use super::super::argv::commands;
    use super::*;

    fn why_of(line: &str) -> Option<Why> {
        commands(line).iter().find_map(why)
    }

    #[test]
    fn what_waits_for_a_person_is_by_hand() {
        for (line, reason) in [
            ("ssh me@host", Why::OtherSide),
            ("ssh -i key -p 22 me@host", Why::OtherSide),
            ("sudo su -", Why::OtherSide),
            ("sudo -i", Why::OtherSide),
            ("docker compose exec web bash", Why::OtherSide),
            ("docker compose exec db psql -U scheduler -d x", Why::DatabasePrompt),
            ("mysql -u root -p", Why::DatabasePrompt),
            ("redis-cli -h x", Why::DatabasePrompt),
            ("nano .env", Why::Editor),
            ("sudo nano /etc/x", Why::Editor),
            ("crontab -e", Why::Editor),
            ("git commit -a", Why::Editor),
            ("git tag -a v1", Why::Editor),
            ("kubectl edit deploy x", Why::Editor),
            ("journalctl | less", Why::Pager),
            ("docker login ghcr.io", Why::Login),
            ("gh auth login", Why::Login),
            ("ssh-copy-id -i k.pub u@h", Why::Login),
        ] {
            assert_eq!(why_of(line), Some(reason), "{line}");
        }
    }

    #[test]
    fn what_says_all_it_needs_runs() {
        for line in [
            "ssh u@h \"docker --version\"",
            "ssh u@h < x.sh",
            "ssh -N -L 1:2:3 h",
            "psql -c 'select 1'",
            "psql -h a b < x.sql",
            "gunzip -c x | docker compose exec -T db psql -U x",
            "mysql -e x",
            "redis-cli ping",
            "sqlite3 a.db 'x'",
            "git commit -am x",
            "git tag -a v1 -m x",
            "git tag v1",
            "crontab -l",
            "docker login -p x",
            "ssh-keygen -t rsa -N \"\" -f x",
            "sudo apt update",
            "bash x.sh",
            "curl x | bash",
            "su -c x",
            "echo $P | docker login --password-stdin",
            "man x > y",
        ] {
            assert_eq!(why_of(line), None, "{line}");
        }
    }
}
