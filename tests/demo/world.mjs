// The demo services as processes of this machine, with a Consul and a Jaeger that are played.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { spansOfOtlp, spansOfThrift } from "./decode.mjs";

const MAIN = fileURLToPath(new URL("../../assets/demo/services/main.mjs", import.meta.url));
export const NAMES = ["identity-service", "wallet-service", "mpc-service", "reward-service", "presence-service"];

/** Asks until there is an answer; machines that run tests are busy. */
export async function eventually(what, ask) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(20);
  }
}

const listening = (server, port) =>
  new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server)));

/** The first of five ports in a row that nobody has. */
export async function freePorts() {
  for (let first = 21_000 + (process.pid % 500) * 10; ; first += 5) {
    const servers = await Promise.allSettled(NAMES.map((_, index) => listening(createSocket(), first + index)));
    for (const { value } of servers) value?.close();
    if (servers.every(({ status }) => status === "fulfilled")) return first;
  }
}

async function played(handle, port = 0) {
  const server = await listening(createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [status, body = ""] = handle(request, Buffer.concat(chunks));
    response.writeHead(status).end(body);
  }), port);
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { port: server.address().port, close };
}

/** Keeps all spans; `answers` is the status that it gives. */
export async function jaeger() {
  const it = { spans: [], ways: {}, unreadable: [], answers: 0 };
  const take = (decode, way, body) => {
    try {
      const { service, spans } = decode(body);
      it.ways[service] = way;
      it.spans.push(...spans.map((span) => ({ service, ...span })));
    } catch (error) {
      it.unreadable.push(error);
    }
  };
  const server = await played(({ method, url, headers }, body) => {
    if (it.answers) return [it.answers];
    const type = headers["content-type"];
    if (method === "POST" && url === "/v1/traces" && type === "application/json") {
      take((bytes) => spansOfOtlp(bytes.toString()), "otlp", body);
      return [200, '{"partialSuccess":{}}'];
    }
    if (method === "POST" && url === "/api/traces" && type === "application/vnd.apache.thrift.binary") {
      take(spansOfThrift, "thrift", body);
      return [202];
    }
    return [404];
  });
  return Object.assign(it, server);
}

/** The agent's three questions about services. */
export async function consul(port) {
  const services = {};
  const log = [];
  const server = await played(({ method, url }, body) => {
    const { pathname } = new URL(url, "http://localhost");
    log.push(`${method} ${pathname}`);
    const [, id] = /^\/v1\/agent\/service\/(?:deregister\/)?(.+)$/.exec(pathname) ?? [];
    if (method === "PUT" && id === "register") {
      const service = JSON.parse(body);
      services[service.ID] = service;
      return [200];
    }
    if (!(id in services)) return [404, `Unknown service ID "${id}"`];
    if (method === "GET") return [200, JSON.stringify(services[id])];
    delete services[id];
    return [200];
  }, port);
  return { services, log, ...server };
}

/** Starts services; `stop` asks one to end and returns its exit code. */
export function run(names, { first, env = {} }) {
  const processes = Object.fromEntries(names.map((name) => {
    const child = spawn(process.execPath, [MAIN, name], {
      env: { ...process.env, DEMO_HOST: "127.0.0.1", DEMO_FIRST_PORT: String(first), DEMO_PACE: "60", NODE_NO_WARNINGS: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const it = { child, stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) child[stream].on("data", (data) => (it[stream] += data));
    it.ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
    return [name, it];
  }));
  return {
    ...processes,
    lines: (name) => processes[name].stdout.split("\n").slice(0, -1),
    async stop(name, signal = "SIGTERM") {
      processes[name].child.kill(signal);
      return processes[name].ended;
    },
    async stopAll() {
      return Promise.all(names.map((name) => this.stop(name)));
    },
  };
}
