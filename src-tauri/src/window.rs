//! The one window.

use supervisor::api::snapshot::Phase;
use tauri::{
    AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder, plugin::TauriPlugin,
    webview::PageLoadEvent,
};
use tauri_plugin_notification::NotificationExt as _;
use tauri_plugin_window_state::StateFlags;

use crate::{commands::Viewers, host::Host, tray, words::Lang};

pub(crate) const MAIN: &str = "main";

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
    app.state::<Host>().desk.looked_at(false);
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
        let lang = Lang::of(app);
        let told = app.notification().builder().title("Switchyard").body(lang.containers_go_on()).show();
        if let Err(error) = told {
            tracing::warn!(%error, "no notification");
        }
    }
    app.exit(0);
}
