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
const operation = () => page.evaluate(() => globalThis.fake.world.operation);

describe("the main screen", () => {
  for (const [scenario, prepare, height] of [
    ["usual"],
    ["sketch"],
    ["off", () => toggle("consul")],
  ].flatMap(([scenario, prepare]) => [
    [scenario, prepare, 800],
    // What a menu leaves of such a window.
    [scenario, prepare, 775],
  ])) {
    it(`fits eight components and Sentry at 1280×${height} without scrolling (${scenario})`, async () => {
      page = await window.page(`scenario=${scenario}&lang=en`, { height });
      await prepare?.();
      const main = page.locator("main");
      assert.equal(await page.locator("article").count(), 9);
      const [inner, outer] = await main.evaluate((one) => [
        one.scrollHeight,
        one.clientHeight,
      ]);
      assert.ok(inner <= outer, `${inner} in ${outer}`);
    });
  }

  for (const [width, height] of [
    [900, 600],
    [700, 500],
    [3840, 2160],
  ]) {
    it(`has nothing cut off sideways at ${width}×${height}`, async () => {
      page = await window.page("scenario=sketch", { width, height });
      await card(page, "grafana").waitFor();
      const wide = await page.evaluate(() => {
        const outside = [
          ...document.querySelectorAll("article, header button, header h1"),
        ].filter((one) => {
          const box = one.getBoundingClientRect();
          return box.right > innerWidth + 1 || box.left < -1;
        });
        return [
          document.documentElement.scrollWidth - innerWidth,
          outside.map((one) => one.textContent.trim()),
        ];
      });
      assert.deepEqual(wide, [0, []]);
    });
  }

  it("says how everything is", async () => {
    page = await window.page("scenario=sketch&lang=en");
    await page
      .getByText("3 healthy · 2 on the way · 2 need you · 1 off")
      .waitFor();
    await card(page, "grafana").getByText("A port is taken").waitFor();
    await card(page, "loki")
      .getByText("503 Ingester not ready: waiting for 15s after being ready", {
        exact: true,
      })
      .waitFor();
    await card(page, "consul").getByText("of 256 MB").waitFor();
  });

  it("tells the engine's check and its own probe apart", async () => {
    page = await window.page("scenario=sketch&lang=en");
    await card(page, "loki")
      .getByText("Engine’s health check: starting")
      .waitFor({ state: "attached" });
    await card(page, "loki")
      .getByText("Switchyard’s probe failed")
      .waitFor({ state: "attached" });
  });
});

describe("a switch", () => {
  it("moves when the stack does", async () => {
    page = await window.page("scenario=off&pace=20&lang=en");
    await toggle("consul");
    await phase("consul", "healthy");
    assert.equal(
      await card(page, "consul")
        .getByRole("switch")
        .getAttribute("aria-checked"),
      "true",
    );
    await page.getByText("Started Consul").waitFor();
  });

  it("shows the plan before it touches another component, and nothing happens until the user agrees", async () => {
    page = await window.page("scenario=usual&pace=20&lang=en");
    await toggle("loki");
    await dialog()
      .getByText("Promtail goes off too, since it needs Loki.")
      .waitFor();
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await phase("loki", "healthy");
    assert.equal(await operation(), null);
    await toggle("loki");
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await phase("loki", "off");
    await phase("promtail", "off");
  });

  it("is undone with everything it took along", async () => {
    page = await window.page("scenario=usual&pace=20&lang=en");
    await toggle("loki");
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await phase("promtail", "off");
    await page.getByRole("button", { name: "Undo" }).click();
    await phase("loki", "healthy");
    await phase("promtail", "healthy");
  });

  it("replaces Promtail by Alloy in one click, and back by undo", async () => {
    page = await window.page("scenario=usual&pace=20&lang=en");
    await card(page, "promtail")
      .getByRole("button", { name: "Replace with Alloy…" })
      .click();
    await dialog()
      .getByText("Promtail goes off, since it cannot run beside Alloy.")
      .waitFor();
    await dialog().getByText("Downloads").waitFor();
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await phase("alloy", "healthy");
    await phase("promtail", "off");
    await page.getByRole("button", { name: "Undo" }).click();
    await phase("promtail", "healthy");
    await phase("alloy", "off");
  });

  it("says why it cannot be used, and does nothing", async () => {
    page = await window.page("scenario=engine-lost&lang=en");
    const consul = card(page, "consul").getByRole("switch");
    assert.equal(await consul.getAttribute("aria-disabled"), "true");
    await consul
      .getByText("The engine does not answer")
      .waitFor({ state: "attached" });
    await consul.click({ force: true });
    assert.deepEqual(await page.evaluate(() => globalThis.fake.sent), []);
  });
});

