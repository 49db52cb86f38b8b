import { expect, it } from "vitest";

import type { AppError } from "../backend/api";
import { fakeBackend } from "../backend/fake";
import { Actions } from "./actions.svelte";
import { StackState } from "./stack.svelte";
import { Toasts } from "./toasts.svelte";

function open(query: string) {
  const backend = fakeBackend(new URLSearchParams(`pace=0&${query}`));
  const stack = new StackState(backend);
  const toasts = new Toasts();
  return { backend, stack, toasts, actions: new Actions(backend, stack, toasts) };
}

it("shows a refusal once, and remembers nothing to undo", async () => {
  const { actions, toasts } = open("scenario=busy");
  await actions.toggle("consul", false);
  expect(toasts.list.map((one) => one.error?.code)).toEqual(["busy"]);
  expect(actions.undo).toBeNull();
});

it("turns a thrown thing that is no error of ours into one", () => {
  const { toasts } = open("");
  toasts.fail(new TypeError("boom"));
  expect(toasts.list[0]?.error).toMatchObject({
    code: "internal",
    detail: "TypeError: boom",
  } satisfies Partial<AppError>);
});

it("keeps at most three messages", () => {
  const { toasts } = open("");
  for (const text of "abcd") toasts.say(text);
  expect(toasts.list.map((one) => one.text)).toEqual(["b", "c", "d"]);
});

it("waits for the user's word, and forgets the plan when it is refused", async () => {
  const { actions } = open("scenario=usual");
  await actions.toggle("loki", false);
  expect(actions.proposal?.preview.consents).toHaveLength(1);
  actions.dismiss();
  expect(actions.proposal).toBeNull();
  expect(actions.undo).toBeNull();
});

it("remembers how the switches were", async () => {
  const { actions, stack } = open("scenario=usual");
  const before = stack.components.filter((one) => one.enabled).map((one) => one.id);
  await actions.toggle("loki", false);
  await actions.agree();
  expect(actions.undo).toEqual({ verb: "down", components: ["loki"], enabledBefore: before });
});
