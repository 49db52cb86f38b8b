//! As much HTTP as the scenarios need.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Sends one request to a port of this machine; returns status and body, or the error in words.
pub fn http(method: &str, port: u16, path: &str, body: &str) -> Result<(u16, String), String> {
    send(&format!("{method} {path}"), port, "", body.as_bytes())
}

/// Posts a body of that type.
pub fn post(port: u16, path: &str, content_type: &str, body: &[u8]) -> Result<(u16, String), String> {
    send(&format!("POST {path}"), port, &format!("Content-Type: {content_type}\r\n"), body)
}

fn send(request: &str, port: u16, headers: &str, body: &[u8]) -> Result<(u16, String), String> {
    let words = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(words)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(words)?;
    // HTTP/1.0: the body ends with the connection, so that nothing has to be decoded.
    let length = body.len();
    let head = format!("{request} HTTP/1.0\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).map_err(words)?;
    stream.write_all(body).map_err(words)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(words)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no complete answer")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
    Ok((status, body.to_owned()))
}

/// The body of a page that must be there.
#[track_caller]
pub fn get(port: u16, path: &str) -> String {
    match http("GET", port, path, "") {
        Ok((200, body)) => body,
        other => panic!("GET port {port} {path}: {other:?}"),
    }
}
