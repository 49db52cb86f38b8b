// Answering requests and making them, each as a span of the caller's trace.
import { createServer } from "node:http";
import { contentType } from "./metrics.mjs";
import { settings } from "./settings.mjs";
import { fail, parseTraceparent, traceparentOf } from "./trace.mjs";

/** Listens; `routes` are such as `"GET /wallets/:user": async (user) => answer`. */
export async function serve({ name, port, routes, log, metrics, tracer }) {
  const known = Object.entries(routes).map(([key, work]) => {
    const [method, route] = key.split(" ");
    return { method, route, work, pattern: new RegExp(`^${route.replace(/:\w+/g, "([^/]+)")}$`) };
  });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/health") return answer(response, 200, { status: "ok", service: name });
    if (pathname === "/metrics") return response.setHeader("Content-Type", contentType).end(metrics.text());
    const found = known.find((it) => it.method === request.method && it.pattern.test(pathname));
    if (!found) return answer(response, 404, { error: "not found" });
    return handle(request, response, found, pathname).catch((error) => log.fatal("no answer", { error }));
  });

  async function handle(request, response, { method, route, work, pattern }, pathname) {
    const begun = performance.now();
    const parent = parseTraceparent(request.headers.traceparent);
    const attributes = { "http.request.method": method, "http.route": route, "url.path": pathname };
    await tracer.span(`${method} ${route}`, { kind: "server", parent, attributes }, async (span) => {
      let status = 200;
      try {
        answer(response, status, await work(...pattern.exec(pathname).slice(1)));
      } catch (error) {
        status = 500;
        fail(span, error);
        log.error(`${method} ${pathname} failed`, { error });
        answer(response, status, { error: error.message });
      }
      span.attributes["http.response.status_code"] = status;
      const labels = { method, route, status };
      metrics.requests.add(labels);
      metrics.seconds.observe(labels, (performance.now() - begun) / 1000);
    });
  }

  await new Promise((resolve, reject) => server.once("error", reject).listen(port, resolve));
  return server;
}

function answer(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

/** A service that answered with an error, or not at all. */
export class CallFailed extends Error {
  name = "CallFailed";
}

/** Asks another demo service. */
export function call(tracer, method, service, path) {
  const host = settings.host(service);
  const attributes = { "http.request.method": method, "server.address": host, "url.path": path };
  return tracer.span(`${method} ${service}`, { kind: "client", attributes }, async (span) => {
    const headers = { traceparent: traceparentOf(span) };
    const url = `http://${host}:${settings.port(service)}${path}`;
    let response;
    try {
      response = await fetch(url, { method, headers, signal: AbortSignal.timeout(3000) });
    } catch (cause) {
      throw new CallFailed(`${service} does not answer`, { cause });
    }
    span.attributes["http.response.status_code"] = response.status;
    const body = await response.json();
    if (!response.ok) throw new CallFailed(`${service} answered ${response.status}: ${body.error}`);
    return body;
  });
}
