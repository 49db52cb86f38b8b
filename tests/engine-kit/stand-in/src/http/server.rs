//! Answers requests: one thread for each connection, which stays open for as long as the client wants it.

use std::io::{BufReader, ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::process::exit;
use std::time::Duration;

use super::{Chunked, Headers, Reply, Request, Response, decoded, read_line, reason};
use crate::{clock, faults, settings};

const PATIENCE: Duration = Duration::from_secs(120);
const MAX_BODY: u64 = 64 << 20;

/// Listens before it returns, so that the port is open once it has.
pub fn listen(host: &str, port: u16, answer: impl Fn(&Request) -> Reply + Clone + Send + 'static) {
    let listener = bind(host, port);
    std::thread::spawn(move || serve(&listener, &answer));
}

pub fn bind(host: &str, port: u16) -> TcpListener {
    let host = settings::address(host);
    TcpListener::bind((host.as_str(), port)).unwrap_or_else(|error| {
        eprintln!("error: listen tcp {host}:{port}: bind: {error}");
        exit(1)
    })
}

/// Until the listener is shut down.
pub fn serve(listener: &TcpListener, answer: &(impl Fn(&Request) -> Reply + Clone + Send + 'static)) {
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == ErrorKind::InvalidInput => return,
            // Such as too many open files: the others go on.
            Err(_) => {
                std::thread::sleep(Duration::from_millis(10));
                continue;
            }
        };
        let answer = answer.clone();
        std::thread::spawn(move || {
            // A probe that hangs up early is not worth a line in the log.
            let _ = converse(&stream, &answer);
        });
    }
}

fn converse(stream: &TcpStream, answer: &impl Fn(&Request) -> Reply) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let client = stream.peer_addr()?.to_string();
    let mut reader = BufReader::new(stream);
    while let Some((request, modern)) = read_request(&mut reader, stream, &client)? {
        let order = request.method == "POST" && request.path.starts_with("/_standin/");
        let reply = if order {
            faults::order(&request.path)
                .map_or_else(|| Response::text(404, "unknown order\n"), |body| Response::text(200, body))
                .into()
        } else {
            answer(&request)
        };
        let response = match reply {
            Reply::Answer(response) => response,
            Reply::Take(take) => return take(stream),
        };
        let asked = request.header("connection").to_ascii_lowercase();
        let closing = response.headers.get("connection") == Some("close")
            || asked.contains("close")
            || (!modern && !asked.contains("keep-alive"));
        write_response(stream, &request.method, &response, closing)?;
        if closing {
            return Ok(());
        }
    }
    Ok(())
}

/// The request, and whether it came as HTTP/1.1.
fn read_request(
    reader: &mut BufReader<&TcpStream>,
    stream: &TcpStream,
    client: &str,
) -> Result<Option<(Request, bool)>> {
    let Some(line) = read_line(reader)? else { return Ok(None) };
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let modern = words.next() != Some("HTTP/1.0");
    let headers = Headers::read(reader)?;
    if headers.get("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        let mut writer = stream;
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let mut body = Vec::new();
    if headers.is_chunked() {
        Chunked::new(&mut *reader).take(MAX_BODY).read_to_end(&mut body)?;
    } else {
        let length: u64 = headers.get("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        reader.by_ref().take(length.min(MAX_BODY)).read_to_end(&mut body)?;
    }
    let (raw_path, raw_query) = target.split_once('?').unwrap_or((target, ""));
    let request = Request {
        method: method.to_owned(),
        path: decoded(raw_path, false),
        raw_path: raw_path.to_owned(),
        raw_query: raw_query.to_owned(),
        headers,
        body,
        client: client.to_owned(),
    };
    Ok(Some((request, modern)))
}

pub fn write_response(
    mut stream: &TcpStream,
    method: &str,
    response: &Response,
    closing: bool,
) -> Result<()> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    for (name, value) in response.headers.iter().filter(|(name, _)| *name != "Connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Date: {}\r\n", http_date(clock::nanos() / 1_000_000_000)));
    if response.status != 204 {
        head.push_str(&format!("Content-Length: {}\r\n", response.body.len()));
    }
    if closing {
        head.push_str("Connection: close\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    if method != "HEAD" && response.status != 204 {
        bytes.extend_from_slice(&response.body);
    }
    stream.write_all(&bytes)
}

/// `Sat, 28 Nov 2026 05:22:36 GMT`.
fn http_date(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = clock::rfc3339(seconds * 1_000_000_000, 0);
    let month = text[5..7].parse::<usize>().map_or("Jan", |number| MONTHS[(number - 1) % 12]);
    let weekday = DAYS[(seconds / 86_400 % 7) as usize];
    format!("{weekday}, {} {month} {} {} GMT", &text[8..10], &text[..4], &text[11..19])
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_date_is_written_as_http_wants_it() {
        assert_eq!(super::http_date(1_795_843_356), "Sat, 28 Nov 2026 05:22:36 GMT");
    }
}