describe("an operation", () => {
  it("shows pulls with total and speed, and can be cancelled", async () => {
    page = await window.page("scenario=usual&lang=en");
    await toggle("alloy");
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await phase("alloy", "pulling");
    await page.getByRole("button", { name: "Show steps" }).click();
    await page
      .locator(".steps")
      .getByText("Download grafana/alloy:v1.19.2")
      .waitFor();
    await page
      .locator(".steps")
      .getByText(/MB of 148 MB/)
      .waitFor();
    await page
      .locator(".operation")
      .getByRole("button", { name: "Cancel" })
      .click();
    await page.getByText("Cancelled", { exact: false }).first().waitFor();
    await phase("alloy", "off");
  });

  it("shows a failed step with the cause and what to do, and tries again", async () => {
    page = await window.page("scenario=pull-fails&pace=20&lang=en");
    await toggle("alloy");
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await phase("alloy", "failed");
    const bar = page.locator(".operation");
    await bar
      .getByText("The registry limits downloads for now")
      .first()
      .waitFor();
    await bar.getByRole("button", { name: "Try again" }).click();
    await phase("alloy", "healthy");
  });

  it("starts a preset after its plan", async () => {
    page = await window.page("scenario=off&pace=20&lang=en");
    await page.getByRole("button", { name: "Presets" }).click();
    await page.getByRole("menuitem", { name: /Tracing/ }).click();
    await phase("jaeger", "healthy");
    await phase("grafana", "healthy");
    await phase("consul", "off");
  });

  it("starts and stops everything", async () => {
    page = await window.page("scenario=off&pace=20&lang=en");
    await page.getByRole("button", { name: "Start all" }).click();
    await page.getByText("All is well").waitFor();
    await page.getByRole("button", { name: "Stop all" }).click();
    await dialog().getByRole("button", { name: "Stop" }).click();
    await page.getByText("Everything is off").waitFor();
  });

  it("waits for another Switchyard, says for whom, and begins when that has finished", async () => {
    page = await window.page("scenario=busy&pace=20&lang=en");
    await toggle("consul");
    const bar = page.getByRole("region", { name: "Waiting for its turn" });
    await bar.getByText("switchyard (process 8123)").waitFor();
    await bar.getByText("Stop Consul").waitFor();
    await toggle("jaeger");
    await bar.getByText("Stop Jaeger").waitFor();
    await phase("consul", "healthy");
    await page.evaluate(() => globalThis.fake.held(null));
    await phase("consul", "off");
    await phase("jaeger", "off");
    await bar.waitFor({ state: "detached" });
  });

  it("that was agreed to waits in sight, and is given up with its dialog", async () => {
    page = await window.page("scenario=usual&pace=20&lang=en");
    await toggle("loki");
    await page.evaluate(() => globalThis.fake.held("switchyard (process 7)"));
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await dialog().getByText("switchyard (process 7)").waitFor();
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await dialog().waitFor({ state: "detached" });
    await page.evaluate(() => globalThis.fake.held(null));
    await toggle("consul");
    await phase("consul", "off");
    await phase("loki", "healthy");
  });

  it("that would do more than was shown is shown again, with what is new marked", async () => {
    page = await window.page("scenario=plan-grows&pace=20&lang=en");
    await toggle("alloy");
    await dialog().getByRole("button", { name: "Start" }).click();
    await dialog()
      .getByText("Promtail goes off, since it cannot run beside Alloy.")
      .waitFor();
    await dialog().getByText("What is new is marked.").waitFor();
    await dialog()
      .getByRole("listitem")
      .filter({ hasText: "it cannot run beside Alloy" })
      .getByText("new", { exact: true })
      .waitFor();
    assert.equal(await operation(), null);
    await dialog().getByRole("button", { name: "Agree and go ahead" }).click();
    await phase("alloy", "healthy");
    await phase("promtail", "off");
  });

  it("does not begin when the user no longer waits", async () => {
    page = await window.page("scenario=busy&pace=20&lang=en");
    await toggle("consul");
    const bar = page.getByRole("region", { name: "Waiting for its turn" });
    await bar.getByRole("button", { name: "Do not wait" }).click();
    await bar.waitFor({ state: "detached" });
    await page.evaluate(() => globalThis.fake.held(null));
    await toggle("jaeger");
    await phase("jaeger", "off");
    await phase("consul", "healthy");
  });
});

describe("files that cannot be read", () => {
  it("are told with their places, and lead to the one that can be opened", async () => {
    page = await window.page("scenario=unreadable&lang=en");
    const banner = page.getByRole("alert");
    await banner
      .getByText("docker-compose.yml:142:5", { exact: true })
      .waitFor();
    await banner
      .getByText("not a key of a service", { exact: false })
      .waitFor();
    await banner.getByText("/etc/rwa/shared.yml cannot be read").waitFor();
    await banner.getByRole("button", { name: "Open the file" }).click();
    assert.deepEqual(await page.evaluate(() => globalThis.fake.sent), [
      {
        type: "change",
        change: { type: "openFile", path: "docker-compose.yml" },
      },
    ]);
    await phase("consul", "healthy");
    await page.evaluate(() => globalThis.fake.unreadable([]));
    await banner.waitFor({ state: "detached" });
  });

  it("start nothing, and stop nothing without a word", async () => {
    page = await window.page("scenario=unreadable&lang=en");
    await toggle("alloy");
    await page
      .getByLabel("Messages")
      .getByText("The stack’s files are not valid")
      .waitFor();
    await toggle("consul");
    await dialog()
      .getByText("cannot be read; this follows what it said before.", {
        exact: false,
      })
      .waitFor();
    assert.equal(await operation(), null);
  });
});

