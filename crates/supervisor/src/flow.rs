//! Whether a log collector passes on what containers write.

use std::time::Duration;

use clients::{Http, metrics};
use engine::Engine;
use stack::compose::Project;

use crate::{clock::now, state::Reading};

/// How long a collector may take to tell its count.
const DEADLINE: Duration = Duration::from_secs(5);
/// A line that was written just now may still be on its way, in milliseconds.
const ON_ITS_WAY: f64 = 10_000.0;

/// Reads a collector's count. Only when it has not grown since the reading before are containers asked whether they
/// have written, so a stack at work costs one request.
pub(crate) async fn read(
    http: &Http,
    engine: &Engine,
    project: &Project,
    component: &str,
    url: &str,
    before: Option<Reading>,
) -> Option<Reading> {
    let flow = project.services.get(component)?.meta.as_ref()?.flow.as_ref()?;
    let at = now();
    let sent = metrics::sum(http, url, &flow.sent, DEADLINE).await.ok()?.unwrap_or_default();
    let Some(before) = before.filter(|before| sent <= before.sent) else {
        return Some(Reading { sent, at, written: None });
    };
    let nanoseconds = |millis: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "nanoseconds since 1970 fit for two centuries")]
        let value = (millis * 1e6) as i64;
        value
    };
    let (since, until) = (nanoseconds(before.at), nanoseconds(at - ON_ITS_WAY));
    let written = engine.writer(since, until, flow.ignore.as_deref()).await.ok()?;
    Some(Reading { sent, at, written })
}
