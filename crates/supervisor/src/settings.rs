//! What is remembered between runs: which switches are on, for each stack folder, and the choices for the window.
//!
//! Several processes may have the file open at once. A change takes the operating system's lock on a file beside it,
//! reads what is there now, and replaces the file whole. Reading takes no lock and moves nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    api::{
        error::{AppError, ErrorCode, Fact},
        window,
    },
    files::{Privacy, unreadable, unwritable, write_atomically},
};

/// How long another process may take to write its change. It takes milliseconds, so a holder that takes longer hangs.
const LOCK_DEADLINE: Duration = Duration::from_secs(5);
/// Between two attempts at a lock that is held.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// The settings file.
#[derive(Debug, Clone)]
pub struct Settings {
    path: PathBuf,
}

#[derive(Debug, Default, PartialEq, Clone, Serialize, Deserialize)]
struct Content {
    /// Folder to the components that are switched on.
    #[serde(default)]
    stacks: BTreeMap<String, Stack>,
    /// The user's choices for the window, with those that a newer version has and this one does not know.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    window: Map<String, Value>,
    /// What was said once and is not said again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    told: BTreeSet<String>,
    /// What a newer version wrote and this one does not know.
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

#[derive(Debug, Default, PartialEq, Clone, Serialize, Deserialize)]
struct Stack {
    #[serde(default)]
    on: BTreeSet<String>,
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

impl Settings {
    /// The settings in this folder; nothing is read yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("settings.json") }
    }

    /// The switches that are on; `None` when nobody ever flipped one of this stack.
    ///
    /// A damaged file is `SettingsDamaged` until the next change, which moves it to the place that the fact `kept` names.
    pub fn switches(&self, stack: &Path) -> Result<Option<BTreeSet<String>>, AppError> {
        let mut content = self.read()?;
        Ok(content.stacks.remove(&key(stack)).map(|stack| stack.on))
    }

    /// Remembers the switches that are on.
    pub fn save_switches(&self, stack: &Path, on: &BTreeSet<String>) -> Result<(), AppError> {
        self.change(|content| content.stacks.entry(key(stack)).or_default().on.clone_from(on))
    }

    /// The user's choices for the window.
    pub fn window(&self) -> Result<window::Settings, AppError> {
        Ok(known(&self.read()?.window))
    }

    /// Remembers the user's choices for the window.
    pub fn save_window(&self, settings: &window::Settings) -> Result<(), AppError> {
        let Ok(Value::Object(chosen)) = serde_json::to_value(settings) else {
            return Err(AppError::new(ErrorCode::Internal, "settings", "choices are no object"));
        };
        self.change(|content| content.window.extend(chosen))
    }

    /// Whether this is said for the first time; from then on it is not.
    pub fn first_time(&self, what: &str) -> bool {
        let mut first = false;
        // What cannot be remembered is not said at all, rather than again and again.
        self.change(|content| first = content.told.insert(what.to_owned())).is_ok() && first
    }

