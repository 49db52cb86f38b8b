/** Tables in Markdown, and where they are kept. */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";

import { compared, run } from "./measure.mjs";
import { root } from "./room.mjs";

const page = join(root, "docs/measurements.md");

const digits = (value) =>
  value === 0 ? "0" : value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
const verdict = (kept) => (kept ? "kept" : "**missed**");

export function table(head, rows) {
  // What stands in the first column is words, in the others numbers.
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** The command beside its peer: `found` has pairs by name. */
export function ofCommand(found, rows, peakAtMost) {
  const measured = Object.entries(rows).filter(([name]) => found[name]);
  const times = measured.map(([name, { title, wall, millis }]) => {
    const it = compared(found[name], "wall");
    const promise = `≤ ${wall.toFixed(2)}${millis ? `, ≤ ${millis} ms` : ""}`;
    const kept = it.ratio <= wall && (!millis || it.own <= millis);
    const spread = `${it.low.toFixed(2)}–${it.high.toFixed(2)}`;
    const ratio = `**${it.ratio.toFixed(2)}** (${spread})`;
    return [title, found[name].length, digits(it.peer), digits(it.own), ratio, promise, verdict(kept)];
  });
  const costs = measured.map(([name, { title, cpu }]) => {
    const [time, peak] = [compared(found[name], "cpu"), compared(found[name], "peak")];
    return [
      title,
      ...[digits(time.peer), digits(time.own), `**${time.ratio.toFixed(2)}**`, `≤ ${cpu.toFixed(2)}`],
      verdict(time.ratio <= cpu),
      ...[digits(peak.peer), digits(peak.own), `**${peak.ratio.toFixed(2)}**`, `≤ ${peakAtMost.toFixed(2)}`],
      verdict(peak.ratio <= peakAtMost),
    ];
  });
  return [
    "Time, in milliseconds of the whole process:",
    table(["", "n", "docker compose", "Switchyard", "ratio (quarters)", "promise", ""], times),
    "What it costs the client, in milliseconds of CPU time and MiB at the peak:",
    table(
      [
        "",
        "compose CPU",
        "Switchyard CPU",
        "ratio",
        "promise",
        "",
        "compose MiB",
        "Switchyard MiB",
        "ratio",
        "promise",
        "",
      ],
      costs,
    ),
  ].join("\n\n");
}

/** The window: `found` is a list of what was measured, with a limit where something is promised. */
export function ofWindow(found) {
  const unit = (value, { unit }) => `${digits(value)} ${unit}`;
  const rows = found.map((one) => [
    one.title,
    one.count,
    `**${unit(one.value, one)}**`,
    one.more ?? "",
    one.most === undefined ? "" : `${one.below ? "<" : "≤"} ${one.most} ${one.unit}`,
    one.most === undefined ? "" : verdict(one.below ? one.value < one.most : one.value <= one.most),
  ]);
  return table(["", "n", "measured", "beside it", "promise", ""], rows);
}

/** What kind of machine this is and what it runs, without saying which. */
export async function circumstances() {
  const said = async (...command) => (await run(command)).trim();
  const engine = await said("docker", "version", "--format", "{{.Server.Version}}");
  const compose = await said("docker", "compose", "version", "--short");
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${availableParallelism()} cores, ${memory} GiB, Docker Engine ${engine}, docker compose ${compose}.`;
}

/** Puts a text between the marks of its name. */
export function keep(name, text) {
  const before = readFileSync(page, "utf8");
  const [open, close] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [before.indexOf(open), before.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/measurements.md has no place for ${name}`);
  writeFileSync(page, `${before.slice(0, from + open.length)}\n${text}\n${before.slice(to)}`);
}
