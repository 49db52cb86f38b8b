import { describe, expect, it } from "vitest";

import { Requests } from "../backend/fake/requests";
import { scenarios } from "../backend/fake/scenarios";
import { World } from "../backend/fake/world";
import { overallOf, tallyOf } from "./stack.svelte";

function overall(scenario: string): string {
  const world = new World(0);
  scenarios[scenario]?.(world, new Requests(world));
  return overallOf(world.snapshot());
}

describe("the stack in one word", () => {
  it.each([
    ["usual", "well"],
    ["sketch", "attention"],
    ["crash-loop", "attention"],
    ["drift", "attention"],
    ["off", "off"],
    ["engine-lost", "lost"],
    ["no-engine", "lost"],
    ["connecting", "connecting"],
  ])("%s is %s", (scenario, word) => {
    expect(overall(scenario)).toBe(word);
  });
});

it("counts every component once", () => {
  const world = new World(0);
  scenarios["sketch"]?.(world, new Requests(world));
  const tally = tallyOf(world.components);
  expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(world.components.length);
  expect(tally).toEqual({ healthy: 3, working: 2, attention: 2, off: 1, unknown: 0 });
});