    /// Waits for other processes and for the disk: not for a thread that others wait for.
    fn change(&self, change: impl FnOnce(&mut Content)) -> Result<(), AppError> {
        let _lock = self.lock()?;
        let before = match self.read() {
            Ok(content) => content,
            Err(error) if error.code == ErrorCode::SettingsDamaged => {
                let aside = self.aside();
                std::fs::rename(&self.path, &aside).map_err(|error| unwritable(&aside, &error))?;
                Content::default()
            }
            Err(error) => return Err(error),
        };
        let mut content = before.clone();
        change(&mut content);
        if content == before {
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(&content)
            .map_err(|error| AppError::new(ErrorCode::Internal, "settings", error.to_string()))?;
        write_atomically(&self.path, &text, Privacy::Shared)
    }

    /// The right to change the file. It ends with what is returned, or with the process.
    fn lock(&self) -> Result<File, AppError> {
        let path = self.path.with_extension("json.lock");
        let fail = |error: &std::io::Error| unwritable(&path, error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| fail(&error))?;
        }
        // Never removed: two processes would then hold locks on two files of one name.
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| fail(&error))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_DEADLINE => thread::sleep(LOCK_PAUSE),
                Err(TryLockError::WouldBlock) => return Err(fail(&ErrorKind::ResourceBusy.into())),
                // Some network file systems have no locks. What they kept before there was one, they keep now.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(fail(&error)),
            }
        }
    }

    fn read(&self) -> Result<Content, AppError> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Content::default()),
            Err(error) => return Err(unreadable(&self.path, &error)),
        };
        serde_json::from_slice(&text).map_err(|error| {
            AppError::new(ErrorCode::SettingsDamaged, self.path.display().to_string(), error.to_string())
                .with(Fact::Kept(self.aside().display().to_string()))
        })
    }

    /// Where a damaged file goes: a name that no earlier one has.
    fn aside(&self) -> PathBuf {
        let first = self.path.with_extension("json.damaged");
        let later = (2..1_000).map(|number| self.path.with_extension(format!("json.damaged-{number}")));
        std::iter::once(first.clone()).chain(later).find(|path| !path.exists()).unwrap_or(first)
    }
}

/// Remembers the switches of one stack without keeping anybody waiting: the newest are written, one write at a time.
#[derive(Debug, Clone)]
pub(crate) struct Switches {
    settings: Settings,
    stack: PathBuf,
    newest: Arc<Mutex<Option<BTreeSet<String>>>>,
    writing: Arc<Mutex<()>>,
}

impl Switches {
    /// Whether it is about the stack in this folder.
    pub(crate) fn are_of(&self, stack: &Path) -> bool {
        self.stack == stack
    }

    pub(crate) fn of(settings: Settings, stack: PathBuf) -> Self {
        Self { settings, stack, newest: Arc::default(), writing: Arc::default() }
    }

    /// Returns at once; a failure is told later. A runtime that ends waits for the write, so that the last one counts.
    pub(crate) fn save(&self, on: BTreeSet<String>, failed: impl FnOnce(AppError) + Send + 'static) {
        *held(&self.newest) = Some(on);
        let this = self.clone();
        tokio::task::spawn_blocking(move || {
            let _one = held(&this.writing);
            let newest = held(&this.newest).take();
            // Without one, the write before this one has taken it along.
            if let Some(Err(error)) = newest.map(|on| this.settings.save_switches(&this.stack, &on)) {
                failed(error);
            }
        });
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The choices that this version understands; each of the others has its default.
fn known(stored: &Map<String, Value>) -> window::Settings {
    let mut known = window::Settings::default();
    let mut understood = Map::new();
    for (name, value) in stored {
        understood.insert(name.clone(), value.clone());
        match serde_json::from_value(Value::Object(understood.clone())) {
            Ok(settings) => known = settings,
            Err(_) => drop(understood.remove(name)),
        }
    }
    known
}

fn key(stack: &Path) -> String {
    stack.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_kept_for_each_stack() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        assert_eq!(settings.switches(Path::new("/a")).unwrap(), None);
        let on = BTreeSet::from(["loki".to_owned()]);
        settings.save_switches(Path::new("/a"), &on).unwrap();
        assert_eq!(settings.switches(Path::new("/a")).unwrap(), Some(on));
        assert_eq!(settings.switches(Path::new("/b")).unwrap(), None);
    }

    #[test]
    fn choices_for_the_window_and_switches_leave_each_other_alone() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        assert!(!settings.window().unwrap().autostart, "nothing starts by itself unless asked to");
        let chosen = window::Settings { language: window::Language::Zh, ..window::Settings::default() };
        settings.save_window(&chosen).unwrap();
        settings.save_switches(Path::new("/a"), &BTreeSet::from(["loki".to_owned()])).unwrap();
        assert_eq!(settings.window().unwrap(), chosen);
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_damaged_file_is_said_by_each_read_and_moved_aside_by_the_next_change() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        for (damage, kept) in [("{ half", "settings.json.damaged"), ("[]", "settings.json.damaged-2")] {
            std::fs::write(folder.path().join("settings.json"), damage).unwrap();
            let before = names(folder.path());
            for _ in 0..2 {
                let error = settings.switches(Path::new("/a")).unwrap_err();
                assert_eq!(error.code, ErrorCode::SettingsDamaged);
                assert_eq!(
                    error.facts.kept().unwrap().as_str(),
                    folder.path().join(kept).display().to_string()
                );
            }
            assert_eq!(names(folder.path()), before, "reading moves nothing");
            settings.save_switches(Path::new("/a"), &BTreeSet::new()).unwrap();
            assert_eq!(std::fs::read_to_string(folder.path().join(kept)).unwrap(), damage);
            assert_eq!(settings.switches(Path::new("/a")).unwrap(), Some(BTreeSet::new()));
        }
        assert_eq!(
            std::fs::read_to_string(folder.path().join("settings.json.damaged")).unwrap(),
            "{ half",
            "the later one did not take the place of the earlier one"
        );
    }

