import { expect, it } from "vitest";

import type { Entry } from "../../state/logs.svelte";
import { asText, compile, passes } from "./search";

const entry = (plain: string, level = "info"): Entry => ({
  seq: 1,
  service: "loki",
  stream: "stdout",
  at: 0,
  text: plain,
  cut: 0,
  plain,
  level,
  notice: false,
});

it("finds both cases until a capital is typed", () => {
  expect(passes(entry("Ready"), compile("ready").pattern, "all")).toBe(true);
  expect(passes(entry("ready"), compile("Ready").pattern, "all")).toBe(false);
});

it("says what is wrong with a pattern, and then shows everything", () => {
  const { pattern, fault } = compile("(");
  expect(fault).toMatch(/group/i);
  expect(passes(entry("x"), pattern, "all")).toBe(true);
});

it("gives the same answer each time though the pattern has a memory", () => {
  const { pattern } = compile("a");
  expect([1, 2, 3].map(() => passes(entry("a"), pattern, "all"))).toEqual([true, true, true]);
});

it("narrows to warnings and errors", () => {
  expect(["debug", "info", "warn", "error"].filter((level) => passes(entry("x", level), null, "warn"))).toEqual([
    "warn",
    "error",
  ]);
});

it("writes one line for each with time and component", () => {
  expect(asText([entry("hello")])).toBe("1970-01-01T00:00:00.000Z loki hello\n");
});
