//! The progress of an operation: a live line for each service on a terminal, plain lines in a pipe, JSON for programs.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;
use supervisor::api::{
    operation::{Operation, PullProgress, Step, StepState, StepVerb},
    snapshot::Component,
};

use crate::{
    output::{Output, Tone, paint},
    session::Session,
    words::Lang,
};

/// Shows an operation as it goes.
pub(crate) struct Progress {
    lang: Lang,
    out: Output,
    live: Option<Live>,
    /// What has been said of each step already.
    said: BTreeMap<usize, &'static str>,
    /// Bytes of each pull that were last told, and when.
    pulled: BTreeMap<usize, (f64, Instant)>,
}

/// Lines of a terminal that are rewritten.
struct Live {
    screen: MultiProgress,
    rows: BTreeMap<String, ProgressBar>,
}

impl Progress {
    pub(crate) fn new(session: &Session) -> Self {
        let plain = session.out.json || session.global.verbose > 0 || !std::io::stderr().is_terminal();
        let live = (!plain).then(|| Live { screen: MultiProgress::new(), rows: BTreeMap::new() });
        Self { lang: session.lang, out: session.out, live, said: BTreeMap::new(), pulled: BTreeMap::new() }
    }

    /// Shows the present state of the operation.
    pub(crate) fn show(&mut self, operation: &Operation, components: &[Component]) {
        if self.live.is_some() {
            self.live_lines(operation, components);
        } else {
            self.plain_lines(operation);
        }
    }

    /// A line between the others.
    pub(crate) fn note(&self, text: &str) {
        match &self.live {
            Some(live) => {
                let _ = live.screen.println(text);
            }
            None => self.out.note(text),
        }
    }

    /// Leaves the last state on the screen.
    pub(crate) fn end(&mut self) {
        for row in self.live.iter().flat_map(|live| live.rows.values()) {
            row.abandon();
        }
    }

    fn plain_lines(&mut self, operation: &Operation) {
        #[derive(Serialize)]
        struct Line<'a> {
            #[serde(rename = "type")]
            kind: &'a str,
            index: usize,
            step: &'a Step,
        }
        for (index, step) in operation.steps.iter().enumerate() {
            let state = match &step.state {
                StepState::Pending => continue,
                StepState::Running { .. } => "running",
                StepState::Done { .. } => "done",
                StepState::Failed { .. } => "failed",
                StepState::Skipped => "skipped",
            };
            if self.said.insert(index, state) == Some(state) && !self.pulled_further(index, step) {
                continue;
            }
            if self.out.json {
                self.out.value(&Line { kind: "step", index, step });
            } else {
                let state = match step_progress(step) {
                    Some(pull) => format!("{:.0} %", 100.0 * pull.current / pull.total),
                    None => self.lang.step_state(&step.state),
                };
                self.out.note(&format!("{} {} {state}", self.lang.verb(step.verb), step.subject));
            }
        }
    }

    /// Whether a pull has come far enough since the last word of it: for programs a second, for people a quarter.
    fn pulled_further(&mut self, index: usize, step: &Step) -> bool {
        let Some(pull) = step_progress(step) else { return false };
        let now = Instant::now();
        let (bytes, when) = *self.pulled.entry(index).or_insert((0.0, now));
        let further = if self.out.json {
            pull.current > bytes && now - when >= Duration::from_secs(1)
        } else {
            (4.0 * pull.current / pull.total).floor() > (4.0 * bytes / pull.total).floor()
        };
        if further {
            self.pulled.insert(index, (pull.current, now));
        }
        further
    }

    fn live_lines(&mut self, operation: &Operation, components: &[Component]) {
        let Some(live) = &mut self.live else { return };
        let mut groups: Vec<(&str, Vec<&Step>)> = Vec::new();
        for step in &operation.steps {
            let name = step.service.as_deref().unwrap_or(&step.subject);
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, steps)) => steps.push(step),
                None => groups.push((name, vec![step])),
            }
        }
        let width = groups.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (name, steps) in groups {
            let row = live.rows.entry(name.to_owned()).or_insert_with(|| {
                let row = live.screen.add(ProgressBar::new_spinner());
                row.enable_steady_tick(Duration::from_millis(120));
                row
            });
            if row.is_finished() {
                continue;
            }
            let (sign, words, ended) = group(self.lang, &steps, components);
            let template = if sign.is_empty() { "{spinner} {msg}" } else { "{prefix} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                row.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
            }
            row.set_prefix(sign);
            row.set_message(format!("{name:width$}  {words}"));
            if ended {
                row.finish();
            }
        }
    }
}

