import { expect, it } from "vitest";

import type { Notice } from "../../backend/api";
import { planOf } from "../../backend/fake/plan";
import { World } from "../../backend/fake/world";
import { en } from "../../i18n/en";
import { upOf } from "../../state/actions.svelte";
import { fatesOf, faultOfNotice, noticeOf, stepOf } from "./describe";

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

it("says that what is restarted starts, though it stops first", () => {
  const world = new World(0);
  world.bringUp("loki");
  const preview = planOf({ type: "restart", components: ["loki"], wait: true }, world.known);
  expect(fatesOf(preview, nameOf, en).map((fate) => fate.kind)).toEqual(["starts"]);
});

it("waits for the health of a service by its name", () => {
  const step = plan([], ["consul"]).steps.find((one) => one.verb === "wait-healthy");
  if (!step) throw new Error("nothing is waited for");
  expect(stepOf(step, nameOf, en)).toBe("Wait for the health of CONSUL");
});

it("tells a fault of the stack's files among the notices", () => {
  const place = "docker-compose.yml:3:5: services.loki.prots: not a key";
  expect(noticeOf({ code: "stack-invalid", subject: "services.loki.prots", other: place }, nameOf, en)).toBe(
    `The stack’s files are not valid: ${place.toUpperCase()}`,
  );
});

it("tells apart where a suspect setting stands and what is said of it", () => {
  const notice: Notice = {
    code: "config-suspect",
    subject: "loki",
    other: "loki/loki-config.yml:8:3: too short (24h at least)",
  };
  expect(noticeOf(notice, nameOf, en)).toBe("LOKI starts, yet would not do what its configuration means:");
  expect(faultOfNotice(notice)).toMatchObject({
    place: "loki/loki-config.yml:8:3",
    words: "too short (24h at least)",
  });
  expect(faultOfNotice({ code: "orphan", subject: "a", other: "b.c:1:1: d" })).toBeNull();
});

it("names what is made by the component that it is made for", () => {
  const [step] = plan([], ["consul"]).steps;
  if (!step) throw new Error("a plan without steps");
  expect(stepOf(step, nameOf, en)).toBe("Create CONSUL");
});
