//! Asks other programs: one request for each connection.

use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::{Chunked, Headers, read_line, unexpected_end};
use crate::resolver;

pub struct Answer {
    pub status: u16,
    /// As it arrives; ends with the answer.
    pub body: Box<dyn Read + Send>,
}

/// An address as it stands in a configuration, such as `loki:3100`, resolved.
pub fn connect(authority: &str, patience: Duration) -> Result<TcpStream> {
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let port = port.parse().map_err(Error::other)?;
    let address = resolver::lookup(host).map_err(|error| Error::other(format!("dial tcp: {error}")))?;
    let target = SocketAddr::new(address, port);
    TcpStream::connect_timeout(&target, patience).map_err(|error| match error.kind() {
        std::io::ErrorKind::TimedOut => Error::other("context deadline exceeded"),
        _ => Error::other(format!("dial tcp {target}: connect: {}", words_of(&error))),
    })
}

/// Without the number that Rust puts behind what the system says, and in lower case, as Go has it.
pub fn words_of(error: &Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// `patience` is for the head of the answer and each pause in its body; `None` waits for ever.
pub fn request(
    authority: &str,
    method: &str,
    target: &str,
    body: Option<(&str, &[u8])>,
    patience: Option<Duration>,
) -> Result<Answer> {
    let mut stream = connect(authority, patience.unwrap_or(Duration::from_secs(10)))?;
    stream.set_read_timeout(Some(patience.unwrap_or(Duration::from_secs(10))))?;
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
    if let Some((kind, bytes)) = body {
        head.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", bytes.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    if let Some((_, bytes)) = body {
        stream.write_all(bytes)?;
    }
    let stream_of_body = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let line = read_line(&mut reader).map_err(deadline)?.ok_or_else(unexpected_end)?;
    let status = line.split_whitespace().nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or_else(|| Error::other("malformed HTTP response"))?;
    let headers = Headers::read(&mut reader)?;
    stream_of_body.set_read_timeout(patience)?;
    Ok(Answer { status, body: body_of(reader, &headers) })
}

fn body_of(reader: BufReader<TcpStream>, headers: &Headers) -> Box<dyn Read + Send> {
    let length = headers.get("content-length").and_then(|value| value.parse::<u64>().ok());
    match length {
        _ if headers.is_chunked() => Box::new(Chunked::new(reader)),
        Some(length) => Box::new(reader.take(length)),
        None => Box::new(reader),
    }
}

fn deadline(error: Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => {
            Error::other("context deadline exceeded")
        }
        _ => error,
    }
}

/// The whole answer as text.
pub fn get(authority: &str, method: &str, path: &str) -> Result<(u16, String)> {
    let mut answer = request(authority, method, path, None, Some(Duration::from_secs(5)))?;
    let mut text = String::new();
    if method != "HEAD" {
        answer.body.read_to_string(&mut text)?;
    }
    Ok((answer.status, text))
}

/// Hands on whatever arrives, as soon as it does.
pub fn pump(mut from: impl Read, mut to: impl Write) -> Result<()> {
    let mut reader = BufReader::with_capacity(16 << 10, &mut from);
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        to.write_all(bytes)?;
        let count = bytes.len();
        reader.consume(count);
    }
}
