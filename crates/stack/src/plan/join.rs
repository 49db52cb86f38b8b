//! Two plans as one.

use super::{ContainerRef, Op, Plan, StepId};

impl Plan {
    /// Puts a later plan behind this one. Its steps keep their order among themselves; none of them waits for one of the
    /// earlier plan.
    pub fn append(&mut self, later: Plan) {
        let offset = self.steps.len();
        self.steps.extend(later.steps.into_iter().map(|mut step| {
            step.after.iter_mut().chain(&mut step.despite).for_each(|id| *id += offset);
            step.op.renumber(|id| id + offset);
            step
        }));
        self.take_remarks(later.consents, later.warnings, later.refusals);
    }

    /// The same for people to look at: what the later plan would fetch is left out, since the earlier one does it.
    pub fn append_without_pulls(&mut self, mut later: Plan) {
        let kept = |op: &Op| !matches!(op, Op::Pull { .. });
        let mut places: Vec<Option<StepId>> = Vec::with_capacity(later.steps.len());
        let mut count = 0;
        for step in &later.steps {
            places.push(kept(&step.op).then_some(count));
            count += usize::from(kept(&step.op));
        }
        let place = |id: StepId| places.get(id).copied().flatten();
        later.steps.retain(|step| kept(&step.op));
        for step in &mut later.steps {
            step.after = step.after.iter().filter_map(|id| place(*id)).collect();
            step.despite = step.despite.iter().filter_map(|id| place(*id)).collect();
            step.op.renumber(|id| place(id).unwrap_or(id));
        }
        self.append(later);
    }

    fn take_remarks(
        &mut self,
        consents: Vec<super::Consent>,
        warnings: Vec<super::Warning>,
        refusals: Vec<super::Refusal>,
    ) {
        fn add<T: Ord>(all: &mut Vec<T>, more: Vec<T>) {
            all.extend(more);
            all.sort();
            all.dedup();
        }
        add(&mut self.consents, consents);
        add(&mut self.warnings, warnings);
        add(&mut self.refusals, refusals);
        if !self.refusals.is_empty() {
            self.steps.clear();
        }
    }
}

impl Op {
    /// Gives the step that made its container, where one did, another number.
    fn renumber(&mut self, number: impl Fn(StepId) -> StepId) {
        if let Self::Start(ContainerRef::Created(id))
        | Self::Rename { container: ContainerRef::Created(id), .. } = self
        {
            *id = number(*id);
        }
    }
}
