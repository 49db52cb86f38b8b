// `npm test`: sets up, then runs every test, and ends with one line that counts them all.
// Every stage runs even when an earlier one failed: one run shows all that is broken.
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const env = { ...process.env, PATH: `${process.env.HOME}/.cargo/bin:${process.env.PATH}`, NO_COLOR: "1" };
const engine = (...command) => ["tests/with-engine", ...command];
/** The built pages, as in what is shipped, and not those of a development server. */
const window = ["--features", "switchyard-app/custom-protocol"];
const cargo = (...words) => ["cargo", "test", "--locked", ...words];

/** What is run, in the order in which a failure tells most. `only` are words that choose stages by name. */
const stages = [
  ["set-up", ["scripts/setup", "--tests"]],
  // The window's program does not build without its pages.
  ["pages of the window", ["npm", "run", "--silent", "ui:build"]],
  ["format", ["cargo", "fmt", "--check"]],
  ["lints", ["cargo", "clippy", "--locked", "--quiet", "--workspace", ...window, "--all-targets", "--", "-D", "warnings"]],
  ["unit tests", cargo("--workspace", ...window, "--exclude", "tests")],
  ["house rules", cargo("-p", "tests", "--test", "tidy")],
  ["demo services", ["node", "--test", ...["encoders", "project", "services"].map((name) => `tests/demo/${name}.test.mjs`)]],
  ["stand-ins as recorded", cargo("--manifest-path", "tests/engine-kit/stand-in/Cargo.toml", "--target-dir", "target/stand-in")],
  ["shipped configuration", ["node", "tests/stack-config/check.mjs"]],
  ["command and window", ["cargo", "build", "--locked", "--workspace", ...window, "--exclude", "tests"]],
  ["engine crate on a real engine", engine(...cargo("-p", "engine", "--features", "real-engine", "--test", "real"))],
  ["engine crate on a newer engine", ["tests/with-engine", "--engine", "sid", ...cargo("-p", "engine", "--features", "real-engine", "--test", "real")]],
  ["scenarios", engine(...cargo("-p", "tests", "--test", "engine"))],
  ["beside docker compose", engine(...cargo("-p", "tests", "--test", "compat"))],
  ["screens checked", ["npm", "run", "--silent", "ui:check"]],
  ["screens, part by part", ["npm", "run", "--silent", "ui:test"]],
  ["screens in a browser", ["npm", "run", "--silent", "test:ui"]],
  ["journeys on the window", engine("node", "--test", "--test-concurrency=1", "tests/desktop/journeys.test.mjs")],
  ["real components", ["tests/with-engine", "--real", ...cargo("-p", "tests", "--test", "real")]],
  ["engine lost", engine(...cargo("-p", "tests", "--test", "engine_loss", "--", "--test-threads=1"))],
];

/**
 * Stages that are left out, by name, where what they need is not there: a command that says so by its exit code, and
 * what to do about it.
 */
const optional = {
  "real components": {
    check: ["tests/engine-kit/real/build", "--check"],
    advice: "they are not built; `npm run test:real` builds them, which takes minutes, and runs it",
  },
};

/** Patterns of the closing lines of every runner: how many passed, how many failed. */
const closings = [
  /^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed/,
  /^(?<passed>\d+) passed, (?<failed>\d+) failed$/,
  /^(?:ℹ|#) (?:pass (?<passed>\d+)|fail (?<failed>\d+))$/,
  /^\s+Tests\s+(?:(?<failed>\d+) failed \| )?(?<passed>\d+) passed/,
];

function run([program, ...words]) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
    let counted = { passed: 0, failed: 0 };
    let rest = "";
    child.stdout.on("data", (data) => {
      process.stdout.write(data);
      const lines = (rest + data).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const groups = closings.map((pattern) => pattern.exec(line)?.groups).find(Boolean);
        counted.passed += Number(groups?.passed ?? 0);
        counted.failed += Number(groups?.failed ?? 0);
      }
    });
    child.on("error", (error) => {
      console.error(`${program}: ${error.message}`);
      resolve({ ...counted, code: 1 });
    });
    child.on("close", (code) => resolve({ ...counted, code: code ?? 1 }));
  });
}

const only = process.argv.slice(2);
let [passed, failed] = [0, 0];
const broken = [];
const leftOut = [];
for (const [name, command] of stages) {
  if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
  const { check, advice } = optional[name] ?? {};
  if (check && spawnSync(check[0], check.slice(1), { cwd: root, env }).status !== 0) {
    leftOut.push(`left out: ${name}: ${advice}`);
    console.log(`\n=== ${leftOut.at(-1)}`);
    continue;
  }
  const begun = Date.now();
  console.log(`\n=== ${name}: ${command.join(" ")}`);
  const result = await run(command);
  passed += result.passed;
  // A stage that breaks without a failed test, such as one that does not build, is one failure.
  failed += result.failed || (result.code === 0 ? 0 : 1);
  if (result.code !== 0) broken.push(name);
  console.log(`=== ${name}: ${result.code === 0 ? "ok" : "FAILED"} in ${Math.round((Date.now() - begun) / 1000)} s`);
  if (result.code !== 0 && name === "set-up") break;
}
for (const line of leftOut) console.log(`\n${line}`);
if (broken.length > 0) console.log(`\nbroken: ${broken.join(", ")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = broken.length === 0 && failed === 0 ? 0 : 1;
