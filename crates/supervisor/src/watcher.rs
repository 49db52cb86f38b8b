//! Watching folders for changes, as far as their file system tells of them.

use std::{collections::BTreeSet, path::PathBuf};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Tells when something changes in the folders that are watched. Where the system cannot tell, nothing comes: whoever
/// needs to know looks now and then as well.
pub(crate) struct Watcher {
    system: Option<RecommendedWatcher>,
    folders: BTreeSet<PathBuf>,
}

impl Watcher {
    /// `touched` is called from a thread of its own, several times for one change.
    pub(crate) fn new(touched: impl Fn() + Send + 'static) -> Self {
        let heard = move |event: notify::Result<Event>| match event {
            // To read a file is no change of it.
            Ok(Event { kind: EventKind::Access(_), .. }) => {}
            // After an error something may have been missed.
            Ok(_) | Err(_) => touched(),
        };
        let system = notify::recommended_watcher(heard)
            .inspect_err(|error| tracing::warn!(%error, "this system tells nothing of changed files"))
            .ok();
        Self { system, folders: BTreeSet::new() }
    }

    /// Watches these folders and no others.
    pub(crate) fn follow(&mut self, folders: BTreeSet<PathBuf>) {
        let Some(system) = &mut self.system else { return };
        for gone in self.folders.difference(&folders) {
            // It may be gone itself, and its watch with it.
            let _ = system.unwatch(gone);
        }
        let mut watched: BTreeSet<PathBuf> = self.folders.intersection(&folders).cloned().collect();
        for folder in folders {
            // One that was removed and made anew has the old name and no watch: to watch twice does no harm.
            match system.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => drop(watched.insert(folder)),
                Err(error) => {
                    tracing::warn!(%error, folder = %folder.display(), "changes in a folder are not told");
                    watched.remove(&folder);
                }
            }
        }
        self.folders = watched;
    }
}