describe("trouble", () => {
  it("says who has a port, and offers a free one as a button", async () => {
    page = await window.page("scenario=port-taken&pace=20&lang=en");
    await card(page, "grafana")
      .getByRole("button", { name: "Check again" })
      .click();
    await dialog().getByText("Port 3030 is taken").waitFor();
    await dialog().getByText("Held by node (process 4312)").waitFor();
    assert.equal(
      await dialog().getByText("Nothing has to be done").count(),
      0,
      "what is refused is not nothing",
    );
    await dialog().getByRole("button", { name: "Use 3031" }).click();
    await phase("grafana", "healthy");
    const sent = await page.evaluate(() => globalThis.fake.sent.at(-1));
    assert.deepEqual(sent, {
      type: "send",
      intent: {
        type: "configure",
        edits: [{ name: "GRAFANA_PORT", value: "3031" }],
        components: ["grafana"],
      },
      review: "reach",
    });
  });

  it("gives evidence, diagnosis and a way to the log", async () => {
    page = await window.page("scenario=crash-loop&lang=en", {
      hash: "#/component/loki/overview",
    });
    const evidence = page.getByRole("region", { name: "Evidence" });
    await evidence.getByText("the folder belongs to another user").waitFor();
    await evidence.getByText("Exit code 1", { exact: true }).waitFor();
    await evidence
      .getByText("mkdir /loki/rules: permission denied")
      .first()
      .waitFor();
    await evidence.getByRole("button", { name: "Show log" }).click();
    await page.getByRole("log").waitFor();
  });

  it("shows drift with a way in both directions", async () => {
    page = await window.page("scenario=drift&pace=20&lang=en");
    await card(page, "promtail")
      .getByRole("button", { name: "Start again" })
      .click();
    await phase("promtail", "healthy");
    await card(page, "consul")
      .getByRole("button", { name: "Switch off" })
      .click();
    await phase("consul", "off");
  });

  it("sees a container that another tool killed", async () => {
    page = await window.page("scenario=usual&lang=en");
    await phase("jaeger", "healthy");
    await page.evaluate(() => globalThis.fake.kills("jaeger"));
    await phase("jaeger", "drifted");
    await page.getByText("1 needs you").waitFor();
  });
});

describe("the engine", () => {
  it("is missed at once, with the age of what is shown, and taken back by itself", async () => {
    page = await window.page("scenario=usual&lang=en");
    await phase("consul", "healthy");
    await page.evaluate(() => globalThis.fake.losesEngine());
    await page
      .getByRole("alert")
      .getByText(/as it was \d+ s ago/)
      .waitFor();
    await phase("consul", "unknown");
    await page.evaluate(() => globalThis.fake.regainsEngine());
    await phase("consul", "healthy");
    assert.equal(await page.getByRole("alert").count(), 0);
  });

  it("that is not there is looked for, explained and started", async () => {
    page = await window.page("scenario=no-engine&lang=en");
    await page.getByRole("heading", { name: "No engine found" }).waitFor();
    await page.getByText("systemctl --user start podman.socket").waitFor();
    await page
      .getByText("Add your user to the docker group and log in again")
      .waitFor();
    await page
      .getByRole("button", { name: "Start", exact: true })
      .first()
      .click();
    await phase("consul", "off");
    assert.deepEqual(await page.evaluate(() => globalThis.fake.sent.at(-1)), {
      type: "change",
      change: { type: "startEngine", id: "docker-engine" },
    });
  });

  it("that is simulated says so all the time", async () => {
    page = await window.page("scenario=no-engine&simulated&lang=en");
    await page
      .getByRole("button", { name: "Look around with the simulated engine" })
      .click();
    await page.getByText("Simulated engine: nothing of this is real").waitFor();
  });
});

describe("a link", () => {
  it("opens in the browser when its target is ready", async () => {
    page = await window.page("scenario=usual&lang=en");
    await card(page, "consul").getByRole("link", { name: "Services" }).click();
    assert.deepEqual(await page.evaluate(() => globalThis.fake.opened), [
      "http://127.0.0.1:8500/ui/dc1/services",
    ]);
  });

  it("says why not when it is not", async () => {
    page = await window.page("scenario=sketch&lang=en");
    const link = card(page, "alloy").getByRole("link", { name: "Open Alloy" });
    await link
      .getByText("Opens when Alloy is on")
      .waitFor({ state: "attached" });
    await link.click({ force: true });
    assert.deepEqual(await page.evaluate(() => globalThis.fake.opened), []);
  });
});