/// Sign, words and whether it has ended, for all steps of one service together.
fn group(lang: Lang, steps: &[&Step], components: &[Component]) -> (String, String, bool) {
    if let Some(StepState::Failed { error }) =
        steps.iter().map(|step| &step.state).find(|it| matches!(it, StepState::Failed { .. }))
    {
        return (paint(Tone::Bad, "✗"), paint(Tone::Bad, &lang.error(error).what), true);
    }
    if let Some(step) = steps.iter().find(|step| matches!(step.state, StepState::Running { .. })) {
        return (String::new(), running(lang, step, components), false);
    }
    if steps.iter().all(|step| matches!(step.state, StepState::Done { .. })) {
        let millis: f64 = steps
            .iter()
            .map(|step| if let StepState::Done { millis } = step.state { millis } else { 0.0 })
            .sum();
        let word = match steps.last().map(|step| step.verb) {
            Some(StepVerb::WaitHealthy | StepVerb::Seed) => lang.pick("healthy", "健康"),
            Some(StepVerb::Start | StepVerb::Unpause) => lang.pick("started", "已启动"),
            Some(StepVerb::Remove | StepVerb::RemoveNetwork | StepVerb::RemoveVolume) => {
                lang.pick("removed", "已删除")
            }
            Some(StepVerb::Pull) => lang.pick("pulled", "已拉取"),
            _ => lang.pick("done", "完成"),
        };
        let time = paint(Tone::Quiet, &format!("{:.1} s", millis / 1000.0));
        return (paint(Tone::Good, "✓"), format!("{word} {time}"), true);
    }
    if steps.iter().any(|step| step.state == StepState::Skipped) {
        return (paint(Tone::Quiet, "-"), lang.pick("skipped", "已跳过").to_owned(), true);
    }
    (String::new(), lang.pick("waiting for its turn", "等待轮到它").to_owned(), false)
}

fn running(lang: Lang, step: &Step, components: &[Component]) -> String {
    let StepState::Running { progress, .. } = &step.state else { return String::new() };
    if let Some(progress) = progress {
        if progress.total <= 0.0 {
            return format!("{} {} …", lang.verb(step.verb), step.subject);
        }
        let bar = bar(progress.current / progress.total);
        let megabytes = format!("{:.1}/{:.1} MB", progress.current / 1e6, progress.total / 1e6);
        let layers = format!("{}/{}", progress.layers_done, progress.layers);
        return format!(
            "{} {} {bar} {megabytes} {}",
            lang.verb(step.verb),
            step.subject,
            paint(Tone::Quiet, &layers)
        );
    }
    if step.verb.is_wait() {
        let mut parts = components.iter().flat_map(|component| &component.parts);
        let part = parts.find(|part| Some(&part.service) == step.service.as_ref());
        let detail = part.map(|part| lang.phase_detail(&part.phase)).filter(|detail| !detail.is_empty());
        return format!(
            "{} {}",
            lang.pick("waiting", "等待"),
            detail.unwrap_or_else(|| lang.pick("for its health check", "健康检查").to_owned())
        );
    }
    format!("{} …", lang.verb(step.verb))
}

/// How far a pull is, once it is known how much there is to do.
fn step_progress(step: &Step) -> Option<PullProgress> {
    match step.state {
        StepState::Running { progress: Some(pull), .. } if pull.total > 0.0 => Some(pull),
        _ => None,
    }
}

/// Twenty cells, filled in proportion.
fn bar(part: f64) -> String {
    const CELLS: usize = 20;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 20")]
    let full = (part.clamp(0.0, 1.0) * 20.0) as usize;
    format!("{}{}", "━".repeat(full), paint(Tone::Quiet, &"─".repeat(CELLS - full)))
}
