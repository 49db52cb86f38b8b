//! What the stages of a pipeline take from each other: a stage that takes what no stage before it extracts does nothing,
//! and Promtail says nothing.

use std::collections::BTreeSet;

use crate::schema;

use super::{
    pipeline::{Remark, Stage},
    template,
};

/// What Go writes for a value that is not there.
const NO_VALUE: &str = "<no value>";

/// What a line brings along.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) names: BTreeSet<String>,
    /// Whether there may be others.
    pub(super) open: bool,
}

/// What is odd about the order of stages.
pub(super) fn remarks(stages: &[Stage<'_>], labels: &Labels) -> Vec<Remark> {
    let mut all = BTreeSet::new();
    collect(stages, &mut all);
    let mut flow = Flow { labels, all, extracted: BTreeSet::new(), open: labels.open, found: Vec::new() };
    flow.walk(stages);
    flow.found
}

fn collect(stages: &[Stage<'_>], all: &mut BTreeSet<String>) {
    for stage in stages {
        all.extend(stage.effect.extracts.iter().cloned());
        collect(&stage.inner, all);
    }
}

struct Flow<'a> {
    labels: &'a Labels,
    /// What any stage extracts.
    all: BTreeSet<String>,
    /// What the stages so far have extracted.
    extracted: BTreeSet<String>,
    open: bool,
    found: Vec<Remark>,
}

impl Flow<'_> {
    fn walk(&mut self, stages: &[Stage<'_>]) {
        for stage in stages {
            for (source, span) in &stage.effect.takes {
                if !self.open && !self.extracted.contains(*source) && !self.labels.names.contains(*source) {
                    self.found.push(self.missing(source, *span));
                }
            }
            if let Some((source, text, span)) = stage.effect.template
                && !self.open
                && !self.labels.names.contains(source)
                && template::without_value(text).is_some_and(|rendered| rendered.contains(NO_VALUE))
            {
                let message = format!("a line without {source} gets {source}={NO_VALUE:?}");
                let hint = Some("{{ with .Value }}…{{ end }} gives nothing for nothing".to_owned());
                self.found.push(Remark { span, message, hint });
            }
            self.extracted.extend(stage.effect.extracts.iter().cloned());
            self.open |= stage.effect.open;
            self.walk(&stage.inner);
        }
    }

    fn missing(&self, source: &str, span: stack::yaml::Span) -> Remark {
        if self.all.contains(source) {
            let message =
                format!("{source} is extracted only by a later stage: there is nothing to take here");
            return Remark { span, message, hint: Some("stages work in the order of the file".to_owned()) };
        }
        let known = self.all.iter().chain(&self.labels.names).map(String::as_str);
        let hint = schema::nearest(source, known).map(|name| format!("did you mean {name}?"));
        Remark { span, message: format!("no stage extracts {source}: there is nothing to take here"), hint }
    }
}
