//! How far the log of each container was sent, so that a restart does not send it again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use super::locked;

const KEY: &str = "  cursor-";

pub struct Positions {
    file: Option<String>,
    known: Mutex<BTreeMap<String, u64>>,
}

impl Positions {
    pub fn read(file: Option<String>) -> Self {
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
        let pair = |line: &str| {
            let (id, time) = line.strip_prefix(KEY)?.split_once(": ")?;
            Some((id.to_owned(), time.trim_matches('"').parse().ok()?))
        };
        let known = text.lines().filter_map(pair).collect();
        Self { file, known: Mutex::new(known) }
    }

    /// In nanoseconds since 1970; 0 for a container that is new.
    pub fn of(&self, id: &str) -> u64 {
        locked(&self.known).get(id).copied().unwrap_or(0)
    }

    pub fn advance(&self, sent: impl Iterator<Item = (String, u64)>) {
        let mut known = locked(&self.known);
        for (id, time) in sent {
            let position = known.entry(id).or_default();
            *position = time.max(*position);
        }
        let Some(file) = &self.file else { return };
        let lines: String = known.iter().map(|(id, time)| format!("{KEY}{id}: \"{time}\"\n")).collect();
        let next = format!("{file}.new");
        // Whoever loses the file reads everything again: that is all it costs.
        let _ = Path::new(file).parent().map(fs::create_dir_all);
        let _ = fs::write(&next, format!("positions:\n{lines}")).and_then(|()| fs::rename(&next, file));
    }
}
