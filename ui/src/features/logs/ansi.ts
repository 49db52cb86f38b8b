import Anser from "anser";

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

/* eslint-disable no-control-regex */
/**
 * CSI and OSC sequences, single escapes, and control characters other than tab. The library knows nothing but CSI: a
 * title, a hyperlink's address or a backspace would stay in the text.
 */
const sequence =
  /\u001b\[([0-9;:]*)([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-_]?|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
/* eslint-enable no-control-regex */

/** The nearest of our eight hues to `r, g, b`; any other colour might not be readable on our background. */
function nearest(color: string): Hue {
  const [red = 0, green = 0, blue = 0] = color.split(",").map(Number);
  const top = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (top - low < 40) return top > 110 ? "white" : "black";
  const on = (value: number) => (value - low > (top - low) / 2 ? 1 : 0);
  return hues[on(red) + on(green) * 2 + on(blue) * 4] ?? "white";
}

/** The sequences that give colours, in the form that the library reads; every other one is left out. */
const onlyColors = (text: string): string =>
  text.replace(sequence, (_, codes: string | undefined, end: string | undefined) =>
    end === "m" ? `\u001b[${(codes ?? "").replaceAll(":", ";")}m` : "",
  );

/** Splits a line at its colour sequences; every other sequence is left out, so a container cannot steer the window. */
export function parseAnsi(text: string): Segment[] {
  return Anser.ansiToJson(onlyColors(text), { json: true, remove_empty: true }).map((piece) => ({
    text: piece.content,
    color: piece.fg ? nearest(piece.fg) : null,
    bold: piece.decorations.includes("bold"),
    faint: piece.decorations.includes("dim"),
    underline: piece.decorations.includes("underline"),
    filled: Boolean(piece.bg),
    hit: false,
  }));
}

/** The line as it reads. Done here, since it is done to every line that comes in and the library takes many times as long. */
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
