//! The desktop shell: it puts the supervisor, a window, a tray and a menu together, and decides nothing.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod commands;
mod engine_start;
#[cfg(test)]
mod fixtures;
mod host;
mod log;
mod menu;
mod notifications;
mod painting;
mod tray;
mod tray_icon;
mod window;
mod words;

use std::process::ExitCode;

use supervisor::folder::Places;
use tauri::{Manager, RunEvent, WindowEvent};
use tauri_plugin_autostart::MacosLauncher;

use crate::{arguments::Arguments, host::Host};

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(told) => {
            eprintln!("{told}");
            return ExitCode::from(64);
        }
    };
    if !window::has_display() {
        eprintln!("{}", words::Lang::of_system().no_display());
        return ExitCode::FAILURE;
    }
    let places = match Places::of_this_user() {
        Ok(places) => places,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(told) = painting::settle() {
        eprintln!("switchyard: {told}");
    }
    let _log = log::start(&places);
    match run(arguments, places) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            eprintln!("switchyard: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments, places: Places) -> Result<(), Box<dyn std::error::Error>> {
    let autostarted = arguments.autostarted;
    let builder = tauri::Builder::default()
        // First of all: a second start ends here, and the first one comes to the front.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(window::remembering())
        .plugin(tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec![arguments::AUTOSTARTED])))
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_shell::init())
        .invoke_handler(tauri::generate_handler![
            commands::send,
            commands::watch,
            commands::follow_logs,
            commands::follow_stats,
            commands::diagnostics,
        ])
        .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()))
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } if window.label() == window::MAIN => {
                api.prevent_close();
                window::leave(window.app_handle());
            }
            _ => {}
        });
    let app = builder
        .setup(move |app| {
            let host = Host::start(places, arguments.stack, arguments.host)?;
            let hidden = autostarted && host.desk.settings().start_hidden;
            app.manage(host);
            app.manage(commands::Viewers::default());
            menu::build(app.handle())?;
            window::open(app.handle(), hidden)?;
            tray::follow(app.handle());
            notifications::follow(app.handle());
            host::end_on_signal(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Host>().close();
        }
    });
    Ok(())
}
