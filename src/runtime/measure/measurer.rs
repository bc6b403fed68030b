//! The cockpit's measuring: one task a measurement, its result sent to the brain. Dropping this cancels them all.

use std::path::Path;

use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use super::attempt::Attempt;
use super::known::Known;
use super::measurement::measure;
use super::permits::Permits;
use crate::checklist::id::ItemId;
use crate::engine::effect::MeasureId;
use crate::engine::input::Input;
use crate::engine::run_plan::MeasurePlan;
use crate::engine::window::sampled::SampleId;
use crate::rules::observed::Measurement;
use crate::runtime::clock;
use crate::runtime::secrets::Secrets;

/// Measures for the brain.
pub struct Measurer {
    inputs: Sender<Input>,
    permits: Permits,
    tasks: JoinSet<()>,
}

impl Measurer {
    /// Results go into `inputs`.
    pub fn new(inputs: Sender<Input>) -> Self {
        Self { inputs, permits: Permits::default(), tasks: JoinSet::new() }
    }
    /// Starts a measurement; its result arrives as `Input::Measured`. Must be called inside the runtime.
    pub fn start(&mut self, id: MeasureId, item: ItemId, plan: MeasurePlan) {
        while self.tasks.try_join_next().is_some() {}
        let (inputs, permits) = (self.inputs.clone(), self.permits.clone());
        self.tasks.spawn(async move {
            let measurement = Box::new(measure_with_secrets(&plan, &permits).await);
            let _nobody_listens = inputs.send(Input::Measured { id, item, measurement }).await;
        });
    }
}

/// Samples for windows: with permits of its own, so that a slow gate holds no sample up.
pub struct SampleTaker {
    inputs: Sender<Input>,
    permits: Permits,
    tasks: JoinSet<()>,
}

impl SampleTaker {
    /// Samples go into `inputs`.
    pub fn new(inputs: Sender<Input>) -> Self {
        Self { inputs, permits: Permits::for_samples(), tasks: JoinSet::new() }
    }
    /// Takes a sample; it arrives as `Input::Sampled`. Must be called inside the runtime.
    pub fn start(&mut self, id: SampleId, plan: MeasurePlan) {
        while self.tasks.try_join_next().is_some() {}
        let (inputs, permits) = (self.inputs.clone(), self.permits.clone());
        self.tasks.spawn(async move {
            let measurement = Box::new(measure_with_secrets(&plan, &permits).await);
            let _nobody_listens = inputs.send(Input::Sampled { id, measurement }).await;
        });
    }
}

/// Asks for the plan's secrets, then measures. A secret without a value is an error: our means do not work.
pub async fn measure_with_secrets(plan: &MeasurePlan, permits: &Permits) -> Measurement {
    match Secrets::resolve(&plan.place.secrets, Path::new(&plan.place.folder)).await {
        Ok(secrets) => measure(plan, &Known { secrets, ..Known::default() }, permits).await.measurement,
        Err(fault) => {
            let attempt = Attempt::new(plan.check.kind_word()).error(fault.to_string());
            Measurement {
                status: attempt.status,
                began: clock::now(),
                took_us: 0,
                attempts: 1,
                target: attempt.target.into(),
                reason: attempt.reason.into(),
                assertions: Vec::new(),
                evidence: String::new().into(),
                repeat: String::new().into(),
                answer: None,
            }
        }
    }
}
