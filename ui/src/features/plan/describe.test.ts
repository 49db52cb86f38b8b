import { expect, it } from "vitest";

import { planOf } from "../../backend/fake/plan";
import { World } from "../../backend/fake/world";
import { en } from "../../i18n/en";
import { upOf } from "../../state/actions.svelte";
import { fatesOf, noticeOf, stepOf } from "./describe";

const nameOf = (id: string) => id.toUpperCase();

function plan(up: string[], wanted: string[]) {
  const world = new World(0);
  for (const id of up) world.bringUp(id);
  return planOf(upOf(wanted), world.known);
}

it("says what stops before what starts, and why", () => {
  const preview = plan(["loki", "promtail"], ["alloy"]);
  expect(fatesOf(preview, nameOf, en).map((fate) => `${fate.kind} ${fate.service}: ${fate.because}`)).toEqual([
    "stops promtail: it cannot run beside ALLOY",
    "starts alloy: you asked for it",
  ]);
  expect(preview.consents.map((consent) => noticeOf(consent, nameOf, en))).toEqual([
    "PROMTAIL goes off, since it cannot run beside ALLOY.",
  ]);
});

it("says what is downloaded", () => {
  expect(fatesOf(plan(["loki"], ["alloy"]), nameOf, en).find((fate) => fate.pulls)?.service).toBe("alloy");
});

it("shows a step that it has no words for by its code", () => {
  const [step] = plan([], ["consul"]).steps;
  if (!step) throw new Error("a plan without steps");
  expect(stepOf(step, nameOf, en)).toBe("Create CONSUL");
  expect(stepOf({ ...step, verb: "teleport", subject: "x", service: null }, nameOf, en)).toBe("teleport x");
});
