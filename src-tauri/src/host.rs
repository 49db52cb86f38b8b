//! Where the supervisor lives: a thread of its own with a runtime of one thread, since each log line is an HTTP
//! chunk that would otherwise cross threads twice.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use supervisor::{
    api::error::{AppError, ErrorCode},
    desk::Desk,
    folder::Places,
};
use tauri::{AppHandle, Manager};
use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// How long the thread may take to end.
const END: Duration = Duration::from_secs(5);

pub(crate) struct Host {
    pub(crate) desk: Desk,
    pub(crate) runtime: Handle,
    stop: CancellationToken,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

impl Host {
    pub(crate) fn start(
        places: Places,
        stack: Option<PathBuf>,
        host: Option<String>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let (tell, told) = mpsc::channel();
        let thread = thread::Builder::new().name("engine".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let desk = Desk::open(&places, stack, host.as_deref());
                // Without a receiver the window has failed to open, and this ends with the process.
                let _ = tell.send(desk.clone());
                stopped.cancelled().await;
                desk.close();
            });
            runtime.shutdown_timeout(END);
        })?;
        let desk = told.recv()?;
        Ok(Self { desk, runtime: handle, stop, thread: Mutex::new(Some(thread)) })
    }

    /// Does work on the supervisor's thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Result<T, AppError> {
        match self.runtime.spawn(work).await {
            Ok(result) => result,
            Err(error) => Err(AppError::new(ErrorCode::Internal, "engine", error.to_string())),
        }
    }

    /// Ends the supervisor. Containers go on.
    pub(crate) fn close(&self) {
        self.stop.cancel();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the engine's thread failed");
        }
    }
}

/// Quits when the session or a terminal asks for it.
pub(crate) fn end_on_signal(app: &AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let quitting = app.clone();
        app.state::<Host>().runtime.spawn(async move {
            let (Ok(mut terminated), Ok(mut interrupted)) =
                (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
            else {
                return;
            };
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
            quitting.exit(0);
        });
    }
    #[cfg(not(unix))]
    let _ = app;
}
