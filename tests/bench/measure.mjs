/** Running commands, and what can be said of many runs. */
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const once = join(dirname(fileURLToPath(import.meta.url)), "once.pl");

export const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Runs a command to its end and returns what it wrote. A failure is an error with its words. */
export function run([program, ...words], options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const said = ["", ""];
    child.stdout?.on("data", (data) => (said[0] += data));
    child.stderr?.on("data", (data) => (said[1] += data));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(said[0]);
      else reject(new Error(`${program} ${words.join(" ")}: ${signal ?? `exit ${code}`}\n${said.join("")}`));
    });
  });
}

/** Runs a command once: milliseconds of wall and CPU time, MiB at its peak. */
export async function measure(command, options) {
  const [wall, cpu, peak] = (await run(["perl", once, ...command], options)).trim().split(" ").map(Number);
  return { wall, cpu, peak: peak / 1024 };
}

/**
 * Lets both sides do the same in turn, `count` times, after one turn that is not counted. Who begins changes with each
 * round, so that neither always finds the engine as the other left it.
 *
 * `turn` gets the side's name and the round, and returns measurements by name; the result has a list of pairs for each.
 */
export async function inTurn(count, turn) {
  const pairs = {};
  for (let round = -1; round < count; round += 1) {
    const order = round % 2 === 0 ? ["own", "peer"] : ["peer", "own"];
    const found = {};
    for (const side of order) found[side] = await turn(side, round);
    if (round < 0) continue;
    for (const name of Object.keys(found.own)) {
      (pairs[name] ??= []).push({ peer: found.peer[name], own: found.own[name] });
    }
  }
  return pairs;
}

/** The value below which this share of all lies. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

export const median = (values) => quantile(values, 0.5);

/** Medians of both sides, and of the ratios of the pairs, with the quarters around it. */
export function compared(pairs, key) {
  const ratios = pairs.map(({ peer, own }) => own[key] / peer[key]);
  return {
    peer: median(pairs.map(({ peer }) => peer[key])),
    own: median(pairs.map(({ own }) => own[key])),
    ratio: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
  };
}
