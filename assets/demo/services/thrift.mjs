// Spans as Jaeger's collector has always taken them on port 14268: a `Batch` of jaeger.thrift in Thrift's binary protocol.
// A struct is a run of fields, each with its type and number, and a zero byte at the end; all numbers are big-endian.

const BOOL = 2, DOUBLE = 4, I32 = 8, I64 = 10, STRING = 11, STRUCT = 12, LIST = 15;
/** Values of `TagType`. */
const TAG = { string: 0, double: 1, bool: 2, long: 3 };
const SAMPLED = 1;

export const contentType = "application/vnd.apache.thrift.binary";

/** The body of `POST /api/traces`. */
export function encode(service, resource, spans) {
  const process = struct([STRING, 1, text(service)], [LIST, 2, list(tags(resource))]);
  return struct([STRUCT, 1, process], [LIST, 2, list(spans.map(encodeSpan))]);
}

function encodeSpan(span) {
  const { kind, error, attributes } = span;
  const marks = { ...(kind !== "internal" && { "span.kind": kind }), ...(error !== undefined && { error: true }) };
  const status = error === undefined ? {} : { "otel.status_code": "ERROR", "otel.status_description": error };
  return struct(
    [I64, 1, id(span.traceId.slice(16))],
    [I64, 2, id(span.traceId.slice(0, 16))],
    [I64, 3, id(span.spanId)],
    [I64, 4, id(span.parentSpanId ?? "0")],
    [STRING, 5, text(span.name)],
    [I32, 7, i32(SAMPLED)],
    [I64, 8, i64(span.start)],
    [I64, 9, i64(span.end - span.start)],
    [LIST, 10, list(tags({ ...attributes, ...marks, ...status }))],
    [LIST, 11, list(span.events.map(encodeLog))],
  );
}

function encodeLog({ name, time, attributes }) {
  return struct([I64, 1, i64(time)], [LIST, 2, list(tags({ event: name, ...attributes }))]);
}

function tags(values) {
  return Object.entries(values).map(([key, value]) => {
    const tag = (type, field) => struct([STRING, 1, text(key)], [I32, 2, i32(type)], field);
    if (typeof value === "boolean") return tag(TAG.bool, [BOOL, 5, Buffer.of(value ? 1 : 0)]);
    if (Number.isInteger(value)) return tag(TAG.long, [I64, 6, i64(value)]);
    if (typeof value === "number") return tag(TAG.double, [DOUBLE, 4, double(value)]);
    return tag(TAG.string, [STRING, 3, text(String(value))]);
  });
}

// ---- the protocol --------------------------------------------------------------------------------------------------
function struct(...fields) {
  const parts = fields.flatMap(([type, number, value]) => [Buffer.of(type, number >> 8, number & 0xff), value]);
  return Buffer.concat([...parts, Buffer.of(0)]);
}

/** Every list of a batch is one of structs. */
const list = (structs) => Buffer.concat([Buffer.of(STRUCT), i32(structs.length), ...structs]);

function text(value) {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([i32(bytes.length), bytes]);
}

function i32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function i64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function double(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

/** An id of 16 hexadecimal digits: the same 64 bits, whose highest one is a sign here. */
const id = (hex) => Buffer.from(hex.padStart(16, "0"), "hex");
