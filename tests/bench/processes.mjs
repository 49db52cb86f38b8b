/** What the kernel says of processes. */
import { readFileSync } from "node:fs";

import { children } from "../desktop/driver.mjs";
import { pause } from "./measure.mjs";

const ticks = 100; // USER_HZ, the same on every Linux.

const stat = (pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
const kib = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);

/** A process and all that it started: the app, and the web view's processes. */
export function tree(pid) {
  return [pid, ...children(pid).flatMap(tree)];
}

/** When it was started, in Unix milliseconds; the kernel keeps hundredths of a second. */
export function startOf(pid) {
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - (uptime - Number(stat(pid)[19]) / ticks) * 1000;
}

/** Seconds of CPU time so far, of the whole tree. */
export function cpuOf(pid) {
  return tree(pid)
    .map(stat)
    .reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) / ticks, 0);
}

/** MiB: what a process has in memory, what of that is not a file's, and for the whole tree with shared pages divided. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const share = (one) => kib(readFileSync(`/proc/${one}/smaps_rollup`, "utf8"), "Pss") / 1024;
  const shares = tree(pid).map((one) => [readFileSync(`/proc/${one}/comm`, "utf8").trim(), share(one)]);
  return {
    resident: kib(status, "VmRSS") / 1024,
    own: kib(status, "RssAnon") / 1024,
    proportional: shares.reduce((sum, [, one]) => sum + one, 0),
    shares: shares.map(([name, one]) => `${name} ${one.toFixed(0)}`).join(", "),
  };
}

/** The share of time in which no core of the machine had anything to do, over so many seconds. */
export async function calm(seconds) {
  const times = () => readFileSync("/proc/stat", "utf8").split("\n")[0].split(/\s+/).slice(1, 9).map(Number);
  const before = times();
  await pause(seconds * 1000);
  const spent = times().map((time, index) => time - before[index]);
  return (spent[3] + spent[4]) / spent.reduce((sum, one) => sum + one, 0);
}
