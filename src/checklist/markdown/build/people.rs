//! Roles that sign and people to reach.
//!
//! Who has a role the document does not say: anyone, recorded as claimed. Not here: which lines are signed (`sections/people.rs`).

use std::collections::HashSet;

use super::Building;
use super::ids::slug_of;
use super::item::literal;
use super::slots::{back_at, forward_at};
use crate::checklist::id::{ItemId, RoleId};
use crate::checklist::item::{Item, SignoffRequest};
use crate::checklist::markdown::secrets::masked;
use crate::checklist::people::{Contact, Role};

/// No team asks more roles than this of one release; a longer list is a table of something else.
const ROLES_MAX: usize = 64;
/// And nobody calls more people.
const CONTACTS_MAX: usize = 256;

impl Building<'_> {
    /// A role and an item for every line to sign.
    pub(super) fn signoffs(&mut self) {
        let sections = self.sections;
        for signoff in sections.signoffs.iter().filter(|signoff| !signoff.filled).take(ROLES_MAX) {
            let at = self.document.tree.node(signoff.node).range.start;
            let made = slug_of(&signoff.role);
            let role = RoleId::new(super::ids::name_of(if made.is_empty() { "role" } else { &made }));
            if !self.checklist.roles.contains(&role) {
                let title = Some(masked(&signoff.role));
                self.checklist.roles.insert(role.clone(), Role { title, members: Vec::new() });
            }
            let slot = back_at(sections, at).unwrap_or_else(|| forward_at(self.document, sections, at));
            let id = ItemId::new(self.item_names.take(&format!("sign-off.{role}")));
            let request = SignoffRequest { roles: vec![role], quorum: None, valid_for: None };
            let item = Item { id, title: literal(&signoff.role), signoff: Some(request), ..Item::default() };
            // Lines of one paragraph keep their order: its offset is the same, and sorting is stable.
            self.lists.entry(slot).or_default().push((at, item));
        }
    }

    /// Contacts, each once.
    pub(super) fn contacts(&mut self) {
        let mut seen = HashSet::new();
        for contact in self.sections.contacts.iter().take(CONTACTS_MAX) {
            let said = |text: &Option<String>| text.as_deref().map(masked);
            if seen.insert((&contact.role, &contact.name, &contact.reach)) {
                self.checklist.contacts.push(Contact {
                    role: masked(&contact.role),
                    name: said(&contact.name),
                    reach: said(&contact.reach),
                    availability: said(&contact.hours),
                });
            }
        }
    }
}
