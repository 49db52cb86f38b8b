/**
 * `npm run bench`: how fast Switchyard is, the command beside `docker compose`, and what the window costs.
 *
 *   npm run bench                   everything
 *   npm run bench -- steady idle    the parts of these names; `command` and `window` are all of a kind
 *   npm run bench -- --quick        a few rounds, to see that it works; the numbers mean little
 *   npm run bench -- --write        puts the tables into docs/measurements.md
 *
 * Everything is built first and runs on a Docker engine of its own. Nothing else should run on the machine meanwhile.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import * as command from "./command.mjs";
import { calm } from "./processes.mjs";
import { circumstances, keep, ofCommand, ofWindow } from "./report.mjs";
import { leave, leaveOnSignals, root } from "./room.mjs";
import * as window from "./window.mjs";

const kinds = { command: command.parts, window: window.parts };
const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const known = [...Object.keys(kinds), ...Object.values(kinds).flatMap((parts) => parts.map(({ name }) => name))];
const wrong = [
  ...names.filter((name) => !known.includes(name)),
  ...options.filter((option) => !["--quick", "--write"].includes(option)),
];
if (wrong.length > 0) {
  console.error(`not known: ${wrong.join(" ")}\nparts: ${known.join(" ")}\noptions: --quick --write`);
  process.exit(64);
}
const quick = options.includes("--quick");
const chosen = (kind) =>
  kinds[kind].filter(({ name }) => names.length === 0 || names.includes(kind) || names.includes(name));

let child;
/** Runs a program in our terminal. A signal reaches it from there or through us, and its own end is waited for. */
function pass([program, ...words], env) {
  return new Promise((resolve, reject) => {
    child = spawn(program, words, { cwd: root, env, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(signal ? 1 : code));
  });
}

async function buildAndEnter() {
  const cargo = (...words) => ["cargo", "build", "--locked", ...words];
  const steps = [
    ["scripts/setup", "--tests"],
    cargo("--release", "-p", "cli"),
    ...(chosen("window").length > 0
      ? [
          ["npm", "run", "--silent", "build", "-w", "ui"],
          cargo("--profile", "release-small", "-p", "switchyard-app", "--features", "custom-protocol"),
        ]
      : []),
    ["tests/with-engine", process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
  ];
  const env = { ...process.env, PATH: `${process.env.HOME}/.cargo/bin:${process.env.PATH}` };
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  for (const step of steps) {
    const code = await pass(step, env);
    if (code !== 0) return code;
  }
  return 0;
}

async function measureAll() {
  const texts = {};
  const free = await calm(5);
  if (free < 0.9) console.error(`the machine is busy: ${Math.round(100 * free)} % idle`);
  for (const [kind, show] of [
    ["command", (found) => ofCommand(Object.assign({}, ...found), command.rows, command.peakAtMost)],
    ["window", (found) => ofWindow(found.flat())],
  ]) {
    const found = [];
    for (const part of chosen(kind)) {
      const count = quick ? part.quick : part.count;
      console.error(`${part.name}: ${count} rounds`);
      try {
        found.push(await part.measure(count));
      } catch (error) {
        // The others are worth having all the same.
        console.error(error);
        process.exitCode = 1;
      }
    }
    if (found.length > 0) texts[kind] = show(found);
  }
  const about = await circumstances();
  for (const [kind, text] of Object.entries(texts)) {
    console.log(`\n## ${kind}\n\n${about}\n\n${text}`);
    if (!options.includes("--write")) continue;
    const full = !quick && chosen(kind).length === kinds[kind].length && !process.exitCode;
    if (!full || free < 0.9) console.error(`${kind}: not written; only a full run on a machine at rest is`);
    else keep(kind, `${about}\n\n${text}`);
  }
}

if (process.env.SWITCHYARD_TEST_ENGINE) {
  leaveOnSignals();
  try {
    await measureAll();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    await leave();
  }
} else {
  process.exitCode = await buildAndEnter();
}
