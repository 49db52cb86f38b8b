//! Something on a socket that is not quite an engine.

use std::{
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    thread,
};

use tempfile::TempDir;

/// A socket that answers every request alike, or never.
pub struct FakeEngine {
    folder: TempDir,
}

impl FakeEngine {
    /// Answers every request with this JSON.
    pub fn that_answers(json: &'static str) -> Self {
        Self::listen(move |mut stream| {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{json}", json.len());
        })
    }

    /// Takes every request and says nothing.
    pub fn that_hangs() -> Self {
        Self::listen(|mut stream| {
            // Until the other side gives up.
            let _ = stream.read_to_end(&mut Vec::new());
        })
    }

    fn listen(serve: impl Fn(UnixStream) + Clone + Send + 'static) -> Self {
        let folder = TempDir::with_prefix("switchyard-fake-").expect("a temporary folder can be made");
        let listener = UnixListener::bind(folder.path().join("docker.sock")).expect("a socket can be made");
        // It ends with the process; a test run has only a few.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serve = serve.clone();
                thread::spawn(move || serve(stream));
            }
        });
        Self { folder }
    }

    /// Path of its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// Its address as `DOCKER_HOST` wants it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }
}
