// Reads what the demo services send: Thrift's binary protocol as a tree, and both ways of sending as the same plain spans.

const BOOL = 2, BYTE = 3, DOUBLE = 4, I16 = 6, I32 = 8, I64 = 10, STRING = 11, STRUCT = 12, LIST = 15;

/** A struct as an object by field number. What is not Thrift, or has something left over, is an error. */
export function decodeThrift(bytes) {
  let at = 0;
  const take = (length) => {
    if (length < 0 || at + length > bytes.length) throw new Error(`${length} bytes at ${at} go beyond the end`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const value = (type) => {
    switch (type) {
      case BOOL: return take(1)[0] === 1;
      case BYTE: return take(1).readInt8();
      case DOUBLE: return take(8).readDoubleBE();
      case I16: return take(2).readInt16BE();
      case I32: return take(4).readInt32BE();
      case I64: return take(8).readBigInt64BE();
      case STRING: return new TextDecoder("utf-8", { fatal: true }).decode(take(take(4).readInt32BE()));
      case STRUCT: return struct();
      case LIST: {
        const [of] = take(1);
        return Array.from({ length: take(4).readInt32BE() }, () => value(of));
      }
      default: throw new Error(`unknown type ${type} at ${at}`);
    }
  };
  const struct = () => {
    const fields = {};
    for (let [type] = take(1); type !== 0; [type] = take(1)) {
      const number = take(2).readInt16BE();
      if (number in fields) throw new Error(`field ${number} stands twice`);
      fields[number] = value(type);
    }
    return fields;
  };
  const whole = struct();
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes are left over`);
  return whole;
}

const unsigned = (value) => BigInt.asUintN(64, value).toString(16).padStart(16, "0");

/** Tags of jaeger.thrift: the type says which field holds the value. */
export function tagsOf(list = []) {
  return Object.fromEntries(list.map(({ 1: key, 2: type, ...fields }) => {
    const value = fields[[3, 4, 5, 6, 7][type]];
    return [key, typeof value === "bigint" ? Number(value) : value];
  }));
}

/** `{service, resource, spans}` of a body of `POST /api/traces`. */
export function spansOfThrift(bytes) {
  const { 1: process, 2: spans } = decodeThrift(bytes);
  return {
    service: process[1],
    resource: tagsOf(process[2]),
    spans: spans.map((span) => ({
      traceId: unsigned(span[2]) + unsigned(span[1]),
      spanId: unsigned(span[3]),
      parentSpanId: span[4] === 0n ? undefined : unsigned(span[4]),
      name: span[5],
      flags: span[7],
      start: Number(span[8]),
      end: Number(span[8] + span[9]),
      attributes: tagsOf(span[10]),
      events: span[11].map((log) => ({ time: Number(log[1]), attributes: tagsOf(log[2]) })),
    })),
  };
}

const attributesOf = (list) => Object.fromEntries(list.map(({ key, value }) => {
  const [[type, held]] = Object.entries(value);
  return [key, type === "intValue" ? Number(held) : held];
}));

/** The same of a body of `POST /v1/traces`. */
export function spansOfOtlp(text) {
  const [{ resource, scopeSpans }] = JSON.parse(text).resourceSpans;
  const { "service.name": service, ...rest } = attributesOf(resource.attributes);
  return {
    service,
    resource: rest,
    spans: scopeSpans[0].spans.map((span) => ({
      ...span,
      start: Number(BigInt(span.startTimeUnixNano) / 1000n),
      end: Number(BigInt(span.endTimeUnixNano) / 1000n),
      attributes: attributesOf(span.attributes),
      events: span.events.map((event) => ({ ...event, attributes: attributesOf(event.attributes) })),
    })),
  };
}
