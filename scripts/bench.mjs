// `npm run bench`: Switchyard beside docker compose, on one engine, in one run, alternating, as ratios of medians.
// Runs itself inside tests/with-engine and writes docs/benchmarks.md.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!process.env.SWITCHYARD_TEST_ENGINE) {
  const build = spawnSync("cargo", ["build", "--release", "--locked", "-p", "cli"], { cwd: root, stdio: "inherit" });
  if (build.status !== 0) process.exit(1);
  const again = ["tests/with-engine", process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(spawnSync(again[0], again.slice(1), { cwd: root, stdio: "inherit" }).status ?? 1);
}

const rounds = Number(process.argv[2] ?? 7);
const folder = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
const env = { ...process.env, SWITCHYARD_HOME: join(folder, "home"), NO_COLOR: "1" };
const switchyard = join(root, "target/release/switchyard");

const web = (name, needs) => `
  ${name}:
    image: switchyard/test-base:1
    command: [httpd, -f, -p, "80"]
    init: true
    volumes: ["${name}-data:/data"]
    healthcheck: { test: [CMD, wget, -q, -O-, "http://127.0.0.1:80/health"], interval: 1s, retries: 30 }
    ${needs ? `depends_on: { ${needs}: { condition: service_healthy } }` : ""}`;
const idle = (name, value) => `
  ${name}:
    image: switchyard/test-base:1
    command: [sleep, infinity]
    init: true
    environment: { VALUE: "${value}" }`;
const project = (name, value) => `name: ${name}
services:${web("a")}${web("b", "a")}${web("c", "b")}${idle("d", value)}${idle("e", 1)}${idle("f", 1)}
volumes: { a-data: , b-data: , c-data: }
`;
const big = `name: big
services:${Array.from({ length: 57 }, (_, index) => `
  service-${index}:
    image: example/service:\${VERSION:-1}
    command: [run, --port, "\${PORT_${index}:-${9000 + index}}"]
    environment: { A: "1", B: "\${B:-two}", C: "three", URL: "http://service-${index}/" }
    ports: ["127.0.0.1:${20000 + index}:80"]
    volumes: ["data-${index}:/data"]
    healthcheck: { test: [CMD, ok], interval: 10s, timeout: 5s, retries: 3 }
    ${index > 0 ? `depends_on: { service-${index - 1}: { condition: service_healthy } }` : ""}`).join("")}
volumes: {${Array.from({ length: 57 }, (_, index) => ` data-${index}: `).join(",")}}
`;

/** Runs a command to its end: wall time, CPU time of it and its children, peak memory. */
function measure([program, ...words], cwd) {
  return new Promise((resolve, reject) => {
    const before = cpu();
    const begun = process.hrtime.bigint();
    const child = spawn(program, words, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, memory(child.pid));
    }, 2);
    let errors = "";
    child.stderr.on("data", (data) => (errors += data));
    child.on("close", (code) => {
      clearInterval(watch);
      const wall = Number(process.hrtime.bigint() - begun) / 1e6;
      if (code !== 0) return reject(new Error(`${program} ${words.join(" ")}: exit ${code}\n${errors}`));
      resolve({ wall, cpu: cpu() - before, peak: peak / 1024 });
    });
  });
}

/** Peak memory of a process and its children together, in KiB; `docker compose` is two processes. */
function memory(pid) {
  try {
    const own = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + memory(child), own);
  } catch {
    return 0; // It has ended.
  }
}

