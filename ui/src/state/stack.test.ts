import { expect, it } from "vitest";

import type { Overall, Snapshot } from "../backend/api";
import { World } from "../backend/fake/world";
import { StackState } from "./stack.svelte";

it("shows what the supervisor counts, and until then that it connects", () => {
  const overall: Overall = { state: "attention", well: 3, working: 2, attention: 2, off: 1, unknown: 0 };
  let tell: (snapshot: Snapshot) => void = () => undefined;
  const watch = (next: typeof tell) => {
    tell = next;
    return () => undefined;
  };
  const stack = new StackState({ watch } as never);
  expect(stack.overall.state).toBe("connecting");
  tell({ ...new World(0).snapshot(), overall });
  expect(stack.overall).toEqual(overall);
});
