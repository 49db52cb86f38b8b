//! As much of an engine as a socket proxy and a collector see of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Folder;
use crate::recording;

/// Two containers, one of which must not be collected; the log of the other one grows when the test says so.
pub struct Engine {
    folder: Folder,
    log: Arc<Mutex<Vec<String>>>,
}

pub const COLLECTED: &str = "5f3f739e027f9846fffe111a10802af770acaec61807ca0a948987e66e6e7783";
pub const IGNORED: &str = "c39dae063147b973a94065a02d32b927299eea6d24f149b1398ad171195cbc30";

impl Engine {
    pub fn start() -> Self {
        let folder = Folder::new();
        let listener = UnixListener::bind(folder.path().join("docker.sock")).expect("a socket");
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let lines = Arc::clone(&lines);
                // Whoever hangs up early does not want to know.
                std::thread::spawn(move || drop(converse(stream, &lines)));
            }
        });
        Self { folder, log }
    }

    pub fn socket(&self) -> String {
        self.folder.path().join("docker.sock").to_string_lossy().into_owned()
    }

    pub fn writes(&self, line: &str) {
        self.log.lock().expect("the log").push(line.to_owned());
    }
}

fn containers() -> Value {
    let container = |id: &str, service: &str, logs: &str| {
        json!({
            "Id": id, "Names": [format!("/rwa-demo-{service}-1")], "Image": "x", "State": "running",
            "Status": "Up 1 second",
            "Labels": {
                "com.docker.compose.project": "rwa-demo", "com.docker.compose.service": service, "rwa.logs": logs
            }
        })
    };
    json!([container(COLLECTED, "identity-service", ""), container(IGNORED, "loki", "ignore")])
}

fn converse(stream: UnixStream, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let method = line.split(' ').next().unwrap_or_default().to_owned();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
    }
    let path = target.split('?').next().unwrap_or_default().trim_start_matches("/v1.47");
    let answer = |name: &str| recording::read("socket-proxy", name).answer;
    match path {
        "/_ping" if method == "HEAD" => reply(&stream, &answer("ping-head.http"), None),
        "/_ping" => reply(&stream, &answer("ping.http"), None),
        "/version" => reply(&stream, &answer("version.http"), None),
        "/containers/nothing/json" => reply(&stream, &answer("engine-404.http"), None),
        "/containers/json" if target.contains("limit") => {
            reply(&stream, &answer("containers-json.http"), None)
        }
        "/containers/json" => reply(&stream, &answer("containers-json.http"), Some(containers().to_string())),
        _ if path.ends_with("/json") => {
            let about = json!({"Config": {"Tty": false}}).to_string();
            reply(&stream, &answer("containers-json.http"), Some(about))
        }
        _ => follow(stream, reader, log),
    }
}

fn reply(mut stream: &UnixStream, answer: &recording::Answer, body: Option<String>) -> std::io::Result<()> {
    let body = body.unwrap_or_else(|| answer.body.clone());
    let mut head = format!("HTTP/1.1 {} As Recorded\r\nContent-Length: {}\r\n", answer.status, body.len());
    for (name, value) in answer.headers.iter().filter(|(name, _)| name != "Content-Length") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all((head + "\r\n" + &body).as_bytes())?;
    stream.shutdown(Shutdown::Write)
}

/// The log, and whatever is written later, until the other side goes.
fn follow(
    mut stream: UnixStream,
    mut reader: BufReader<UnixStream>,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    )?;
    reader.get_ref().set_read_timeout(Some(Duration::from_millis(10)))?;
    let mut sent = 0;
    loop {
        let lines: Vec<String> = log.lock().expect("the log")[sent..].to_vec();
        sent += lines.len();
        for line in lines {
            let text = line + "\n";
            let mut frame = vec![1, 0, 0, 0];
            frame.extend((text.len() as u32).to_be_bytes());
            frame.extend(text.as_bytes());
            let mut chunk = format!("{:x}\r\n", frame.len()).into_bytes();
            chunk.extend(frame);
            chunk.extend(b"\r\n");
            stream.write_all(&chunk)?;
        }
        let mut byte = [0];
        match reader.read(&mut byte) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
}
