//! The lists as phases and sections, each part of a phase with its environment, and the criteria as the last phase.
//!
//! Not here: which list an entry stands in (`slots.rs`), ways back (`back.rs`).

use super::Building;
use super::ids::Names;
use super::item::literal;
use super::slots::Slot;
use crate::checklist::environment::Environment;
use crate::checklist::id::{EnvironmentName, PhaseId, PlanId, SectionId};
use crate::checklist::markdown::sections::durations::{Lead, durations};
use crate::checklist::model::{Phase, Plan, Section};

/// Phases behind so many share the list of the one before: no release has more.
const READINGS_MAX: usize = 256;
/// The criteria's phase where they stand in several.
const CRITERIA: &str = "Success criteria";

impl Building<'_> {
    /// Phases in file order; those without items are only read in the file.
    pub(super) fn phases(&mut self) {
        let outline = &self.document.outline;
        for (index, part) in self.sections.environments.iter().enumerate() {
            let Some(phase) = outline.phases.get(part.phase) else { continue };
            let items = self.take(Slot::Phase(index, None));
            let mut names = Names::default();
            let mut sections = Vec::new();
            let first = phase.sections.partition_point(|section| section.range.start < part.range.start);
            // A part that begins within a section goes on with it.
            for (number, section) in phase.sections.iter().enumerate().skip(first.saturating_sub(1)) {
                if section.range.start >= part.range.end {
                    break;
                }
                let items = self.take(Slot::Phase(index, Some(number)));
                if !items.is_empty() {
                    let id = SectionId::new(names.of_title(&section.title, "section"));
                    let due = due(&section.title);
                    sections.push(Section {
                        id,
                        title: literal(&section.title),
                        due,
                        items,
                        ..Section::default()
                    });
                }
            }
            if items.is_empty() && sections.is_empty() {
                continue;
            }
            let cut = index > 0
                && self.sections.environments.get(index - 1).is_some_and(|before| before.phase == part.phase);
            let title = match part.environment {
                Some(name) if cut => format!("{} – {name}", phase.title),
                Some(_) | None => phase.title.clone(),
            };
            let id = PhaseId::new(self.phase_names.of_title(&title, "phase"));
            let environment = part.environment.map(|name| self.environment(name));
            let due = due(&phase.title);
            self.checklist.phases.push(Phase {
                id,
                title: literal(&title),
                environment,
                due,
                items,
                sections,
                ..Phase::default()
            });
        }
    }

    fn environment(&mut self, name: &str) -> EnvironmentName {
        let name = EnvironmentName::new(name);
        if !self.checklist.environments.contains(&name) {
            self.checklist.environments.insert(name.clone(), Environment::default());
        }
        name
    }

    /// What must hold in the end, asked when the last window closed.
    pub(super) fn criteria(&mut self) {
        let slots: Vec<usize> = self
            .lists
            .keys()
            .filter_map(|slot| if let Slot::Criteria(stretch) = slot { Some(*stretch) } else { None })
            .collect();
        let Some(first) = slots.first() else { return };
        let phase_of = |stretch: usize| {
            let at = self.sections.stretches.get(stretch).map_or(0, |stretch| stretch.range.start);
            self.document.outline.place_at(at).0.map(|phase| (phase.range.start, phase.title.clone()))
        };
        let of_first = phase_of(*first);
        let title = of_first
            .clone()
            .filter(|_| slots.iter().all(|stretch| phase_of(*stretch) == of_first))
            .map_or_else(|| CRITERIA.to_owned(), |(_, title)| title);
        let mut phase = Phase { title: literal(&title), ..Phase::default() };
        let mut names = Names::default();
        for stretch in slots {
            let mut items = self.take(Slot::Criteria(stretch));
            if let Some(window) = &self.last_window {
                for item in &mut items {
                    item.needs = vec![window.to_string()];
                }
            }
            match self
                .sections
                .stretches
                .get(stretch)
                .map(|stretch| &stretch.title)
                .filter(|own| **own != title)
            {
                Some(own) => {
                    let id = SectionId::new(names.of_title(own, "section"));
                    phase.sections.push(Section { id, title: literal(own), items, ..Section::default() });
                }
                None => phase.items.extend(items),
            }
        }
        phase.id = PhaseId::new(self.phase_names.of_title(&title, "criteria"));
        self.checklist.phases.push(phase);
    }

    /// What is read and not done: commands of "troubleshooting" are lists beside the way forward.
    pub(super) fn readings(&mut self) {
        let mut plans: Vec<(PlanId, Plan)> = Vec::new();
        for (index, phase) in self.document.outline.phases.iter().enumerate() {
            let items = self.take(Slot::Reading(index));
            match plans.last_mut().filter(|_| items.is_empty() || index >= READINGS_MAX) {
                Some((_, last)) => last.items.extend(items),
                None if items.is_empty() => {}
                None => {
                    let id = PlanId::new(self.plan_names.of_title(&phase.title, "reading"));
                    plans.push((id, Plan { title: literal(&phase.title), environment: None, items }));
                }
            }
        }
        for (id, plan) in plans {
            self.checklist.plans.insert(id, plan);
        }
    }
}

/// "(1 day before)" and "Within 24 hours" as a due time.
fn due(title: &str) -> Option<String> {
    durations(title).into_iter().find_map(|said| match said.lead {
        Lead::Before => Some(format!("release - {}", said.length)),
        Lead::Deadline => Some(format!("deploy + {}", said.length)),
        Lead::First | Lead::Lasting | Lead::Other | Lead::Bare => None,
    })
}
