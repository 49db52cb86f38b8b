import type { Component, Limits, Overall, Part, Snapshot } from "../api";
import { type Entry, containerOf, entryOf, offComponent } from "./catalog";

const mebi = 1024 * 1024;

/** Started and not ended: only then a container has a time of its start here. */
const isUp = (container: Component["container"]) => container !== null && container.started !== null;

function limitsOf(entry: Entry | undefined): Limits {
  return { cpus: entry?.cpuLimit ?? null, memory: entry ? entry.memoryLimit * mebi : null };
}

function sum(limits: Limits[]): Limits {
  const all = (of: (one: Limits) => number | null) =>
    limits.reduce<number | null>(
      (total, one) => (total === null || of(one) === null ? null : total + (of(one) ?? 0)),
      0,
    );
  return limits.length ? { cpus: all((one) => one.cpus), memory: all((one) => one.memory) } : limitsOf(undefined);
}

/** The service that a component is named after. */
function itself(component: Component, entry: Entry | undefined): Part {
  const { phase, health, container, image, ports } = component;
  const unwell = phase.kind === "degraded" && phase.cause.error.code === "part-unwell";
  return {
    service: component.id,
    title: component.title,
    active: true,
    sharedWith: [],
    phase: unwell ? { kind: "healthy" } : phase,
    runs: isUp(container),
    health,
    container,
    image,
    ports,
    limits: limitsOf(entry),
  };
}

const proxy: Entry = {
  ...entryOf("docker-proxy", "wollomatic/socket-proxy:1.13.1"),
  title: "Socket proxy",
  cpu: 0.002,
  cpuLimit: 0.2,
  memory: 9,
  memoryLimit: 32,
};
let proxyContainer: Component["container"] = null;

/** What the collectors share. It comes and goes with them. */
function proxyOf(component: Component, shared: string[]): Part {
  proxyContainer ??= containerOf(proxy, Date.now() - 64 * 60_000);
  const unwell = component.phase.kind === "degraded" && component.phase.cause.error.code === "part-unwell";
  const runs = isUp(component.container) && !unwell;
  return {
    service: proxy.id,
    title: { en: proxy.title, zh: "套接字代理" },
    active: true,
    sharedWith: shared,
    phase: runs ? { kind: "healthy" } : unwell ? { kind: "drifted", drift: "stopped" } : { kind: "off" },
    runs,
    health: { engine: runs ? "healthy" : null, probe: null },
    container: runs ? proxyContainer : null,
    image: proxy.image,
    ports: [],
    limits: limitsOf(proxy),
  };
}

/** Fills in what follows from the rest. */
export function whole(component: Component, entry: Entry | undefined): Component {
  const parts = component.parts.length ? component.parts : [itself(component, entry)];
  if (!component.parts.length && component.id === "promtail") parts.push(proxyOf(component, ["alloy"]));
  if (!component.parts.length && component.id === "alloy") parts.push(proxyOf(component, ["promtail"]));
  const unwell = parts.find((part) => part.phase.kind !== "healthy" && part.phase.kind !== "off");
  const runs = parts.some((part) => part.runs && !part.sharedWith.length);
  const limits = sum(parts.filter((part) => part.active).map((part) => part.limits));
  return { ...component, parts, runs, limits, worst: parts.length > 1 ? (unwell?.service ?? null) : null };
}

/** All in one word, with the counts. */
export function overallOf(snapshot: Pick<Snapshot, "engine" | "components" | "operation" | "unreadable">): Overall {
  const overall: Overall = { state: "off", well: 0, working: 0, attention: 0, off: 0, unknown: 0 };
  const kinds = new Set(snapshot.components.map((one) => one.phase.kind));
  for (const { phase } of snapshot.components) {
    if (phase.kind === "unknown" || phase.kind === "off") overall[phase.kind] += 1;
    else if (phase.kind === "healthy" || phase.kind === "completed") overall.well += 1;
    else if (["failed", "degraded", "drifted"].includes(phase.kind)) overall.attention += 1;
    else overall.working += 1;
  }
  if (snapshot.engine.kind !== "connected") overall.state = snapshot.engine.kind;
  else if (overall.unknown > 0 && overall.unknown === snapshot.components.length) overall.state = "connecting";
  else if (overall.attention > 0 || snapshot.unreadable.length > 0) overall.state = "attention";
  else if (overall.working > 0) overall.state = kinds.size === 1 && kinds.has("waiting") ? "waiting" : "working";
  else if (overall.well > 0) overall.state = "well";
  return overall;
}

