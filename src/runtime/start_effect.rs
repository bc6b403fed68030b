//! The only match on `Effect`: which order goes to which hand. Nothing here waits.

use super::hands::Hands;
use crate::engine::effect::Effect;

impl Hands {
    /// Starts what the brain ordered.
    pub fn start(&mut self, effect: Effect) {
        match effect {
            Effect::Append { id, events, guard, urgency } => self.append(id, events, guard, urgency),
            Effect::AppendFallback { id, events } => self.append_fallback(id, events),
            Effect::Watch { environment, docker, guess } => self.docker.watch(&environment, docker, guess),
            Effect::SampleStats { environment, containers } => self.docker.sample(&environment, containers),
            Effect::Attend { environment, scope } => self.docker.attend(&environment, scope),
            Effect::Measure { id, item, plan } => self.measurer.start(id, item, *plan),
            Effect::Sample { id, plan } => self.sampler.start(id, *plan),
            Effect::KeepSample { of, kept } => self.windows.keep(of, kept),
            Effect::LoadSamples { of, from } => self.windows.load(of, from),
            Effect::TakeLease => self.windows.take_lease(),
            Effect::DropLease => self.windows.drop_lease(),
            Effect::LookForProven => self.windows.look_for_proven(),
            Effect::LookForImages { environment, images } => {
                self.docker.look_for_images(&environment, images);
            }
            Effect::CountLog { key, since, rule } => self.docker.count(key, since, &rule),
            Effect::StopCount { key } => self.docker.stop_count(&key),
            // The daemon of a container's log is known from its watch; a run's output comes with its reports.
            Effect::Follow { source, docker: _ } => self.docker.follow(&source),
            Effect::Unfollow { source } => self.docker.unfollow(&source),
            Effect::StartRun(plan) => self.start_run(*plan),
            Effect::AdoptRun { run } => self.runs.adopt(&run),
            Effect::AskSupervisor { run, request } => self.ask_supervisor(run, request),
            Effect::SetTimer { timer, at } => self.timers.set(timer, at),
            Effect::Notify { id, notice } => self.notifier.start(id, *notice),
            Effect::StoreTrust { digest } => self.store_trust(digest),
            Effect::TakeChecklist { checklist } => self.take_checklist(*checklist),
            Effect::LookAtSource => self.look_at_source(),
            Effect::SaveDraft { field, text } => self.save_draft(field, text),
            Effect::Alert { words } => self.alert(&words),
            Effect::CopyText { text } => self.copy(&text),
        }
    }
}
