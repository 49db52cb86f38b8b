import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

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
  const { actions, backend, toasts } = open("scenario=usual");
  const refusal: AppError = { code: "port-taken", subject: "consul", detail: "", facts: {} };
  backend.send = () => Promise.reject(refusal);
  await actions.toggle("consul", false);
  expect(toasts.list.map((one) => one.error?.code)).toEqual(["port-taken"]);
  expect(actions.undo).toBeNull();
});

describe("while another Switchyard works on the stack", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function busy() {
    const opened = open("scenario=usual");
    const world = { holder: "switchyard (process 7)" };
    const { send } = opened.backend;
    const refusal = (): AppError => ({ code: "busy", subject: "rwa", detail: world.holder, facts: {} });
    opened.backend.send = (request) => (world.holder ? Promise.reject(refusal()) : send(request));
    return { ...opened, world };
  }

  it("waits, says for whom, and begins when the other has finished", async () => {
    const { actions, toasts, world } = busy();
    const done = actions.toggle("consul", false);
    await vi.advanceTimersByTimeAsync(400);
    expect(actions.waiting?.holder).toBe("switchyard (process 7)");
    world.holder = "switchyard (process 8)";
    await vi.advanceTimersByTimeAsync(400);
    expect(actions.waiting?.holder).toBe("switchyard (process 8)");
    world.holder = "";
    await vi.advanceTimersByTimeAsync(400);
    await done;
    expect(actions.waiting).toBeNull();
    expect(toasts.list).toEqual([]);
    expect(actions.undo?.components).toEqual(["consul"]);
  });

  it("is told not to wait any more, and does nothing", async () => {
    const { actions, world } = busy();
    const done = actions.toggle("consul", false);
    await vi.advanceTimersByTimeAsync(400);
    actions.stopWaiting();
    world.holder = "";
    await vi.advanceTimersByTimeAsync(400);
    await done;
    expect(actions.undo).toBeNull();
  });
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
