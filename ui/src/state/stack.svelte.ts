import type { Component, Overall, Part, Snapshot } from "../backend/api";
import type { Backend } from "../backend/backend";
import { share } from "./share";

export type Tone = "ok" | "busy" | "warn" | "bad" | "off" | "drift";

/** How a phase is to be taken. */
export function toneOf(component: Component | Part): Tone {
  switch (component.phase.kind) {
    case "healthy":
    case "completed":
      return "ok";
    case "pulling":
    case "creating":
    case "starting":
    case "waiting":
    case "stopping":
      return "busy";
    case "degraded":
      return "warn";
    case "failed":
      return "bad";
    case "drifted":
      return "drift";
    case "off":
    case "unknown":
      return "off";
  }
}

const nothingKnown: Overall = { state: "connecting", well: 0, working: 0, attention: 0, off: 0, unknown: 0 };

/** The last thing the backend said. Never edited: a switch moves when the stack does. */
export class StackState {
  snapshot = $state.raw<Snapshot | null>(null);
  readonly components = $derived(this.snapshot?.components ?? []);
  /** How all is, as the supervisor counts it. */
  readonly overall = $derived(this.snapshot?.overall ?? nothingKnown);
  readonly connected = $derived(this.snapshot?.engine.kind === "connected");
  /** An operation is under way. */
  readonly working = $derived(this.snapshot?.operation?.outcome === null);

  constructor(backend: Backend) {
    backend.watch((next) => (this.snapshot = share(this.snapshot, next)));
  }

  component(id: string): Component | undefined {
    return this.components.find((one) => one.id === id);
  }
}
