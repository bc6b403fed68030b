//! The checklists that come with the program, embedded.

/// A checklist of ours.
#[derive(Clone, Copy, Debug)]
pub struct Bundled {
    /// What it is asked for by.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Its TOML.
    pub source: &'static str,
}

/// All of them; the first is the starter that `gonogo init` writes.
pub const BUNDLED: [Bundled; 6] = [
    Bundled {
        name: "web-service",
        about: "a short release of a web service: checks, a sign-off, deploy and rollback with Docker Compose",
        source: include_str!("../../checklists/web-service.toml"),
    },
    Bundled {
        name: "docker-release-day",
        about: "the day before, the day and the day after: a tag builds images, Compose runs them, flags go on one by one",
        source: include_str!("../../checklists/docker-release-day.toml"),
    },
    Bundled {
        name: "production-readiness",
        about: "ten readings of readiness, merges in their order, staging, production, and a first day in four stages",
        source: include_str!("../../checklists/production-readiness.toml"),
    },
    Bundled {
        name: "docker-compose-deployment",
        about: "an application on its own server, from the empty machine to the first month, with plans for troubles",
        source: include_str!("../../checklists/docker-compose-deployment.toml"),
    },
    Bundled {
        name: "github-actions-release",
        about: "a first release by workflows: images from a tag, stage, production; or a GitLab of your own",
        source: include_str!("../../checklists/github-actions-release.toml"),
    },
    Bundled {
        name: "deployment-preparation",
        about: "two days that make a service ready for deployments: images, health, versions, pipeline; then its release",
        source: include_str!("../../checklists/deployment-preparation.toml"),
    },
];

/// The starter that `gonogo init` writes as `release.toml`.
pub fn starter() -> &'static str {
    let [starter, ..] = BUNDLED;
    starter.source
}

#[cfg(test)]
mod tests {
    use super::{BUNDLED, starter};
    use crate::checklist::action::ActionKind;
    use crate::checklist::id::VariableName;
    use crate::checklist::item::ItemKind;
    use crate::checklist::read::read_toml_with_warnings;

    #[test]
    fn every_bundled_checklist_loads_without_a_word() {
        for bundled in BUNDLED {
            let reading = read_toml_with_warnings(bundled.name, bundled.source)
                .unwrap_or_else(|problems| panic!("{}: {problems:#?}", bundled.name));
            assert_eq!(reading.warnings, [], "{}", bundled.name);
            assert_eq!(reading.checklist.id, bundled.name);
        }
    }

    #[test]
    fn the_starter_asks_for_two_versions_and_has_one_of_each_thing() {
        let checklist = read_toml_with_warnings("release.toml", starter()).expect("it loads").checklist;
        let names: Vec<_> = checklist.variables.names().map(VariableName::as_str).collect();
        assert_eq!(names, ["version", "previous_version"]);
        assert!(checklist.environments.iter().all(|(_, environment)| environment.docker.is_none()));
        let has = |wanted: fn(&ItemKind<'_>) -> bool| {
            checklist.forward_items().iter().any(|path| wanted(&path.item.kind()))
        };
        assert!(has(|kind| matches!(kind, ItemKind::Manual)));
        assert!(has(|kind| matches!(kind, ItemKind::Check(_))));
        assert!(has(|kind| matches!(kind, ItemKind::Signoff(_))));
        assert!(has(|kind| matches!(kind, ItemKind::Action(_))));
        for kind in [ActionKind::Deploy, ActionKind::Rollback] {
            assert!(checklist.actions.iter().any(|(_, action)| action.kind == kind), "{kind:?}");
        }
    }
}
