//! What the window may ask: five commands over the supervisor's contract.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use supervisor::{
    api::{
        error::{AppError, ErrorCode},
        intent::Reply,
        snapshot::Snapshot,
        window::{Answer, LogBatch, LogRequest, Question, Request, StatsBatch},
    },
    desk::Errand,
};
use tauri::{
    AppHandle, Manager, State, Webview,
    ipc::{Channel, JavaScriptChannelId},
};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_opener::OpenerExt as _;
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{engine_start, host::Host, menu, tray};

/// Between two snapshots: more of them nobody sees.
const FRAME: Duration = Duration::from_millis(30);

/// The streams that are open, by the page's own number for each.
#[derive(Default)]
pub(crate) struct Viewers(Mutex<HashMap<u32, CancellationToken>>);

impl Viewers {
    /// A token for a new stream; one of the same number, from before a reload, ends.
    fn open(&self, viewer: u32) -> CancellationToken {
        let token = CancellationToken::new();
        let before = self.held().insert(viewer, token.clone());
        before.inspect(CancellationToken::cancel);
        token
    }

    fn end(&self, viewer: u32) {
        self.held().remove(&viewer).inspect(CancellationToken::cancel);
    }

    /// The page is gone, and with it everything that it followed.
    pub(crate) fn end_all(&self) {
        self.held().drain().for_each(|(_, token)| token.cancel());
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<u32, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tauri::command]
pub(crate) async fn send(app: AppHandle, host: State<'_, Host>, request: Request) -> Result<Reply, AppError> {
    let desk = host.desk.clone();
    match host.run(async move { desk.send(request).await }).await? {
        Errand::Reply(reply) => return Ok(reply),
        Errand::StartEngine(launch) => engine_start::run(&app, launch).await?,
        errand => run_errand(&app, errand)?,
    }
    Ok(Reply::Done)
}

fn run_errand(app: &AppHandle, errand: Errand) -> Result<(), AppError> {
    match errand {
        Errand::Reply(_) | Errand::StartEngine(_) => Ok(()),
        Errand::OpenUrl(url) => app
            .opener()
            .open_url(&url, None::<&str>)
            .map_err(|error| AppError::new(ErrorCode::CannotOpen, url, error.to_string())),
        Errand::OpenPath(path) => {
            let path = path.display().to_string();
            app.opener()
                .open_path(&path, None::<&str>)
                .map_err(|error| AppError::new(ErrorCode::CannotOpen, path, error.to_string()))
        }
        Errand::Settings(settings) => {
            let autostart = app.autolaunch();
            // Only what is different is touched: to disable what was never enabled is an error.
            let result = match (settings.autostart, autostart.is_enabled().unwrap_or_default()) {
                (true, false) => autostart.enable(),
                (false, true) => autostart.disable(),
                _ => Ok(()),
            };
            tray::refresh(app);
            if let Err(error) = menu::build(app) {
                tracing::warn!(%error, "the menu could not be translated");
            }
            result.map_err(|error| AppError::new(ErrorCode::FileUnwritable, "autostart", error.to_string()))
        }
    }
}

#[tauri::command]
pub(crate) async fn watch(
    webview: Webview,
    viewer: u32,
    channel: Option<JavaScriptChannelId>,
) -> Result<(), AppError> {
    let (host, viewers) = (webview.state::<Host>(), webview.state::<Viewers>());
    let Some(channel) = channel else {
        viewers.end(viewer);
        return Ok(());
    };
    let (channel, ended): (Channel<Snapshot>, _) =
        (channel.channel_on(webview.clone()), viewers.open(viewer));
    let mut snapshots = host.desk.watch();
    host.runtime.spawn(async move {
        loop {
            let snapshot = snapshots.borrow_and_update().clone();
            if channel.send(snapshot).is_err() {
                return;
            }
            time::sleep(FRAME).await;
            tokio::select! {
                () = ended.cancelled() => return,
                changed = snapshots.changed() => if changed.is_err() { return },
            }
        }
    });
    Ok(())
}

#[tauri::command]
pub(crate) async fn follow_logs(
    webview: Webview,
    request: LogRequest,
    viewer: u32,
    channel: Option<JavaScriptChannelId>,
) -> Result<(), AppError> {
    let (host, viewers) = (webview.state::<Host>(), webview.state::<Viewers>());
    let Some(channel) = channel else {
        viewers.end(viewer);
        return Ok(());
    };
    let (channel, ended): (Channel<LogBatch>, _) =
        (channel.channel_on(webview.clone()), viewers.open(viewer));
    let desk = host.desk.clone();
    host.runtime
        .spawn(async move { desk.follow_logs(request, ended, |batch| channel.send(batch).is_ok()).await });
    Ok(())
}

#[tauri::command]
pub(crate) async fn follow_stats(
    webview: Webview,
    viewer: u32,
    channel: Option<JavaScriptChannelId>,
) -> Result<(), AppError> {
    let (host, viewers) = (webview.state::<Host>(), webview.state::<Viewers>());
    let Some(channel) = channel else {
        viewers.end(viewer);
        return Ok(());
    };
    let (channel, ended): (Channel<StatsBatch>, _) =
        (channel.channel_on(webview.clone()), viewers.open(viewer));
    let desk = host.desk.clone();
    host.runtime.spawn(async move { desk.follow_stats(ended, |batch| channel.send(batch).is_ok()).await });
    Ok(())
}

#[tauri::command]
pub(crate) async fn diagnostics(host: State<'_, Host>, question: Question) -> Result<Answer, AppError> {
    let desk = host.desk.clone();
    host.run(async move { desk.answer(question).await }).await
}
