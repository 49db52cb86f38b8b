//! Whether a component says of itself that it is ready.

use std::time::{Duration, Instant};

use regex::Regex;

use crate::{Http, beginning, innermost};

/// What to ask, and which answer means ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Full address.
    pub url: String,
    /// The status that means ready.
    pub status: u16,
    /// A regular expression that the body must match.
    pub body: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is that of a ready component.
    pub ok: bool,
    /// Status and the beginning of the body, or what went wrong.
    pub text: String,
    /// How long it took.
    pub took: Duration,
}

/// Asks once. A component that is not there is an answer too, never an error.
pub async fn ask(http: &Http, question: &Question, deadline: Duration) -> Answer {
    let begun = Instant::now();
    let (ok, text) = match http.0.get(&question.url).timeout(deadline).send().await {
        Err(error) if error.is_timeout() => (false, format!("no answer within {} s", deadline.as_secs())),
        Err(error) => (false, innermost(&error)),
        Ok(response) => {
            let status = response.status().as_u16();
            let body = response.text().await.unwrap_or_default();
            let matches = question
                .body
                .as_ref()
                .is_none_or(|pattern| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(&body)));
            (status == question.status && matches, format!("{status} {}", beginning(&body)).trim().to_owned())
        }
    };
    Answer { ok, text, took: begun.elapsed() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_server::serve_once;

    async fn check(reply: &'static str, status: u16, body: Option<&str>) -> Answer {
        let url = serve_once(reply).await;
        let question = Question { url, status, body: body.map(str::to_owned) };
        ask(&Http::new().unwrap(), &question, Duration::from_secs(5)).await
    }

    #[tokio::test]
    async fn a_ready_component_is_ready() {
        let answer = check("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nready\n", 200, Some("ready")).await;
        assert!(answer.ok, "{answer:?}");
        assert_eq!(answer.text, "200 ready");
    }

    #[tokio::test]
    async fn the_right_status_with_the_wrong_body_is_not_ready() {
        // Consul answers 200 with an empty string while it has no leader.
        let answer = check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\"\"", 200, Some("\".+\"")).await;
        assert!(!answer.ok);
        assert_eq!(answer.text, "200 \"\"");
    }

    #[tokio::test]
    async fn a_refusal_says_so() {
        let reply =
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 25\r\n\r\nIngester not ready: wait\n";
        let answer = check(reply, 200, None).await;
        assert!(!answer.ok);
        assert_eq!(answer.text, "503 Ingester not ready: wait");
    }

    #[tokio::test]
    async fn nobody_there_is_an_answer() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let question = Question { url: format!("http://{free}/"), status: 200, body: None };
        let answer = ask(&Http::new().unwrap(), &question, Duration::from_secs(5)).await;
        assert!(!answer.ok);
        assert!(answer.text.contains("refused"), "{answer:?}");
    }

    #[tokio::test]
    async fn a_silent_component_runs_into_the_deadline() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let question = Question { url, status: 200, body: None };
        let answer = ask(&Http::new().unwrap(), &question, Duration::from_millis(50)).await;
        assert!(!answer.ok);
        assert!(answer.text.contains("no answer"), "{answer:?}");
    }
}
