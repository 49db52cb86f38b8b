/** Pictures of every screen in both languages and themes: `npm run shots [name…]` writes them to ui/shots. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { folder, open } from "./harness.mjs";

const out = process.env.SHOTS ?? join(folder, "..", "..", "ui", "shots");
mkdirSync(out, { recursive: true });

const detail = (id, tab) => `#/component/${id}/${tab}`;

/** Name, query, hash, and what to do before the picture. */
const screens = [
  ["stack", "scenario=usual"],
  ["sketch", "scenario=sketch"],
  ["drift", "scenario=drift"],
  ["crash-loop", "scenario=crash-loop"],
  ["off", "scenario=off"],
  ["many", "scenario=many"],
  ["rtl", "scenario=rtl"],
  ["notices", "scenario=notices"],
  ["simulated", "scenario=simulated"],
  ["no-engine-simulated", "scenario=no-engine&simulated"],
  ["engine-lost", "scenario=engine-lost"],
  ["no-engine", "scenario=no-engine"],
  ["engine", "scenario=usual", "#/engine"],
  [
    "plan",
    "scenario=usual",
    "",
    (page) => page.locator('[data-component="loki"] [role=switch]').click(),
  ],
  [
    "plan-refused",
    "scenario=port-taken",
    "",
    (page) =>
      page.locator('[data-component="grafana"] .body button').first().click(),
  ],
  [
    "plan-config",
    "scenario=config-invalid",
    "",
    (page) => page.locator('[data-component="loki"] [role=switch]').click(),
  ],
  [
    "plan-configs",
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
    "plan-suspect",
    "scenario=config-suspect",
    "",
    (page) => page.locator('[data-component="promtail"] [role=switch]').click(),
  ],
  [
    "notices-suspect",
    "scenario=config-suspect",
    "",
    async (page) => {
      await page.locator('[data-component="promtail"] [role=switch]').click();
      await page.locator("dialog .primary").click();
    },
  ],
  [
    "plan-late",
    "scenario=config-late",
    "",
    async (page) => {
      await page.locator('[data-component="promtail"] [role=switch]').click();
      await page.locator("dialog .primary").click();
      await page.locator("dialog .changed").waitFor();
    },
  ],
  [
    "plan-grown",
    "scenario=plan-grows",
    "",
    async (page) => {
      await page.locator('[data-component="alloy"] [role=switch]').click();
      await page.locator("dialog .primary").click();
      await page.locator("dialog .changed").waitFor();
      await page.locator("dialog summary").click();
    },
  ],
  [
    "plan-waiting",
    "scenario=usual",
    "",
    async (page) => {
      await page.locator('[data-component="loki"] [role=switch]').click();
      await page.evaluate(() =>
        globalThis.fake.held("switchyard (process 8123)"),
      );
      await page.locator("dialog .primary").click();
      await page.locator("dialog .waiting").waitFor();
    },
  ],
  [
    "unreadable",
    "scenario=unreadable",
    "",
    (page) => page.locator("main .banner").waitFor(),
  ],
  [
    "plan-unreadable",
    "scenario=unreadable",
    "",
    (page) => page.locator('[data-component="consul"] [role=switch]').click(),
  ],
  [
    "toast-unreadable",
    "scenario=unreadable",
    "",
    async (page) => {
      await page.locator('[data-component="alloy"] [role=switch]').click();
      await page.locator(".toast").waitFor();
    },
  ],
  ["unwell", "scenario=unwell"],
  ["parts", "scenario=parts"],
  ["parts-overview", "scenario=parts", detail("sentry", "overview")],
  ["parts-one", "scenario=parts", `${detail("sentry", "overview")}/@kafka`],
  ["parts-stats", "scenario=parts", detail("sentry", "stats")],
  ["parts-health", "scenario=parts", detail("sentry", "health")],
  ["parts-logs", "scenario=parts&rate=0", detail("sentry", "logs")],
  ["nothing-sent", "scenario=nothing-sent"],
  ["config-refused", "scenario=config-refused"],
  ["overview-part", "scenario=unwell", detail("promtail", "overview")],
  ["overview-spans", "scenario=unwell", detail("jaeger", "overview")],
  ["overview-nothing", "scenario=nothing-sent", detail("promtail", "overview")],
  [
    "logs-part",
    "scenario=unwell&rate=0",
    `${detail("promtail", "logs")}/@docker-proxy`,
  ],
  [
    "config-faults",
    "scenario=config-invalid",
    "#/component/prometheus/config/check",
    (page) => page.locator(".faults").first().waitFor(),
  ],
  [
    "config-fine",
    "scenario=usual",
    "#/component/alloy/config/check",
    (page) => page.locator(".verdict").first().waitFor(),
  ],
  [
    "operation",
    "scenario=off&pace=1",
    "",
    async (page) => {
      await page.locator(".tools .primary").click();
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
  ["logs", "scenario=usual&hostile&rate=0", "#/logs"],
  ["overview", "scenario=usual", detail("grafana", "overview")],
  ["overview-failed", "scenario=crash-loop", detail("loki", "overview")],
  ["component-logs", "scenario=usual&rate=0", detail("grafana", "logs")],
  ["overview-port", "scenario=port-taken", detail("grafana", "overview")],
  ["health", "scenario=usual", detail("loki", "health")],
  ["stats", "scenario=usual", detail("prometheus", "stats")],
  ["config", "scenario=usual", detail("grafana", "config")],
  ["connect", "scenario=usual", detail("jaeger", "connect")],
  ["connect-consul", "scenario=usual", detail("consul", "connect")],
  ["connect-loki", "scenario=usual", detail("loki", "connect")],
  ["connect-prometheus", "scenario=usual", detail("prometheus", "connect")],
  ["connect-off", "scenario=off", detail("grafana", "connect")],
  ["connect-sentry", "scenario=usual", detail("sentry", "connect")],
  ["settings", "scenario=usual", "#/settings"],
  ["palette", "scenario=usual", "", (page) => page.keyboard.press("Control+k")],
  [
    "menu",
    "scenario=usual",
    "",
    async (page) => {
      await page.locator("[aria-haspopup=menu]").click();
      await page.locator("[role=menuitem]:focus").waitFor();
    },
  ],
];

const sizes = [
  [1280, 800],
  [900, 600],
];
const only = process.argv.slice(2);
const looks = (process.env.LOOKS ?? "en-light,en-dark,zh-light,zh-dark").split(
  ",",
);
const widths = process.env.WIDTH
  ? [process.env.WIDTH.split("x").map(Number)]
  : sizes;

const window = await open();
let count = 0;
for (const [name, query, hash = "", prepare] of screens) {
  if (only.length && !only.includes(name)) continue;
  for (const look of looks) {
    const [lang, theme] = look.split("-");
    for (const [width, height] of widths) {
      const page = await window.page(
        `${query.includes("pace") ? "" : "pace=0&"}${query}&lang=${lang}&theme=${theme}`,
        {
          hash,
          width,
          height,
        },
      );
      await page.locator(`html[data-theme=${theme}]`).waitFor();
      await prepare?.(page);
      await page.screenshot({
        path: join(out, `${name}-${look}-${width}.png`),
      });
      if (page.faults.length) console.error(name, look, page.faults);
      await page.close();
      count += 1;
    }
  }
}
await window.close();
console.log(`${count} pictures in ${out}`);
