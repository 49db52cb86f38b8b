// What the demo services send to Jaeger, read back byte by byte.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as otlp from "../../assets/demo/services/otlp.mjs";
import * as thrift from "../../assets/demo/services/thrift.mjs";
import { decodeThrift, spansOfOtlp, spansOfThrift } from "./decode.mjs";

const span = {
  // The highest bit of both halves and of the span's id is set: a sign where numbers have one.
  traceId: "f0e1d2c3b4a59687f8695a4b3c2d1e0f",
  spanId: "ffeeddccbbaa9988",
  parentSpanId: "00000000000000a7",
  name: "GET /wallets/:user",
  kind: "server",
  start: 1_795_843_429_393_356,
  end: 1_795_843_429_403_358,
  attributes: { "http.route": "/wallets/:user", "http.response.status_code": 500, ratio: 0.25, cached: false, who: "用户" },
  events: [{ name: "exception", time: 1_795_843_429_400_000, attributes: { "exception.type": "RewardError" } }],
  error: "no points",
};
const root = { ...span, parentSpanId: undefined, kind: "internal", error: undefined, events: [], attributes: {} };

test("a Thrift batch is the struct that Jaeger's collector reads", () => {
  const batch = decodeThrift(thrift.encode("wallet-service", { version: "1" }, [span, root]));
  assert.deepEqual(Object.keys(batch), ["1", "2"]);
  assert.deepEqual(batch[1], { 1: "wallet-service", 2: [{ 1: "version", 2: 0, 3: "1" }] });
  const [first, second] = batch[2];
  assert.equal(first[1], BigInt.asIntN(64, 0xf8695a4b3c2d1e0fn), "the lower half of the trace's id, signed");
  assert.equal(first[2], BigInt.asIntN(64, 0xf0e1d2c3b4a59687n), "the upper half");
  assert.equal(first[3], BigInt.asIntN(64, 0xffeeddccbbaa9988n));
  assert.equal(first[4], 0xa7n);
  assert.equal(first[5], "GET /wallets/:user");
  assert.equal(first[7], 1, "sampled");
  assert.equal(first[8], 1_795_843_429_393_356n, "microseconds");
  assert.equal(first[9], 10_002n, "a duration, not an end");
  assert.equal(second[4], 0n, "a root has no parent");
  assert.deepEqual(second[11], []);
});

test("Thrift tags carry the type of their value", () => {
  const [{ 10: tags }] = decodeThrift(thrift.encode("s", {}, [span]))[2];
  assert.deepEqual(tags.slice(0, 5), [
    { 1: "http.route", 2: 0, 3: "/wallets/:user" },
    { 1: "http.response.status_code", 2: 3, 6: 500n },
    { 1: "ratio", 2: 1, 4: 0.25 },
    { 1: "cached", 2: 2, 5: false },
    { 1: "who", 2: 0, 3: "用户" },
  ]);
});

test("both ways say the same of a span", () => {
  const [byThrift] = spansOfThrift(thrift.encode("wallet-service", {}, [span])).spans;
  const [byOtlp] = spansOfOtlp(otlp.encode("wallet-service", {}, [span])).spans;
  for (const key of ["traceId", "spanId", "parentSpanId", "name", "start", "end"]) {
    assert.equal(byThrift[key], span[key], key);
    assert.equal(byOtlp[key], span[key], key);
  }
  const { "span.kind": kind, error, "otel.status_code": code, "otel.status_description": message, ...attributes } = byThrift.attributes;
  assert.deepEqual([kind, error, code, message], ["server", true, "ERROR", "no points"]);
  assert.deepEqual([byOtlp.kind, byOtlp.status], [2, { code: 2, message: "no points" }]);
  assert.deepEqual(attributes, span.attributes);
  assert.deepEqual(byOtlp.attributes, span.attributes);
  assert.deepEqual(byThrift.events[0].attributes, { event: "exception", "exception.type": "RewardError" });
  assert.equal(byOtlp.events[0].name, "exception");
});

test("OTLP writes 64-bit numbers and times as text, and leaves out a parent that is not there", () => {
  const [{ resource, scopeSpans }] = JSON.parse(otlp.encode("mpc-service", { "service.namespace": "rwa-demo" }, [span, root])).resourceSpans;
  assert.deepEqual(resource.attributes[0], { key: "service.name", value: { stringValue: "mpc-service" } });
  const [first, second] = scopeSpans[0].spans;
  assert.equal(first.startTimeUnixNano, "1795843429393356000");
  assert.deepEqual(first.attributes[1], { key: "http.response.status_code", value: { intValue: "500" } });
  assert.equal("parentSpanId" in second, false);
  assert.deepEqual(second.status, {});
  assert.equal(second.kind, 1);
});
