import type { Component, Snapshot } from "../backend/api";
import type { Backend } from "../backend/backend";
import { share } from "./share";

export type Tone = "ok" | "busy" | "warn" | "bad" | "off" | "drift";

/** How a phase is to be taken. */
export function toneOf(component: Component): Tone {
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

export type Overall = "well" | "working" | "waiting" | "attention" | "off" | "connecting" | "lost";

export interface Tally {
  healthy: number;
  working: number;
  attention: number;
  off: number;
  unknown: number;
}

export function tallyOf(components: Component[]): Tally {
  const tally: Tally = { healthy: 0, working: 0, attention: 0, off: 0, unknown: 0 };
  for (const component of components) {
    const tone = toneOf(component);
    if (component.phase.kind === "unknown") tally.unknown += 1;
    else if (tone === "ok") tally.healthy += 1;
    else if (tone === "busy") tally.working += 1;
    else if (tone === "off") tally.off += 1;
    else tally.attention += 1;
  }
  return tally;
}

/** The stack in one word. What needs the user comes before what is under way. */
export function overallOf(snapshot: Snapshot): Overall {
  if (snapshot.engine.kind === "connecting") return "connecting";
  if (snapshot.engine.kind === "lost") return "lost";
  const tally = tallyOf(snapshot.components);
  // Connected, and not yet looked at.
  if (tally.unknown > 0 && tally.unknown === snapshot.components.length) return "connecting";
  if (tally.attention > 0 || snapshot.unreadable.length > 0) return "attention";
  const kinds = new Set(snapshot.components.map((one) => one.phase.kind));
  if (kinds.has("pulling") || kinds.has("creating") || kinds.has("starting") || kinds.has("stopping")) return "working";
  if (kinds.has("waiting")) return "waiting";
  return tally.healthy > 0 ? "well" : "off";
}

/** The last thing the backend said. Never edited: a switch moves when the stack does. */
export class StackState {
  snapshot = $state.raw<Snapshot | null>(null);
  readonly components = $derived(this.snapshot?.components ?? []);
  readonly tally = $derived(tallyOf(this.components));
  readonly overall = $derived(this.snapshot ? overallOf(this.snapshot) : "connecting");
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
