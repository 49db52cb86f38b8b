//! The one window.

use std::time::Duration;

use supervisor::api::snapshot::Phase;
use tauri::{
    AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder, plugin::TauriPlugin,
    webview::PageLoadEvent,
};
use tauri_plugin_notification::NotificationExt as _;
use tauri_plugin_window_state::StateFlags;
use tokio::time;

use crate::{commands::Viewers, host::Host, tray, words::Lang};

pub(crate) const MAIN: &str = "main";

/// How long a last notification takes to reach the desktop.
const FAREWELL: Duration = Duration::from_millis(500);

/// `LANG=C` makes the web view's language "C", with which every `Intl` call throws.
const LANGUAGE_GUARD: &str = "
try { new Intl.NumberFormat(navigator.language) } catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
  Object.defineProperty(navigator, 'languages', { value: ['en-US'] });
}
";

/// Whether a window can be opened here.
pub(crate) fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Place and size are remembered; whether it was hidden is not.
pub(crate) fn remembering<R: Runtime>() -> TauriPlugin<R> {
    let flags = StateFlags::all() & !StateFlags::VISIBLE & !StateFlags::DECORATIONS;
    tauri_plugin_window_state::Builder::new().with_state_flags(flags).build()
}

pub(crate) fn open(app: &AppHandle, hidden: bool) -> tauri::Result<()> {
    app.state::<Host>().desk.looked_at(!hidden);
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Switchyard")
        .inner_size(1280.0, 800.0)
        .min_inner_size(900.0, 600.0)
        .visible(!hidden)
        .initialization_script(LANGUAGE_GUARD)
        // The page is the app's own; nothing leads out of it.
        .on_navigation(|url| matches!(url.scheme(), "tauri") || url.host_str().is_some_and(is_own))
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Started {
                window.state::<Viewers>().end_all();
            }
        })
        .build()?;
    Ok(())
}

/// `tauri.localhost` is the built pages' host on Windows, `localhost` the development server's.
fn is_own(host: &str) -> bool {
    host == "tauri.localhost" || (cfg!(debug_assertions) && host == "localhost")
}

pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    app.state::<Host>().desk.looked_at(true);
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window does not come to the front");
        }
    }
}

/// Closing leaves the tray; where there is none, it ends the app.
pub(crate) fn leave(app: &AppHandle) {
    if !tray::is_there(app) {
        return quit(app);
    }
    let host = app.state::<Host>();
    host.desk.looked_at(false);
    // A desktop without a place for tray icons shows nothing of it: starting the app again brings the window back.
    if host.desk.first_time("stays-in-tray") {
        say(app, Lang::of(app).stays_in_tray());
    }
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window cannot be hidden");
    }
}

/// Ends the app. Containers go on, which is said the first time.
pub(crate) fn quit(app: &AppHandle) {
    let host = app.state::<Host>();
    let runs = host
        .desk
        .watch()
        .borrow()
        .components
        .iter()
        .any(|component| component.container.is_some() && !matches!(component.phase, Phase::Off));
    if runs && host.desk.first_time("containers-go-on") {
        say(app, Lang::of(app).containers_go_on());
        // The notification is on its way in a task of its own, which an exit would overtake.
        let (leaving, runtime) = (app.clone(), host.runtime.clone());
        runtime.spawn(async move {
            time::sleep(FAREWELL).await;
            leaving.exit(0);
        });
        return;
    }
    app.exit(0);
}

fn say(app: &AppHandle, words: &str) {
    if let Err(error) = app.notification().builder().title("Switchyard").body(words).show() {
        tracing::warn!(%error, "no notification");
    }
}
