// What a service writes to its container's log: JSON in the manner of pino, or plain lines. Both carry the ids of the
// trace that is being worked on, which is what leads from a line to its trace.
import { hostname } from "node:os";
import { activeSpan } from "./trace.mjs";

/** Levels are numbers in pino's lines. */
const LEVELS = { info: 30, warn: 40, error: 50, fatal: 60 };

/** A log with a method for each level: `log.warn("text", { fields, error })`. */
export function logOf(service, format, write = (text) => process.stdout.write(text)) {
  const line = format === "json" ? jsonLine : plainLine;
  const at = (level) => (text, { error, ...fields } = {}) =>
    write(`${line({ level, service, text, fields, error, span: activeSpan(), time: new Date() })}\n`);
  return Object.fromEntries(Object.keys(LEVELS).map((level) => [level, at(level)]));
}

export function jsonLine({ level, service, text, fields, error, span, time }) {
  return JSON.stringify({
    level: LEVELS[level],
    time: time.getTime(),
    pid: process.pid,
    hostname: hostname(),
    name: service,
    ...(span && { trace_id: span.traceId, span_id: span.spanId, trace_flags: "01" }),
    ...fields,
    ...(error && { err: { type: error.name, message: error.message, stack: stackOf(error) } }),
    msg: text,
  });
}

/** The level stands near the beginning: that is where the log collectors look for it. */
export function plainLine({ level, service, text, fields, error, span, time }) {
  const ids = span ? ` trace_id=${span.traceId} span_id=${span.spanId}` : "";
  const more = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${value}`);
  const stack = error ? `\n${stackOf(error)}` : "";
  return `${time.toISOString()} ${level.toUpperCase()} [${service}]${ids} ${text}${more.join("")}${stack}`;
}

/** The whole chain of causes, as services write it. */
function stackOf(error) {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : "";
  return `${error.stack}${cause}`;
}
