//! What one fence leaves for the next: the folder and the exported names, where they are written out plainly.
//!
//! Each script is a process of its own, so what a reader of the page would still have in his shell stands again at its beginning, with
//! its line. What a shell would have to compute is not carried, and the next fence says so. Not here: cutting a fence (`cut.rs`).

use crate::checklist::markdown::letters::slice;
use crate::checklist::markdown::shell::argv::{Command, Joint, Word, assignment, commands, name_of};
use crate::checklist::markdown::shell::script::CommandLine;

/// A line that is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Where it stands in the file, a line from 1.
    pub line: usize,
    /// The line of shell, as written.
    pub text: String,
}

/// More than a phase ever set; what comes behind is not carried.
const CARRIED_MAX: usize = 50;

/// What is set at a place of the document.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    /// The steps to the folder, in order.
    folder: Vec<Carried>,
    /// The line that went to a folder only a shell knows.
    folder_lost: Option<usize>,
    exports: Vec<(String, Carried)>,
    /// Names of this fence only.
    locals: Vec<(String, Carried)>,
    /// Names whose value only a shell knows, and the line.
    lost: Vec<(String, usize)>,
}

impl Context {
    /// Another fence begins: names that were not exported are over.
    pub(super) fn next_fence(&mut self) {
        self.locals.clear();
    }

    /// All that is carried, in the order of the file.
    pub(super) fn carried(&self) -> Vec<Carried> {
        let names = self.exports.iter().chain(&self.locals).map(|(_, carried)| carried);
        let mut all: Vec<Carried> = self.folder.iter().chain(names).cloned().collect();
        all.sort_by_key(|carried| carried.line);
        all
    }

    /// The names that are set.
    pub(super) fn names(&self) -> Vec<String> {
        self.exports.iter().chain(&self.locals).map(|(name, _)| name.clone()).collect()
    }

    /// The line on which a name got a value that only a shell knows.
    pub(super) fn lost(&self, name: &str) -> Option<usize> {
        self.lost.iter().rev().find(|(lost, _)| lost == name).map(|(_, line)| *line)
    }

    /// The line on which the folder became one that only a shell knows.
    pub(super) fn folder_lost(&self) -> Option<usize> {
        self.folder_lost
    }

    /// A command line was passed; `at` is its line in the file.
    pub(super) fn pass(&mut self, line: &CommandLine, at: usize) {
        // In a loop, a condition or brackets it happens perhaps, or elsewhere.
        if line.depth > 0 || line.text.contains('(') && !plain_brackets(&line.text) {
            return;
        }
        let all = commands(&line.text);
        let sure = |one: &Command| {
            !matches!(one.before, Joint::Pipe | Joint::Or) && !matches!(one.after, Joint::Pipe | Joint::Or)
        };
        for command in &all {
            let argv = command.argv();
            match name_of(argv) {
                "cd" if sure(command) => self.goes(argv, &line.text, at),
                "pushd" | "popd" => self.loses_folder(at),
                "export" => self.exports(argv.get(1..).unwrap_or_default(), &line.text, at),
                "" => self.assigns(&command.words, &line.text, at),
                _ => {}
            }
        }
    }

    fn loses_folder(&mut self, at: usize) {
        self.folder.clear();
        self.folder_lost = Some(at);
    }

    fn goes(&mut self, argv: &[Word], text: &str, at: usize) {
        let [_, to] = argv else { return self.loses_folder(at) };
        if !literal(to) || to.text.starts_with('-') || self.folder.len() >= CARRIED_MAX {
            return self.loses_folder(at);
        }
        if to.text.starts_with(['/', '~']) {
            self.folder.clear();
            self.folder_lost = None;
        }
        self.folder.push(Carried { line: at, text: format!("cd {}", slice(text, to.range.clone())) });
    }

