//! What can go wrong between us and an engine, named after what happened.

use std::{error::Error as StdError, io};

use bollard::errors::Error as ClientError;

/// A failure of the engine, or of the way to it.
///
/// Variants are told apart by errno, by HTTP status and by structured fields. Where the engine gives
/// nothing but a sentence, the variant's doc says which words it is recognised by.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No engine was found in any of the usual places.
    #[error("no Docker engine found; looked at {}", tried.join(", "))]
    NoEngine {
        /// The places, in the order in which they were tried.
        tried: Vec<String>,
    },
    /// What `--host`, the environment or the Docker context says is no endpoint.
    #[error("{what}: {detail}")]
    BadEndpoint {
        /// Where it was said, such as `context "staging"`.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The socket is there and this user may not open it.
    #[error("no permission to use {path}")]
    Denied {
        /// The socket or the address.
        path: String,
        /// The system's error.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Nobody answers at the endpoint.
    #[error("the Docker engine at {uri} does not answer")]
    Unreachable {
        /// The endpoint.
        uri: String,
        /// The system's error.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The engine is older than Docker 20.10.
    #[error("the engine speaks API {api}; 1.41 (Docker 20.10) or newer is needed")]
    TooOld {
        /// Its newest API version.
        api: String,
    },
    /// The engine accepted the request and did not answer in time.
    #[error("{operation}: no answer within {seconds} s")]
    TimedOut {
        /// What was asked.
        operation: &'static str,
        /// The deadline.
        seconds: u64,
    },
    /// The connection broke in the middle of an answer.
    #[error("{operation}: the connection to the engine broke")]
    Lost {
        /// What was asked.
        operation: &'static str,
        /// The client's error, when there is one.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The answer is not what the Docker API promises.
    #[error("{operation}: the engine's answer cannot be read")]
    Malformed {
        /// What was asked.
        operation: &'static str,
        /// Where decoding stopped.
        #[source]
        source: serde_json::Error,
    },
    /// The image is neither local nor in its registry. By status 404 of `create` and `inspect`; of a
    /// pull by `not found` or `manifest unknown`, since engines answer 404 or 500 alike.
    #[error("image {image} not found")]
    ImageNotFound {
        /// Reference.
        image: String,
    },
    /// The registry refuses for now. By `toomanyrequests`, the registry API's own error code.
    #[error("the registry limits pulls: {image}")]
    RateLimited {
        /// Reference.
        image: String,
    },
    /// The registry wants other credentials, or the image does not exist: Docker Hub does not tell.
    /// By the registry API's error codes `denied` and `unauthorized`.
    #[error("the registry denies access to {image}")]
    RegistryDenied {
        /// Reference.
        image: String,
    },
    /// The engine cannot reach the registry. By the words of Go's network errors.
    #[error("the registry of {image} cannot be reached: {detail}")]
    RegistryUnreachable {
        /// Reference.
        image: String,
        /// The engine's words.
        detail: String,
    },
    /// A credential helper did not give the credentials of a registry.
    #[error("credential helper {helper}: {detail}")]
    Credentials {
        /// Program.
        helper: String,
        /// What went wrong; never the secret.
        detail: String,
    },
    /// A host port is taken. Status 500; by `port is already allocated` and `address already in use`.
    #[error("a port is taken: {detail}")]
    PortTaken {
        /// The engine's words; they name address and port.
        detail: String,
    },
    /// Another container has the name (status 409 of `create` and `rename`).
    #[error("the container name {name} is taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The disk of the engine is full. Status 500; by ENOSPC's words `no space left on device`.
    #[error("the engine's disk is full: {detail}")]
    DiskFull {
        /// The engine's words.
        detail: String,
    },
    /// The container is gone (status 404).
    #[error("container {id} does not exist")]
    NoSuchContainer {
        /// Id or name that was asked for.
        id: String,
    },
    /// A volume that should go is still mounted (status 409).
    #[error("volume {name} is in use")]
    VolumeInUse {
        /// Its name.
        name: String,
    },
    /// The engine refused or failed for a reason of its own.
    #[error("{operation}: {message} (status {status})")]
    Engine {
        /// What was asked.
        operation: &'static str,
        /// HTTP status; 0 when the failure came within a stream.
        status: u16,
        /// The engine's words.
        message: String,
    },
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// Something this version does not do.
    #[error("not supported: {what}")]
    Unsupported {
        /// What.
        what: String,
    },
    /// The step cannot be done as asked: the plan and the project do not fit each other.
    #[error("the step does not fit the project: {what}")]
    BadStep {
        /// What does not fit.
        what: String,
    },
}

/// Whose failure it is, for [`EngineError::from_client`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// In words, such as `start container`.
    pub(crate) operation: &'static str,
    /// The endpoint.
    pub(crate) uri: &'a str,
    /// The deadline that the client itself watches.
    pub(crate) seconds: u64,
}

impl EngineError {
    /// Classifies what the HTTP client reports.
    pub(crate) fn from_client(asked: Asked<'_>, error: ClientError) -> Self {
        let operation = asked.operation;
        match error {
            ClientError::DockerResponseServerError { status_code, message } => {
                Self::from_answer(operation, status_code, message)
            }
            ClientError::RequestTimeoutError => Self::TimedOut { operation, seconds: asked.seconds },
            ClientError::SocketNotFoundError(path) => Self::NoEngine { tried: vec![path] },
            ClientError::JsonSerdeError { err } => Self::Malformed { operation, source: err },
            ClientError::DockerStreamError { error } => Self::from_answer(operation, 0, error),
            error => Self::from_transport(asked, error),
        }
    }

    /// Classifies an answer with an error status by what every operation shares.
    pub(crate) fn from_answer(operation: &'static str, status: u16, message: String) -> Self {
        let has = |words: &str| message.contains(words);
        if has("no space left on device") {
            return Self::DiskFull { detail: message };
        }
        if has("port is already allocated") || has("address already in use") {
            return Self::PortTaken { detail: message };
        }
        Self::Engine { operation, status, message }
    }

    /// Classifies a failed pull. Engines put the registry's answer into a sentence and choose 404 or
    /// 500 by their image store, so that only the words are left.
    pub(crate) fn from_pull(operation: &'static str, image: &str, status: u16, message: String) -> Self {
        const UNREACHABLE: [&str; 14] = [
            "no such host",
            "dial tcp",
            "connection refused",
            "connection reset",
            "network is unreachable",
            "no route to host",
            "i/o timeout",
            "TLS handshake timeout",
            "context deadline exceeded",
            "Client.Timeout",
            "proxyconnect",
            "server misbehaving",
            "unexpected EOF",
            "x509:",
        ];
        let image = image.to_owned();
        let lower = message.to_ascii_lowercase();
        let has = |words: &str| lower.contains(words);
        if has("toomanyrequests") || has("too many requests") {
            Self::RateLimited { image }
        } else if UNREACHABLE.iter().any(|words| message.contains(words)) {
            Self::RegistryUnreachable { image, detail: message }
        } else if has("access denied") || has("unauthorized") || has("denied:") {
            Self::RegistryDenied { image }
        } else if has("manifest unknown") || has("name unknown") || has("not found") {
            Self::ImageNotFound { image }
        } else {
            Self::from_answer(operation, status, message)
        }
    }

    fn from_transport(asked: Asked<'_>, error: ClientError) -> Self {
        let connecting = matches!(&error, ClientError::HyperLegacyError { err } if err.is_connect());
        let kind = io_kind(&error);
        let uri = asked.uri.to_owned();
        match kind {
            Some(io::ErrorKind::PermissionDenied) => Self::Denied { path: uri, source: error.into() },
            _ if connecting => Self::Unreachable { uri, source: error.into() },
            _ => Self::Lost { operation: asked.operation, source: Some(error.into()) },
        }
    }

    /// HTTP status, when the engine answered with one that no variant of its own stands for.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Engine { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The same failure, with a missing container named when that is what a 404 means here.
    pub(crate) fn of_container(self, id: &str) -> Self {
        match self {
            Self::Engine { status: 404, .. } => Self::NoSuchContainer { id: id.to_owned() },
            other => other,
        }
    }
}

/// The first I/O error in the chain of causes.
fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        // This variant is transparent: its source is the source of the error within.
        if let Some(ClientError::IOError { err }) = error.downcast_ref() {
            return Some(err.kind());
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check_pull(message: &str, expected: &Expect) {
        let error = EngineError::from_pull("pull image", "redis:7", 500, message.to_owned());
        expected.assert_eq(&format!("{error:?}"));
    }

    #[test]
    fn pulls_fail_for_reasons_that_a_user_can_act_on() {
        check_pull(
            "manifest for redis:7 not found: manifest unknown: manifest unknown",
            &expect![[r#"ImageNotFound { image: "redis:7" }"#]],
        );
        check_pull(
            "pull access denied for redis, repository does not exist or may require 'docker login'",
            &expect![[r#"RegistryDenied { image: "redis:7" }"#]],
        );
        check_pull(
            "toomanyrequests: You have reached your pull rate limit",
            &expect![[r#"RateLimited { image: "redis:7" }"#]],
        );
        check_pull(
            "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
            &expect![[
                r#"RegistryUnreachable { image: "redis:7", detail: "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host" }"#
            ]],
        );
        check_pull(
            "failed to register layer: write /usr/x: no space left on device",
            &expect![[
                r#"DiskFull { detail: "failed to register layer: write /usr/x: no space left on device" }"#
            ]],
        );
    }

    #[test]
    fn both_ways_of_saying_that_a_port_is_taken_are_known() {
        for message in [
            "driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated",
            "failed to bind host port for 127.0.0.1:80: address already in use",
        ] {
            let error = EngineError::from_answer("start container", 500, message.to_owned());
            assert!(matches!(error, EngineError::PortTaken { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_404_of_a_container_call_names_the_container() {
        let error = EngineError::from_answer("stop container", 404, "No such container: x".to_owned());
        assert!(matches!(error.of_container("x"), EngineError::NoSuchContainer { id } if id == "x"));
    }

    #[test]
    fn errors_of_the_system_are_found_below_the_client_s() {
        let asked = Asked { operation: "look", uri: "unix:///s", seconds: 1 };
        let error = ClientError::IOError { err: io::ErrorKind::PermissionDenied.into() };
        assert!(matches!(EngineError::from_client(asked, error), EngineError::Denied { .. }));
        let error = ClientError::IOError { err: io::ErrorKind::BrokenPipe.into() };
        assert!(matches!(EngineError::from_client(asked, error), EngineError::Lost { .. }));
        let error = ClientError::RequestTimeoutError;
        assert!(matches!(EngineError::from_client(asked, error), EngineError::TimedOut { seconds: 1, .. }));
    }
}
