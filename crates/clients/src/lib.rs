//! Questions to the components themselves, over HTTP from outside their containers.
//!
//! Everything here is asked once and answered once; whoever needs to wait asks again.

pub mod consul;
pub mod metrics;
pub mod probe;
pub mod reload;

use std::time::Duration;

/// A client for short questions to this machine: no proxy, no redirects, nothing kept between calls.
#[derive(Debug, Clone)]
pub struct Http(reqwest::Client);

impl Http {
    /// Prepares the client. It opens no connection.
    pub fn new() -> Result<Self, ClientError> {
        let client = reqwest::Client::builder()
            // The components are on this machine or beside the engine: a proxy would only be in the way.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(2))
            .user_agent(concat!("switchyard/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|source| ClientError::Unreachable { url: String::new(), source })?;
        Ok(Self(client))
    }
}

/// Why a component gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer at all.
    #[error("{url} does not answer: {}", innermost(source))]
    Unreachable {
        /// What was asked.
        url: String,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// An answer that means no.
    #[error("{url} answered {status}: {body}")]
    Refused {
        /// What was asked.
        url: String,
        /// HTTP status.
        status: u16,
        /// Beginning of the body.
        body: String,
    },
    /// A file with initial data that cannot be used.
    #[error("{file}: {reason}")]
    BadSeed {
        /// Its name.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

/// reqwest wraps what happened in layers that only repeat the address.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// The first characters of a body, on one line.
fn beginning(body: &str) -> String {
    const LONGEST: usize = 300;
    let line = body.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests_server {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// Serves one request with the given bytes and returns the address.
    pub(crate) async fn serve_once(reply: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "it serves one request and ends")]
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            stream.write_all(reply.as_bytes()).await.unwrap();
        });
        url
    }
}
