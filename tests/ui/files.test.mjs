import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";

import { card, open } from "./harness.mjs";

let window;
let page;
before(async () => (window = await open()));
after(() => window.close());
afterEach(async () => {
  assert.deepEqual(page.faults, []);
  await page.close();
});

const phase = (id, kind) =>
  page.locator(`[data-component="${id}"][data-phase="${kind}"]`).waitFor();
const toggle = (id) => card(page, id).getByRole("switch").click();
const dialog = () => page.getByRole("dialog");
const button = (name) => dialog().getByRole("button", { name, exact: true });
const sent = () => page.evaluate(() => globalThis.fake.sent);
const operation = () => page.evaluate(() => globalThis.fake.world.operation);
const focused = () =>
  page.evaluate(() => document.activeElement.textContent.trim());

describe("a configuration that its program would refuse", () => {
  it("stops a switch with the place and the words, before anything is started", async () => {
    page = await window.page("scenario=config-invalid&pace=20&lang=en");
    await toggle("loki");
    await dialog().getByText("Loki cannot read its configuration").waitFor();
    await dialog()
      .getByText("field nonsense not found in type loki.ConfigWrapper")
      .waitFor();
    await dialog()
      .getByText("Nothing was started or stopped", { exact: false })
      .waitFor();
    await button("Copy loki/loki-config.yml:5:1").click();
    await button("Copied").waitFor();
    assert.equal(
      await page.evaluate(() => navigator.clipboard.readText()),
      "loki/loki-config.yml:5:1",
    );
    await button("Open the file").click();
    await dialog()
      .getByRole("button", { name: /^Start/ })
      .click({ force: true });
    assert.deepEqual((await sent()).at(-1), {
      type: "change",
      change: { type: "openFile", path: "loki/loki-config.yml" },
    });
    assert.equal(await operation(), null);
    await button("Cancel").click();
    await phase("loki", "off");
  });

  it("is looked at again by keyboard, and started when it is right", async () => {
    page = await window.page("scenario=config-invalid&pace=20&lang=en");
    await card(page, "loki").getByRole("switch").focus();
    await page.keyboard.press("Space");
    await button("Check again").focus();
    await page.keyboard.press("Enter");
    const said = dialog().getByRole("status").filter({ hasText: "Checked" });
    await said.getByText("still not possible").waitFor();
    await page.evaluate(() => globalThis.fake.mends("loki"));
    await page.keyboard.press("Enter");
    await said.getByText("nothing stands against it any more").waitFor();
    assert.equal(await focused(), "Check again", "the focus stays");
    assert.equal(await operation(), null);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Start");
    await page.keyboard.press("Enter");
    await phase("loki", "healthy");
  });

  it("of several components of a preset is told of each, and leads to all faults of one", async () => {
    page = await window.page("scenario=config-invalid&pace=20&lang=en");
    await page.getByRole("button", { name: "Presets" }).click();
    await page.getByRole("menuitem", { name: /Everything/ }).click();
    for (const place of [
      "loki/loki-config.yml:5:1",
      "loki/promtail-config.yml:31:23",
      "prometheus/prometheus.yml:1:1",
    ])
      await dialog().getByText(place).waitFor();
    await dialog().getByText("There are 2 more faults.").waitFor();
    await button("All 3 faults").click();
    await page.waitForURL(/#\/component\/prometheus\/config\/check$/);
    for (const place of [
      "prometheus/prometheus.yml:1:1",
      "prometheus/rules/rwa-alerts.yml:12:14",
      "prometheus/rules/rwa-alerts.yml:27:15",
    ])
      await page.locator(".faults").getByText(place).waitFor();
    await page
      .getByText(
        "2 faults by the rules of Prometheus (checked without running it)",
      )
      .waitFor();
    await page.getByText("2 of 4 files have faults").waitFor();
  });

  it("stops a restart of what runs, which goes on", async () => {
    page = await window.page(
      "scenario=config-invalid-running&pace=20&lang=en",
      {
        hash: "#/component/loki/overview",
      },
    );
    await page.getByRole("button", { name: "Restart" }).click();
    await dialog().getByText("Loki cannot read its configuration").waitFor();
    await button("Cancel").click();
    await page.getByText("Healthy").first().waitFor();
    assert.equal(await operation(), null);
  });

  it("is told in the same dialog when it went wrong after the plan was shown", async () => {
    page = await window.page("scenario=config-late&pace=20&lang=en");
    await toggle("promtail");
    await button("Start").click();
    await dialog().getByText("loki/promtail-config.yml:31:23").waitFor();
    await dialog()
      .getByText("Something has changed since you looked", { exact: false })
      .waitFor();
    await button("Cancel").click();
    await phase("promtail", "off");
  });

  it("is text, whatever stands in it", async () => {
    page = await window.page("scenario=config-invalid&lang=en", {
      hash: "#/component/prometheus/config/check",
    });
    await page.getByText("<img src=x onerror=alert(1)>").waitFor();
    assert.equal(await page.locator(".faults img").count(), 0);
  });

  for (const lang of ["en", "zh"]) {
    it(`fits a small window (${lang})`, async () => {
      page = await window.page(
        `scenario=config-invalid&pace=0&lang=${lang}&theme=light`,
        { width: 700, height: 500 },
      );
      await page.locator("[aria-haspopup=menu]").click();
      await page.getByRole("menuitem").last().click();
      await dialog().waitFor();
      const [wide, low] = await dialog().evaluate((one) => {
        const body = one.querySelector(".body");
        const footer = one.querySelector("footer").getBoundingClientRect();
        return [
          body.scrollWidth - body.clientWidth,
          footer.bottom - innerHeight,
        ];
      });
      assert.equal(wide, 0);
      assert.ok(low <= 0, `the buttons end ${low} below the window`);
    });
  }
});

describe("settings that mean something else than was meant", () => {
  it("are told with the plan and after the start, and stop nothing", async () => {
    page = await window.page("scenario=config-suspect&pace=20&lang=en");
    await toggle("promtail");
    const place = "loki/promtail-config.yml:63:13";
    await dialog().getByText(place).waitFor();
    const mono = await dialog()
      .getByText(place)
      .evaluate((one) => getComputedStyle(one).fontFamily);
    assert.match(mono, /mono/i);
    assert.equal(await dialog().getByText("Not possible now").count(), 0);
    await button("Start").click();
    await phase("promtail", "healthy");
    const notice = page
      .getByRole("list", { name: "Notices" })
      .getByRole("listitem")
      .filter({ hasText: place });
    await notice.getByText("did you mean level?").waitFor();
    await notice.getByRole("button", { name: "Dismiss" }).click();
    await notice.waitFor({ state: "detached" });
  });
});

describe("the check of files", () => {
  it("works while the component is off, and says that it did not run", async () => {
    page = await window.page("scenario=off&lang=en", {
      hash: "#/component/alloy/config",
    });
    await page.getByRole("button", { name: "Validate" }).click();
    await page
      .getByText("Keeps to the rules of Alloy (checked without running it)", {
        exact: true,
      })
      .waitFor();
    await page
      .getByRole("status")
      .filter({ hasText: "alloy/config.alloy: Keeps to the rules of Alloy" })
      .waitFor({ state: "attached" });
  });

  it("lets the program itself say so where it runs", async () => {
    page = await window.page("scenario=usual&lang=en", {
      hash: "#/component/alertmanager/config",
    });
    await page.getByRole("button", { name: "Validate" }).click();
    await page.getByText("Alertmanager accepts it", { exact: true }).waitFor();
  });

  it("is offered for what ended because of its files", async () => {
    page = await window.page("scenario=config-refused&lang=en");
    await card(page, "loki")
      .getByRole("button", { name: "Check its files" })
      .click();
    await page.getByText("loki/loki-config.yml:5:1").waitFor();
  });
});

describe("a component that is unwell as a whole", () => {
  it("names its part, shows the part's log, and brings it back", async () => {
    page = await window.page("scenario=unwell&pace=20&rate=0&lang=en");
    const promtail = card(page, "promtail");
    await promtail.getByText("Its part docker-proxy does not run").waitFor();
    await promtail.getByRole("button", { name: "Log of the part" }).click();
    await page.waitForURL(/#\/component\/promtail\/logs\/@docker-proxy$/);
    await page.locator(".row").first().waitFor();
    assert.equal(
      await page.getByLabel("Part", { exact: true }).inputValue(),
      "docker-proxy",
    );
    await page.goBack();
    await promtail.getByRole("button", { name: "Start again" }).click();
    await phase("promtail", "healthy");
  });

  it("is restarted when its memory is full", async () => {
    page = await window.page("scenario=unwell&pace=20&lang=en");
    const jaeger = card(page, "jaeger");
    await jaeger.getByText("takes no spans until it is restarted").waitFor();
    await jaeger.getByRole("button", { name: "Restart" }).click();
    await phase("jaeger", "healthy");
  });

  it("leads to its own log when it sends nothing", async () => {
    page = await window.page("scenario=nothing-sent&rate=0&lang=en", {
      hash: "#/component/promtail/overview",
    });
    const evidence = page.getByRole("region", { name: "Evidence" });
    await evidence
      .getByText("Sends no logs, though rwa-wallet-1 writes some")
      .waitFor();
    assert.equal(await evidence.getByText("Held by").count(), 0);
    await evidence.getByRole("button", { name: "Show log" }).click();
    await page.getByRole("log").waitFor();
  });
});
