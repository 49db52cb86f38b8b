import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import App from "../../App.svelte";
import { fakeBackend } from "../../backend/fake";
import type { FakeControls } from "../../backend/fake";
import { downOf, upOf } from "../../state/actions.svelte";

function open(scenario: string) {
  const backend = fakeBackend(new URLSearchParams(`scenario=${scenario}&pace=0&lang=en`));
  render(App, { backend });
  const { fake } = window as unknown as { fake: FakeControls };
  return { backend, fake };
}

const waiting = async () => within(await screen.findByRole("region", { name: "Waiting for its turn" }));
const operation = async () => within(await screen.findByRole("region", { name: "Operation" }));

describe("what waits", () => {
  it("for the operation that is under way says so, each wish by its name, and is given up at once", async () => {
    const { backend, fake } = open("usual");
    void backend.send({ type: "send", intent: downOf(["consul"]), review: "reach" });
    const wishes = [upOf(["tracing"]), downOf([])].map((intent) =>
      backend.send({ type: "send", intent, review: "consents" }),
    );
    const given = Promise.allSettled(wishes);
    const bar = await waiting();
    bar.getByText("This begins when the operation that is under way has ended.");
    expect(bar.getAllByRole("listitem").map((one) => one.textContent)).toEqual(["Start Tracing", "Stop everything"]);
    await userEvent.click(bar.getByRole("button", { name: "Do not wait" }));
    expect((await given).map((one) => one.status)).toEqual(["rejected", "rejected"]);
    expect(screen.queryByRole("region", { name: "Waiting for its turn" })).toBeNull();
    expect(fake.world.operation?.id).toBe(1);
  });

  it("for another program says for which", async () => {
    const { backend } = open("busy");
    void backend.send({ type: "send", intent: downOf(["consul"]), review: "reach" });
    (await waiting()).getByText("switchyard (process 8123)");
  });
});

describe("an operation that has ended", () => {
  it("offers what the snapshot says, and nothing while it runs", async () => {
    const { backend, fake } = open("usual");
    await backend.send({ type: "send", intent: downOf(["consul"]), review: "reach" });
    const bar = await operation();
    expect(bar.queryByRole("button", { name: "Undo" })).toBeNull();
    expect(bar.queryByRole("button", { name: "Try again" })).toBeNull();
    await userEvent.click(bar.getByRole("button", { name: "Cancel" }));
    await bar.findByRole("button", { name: "Try again" });
    await userEvent.click(bar.getByRole("button", { name: "Undo" }));
    expect(fake.sent.at(-1)).toEqual({ type: "take", operation: 1, offer: "undo" });
  });
});
