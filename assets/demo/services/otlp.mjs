// Spans as OTLP/HTTP wants them in JSON: ids in hexadecimal, times in nanoseconds as text, 64-bit numbers as text.

const KINDS = { internal: 1, server: 2, client: 3 };
const ERROR = 2;

export const contentType = "application/json";

/** The body of `POST /v1/traces`. */
export function encode(service, resource, spans) {
  const attributes = attributesOf({ "service.name": service, ...resource });
  const scopeSpans = [{ scope: { name: "rwa-demo" }, spans: spans.map(encodeSpan) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] });
}

function encodeSpan(span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    flags: 1,
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(span.end),
    attributes: attributesOf(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      timeUnixNano: nanoseconds(time),
      name,
      attributes: attributesOf(attributes),
    })),
    status: span.error === undefined ? {} : { code: ERROR, message: span.error },
  };
}

const nanoseconds = (microseconds) => `${microseconds}000`;

function attributesOf(values) {
  return Object.entries(values).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value) {
  if (typeof value === "boolean") return { boolValue: value };
  if (Number.isInteger(value)) return { intValue: String(value) };
  if (typeof value === "number") return { doubleValue: value };
  return { stringValue: String(value) };
}
