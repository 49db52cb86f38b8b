/** The window: the app as it is shipped, on a display of its own, with sixty containers on the engine. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { desktop, launch, until } from "../desktop/driver.mjs";
import { idle } from "./idle.mjs";
import { median, pause, quantile, run } from "./measure.mjs";
import { memoryOf, startOf } from "./processes.mjs";
import { sixty, write } from "./projects.mjs";
import { atTheEnd, room, root } from "./room.mjs";

/** As it is shipped, unless another one is to be looked at. */
const binary = process.env.SWITCHYARD_APP ?? join(root, "target/release-small/switchyard-app");

const docker = (...words) => run(["docker", ...words]).then((text) => text.trim());

/** The folder of sixty services, all of which run. */
let running;
async function stackOfSixty() {
  if (!running) {
    const folder = write(join(room(), "bench-sixty"), sixty());
    const compose = ["docker", "compose", "--project-directory", folder];
    await run([...compose, "pull", "--quiet"]);
    atTheEnd(() => run([...compose, "down", "--timeout", "2"]));
    await run([...compose, "up", "--detach", "--wait"]);
    running = folder;
  }
  return running;
}

/** A desktop on which the switches of a stack have been remembered, as they are after its first `up`. */
async function furnished(folder, choices = {}) {
  const around = await desktop();
  atTheEnd(() => around.close());
  if (folder) {
    const services = await run(["docker", "compose", "--project-directory", folder, "config", "--services"]);
    const stacks = { [folder]: { on: services.trim().split("\n") } };
    mkdirSync(around.env.SWITCHYARD_HOME, { recursive: true });
    writeFileSync(join(around.env.SWITCHYARD_HOME, "settings.json"), JSON.stringify({ stacks, window: choices }));
  }
  return around;
}

/** Opens a window, has something done with it, and closes it. */
async function inWindow(around, folder, work) {
  const window = await launch({ on: around, binary, args: folder ? ["--stack", folder] : [] });
  try {
    return await work(window);
  } finally {
    await window.close();
  }
}

const allHealthy = (window) =>
  until("sixty cards are healthy", () =>
    window.run('return document.querySelectorAll("[data-component][data-phase=healthy]").length === 60'),
  );

/** From the start of the process to the frame after the one that shows the first state. */
async function firstState(around, folder, count) {
  const found = [];
  for (let round = -1; round < count; round += 1) {
    const times = await inWindow(around, folder, async (window) => {
      const began = startOf(window.pid);
      const read = `
        const mark = performance.getEntriesByName("first-state")[0];
        return mark && { page: performance.timeOrigin, state: performance.timeOrigin + mark.startTime };`;
      const { page, state } = await until("the first state is on the screen", () => window.run(read));
      return { page: page - began, state: state - began };
    });
    // The first one only warms the machine up.
    if (round >= 0) found.push(times);
  }
  const of = (key) => found.map((one) => one[key] / 1000);
  const more = `slowest ${Math.max(...of("state")).toFixed(2)} s; page begins at ${median(of("page")).toFixed(2)} s`;
  return { count, value: median(of("state")), more, unit: "s" };
}

async function start(count) {
  const most = { most: 0.7, below: true };
  const shipped = await firstState(await furnished(), undefined, count);
  const folder = await stackOfSixty();
  const full = await firstState(await furnished(folder), folder, count);
  return [
    { title: "first state on the screen, shipped stack, off", ...shipped, ...most },
    { title: "first state on the screen, 60 containers", ...full, ...most },
  ];
}

/** Records when a card of another phase is on the screen: in the frame after the one that painted it. */
const record = `
  window.seen = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const { component, phase } = target.dataset;
      requestAnimationFrame(() => requestAnimationFrame(() => window.seen.push({ component, phase, at: Date.now() })));
    }
  }).observe(document.querySelector("main"), { attributeFilter: ["data-phase"], subtree: true });`;

/** The engine's events of one container, with their times in Unix milliseconds. */
function eventsOf(container) {
  const events = [];
  const child = spawn("docker", ["events", "--format", "{{json .}}", "--filter", `container=${container}`]);
  let rest = "";
  child.stdout.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const { status, timeNano } = JSON.parse(line);
      events.push({ status, at: Number(BigInt(timeNano) / 1000n) / 1000 });
    }
  });
  return { events, stop: () => child.kill("SIGTERM") };
}

