import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { open } from "./harness.mjs";

let window;
before(async () => (window = await open()));
after(() => window.close());

const detail = (id, tab) => `#/component/${id}/${tab}`;

const screens = [
  ["stack", "scenario=usual", ""],
  ["every state", "scenario=sketch", ""],
  ["drift", "scenario=drift", ""],
  ["crash loop", "scenario=crash-loop", ""],
  ["off", "scenario=off", ""],
  ["right to left", "scenario=rtl", ""],
  ["notices", "scenario=notices", ""],
  ["simulated", "scenario=simulated", ""],
  ["engine lost", "scenario=engine-lost", ""],
  ["no engine", "scenario=no-engine", ""],
  ["engine", "scenario=usual", "#/engine"],
  [
    "plan",
    "scenario=usual",
    "",
    (page) => page.locator('[data-component="loki"] [role=switch]').click(),
  ],
  [
    "plan, refused for files",
    "scenario=config-invalid",
    "",
    async (page) => {
      await page.locator("[aria-haspopup=menu]").click();
      await page.locator("[role=menuitem]").last().click();
      await page.locator("dialog footer button").first().click();
      await page.locator("dialog .checked:not(:empty)").waitFor();
    },
  ],
  [
    "plan, suspect files",
    "scenario=config-suspect",
    "",
    (page) => page.locator('[data-component="promtail"] [role=switch]').click(),
  ],
  [
    "notices of suspect files",
    "scenario=config-suspect",
    "",
    async (page) => {
      await page.locator('[data-component="promtail"] [role=switch]').click();
      await page.locator("dialog .primary").click();
      await page.locator("main li").first().waitFor();
    },
  ],
  [
    "plan, refused after it was agreed to",
    "scenario=config-late",
    "",
    async (page) => {
      await page.locator('[data-component="promtail"] [role=switch]').click();
      await page.locator("dialog .primary").click();
      await page.locator("dialog .changed").waitFor();
    },
  ],
  [
    "plan, grown",
    "scenario=plan-grows",
    "",
    async (page) => {
      await page.locator('[data-component="alloy"] [role=switch]').click();
      await page.locator("dialog .primary").click();
      await page.locator("dialog .changed").waitFor();
    },
  ],
  [
    "message of a request that failed",
    "scenario=unreadable",
    "",
    async (page) => {
      await page.locator('[data-component="alloy"] [role=switch]').click();
      await page.locator(".toast").waitFor();
    },
  ],
  ["unwell", "scenario=unwell", ""],
  ["unwell part", "scenario=unwell", detail("promtail", "overview")],
  ["nothing sent", "scenario=nothing-sent", detail("promtail", "overview")],
  [
    "faults of files",
    "scenario=config-invalid",
    "#/component/prometheus/config/check",
    (page) => page.locator(".faults").first().waitFor(),
  ],
  [
    "menu",
    "scenario=usual",
    "",
    (page) => page.locator("[aria-haspopup=menu]").click(),
  ],
  [
    "operation",
    "scenario=pull-fails&pace=40",
    "",
    async (page) => {
      await page.locator('[data-component="alloy"] [role=switch]').click();
      await page.locator("dialog .primary").click();
      await page.locator('.operation[data-outcome="failed"]').waitFor();
      await page.locator(".operation button").first().click();
    },
  ],
  [
    "waiting",
    "scenario=busy",
    "",
    async (page) => {
      for (const id of ["consul", "jaeger"])
        await page.locator(`[data-component="${id}"] [role=switch]`).click();
    },
  ],
  [
    "logs",
    "scenario=usual&rate=0&hostile",
    "#/logs",
    (page) => page.locator(".row").first().waitFor(),
  ],
  ["overview", "scenario=usual", detail("grafana", "overview")],
  ["failure", "scenario=crash-loop", detail("loki", "overview")],
  ["component logs", "scenario=usual&rate=0", detail("grafana", "logs")],
  ["health", "scenario=usual", detail("loki", "health")],
  ["stats", "scenario=usual", detail("prometheus", "stats")],
  ["configuration", "scenario=usual", detail("grafana", "config")],
  ["connect", "scenario=usual", detail("consul", "connect")],
  ["connect, off", "scenario=off", detail("grafana", "connect")],
  ["connect, not installed", "scenario=usual", detail("sentry", "connect")],
  ["settings", "scenario=usual", "#/settings"],
  ["palette", "scenario=usual", "", (page) => page.keyboard.press("Control+k")],
];

for (const theme of ["light", "dark", "contrast"]) {
  describe(`axe finds nothing serious (${theme})`, () => {
    for (const [name, query, hash, prepare] of screens) {
      it(name, async () => {
        const still = query.includes("pace") ? query : `${query}&pace=0`;
        const page = await window.page(
          `${still}&theme=${theme}&lang=${theme === "dark" ? "zh" : "en"}`,
          { hash },
        );
        await page.emulateMedia({ reducedMotion: "reduce" });
        await page.locator(`html[data-theme=${theme}]`).waitFor();
        await prepare?.(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations
          .filter((one) => ["serious", "critical"].includes(one.impact))
          .map(
            (one) =>
              `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`,
          );
        assert.deepEqual(serious, []);
        assert.deepEqual(page.faults, []);
        await page.close();
      });
    }
  });
}
