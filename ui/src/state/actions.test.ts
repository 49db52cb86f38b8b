import { describe, expect, it } from "vitest";

import type { AppError, Reply } from "../backend/api";
import { fakeBackend } from "../backend/fake";
import type { FakeControls } from "../backend/fake";
import { Actions, downOf, upOf } from "./actions.svelte";
import { Toasts } from "./toasts.svelte";

function open(scenario: string) {
  const backend = fakeBackend(new URLSearchParams(`pace=0&scenario=${scenario}`));
  const toasts = new Toasts();
  const { fake } = window as unknown as { fake: FakeControls };
  const codes = () => toasts.list.map((one) => one.error?.code);
  return { backend, toasts, codes, fake, actions: new Actions(backend, toasts) };
}

describe("a wish", () => {
  it("that stands alone is carried out in one round trip, and nothing is shown", async () => {
    const { actions, fake } = open("usual");
    await actions.toggle("consul", false);
    expect(actions.proposal).toBeNull();
    expect(fake.sent).toEqual([{ type: "send", intent: downOf(["consul"]), review: "reach" }]);
    expect(fake.world.operation?.verb).toBe("down");
  });

  it("that reaches further is shown first, and forgotten when it is dismissed", async () => {
    const { actions, fake } = open("usual");
    await actions.toggle("loki", false);
    expect(actions.proposal?.plan.consents).toHaveLength(1);
    expect(actions.proposal?.added).toBeNull();
    actions.dismiss();
    expect(actions.proposal).toBeNull();
    expect(fake.world.operation).toBeNull();
  });

  it("that was shown is carried out by agreeing to what was shown", async () => {
    const { actions, fake } = open("usual");
    await actions.toggle("loki", false);
    await actions.agree();
    expect(actions.proposal).toBeNull();
    expect(fake.sent.at(-1)).toMatchObject({ type: "agree" });
    expect(fake.world.operation?.steps.map((step) => step.service)).toContain("promtail");
  });

  it("is shown in any case when that is asked for", async () => {
    const { actions, fake } = open("usual");
    await actions.show(downOf(["consul"]));
    expect(actions.proposal?.token).not.toBeNull();
    expect(fake.world.operation).toBeNull();
  });

  it("that cannot be carried out is shown with what stands against it, and can be looked at again", async () => {
    const { actions, fake } = open("config-invalid");
    await actions.toggle("loki", true);
    expect(actions.proposal?.token).toBeNull();
    expect(actions.proposal?.plan.refusals.map((one) => one.code)).toEqual(["config-invalid"]);
    fake.mends("loki");
    const before = actions.proposal?.id;
    await actions.lookAgain();
    expect(actions.proposal).toMatchObject({ id: before, plan: { refusals: [] }, changed: false });
    expect(fake.sent.at(-1)).toMatchObject({ intent: upOf(["loki"]), review: "always" });
    expect(fake.world.operation).toBeNull();
  });

  it("is said once when it fails, with a way to try again", async () => {
    const { actions, backend, toasts, codes } = open("usual");
    const { send } = backend;
    const error: AppError = { code: "engine-timeout", subject: "", detail: "", facts: {} };
    backend.send = () => Promise.reject(error);
    await actions.toggle("consul", false);
    expect(codes()).toEqual(["engine-timeout"]);
    backend.send = send;
    toasts.list[0]?.again?.();
    await expect.poll(() => actions.proposal?.asked).toMatchObject({ intent: downOf(["consul"]) });
  });
});

describe("a plan that has grown since it was shown", () => {
  it("is shown again with what is new, and carried out at the second word", async () => {
    const { actions, fake } = open("plan-grows");
    await actions.toggle("alloy", true);
    expect(actions.proposal?.plan.consents).toEqual([]);
    const first = actions.proposal?.id;
    await actions.agree();
    expect(fake.world.operation).toBeNull();
    expect(actions.proposal).toMatchObject({ id: first, changed: true });
    expect(actions.proposal?.added?.consents).toEqual([
      { code: "stops-excluded", subject: "promtail", other: "alloy" },
    ]);
    await actions.agree();
    expect(actions.proposal).toBeNull();
    expect(fake.world.operation?.outcome).toBeNull();
  });

  it("is not shown again when it has only become impossible, but refused in the same place", async () => {
    const { actions } = open("config-late");
    await actions.toggle("promtail", true);
    const first = actions.proposal?.id;
    await actions.agree();
    expect(actions.proposal).toMatchObject({ id: first, token: null, changed: true });
  });
});

