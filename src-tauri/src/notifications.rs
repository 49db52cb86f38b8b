//! Tells of a component that failed, and once when it is well again.

use std::collections::BTreeMap;

use supervisor::api::snapshot::{Component, Drift, Phase, Snapshot};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt as _;

use crate::{host::Host, words::Lang};

pub(crate) fn follow(app: &AppHandle) {
    let (app, host) = (app.clone(), app.state::<Host>());
    let mut snapshots = host.desk.watch();
    host.runtime.spawn(async move {
        let mut watched = Watched::default();
        loop {
            let news = watched.news(&snapshots.borrow_and_update());
            if !news.is_empty() && app.state::<Host>().desk.settings().notify {
                tell(&app, &news);
            }
            if snapshots.changed().await.is_err() {
                return;
            }
        }
    });
}

fn tell(app: &AppHandle, news: &[News]) {
    let lang = Lang::of(app);
    for one in news {
        let text = match one {
            News::Failed(component) => lang.failed(lang.pick(&component.title)),
            News::Recovered(component) => lang.recovered(lang.pick(&component.title)),
        };
        if let Err(error) = app.notification().builder().title("Switchyard").body(text).show() {
            tracing::warn!(%error, "no notification");
        }
    }
}

#[derive(Debug, PartialEq)]
enum News {
    Failed(Component),
    Recovered(Component),
}

/// Which components have failed.
#[derive(Default)]
struct Watched {
    /// With whether that was told: only then is the end of it news.
    failed: BTreeMap<String, bool>,
    /// The state in which a start finds the stack is no news.
    begun: bool,
}

impl Watched {
    fn news(&mut self, snapshot: &Snapshot) -> Vec<News> {
        let mut news = Vec::new();
        for component in &snapshot.components {
            if has_failed(&component.phase) {
                if !self.failed.contains_key(&component.id) {
                    self.failed.insert(component.id.clone(), self.begun);
                    news.extend(self.begun.then(|| News::Failed(component.clone())));
                }
            } else if matches!(component.phase, Phase::Healthy) {
                let told = self.failed.remove(&component.id).unwrap_or_default();
                news.extend(told.then(|| News::Recovered(component.clone())));
            } else if matches!(component.phase, Phase::Off) {
                self.failed.remove(&component.id);
            }
        }
        self.begun |= snapshot.settled;
        news
    }
}

fn has_failed(phase: &Phase) -> bool {
    let lost = |drift: &Drift| matches!(drift, Drift::Stopped | Drift::Gone);
    matches!(phase, Phase::Failed { .. }) || matches!(phase, Phase::Drifted { drift } if lost(drift))
}

#[cfg(test)]
mod tests {
    use supervisor::api::snapshot::{Drift, Phase, Snapshot};

    use super::{News, Watched};
    use crate::fixtures::{cause, snapshot};

    fn with(phase: Phase) -> Snapshot {
        snapshot(&[("loki", true, phase)])
    }

    /// What is told, as words.
    fn told(watched: &mut Watched, phase: Phase) -> Vec<String> {
        let news = watched.news(&with(phase)).into_iter();
        news.map(|news| match news {
            News::Failed(component) => format!("{} failed", component.id),
            News::Recovered(component) => format!("{} recovered", component.id),
        })
        .collect()
    }

    #[test]
    fn a_failure_is_told_once_and_so_is_its_end() {
        let failed = || Phase::Failed { cause: cause() };
        let mut watched = Watched::default();
        assert_eq!(told(&mut watched, Phase::Healthy), [""; 0]);
        assert_eq!(told(&mut watched, failed()), ["loki failed"]);
        assert_eq!(told(&mut watched, failed()), [""; 0]);
        assert_eq!(told(&mut watched, Phase::Starting), [""; 0]);
        assert_eq!(told(&mut watched, Phase::Healthy), ["loki recovered"]);
        assert_eq!(told(&mut watched, Phase::Healthy), [""; 0]);
        assert_eq!(told(&mut watched, Phase::Drifted { drift: Drift::Gone }), ["loki failed"]);
        assert_eq!(told(&mut watched, Phase::Off), [""; 0]);
        assert_eq!(told(&mut watched, Phase::Healthy), [""; 0], "switched off in between: no recovery");
    }

    #[test]
    fn the_state_that_a_start_finds_is_no_news() {
        let mut watched = Watched::default();
        assert_eq!(told(&mut watched, Phase::Failed { cause: cause() }), [""; 0]);
        assert_eq!(told(&mut watched, Phase::Healthy), [""; 0], "nobody was told that it had failed");
        assert_eq!(told(&mut watched, Phase::Failed { cause: cause() }), ["loki failed"]);
    }
}
