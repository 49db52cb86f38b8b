//! A socket before the engine's, whose connections can be cut in the middle.

use std::{
    env, io,
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tempfile::TempDir;

/// Passes everything on to the engine, until it is cut.
pub struct Proxy {
    folder: TempDir,
    open: Arc<Mutex<Vec<UnixStream>>>,
}

impl Proxy {
    /// Before the engine of these tests.
    pub fn of_the_engine() -> Self {
        let engine: PathBuf =
            env::var_os("DOCKER_SOCK").expect("tests/with-engine says where its socket is").into();
        let folder = TempDir::with_prefix("switchyard-proxy-").expect("a temporary folder can be made");
        let listener = UnixListener::bind(folder.path().join("docker.sock")).expect("a socket can be made");
        let open = Arc::new(Mutex::new(Vec::new()));
        let opened = open.clone();
        // It ends with the process; a test run has only a few.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = UnixStream::connect(&engine) else { continue };
                let copies = [(&client, &server), (&server, &client)].map(|(from, to)| {
                    (from.try_clone().expect("it is open"), to.try_clone().expect("it is open"))
                });
                for (mut from, mut to) in copies {
                    thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Write);
                    });
                }
                opened.lock().unwrap_or_else(PoisonError::into_inner).extend([client, server]);
            }
        });
        Self { folder, open }
    }

    /// Its address as `DOCKER_HOST` wants it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.folder.path().join("docker.sock").display())
    }

    /// Ends every connection at once, wherever it is. New ones go through.
    pub fn cut(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
