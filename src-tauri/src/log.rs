//! The log: a file for each day, of which two weeks are kept.

use supervisor::folder::Places;
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::EnvFilter;

const KEPT: usize = 14;

/// Writes until the guard is dropped. Without a place to write to there is no log.
pub(crate) fn start(places: &Places) -> Option<WorkerGuard> {
    let folder = places.data.join("logs");
    std::fs::create_dir_all(&folder).ok()?;
    let file = rolling::Builder::new()
        .rotation(rolling::Rotation::DAILY)
        .filename_prefix("switchyard")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("SWITCHYARD_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).init();
    Some(guard)
}
