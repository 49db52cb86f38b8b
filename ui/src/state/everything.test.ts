import { expect, it } from "vitest";

import { catalog, offComponent } from "../backend/fake/catalog";
import { everythingOf } from "./everything";

const all = (on: string[]) => catalog.map((entry) => ({ ...offComponent(entry), enabled: on.includes(entry.id) }));

it("is every component, and of those that exclude each other the first", () => {
  expect(everythingOf(all([]))).toEqual(catalog.map((entry) => entry.id).filter((id) => id !== "alloy"));
});

it("keeps the one that is switched on", () => {
  const ids = everythingOf(all(["alloy"]));
  expect(ids).toContain("alloy");
  expect(ids).not.toContain("promtail");
});

it("heeds an exclusion that only one side names", () => {
  const [first, second] = all([]);
  if (!first || !second) throw new Error("no components");
  expect(everythingOf([first, { ...second, excludes: [first.id] }])).toEqual([first.id]);
});

it("is nothing of nothing", () => {
  expect(everythingOf([])).toEqual([]);
});
