//! The checklists of the tests, written part by part: each test says only what it is about.
//!
//! Parts come out in the order of the calls. An item belongs to the phase before it, a step to the action before it. Not
//! here: what the parts mean (`src/checklist/`), checklists that are wrong on purpose (`tests/fixtures/checklists/`).

/// A checklist in the making. `more` is further lines of the part's table, as they stand in the file.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    text: String,
    action: String,
}

impl Draft {
    /// The shop's release with these variables, each a version.
    pub(crate) fn shop(versions: &[&str]) -> Self {
        let head = "format = 1\nid = \"shop\"\ntitle = \"Shop release\"\n".to_owned();
        let draft = Self { text: head, action: String::new() };
        versions.iter().fold(draft, |draft, name| draft.variable(name, "kind = \"semver\""))
    }

    /// A variable.
    pub(crate) fn variable(self, name: &str, more: &str) -> Self {
        self.table(&format!("[variables.{name}]"), more)
    }

    /// An environment.
    pub(crate) fn environment(self, name: &str, more: &str) -> Self {
        self.table(&format!("[environments.{name}]"), more)
    }

    /// A role.
    pub(crate) fn role(self, id: &str, title: &str, more: &str) -> Self {
        self.table(&format!("[roles.{id}]\ntitle = \"{title}\""), more)
    }

    /// A phase; without an environment where that is empty.
    pub(crate) fn phase(self, id: &str, title: &str, environment: &str) -> Self {
        let belongs =
            if environment.is_empty() { String::new() } else { format!("environment = \"{environment}\"") };
        self.table(&format!("[[phases]]\nid = \"{id}\"\ntitle = \"{title}\""), &belongs)
    }

    /// An item of the phase; a tick where `more` is empty.
    pub(crate) fn item(self, id: &str, title: &str, more: &str) -> Self {
        self.table(&format!("[[phases.items]]\nid = \"{id}\"\ntitle = \"{title}\""), more)
    }

    /// An action, with its kind.
    pub(crate) fn action(mut self, id: &str, kind: &str, more: &str) -> Self {
        id.clone_into(&mut self.action);
        self.table(&format!("[actions.{id}]\nkind = \"{kind}\""), more)
    }

    /// A step of the action.
    pub(crate) fn step(self, id: &str, more: &str) -> Self {
        let head = format!("[[actions.{}.steps]]\nid = \"{id}\"", self.action);
        self.table(&head, more)
    }

    /// Anything else, as it stands in the file.
    pub(crate) fn raw(self, lines: &str) -> Self {
        self.table(lines, "")
    }

    /// The file.
    pub(crate) fn toml(self) -> String {
        self.text
    }

    fn table(mut self, head: &str, more: &str) -> Self {
        for part in [head, more].into_iter().filter(|part| !part.is_empty()) {
            self.text.push_str(part);
            self.text.push('\n');
        }
        self
    }
}
