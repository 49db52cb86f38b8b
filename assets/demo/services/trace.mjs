// Spans, and how a trace goes on from one service to the next: the header `traceparent` (W3C Trace Context).
import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

const current = new AsyncLocalStorage();

/** The span of the work that is being done, if there is one. */
export const activeSpan = () => current.getStore();

/** Microseconds since 1970, of a clock that does not jump. They fit into a number until the year 2255. */
const now = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** What a caller sent along; nothing when it is not valid. */
export function parseTraceparent(header) {
  const found = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/.exec(header ?? "");
  if (!found || header.startsWith("ff") || /^0+$/.test(found[1]) || /^0+$/.test(found[2])) return undefined;
  return { traceId: found[1], spanId: found[2] };
}

export const traceparentOf = (span) => `00-${span.traceId}-${span.spanId}-01`;

/** Makes spans; each goes to `finished` at its end. */
export class Tracer {
  #finished;

  constructor(finished) {
    this.#finished = finished;
  }

  /**
   * Does `work` as a span. Without a `parent` it belongs to the work in which it is done, or begins a trace.
   * @param {string} name of few different values: no ids
   * @param {{ kind?: "internal" | "server" | "client", parent?: object, attributes?: object }} options
   */
  async span(name, { kind = "internal", parent = activeSpan(), attributes = {} }, work) {
    const span = {
      traceId: parent?.traceId ?? randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
      parentSpanId: parent?.spanId,
      name,
      kind,
      start: now(),
      attributes: { ...attributes },
      events: [],
      error: undefined,
    };
    try {
      return await current.run(span, () => work(span));
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end = now();
      this.#finished(span);
    }
  }
}

/** Marks a span as failed, with what happened. */
export function fail(span, error) {
  if (span.error !== undefined) return;
  span.error = error.message;
  const attributes = { "exception.type": error.name, "exception.message": error.message };
  span.events.push({ name: "exception", time: now(), attributes });
}
