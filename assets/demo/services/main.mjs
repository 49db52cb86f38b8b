// One of the demo services: `node main.mjs identity-service`. Answers, calls the others, and ends at once when asked to.
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "./http.mjs";
import { logOf } from "./log.mjs";
import { Metrics } from "./metrics.mjs";
import { Registration } from "./consul.mjs";
import { services } from "./services.mjs";
import { settings } from "./settings.mjs";
import { SpanSender } from "./sender.mjs";
import { Tracer } from "./trace.mjs";

const name = process.argv[2];
const service = services[name];
if (!service) {
  console.error(`usage: node main.mjs ${Object.keys(services).join("|")}`);
  process.exit(64);
}

const log = logOf(name, service.log);
const metrics = new Metrics(name);
const sender = new SpanSender(name, service.spans, { log, metrics });
const tracer = new Tracer((span) => sender.add(span));
const stop = new AbortController();
const { routes, work } = service.make({ log, metrics, tracer, stop: stop.signal });
const port = settings.port(name);
const server = await serve({ name, port, routes, log, metrics, tracer });
log.info(`${name} listens on port ${port}`);

const registration = new Registration({ name, host: settings.host(name), port, log });
const running = [registration.keep(stop.signal), ...work.map((loop) => loop())];

let ending = false;
async function end(signal) {
  if (ending) return;
  ending = true;
  log.info(`${signal}: ending`);
  stop.abort();
  server.close();
  server.closeAllConnections?.();
  // A call that is under way may take longer than anybody wants to wait.
  await Promise.race([Promise.allSettled(running), sleep(500)]);
  await Promise.race([Promise.allSettled([registration.remove(), sender.end()]), sleep(2000)]);
  process.exit(0);
}
process.on("SIGTERM", () => end("SIGTERM"));
process.on("SIGINT", () => end("SIGINT"));
