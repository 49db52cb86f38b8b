// Registers a service in Consul, sees to it that it stays there, and takes it away at the end.
import { setTimeout as sleep } from "node:timers/promises";
import { Patience } from "./patience.mjs";

const consul = process.env.CONSUL_HTTP_ADDR ?? "http://consul:8500";
/** A Consul that lost its data, or was switched on later, knows the service again after this long. */
const LOOK_EVERY = 15_000;

export class Registration {
  #definition;
  #log;
  #tried = false;
  #there;

  constructor({ name, host, port, log }) {
    this.#definition = definition(name, host, port);
    this.#log = log;
  }

  /** Until the signal; never fails. */
  async keep(signal) {
    const patience = new Patience();
    while (!signal.aborted) {
      const there = await this.#ensure(signal).catch(() => false);
      if (signal.aborted) return;
      if (there) patience.reset();
      else patience.grow();
      this.#tell(there);
      await sleep(there ? LOOK_EVERY : patience.milliseconds, undefined, { signal }).catch(() => {});
    }
  }

  /** Takes it away, as far as Consul is there. */
  async remove() {
    if (!this.#tried) return;
    await ask("PUT", `/v1/agent/service/deregister/${this.#definition.ID}`).catch(() => {});
  }

  async #ensure(signal) {
    const known = await ask("GET", `/v1/agent/service/${this.#definition.ID}`, undefined, signal);
    if (known.status === 200) return true;
    this.#tried = true;
    const path = "/v1/agent/service/register?replace-existing-checks=true";
    const answer = await ask("PUT", path, JSON.stringify(this.#definition), signal);
    return answer.status === 200;
  }

  /** Said once each time that it changes. */
  #tell(there) {
    if (there !== this.#there) {
      const id = this.#definition.ID;
      this.#log.info(there ? `registered in Consul as ${id}` : "Consul is not there; going on without");
    }
    this.#there = there;
  }
}

/** The metadata are those of `consul/config/services.json`: Prometheus finds its targets by them. */
export function definition(name, host, port) {
  return {
    ID: `${name}-demo`,
    Name: name,
    Address: host,
    Port: port,
    Tags: ["rwa", "http", "demo"],
    Meta: { service: name, scrape: "true", metrics_port: String(port), metrics_path: "/metrics" },
    Check: {
      Name: `${name} (demo) answers /health`,
      HTTP: `http://${host}:${port}/health`,
      Interval: "10s",
      Timeout: "3s",
      // Longer than an alert needs to fire, so that a service that was killed is seen to be down first.
      DeregisterCriticalServiceAfter: "10m",
    },
  };
}

async function ask(method, path, body, signal) {
  const patience = AbortSignal.timeout(2000);
  const either = new AbortController();
  const abort = () => either.abort();
  patience.addEventListener("abort", abort);
  signal?.addEventListener("abort", abort);
  try {
    const response = await fetch(consul + path, { method, body, signal: either.signal });
    await response.arrayBuffer();
    return response;
  } finally {
    patience.removeEventListener("abort", abort);
    signal?.removeEventListener("abort", abort);
  }
}