describe("while another one has the stack", () => {
  it("a wish waits, says for whom, and begins without being asked again", async () => {
    const { actions, fake } = open("busy");
    const done = actions.toggle("consul", false);
    expect(fake.world.snapshot().waiting).toMatchObject([
      { verb: "down", components: ["consul"], holder: "switchyard (process 8123)" },
    ]);
    fake.held(null);
    await done;
    expect(fake.sent).toHaveLength(1);
    expect(fake.world.operation?.verb).toBe("down");
  });

  it("what is given up is not done, and is no failure", async () => {
    const { actions, fake, codes } = open("busy");
    const done = [actions.toggle("consul", false), actions.toggle("jaeger", false)];
    await actions.stopWaiting();
    await Promise.all(done);
    fake.held(null);
    expect(fake.world.operation).toBeNull();
    expect(codes()).toEqual([]);
  });

  it("plans that come at once are shown one after the other", async () => {
    const { actions, fake } = open("busy");
    const done = [actions.toggle("loki", false), actions.propose(downOf([]))];
    fake.held(null);
    await Promise.all(done);
    expect(actions.proposal?.asked).toMatchObject({ intent: downOf(["loki"]) });
    actions.dismiss();
    expect(actions.proposal?.asked).toMatchObject({ intent: downOf([]) });
  });

  it("the plan that was agreed to stays in sight, and is not carried out once it is dismissed", async () => {
    const { actions, fake } = open("usual");
    await actions.toggle("loki", false);
    fake.held("switchyard (process 7)");
    const done = actions.agree();
    expect(actions.pending).toBe(true);
    expect(actions.proposal).not.toBeNull();
    actions.dismiss();
    await done;
    fake.held(null);
    expect(actions.proposal).toBeNull();
    expect(fake.world.operation).toBeNull();
  });
});

it("what begins although the user took his word back is ended", async () => {
  const { actions, backend, fake } = open("usual");
  await actions.toggle("loki", false);
  const { send } = backend;
  let answer: (reply: Reply) => void = () => undefined;
  backend.send = (request) => (request.type === "agree" ? new Promise((resolve) => (answer = resolve)) : send(request));
  const done = actions.agree();
  actions.dismiss();
  answer({ kind: "accepted", operation: 1 });
  await done;
  expect(fake.sent.at(-1)).toMatchObject({ intent: { type: "cancel" } });
});

describe("when an operation has ended", () => {
  it("what it offers is asked for by its number", async () => {
    const { actions, fake } = open("usual");
    await actions.toggle("consul", false);
    await actions.cancel();
    const operation = fake.world.snapshot().operation;
    expect(operation?.offers).toEqual(["retry", "undo"]);
    await actions.take(operation?.id ?? 0, "retry");
    expect(fake.world.operation).toMatchObject({ id: 2, verb: "down" });
  });

  it("an offer that holds no more is said", async () => {
    const { actions, codes } = open("usual");
    await actions.take(7, "undo");
    expect(codes()).toEqual(["plan-unknown"]);
  });
});

describe("messages", () => {
  it("turn a thrown thing that is no error of ours into one", () => {
    const { toasts } = open("usual");
    toasts.fail(new TypeError("boom"));
    expect(toasts.list[0]?.error).toMatchObject({
      code: "internal",
      detail: "TypeError: boom",
    } satisfies Partial<AppError>);
  });

  it("are at most three", () => {
    const { toasts } = open("usual");
    for (const text of "abcd") toasts.say(text);
    expect(toasts.list.map((one) => one.text)).toEqual(["b", "c", "d"]);
  });
});
