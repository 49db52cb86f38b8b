/** Lines in chunks that are shared between views: adding and trimming cost what comes and goes, not what is held. */
interface Chunk<Line> {
  lines: Line[];
  characters: number;
}

/** A list as it is at one moment. Adding gives another one and leaves this as it was. */
export class Lines<Line extends { text: string }> {
  static readonly empty = new Lines<never>([], [], 0);

  private constructor(
    private readonly chunks: Chunk<Line>[],
    /** Index of each chunk's first line. */
    private readonly starts: number[],
    readonly length: number,
  ) {}

  /** `perChunk` bounds a chunk by lines and characters; whole chunks are let go. */
  add(lines: Line[], perChunk: { lines: number; characters: number }): Lines<Line> {
    if (!lines.length) return this;
    const chunks = this.chunks.slice();
    const starts = this.starts.slice();
    let length = this.length;
    let last = chunks.at(-1);
    // A chunk that a later list has added to already is not this list's to add to.
    if (last && (starts.at(-1) ?? 0) + last.lines.length !== length) {
      const own = last.lines.slice(0, length - (starts.at(-1) ?? 0));
      last = { lines: own, characters: own.reduce((sum, line) => sum + line.text.length, 0) };
      chunks[chunks.length - 1] = last;
    }
    for (const line of lines) {
      if (!last || last.lines.length >= perChunk.lines || last.characters >= perChunk.characters) {
        last = { lines: [], characters: 0 };
        chunks.push(last);
        starts.push(length);
      }
      last.lines.push(line);
      last.characters += line.text.length;
      length += 1;
    }
    return new Lines(chunks, starts, length);
  }

  /** Without the oldest chunks for which `goes` says so; the newest chunk always stays. */
  trim(goes: (left: { lines: number; characters: number; newest: Line }) => boolean): Lines<Line> {
    let characters = this.chunks.reduce((sum, chunk) => sum + chunk.characters, 0);
    let cut = 0;
    let gone = 0;
    while (cut < this.chunks.length - 1) {
      const chunk = this.chunks[cut];
      const newest = chunk?.lines.at(-1);
      if (!chunk || !newest || !goes({ lines: this.length - gone, characters, newest })) break;
      characters -= chunk.characters;
      gone += chunk.lines.length;
      cut += 1;
    }
    if (cut === 0) return this;
    const starts = this.starts.slice(cut).map((start) => start - gone);
    return new Lines(this.chunks.slice(cut), starts, this.length - gone);
  }

  at(index: number): Line | undefined {
    if (index < 0 || index >= this.length) return undefined;
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return this.chunks[low]?.lines[index - (this.starts[low] ?? 0)];
  }

  get last(): Line | undefined {
    return this.at(this.length - 1);
  }

  toArray(): Line[] {
    return this.chunks.flatMap((chunk) => chunk.lines).slice(0, this.length);
  }
}
