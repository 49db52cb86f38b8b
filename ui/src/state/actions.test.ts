import { describe, expect, it } from "vitest";

import { World } from "../backend/fake/world";
import { planOf } from "../backend/fake/plan";
import { downOf, needsLook, undoIntents, upOf } from "./actions.svelte";

function world(...up: string[]): World {
  const made = new World(0);
  for (const id of up) made.bringUp(id);
  return made;
}

const looks = (made: World, intent: ReturnType<typeof upOf> | ReturnType<typeof downOf>) =>
  needsLook(intent, planOf(intent, made.known), made.components);

describe("a plan is shown first", () => {
  it("not for a component that stands alone", () => {
    expect(looks(world(), upOf(["consul"]))).toBe(false);
    expect(looks(world("consul"), downOf(["consul"]))).toBe(false);
  });

  it("when it brings up another one", () => {
    expect(looks(world(), upOf(["promtail"]))).toBe(true);
    expect(looks(world("loki"), upOf(["promtail"]))).toBe(false);
  });

  it("when it takes down one that depends", () => {
    expect(looks(world("loki", "promtail"), downOf(["loki"]))).toBe(true);
  });

  it("when it pushes another one off", () => {
    expect(looks(world("loki", "promtail"), upOf(["alloy"]))).toBe(true);
  });

  it("when everything goes down", () => {
    expect(looks(world("consul"), downOf([]))).toBe(true);
  });

  it("when it cannot run", () => {
    const made = world();
    made.portTaken = "grafana";
    expect(looks(made, upOf(["grafana"]))).toBe(true);
  });
});

describe("undo", () => {
  const undo = (before: string[], made: World) =>
    undoIntents({ verb: "up", components: [], enabledBefore: before }, made.components).map((intent) =>
      [intent.type, ...intent.components].join(" "),
    );

  it("takes down what came up, with what was brought along", () => {
    expect(undo([], world("loki", "promtail"))).toEqual(["down loki promtail"]);
  });

  it("brings back what went down", () => {
    expect(undo(["loki", "promtail"], world("loki"))).toEqual(["up promtail"]);
  });

  it("lets a replacement be pushed off by the one that comes back", () => {
    expect(undo(["loki", "promtail"], world("loki", "alloy"))).toEqual(["up promtail"]);
  });

  it("does nothing when nothing changed", () => {
    expect(undo(["loki"], world("loki"))).toEqual([]);
  });
});