/** CPU time of all children that have ended, in milliseconds. */
function cpu() {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const ours = (name) => (words) => [switchyard, "--stack", join(folder, name), ...words];
const theirs = (name) => (words) => ["docker", "compose", "--project-directory", join(folder, name), ...words];
function write(name, value) {
  spawnSync("mkdir", ["-p", join(folder, name)]);
  writeFileSync(join(folder, name, "compose.yaml"), name === "big" ? big : project(name, value));
}
const quiet = (command) => spawnSync(command[0], command.slice(1), { env, stdio: "ignore" });

/** Name, how each of the two does it, and what happens before each measurement. */
const both = (peer, own) => ({ peer: theirs("peer")(peer), own: ours("own")(own) });
const down = () => [quiet(theirs("peer")(["down", "-v", "-t", "1"])), quiet(ours("own")(["down", "--volumes", "--yes"]))];
const upBoth = () => [quiet(theirs("peer")(["up", "-d", "--wait"])), quiet(ours("own")(["up"]))];
let turn = 0;
const change = () => {
  upBoth();
  turn += 1;
  for (const name of ["peer", "own"]) write(name, `changed-${turn}`);
};
const cases = [
  ["`up` from nothing, images present", down, both(["up", "-d"], ["up", "--no-wait"]), rounds],
  ["`up` from nothing until healthy", down, both(["up", "-d", "--wait"], ["up"]), rounds],
  ["`up` when all is up", upBoth, both(["up", "-d"], ["up", "--no-wait"]), 3 * rounds],
  ["`up` after one service changed", change, both(["up", "-d"], ["up", "--no-wait"]), rounds],
  ["`status` beside `ps`", upBoth, both(["ps", "-a", "--format", "json"], ["status", "--json"]), 3 * rounds],
  ["`down`", upBoth, both(["down", "-t", "1"], ["down", "--yes"]), rounds],
  ["57 services loaded and hashed", () => {}, { peer: theirs("big")(["config", "--hash", "*"]), own: ours("big")(["config", "--hash", "*"]) }, 3 * rounds],
];

const rows = [];
async function compare(name, prepare, { peer, own }, count) {
  const seen = { peer: [], own: [] };
  for (let round = 0; round < count; round += 1) {
    prepare();
    // Alternating who goes first: neither profits from a warm engine.
    const order = round % 2 ? ["own", "peer"] : ["peer", "own"];
    for (const who of order) seen[who].push(await measure(who === "peer" ? peer : own, root));
  }
  const of = (who, key) => median(seen[who].map((one) => one[key]));
  const ratio = (key) => median(seen.own.map((one, index) => one[key] / Math.max(seen.peer[index][key], 0.001)));
  const row = [name, count, of("peer", "wall").toFixed(0), of("own", "wall").toFixed(0), ratio("wall").toFixed(2),
    of("peer", "cpu").toFixed(0), of("own", "cpu").toFixed(0), of("peer", "peak").toFixed(0), of("own", "peak").toFixed(0)];
  rows.push(row);
  console.log(row.join(" | "));
}

try {
  for (const name of ["peer", "own", "big"]) write(name, 1);
  quiet(["docker", "pull", "switchyard/test-base:1"]);
  for (const one of cases) await compare(...one);
  down();
  const noise = `name: NAME\nservices:\n  n:\n    image: switchyard/test-base:1\n    command: [sh, -c, "seq -f 'line %08g of a hundred thousand, about a hundred bytes long, as logs usually are, or a bit more' 1 100000; sleep infinity"]\n    init: true\n`;
  for (const name of ["peer", "own"]) writeFileSync(join(folder, name, "compose.yaml"), noise.replace("NAME", name));
  upBoth();
  await compare("100,000 log lines", () => {}, both(["logs", "--no-color"], ["logs"]), rounds);
} finally {
  down();
  rmSync(folder, { recursive: true, force: true });
}

const version = (command) => spawnSync(command[0], command.slice(1), { env }).stdout?.toString().trim();
const table = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
writeFileSync(join(root, "docs/benchmarks.md"), `# Measurements

\`npm run bench\` runs Switchyard and docker compose alternately on one engine and writes this page. Times are medians in
milliseconds of whole processes; the ratio is the median of the ratios of each pair, and is what to look at: the rest depends
on the machine. CPU is that of the client alone, peak memory in MiB that of its processes.

docker compose ${version(["docker", "compose", "version", "--short"])}, Docker Engine ${version(["docker", "version", "-f", "{{.Server.Version}}"])},
${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB. The project has six services, three of them in a chain of health checks.

| | rounds | compose ms | Switchyard ms | ratio | compose CPU ms | Switchyard CPU ms | compose MiB | Switchyard MiB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${table}
`);
console.log("\nwritten: docs/benchmarks.md");
