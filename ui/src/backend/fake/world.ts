import type { AppError, Component, Engine, Intent, Notice, Operation, Outcome, Snapshot, Stack, Step } from "../api";
import type { EngineFacts } from "../contract";
import { type Entry, catalog, containerOf, offComponent, probeOf, stack } from "./catalog";
import type { ConfigFault } from "./faults";
import { overallOf, proxy, whole } from "./parts";
import { type Known, planOf } from "./plan";

const mebi = 1024 * 1024;

/** The simulated engine: it carries out plans in its own time and tells every watcher. */
export class World {
  stack: Stack = stack;
  engine: Engine = {
    kind: "connected",
    endpoint: "unix:///var/run/docker.sock",
    product: "Docker Engine",
    version: "28.5.1",
    api: "1.51",
  };
  facts: EngineFacts = {
    context: "default",
    simulated: false,
    memoryUsed: 1.9 * 1024 * mebi,
    memoryTotal: 8 * 1024 * mebi,
    diskUsed: 14.2 * 1024 * mebi,
    diskFree: 96 * 1024 * mebi,
  };
  components: Component[] = catalog.map(offComponent);
  entries: Entry[] = catalog;
  operation: Operation | null = null;
  notices: Notice[] = [];
  images = new Set(catalog.filter((entry) => entry.id !== "alloy").map((entry) => entry.image));
  portTaken: string | null = null;
  faults = new Map<string, ConfigFault[]>();
  /** What is wrong with them once a plan was looked at: somebody edits meanwhile. */
  faultsLater: Map<string, ConfigFault[]> | null = null;
  /** Services whose pull fails, with the error. */
  failingPulls = new Map<string, AppError>();

  #revision = 0;
  #watchers = new Set<(snapshot: Snapshot) => void>();
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #operations = 0;

  /** `pace` divides every duration; 0 stops time. */
  constructor(readonly pace: number) {}

  get known(): Known {
    return { components: this.components, images: this.images, portTaken: this.portTaken, faults: this.faults };
  }

  watch(next: (snapshot: Snapshot) => void): () => void {
    this.#watchers.add(next);
    next(this.snapshot());
    return () => this.#watchers.delete(next);
  }

  snapshot(): Snapshot {
    const all = this.components.map((one) => whole(one, this.entry(one.id)));
    const parts = all.flatMap((one) => one.parts);
    const ready = (service: string) =>
      parts.some((part) => part.service === service && part.runs && part.health.engine === "healthy");
    const live = (component: Component) => component.links.map((link) => ({ ...link, live: ready(link.component) }));
    // Of an engine that does not answer nothing is known, of what is off neither.
    const known = this.engine.kind === "connected";
    const phase = <One extends { phase: Component["phase"] }>(one: One): One =>
      known ? one : { ...one, phase: { kind: "unknown" } };
    const components = all.map((one) => ({ ...phase(one), links: live(one), parts: one.parts.map(phase) }));
    const { engine, operation } = this;
    return structuredClone({
      revision: this.#revision,
      stack: this.stack,
      engine,
      overall: overallOf({ engine, operation, components }),
      components,
      operation,
      notices: this.notices,
      settled: this.operation?.outcome !== null,
    });
  }

  publish(): void {
    this.#revision += 1;
    const snapshot = this.snapshot();
    for (const next of this.#watchers) next(snapshot);
  }

  component(id: string): Component | undefined {
    return this.components.find((one) => one.id === id);
  }

  entry(id: string): Entry | undefined {
    return [...this.entries, proxy].find((one) => one.id === id);
  }

  /** Puts a component where it is when all is well. */
  bringUp(id: string, ago = 3 * 60_000): void {
    const component = this.component(id);
    const entry = this.entry(id);
    if (!component || !entry) return;
    component.enabled = true;
    component.phase = { kind: "healthy" };
    component.container = containerOf(entry, Date.now() - ago);
    component.health = { engine: "healthy", probe: probeOf(entry, true) };
  }

  #later(millis: number, act: () => void): void {
    if (this.pace === 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, millis / this.pace);
    this.#timers.add(timer);
  }

  /** Runs the plan of an intent. */
  start(intent: Intent): void {
    if (intent.type === "cancel") return this.#end("cancelled");
    if (intent.type === "refresh") return this.publish();
    const preview = planOf(intent, this.known);
    this.#operations += 1;
    const named = intent.components.length ? intent.components : this.components.map((one) => one.id);
    for (const id of named) {
      const component = this.component(id);
      if (component && intent.type !== "restart" && (intent.components.length || intent.type === "down")) {
        component.enabled = intent.type === "up";
        if (intent.type === "down" && !component.container) component.phase = { kind: "off" };
      }
    }
    const told = new Set(preview.warnings.map((one) => one.subject));
    this.notices = [
      ...this.notices.filter((one) => one.code !== "config-suspect" || !told.has(one.subject)),
      ...preview.warnings,
    ];
    for (const consent of preview.consents) {
      const component = this.component(consent.subject);
      if (component) component.enabled = false;
    }
    this.operation = {
      id: this.#operations,
      verb: intent.type,
      started: Date.now(),
      steps: preview.steps,
      outcome: preview.steps.length ? null : "succeeded",
    };
    for (const step of preview.steps) {
      const component = step.service ? this.component(step.service) : undefined;
      if (step.cause === "needed-by" && component) component.enabled = true;
      if (component && ["create", "pull"].includes(step.verb) && component.phase.kind === "off") {
        component.phase = { kind: "waiting", reason: { kind: "turn" }, since: Date.now() };
      }
    }
    this.#advance();
    this.publish();
  }

