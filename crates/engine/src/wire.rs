//! Raw requests to the engine, over the connection that bollard keeps.
//!
//! bollard's typed calls are used where they are right. They are not where an enum of theirs is closed
//! (one new value, such as podman's state `stopped`, fails a whole list), where they lack a field
//! (`CheckDuplicate`), or where their decoder waits or gives up. For these, this module sends a request
//! of our own and hands back the bytes of the answer.

use std::time::Duration;

use bollard::{BollardRequest, Docker, errors::Error as ClientError};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream::BoxStream};
use http::{HeaderName, HeaderValue, Method, Uri, header::CONTENT_TYPE, uri::PathAndQuery};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Engine,
    error::{Asked, EngineError},
};

/// One request of our own.
pub(crate) struct Call {
    operation: &'static str,
    method: Method,
    path: String,
    /// Encoded already.
    query: String,
    body: Option<Bytes>,
    registry_auth: Option<HeaderValue>,
    /// The client gives up when no header of the answer has come by then.
    first_byte: Duration,
}

impl Call {
    /// A `GET` of a path without the version prefix.
    pub(crate) fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self {
            operation,
            method: Method::GET,
            path: path.into(),
            query: String::new(),
            body: None,
            registry_auth: None,
            first_byte: Duration::from_secs(86_400),
        }
    }

    /// A `POST`, with an empty body at first.
    pub(crate) fn post(operation: &'static str, path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(operation, path) }
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.extend(form_urlencoded::byte_serialize(name.as_bytes()));
        self.query.push('=');
        self.query.extend(form_urlencoded::byte_serialize(value.as_bytes()));
        self
    }

    /// Adds the parameter `filters`.
    pub(crate) fn filters(self, filters: &serde_json::Value) -> Self {
        self.query("filters", &filters.to_string())
    }

    /// Sets a JSON body.
    pub(crate) fn json<T: Serialize>(mut self, body: &T) -> Result<Self, EngineError> {
        let body = serde_json::to_vec(body)
            .map_err(|source| EngineError::Malformed { operation: self.operation, source })?;
        self.body = Some(body.into());
        Ok(self)
    }

    /// Sets the registry's credentials.
    pub(crate) fn registry_auth(mut self, value: Option<HeaderValue>) -> Self {
        self.registry_auth = value;
        self
    }

    /// Gives up when no header of the answer has come by then.
    pub(crate) fn first_byte(mut self, deadline: Duration) -> Self {
        self.first_byte = deadline;
        self
    }

    /// Turns bollard's request into this one. Scheme and authority (they tell bollard's connector where
    /// to connect) are kept.
    fn apply(&self, prefix: &str, template: BollardRequest) -> BollardRequest {
        let mut target = format!("{prefix}{}", self.path);
        if !self.query.is_empty() {
            target.push('?');
            target.push_str(&self.query);
        }
        let (mut parts, _) = template.into_parts();
        parts.uri = with_target(parts.uri, target);
        parts.method = self.method.clone();
        parts.headers.clear();
        if self.body.is_some() {
            parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(auth) = &self.registry_auth {
            parts.headers.insert(HeaderName::from_static("x-registry-auth"), auth.clone());
        }
        BollardRequest::from_parts(parts, bollard::body_full(self.body.clone().unwrap_or_default()))
    }
}

/// The same URI with another path and query. An URI that cannot be built is left as it is: the engine
/// then answers with an error, which is reported like any other.
pub(crate) fn with_target(uri: Uri, target: String) -> Uri {
    let Ok(target) = PathAndQuery::try_from(target) else {
        return uri;
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).unwrap_or(uri)
}

/// Sends a call and streams the bytes of a successful answer. The connection closes when the stream is
/// dropped, which is how the engine learns that nobody listens any more.
pub(crate) fn send(
    docker: &Docker,
    prefix: &str,
    call: Call,
) -> impl Stream<Item = Result<Bytes, ClientError>> + Send + Unpin + use<> {
    let prefix = prefix.to_owned();
    tracing::debug!(operation = call.operation, method = %call.method, path = call.path, "engine call");
    // The path of the template never goes out: the modifier replaces the whole request.
    docker
        .clone()
        .with_timeout(whole_seconds(call.first_byte))
        .with_request_modifier(move |template| call.apply(&prefix, template))
        .export_container("raw")
}

/// bollard counts in whole seconds and takes 0 for "at once".
fn whole_seconds(deadline: Duration) -> Duration {
    Duration::from_secs(deadline.as_secs() + u64::from(deadline.subsec_nanos() > 0))
}

