//! Whether a container is ready, by its own word.

use std::time::{Duration, Instant};

use clients::{Http, probe::Question};
use engine::{Engine, EngineError};

use crate::{
    api::snapshot::ProbeResult,
    clock::now,
    state::{Answer, Ask},
};

/// How long a component may take to answer a probe.
const PROBE_DEADLINE: Duration = Duration::from_secs(3);

/// Asks once. A container that is gone by now is not ready, which is no error.
pub(crate) async fn ask(http: Option<&Http>, engine: Option<&Engine>, container: &str, ask: Ask) -> Answer {
    let failed = Answer::Check { exit_code: 1, took: Duration::ZERO };
    match (ask, http, engine) {
        (Ask::Probe(question), Some(http), _) => Answer::Probe(probe(http, question).await),
        (Ask::Check { command, timeout, .. }, _, Some(engine)) => {
            let begun = Instant::now();
            match Box::pin(engine.run_inside(container, &command, timeout)).await {
                Ok(ran) => Answer::Check { exit_code: ran.exit_code, took: begun.elapsed() },
                Err(EngineError::TimedOut { .. }) => Answer::Hangs,
                Err(_) => failed,
            }
        }
        _ => failed,
    }
}

/// One answer to a component's probe.
pub(crate) async fn probe(http: &Http, question: Question) -> ProbeResult {
    let answer = clients::probe::ask(http, &question, PROBE_DEADLINE).await;
    ProbeResult {
        ok: answer.ok,
        url: question.url,
        answer: answer.text,
        millis: answer.took.as_secs_f64() * 1000.0,
        at: now(),
    }
}
