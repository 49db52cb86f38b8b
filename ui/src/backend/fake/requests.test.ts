import { describe, expect, it } from "vitest";

import { downOf, upOf } from "../../state/actions.svelte";
import type { Reply } from "../api";
import { planOf } from "./plan";
import { Requests, beyond } from "./requests";
import { World } from "./world";

/** A world where time stands still, with these components up. */
function open(...up: string[]) {
  const world = new World(0);
  for (const id of up) world.bringUp(id);
  return { world, requests: new Requests(world) };
}

const kinds = async (...replies: Promise<Reply>[]) => (await Promise.all(replies)).map((one) => one.kind);

describe("a plan is shown first", () => {
  it("not for a component that stands alone", async () => {
    expect(await kinds(open().requests.intent(upOf(["consul"]), "reach"))).toEqual(["accepted"]);
    expect(await kinds(open("consul").requests.intent(downOf(["consul"]), "reach"))).toEqual(["accepted"]);
  });

  it("when it brings up another one, for who wants to see that", async () => {
    expect(await kinds(open().requests.intent(upOf(["promtail"]), "reach"))).toEqual(["needs-consent"]);
    expect(await kinds(open().requests.intent(upOf(["promtail"]), "consents"))).toEqual(["accepted"]);
    expect(await kinds(open("loki").requests.intent(upOf(["promtail"]), "reach"))).toEqual(["accepted"]);
  });

  it("when it takes down one that depends, pushes another one off, or ends everything", async () => {
    expect(await kinds(open("loki", "promtail").requests.intent(downOf(["loki"]), "consents"))).toEqual([
      "needs-consent",
    ]);
    expect(await kinds(open("loki", "promtail").requests.intent(upOf(["alloy"]), "consents"))).toEqual([
      "needs-consent",
    ]);
    expect(await kinds(open("consul").requests.intent(downOf([]), "reach"))).toEqual(["needs-consent"]);
  });

  it("in any case when that is asked for, and never carried out when it is refused", async () => {
    const { world, requests } = open();
    expect(await kinds(requests.intent(upOf(["consul"]), "always"))).toEqual(["needs-consent"]);
    world.portTaken = "grafana";
    expect(await kinds(requests.intent(upOf(["grafana"]), "consents"))).toEqual(["refused"]);
    expect(world.operation).toBeNull();
  });
});

it("a token is good once", async () => {
  const { requests } = open("loki", "promtail");
  const reply = await requests.intent(downOf(["loki"]), "reach");
  if (reply.kind !== "needs-consent") throw new Error(reply.kind);
  expect(await kinds(requests.agree(reply.token))).toEqual(["accepted"]);
  await expect(requests.agree(reply.token)).rejects.toMatchObject({ code: "plan-unknown" });
});

it("what a plan has beyond another one is what it does to more containers, not how", () => {
  const { world } = open("loki");
  const shown = planOf(upOf(["alloy"]), world.known);
  world.bringUp("promtail");
  const plan = planOf(upOf(["alloy"]), world.known);
  const added = beyond(shown, plan);
  expect(added?.steps.map((index) => plan.steps[index]?.verb)).toEqual(["stop", "remove"]);
  expect(added?.consents.map((one) => one.code)).toEqual(["stops-excluded"]);
  expect(beyond(plan, shown)).toBeNull();
});

it("requests wait for the operation that is under way, in their order", async () => {
  const { world, requests } = open("consul", "jaeger");
  await requests.intent(downOf(["consul"]), "reach");
  const replies = [requests.intent(downOf(["jaeger"]), "reach"), requests.intent(upOf(["grafana"]), "reach")];
  expect(world.waiting.map(({ verb, components, holder }) => [verb, ...components, holder])).toEqual([
    ["down", "jaeger", null],
    ["up", "grafana", null],
  ]);
  world.cancel();
  await replies[0];
  expect(world.waiting.map((one) => one.components)).toEqual([["grafana"]]);
  world.cancel();
  expect(await kinds(...replies)).toEqual(["accepted", "accepted"]);
});

it("files that cannot be read start nothing, and stop what they named only with consent", async () => {
  const { world, requests } = open("consul");
  world.unreadable = [{ code: "file-unreadable", subject: "/stack/.env", detail: "", facts: {} }];
  await expect(requests.intent(upOf(["jaeger"]), "reach")).rejects.toMatchObject({ code: "file-unreadable" });
  const reply = await requests.intent(downOf(["consul"]), "reach");
  expect(reply).toMatchObject({ plan: { consents: [{ code: "files-unreadable", subject: "/stack/.env" }] } });
});

describe("undo", () => {
  /** The components that are switched on after an operation has ended, and after its undo. */
  async function undone(world: World, requests: Requests, act: () => Promise<Reply>) {
    const reply = await act();
    if (reply.kind === "needs-consent") await requests.agree(reply.token);
    world.cancel();
    return world.offers().get("undo");
  }

  it("takes down what came up, with what was brought along", async () => {
    const { world, requests } = open();
    world.images.clear();
    const undo = undone(world, requests, async () => {
      const reply = await requests.intent(upOf(["loki", "promtail"]), "consents");
      for (const id of ["loki", "promtail"]) world.bringUp(id);
      return reply;
    });
    expect(await undo).toEqual({ type: "undo", off: ["loki", "promtail"], on: [] });
  });

  it("brings back what went down", async () => {
    const { world, requests } = open("loki", "promtail");
    const undo = undone(world, requests, () => requests.intent(downOf(["loki"]), "reach"));
    expect(await undo).toEqual({ type: "undo", off: [], on: ["loki", "promtail"] });
  });

  it("lets a replacement be pushed off by the one that comes back, without asking", () => {
    const { world } = open("loki", "alloy");
    const plan = planOf({ type: "undo", off: ["alloy"], on: ["promtail"] }, world.known);
    expect(plan.consents).toEqual([]);
    expect(plan.steps.filter((step) => step.service === "alloy").map((step) => step.verb)).toEqual(["stop", "remove"]);
    expect(plan.steps.find((step) => step.verb === "start")?.service).toBe("promtail");
  });
});
