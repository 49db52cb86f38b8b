// The demo services at work, without an engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NAMES, consul, eventually, freePorts, jaeger, run } from "./world.mjs";

/** Everything up, for one test. */
async function world(t, { names = NAMES, env = {}, parts = { jaeger: true, consul: true } } = {}) {
  const first = await freePorts();
  const [spans, registry] = [await jaeger(), await consul()];
  for (const [name, part] of [["jaeger", spans], ["consul", registry]]) if (!parts[name]) await part.close();
  const services = run(names, { first, env: {
    CONSUL_HTTP_ADDR: `http://127.0.0.1:${registry.port}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${spans.port}`,
    JAEGER_ENDPOINT: `http://127.0.0.1:${spans.port}/api/traces`,
    ...env,
  } });
  t.after(async () => {
    await services.stopAll();
    await Promise.all([spans.close(), registry.close()]);
  });
  const get = (name, path) => fetch(`http://127.0.0.1:${first + NAMES.indexOf(name)}${path}`);
  const answers = (name) => eventually(`${name} to answer`, () => get(name, "/health").catch(() => undefined));
  await Promise.all(names.map(answers));
  return { services, spans, registry, first, get };
}

test("one trace crosses services that send their spans in different ways", async (t) => {
  const { spans } = await world(t);
  const whole = await eventually("a trace through all services", () => {
    const traces = grouped(spans.spans);
    return [...traces.values()].find((trace) => new Set(trace.map((span) => span.service)).size === NAMES.length);
  });
  assert.deepEqual(spans.unreadable, []);
  assert.equal(spans.ways["identity-service"], "otlp");
  assert.equal(spans.ways["wallet-service"], "thrift");
  const ids = new Set(whole.map((span) => span.spanId));
  assert.equal(ids.size, whole.length, "every span has an id of its own");
  const roots = whole.filter((span) => !ids.has(span.parentSpanId));
  assert.deepEqual(roots.map((span) => [span.service, span.name]), [["identity-service", "session"]]);
  const signing = whole.find((span) => span.name === "POST /signatures");
  const asking = whole.find((span) => span.spanId === signing.parentSpanId);
  assert.deepEqual([asking.service, asking.name], ["wallet-service", "POST mpc-service"]);
  assert.ok(whole.every((span) => span.end >= span.start));
});

function grouped(spans) {
  const traces = new Map();
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  return traces;
}

test("every second reward fails: in its answer, its span, its log and its metrics, and the wallet goes on", async (t) => {
  const { services, spans, get } = await world(t, { env: { DEMO_FAIL_EVERY: "2" } });
  const failed = await eventually("a failed reward", () =>
    spans.spans.find((span) => span.name === "POST /rewards/:user" && span.status.code === 2));
  assert.equal(failed.attributes["http.response.status_code"], 500);
  assert.equal(failed.events[0].attributes["exception.type"], "RewardError");
  const lines = services.lines("reward-service");
  const at = lines.findIndex((line) => line.includes(` ERROR [reward-service] trace_id=${failed.traceId} `));
  assert.match(lines[at], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ERROR /);
  const stack = lines.slice(at + 1, lines.findIndex((line, index) => index > at && /^\d{4}-/.test(line)));
  assert.match(stack[0], /^RewardError: points of user-\d+ could not be booked$/);
  assert.ok(stack.some((line) => line.startsWith("Caused by: LedgerError: ")), stack.join("\n"));
  assert.ok(stack.some((line) => line.startsWith("    at ")));
  const text = await (await get("reward-service", "/metrics")).text();
  const count = (status) => Number(new RegExp(`http_requests_total{.*route="/rewards/:user",status="${status}"} (\\d+)`).exec(text)?.[1]);
  assert.ok(count(500) > 0 && Math.abs(count(200) - count(500)) <= 1, text);
  const shown = await eventually("its wallet", () =>
    spans.spans.find((span) => span.traceId === failed.traceId && span.name === "GET /wallets/:user"));
  assert.equal(shown.attributes["http.response.status_code"], 200);
});

test("metrics are the text that Prometheus reads", async (t) => {
  const { get } = await world(t);
  const text = await eventually("requests of mpc-service", async () => {
    const answer = await get("mpc-service", "/metrics");
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    return text.includes("http_requests_total{") && text;
  });
  const types = new Map();
  for (const line of text.trimEnd().split("\n")) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type) types.set(type[1], type[2]);
    else if (!/^# HELP \w+ \S/.test(line)) {
      const [, name] = /^(\w+)(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [0-9.e+-]+$/.exec(line) ?? assert.fail(line);
      assert.ok(types.has(name.replace(/_(bucket|sum|count)$/, "")) || types.has(name), line);
    }
  }
  const buckets = [...text.matchAll(/^http_request_duration_seconds_bucket\{.*le="(.+?)"\} (\d+)$/gm)].map(([, le, count]) => [le, Number(count)]);
  assert.equal(buckets.at(-1)[0], "+Inf");
  assert.ok(buckets.every(([, count], index) => index === 0 || count >= buckets[index - 1][1]), "buckets add up");
  assert.equal(buckets.at(-1)[1], Number(/^http_request_duration_seconds_count\{.*\} (\d+)$/m.exec(text)[1]));
});

