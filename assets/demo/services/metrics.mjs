// Counters, gauges and histograms in the text that Prometheus reads. The names are the usual ones of Node services.
import { readdirSync } from "node:fs";

export const contentType = "text/plain; version=0.0.4; charset=utf-8";

const BUCKETS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export class Metrics {
  #all = [];

  constructor(service) {
    const started = Date.now() / 1000 - process.uptime();
    this.gauge("demo_info", "Always 1", () => 1, { service });
    this.gauge("process_start_time_seconds", "Start of the process, in seconds since 1970", () => started);
    this.gauge("process_resident_memory_bytes", "Resident memory", () => process.memoryUsage.rss());
    this.gauge("process_open_fds", "Open file descriptors", openFiles);
    this.#all.push({ kind: "counter", name: "process_cpu_seconds_total", help: "CPU time", lines: cpuLines });
    const labels = ["method", "route", "status"];
    this.requests = this.counter("http_requests_total", "HTTP requests", labels);
    this.seconds = this.histogram("http_request_duration_seconds", "Duration of HTTP requests", labels);
  }

  counter(name, help, labels) {
    const values = new Map();
    const lines = () => [...values.values()].map(({ key, value }) => `${name}${key} ${value}`);
    this.#all.push({ kind: "counter", name, help, lines });
    return {
      add(of, number = 1) {
        const key = labelsOf(labels, of);
        const entry = values.get(key) ?? { key, value: 0 };
        entry.value += number;
        values.set(key, entry);
      },
    };
  }

  gauge(name, help, read, of = {}) {
    const lines = () => [`${name}${labelsOf(Object.keys(of), of)} ${read()}`];
    this.#all.push({ kind: "gauge", name, help, lines });
  }

  histogram(name, help, labels) {
    const values = new Map();
    const lines = () => [...values.values()].flatMap((entry) => histogramLines(name, labels, entry));
    this.#all.push({ kind: "histogram", name, help, lines });
    return {
      observe(of, value) {
        const key = labelsOf(labels, of);
        const entry = values.get(key) ?? { of, counts: BUCKETS.map(() => 0), count: 0, sum: 0 };
        BUCKETS.forEach((bound, index) => (entry.counts[index] += value <= bound ? 1 : 0));
        entry.count += 1;
        entry.sum += value;
        values.set(key, entry);
      },
    };
  }

  text() {
    const blocks = this.#all.map(({ kind, name, help, lines }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines()].join("\n"),
    );
    return `${blocks.join("\n")}\n`;
  }
}

function histogramLines(name, labels, { of, counts, count, sum }) {
  const bucket = (bound, number) => `${name}_bucket${labelsOf([...labels, "le"], { ...of, le: bound })} ${number}`;
  const key = labelsOf(labels, of);
  return [
    ...BUCKETS.map((bound, index) => bucket(bound, counts[index])),
    bucket("+Inf", count),
    `${name}_sum${key} ${sum}`,
    `${name}_count${key} ${count}`,
  ];
}

function labelsOf(names, of) {
  if (names.length === 0) return "";
  const escaped = (value) => String(value).replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
  return `{${names.map((name) => `${name}="${escaped(of[name])}"`).join(",")}}`;
}

function cpuLines() {
  const { user, system } = process.cpuUsage();
  return [`process_cpu_seconds_total ${(user + system) / 1e6}`];
}

/** Only Linux tells; 0 elsewhere. */
function openFiles() {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
