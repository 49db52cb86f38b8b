//! What a container uses.

use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use serde::Deserialize;

use crate::{
    Engine,
    connect::null_default,
    error::EngineError,
    wire::{Call, Lines},
};

/// One reading of a container's use.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stats {
    /// CPU since the reading before, in percent of one core; `None` for a first reading.
    pub cpu_percent: Option<f64>,
    /// Memory in bytes, without the file cache that can be dropped.
    pub memory: u64,
    /// Memory limit in bytes; the host's memory when the container has none.
    pub memory_limit: u64,
    /// Bytes received, all interfaces, since the start.
    pub net_rx: u64,
    /// Bytes sent, all interfaces, since the start.
    pub net_tx: u64,
    /// Bytes read from block devices since the start.
    pub block_read: u64,
    /// Bytes written to block devices since the start.
    pub block_write: u64,
    /// Processes and threads.
    pub pids: u64,
    /// CPU counters, for the next reading.
    cpu: CpuCounters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct CpuCounters {
    /// Nanoseconds that the container has had.
    used: u64,
    /// Nanoseconds of all cores of the host.
    system: u64,
    cores: u64,
}

impl CpuCounters {
    /// In percent of one core.
    fn percent_since(self, before: Self) -> Option<f64> {
        let system = self.system.checked_sub(before.system).filter(|nanos| *nanos > 0)?;
        let used = self.used.checked_sub(before.used)?;
        #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
        Some(used as f64 / system as f64 * self.cores as f64 * 100.0)
    }
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawStats {
    #[serde(deserialize_with = "null_default")]
    cpu_stats: RawCpu,
    #[serde(deserialize_with = "null_default")]
    precpu_stats: RawCpu,
    #[serde(deserialize_with = "null_default")]
    memory_stats: RawMemory,
    #[serde(deserialize_with = "null_default")]
    networks: HashMap<String, RawNetwork>,
    #[serde(deserialize_with = "null_default")]
    blkio_stats: RawBlock,
    #[serde(deserialize_with = "null_default")]
    pids_stats: RawPids,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawCpu {
    cpu_usage: RawCpuUsage,
    system_cpu_usage: u64,
    online_cpus: u64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawCpuUsage {
    total_usage: u64,
    #[serde(deserialize_with = "null_default")]
    percpu_usage: Vec<u64>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawMemory {
    usage: u64,
    limit: u64,
    #[serde(deserialize_with = "null_default")]
    stats: HashMap<String, u64>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawNetwork {
    rx_bytes: u64,
    tx_bytes: u64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawBlock {
    #[serde(deserialize_with = "null_default")]
    io_service_bytes_recursive: Vec<RawBlockEntry>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawBlockEntry {
    op: String,
    value: u64,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct RawPids {
    current: u64,
}

impl From<&RawCpu> for CpuCounters {
    fn from(raw: &RawCpu) -> Self {
        // cgroup v1 of an old kernel does not say how many cores are online.
        let listed = raw.cpu_usage.percpu_usage.len() as u64;
        let cores = if raw.online_cpus > 0 { raw.online_cpus } else { listed.max(1) };
        Self { used: raw.cpu_usage.total_usage, system: raw.system_cpu_usage, cores }
    }
}

impl From<RawStats> for Stats {
    fn from(raw: RawStats) -> Self {
        let cpu = CpuCounters::from(&raw.cpu_stats);
        let before = CpuCounters::from(&raw.precpu_stats);
        // `inactive_file` is cgroup v2's name, `total_inactive_file` v1's, which has both.
        let cache = ["total_inactive_file", "inactive_file"]
            .iter()
            .find_map(|name| raw.memory_stats.stats.get(*name))
            .copied()
            .unwrap_or_default();
        let block = |operation: &str| {
            raw.blkio_stats
                .io_service_bytes_recursive
                .iter()
                .filter(|entry| entry.op.eq_ignore_ascii_case(operation))
                .map(|entry| entry.value)
                .sum()
        };
        Self {
            cpu_percent: cpu.percent_since(before).filter(|_| before.system > 0),
            memory: raw.memory_stats.usage.saturating_sub(cache),
            memory_limit: raw.memory_stats.limit,
            net_rx: raw.networks.values().map(|network| network.rx_bytes).sum(),
            net_tx: raw.networks.values().map(|network| network.tx_bytes).sum(),
            block_read: block("read"),
            block_write: block("write"),
            pids: raw.pids_stats.current,
            cpu,
        }
    }
}

impl Engine {
    /// Follows what a container uses, once a second. Costs the engine about a quarter of a percent of a
    /// core: for containers that somebody looks at. The stream opens when it is first polled and ends
    /// when the container is removed.
    pub fn stats(
        &self,
        id: &str,
    ) -> impl Stream<Item = Result<Stats, EngineError>> + Send + Unpin + 'static + use<> {
        let call = Call::get("follow stats", format!("/containers/{id}/stats"))
            .query("stream", "1")
            .first_byte(self.inner.deadlines.read);
        let id = id.to_owned();
        let answer = self.stream(call).map_err(move |error| error.of_container(&id)).boxed();
        StatsStream { answer, lines: Lines::default(), ready: VecDeque::new() }
    }

    /// One reading, at once. CPU needs two: hand in the one before.
    pub async fn stats_once(&self, id: &str, before: Option<&Stats>) -> Result<Stats, EngineError> {
        let call = Call::get("read stats", format!("/containers/{id}/stats"))
            .query("stream", "0")
            .query("one-shot", "1");
        let raw: RawStats = self.get(call).await.map_err(|error| error.of_container(id))?;
        let mut stats = Stats::from(raw);
        if let Some(before) = before {
            stats.cpu_percent = stats.cpu.percent_since(before.cpu);
        }
        Ok(stats)
    }
}

struct StatsStream {
    answer: BoxStream<'static, Result<Bytes, EngineError>>,
    lines: Lines,
    ready: VecDeque<Stats>,
}

impl Stream for StatsStream {
    type Item = Result<Stats, EngineError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(stats) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(stats)));
            }
            let this = &mut *self;
            match this.answer.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(chunk))) => {
                    this.lines.push(&chunk);
                    while let Some(line) = this.lines.next() {
                        let raw: Option<RawStats> = serde_json::from_slice(&line).ok();
                        this.ready.extend(raw.map(Stats::from));
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reading_says_what_docker_stats_says() {
        let raw: RawStats = serde_json::from_value(json!({
            "cpu_stats": {"cpu_usage": {"total_usage": 3_000, "percpu_usage": null},
                          "system_cpu_usage": 20_000, "online_cpus": 2},
            "precpu_stats": {"cpu_usage": {"total_usage": 1_000}, "system_cpu_usage": 16_000},
            "memory_stats": {"usage": 1_000, "limit": 5_000, "stats": {"inactive_file": 400}},
            "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10, "tx_bytes": 20}},
            "blkio_stats": {"io_service_bytes_recursive": [
                {"op": "Read", "value": 5}, {"op": "write", "value": 6}, {"op": "Total", "value": 11}]},
            "pids_stats": {"current": 7}
        }))
        .unwrap();
        let stats = Stats::from(raw);
        assert_eq!(stats.cpu_percent, Some(100.0));
        assert_eq!((stats.memory, stats.memory_limit, stats.pids), (600, 5_000, 7));
        assert_eq!((stats.net_rx, stats.net_tx, stats.block_read, stats.block_write), (11, 22, 5, 6));
    }

    #[test]
    fn a_stopped_container_or_a_first_reading_has_no_cpu_figure() {
        let raw: RawStats = serde_json::from_value(json!({"networks": null, "memory_stats": {}})).unwrap();
        assert_eq!(Stats::from(raw).cpu_percent, None);
    }
}
