import { expect, it } from "vitest";

import type { Operation, Step, StepState } from "../../backend/api";
import { paceOf, progressOf } from "./progress";

const step = (state: StepState): Step => ({
  verb: "pull",
  subject: "image",
  service: "loki",
  cause: "missing",
  becauseOf: null,
  after: [],
  state,
});
const operation = (...states: StepState[]): Operation => ({
  id: 1,
  verb: "up",
  started: 0,
  steps: states.map(step),
  outcome: null,
  offers: [],
});
const pull = (current: number, total: number): StepState => ({
  kind: "running",
  since: 0,
  progress: { current, total, layersDone: 0, layers: 4 },
});

it("counts half a pull as half a step", () => {
  expect(progressOf(operation({ kind: "done", millis: 1 }, pull(50, 100)))).toEqual({ done: 1, all: 2, share: 0.75 });
});

it("knows no share of a pull without a total", () => {
  expect(progressOf(operation(pull(50, 0))).share).toBe(0);
});

it("tells speed and time left", () => {
  expect(paceOf(step(pull(20, 60)), { current: 20, total: 60, layersDone: 0, layers: 4 }, 10_000)).toEqual({
    rate: 2,
    left: 20_000,
  });
});

it("does not guess in the first moment, or without a total", () => {
  const progress = { current: 20, total: 0, layersDone: 0, layers: 4 };
  expect(paceOf(step(pull(20, 0)), progress, 100)).toBeNull();
  expect(paceOf(step(pull(20, 0)), progress, 10_000)?.left).toBeNull();
});
