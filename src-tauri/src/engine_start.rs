//! Starts an engine that is installed, by its own program. Which programs those are is decided in the supervisor; the
//! page names one of them by its id and can run nothing else.

use supervisor::{api::error::AppError, desk::Launch};
use tauri::AppHandle;
use tauri_plugin_shell::{ShellExt as _, process::CommandEvent};
use tokio::time;

/// What a program says is shown to people: the beginning is enough.
const LONGEST: usize = 2_000;

pub(crate) async fn run(app: &AppHandle, launch: Launch) -> Result<(), AppError> {
    let command = app.shell().command(launch.program).args(launch.arguments);
    let (mut events, child) = command.spawn().map_err(|error| launch.failed(&error.to_string()))?;
    let mut said = String::new();
    let end = async {
        while let Some(event) = events.recv().await {
            match event {
                CommandEvent::Stderr(line) | CommandEvent::Stdout(line) if said.len() < LONGEST => {
                    said.push_str(&String::from_utf8_lossy(&line));
                    said.push('\n');
                }
                CommandEvent::Terminated(ended) => return ended.code,
                CommandEvent::Error(error) => said.push_str(&error),
                _ => {}
            }
        }
        None
    };
    let ended = time::timeout(Launch::PATIENCE, end).await;
    match ended {
        Ok(Some(0)) => Ok(()),
        Ok(_) => Err(launch.failed(said.trim())),
        Err(_) => {
            if let Err(error) = child.kill() {
                tracing::warn!(%error, program = launch.program, "it goes on");
            }
            Err(launch.failed(&format!("no end after {} s", Launch::PATIENCE.as_secs())))
        }
    }
}
