/** What the app costs while nobody looks at it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { pause } from "./measure.mjs";
import { cpuOf } from "./processes.mjs";
import { proxy } from "./proxy.mjs";
import { atTheEnd, room } from "./room.mjs";

/** How long the app gets to read the stack, ask each container once, and come to rest. */
const arrival = 30_000;

/**
 * Starts the app as the desktop session does, without a window, and counts for so many minutes.
 *
 * No driver is there: what drives a page might keep it awake.
 */
export async function idle(binary, around, folder, minutes) {
  const socket = join(room(), "counted.sock");
  let asked = [];
  const close = await proxy(socket, process.env.DOCKER_SOCK, (path) => asked.push(path));
  atTheEnd(close);
  const words = ["--autostarted", "--stack", folder, "--host", `unix://${socket}`];
  const app = spawn(binary, words, { env: around.env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(app, "exit");
  atTheEnd(() => app.kill("SIGTERM"));
  await pause(arrival);
  if (asked.length < 60) throw new Error(`the app asked only ${asked.length} times: it has not seen the stack`);
  asked = [];
  const before = cpuOf(app.pid);
  await pause(minutes * 60_000);
  const cpu = cpuOf(app.pid) - before;
  const kinds = [...new Set(asked.map((path) => path.replace(/[0-9a-f]{64}/, "ID").replace(/\?.*/, "")))];
  app.kill("SIGTERM");
  await ended;
  return [
    {
      title: "hidden, CPU of all its processes",
      count: `${minutes} min`,
      value: (100 * cpu) / (minutes * 60),
      unit: "% of a core",
      most: 0.5,
      below: true,
    },
    {
      title: "hidden, requests to the engine",
      count: `${minutes} min`,
      value: asked.length / minutes,
      more: kinds.join(", "),
      unit: "a minute",
      most: 10,
      below: true,
    },
  ];
}
