//! The menu of the window, and what is done when something of it or of the tray is chosen.

use supervisor::{
    api::{
        intent::{Intent, Reply, Review},
        window::{Request, View},
    },
    desk::Errand,
};
use tauri::{
    AppHandle, Emitter as _, Manager,
    menu::{MenuBuilder, MenuItemBuilder, SubmenuBuilder},
};
use tauri_plugin_notification::NotificationExt as _;

use crate::{
    host::Host,
    tray::{TOGGLE, refresh},
    window,
    words::Lang,
};

/// What the menu can show, by the id of its item.
const VIEWS: [(&str, View); 4] = [
    ("view:stack", View::Stack),
    ("view:logs", View::Logs),
    ("view:palette", View::Palette),
    ("view:settings", View::Settings),
];

/// Makes the menu, anew when the language has changed.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    let lang = Lang::of(app);
    let item = |id: &str, text: &str, keys: Option<&str>| {
        let item = MenuItemBuilder::with_id(id, text);
        match keys {
            Some(keys) => item.accelerator(keys).build(app),
            None => item.build(app),
        }
    };
    let stack = SubmenuBuilder::new(app, lang.stack_menu())
        .item(&item("up", lang.up(), Some("CmdOrCtrl+U"))?)
        .item(&item("down", lang.down(), None)?)
        .item(&item("refresh", lang.refresh(), Some("CmdOrCtrl+R"))?)
        .separator()
        .item(&item("close", lang.close_window(), Some("CmdOrCtrl+W"))?)
        .item(&item("quit", lang.quit(), Some("CmdOrCtrl+Q"))?)
        .build()?;
    let view = SubmenuBuilder::new(app, lang.view_menu())
        .item(&item(VIEWS[0].0, lang.cards(), Some("CmdOrCtrl+1"))?)
        .item(&item(VIEWS[1].0, lang.logs(), Some("CmdOrCtrl+2"))?)
        .item(&item(VIEWS[2].0, lang.palette(), Some("CmdOrCtrl+K"))?)
        .item(&item(VIEWS[3].0, lang.settings(), Some("CmdOrCtrl+,"))?)
        .build()?;
    let menu = MenuBuilder::new(app);
    // macOS reaches copy and paste through a menu only.
    let menu = if cfg!(target_os = "macos") {
        let edit = SubmenuBuilder::new(app, lang.edit_menu()).cut().copy().paste().select_all().build()?;
        menu.items(&[&stack, &edit, &view])
    } else {
        menu.items(&[&stack, &view])
    };
    app.set_menu(menu.build()?)?;
    Ok(())
}

pub(crate) fn chosen(app: &AppHandle, id: &str) {
    match id {
        "open" => window::show(app),
        "close" => window::leave(app),
        "quit" => window::quit(app),
        "up" => ask(app, up(vec![])),
        "down" => ask(app, down(vec![])),
        "refresh" => ask(app, Intent::Refresh),
        _ => {
            if let Some(component) = id.strip_prefix(TOGGLE) {
                toggle(app, component);
            } else if let Some((_, view)) = VIEWS.into_iter().find(|(name, _)| *name == id) {
                tell(app, view);
            }
        }
    }
}

/// The page shows what was chosen, as for its own shortcuts.
fn tell(app: &AppHandle, view: View) {
    if let Err(error) = app.emit_to(window::MAIN, "view", view) {
        tracing::warn!(%error, "the window does not hear the menu");
    }
}

fn toggle(app: &AppHandle, component: &str) {
    let enabled = {
        let snapshots = app.state::<Host>().desk.watch();
        let snapshot = snapshots.borrow();
        snapshot.components.iter().find(|it| it.id == component).map(|it| it.enabled)
    };
    let Some(enabled) = enabled else { return };
    let components = vec![component.to_owned()];
    ask(app, if enabled { down(components) } else { up(components) });
}

fn up(components: Vec<String>) -> Intent {
    Intent::Up { components, recreate: false, pull: false, wait: true }
}

fn down(components: Vec<String>) -> Intent {
    Intent::Down { components, volumes: false, orphans: false }
}

/// What needs a plan to be seen first, or is refused, is shown in the window.
fn ask(app: &AppHandle, intent: Intent) {
    let (app, host) = (app.clone(), app.state::<Host>());
    let desk = host.desk.clone();
    host.runtime.spawn(async move {
        let named = match &intent {
            Intent::Up { components, .. } | Intent::Down { components, .. } => components.join(", "),
            _ => String::new(),
        };
        let refused = match desk.send(Request::Send { intent, review: Review::Reach }).await {
            Ok(Errand::Reply(Reply::NeedsConsent { .. })) => Some(named),
            Ok(Errand::Reply(Reply::Refused { error, .. })) | Err(error) => {
                tracing::warn!(code = error.code.as_str(), "refused");
                Some(error.subject)
            }
            Ok(_) => None,
        };
        if let Some(subject) = refused {
            let body = format!("{}: {subject}", Lang::of(&app).refused());
            let _ = app.notification().builder().title("Switchyard").body(body).show();
            window::show(&app);
        }
        // A switch moves when the stack does: the menu had moved it by itself.
        refresh(&app);
    });
}
