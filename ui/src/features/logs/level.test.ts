import { expect, it } from "vitest";

import { levelOf } from "./level";

it.each([
  ['level=error ts=1 msg="x"', "error"],
  ['{"level":"warn","msg":"x"}', "warn"],
  ["time=2026-11-22T10:41:10Z level=INFO source=main.go", "info"],
  ["[DEBUG] agent.http: Request finished", "debug"],
  ["[WARN]  agent: Check is now critical", "warn"],
  ["EROR [11-22|10:41:09] Failed to look up plugin", "error"],
  ["2026-11-22 10:00:00 FATAL: database is starting", "error"],
  ['time=1 level=WARN msg="Error on ingesting samples"', "warn"],
  ["the error page was shown", "none"],
  ["", "none"],
])("%s says %s", (text, level) => {
  expect(levelOf(text)).toBe(level);
});