    #[test]
    fn many_handles_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let settings = Settings::in_folder(folder.path());
                thread::spawn(move || {
                    for number in 0..10 {
                        let stack = PathBuf::from(format!("/{writer}/{number}"));
                        settings.save_switches(&stack, &BTreeSet::from(["x".to_owned()])).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(Settings::in_folder(folder.path()).read().unwrap().stacks.len(), 80);
    }

    #[test]
    fn the_newest_switches_are_what_is_remembered_when_the_runtime_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::in_folder(folder.path());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let switches = Switches::of(settings.clone(), PathBuf::from("/a"));
            for number in 0..50 {
                switches.save(BTreeSet::from([number.to_string()]), |error| panic!("{error}"));
            }
        });
        drop(runtime);
        let on = settings.switches(Path::new("/a")).unwrap();
        assert_eq!(on, Some(BTreeSet::from(["49".to_owned()])));
    }

    #[test]
    fn something_is_said_for_the_first_time_to_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let askers: Vec<_> = (0..8)
            .map(|_| {
                let settings = Settings::in_folder(folder.path());
                thread::spawn(move || settings.first_time("tray"))
            })
            .collect();
        let first = askers.into_iter().map(|asker| asker.join().unwrap());
        assert_eq!(first.filter(|first| *first).count(), 1);
    }

    #[test]
    fn a_change_that_changes_nothing_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let settings = Settings::in_folder(folder.path());
        let text = r#"{"stacks":{"/a":{"on":["x"]}}}"#;
        std::fs::write(&path, text).unwrap();
        settings.save_switches(Path::new("/a"), &BTreeSet::from(["x".to_owned()])).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn what_a_newer_version_wrote_survives() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("settings.json"),
            r#"{"theme":"dark","stacks":{"/a":{"on":[],"pin":1}},
                "window":{"language":"tlh","theme":"dark","notify":false,"zoom":2}}"#,
        )
        .unwrap();
        let settings = Settings::in_folder(folder.path());
        let window = settings.window().unwrap();
        assert_eq!((window.language, window.notify), (window::Language::System, false));
        settings.save_switches(Path::new("/a"), &BTreeSet::from(["x".to_owned()])).unwrap();
        let text = std::fs::read_to_string(folder.path().join("settings.json")).unwrap();
        assert!(["dark", "pin", "tlh", "zoom"].iter().all(|word| text.contains(word)), "{text}");
        settings.save_window(&window::Settings { notify: true, ..window }).unwrap();
        let text = std::fs::read_to_string(folder.path().join("settings.json")).unwrap();
        assert!(text.contains("zoom") && !text.contains("tlh"), "{text}");
        assert!(settings.window().unwrap().notify);
    }
}