const names: [string, string, number, string | null][] = [
  ["postgres", "postgres:14.23-bookworm", 96, "PostgreSQL"],
  ["redis", "valkey/valkey:8.1.9-alpine", 22, null],
  ["kafka", "confluentinc/cp-kafka:7.6.6", 412, "Kafka"],
  ["clickhouse", "altinity/clickhouse-server:25.3", 530, "ClickHouse"],
  ["snuba-api", "ghcr.io/getsentry/snuba:26.8.0", 318, null],
  ["snuba-errors-consumer", "ghcr.io/getsentry/snuba:26.8.0", 171, null],
  ["web", "ghcr.io/getsentry/sentry:26.8.0", 603, "Web"],
  ["events-consumer", "ghcr.io/getsentry/sentry:26.8.0", 447, null],
  ["post-process-forwarder-errors", "ghcr.io/getsentry/sentry:26.8.0", 438, null],
  ["taskbroker", "ghcr.io/getsentry/taskbroker:26.8.0", 21, null],
  ["taskscheduler", "ghcr.io/getsentry/sentry:26.8.0", 255, null],
  ["taskworker", "ghcr.io/getsentry/sentry:26.8.0", 402, null],
  ["relay", "ghcr.io/getsentry/relay:26.8.0", 63, "Relay"],
  ["nginx", "nginx:1.31.3-alpine", 11, "nginx"],
  ["snuba-replays-consumer", "ghcr.io/getsentry/snuba:26.8.0", 0, null],
];

/** A component of many services that is named after none of them; one has ended, and a profile holds one back. */
export function sentry(): { component: Component; entries: Entry[] } {
  const entries = names.map(([id, image, memory]) => ({ ...entryOf(id, image), memory, memoryLimit: memory * 2 }));
  const parts = names.map(([service, image, memory, title], index): Part => {
    const ended = service === "snuba-errors-consumer";
    const active = memory > 0;
    const entry = entries[index] as Entry;
    const container = active ? containerOf(entry, Date.now() - 47 * 60_000) : null;
    return {
      service,
      title: title === null ? null : { en: title, zh: title },
      active,
      sharedWith: [],
      phase: ended
        ? {
            kind: "failed",
            cause: {
              error: { code: "exited", subject: service, detail: "137", facts: { exitCode: "137" } },
              diagnosis: "out-of-memory",
              evidence: { ...seen, exitCode: 137, oomKilled: true },
            },
          }
        : { kind: active ? "healthy" : "off" },
      runs: active && !ended,
      health: { engine: active && !ended ? "healthy" : null, probe: null },
      container: ended && container ? { ...container, status: "Exited (137) 2 minutes ago", started: null } : container,
      image,
      ports: service === "nginx" ? [{ ip: "127.0.0.1", public: 9000, private: 80, protocol: "tcp" }] : [],
      limits: limitsOf(entry),
    };
  });
  const off = offComponent(entryOf("sentry", ""));
  const component: Component = {
    ...off,
    title: { en: "Sentry", zh: "Sentry" },
    about: { en: "Collects crashes and errors of the apps.", zh: "收集应用的崩溃与错误。" },
    enabled: true,
    recipe: "sentry",
    parts,
    health: { engine: "healthy", probe: null },
    links: [
      {
        id: "ui",
        title: { en: "Open Sentry", zh: "打开 Sentry" },
        url: "http://127.0.0.1:9000/",
        component: "nginx",
        live: true,
      },
    ],
    ports: parts.flatMap((part) => part.ports),
    phase: {
      kind: "degraded",
      cause: {
        error: {
          code: "part-unwell",
          subject: "sentry",
          detail: "snuba-errors-consumer",
          facts: { part: "snuba-errors-consumer", state: "stopped", exitCode: "137" },
        },
        diagnosis: "out-of-memory",
        evidence: { ...seen, exitCode: 137, oomKilled: true },
      },
    },
  };
  return { component, entries };
}

const seen = {
  exitCode: null,
  oomKilled: false,
  restarts: 0,
  healthCheck: null,
  probe: null,
  logTail: ["2026-11-28 10:41:07 snuba.consumer Initializing consumer", "2026-11-28 10:41:09 Killed"],
};

export { proxy };
