//! As much HTTP as health probes need: one request per connection, whole bodies, no chunked input.

use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const MAX_BODY: u64 = 64 << 20;

pub struct Request {
    pub method: String,
    pub path: String,
    pub authorization: String,
}

pub struct Response {
    pub status: u16,
    pub kind: &'static str,
    pub body: String,
    pub location: Option<&'static str>,
}

impl Response {
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: body.into(), location: None }
    }
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self { status, kind: "application/json", body: body.into(), location: None }
    }
    pub fn html(body: impl Into<String>) -> Self {
        Self { status: 200, kind: "text/html; charset=utf-8", body: body.into(), location: None }
    }
    pub fn redirect(to: &'static str) -> Self {
        Self { status: 302, kind: "text/html; charset=utf-8", body: String::new(), location: Some(to) }
    }
}

/// Answers until the process ends; each connection has its own thread.
pub fn serve(listener: &TcpListener, answer: impl Fn(&Request) -> Response + Clone + Send + 'static) {
    for stream in listener.incoming().flatten() {
        let answer = answer.clone();
        std::thread::spawn(move || {
            // A probe that hangs up early is not worth a line in the log.
            let _ = converse(&stream, &answer);
        });
    }
}

fn converse(stream: &TcpStream, answer: &impl Fn(&Request) -> Response) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(()) };
    let path = target.split('?').next().unwrap_or(target).to_owned();
    let mut request = Request { method: method.to_owned(), path, authorization: String::new() };
    let mut length = 0_u64;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => request.authorization = value.trim().to_owned(),
            _ => {}
        }
    }
    // Read what was sent, or the close would reset the connection before the client sees the answer.
    std::io::copy(&mut reader.take(length.min(MAX_BODY)), &mut std::io::sink())?;
    let response = answer(&request);
    let body = if request.method == "HEAD" { "" } else { response.body.as_str() };
    let location = response.location.map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{location}Connection: close\r\n\r\n",
        response.status,
        reason(response.status),
        response.kind,
        response.body.len(),
    );
    let mut writer = stream;
    writer.write_all((head + body).as_bytes())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        302 => "Found",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

/// For the images whose probe is the program itself.
pub fn get(address: &str, path: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    status.map(|status| (status, body)).ok_or_else(|| Error::other("no HTTP answer"))
}
