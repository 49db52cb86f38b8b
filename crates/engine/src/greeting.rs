//! `GET /_ping`: who answers, and which API it speaks. Both stand in headers, and the answer costs an engine nothing, where
//! some engines run programs of their own before they answer `GET /version`.

use http::{HeaderMap, Request, header::HOST};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::connect::Api;

/// What an engine says of itself in the headers of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Greeting {
    /// The dialect that both sides know.
    pub(crate) api: Api,
    /// The program's name, such as `Docker`.
    pub(crate) program: String,
    /// Its version.
    pub(crate) version: String,
}

/// Greets an engine in our newest dialect. `None` when the way to it is not as simple as a socket, when nobody answers,
/// and when the answer does not say enough: then the engine has to be asked properly.
pub(crate) async fn greet(uri: &str) -> Option<Greeting> {
    let (scheme, place) = uri.split_once("://")?;
    match scheme {
        #[cfg(unix)]
        "unix" => exchange(tokio::net::UnixStream::connect(place).await.ok()?).await,
        "tcp" | "http" => exchange(TcpStream::connect(place.trim_end_matches('/')).await.ok()?).await,
        _ => None,
    }
}

async fn exchange(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Option<Greeting> {
    let request = Request::get(format!("/v{}/_ping", Api::NEWEST)).header(HOST, "docker");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let answer = sender.send_request(request.body(String::new()).ok()?);
    let mut connection = std::pin::pin!(connection);
    let mut answer = std::pin::pin!(answer);
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer.ok()?,
        // It may end as soon as it has handed the answer over.
        ended = &mut connection => if ended.is_err() { return None } else { answer.await.ok()? },
    };
    read(answer.status().as_u16(), answer.headers())
}

fn read(status: u16, headers: &HeaderMap) -> Option<Greeting> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let theirs = Api::parse(text("api-version")?)?;
    // Our newest dialect is refused with 400: theirs is older, or ours is too old for them, and only `/version` tells how
    // old it may be.
    let api = match status {
        200 if theirs >= Api::NEWEST => Api::NEWEST,
        400 if theirs < Api::NEWEST && theirs >= Api::OLDEST => theirs,
        _ => return None,
    };
    // `Docker/28.5.2 (linux)`
    let (program, rest) = text("server")?.split_once('/')?;
    let version = rest.split(" (").next().unwrap_or(rest);
    Some(Greeting { api, program: program.to_owned(), version: version.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, api: &str, server: &str) -> Option<(String, String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert("api-version", api.parse().unwrap());
        headers.insert("server", server.parse().unwrap());
        read(status, &headers).map(|it| (it.api.to_string(), it.program, it.version))
    }

    #[test]
    fn an_engine_says_in_its_greeting_who_it_is_and_which_dialect_both_know() {
        let engine = |api: &str, version: &str| Some((api.into(), "Docker".into(), version.into()));
        assert_eq!(said(400, "1.41", "Docker/20.10.24+dfsg1 (linux)"), engine("1.41", "20.10.24+dfsg1"));
        assert_eq!(said(200, "1.47", "Docker/27.5.1 (linux)"), engine("1.47", "27.5.1"));
        assert_eq!(said(200, "1.51", "Docker/28.5.2 (linux)"), engine("1.47", "28.5.2"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn an_engine_that_says_enough_is_asked_nothing_else() {
        use std::io::{Read, Write};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let asked = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut head = [0; 1024];
            let read = connection.read(&mut head).unwrap();
            let answer = "HTTP/1.1 400 Bad Request\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n\
                          Content-Length: 2\r\n\r\n{}";
            connection.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&head[..read]).lines().next().unwrap().to_owned()
        });
        let endpoint = crate::Endpoint::at(format!("unix://{}", path.display()));
        let engine = crate::Engine::greet(&endpoint).await.unwrap();
        let info = engine.info();
        let told = (info.product.as_str(), info.version.as_str(), info.api.as_str());
        assert_eq!(told, ("Docker Engine", "20.10.24", "1.41"));
        assert_eq!(asked.join().unwrap(), "GET /v1.47/_ping HTTP/1.1");
    }

    #[test]
    fn a_greeting_that_leaves_something_open_is_none() {
        assert_eq!(said(400, "1.40", "Docker/19.3 (linux)"), None, "too old");
        assert_eq!(said(400, "1.60", "Docker/40 (linux)"), None, "how old a dialect it takes is not said");
        assert_eq!(said(404, "1.47", "Docker/27.5.1 (linux)"), None);
        assert_eq!(said(200, "1.47", "nginx"), None);
        assert_eq!(read(200, &HeaderMap::new()), None);
    }
}
