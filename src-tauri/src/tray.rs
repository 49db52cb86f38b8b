//! The icon in the tray: the stack's overall state, a switch for each component, and the way back to the window.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use supervisor::api::snapshot::{Overall, OverallState, Snapshot};
use tauri::{
    AppHandle, Manager,
    menu::{CheckMenuItemBuilder, Menu, MenuBuilder, MenuItemBuilder},
    tray::{MouseButton, TrayIconBuilder, TrayIconEvent},
};
use tokio::time;

use crate::{host::Host, tray_icon, window, words::Lang};

/// What the ids of component switches begin with.
pub(crate) const TOGGLE: &str = "toggle:";
const ID: &str = "stack";
/// Between two looks: a tray is a D-Bus call away.
const CALM: Duration = Duration::from_millis(300);

/// Everything that the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Face {
    lang: Lang,
    overall: Overall,
    switches: Vec<(String, String, bool)>,
}

#[derive(Default)]
struct Shown(Mutex<Option<Face>>);

/// Keeps the tray as the stack is.
pub(crate) fn follow(app: &AppHandle) {
    app.manage(Shown::default());
    if let Err(error) = build(app) {
        tracing::warn!(%error, "there is no tray");
        return;
    }
    let (app, host) = (app.clone(), app.state::<Host>());
    let mut snapshots = host.desk.watch();
    host.runtime.spawn(async move {
        loop {
            // The language stands in a file, so it is read before the loop that publishes snapshots is kept out.
            let lang = Lang::of(&app);
            let face = face(lang, &snapshots.borrow_and_update());
            paint(&app, &face, false);
            time::sleep(CALM).await;
            if snapshots.changed().await.is_err() {
                return;
            }
        }
    });
}

pub(crate) fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some()
}

/// Shows everything anew: a switch that the menu moved by itself, another language.
pub(crate) fn refresh(app: &AppHandle) {
    let snapshots = app.state::<Host>().desk.watch();
    let lang = Lang::of(app);
    let face = face(lang, &snapshots.borrow());
    paint(app, &face, true);
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let snapshots = app.state::<Host>().desk.watch();
    let lang = Lang::of(app);
    let face = face(lang, &snapshots.borrow());
    let mut tray = TrayIconBuilder::with_id(ID)
        .tooltip("Switchyard")
        .menu(&menu(app, &face)?)
        .show_menu_on_left_click(false)
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, .. } = event {
                window::show(tray.app_handle());
            }
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(tray_icon::of(icon, face.overall.state));
    }
    tray.build(app)?;
    Ok(())
}

fn face(lang: Lang, snapshot: &Snapshot) -> Face {
    let switches = snapshot
        .components
        .iter()
        .map(|it| (it.id.clone(), lang.pick(&it.title).to_owned(), it.enabled))
        .collect();
    Face { lang, overall: snapshot.overall, switches }
}

fn paint(app: &AppHandle, face: &Face, always: bool) {
    let shown = app.state::<Shown>();
    {
        let mut shown = shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !always && shown.as_ref() == Some(face) {
            return;
        }
        *shown = Some(face.clone());
    }
    let Some(tray) = app.tray_by_id(ID) else { return };
    let tooltip = format!("Switchyard: {}", face.lang.overall(face.overall));
    let icon = app.default_window_icon().map(|icon| tray_icon::of(icon, face.overall.state));
    let painted = menu(app, face)
        .and_then(|menu| tray.set_menu(Some(menu)))
        .and_then(|()| tray.set_icon(icon))
        .and_then(|()| tray.set_tooltip(Some(tooltip)));
    if let Err(error) = painted {
        tracing::warn!(%error, "the tray stays as it was");
    }
}

fn menu(app: &AppHandle, face: &Face) -> tauri::Result<Menu<tauri::Wry>> {
    let lang = face.lang;
    let state = MenuItemBuilder::with_id("state", lang.overall(face.overall)).enabled(false).build(app)?;
    let mut menu = MenuBuilder::new(app).item(&state).separator();
    let reachable = !matches!(face.overall.state, OverallState::Lost | OverallState::Connecting);
    for (id, title, enabled) in &face.switches {
        let switch = CheckMenuItemBuilder::with_id(format!("{TOGGLE}{id}"), title)
            .checked(*enabled)
            .enabled(reachable)
            .build(app)?;
        menu = menu.item(&switch);
    }
    menu.separator()
        .text("open", lang.open_window())
        .text("up", lang.up())
        .text("down", lang.down())
        .separator()
        .text("quit", lang.quit())
        .build()
}
