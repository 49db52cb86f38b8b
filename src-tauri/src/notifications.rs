//! Tells of a component that failed, and once when it is well again.

use std::collections::BTreeSet;

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

/// Which components have failed and were told of.
#[derive(Default)]
struct Watched {
    failed: BTreeSet<String>,
    /// The state in which a start finds the stack is no news.
    begun: bool,
}

impl Watched {
    fn news(&mut self, snapshot: &Snapshot) -> Vec<News> {
        let mut news = Vec::new();
        for component in &snapshot.components {
            if has_failed(&component.phase) {
                if self.failed.insert(component.id.clone()) && self.begun {
                    news.push(News::Failed(component.clone()));
                }
            } else if matches!(component.phase, Phase::Healthy) && self.failed.remove(&component.id) {
                news.push(News::Recovered(component.clone()));
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
