//! Registries that are slow, break off, or refuse. Engines speak plain HTTP to registries on this machine's own
//! address, so each is only a port.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// Where `tests/with-engine` serves its images.
const MIRROR: &str = "127.0.0.1:5000";

/// A registry for one test.
pub struct Registry {
    port: u16,
    /// Bytes a second; 0 breaks off every answer.
    pace: Arc<AtomicU64>,
    /// Bytes of answers so far.
    delivered: Arc<AtomicU64>,
}

impl Registry {
    /// The images of the test engine, at this many bytes a second for each layer.
    pub fn slow(bytes_per_second: u64) -> Self {
        let pace = Arc::new(AtomicU64::new(bytes_per_second));
        let delivered = Arc::new(AtomicU64::new(0));
        let shared = (pace.clone(), delivered.clone());
        let port = serve(move |client| {
            let Ok(mirror) = TcpStream::connect(MIRROR) else { return };
            let (Ok(mut questions), Ok(mut to_mirror)) = (client.try_clone(), mirror.try_clone()) else {
                return;
            };
            thread::spawn(move || std::io::copy(&mut questions, &mut to_mirror));
            answer_slowly(mirror, client, &shared.0, &shared.1);
        });
        Self { port, pace, delivered }
    }

    /// Answers every request with this status and message.
    pub fn that_answers(status: &'static str, body: &'static str) -> Self {
        let port = serve(move |mut client| {
            let _ = client.read(&mut [0; 4096]);
            let head = "Content-Type: application/json\r\nConnection: close\r\nDocker-Distribution-Api-Version: registry/2.0";
            let length = body.len();
            let _ = write!(client, "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}");
        });
        Self { port, pace: Arc::default(), delivered: Arc::default() }
    }

    /// From now on at another pace; 0 breaks off.
    pub fn pace(&self, bytes_per_second: u64) {
        self.pace.store(bytes_per_second, Ordering::Relaxed);
    }

    /// How many bytes it has given away so far.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Name of an image in it.
    pub fn image(&self, name: &str) -> String {
        format!("127.0.0.1:{}/{name}", self.port)
    }
}

fn answer_slowly(mut mirror: TcpStream, mut client: TcpStream, pace: &AtomicU64, delivered: &AtomicU64) {
    const BEATS: u64 = 20;
    let mut chunk = vec![0; 1 << 16];
    loop {
        let bytes = pace.load(Ordering::Relaxed) / BEATS;
        let most = usize::try_from(bytes).unwrap_or(usize::MAX).clamp(1, chunk.len());
        if bytes == 0 {
            let _ = client.shutdown(std::net::Shutdown::Both);
            return;
        }
        match mirror.read(&mut chunk[..most]) {
            Ok(count @ 1..) if client.write_all(&chunk[..count]).is_ok() => {
                delivered.fetch_add(count as u64, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(1000 / BEATS));
            }
            _ => {
                let _ = client.shutdown(std::net::Shutdown::Both);
                return;
            }
        }
    }
}

/// Serves each connection on a thread of its own, until the process ends.
fn serve(each: impl Fn(TcpStream) + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let each = each.clone();
            thread::spawn(move || each(client));
        }
    });
    port
}
