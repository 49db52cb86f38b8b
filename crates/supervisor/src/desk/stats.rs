//! Readings of what runs: of each part, and of each component as the sum of its parts.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{sync::watch, time};
use tokio_util::sync::CancellationToken;

use super::{Place, engines::float};
use crate::{
    api::{
        snapshot::Limits,
        window::{Stats, StatsBatch},
    },
    clock::now,
    state::{limits, sum},
};

/// Between two readings.
const READING: Duration = Duration::from_secs(1);

/// Sends readings of all running components once a second while somebody looks.
pub(super) async fn follow(
    mut places: watch::Receiver<Place>,
    looked_at: watch::Receiver<bool>,
    cancel: CancellationToken,
    mut deliver: impl FnMut(StatsBatch) -> bool,
) {
    let mut before: BTreeMap<String, engine::Stats> = BTreeMap::new();
    let mut beat = time::interval(READING);
    beat.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = beat.tick() => {}
        }
        if !*looked_at.borrow() {
            continue;
        }
        let place = places.borrow_and_update().clone();
        let Some(engine) = &place.engine else { continue };
        // A part of several components runs once.
        let containers: BTreeSet<&str> = place.running.iter().map(|it| it.container.as_str()).collect();
        let readings = containers.into_iter().map(|container| {
            let before = before.get(container);
            async move {
                let stats = engine.stats_once(container, before).await.ok()?;
                Some((container.to_owned(), stats))
            }
        });
        before = join_all(readings).await.into_iter().flatten().collect();
        if !deliver(batch(&place, &before)) {
            return;
        }
    }
}

fn batch(place: &Place, readings: &BTreeMap<String, engine::Stats>) -> StatsBatch {
    let mut parts: BTreeMap<&str, Stats> = BTreeMap::new();
    let mut components: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for running in &place.running {
        let Some(stats) = readings.get(&running.container) else { continue };
        let limits = place.project.services.get(&running.service).map(limits).unwrap_or_default();
        parts.insert(
            &running.service,
            Stats {
                id: running.service.clone(),
                cpu: stats.cpu_percent.unwrap_or_default() / 100.0,
                cpu_limit: limits.cpus,
                memory: float(stats.memory),
                memory_limit: limits.memory,
                network_in: float(stats.net_rx),
                network_out: float(stats.net_tx),
                block_read: float(stats.block_read),
                block_write: float(stats.block_write),
            },
        );
        components.entry(&running.component).or_default().push(&running.service);
    }
    let components = components.into_iter().map(|(component, services)| {
        let of: Vec<&Stats> = services.iter().map(|service| &parts[service]).collect();
        together(component, &of)
    });
    let components = components.collect();
    StatsBatch { at: now(), components, parts: parts.into_values().collect() }
}

fn together(component: &str, parts: &[&Stats]) -> Stats {
    let total = |of: fn(&Stats) -> f64| parts.iter().map(|part| of(part)).sum();
    let limits = parts.iter().map(|part| Limits { cpus: part.cpu_limit, memory: part.memory_limit });
    let limits = sum(limits);
    Stats {
        id: component.to_owned(),
        cpu: total(|part| part.cpu),
        cpu_limit: limits.cpus,
        memory: total(|part| part.memory),
        memory_limit: limits.memory,
        network_in: total(|part| part.network_in),
        network_out: total(|part| part.network_out),
        block_read: total(|part| part.block_read),
        block_write: total(|part| part.block_write),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Running;

    #[test]
    fn a_component_is_the_sum_of_its_parts_and_unlimited_when_one_is() {
        let yaml = "
name: p
x-switchyard: { components: [{ id: shop, title: Shop }, { id: desk, title: Desk }] }
services:
  web: { image: 'web:1', mem_limit: 100m, cpus: 0.5, x-switchyard: { part_of: [shop] } }
  db: { image: 'db:1', mem_limit: 200m, x-switchyard: { part_of: [shop, desk] } }
  till: { image: 'till:1', mem_limit: 1m, cpus: 1, x-switchyard: { part_of: [desk] } }
";
        let project = crate::state::tests::project(yaml);
        let running = |component: &str, service: &str| Running {
            component: component.to_owned(),
            service: service.to_owned(),
            container: format!("{service}-id"),
        };
        let running = vec![running("shop", "web"), running("shop", "db"), running("desk", "db")];
        let place = Place { project: std::sync::Arc::new(project), engine: None, running };
        let stats = |cpu, memory| {
            let mut stats = engine::Stats::default();
            (stats.cpu_percent, stats.memory, stats.net_rx) = (Some(cpu), memory, 7);
            stats
        };
        let readings = [("web-id".to_owned(), stats(50.0, 10)), ("db-id".to_owned(), stats(25.0, 20))];
        let batch = batch(&place, &readings.into());
        let told = |stats: &[Stats]| -> Vec<String> {
            let one = |it: &Stats| {
                let (limit, cpus) = (it.memory_limit.map(|bytes| bytes / 1_048_576.0), it.cpu_limit);
                format!("{} {} {} {limit:?} {cpus:?} {}", it.id, it.cpu, it.memory, it.network_in)
            };
            stats.iter().map(one).collect()
        };
        assert_eq!(
            told(&batch.parts),
            ["db 0.25 20 Some(200.0) None 7", "web 0.5 10 Some(100.0) Some(0.5) 7"]
        );
        assert_eq!(
            told(&batch.components),
            ["desk 0.25 20 Some(200.0) None 7", "shop 0.75 30 Some(300.0) None 14",]
        );
    }
}