  #end(outcome: Outcome): void {
    const operation = this.operation;
    if (!operation || operation.outcome) return;
    operation.outcome = outcome;
    for (const step of operation.steps) {
      if (step.state.kind === "pending" || step.state.kind === "running") step.state = { kind: "skipped" };
      const component = step.service ? this.component(step.service) : undefined;
      if (component && ["pulling", "waiting", "creating"].includes(component.phase.kind) && !component.container) {
        component.phase = { kind: "off" };
        component.enabled = false;
      }
    }
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.publish();
  }

  #advance(): void {
    const operation = this.operation;
    if (!operation || operation.outcome) return;
    for (const step of operation.steps) {
      if (step.state.kind !== "pending") continue;
      const before = step.after.map((index) => operation.steps[index]?.state.kind);
      if (before.some((kind) => kind === "failed" || kind === "skipped")) step.state = { kind: "skipped" };
      else if (before.every((kind) => kind === "done")) this.#begin(step);
    }
    const open = operation.steps.some((step) => step.state.kind === "pending" || step.state.kind === "running");
    if (open) return;
    operation.outcome = operation.steps.some((step) => step.state.kind === "failed") ? "failed" : "succeeded";
  }

  #begin(step: Step): void {
    const since = Date.now();
    const component = step.service ? this.component(step.service) : undefined;
    const entry = step.service ? this.entry(step.service) : undefined;
    step.state = { kind: "running", since, progress: null };
    if (!component || !entry) return this.#later(50, () => this.#done(step, since));
    switch (step.verb) {
      case "pull":
        return this.#pull(step, component, entry, 0);
      case "create":
        component.phase = { kind: "creating" };
        return this.#later(250, () => this.#done(step, since));
      case "start":
        component.phase = { kind: "starting" };
        return this.#later(300, () => {
          component.container = containerOf(entry, Date.now());
          this.#done(step, since);
        });
      case "wait-healthy":
        component.phase = { kind: "waiting", reason: { kind: "health-check" }, since };
        component.health = { engine: "starting", probe: probeOf(entry, false, "503 Service Unavailable: starting") };
        return this.#later(1800, () => {
          this.bringUp(component.id, Date.now() - since);
          this.#done(step, since);
        });
      case "seed":
        return this.#later(80, () => this.#done(step, since));
      case "stop":
        component.phase = { kind: "stopping" };
        return this.#later(600, () => this.#done(step, since));
      default:
        component.container = null;
        component.health = { engine: null, probe: null };
        if (!component.enabled) component.phase = { kind: "off" };
        return this.#later(120, () => this.#done(step, since));
    }
  }

  #pull(step: Step, component: Component, entry: Entry, current: number): void {
    const total = entry.imageBytes;
    const since = step.state.kind === "running" ? step.state.since : Date.now();
    const failure = this.failingPulls.get(component.id);
    if (failure && current > total * 0.4) {
      step.state = { kind: "failed", error: failure };
      component.phase = {
        kind: "failed",
        cause: {
          error: failure,
          diagnosis: null,
          evidence: { exitCode: null, oomKilled: false, restarts: 0, healthCheck: null, probe: null, logTail: [] },
        },
      };
      this.failingPulls.delete(component.id);
      this.#advance();
      return this.publish();
    }
    if (current >= total) {
      this.images.add(entry.image);
      return this.#done(step, since);
    }
    const layers = 7;
    step.state = {
      kind: "running",
      since,
      progress: { current, total, layersDone: Math.floor((current / total) * layers), layers },
    };
    component.phase = { kind: "pulling", current, total };
    this.publish();
    this.#later(200, () => this.#pull(step, component, entry, Math.min(total, current + 6 * mebi)));
  }

  #done(step: Step, since: number): void {
    if (step.state.kind !== "running") return;
    step.state = { kind: "done", millis: Date.now() - since };
    this.#advance();
    this.publish();
  }

  /** The engine goes away, and comes back after some time when asked to. */
  lose(error: AppError, since = Date.now()): void {
    const endpoint = this.engine.endpoint;
    this.engine = { kind: "lost", endpoint, since, error };
    this.publish();
  }

  regain(): void {
    this.engine = {
      kind: "connected",
      endpoint: this.engine.endpoint,
      product: "Docker Engine",
      version: "28.5.1",
      api: "1.51",
    };
    this.publish();
  }
}
