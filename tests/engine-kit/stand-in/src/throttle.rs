//! `stand-in throttle LISTEN TARGET BYTES_PER_SECOND`: a TCP proxy that lets answers through at a limited pace, so that
//! a pull from a registry on the same machine lasts long enough to be watched and cancelled.

use std::io::{Read, Result, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::exit;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One budget for all connections: the engine pulls several layers at once.
struct Budget {
    bytes_per_second: f64,
    free_at: Mutex<Instant>,
}

impl Budget {
    fn spend(&self, bytes: usize) {
        let cost = Duration::from_secs_f64(bytes as f64 / self.bytes_per_second);
        let now = Instant::now();
        let wait = {
            let mut free_at = self.free_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let start = (*free_at).max(now);
            *free_at = start + cost;
            *free_at - now
        };
        std::thread::sleep(wait);
    }
}

pub fn run(arguments: &[String]) -> ! {
    let [listen, target, rate] = arguments else { usage() };
    let Some(bytes_per_second) = rate.parse::<f64>().ok().filter(|rate| *rate >= 1.0) else { usage() };
    crate::signals::end_at_once();
    let listener = TcpListener::bind(listen).unwrap_or_else(|error| {
        eprintln!("stand-in: cannot listen on {listen}: {error}");
        exit(1)
    });
    let budget = Arc::new(Budget { bytes_per_second, free_at: Mutex::new(Instant::now()) });
    for client in listener.incoming().flatten() {
        let (target, budget) = (target.clone(), Arc::clone(&budget));
        std::thread::spawn(move || {
            // Either side hanging up ends the pair; the client sees that by itself.
            let _ = relay(&client, &target, &budget);
        });
    }
    exit(0)
}

fn usage() -> ! {
    eprintln!("usage: stand-in throttle LISTEN TARGET BYTES_PER_SECOND");
    exit(64)
}

fn relay(client: &TcpStream, target: &str, budget: &Budget) -> Result<()> {
    let server = TcpStream::connect(target)?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let upload = std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let download = pace(&server, client, budget);
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    let _ = upload.join();
    download
}

fn pace(mut from: &TcpStream, mut to: &TcpStream, budget: &Budget) -> Result<()> {
    let mut buffer = [0_u8; 4096];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        budget.spend(count);
        to.write_all(&buffer[..count])?;
    }
}
