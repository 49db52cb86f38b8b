import { expect, it } from "vitest";

import { catalog, containerOf, offComponent } from "../../backend/fake/catalog";
import { addressesOf } from "./addresses";
import { recipesOf } from "./recipes";

it("has something to say about every component of the stack, and of Sentry", () => {
  for (const id of [...catalog.map((entry) => entry.id), "sentry"]) {
    expect(recipesOf(id, addressesOf(id, undefined)).length, id).toBeGreaterThan(0);
  }
});

it("fills in the ports that are published now", () => {
  const entry = catalog.find((one) => one.id === "jaeger");
  if (!entry) throw new Error("no jaeger");
  const moved = { ...entry, ports: entry.ports.map(([open, inside]) => [open + 1000, inside] as [number, number]) };
  const component = { ...offComponent(moved), container: containerOf(moved, 0) };
  const texts = recipesOf("jaeger", addressesOf("jaeger", component)).flatMap((one) => one.blocks.map((b) => b.code));
  const all = texts.join("\n");
  expect(all).toContain("http://localhost:5318/v1/traces");
  expect(all).toContain("http://localhost:15268/api/traces");
  expect(all).toContain("http://jaeger:4318");
});

it("has no address twice in a title, so that blocks are told apart", () => {
  for (const entry of catalog) {
    const titles = recipesOf(entry.id, addressesOf(entry.id, undefined)).map((one) => one.title);
    expect(new Set(titles).size).toBe(titles.length);
  }
});
