/**
 * The command beside `docker compose`: the same project in the same folder, in turn.
 *
 * That both can carry on where the other stopped is what makes this fair: there is one set of files, one set of
 * containers, and nothing that one of the two has and the other lacks.
 */
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { inTurn, measure, pause, run } from "./measure.mjs";
import { large, seven, talker, write } from "./projects.mjs";
import { atTheEnd, room, root } from "./room.mjs";

const docker = (...words) => run(["docker", ...words]).then((text) => text.trim());
const env = () => ({ ...process.env, SWITCHYARD_HOME: join(room(), "home"), SWITCHYARD_LANG: "en", NO_COLOR: "1" });

/** Both sides in a folder: each gets its own words for the same thing. */
function both(folder) {
  const command = {
    peer: ["docker", "compose", "--project-directory", folder],
    own: [join(root, "target/release/switchyard"), "--stack", folder],
  };
  return {
    measure: (side, words) => measure([...command[side], ...words[side]], { env: env() }),
    run: (side, words) => run([...command[side], ...words[side]], { env: env() }),
  };
}

const words = {
  up: { peer: ["up", "--detach"], own: ["up", "--no-wait"] },
  upAndWait: { peer: ["up", "--detach", "--wait"], own: ["up"] },
  down: { peer: ["down"], own: ["down"] },
  status: { peer: ["ps"], own: ["status"] },
  logs: { peer: ["logs"], own: ["logs"] },
  plan: { peer: ["config", "--hash", "*"], own: ["plan"] },
  hash: { peer: ["config", "--hash", "*"], own: ["config", "--hash", "*"] },
};

const running = async (project, ...filter) => {
  const ids = await docker("ps", "--quiet", "--filter", `label=com.docker.compose.project=${project}`, ...filter);
  return ids.split("\n").filter(Boolean).sort();
};

/** Nothing of the project is left but images. */
async function clear(project) {
  const label = `label=com.docker.compose.project=${project}`;
  for (const [kind, list, remove] of [
    ["container", ["ls", "--all"], ["rm", "--force"]],
    ["network", ["ls"], ["rm"]],
    ["volume", ["ls"], ["rm"]],
  ]) {
    const found = await docker(kind, ...list, "--quiet", "--filter", label);
    if (found) await docker(kind, ...remove, ...found.split("\n"));
  }
}

/** A project's folder, its images pulled, and its end. */
async function prepared(project, text) {
  const folder = write(join(room(), project), text);
  atTheEnd(() => clear(project));
  await clear(project);
  await run(["docker", "compose", "--project-directory", folder, "pull", "--quiet"]);
  return folder;
}

/** What one side leaves behind goes on in the engine for a moment, and is not to be counted against the other. */
const settle = () => pause(700);

async function life(count) {
  const folder = await prepared("bench", seven("service_started"));
  const side = both(folder);
  let value = 0;
  return inTurn(count, async (who) => {
    await clear("bench");
    await settle();
    const up = await side.measure(who, words.up);
    assert.equal((await running("bench")).length, 7, `${who}: everything runs after up`);
    await settle();
    const before = await running("bench");
    write(folder, seven("service_started", `changed-${(value += 1)}`));
    const change = await side.measure(who, words.up);
    const after = await running("bench");
    assert.equal(after.filter((id) => !before.includes(id)).length, 1, `${who}: one container is another one`);
    assert.equal(after.length, 7, `${who}: everything runs after a change`);
    await settle();
    const down = await side.measure(who, words.down);
    assert.equal((await running("bench")).length, 0, `${who}: nothing runs after down`);
    return { up, change, down };
  });
}

/**
 * The same containers stand and the engine calls so many of them healthy. Switchyard does not sit out the engine's
 * interval, so after it that may still take one.
 */
async function turnsHealthy(project, count, before, who) {
  const deadline = Date.now() + (who === "peer" ? 0 : 30_000);
  for (;;) {
    const well = await running(project, "--filter", "health=healthy");
    if (well.length === count) break;
    assert.ok(Date.now() < deadline, `${who}: ${well.length} of ${count} are healthy`);
    await pause(200);
  }
  assert.deepEqual(await running(project), before, `${who}: they are still the same`);
}

async function health(count) {
  const folder = await prepared("bench", seven("service_healthy"));
  const side = both(folder);
  return inTurn(count, async (who) => {
    await clear("bench");
    await settle();
    const healthy = await side.measure(who, words.upAndWait);
    const there = await running("bench");
    assert.equal(there.length, 7, `${who}: everything runs`);
    if (who === "own") await side.run(who, words.status);
    await turnsHealthy("bench", 4, there, who);
    return { healthy };
  });
}

