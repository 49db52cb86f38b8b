import { untrack } from "svelte";

import type { Backend } from "../backend/backend";
import type { Stats, StatsBatch } from "../backend/contract";

const kept = 60;

/** The last minute of one component, or of one part. */
export interface Track {
  latest: Stats;
  cpu: number[];
  memory: number[];
  at: number[];
}

const last = <T>(values: T[], value: T): T[] => [...values.slice(1 - kept), value];

/** Readings of what runs. The stream is open only while a view wants it. */
export class StatsState {
  /** By component. Replaced whole with each batch: one change for all cards, however many components there are. */
  tracks = $state.raw<ReadonlyMap<string, Track>>(new Map());
  /** By service, as the other. */
  parts = $state.raw<ReadonlyMap<string, Track>>(new Map());
  #backend: Backend;
  #viewers = 0;
  #stop: (() => void) | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Opens the stream for one more viewer; call the result when it leaves. */
  view(): () => void {
    this.#viewers += 1;
    // The first readings may come at once; the caller must not depend on what it is about to write.
    this.#stop ??= this.#backend.followStats((batch) => untrack(() => this.#take(batch)));
    return () => {
      this.#viewers -= 1;
      if (this.#viewers > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  #take(batch: StatsBatch): void {
    // Without any reading the engine is silent: the last ones stay, as old as the banner says.
    if (!batch.parts.length) return;
    this.tracks = extended(this.tracks, batch.components, batch.at);
    this.parts = extended(this.parts, batch.parts, batch.at);
  }
}

function extended(before: ReadonlyMap<string, Track>, readings: Stats[], at: number): ReadonlyMap<string, Track> {
  const next = new Map<string, Track>();
  for (const stats of readings) {
    const track = before.get(stats.id);
    next.set(stats.id, {
      latest: stats,
      cpu: last(track?.cpu ?? [], stats.cpu),
      memory: last(track?.memory ?? [], stats.memory),
      at: last(track?.at ?? [], at),
    });
  }
  return next;
}