    fn exports(&mut self, words: &[Word], text: &str, at: usize) {
        for word in words {
            let Some(name) = assignment(word) else {
                // `export NAME`: what this fence set goes on.
                if let Some(index) = self.locals.iter().position(|(known, _)| *known == word.text) {
                    let (name, local) = self.locals.remove(index);
                    let text = format!("export {}", local.text);
                    put(&mut self.exports, &name, Carried { text, ..local });
                }
                continue;
            };
            if literal(word) {
                self.lost.retain(|(lost, _)| lost != name);
                let text = format!("export {}", slice(text, word.range.clone()));
                put(&mut self.exports, name, Carried { line: at, text });
            } else {
                self.loses(name, at);
            }
        }
    }

    fn assigns(&mut self, words: &[Word], text: &str, at: usize) {
        for word in words {
            let Some(name) = assignment(word) else { continue };
            if literal(word) {
                self.lost.retain(|(lost, _)| lost != name);
                let text = slice(text, word.range.clone()).to_owned();
                put(&mut self.locals, name, Carried { line: at, text });
            } else {
                self.loses(name, at);
            }
        }
    }

    fn loses(&mut self, name: &str, at: usize) {
        self.exports.retain(|(known, _)| known != name);
        self.locals.retain(|(known, _)| known != name);
        if self.lost.len() < CARRIED_MAX {
            self.lost.push((name.to_owned(), at));
        }
    }
}

fn put(list: &mut Vec<(String, Carried)>, name: &str, carried: Carried) {
    list.retain(|(known, _)| known != name);
    if list.len() < CARRIED_MAX {
        list.push((name.to_owned(), carried));
    }
}

/// Nothing in it is for a shell to compute.
fn literal(word: &Word) -> bool {
    !word.computed && !word.runs && (word.quoted || !word.text.contains(['*', '?', '[', '{', '`', '\n']))
}

/// All round brackets belong to `$(…)`.
fn plain_brackets(text: &str) -> bool {
    text.match_indices('(').all(|(at, _)| slice(text, 0..at).ends_with('$'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::markdown::shell::script::Script;

    fn after(body: &str) -> (Vec<String>, Context) {
        let mut context = Context::default();
        for line in &Script::read("bash", body).lines {
            context.pass(line, line.line);
        }
        (context.carried().into_iter().map(|carried| carried.text).collect(), context)
    }

    #[test]
    fn folders_and_exports_are_carried_as_they_are_written() {
        assert_eq!(after("cd app\ncd '../my x'\n").0, ["cd app", "cd '../my x'"]);
        assert_eq!(after("cd app\ncd /opt/x && make\n").0, ["cd /opt/x"]);
        assert_eq!(after("export A='b c' D=1\nexport A=2\n").0, ["export D=1", "export A=2"]);
        assert_eq!(after("A=1\nexport A\n").0, ["export A=1"]);
    }

    #[test]
    fn what_a_shell_computes_is_lost_and_known_to_be() {
        let (carried, context) = after("cd app\ncd $HOME/x\nexport A=$(date)\nB=$A\n");
        assert!(carried.is_empty());
        assert_eq!(
            (context.folder_lost(), context.lost("A"), context.lost("B")),
            (Some(2), Some(3), Some(4))
        );
        assert_eq!(context.lost("C"), None);
    }

    #[test]
    fn what_happens_in_brackets_loops_or_pipes_is_not_carried() {
        for body in
            ["(cd x && make)\n", "for a in b; do\ncd x\ndone\n", "make || cd x\n", "f() {\nexport A=1\n}\n"]
        {
            let (carried, context) = after(body);
            assert!(carried.is_empty() && context.folder_lost().is_none(), "{body}");
        }
    }

    #[test]
    fn names_that_are_not_exported_end_with_their_fence() {
        let (_, mut context) = after("A=1\nexport B=2\n");
        assert_eq!(context.names(), ["B", "A"]);
        context.next_fence();
        assert_eq!(context.names(), ["B"]);
    }
}
