//! Trust: what becomes possible when the content is trusted, and what a person's decision becomes.
//!
//! Not here: the digest (`checklist/trust.rs`), where it is kept (`runtime/trust_store.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::refusal::Refusal;
use super::trust::TrustState;

impl Engine {
    pub(super) fn trust_known(&mut self, at: DateTime<Utc>, state: TrustState) -> Vec<Effect> {
        let before = self.trust.is_trusted();
        self.trust = state;
        let mut effects = Vec::new();
        if !before && self.trust.is_trusted() {
            effects.extend(self.view_anew(at));
            effects.extend(self.send_held(at));
        }
        effects.extend(self.after_change(at));
        effects
    }

    pub(super) fn trust_wanted(&mut self, digest: &str) -> Result<Vec<Effect>, Refusal> {
        match &self.trust {
            TrustState::Untrusted { digest: known, .. } if known == digest => {
                Ok(vec![Effect::StoreTrust { digest: digest.to_owned() }])
            }
            TrustState::Untrusted { .. } => Err(Refusal::gate(
                "the content has changed since it was shown: look again before you trust it",
            )),
            TrustState::Trusted { .. } => Err(Refusal::gate("this content is trusted already")),
            TrustState::Unknown => Err(Refusal::gate("it is not known yet what there is to trust")),
        }
    }

    pub(super) fn keep_draft(&mut self, field: String, text: String) -> Vec<Effect> {
        if text.is_empty() {
            self.drafts.remove(&field);
        } else {
            self.drafts.insert(field.clone(), text.clone());
        }
        vec![Effect::SaveDraft { field, text }]
    }
}