test("JSON lines are pino's, with the trace they belong to", async (t) => {
  const { services } = await world(t);
  for (const name of ["identity-service", "mpc-service", "presence-service"]) {
    const traced = (line) => /^[0-9a-f]{32}$/.test(line.trace_id) && /^[0-9a-f]{16}$/.test(line.span_id);
    const lines = await eventually(`a line of ${name} about a trace`, () => {
      const lines = services.lines(name).map((line) => JSON.parse(line));
      return lines.some(traced) && lines;
    });
    assert.ok(lines.every((line) => [30, 40, 50, 60].includes(line.level) && line.name === name && line.msg), name);
  }
});

test("they are in Consul as Prometheus looks for them, and go with SIGTERM", async (t) => {
  const { services, registry, first, get } = await world(t);
  await eventually("all registered", () => NAMES.every((name) => `${name}-demo` in registry.services));
  const wallet = registry.services["wallet-service-demo"];
  const port = first + 1;
  assert.deepEqual(wallet.Meta, { service: "wallet-service", scrape: "true", metrics_port: String(port), metrics_path: "/metrics" });
  assert.deepEqual([wallet.Name, wallet.Address, wallet.Port], ["wallet-service", "127.0.0.1", port]);
  assert.equal((await fetch(wallet.Check.HTTP)).status, 200);
  assert.equal((await get("wallet-service", "/nothing")).status, 404);
  assert.deepEqual(await services.stopAll(), NAMES.map(() => 0));
  assert.deepEqual(registry.services, {});
});

test("a Consul that comes later gets them too", async (t) => {
  const { services, registry } = await world(t, { names: ["mpc-service"], parts: { jaeger: true } });
  await eventually("it notices", () => services["mpc-service"].stdout.includes("Consul is not there"));
  const late = await consul(registry.port);
  t.after(() => late.close());
  await eventually("registered", () => "mpc-service-demo" in late.services);
  await services.stop("mpc-service");
  assert.deepEqual(late.services, {});
});

test("without Consul and Jaeger they work, say so once, and end at once", async (t) => {
  const { services, get } = await world(t, { parts: {} });
  await eventually("sessions", () => services.lines("identity-service").filter((line) => line.includes("wallet shown")).length > 20);
  for (const name of NAMES) {
    assert.equal((await get(name, "/health")).status, 200);
    const text = services[name].stdout;
    assert.equal(text.match(/Consul is not there/g)?.length, 1, text);
    assert.ok((text.match(/Jaeger takes no spans/g)?.length ?? 0) <= 1, text);
  }
  assert.deepEqual(await services.stopAll(), NAMES.map(() => 0));
  assert.deepEqual(NAMES.map((name) => services[name].stderr), NAMES.map(() => ""));
});

test("spans that Jaeger has no room for are sent again, and those that it refuses are not", async (t) => {
  const { services, spans, first } = await world(t, { names: ["mpc-service"] });
  const sign = () => fetch(`http://127.0.0.1:${first + 2}/signatures`, { method: "POST" });
  const said = (words) => eventually(words, () => services["mpc-service"].stdout.includes(words));
  spans.answers = 503;
  await sign();
  await said("Jaeger takes no spans");
  assert.deepEqual(spans.spans, []);
  spans.answers = 0;
  await said('"msg":"Jaeger takes spans"');
  assert.deepEqual(spans.spans.map((span) => span.name).sort(), ["POST /signatures", "collect shares"]);
  spans.answers = 400;
  await sign();
  const metrics = async () => (await fetch(`http://127.0.0.1:${first + 2}/metrics`)).text();
  await eventually("both refused", async () => (await metrics()).includes('demo_spans_total{protocol="otlp",result="refused"} 2'));
  spans.answers = 0;
  await sign();
  await eventually("the third", () => spans.spans.length >= 4);
  assert.equal(spans.spans.length, 4);
});

test("presence-service crashes only when it is told to, with a code that is not 0", async (t) => {
  const { services } = await world(t, { names: ["presence-service"], env: { DEMO_CRASH: "1" } });
  assert.equal(await services["presence-service"].ended, 1);
  assert.equal(JSON.parse(services.lines("presence-service").at(-1)).level, 60);
});
