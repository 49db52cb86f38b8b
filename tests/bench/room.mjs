/** Where a run works: a temporary folder, and everything that has to be taken away again, however the run ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const cleanups = [];

/** Has something done at the end, the last first. */
export function atTheEnd(cleanup) {
  cleanups.push(cleanup);
}

async function clear() {
  while (cleanups.length > 0) {
    try {
      await cleanups.pop()();
    } catch (error) {
      console.error(`clean-up: ${error.message}`);
    }
  }
}

/** Takes everything away, once, whoever asks for it. */
let leaving;
export const leave = () => (leaving ??= clear());

/** A run that is ended from outside takes its things away as well, also when it is told so twice. */
export function leaveOnSignals() {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ]) {
    process.on(signal, () => void leave().then(() => process.exit(code)));
  }
}

/** A folder for projects and settings, made when it is first wanted. */
let made;
export function room() {
  if (!made) {
    made = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
    atTheEnd(() => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  }
  return made;
}
