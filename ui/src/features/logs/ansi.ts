/** A piece of a line with one look. */
export interface Segment {
  text: string;
  /** A token colour of tokens.css, such as `red`; `null` is the text's own. */
  color: Hue | null;
  bold: boolean;
  faint: boolean;
  underline: boolean;
  /** It had a background colour: shown as marked, in our own colours. */
  filled: boolean;
  /** It matches the search. */
  hit: boolean;
}

const hues = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
export type Hue = (typeof hues)[number];

type Look = Omit<Segment, "text" | "hit">;

const plain: Look = { color: null, bold: false, faint: false, underline: false, filled: false };

// CSI and OSC sequences, single escapes, and control characters other than tab.
/* eslint-disable no-control-regex */
const sequence =
  /\u001b\[([0-9;:]*)([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-_]?|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
/* eslint-enable no-control-regex */

/** The nearest of our eight hues; any other colour might not be readable on our background. */
function nearest(red: number, green: number, blue: number): Hue {
  const top = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (top - low < 40) return top > 110 ? "white" : "black";
  const on = (value: number) => (value - low > (top - low) / 2 ? 1 : 0);
  return hues[on(red) + on(green) * 2 + on(blue) * 4] ?? "white";
}

function indexed(code: number): Hue {
  if (code < 16) return hues[code % 8] ?? "white";
  if (code >= 232) return code > 243 ? "white" : "black";
  const cube = code - 16;
  const level = (value: number) => value * 51;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function apply(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((code) => Number(code || "0"));
  let next = { ...look };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = { ...plain };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.faint = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.filled = true;
    else if (code === 22) next.bold = next.faint = false;
    else if (code === 24) next.underline = false;
    else if (code === 27 || code === 49) next.filled = false;
    else if (code === 39) next.color = null;
    else if (code >= 30 && code <= 37) next.color = hues[code - 30] ?? null;
    else if (code >= 90 && code <= 97) next.color = hues[code - 90] ?? null;
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) next.filled = true;
    else if (code === 38 || code === 48) {
      const wide = codes[at + 1] === 2;
      const color = wide
        ? nearest(codes[at + 2] ?? 0, codes[at + 3] ?? 0, codes[at + 4] ?? 0)
        : indexed(codes[at + 2] ?? 0);
      if (code === 38) next.color = color;
      else next.filled = true;
      at += wide ? 4 : 2;
    }
  }
  return next;
}

/** Splits a line at its colour sequences; every other sequence is left out, so a container cannot steer the window. */
export function parseAnsi(text: string): Segment[] {
  const segments: Segment[] = [];
  let look = plain;
  let from = 0;
  const push = (part: string) => {
    if (part) segments.push({ ...look, text: part, hit: false });
  };
  for (const match of text.matchAll(sequence)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") look = apply(look, match[1] ?? "");
  }
  push(text.slice(from));
  return segments;
}

/** The line as it reads, without sequences. */
export function stripAnsi(text: string): string {
  return text.replace(sequence, "");
}

/** Cuts the segments at the matches of a search. */
export function highlight(segments: Segment[], pattern: RegExp | null): Segment[] {
  if (!pattern) return segments;
  const whole = segments.map((segment) => segment.text).join("");
  const ranges: [number, number][] = [];
  for (const match of whole.matchAll(pattern)) {
    if (match[0].length > 0) ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length >= 100) break;
  }
  if (!ranges.length) return segments;
  const cuts = new Set(ranges.flat());
  const result: Segment[] = [];
  let at = 0;
  for (const segment of segments) {
    const end = at + segment.text.length;
    const edges = [at, ...[...cuts].filter((cut) => cut > at && cut < end).sort((a, b) => a - b), end];
    for (let index = 0; index + 1 < edges.length; index += 1) {
      const start = edges[index] ?? at;
      const stop = edges[index + 1] ?? end;
      const hit = ranges.some(([from, to]) => start >= from && stop <= to);
      result.push({ ...segment, text: whole.slice(start, stop), hit });
    }
    at = end;
  }
  return result;
}
