import { expect, it } from "vitest";

import { share } from "./share";

it("keeps what says the same, however deep it lies", () => {
  const before = {
    revision: 1,
    components: [
      { id: "a", links: [{ id: "ui", live: true }] },
      { id: "b", links: [] },
    ],
  };
  const next = structuredClone({ ...before, revision: 2 });
  next.components[1] = { id: "b", links: [{ id: "ui", live: false }] };
  const shared = share(before, next);
  expect(shared).toEqual(next);
  expect(shared.components[0]).toBe(before.components[0]);
  expect(shared.components[1]).not.toBe(before.components[1]);
});

it("is the value before when nothing is different", () => {
  const before = { steps: [1, null, { kind: "done" }], outcome: null };
  expect(share(before, structuredClone(before))).toBe(before);
});

it("finds items by their id where they have moved to", () => {
  const before = [{ id: "a" }, { id: "b" }];
  const shared = share(before, [{ id: "b" }, { id: "c" }, { id: "a" }]);
  expect(shared[0]).toBe(before[1]);
  expect(shared[2]).toBe(before[0]);
});

it.each([
  [null, { a: 1 }],
  [{ a: 1 }, null],
  [{ a: 1, b: 2 }, { a: 1 }],
  [{ a: 1 }, { a: 1, b: undefined }],
  [[1, 2], [1]],
  [[], {}],
  [{}, []],
  ["a", "b"],
])("from %j to %j it is what came", (before, next) => expect(share<unknown>(before, next)).toStrictEqual(next));