impl Engine {
    /// The bytes of an answer, as they come.
    pub(crate) fn stream(&self, call: Call) -> BoxStream<'static, Result<Bytes, EngineError>> {
        let engine = self.clone();
        let (operation, seconds) = (call.operation, whole_seconds(call.first_byte).as_secs());
        send(&self.inner.docker, &self.inner.prefix, call)
            .map(move |chunk| {
                chunk.map_err(|error| {
                    let asked = Asked { operation, uri: &engine.inner.info.uri, seconds };
                    EngineError::from_client(asked, error)
                })
            })
            .boxed()
    }

    /// The whole body of an answer.
    pub(crate) async fn read(&self, call: Call, deadline: Duration) -> Result<Bytes, EngineError> {
        let operation = call.operation;
        within(operation, deadline, collect(self.stream(call))).await
    }

    /// A JSON answer.
    pub(crate) async fn get<T: DeserializeOwned>(&self, call: Call) -> Result<T, EngineError> {
        let operation = call.operation;
        let body = self.read(call, self.inner.deadlines.read).await?;
        serde_json::from_slice(&body).map_err(|source| EngineError::Malformed { operation, source })
    }

    /// A call of bollard's own, with our deadline and our errors.
    pub(crate) async fn typed<T>(
        &self,
        operation: &'static str,
        deadline: Duration,
        call: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, EngineError> {
        tracing::debug!(operation, "engine call");
        let asked = Asked { operation, uri: &self.inner.info.uri, seconds: deadline.as_secs() };
        within(operation, deadline, async {
            call.await.map_err(|error| EngineError::from_client(asked, error))
        })
        .await
    }
}

/// All the bytes of a stream, without a copy when there is only one piece.
pub(crate) async fn collect<E>(mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Bytes, E> {
    let Some(first) = chunks.next().await.transpose()? else {
        return Ok(Bytes::new());
    };
    let Some(second) = chunks.next().await.transpose()? else {
        return Ok(first);
    };
    let mut body = BytesMut::from(first);
    body.extend_from_slice(&second);
    while let Some(chunk) = chunks.next().await.transpose()? {
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Puts a deadline on an engine call.
pub(crate) async fn within<T>(
    operation: &'static str,
    deadline: Duration,
    call: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    tokio::time::timeout(deadline, call)
        .await
        .unwrap_or(Err(EngineError::TimedOut { operation, seconds: deadline.as_secs() }))
}

/// Cuts a stream of bytes into lines, whatever the pieces in which they arrive.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: BytesMut,
}

impl Lines {
    /// A line of JSON beyond this is not one.
    const LONGEST: usize = 16 << 20;

    /// Takes the next piece.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        if self.buffer.len() > Self::LONGEST {
            self.buffer.clear();
        }
        self.buffer.extend_from_slice(chunk);
    }

    /// The next complete line, without its end; empty lines are skipped.
    pub(crate) fn next(&mut self) -> Option<BytesMut> {
        loop {
            let end = self.buffer.iter().position(|byte| *byte == b'\n')?;
            let mut line = self.buffer.split_to(end + 1);
            line.truncate(line.trim_ascii_end().len());
            if !line.is_empty() {
                return Some(line);
            }
        }
    }

    /// What is left when the stream has ended without a last line end.
    pub(crate) fn rest(&mut self) -> Option<BytesMut> {
        let mut rest = self.buffer.split();
        rest.truncate(rest.trim_ascii_end().len());
        Some(rest).filter(|rest| !rest.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_any_cut() {
        let text = b"{\"a\":1}\r\n\n{\"b\":2}\r\n{\"c\":3}";
        for cut in 0..text.len() {
            let mut lines = Lines::default();
            let mut found = Vec::new();
            for piece in [&text[..cut], &text[cut..]] {
                lines.push(piece);
                found.extend(std::iter::from_fn(|| lines.next()));
            }
            found.extend(lines.rest());
            assert_eq!(found, ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"], "cut at {cut}");
        }
    }

    #[test]
    fn a_call_replaces_all_of_the_template_but_the_way_to_the_engine() {
        let template = http::Request::get("unix://2f72756e/containers/raw/export")
            .header("content-type", "application/json")
            .body(bollard::body_full(Bytes::new()))
            .unwrap();
        let call = Call::get("list", "/containers/json")
            .query("all", "1")
            .filters(&serde_json::json!({"a": ["b c"]}));
        let request = call.apply("/v1.41", template);
        assert_eq!(
            request.uri().to_string(),
            "unix://2f72756e/v1.41/containers/json?all=1&filters=%7B%22a%22%3A%5B%22b+c%22%5D%7D"
        );
        assert!(request.headers().is_empty());
    }
}
