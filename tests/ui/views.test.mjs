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

const log = () => page.getByRole("log");
const rows = () => page.locator(".row");

describe("logs", () => {
  it("keep to the newest line, pause when the user goes up, and follow again at the end", async () => {
    page = await window.page("scenario=usual&rate=50&lang=en", {
      hash: "#/logs",
    });
    await rows().first().waitFor();
    await log().evaluate((one) => (one.scrollTop = one.scrollHeight));
    await log().hover();
    await page.mouse.wheel(0, -900);
    await page.getByText(/Paused · [1-9]/).waitFor();
    // What a paused view holds does not change, however much comes.
    const size = () => log().evaluate((one) => one.scrollHeight);
    const before = await size();
    await page.getByText(/Paused · \d{3}/).waitFor();
    assert.equal(await size(), before);
    await page.getByRole("button", { name: "Follow" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
  });

  it("draw few rows of many lines, and say how many were let go", async () => {
    page = await window.page("scenario=usual&rate=60000&lang=en", {
      hash: "#/logs",
    });
    await page.getByText(/[\d,]+ dropped/).waitFor({ timeout: 60_000 });
    assert.ok((await rows().count()) < 120);
    const held = await page.getByText(/^[\d,]+ lines$/).textContent();
    assert.ok(Number(held.replace(/\D/g, "")) <= 100_000, held);
  });

  it("find by regular expression, mark what matches and count it", async () => {
    page = await window.page("scenario=usual&rate=0&lang=en", {
      hash: "#/logs",
    });
    await rows().first().waitFor();
    await page.getByRole("searchbox").fill("status=\\d+");
    await page.getByText(/\d+ matching/).waitFor();
    assert.deepEqual(
      new Set(await page.locator(".hit").allTextContents()),
      new Set(["status=200"]),
    );
  });

  it("say what is wrong with an expression", async () => {
    page = await window.page("scenario=usual&rate=0&lang=en", {
      hash: "#/logs",
    });
    await page.getByRole("searchbox").fill("(open");
    await page.getByText(/Not a valid expression/).waitFor();
    await rows().first().waitFor();
  });

  it("narrow to errors, and to one component", async () => {
    page = await window.page("scenario=usual&rate=0&lang=en", {
      hash: "#/logs",
    });
    await rows().first().waitFor();
    await page.getByLabel("Levels").selectOption("error");
    await page.waitForFunction(
      () => document.querySelectorAll(".row:not(.error)").length === 0,
    );
    await page.getByLabel("Component", { exact: true }).selectOption("grafana");
    await page.waitForURL(/#\/logs\/grafana$/);
    await rows().first().waitFor();
    assert.equal(await page.locator(".row .name").count(), 0);
  });

  it("show what a container writes as text, whatever it is", async () => {
    page = await window.page("scenario=usual&rate=0&hostile&lang=en", {
      hash: "#/logs",
    });
    await rows().first().waitFor();
    await page.getByRole("searchbox").fill("script|megabyte|cursor|UTF-8");
    await page
      .getByText("<script>alert('from a container')</script>")
      .first()
      .waitFor();
    await page.getByText("cursor games  stay text").first().waitFor();
    await page
      .getByText(/… 1\.0 MB more/)
      .first()
      .waitFor({ state: "attached" });
    assert.equal(await log().locator("script, img, b").count(), 0);
  });

  it("copy what is shown", async () => {
    page = await window.page("scenario=usual&rate=0&lang=en", {
      hash: "#/logs/loki",
    });
    await rows().first().waitFor();
    await page.getByRole("button", { name: "Copy shown lines" }).click();
    await page.getByText("Copied to the clipboard").waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(text.trim().split("\n").length, 200);
    assert.match(text, /^\d{4}-\d\d-\d\dT.* loki /);
  });

  it("wrap and hide times", async () => {
    page = await window.page("scenario=usual&rate=0&lang=en", {
      hash: "#/logs",
    });
    await rows().first().waitFor();
    await page.getByRole("button", { name: "Times" }).click();
    await page.waitForFunction(() => !document.querySelector(".row time"));
    await page.getByRole("button", { name: "Wrap" }).click();
    await page.locator(".row.wrap").first().waitFor();
  });
});

describe("details of a component", () => {
  const at = (tab, id = "grafana") => ({ hash: `#/component/${id}/${tab}` });

  it("show its container, pages, relations and volumes", async () => {
    page = await window.page("scenario=usual&lang=en", at("overview"));
    await page.getByText("rwa-observability-grafana-1").waitFor();
    await page.getByText("127.0.0.1:3030 → 3000/tcp").waitFor();
    await page.getByText("rwa-observability_grafana-data").waitFor();
    await page.getByRole("link", { name: "Prometheus", exact: true }).click();
    await page.getByRole("heading", { name: "Prometheus" }).waitFor();
  });

  it("keep secrets masked", async () => {
    page = await window.page("scenario=usual&lang=en", at("config"));
    const row = page.getByRole("row", { name: /GF_SECURITY_ADMIN_PASSWORD/ });
    await row.getByText("Secret, masked").waitFor({ state: "attached" });
    await row.getByText("********").waitFor();
  });

  it("check a file, and say why another cannot be reloaded", async () => {
    page = await window.page("scenario=usual&lang=en", at("config"));
    await page
      .getByRole("listitem")
      .filter({ hasText: "rwa-services-overview.json" })
      .getByRole("button", { name: "Validate" })
      .click();
    await page.getByText("at line 14 column 3").waitFor();
    await page
      .getByText("Takes changes at its next start")
      .first()
      .waitFor({ state: "attached" });
  });

  it("tell both opinions on its health, with their history", async () => {
    page = await window.page("scenario=usual&lang=en", at("health", "loki"));
    await page
      .getByText("http://127.0.0.1:3100/ready", { exact: true })
      .waitFor();
    await page
      .getByRole("cell", {
        name: "http://127.0.0.1:3100/ready: 503 Service Unavailable: starting",
      })
      .waitFor();
    await page.getByRole("row", { name: /Phase\s+Waiting/ }).waitFor();
  });

  it("draw the last minute", async () => {
    page = await window.page(
      "scenario=usual&lang=en",
      at("stats", "prometheus"),
    );
    await page
      .getByRole("img", { name: "CPU of Prometheus over the last minute" })
      .waitFor();
  });

  it("say that there is no such component", async () => {
    page = await window.page(
      "scenario=usual&lang=en",
      at("overview", "zipkin"),
    );
    await page.getByText("There is no such component.").waitFor();
  });

  it("walk between tabs by arrow keys", async () => {
    page = await window.page("scenario=usual&lang=en", at("overview"));
    await page.getByRole("tab", { name: "Overview" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(/logs$/);
    await page.getByRole("tab", { name: "Logs", selected: true }).waitFor();
  });
});

describe("connect", () => {
  it("fills in the live addresses and copies them", async () => {
    page = await window.page("scenario=usual&lang=en", {
      hash: "#/component/jaeger/connect",
    });
    await page
      .getByRole("button", { name: "Copy: environment" })
      .first()
      .click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    assert.match(
      await page.evaluate(() => navigator.clipboard.readText()),
      /http:\/\/127\.0\.0\.1:4318/,
    );
  });

  it("says when the addresses do not answer yet", async () => {
    page = await window.page("scenario=off&lang=en", {
      hash: "#/component/consul/connect",
    });
    await page.getByText("Consul is off. These are its usual ports").waitFor();
  });

  it("shows how apps reach Sentry before it is installed", async () => {
    page = await window.page("scenario=usual&lang=en");
    await card(page, "sentry")
      .getByRole("button", { name: "Connect apps" })
      .click();
    await page.getByText("flutter pub add sentry_flutter").waitFor();
    await page.getByText("Switchyard does not install Sentry yet").waitFor();
  });

  it("says what works with no code change, and leads to how", async () => {
    page = await window.page("scenario=usual&lang=en", {
      hash: "#/component/jaeger/connect",
    });
    const table = page.getByRole("table", {
      name: "What works with no code change, and what needs a little",
    });
    await table
      .getByRole("row", { name: /Traces of Node services that send none/ })
      .getByRole("button", { name: "To: Node services, code unchanged" })
      .click();
    const recipe = page.getByRole("region", {
      name: "Node services, code unchanged",
      exact: true,
    });
    assert.ok(
      await recipe.evaluate((one) => one === document.activeElement),
      "the recipe has the focus",
    );
    await table
      .getByRole("link", { name: "To: Loki: From a log line to its trace" })
      .click();
    await page.getByRole("heading", { name: "Loki", exact: true }).waitFor();
  });

  for (const lang of ["en", "zh"]) {
    it(`fits a narrow window (${lang})`, async () => {
      for (const id of ["jaeger", "consul", "prometheus", "loki", "sentry"]) {
        page = await window.page(`scenario=usual&lang=${lang}`, {
          hash: `#/component/${id}/connect`,
          width: 900,
          height: 600,
        });
        await page.locator(".connect table").first().waitFor();
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll(".connect > *")]
            .filter(
              (one) => one.getBoundingClientRect().right > innerWidth - 10,
            )
            .map((one) => one.textContent.slice(0, 60)),
        );
        assert.deepEqual(wide, [], id);
        if (id !== "sentry") await page.close();
      }
    });
  }
});

describe("keyboard", () => {
  it("finds a command and gives the focus back", async () => {
    page = await window.page("scenario=usual&lang=en");
    await card(page, "consul").getByRole("switch").focus();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("logs of loki");
    await page
      .getByRole("option", { name: /Logs of Loki/, selected: true })
      .waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(
      await page.evaluate(() =>
        document.activeElement.getAttribute("aria-label"),
      ),
      "Run Consul",
    );
    await page.keyboard.press("Control+k");
    await page.keyboard.type("logs of loki");
    await page.keyboard.press("Enter");
    await page.waitForURL(/component\/loki\/logs/);
  });

  it("goes from card to card as they lie, and switches with the space bar", async () => {
    page = await window.page("scenario=off&pace=20&lang=en");
    const focused = () =>
      page.evaluate(
        () =>
          document.activeElement.closest("[data-component]")?.dataset.component,
      );
    await card(page, "consul").getByRole("switch").focus();
    const walked = [];
    for (const key of [
      "ArrowRight",
      "ArrowRight",
      "ArrowDown",
      "ArrowLeft",
      "ArrowUp",
    ]) {
      await page.keyboard.press(key);
      walked.push(await focused());
    }
    assert.deepEqual(walked, [
      "jaeger",
      "grafana",
      "alloy",
      "promtail",
      "jaeger",
    ]);
    await page.keyboard.press("Space");
    await page
      .locator('[data-component="jaeger"][data-phase="healthy"]')
      .waitFor();
  });

  it("reaches every screen, and comes back", async () => {
    page = await window.page("scenario=usual&lang=en");
    await page.keyboard.press("Control+2");
    await page.waitForURL(/#\/logs$/);
    await page.keyboard.press("Control+,");
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL(/#\/stack$/);
  });

  it("goes where the window's own menu says", async () => {
    page = await window.page("scenario=usual&lang=en");
    const choose = (view) =>
      page.evaluate((chosen) => globalThis.fake.chooses(chosen), view);
    await choose("logs");
    await page.waitForURL(/#\/logs$/);
    await choose("settings");
    await page.waitForURL(/#\/settings$/);
    await choose("palette");
    await page.getByRole("dialog").waitFor();
    await choose("palette");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await choose("stack");
    await page.waitForURL(/#\/stack$/);
  });

  it("shows a ring around what has the focus", async () => {
    page = await window.page("scenario=usual&lang=en");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const width = await page.evaluate(
      () => getComputedStyle(document.activeElement).outlineWidth,
    );
    assert.equal(width, "2px");
  });
});

describe("settings", () => {
  it("change language and theme at once and keep them", async () => {
    page = await window.page("scenario=usual", { hash: "#/settings" });
    await page.getByRole("radio", { name: "简体中文" }).check();
    await page.getByRole("heading", { name: "设置" }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    await page.getByRole("radio", { name: "深色" }).check();
    await page.locator("html[data-theme=dark]").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "设置" }).waitFor();
    await page.locator("html[data-theme=dark]").waitFor();
    await page.evaluate(() => localStorage.clear());
  });

  it("follow the system's theme while it changes", async () => {
    page = await window.page("scenario=usual");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator("html[data-theme=dark]").waitFor();
    await page.emulateMedia({ colorScheme: "light" });
    await page.locator("html[data-theme=light]").waitFor();
  });

  it("leave nothing moving when motion is reduced", async () => {
    page = await window.page("scenario=sketch");
    await page.emulateMedia({ reducedMotion: "reduce" });
    const moving = await page.evaluate(
      () =>
        document.getAnimations().filter((one) => one.playState === "running")
          .length,
    );
    assert.equal(moving, 0);
  });
});

describe("bad input", () => {
  it("shows names in any script, and never as markup", async () => {
    page = await window.page("scenario=rtl&lang=en");
    await page.getByRole("heading", { name: /خدمة المحفظة الرقمية/ }).waitFor();
    await page.getByRole("heading", { name: /<b>bold<\/b><img/ }).waitFor();
    assert.equal(await page.locator("article b, article img").count(), 0);
    const wide = await page
      .locator("main")
      .evaluate((one) => one.scrollWidth - one.clientWidth);
    assert.equal(wide, 0);
  });

  for (const [scenario, count] of [
    ["many", 51],
    ["thousand", 1009],
  ]) {
    it(`holds ${count} cards`, async () => {
      page = await window.page(`scenario=${scenario}&lang=en`);
      await page
        .locator("article")
        .nth(count - 1)
        .waitFor();
      assert.equal(await page.locator("article").count(), count);
      await page
        .locator("article")
        .nth(count - 2)
        .getByRole("switch")
        .scrollIntoViewIfNeeded();
    });
  }

  it("says that the settings are damaged, and can be told to stop", async () => {
    page = await window.page("scenario=notices&lang=en");
    const notice = page.getByRole("listitem").filter({
      hasText:
        "The settings file is damaged, so the defaults are used. The next change keeps it as /home",
    });
    await notice.waitFor();
    await page.getByText("with .new at its end").waitFor();
    await notice.getByRole("button", { name: "Dismiss" }).click();
    await notice.waitFor({ state: "detached" });
  });
});
