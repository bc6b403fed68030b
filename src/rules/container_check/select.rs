//! Which containers a check is about.
//!
//! Without a word of its own it is about the environment's Compose project. Names are looked for everywhere, because a
//! name says exactly what is meant. One-off containers (`compose run`) belong only where they are named.

use crate::checklist::check::ContainersCheck;
use crate::rules::observed::{Container, Source};

pub(super) const DEPENDS_ON: &str = "com.docker.compose.depends_on";
const COMPLETED: &str = "service_completed_successfully";

/// What is selected, as plain text.
pub(super) struct Selection {
    project: Option<String>,
    pub(super) services: Vec<String>,
    names: Vec<String>,
    label: Option<(String, Option<String>)>,
    one_shots: Vec<String>,
}

impl Selection {
    /// What the check is about; the daemon's containers tell which services are one-shots.
    pub(super) fn new(check: &ContainersCheck, project: Option<&str>, source: &Source) -> Self {
        let own = check.project.as_ref().map(|project| project.as_written().to_owned());
        let environments = project.filter(|_| check.names.is_empty()).map(str::to_owned);
        let texts = |templates: &[crate::checklist::template::Template]| {
            templates.iter().map(|template| template.as_written().to_owned()).collect()
        };
        let label = check.label.as_ref().map(|label| match label.as_written().split_once('=') {
            Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
            None => (label.as_written().to_owned(), None),
        });
        let services = texts(&check.services);
        let names = texts(&check.names);
        Self { project: own.or(environments), services, names, label, one_shots: one_shots(source) }
    }

    /// The containers it is about, without those that are gone.
    pub(super) fn containers<'a>(&self, source: &'a Source) -> Vec<&'a Container> {
        source
            .containers
            .iter()
            .filter(|container| container.gone.is_none() && self.is_in(container))
            .collect()
    }

    fn is_in(&self, container: &Container) -> bool {
        let named = self.names.iter().any(|name| container.name.raw() == name);
        let project = self
            .project
            .as_ref()
            .is_none_or(|project| container.project.as_ref().is_some_and(|own| own.raw() == project));
        let service =
            self.services.is_empty() || self.services.iter().any(|service| is_service(container, service));
        let label = self.label.as_ref().is_none_or(|(key, value)| {
            container
                .labels
                .iter()
                .any(|(own, text)| own == key && value.as_ref().is_none_or(|value| value == text))
        });
        let oneoff = container.oneoff && !named && self.label.is_none();
        project && service && label && !oneoff && (self.names.is_empty() || named)
    }

    /// Services and names without a container.
    pub(super) fn missing(&self, selected: &[&Container]) -> Vec<String> {
        let no_service = self
            .services
            .iter()
            .filter(|service| !selected.iter().any(|container| is_service(container, service)));
        let no_name =
            self.names.iter().filter(|name| !selected.iter().any(|container| container.name.raw() == *name));
        no_service.chain(no_name).cloned().collect()
    }

    /// In words: `project shop, services web, api`.
    pub(super) fn words(&self) -> String {
        let mut words = Vec::new();
        if let Some(project) = &self.project {
            words.push(format!("project {project}"));
        }
        if !self.services.is_empty() {
            words.push(format!("services {}", self.services.join(", ")));
        }
        if !self.names.is_empty() {
            words.push(format!("names {}", self.names.join(", ")));
        }
        if let Some((key, value)) = &self.label {
            words.push(format!("label {key}{}", value.as_ref().map(|v| format!("={v}")).unwrap_or_default()));
        }
        if words.is_empty() { "none at all".to_owned() } else { words.join(", ") }
    }

    /// A command that shows the same containers.
    pub(super) fn repeat(&self) -> String {
        let mut argv = vec!["docker".to_owned(), "ps".to_owned(), "-a".to_owned()];
        let mut filter = |text: String| argv.extend(["--filter".to_owned(), text]);
        if let Some(project) = &self.project {
            filter(format!("label=com.docker.compose.project={project}"));
        }
        if let Some((key, value)) = &self.label {
            filter(format!("label={key}{}", value.as_ref().map(|v| format!("={v}")).unwrap_or_default()));
        }
        if let [service] = self.services.as_slice() {
            filter(format!("label=com.docker.compose.service={service}"));
        }
        for name in &self.names {
            filter(format!("name=^{name}$"));
        }
        shell_words::join(argv)
    }

    /// Does another service of the project wait for it to complete?
    pub(super) fn is_one_shot(&self, container: &Container) -> bool {
        container
            .service
            .as_ref()
            .is_some_and(|service| self.one_shots.iter().any(|one| one == service.raw()))
    }
}

/// Services that others wait for to complete.
fn one_shots(source: &Source) -> Vec<String> {
    let labels = source.containers.iter().flat_map(|container| &container.labels);
    let edges = labels.filter(|(key, _)| key == DEPENDS_ON).flat_map(|(_, text)| text.split(','));
    edges
        .filter_map(|edge| {
            let mut parts = edge.split(':');
            let service = parts.next()?;
            (parts.next()? == COMPLETED).then(|| service.to_owned())
        })
        .collect()
}

/// Is it a container of this Compose service?
pub(super) fn is_service(container: &Container, service: &str) -> bool {
    container.service.as_ref().is_some_and(|own| own.raw() == service)
}
