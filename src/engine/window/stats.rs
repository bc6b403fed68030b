//! Which containers' CPU and memory are sampled: those on screen and those a window looks at, in one order.
//!
//! Not here: sampling them (`runtime/docker/stats.rs`).

use std::collections::BTreeMap;

use super::sampling::looks_at_usage;
use crate::checklist::id::EnvironmentName;
use crate::engine::brain::Engine;
use crate::engine::effect::Effect;
use crate::rules::observed::local_environment;

impl Engine {
    /// Orders what is to be sampled where it has changed. Nothing while the content is not trusted.
    pub(in crate::engine) fn stats_follow(&mut self) -> Vec<Effect> {
        let mut wanted: BTreeMap<EnvironmentName, Vec<String>> = BTreeMap::new();
        if self.trust.is_trusted() {
            let seen = self.viewing.environment.clone().unwrap_or_else(local_environment);
            wanted.insert(seen, self.viewing.containers.clone());
            for (environment, containers) in self.usage_watched() {
                let here = wanted.entry(environment).or_default();
                for id in containers {
                    if !here.contains(&id) {
                        here.push(id);
                    }
                }
            }
        }
        for known in self.windows.stats.keys() {
            wanted.entry(known.clone()).or_default();
        }
        let mut effects = Vec::new();
        for (environment, containers) in wanted {
            let before = self.windows.stats.get(&environment);
            if before.map_or(containers.is_empty(), |before| *before == containers) {
                continue;
            }
            if containers.is_empty() {
                self.windows.stats.remove(&environment);
            } else {
                self.windows.stats.insert(environment.clone(), containers.clone());
            }
            effects.push(Effect::SampleStats { environment, containers });
        }
        effects
    }

    /// Containers whose CPU or memory a window looks at.
    fn usage_watched(&self) -> Vec<(EnvironmentName, Vec<String>)> {
        let mut found = Vec::new();
        for (_, spec, environment) in self.sampled_here() {
            let place = environment.clone().unwrap_or_else(local_environment);
            let Some(source) = self.observed.sources.get(&place) else { continue };
            let at = source.heard.unwrap_or_default();
            for (_, indicator) in spec.indicators.iter().filter(|(_, indicator)| looks_at_usage(indicator)) {
                let Some(containers) = &indicator.containers else { continue };
                let chosen = self.chosen(at, containers, environment.as_ref(), source);
                let running = chosen.into_iter().filter(|container| container.gone.is_none());
                found.push((place.clone(), running.map(|container| container.id).collect()));
            }
        }
        found
    }
}
