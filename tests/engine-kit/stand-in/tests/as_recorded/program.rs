//! A stand-in that runs for a test, on an address of its own on this machine's loopback.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::compare::loose;
use crate::recording::{Answer, Recording};

const PATIENCE: Duration = Duration::from_secs(60);

static RUNS: AtomicU32 = AtomicU32::new(0);

/// A folder that is taken away in the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("stand-in-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// Writes a file and says where it is.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// 127.x.y.z, of this process and this call only.
pub fn address() -> String {
    let (process, number) = (std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed) + 2);
    format!("127.{}.{}.{}", process >> 8 & 0x7F | 0x40, process & 0xFF, number & 0xFF)
}

pub struct Program {
    child: Child,
    pub address: String,
    output: Folder,
}

/// Everything that the test does not care about is quick and small.
pub fn command(name: &str, address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stand-in"));
    command
        .args(arguments)
        .env("STANDIN_NAME", name)
        .env("STANDIN_ADDRESS", address)
        .env("STANDIN_SPEED", "1000")
        .env("STANDIN_MEMORY", "0")
        .stdin(Stdio::null());
    command
}

impl Program {
    pub fn start(name: &str, arguments: &[&str], environment: &[(&str, &str)], port: u16) -> Self {
        let address = address();
        Self::start_at(&address, name, arguments, environment, port)
    }

    /// Waits until the port is open.
    pub fn start_at(
        address: &str,
        name: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
        port: u16,
    ) -> Self {
        let output = Folder::new();
        let log = |name: &str| File::create(output.path().join(name)).expect("a log");
        let child = command(name, address, arguments)
            .envs(environment.iter().copied())
            .stdout(log("stdout"))
            .stderr(log("stderr"))
            .spawn()
            .expect("the stand-in starts");
        let mut program = Self { child, address: address.to_owned(), output };
        program.eventually("an open port", |program| {
            assert!(program.child.try_wait().expect("a child").is_none(), "it ended: {}", program.said());
            TcpStream::connect((program.address.as_str(), port)).is_ok()
        });
        program
    }

    pub fn eventually(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < deadline, "no {what} within {PATIENCE:?}; it said:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// All that it wrote so far.
    pub fn said(&self) -> String {
        ["stdout", "stderr"]
            .map(|name| fs::read_to_string(self.output.path().join(name)).unwrap_or_default())
            .concat()
    }

    pub fn ask(&self, port: u16, recording: &Recording) -> Answer {
        let headers: Vec<(&str, &str)> =
            recording.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        exchange(&self.address, port, &recording.method, &recording.target, &headers, &recording.body)
    }

    pub fn get(&self, port: u16, target: &str) -> Answer {
        exchange(&self.address, port, "GET", target, &[], b"")
    }

    pub fn post(&self, port: u16, target: &str, body: &str) -> Answer {
        let headers = [("Content-Type", "application/json")];
        exchange(&self.address, port, "POST", target, &headers, body.as_bytes())
    }

    /// Sends SIGTERM and returns the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(told.is_ok_and(|status| status.success()), "cannot send a signal");
        self.ended()
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> Option<i32> {
        let mut code = None;
        self.eventually("end", |program| {
            code = program.child.try_wait().expect("a child");
            code.is_some()
        });
        code.and_then(|status| status.code())
    }

    /// Ends it as an engine does that has lost its patience.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One request on a connection of its own. The connection is kept open, so that a `Connection: close` is the program's.
pub fn exchange(
    address: &str,
    port: u16,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut stream = TcpStream::connect((address, port)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nHost: {address}:{port}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all((head + "\r\n").as_bytes()).expect("the head is sent");
    // A refusal may come before the body has been sent; what it says is wanted.
    let _ = stream.write_all(body);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a status line");
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: String::new() };
    let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let length = if method == "HEAD" { 0 } else { length };
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).expect("the body");
    answer.body = String::from_utf8_lossy(&bytes).into_owned();
    answer
}

/// Lines whose message the real program was not heard to say.
pub fn unheard(said: &str, recorded: &[String]) -> Vec<String> {
    let known: Vec<String> = recorded.iter().flat_map(|text| text.lines()).map(message).collect();
    said.lines()
        .filter(|line| !line.trim().is_empty() && !known.contains(&message(line)))
        .map(str::to_owned)
        .collect()
}

/// Level and message of a line of a log, loosened; a line of another form is its own message.
fn message(line: &str) -> String {
    let value = |name: &str| {
        let (_, rest) = line.split_once(name)?;
        let mut escaped = false;
        let end = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find(|letter| {
                    let ends = letter == '"' && !escaped;
                    escaped = letter == '\\' && !escaped;
                    ends
                });
                end.map_or(rest.len(), |end| end + 1)
            }
            None => rest.find(' ').unwrap_or(rest.len()),
        };
        Some(loose(rest[..end].trim_matches('"')))
    };
    let columns: Vec<&str> = line.split('\t').collect();
    match (value("level="), value("msg=")) {
        (Some(level), Some(message)) => format!("{level} {message}"),
        _ if columns.len() > 3 => format!("{} {}", columns[1], columns[3]),
        _ => loose(line),
    }
}