/** The stack that the product ships with, as its user gets it, without what the two collectors would do to each other. */
async function shipped(count) {
  const project = "bench-shipped";
  const switchyard = join(root, "target/release/switchyard");
  await run([switchyard, "init"], { env: env() });
  const folder = join(room(), "home", "rwa-observability");
  appendFileSync(join(folder, ".env"), `COMPOSE_PROJECT_NAME=${project}\nSTACK_NETWORK=${project}\n`);
  atTheEnd(() => clear(project));
  await clear(project);
  const { components } = JSON.parse(await run([switchyard, "--stack", folder, "status", "--json"], { env: env() }));
  const parts = components.map(({ id }) => id).filter((id) => id !== "alloy");
  const side = both(folder);
  await side.run("peer", { peer: ["pull", "--quiet", ...parts, "docker-proxy"] });
  const up = { peer: ["up", "--detach", "--wait", ...parts], own: ["up", ...parts] };
  return inTurn(count, async (who) => {
    await clear(project);
    await settle();
    const stack = await side.measure(who, up);
    const there = await running(project);
    assert.equal(there.length, parts.length + 1, `${who}: everything runs`);
    if (who === "own") await side.run(who, { own: ["status", ...parts] });
    await turnsHealthy(project, there.length, there, who);
    return { stack };
  });
}

async function steady(count) {
  // Not with conditions on health: docker compose would sit out its half-second polls, which is another matter.
  const folder = await prepared("bench", seven("service_started"));
  const side = both(folder);
  await side.run("peer", words.upAndWait);
  const before = await running("bench");
  const pairs = await inTurn(count, async (who) => ({
    again: await side.measure(who, words.up),
    status: await side.measure(who, words.status),
  }));
  assert.deepEqual(await running("bench"), before, "neither changed anything");
  return pairs;
}

async function logs(count) {
  const lines = 100_000;
  const folder = await prepared("bench-logs", talker(lines));
  const side = both(folder);
  await side.run("peer", words.up);
  const [id] = await running("bench-logs");
  while (!(await docker("logs", "--tail", "1", id)).startsWith(`${String(lines).padStart(8, "0")} `)) await pause(100);
  for (const who of ["peer", "own"]) {
    const text = await side.run(who, words.logs);
    assert.equal(text.trimEnd().split("\n").length, lines, `${who}: all lines are read`);
  }
  return inTurn(count, async (who) => ({ logs: await side.measure(who, words.logs) }));
}

async function plan(count) {
  const folder = write(join(room(), "bench-large"), large(57));
  const side = both(folder);
  const sorted = (text) => text.trim().split("\n").sort();
  const [peer, own] = [await side.run("peer", words.hash), await side.run("own", words.hash)].map(sorted);
  assert.deepEqual(own, peer, "both read the same in the file");
  return inTurn(count, async (who) => ({
    plan: await side.measure(who, words.plan),
    hash: await side.measure(who, words.hash),
  }));
}

/** The parts, with how often each is done when it counts and when it is only tried. */
export const parts = [
  { name: "life", measure: life, count: 15, quick: 2 },
  { name: "health", measure: health, count: 11, quick: 1 },
  { name: "shipped", measure: shipped, count: 7, quick: 1 },
  { name: "steady", measure: steady, count: 31, quick: 5 },
  { name: "logs", measure: logs, count: 11, quick: 2 },
  { name: "plan", measure: plan, count: 31, quick: 5 },
];

/** What is shown of each measurement: its title, and what its ratios may be at most. */
export const rows = {
  stack: { title: "`up` of the shipped stack from nothing until all is healthy", wall: 0.4, cpu: 0.1 },
  again: { title: "`up` of a stack that is up", wall: 0.09, cpu: 0.1 },
  up: { title: "`up` from nothing, images there", wall: 0.9, cpu: 0.1 },
  healthy: { title: "`up` from nothing until all is healthy", wall: 0.55, cpu: 0.1 },
  change: { title: "`up` after a change to one service", wall: 0.75, cpu: 0.1 },
  down: { title: "`down`", wall: 0.8, cpu: 0.1 },
  status: { title: "`status` beside `ps`", wall: 0.09, cpu: 0.1 },
  logs: { title: "`logs`, 100,000 lines", wall: 0.78, cpu: 0.5 },
  plan: { title: "`plan` of 57 services beside `config --hash`", wall: 0.25, cpu: 0.1, millis: 60 },
  hash: { title: "`config --hash` of 57 services", wall: 0.25, cpu: 0.1, millis: 60 },
};

/** What its peak memory may be, for each. */
export const peakAtMost = 1 / 3;