async function change(count) {
  const folder = await stackOfSixty();
  const container = "bench-sixty-watched-1";
  const { events, stop } = eventsOf(container);
  try {
    return await inWindow(await furnished(folder), folder, async (window) => {
      await allHealthy(window);
      await window.run(record);
      const late = { die: [], "health_status: healthy": [] };
      /** Does something and waits until the phase that follows from the event is on the screen. */
      const after = async (status, words, follows) => {
        const begun = Date.now();
        await docker(...words, container);
        const event = await until(`the engine says ${status}`, () =>
          events.find((one) => one.status === status && one.at >= begun),
        );
        const shown = await until(`the card follows ${status}`, async () =>
          (await window.run('return window.seen.filter(({ component }) => component === "watched")')).find(
            ({ phase, at }) => at >= event.at && follows(phase),
          ),
        );
        return shown.at - event.at;
      };
      for (let round = -1; round < count; round += 1) {
        // Not in step with the readings that come once a second.
        await pause(1000 + Math.random() * 1000);
        const killed = await after("die", ["kill"], (phase) => phase !== "healthy");
        await pause(1000 + Math.random() * 1000);
        const healthy = await after("health_status: healthy", ["start"], (phase) => phase === "healthy");
        if (round < 0) continue;
        late.die.push(killed);
        late["health_status: healthy"].push(healthy);
      }
      const row = (title, times) => {
        const more = `slowest ${Math.max(...times).toFixed(0)} ms`;
        return { title, count, value: median(times), more, unit: "ms", most: 200 };
      };
      return [
        row("killed from outside, from the engine's event to the screen", late.die),
        row("healthy, from the engine's event to the screen", late["health_status: healthy"]),
      ];
    });
  } finally {
    stop();
  }
}

/** Milliseconds between frames, for so many seconds. WebKit tells of no long tasks, but none goes by between frames. */
async function gaps(window, seconds) {
  await window.run(`
    window.gaps = [];
    let before;
    const frame = (now) => {
      if (before !== undefined) window.gaps.push(now - before);
      before = now;
      window.beat = requestAnimationFrame(frame);
    };
    window.beat = requestAnimationFrame(frame);`);
  await pause(seconds * 1000);
  return window.run("cancelAnimationFrame(window.beat); return window.gaps");
}

function framesRow(title, found, extra = "") {
  const [half, most] = [0.5, 0.95].map((share) => quantile(found, share).toFixed(0));
  const long = found.filter((gap) => gap > 50).length;
  const share = `${((100 * long) / found.length).toFixed(1)} % over 50 ms`;
  const more = `half ≤ ${half} ms, 95 % ≤ ${most} ms, ${share}${extra}`;
  return { title, count: found.length, value: Math.max(...found), more, unit: "ms", most: 50 };
}

async function frames(seconds) {
  const folder = await stackOfSixty();
  return inWindow(await furnished(folder), folder, async (window) => {
    await allHealthy(window);
    // Charts are full, and ages are told in minutes: as a window looks that has been open for a while.
    await pause(65_000);
    const board = await gaps(window, seconds);
    await window.run('location.hash = "#/logs"');
    const flood = ["docker", "exec", "bench-sixty-flood-1", "sh", "-c", `echo ${(seconds + 10) * 10} >/go`];
    await run(flood);
    const text = () => window.text("[role=log]");
    await until("lines are on the screen", async () => (await text()).includes("a line of a log"));
    await pause(3000);
    const since = Date.now();
    const lines = await gaps(window, seconds);
    const range = ["--since", `${since / 1000}`, "--until", `${Date.now() / 1000}`];
    const came = (await docker("logs", ...range, "bench-sixty-flood-1")).split("\n").length / seconds;
    return [
      framesRow("longest gap between frames, 60 cards with readings each second", board),
      framesRow("longest gap between frames, logs", lines, `, ${Math.round(came)} lines a second`),
    ];
  });
}

async function memory(count) {
  const folder = await stackOfSixty();
  const around = await furnished(folder);
  const found = [];
  for (let round = 0; round < count; round += 1) {
    found.push(
      await inWindow(around, folder, async (window) => {
        await allHealthy(window);
        await pause(15_000);
        return memoryOf(window.pid);
      }),
    );
  }
  const of = (key) => median(found.map((one) => one[key]));
  const row = (title, key, most, more) => ({ title, count, value: of(key), more, unit: "MiB", most, below: true });
  return [
    row("app's own process, resident", "resident", 60, `${of("own").toFixed(0)} MiB of it not from files`),
    row("all its processes, shared pages divided (PSS)", "proportional", 240, found.at(-1).shares),
  ];
}

const hidden = async (minutes) => {
  const folder = await stackOfSixty();
  return idle(binary, await furnished(folder, { startHidden: true }), folder, minutes);
};

/** The parts, with how often each is done when it counts and when it is only tried; frames for so many seconds. */
export const parts = [
  { name: "start", measure: start, count: 10, quick: 2 },
  { name: "change", measure: change, count: 15, quick: 2 },
  { name: "frames", measure: frames, count: 20, quick: 5 },
  { name: "memory", measure: memory, count: 3, quick: 1 },
  { name: "idle", measure: hidden, count: 3, quick: 0.25 },
];
