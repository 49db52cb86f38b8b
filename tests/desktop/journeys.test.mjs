/** What a user does on the built app, on a real engine. Run by `npm run test:desktop`. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { command, docker, launch, until } from "./driver.mjs";

if (!process.env.SWITCHYARD_TEST_ENGINE) throw new Error("run this inside tests/with-engine");

const jaeger = '[data-component="jaeger"]';
const phase = (component) =>
  window.run("return document.querySelector(`[data-component='${arguments[0]}']`)?.dataset.phase", component);
const container = (...format) => docker("ps", "-a", "--filter", "label=com.docker.compose.service=jaeger", ...format);

/** The app's own commands, as the page calls them. */
const invoke = (command, args) =>
  window.runAsync(
    `const done = arguments[2];
     window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then((value) => done({ value }), (error) => done({ error }))`,
    command,
    args,
  );

let window;
before(async () => {
  window = await launch();
});
after(async () => {
  await window?.close();
});

test("the window shows the shipped stack and the engine", { timeout: 60_000 }, async () => {
  await until("the cards are there", () => window.find(jaeger));
  console.log(`first cards after ${Date.now() - window.begun} ms`);
  await until("jaeger is off", async () => (await phase("jaeger")) === "off");
  await window.picture("start");
});

test("a switch starts a component, and docker agrees", { timeout: 90_000 }, async () => {
  await window.click(`${jaeger} [role="switch"]`);
  await until("jaeger is healthy", async () => (await phase("jaeger")) === "healthy", 60_000);
  // The window asks by itself and does not sit out the engine's interval.
  await until("docker agrees", () => /^Up .*\(healthy\)/.test(container("--format", "{{.Status}}")));
  await window.picture("healthy");
});

test("the demo services beside the stack are seen in Jaeger, and the stack stays what it is", { timeout: 180_000 }, async () => {
  const demo = (verb) => execFileSync(command, ["demo", verb], { env: window.env, stdio: "pipe" });
  demo("up");
  await until("Jaeger knows identity-service", async () => {
    const answer = await fetch("http://127.0.0.1:16686/api/services");
    return (await answer.json()).data.includes("identity-service");
  });
  assert.equal(await phase("jaeger"), "healthy");
  assert.ok(!(await window.text("main")).includes("identity-service"), "the demo is a project of its own");
  demo("down");
  assert.equal(docker("ps", "--quiet", "--filter", "label=com.docker.compose.project=rwa-demo"), "");
  assert.equal(await phase("jaeger"), "healthy");
});

test("details are those of the container, and secrets stay behind", { timeout: 60_000 }, async () => {
  const id = container("--no-trunc", "--format", "{{.ID}}");
  const { value } = await invoke("diagnostics", {
    question: { type: "detail", service: "grafana" },
  });
  const password = value.environment.find((one) => /PASSWORD/.test(one.name));
  assert.equal(password?.masked, true, JSON.stringify(value.environment));
  assert.ok(id.length > 0);
  await window.click(`${jaeger} h3 a`);
  await until("the details name the image", async () => (await window.text("main")).includes("jaeger"));
  await window.picture("details");
});

test("the log of a component is read", { timeout: 60_000 }, async () => {
  await window.run("location.hash = '#/component/jaeger/logs'");
  const last = docker("logs", "--tail", "1", container("--format", "{{.ID}}"));
  const word = last.split(/\s+/).find((part) => /^[a-z]{4,}$/i.test(part)) ?? "";
  await until(`a line with ${word}`, async () => (await window.text("main")).includes(word));
  await window.picture("logs");
});

test("a container that is killed from outside is seen at once", { timeout: 60_000 }, async () => {
  await window.run("location.hash = '#/stack'");
  await until("the card is back", () => window.find(jaeger));
  docker("kill", container("--format", "{{.ID}}"));
  const begun = Date.now();
  await until("jaeger is not healthy", async () => (await phase("jaeger")) !== "healthy");
  console.log(`seen after ${Date.now() - begun} ms`);
  await until("jaeger has a cause", async () => ["failed", "drifted"].includes(await phase("jaeger")));
  await window.picture("killed");
});

test("a component's own program checks its configuration, an edit included", { timeout: 90_000 }, async () => {
  await window.click('[data-component="prometheus"] [role="switch"]');
  await until("prometheus is healthy", async () => (await phase("prometheus")) === "healthy", 60_000);
  await window.run("location.hash = '#/component/prometheus/config'");
  const file = "prometheus/rules/rwa-alerts.yml";
  const validate = `
    const row = [...document.querySelectorAll("main li")].find((one) => one.textContent.includes(arguments[0]));
    const button = [...(row?.querySelectorAll("button") ?? [])].find((one) => /Validate/.test(one.textContent));
    button?.click();
    return Boolean(button)`;
  await until("the file is listed", () => window.run(validate, file));
  await until("promtool has read it", async () => (await window.text("main")).includes("Prometheus accepts it"));
  const path = join(window.home, "switchyard/rwa-observability", file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, before.replace(/expr: .*/, "expr: up ==="));
  assert.ok(await window.run(validate, file));
  await until("promtool refuses it", async () => /rwa-alerts\.yml:\d+:\d+[^]*parse error/.test(await window.text("main")));
  await window.picture("configuration");
  writeFileSync(path, before);
  await window.run("location.hash = '#/stack'");
  await window.click('[data-component="prometheus"] [role="switch"]');
  await until("prometheus is off", async () => (await phase("prometheus")) === "off", 60_000);
});

