//! As much HTTP as the programs and their clients need.

pub mod client;
pub mod server;

use std::io::{BufRead, Error, Read, Result};
use std::net::TcpStream;

/// Of a head line, and of all of them: what a client may send before it is hung up on.
const LONGEST_LINE: u64 = 64 << 10;
const MOST_HEADERS: usize = 200;

#[derive(Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
    /// Up to the empty line.
    pub fn read(reader: &mut impl BufRead) -> Result<Self> {
        let mut headers = Self::default();
        while let Some(line) = read_line(reader)?.filter(|line| !line.is_empty()) {
            if let Some((name, value)) = line.split_once(':') {
                headers.add(name.trim(), value.trim());
            }
            if headers.0.len() > MOST_HEADERS {
                return Err(Error::other("too many headers"));
            }
        }
        Ok(headers)
    }
    pub fn is_chunked(&self) -> bool {
        self.get("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }
}

/// Without its end; `None` when the other side has hung up.
pub fn read_line(reader: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = Vec::new();
    if reader.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    while matches!(line.last(), Some(b'\n' | b'\r')) {
        line.pop();
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// The content of a body that comes in chunks.
pub struct Chunked<R> {
    reader: R,
    /// Bytes that are left of this chunk; `None` after the last one.
    left: Option<u64>,
}

impl<R: BufRead> Chunked<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, left: Some(0) }
    }
}

impl<R: BufRead> Read for Chunked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.left == Some(0) {
            let mut line = read_line(&mut self.reader)?.ok_or_else(unexpected_end)?;
            if line.is_empty() {
                // The end of the chunk before this one.
                line = read_line(&mut self.reader)?.ok_or_else(unexpected_end)?;
            }
            let size = line.split(';').next().unwrap_or_default().trim().to_owned();
            let size = u64::from_str_radix(&size, 16).map_err(Error::other)?;
            self.left = (size > 0).then_some(size);
            if size == 0 {
                read_line(&mut self.reader)?;
            }
        }
        let Some(left) = self.left else { return Ok(0) };
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = self.reader.read(&mut buffer[..most])?;
        if count == 0 && most > 0 {
            return Err(unexpected_end());
        }
        self.left = Some(left - count as u64);
        Ok(count)
    }
}

pub fn unexpected_end() -> Error {
    Error::new(std::io::ErrorKind::UnexpectedEof, "unexpected EOF")
}

pub struct Request {
    pub method: String,
    /// As sent, without the query.
    pub raw_path: String,
    /// With its %-sequences decoded.
    pub path: String,
    pub raw_query: String,
    pub headers: Headers,
    pub body: Vec<u8>,
    pub client: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_default()
    }
    /// The content type without its parameters, in lower case.
    pub fn content_type(&self) -> String {
        self.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
    /// All values of a parameter of the query, or of a form in the body.
    pub fn parameters(&self, name: &str) -> Vec<String> {
        let form = if self.content_type() == "application/x-www-form-urlencoded" {
            String::from_utf8_lossy(&self.body).into_owned()
        } else {
            String::new()
        };
        let both = [self.raw_query.as_str(), form.as_str()];
        let pairs = both.iter().flat_map(|query| query.split('&')).filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .filter(|(key, _)| decoded(key, true) == name)
            .map(|(_, value)| decoded(value, true))
            .collect()
    }
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.parameters(name).into_iter().next()
    }
}

/// %-sequences as their bytes; in a query a `+` is a blank.
pub fn decoded(text: &str, plus: bool) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'%').then(|| std::str::from_utf8(tail.get(..2)?).ok()).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &tail[2..];
            }
            None => {
                out.push(if plus && *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

pub struct Response {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// What a handler does with a request.
pub enum Reply {
    Answer(Response),
    /// Writes to the connection by itself, which is closed afterwards.
    Take(Taker),
}

pub type Taker = Box<dyn FnOnce(&TcpStream) -> Result<()>>;

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Answer(response)
    }
}

impl Response {
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut headers = Headers::default();
        if !kind.is_empty() {
            headers.add("Content-Type", kind);
        }
        Self { status, headers, body: body.into() }
    }
    pub fn empty(status: u16) -> Self {
        Self::new(status, "", "")
    }
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.into())
    }
    /// As Go's `http.Error` sends one: with a newline at its end, and not to be sniffed.
    pub fn error(status: u16, message: impl std::fmt::Display) -> Self {
        Self::text(status, format!("{message}\n")).with("X-Content-Type-Options", "nosniff")
    }
    pub fn not_found() -> Self {
        Self::error(404, "404 page not found")
    }
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "application/json", body.into())
    }
    pub fn html(body: impl Into<String>) -> Self {
        Self::new(200, "text/html; charset=utf-8", body.into())
    }
    pub fn redirect(status: u16, to: &str) -> Self {
        let words = reason(status);
        Self::new(status, "text/html; charset=utf-8", format!("<a href=\"{to}\">{words}</a>.\n\n"))
            .with("Location", to)
    }
    pub fn metrics(body: impl Into<String>) -> Self {
        Self::new(200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", body.into())
    }
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.add(name, value);
        self
    }
}

pub fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        302 => "Found",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_again() {
        let mut text = String::new();
        let mut body = Chunked::new(b"4\r\nWiki\r\n6;x=y\r\npedia \r\n0\r\n\r\n".as_slice());
        body.read_to_string(&mut text).expect("whole");
        assert_eq!(text, "Wikipedia ");
        assert!(Chunked::new(b"4\r\nWi".as_slice()).read_to_string(&mut text).is_err());
    }

    #[test]
    fn percent_sequences_are_decoded() {
        assert_eq!(decoded("%7Bjob%3D%22x%22%7D+%7C", true), "{job=\"x\"} |");
        assert_eq!(decoded("a+b%2Fc%zz", false), "a+b/c%zz");
    }
}
