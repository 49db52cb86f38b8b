import type { LogBatch, LogLine, LogNotice } from "../backend/contract";
import { Lines } from "./lines";

export interface Entry extends LogLine {
  level: string;
  /** The text without sequences, for searching and copying. */
  plain: string;
  /** It is about the stream: no container wrote it. */
  notice: boolean;
}

export interface Limits {
  lines: number;
  characters: number;
}

export const limits: Limits = { lines: 100_000, characters: 48_000_000 };

/** Lines of one viewer in bounded memory: the oldest go first and are counted. */
export class LogBuffer {
  /** Lines that pass the filter, oldest first. */
  shown = $state.raw<Lines<Entry>>(Lines.empty);
  /** All lines held. */
  held = $state(0);
  dropped = $state(0);
  /** Lines that came in the last second. */
  rate = $state(0);

  #lines: Lines<Entry> = Lines.empty;
  #passes: ((entry: Entry) => boolean) | null = null;
  #recent: [number, number][] = [];
  readonly #limits: Limits;
  readonly #chunk: Limits;
  readonly #describe: (line: LogLine) => Entry;
  readonly #tell: (notice: LogNotice) => Entry;

  constructor(describe: (line: LogLine) => Entry, tell: (notice: LogNotice) => Entry, bounds: Limits = limits) {
    this.#describe = describe;
    this.#tell = tell;
    this.#limits = bounds;
    this.#chunk = { lines: Math.ceil(bounds.lines / 50), characters: Math.ceil(bounds.characters / 16) };
  }

  add(batch: LogBatch, now: number): void {
    this.#recent = this.#recent.filter(([at]) => now - at < 1000);
    this.#recent.push([now, batch.lines.length + batch.dropped]);
    this.rate = this.#recent.reduce((sum, [, count]) => sum + count, 0);

    const added = batch.lines.map(this.#describe);
    if (batch.notices.length) {
      added.push(...batch.notices.map(this.#tell));
      added.sort((a, b) => a.seq - b.seq);
    }
    const all = this.#lines.add(added, this.#chunk);
    const { lines, characters } = this.#limits;
    this.#lines = all.trim((left) => left.lines > lines || left.characters > characters);
    this.held = this.#lines.length;
    this.dropped += batch.dropped + all.length - this.#lines.length;

    if (this.#passes) {
      const oldest = this.#lines.at(0)?.seq ?? 0;
      this.shown = this.shown.add(added.filter(this.#passes), this.#chunk).trim(({ newest }) => newest.seq < oldest);
    } else {
      this.shown = this.#lines;
    }
  }

  /** Shows only what passes, from now on and among what is held; everything without a filter. */
  filter(passes: ((entry: Entry) => boolean) | null): void {
    this.#passes = passes;
    const none: Lines<Entry> = Lines.empty;
    this.shown = passes ? none.add(this.#lines.toArray().filter(passes), this.#chunk) : this.#lines;
  }

  clear(): void {
    this.#lines = Lines.empty;
    this.shown = Lines.empty;
    this.held = 0;
    this.dropped = 0;
  }
}