test("a configuration that its program would refuse is not started, and the window says where", { timeout: 60_000 }, async () => {
  const file = "loki/loki-config.yml";
  const path = join(window.home, "switchyard/rwa-observability", file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, before.replace("auth_enabled: false", "nonsense: 1"));
  await window.run("location.hash = '#/stack'");
  await window.click('[data-component="loki"] [role="switch"]');
  const said = () => window.run("return document.body.innerText");
  await until("the place", async () => (await said()).includes(`${file}:5:1`));
  assert.match(await said(), /field nonsense not found in type loki\.ConfigWrapper/);
  await window.picture("refused");
  assert.equal(docker("ps", "--all", "--quiet", "--filter", "label=com.docker.compose.service=loki"), "");
  writeFileSync(path, before);
  const press = (words) =>
    window.run(
      `const button = [...document.querySelectorAll("dialog[open] button")].find((one) => one.textContent.trim() === arguments[0]);
       button?.click();
       return Boolean(button)`,
      words,
    );
  assert.ok(await press("Check again"));
  await until("the file is right again", async () => !(await said()).includes(`${file}:5:1`));
  assert.ok(await press("Cancel"));
});

test("an edit of the stack arrives by itself, a broken one says where and starts nothing", { timeout: 90_000 }, async () => {
  const path = join(window.home, "switchyard/rwa-observability/docker-compose.yml");
  const before = readFileSync(path, "utf8");
  const said = () => window.run("return document.body.innerText");
  await window.run("location.hash = '#/stack'");
  try {
    writeFileSync(path, before.replaceAll(`en: "Discovery"`, `en: "Whereabouts"`));
    await until("the new title", async () => (await said()).includes("Whereabouts"));
    writeFileSync(path, before.replace(/^services:/m, "servces:"));
    await until("the banner", async () => (await said()).includes("docker-compose.yml:"));
    assert.ok((await said()).includes("Whereabouts"), "what was read last is still shown");
    await window.picture("unreadable");
    const { value, error } = await invoke("send", {
      request: {
        type: "send",
        intent: { type: "up", components: ["loki"], recreate: false, pull: false, wait: true },
        review: "consents",
      },
    });
    assert.ok(error, JSON.stringify(value));
    assert.equal(docker("ps", "--all", "--quiet", "--filter", "label=com.docker.compose.service=loki"), "");
  } finally {
    writeFileSync(path, before);
  }
  await until("all is as before", async () => {
    const text = await said();
    return !text.includes("Whereabouts") && !text.includes("docker-compose.yml:");
  });
});

test("an edit in the middle of an operation is taken over after it", { timeout: 120_000 }, async () => {
  const path = join(window.home, "switchyard/rwa-observability/docker-compose.yml");
  const before = readFileSync(path, "utf8");
  const said = () => window.run("return document.body.innerText");
  await window.click('[data-component="loki"] [role="switch"]');
  writeFileSync(path, before.replaceAll(`en: "Discovery"`, `en: "Whereabouts"`));
  try {
    await until("the new title", async () => (await said()).includes("Whereabouts"), 60_000);
    await until("loki is healthy", async () => (await phase("loki")) === "healthy", 60_000);
    assert.match(docker("ps", "--filter", "label=com.docker.compose.service=loki", "--format", "{{.Status}}"), /^Up /);
  } finally {
    writeFileSync(path, before);
  }
  await until("the title is as before", async () => !(await said()).includes("Whereabouts"));
  await window.click('[data-component="loki"] [role="switch"]');
  await until("loki is off", async () => (await phase("loki")) === "off", 60_000);
});

test("only pages of the stack are opened", { timeout: 30_000 }, async () => {
  for (const url of ["https://example.org/", "file:///etc/passwd", "http://127.0.0.1:1/"]) {
    const { error } = await invoke("send", {
      request: { type: "change", change: { type: "openLink", url } },
    });
    assert.equal(error?.code, "no-link", url);
  }
  const { error } = await invoke("send", {
    request: { type: "change", change: { type: "openFile", path: "../../../etc/passwd" } },
  });
  assert.equal(error?.code, "file-unreadable");
  // What is not one of the five commands is not there at all.
  const { error: foreign } = await invoke("plugin:opener|open_url", {
    url: "https://example.org/",
  });
  assert.match(String(foreign), /not allowed|not found/);
});

test("the language changes at once and is remembered", { timeout: 60_000 }, async () => {
  await window.run("location.hash = '#/settings'");
  const radios = "document.querySelectorAll('input[name=\"language\"]')";
  await until("the choices are there", () => window.run(`return ${radios}.length === 3`));
  await window.run(`${radios}[2].click()`);
  await until("the window speaks Chinese", async () => /[\u4e00-\u9fff]/.test(await window.text("main")));
  const { value } = await invoke("diagnostics", {
    question: { type: "settings" },
  });
  assert.equal(value.language, "zh");
  await window.picture("chinese");
  await window.run(`${radios}[1].click()`);
  await until("the window speaks English", async () => /Language/.test(await window.text("main")));
});

test("a switch takes a component away, and docker agrees", { timeout: 90_000 }, async () => {
  await window.run("location.hash = '#/stack'");
  await window.click(`${jaeger} [role="switch"]`);
  await until("jaeger is off", async () => (await phase("jaeger")) === "off", 60_000);
  assert.equal(container("--quiet"), "");
});

test("an engine that goes away and comes back is noticed", { timeout: 120_000 }, async () => {
  const engine = (word) => execFileSync("test-engine", [word], { stdio: "ignore" });
  engine("kill");
  const facts = () => invoke("diagnostics", { question: { type: "engineFacts" } });
  await until("the engine is missed", async () => (await facts()).error?.code, 10_000);
  await window.picture("lost");
  engine("start");
  await until("the engine is back", async () => (await facts()).value?.memoryTotal > 0);
});
