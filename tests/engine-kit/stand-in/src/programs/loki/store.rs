//! The last lines, and what was counted of all of them. Bounded: the oldest go first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

pub type Labels = BTreeMap<String, String>;

const MOST_BYTES: usize = 16 << 20;
const MOST_LINES: usize = 100_000;

pub struct Line {
    pub time: u64,
    pub labels: Arc<Labels>,
    pub metadata: Labels,
    pub text: String,
}

impl Line {
    fn size(&self) -> usize {
        self.text.len() + 64
    }
}

#[derive(Default)]
pub struct Stream {
    pub newest: u64,
    pub budget: Budget,
}

/// A bucket of tokens, as Loki limits rates.
#[derive(Default, Clone, Copy)]
pub struct Budget {
    left: f64,
    at: Option<u64>,
}

impl Budget {
    /// Whether so much may pass at a time in nanoseconds. What may not pass takes nothing.
    pub fn spend(&mut self, amount: f64, now: u64, rate: f64, burst: f64) -> bool {
        let passed = self.at.map_or(f64::INFINITY, |at| now.saturating_sub(at) as f64 / 1e9);
        self.left = (self.left + passed * rate).min(burst);
        self.at = Some(now);
        let enough = amount <= self.left;
        if enough {
            self.left -= amount;
        }
        enough
    }
}

#[derive(Default)]
pub struct Store {
    pub lines: VecDeque<Line>,
    pub streams: BTreeMap<Arc<Labels>, Stream>,
    bytes: usize,
    pub budget: Budget,
    pub lines_received: u64,
    pub bytes_received: u64,
    /// Lines and bytes by the reason of their refusal.
    pub discarded: BTreeMap<&'static str, (u64, u64)>,
}

impl Store {
    pub fn keep(&mut self, line: Line) {
        self.lines_received += 1;
        self.bytes_received += line.text.len() as u64;
        self.bytes += line.size();
        self.lines.push_back(line);
        while self.bytes > MOST_BYTES || self.lines.len() > MOST_LINES {
            let Some(oldest) = self.lines.pop_front() else { return };
            self.bytes -= oldest.size();
        }
    }

    /// The labels of a stream, shared by its lines.
    pub fn stream(&mut self, labels: &Labels) -> (Arc<Labels>, &mut Stream) {
        let key = self.streams.get_key_value(labels).map(|(key, _)| Arc::clone(key));
        let key = key.unwrap_or_else(|| Arc::new(labels.clone()));
        (Arc::clone(&key), self.streams.entry(key).or_default())
    }

    pub fn refuse(&mut self, reason: &'static str, lines: u64, bytes: u64) {
        let counted = self.discarded.entry(reason).or_default();
        counted.0 += lines;
        counted.1 += bytes;
    }

    pub fn between(&self, start: u64, end: u64) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.time >= start && line.time < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_lines_go_when_there_are_too_many() {
        let mut store = Store::default();
        let (labels, _) = store.stream(&Labels::new());
        for time in 0..40 {
            let text = "x".repeat(1 << 20);
            store.keep(Line { time, labels: Arc::clone(&labels), metadata: Labels::new(), text });
        }
        assert!(store.lines.len() < 20);
        assert_eq!(store.lines.back().map(|line| line.time), Some(39));
        assert_eq!(store.lines_received, 40);
    }

    #[test]
    fn a_budget_fills_again_with_time() {
        let mut budget = Budget::default();
        assert!(budget.spend(20.0, 0, 10.0, 20.0));
        assert!(!budget.spend(1.0, 0, 10.0, 20.0));
        assert!(budget.spend(10.0, 1_000_000_000, 10.0, 20.0));
        assert!(!budget.spend(21.0, 9_000_000_000, 10.0, 20.0));
    }
}
