import { describe, expect, it } from "vitest";

import type { LogLine, LogNotice } from "../backend/contract";
import { type Entry, LogBuffer } from "./logs.svelte";

const asEntry = (line: LogLine): Entry => ({ ...line, plain: line.text, level: "none", notice: false });

const told = (notice: LogNotice): Entry => ({
  ...notice,
  service: notice.service ?? "",
  stream: "stderr",
  text: notice.kind,
  cut: 0,
  plain: notice.kind,
  level: "warn",
  notice: true,
});

const lines = (from: number, count: number, text = "x"): LogLine[] =>
  Array.from({ length: count }, (_, index) => ({
    seq: from + index,
    service: "loki",
    stream: "stdout" as const,
    at: 0,
    text,
    cut: 0,
  }));

describe("memory", () => {
  it("stays within its number of lines, lets the oldest go and counts them", () => {
    const buffer = new LogBuffer(asEntry, told, { lines: 1000, characters: 1e9 });
    for (let from = 1; from <= 20_000; from += 500)
      buffer.add({ lines: lines(from, 500), notices: [], dropped: 0 }, from);
    expect(buffer.held).toBeLessThanOrEqual(1000);
    expect(buffer.held + buffer.dropped).toBe(20_000);
    expect(buffer.shown.last?.seq).toBe(20_000);
    expect(buffer.shown.length).toBe(buffer.held);
  });

  it("stays within its characters when lines are long", () => {
    const buffer = new LogBuffer(asEntry, told, { lines: 1000, characters: 100_000 });
    for (let seq = 1; seq <= 50; seq += 1)
      buffer.add({ lines: lines(seq, 1, "x".repeat(16_000)), notices: [], dropped: 0 }, seq);
    expect(buffer.held).toBeLessThanOrEqual(8);
    expect(buffer.held).toBeGreaterThan(0);
    expect(buffer.held + buffer.dropped).toBe(50);
  });

  it("passes a million lines", () => {
    const buffer = new LogBuffer(asEntry, told);
    for (let from = 1; from <= 1_000_000; from += 5000)
      buffer.add({ lines: lines(from, 5000), notices: [], dropped: 0 }, from);
    expect(buffer.held + buffer.dropped).toBe(1_000_000);
    expect(buffer.held).toBeLessThanOrEqual(100_000);
  });

  it("adds what the backend had to drop", () => {
    const buffer = new LogBuffer(asEntry, told);
    buffer.add({ lines: [], notices: [], dropped: 7 }, 0);
    expect(buffer.dropped).toBe(7);
  });
});

it("shows what happened to the stream at its place between the lines", () => {
  const buffer = new LogBuffer(asEntry, told);
  const notice: LogNotice = { seq: 2, service: null, kind: "engine-lost", at: 0, detail: "" };
  buffer.add({ lines: [...lines(1, 1), ...lines(3, 2)], notices: [notice], dropped: 0 }, 0);
  expect(buffer.shown.toArray().map((one) => one.text)).toEqual(["x", "engine-lost", "x", "x"]);
});

describe("a filter", () => {
  it("works on what is held and on what comes", () => {
    const buffer = new LogBuffer(asEntry, told);
    buffer.add({ lines: lines(1, 10), notices: [], dropped: 0 }, 0);
    buffer.filter((entry) => entry.seq % 2 === 0);
    buffer.add({ lines: lines(11, 10), notices: [], dropped: 0 }, 0);
    expect(buffer.shown.toArray().map((one) => one.seq)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    expect(buffer.held).toBe(20);
  });

  it("leaves the array of a paused view as it was", () => {
    const buffer = new LogBuffer(asEntry, told, { lines: 10, characters: 1e9 });
    buffer.add({ lines: lines(1, 10), notices: [], dropped: 0 }, 0);
    const paused = buffer.shown;
    buffer.add({ lines: lines(11, 10), notices: [], dropped: 0 }, 0);
    expect(paused.toArray().map((one) => one.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
