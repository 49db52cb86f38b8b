import type {
  AppError,
  Component,
  Engine,
  Notice,
  Offer,
  Operation,
  Outcome,
  Preview,
  Snapshot,
  Stack,
  Step,
  Waiting,
} from "../api";
import type { EngineFacts } from "../contract";
import { type Entry, catalog, containerOf, offComponent, probeOf, stack } from "./catalog";
import type { ConfigFault } from "./faults";
import { overallOf, proxy, whole } from "./parts";
import type { Known, Wanted } from "./plan";

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
  /** Requests that wait for their turn. */
  waiting: Waiting[] = [];
  /** Why the stack's files cannot be read. */
  unreadable: AppError[] = [];
  notices: Notice[] = [];
  images = new Set(catalog.filter((entry) => entry.id !== "alloy").map((entry) => entry.image));
  portTaken: string | null = null;
  faults = new Map<string, ConfigFault[]>();
  /** Services whose pull fails, with the error. */
  failingPulls = new Map<string, AppError>();

  #revision = 0;
  #watchers = new Set<(snapshot: Snapshot) => void>();
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #operations = 0;
  /** What the operation was asked for, and what was on before it. */
  #begun: { wanted: Wanted; on: string[] } | null = null;

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
      operation: operation && { ...operation, offers: [...this.offers().keys()] },
      waiting: this.waiting,
      unreadable: this.unreadable,
      notices: this.notices,
      settled: this.operation?.outcome !== null && this.waiting.length === 0,
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

  get #on(): string[] {
    return this.components.filter((one) => one.enabled).map((one) => one.id);
  }

  /** What can be asked for when an operation has ended, and what each means. */
  offers(): Map<Offer, Wanted> {
    const offers = new Map<Offer, Wanted>();
    const begun = this.#begun;
    if (!begun || !this.operation?.outcome) return offers;
    if (this.operation.outcome !== "succeeded") offers.set("retry", begun.wanted);
    const now = this.#on;
    const off = now.filter((id) => !begun.on.includes(id));
    const on = begun.on.filter((id) => !now.includes(id));
    if (off.length || on.length) offers.set("undo", { type: "undo", off, on });
    return offers;
  }

  #switch(id: string, on: boolean): void {
    const component = this.component(id);
    if (!component) return;
    component.enabled = on;
    if (!on && !component.container) component.phase = { kind: "off" };
  }

  /** What edits of `.env` change here: the port of a component. */
  #configure(wanted: Wanted): void {
    if (wanted.type !== "configure") return;
    this.portTaken = null;
    const [edit] = wanted.edits;
    this.entries = this.entries.map((entry) =>
      edit && wanted.components.includes(entry.id) ? { ...entry, ports: [[Number(edit.value), 3000]] } : entry,
    );
  }

  #switchAll(wanted: Wanted): void {
    if (wanted.type === "restart") return;
    if (wanted.type === "undo") {
      for (const id of wanted.off) this.#switch(id, false);
      for (const id of wanted.on) this.#switch(id, true);
      return;
    }
    const all = wanted.type === "down" && wanted.components.length === 0;
    const named = all ? this.components.map((one) => one.id) : wanted.components;
    for (const id of named) this.#switch(id, wanted.type !== "down");
  }

  /** Carries out a plan, and tells which operation that is. */
  start(wanted: Wanted, preview: Preview): number {
    this.#operations += 1;
    this.#begun = { wanted, on: this.#on };
    this.#configure(wanted);
    this.#switchAll(wanted);
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
      verb: wanted.type === "down" || wanted.type === "restart" ? wanted.type : "up",
      started: Date.now(),
      steps: structuredClone(preview.steps),
      outcome: preview.steps.length ? null : "succeeded",
      offers: [],
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
    return this.#operations;
  }

  cancel(): void {
    this.#end("cancelled");
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
