import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import App from "../../App.svelte";
import { fakeBackend } from "../../backend/fake";
import type { FakeControls } from "../../backend/fake";
import { place } from "../../state/route.svelte";

function open(scenario: string, hash = "#/stack", lang = "en") {
  const backend = fakeBackend(new URLSearchParams(`scenario=${scenario}&pace=0&lang=${lang}`));
  place.route = { screen: "stack" };
  location.hash = hash;
  dispatchEvent(new HashChangeEvent("hashchange"));
  render(App, { backend });
  const { fake } = window as unknown as { fake: FakeControls };
  return { fake };
}

const card = (name: string) => within(screen.getByRole("article", { name }));
const dialog = async () => within(await screen.findByRole("dialog"));
/** Intents, and changes. */
const sent = (fake: FakeControls, type: string) =>
  fake.sent
    .map((one) => (one.type === "send" ? one.intent : one.type === "change" ? one.change : one))
    .filter((one) => one.type === type);

beforeEach(() => void (location.hash = ""));
afterEach(() => void (location.hash = ""));

describe("a start that is refused for its files", () => {
  it("says which component, in its program's words, where, and that nothing was started", async () => {
    const { fake } = open("config-invalid");
    await userEvent.click(card("Loki").getByRole("switch"));
    const plan = await dialog();
    plan.getByText("Loki cannot read its configuration", { exact: false });
    plan.getByText("loki/loki-config.yml:5:1");
    plan.getByText("field nonsense not found in type loki.ConfigWrapper (did you mean common?)");
    plan.getByText(/Nothing was started or stopped/);
    expect(plan.queryByRole("button", { name: /^All/ })).toBeNull();
    await userEvent.click(plan.getByRole("button", { name: "Open the file" }));
    expect(sent(fake, "openFile")).toEqual([{ type: "openFile", path: "loki/loki-config.yml" }]);
    // The dialog stays for the time after the file was corrected.
    await dialog();
  });

  it("can be looked at again, starts nothing by that, and can be started when the file is right", async () => {
    const { fake } = open("config-invalid");
    await userEvent.click(card("Loki").getByRole("switch"));
    const plan = await dialog();
    await userEvent.click(plan.getByRole("button", { name: "Check again" }));
    await plan.findByText(/still not possible/);
    fake.mends("loki");
    await userEvent.click(plan.getByRole("button", { name: "Check again" }));
    await plan.findByText(/nothing stands against it any more/);
    expect(plan.queryByText(/cannot read its configuration/)).toBeNull();
    expect(fake.world.operation).toBeNull();
    await userEvent.click(plan.getByRole("button", { name: "Start" }));
    expect(fake.world.operation?.steps[0]?.service).toBe("loki");
  });

  it("lists every component that is at fault, and leads to all faults of one", async () => {
    open("config-invalid");
    await userEvent.click(card("Promtail").getByRole("switch"));
    const plan = await dialog();
    plan.getByText("loki/loki-config.yml:5:1");
    plan.getByText("loki/promtail-config.yml:31:23");
    plan.getByText(/There is one more fault\./);
    await userEvent.click(plan.getByRole("button", { name: "All 2 faults" }));
    expect(location.hash).toBe("#/component/promtail/config/check");
  });

  it("is told in the same dialog when it was found out after the user's word", async () => {
    const { fake } = open("config-late");
    await userEvent.click(card("Promtail").getByRole("switch"));
    const plan = await dialog();
    expect(plan.queryByText(/cannot read its configuration/)).toBeNull();
    await userEvent.click(plan.getByRole("button", { name: "Start" }));
    plan.getByText("Promtail cannot read its configuration");
    plan.getByText("loki/promtail-config.yml:31:23");
    plan.getByText(/Something has changed since you looked/);
    plan.getByRole("button", { name: "All 2 faults" });
    expect(fake.world.operation).toBeNull();
  });
});

describe("settings that mean something else", () => {
  it("are told with the plan and after the start, and are no error", async () => {
    open("config-suspect");
    await userEvent.click(card("Promtail").getByRole("switch"));
    const plan = await dialog();
    plan.getByText("Promtail starts, yet would not do what its configuration means:");
    plan.getByText("loki/promtail-config.yml:63:13");
    expect(plan.queryByText("Not possible now")).toBeNull();
    await userEvent.click(plan.getByRole("button", { name: "Start" }));
    const notices = within(await screen.findByRole("list", { name: "Notices" }));
    notices.getByText("loki/promtail-config.yml:63:13");
    notices.getByText("no stage extracts lvl: there is nothing to take here (did you mean level?)");
  });
});

describe("the tab of the configuration", () => {
  it("checks all files when it is told to, and lists each fault with its line", async () => {
    open("config-invalid", "#/component/prometheus/config/check");
    await screen.findByText("prometheus/rules/rwa-alerts.yml:27:15");
    screen.getByText("prometheus/rules/rwa-alerts.yml:12:14");
    screen.getByText("prometheus/prometheus.yml:1:1");
    screen.getByText("2 faults by the rules of Prometheus (checked without running it)");
    await screen.findByText("2 of 4 files have faults");
    expect(screen.getAllByText("Keeps to the rules of Prometheus (checked without running it)")).toHaveLength(2);
    expect(document.querySelector(".faults img")).toBeNull();
  });

  it("checks nothing unasked", async () => {
    open("config-invalid", "#/component/prometheus/config");
    await screen.findByRole("button", { name: "Validate all" });
    expect(screen.queryByText(/faults by the rules/)).toBeNull();
  });

  it("says who has nothing against a file", async () => {
    const { fake } = open("config-invalid", "#/component/alertmanager/config");
    await userEvent.click(await screen.findByRole("button", { name: "Validate" }));
    await screen.findByText("Alertmanager accepts it");
    const off = fake.world.component("alertmanager");
    if (off) off.container = null;
    await userEvent.click(screen.getByRole("button", { name: "Validate" }));
    await screen.findByText("Keeps to the rules of Alertmanager (checked without running it)");
  });

  it("keeps apart what two components say of one file", async () => {
    open("config-invalid", "#/component/loki/config/check");
    await screen.findByText("loki/loki-config.yml:5:1");
    expect(screen.queryByText("loki/promtail-config.yml:31:23")).toBeNull();
    location.hash = "#/component/promtail/config";
    await screen.findByRole("heading", { name: "Promtail" });
    expect(screen.queryByText("loki/loki-config.yml:5:1")).toBeNull();
  });
});

describe("a component that is unwell as a whole", () => {
  it("names the part with its state, and brings it back", async () => {
    const { fake } = open("unwell");
    const promtail = card("Promtail");
    promtail.getByText("Its part docker-proxy does not run");
    await userEvent.click(promtail.getByRole("button", { name: "Start again" }));
    expect(sent(fake, "up")).toMatchObject([{ components: ["promtail"] }]);
  });

  it("shows the log of its part", async () => {
    open("unwell");
    await userEvent.click(card("Promtail").getByRole("button", { name: "Log of the part" }));
    expect(location.hash).toBe("#/component/promtail/logs/@docker-proxy");
  });

  it("is restarted where only that empties its memory", async () => {
    const { fake } = open("unwell");
    await userEvent.click(card("Jaeger").getByRole("button", { name: "Restart" }));
    expect(sent(fake, "restart")).toEqual([{ type: "restart", components: ["jaeger"], wait: true }]);
  });

  it("that sends nothing leads to its own log, and not to its good answer", async () => {
    open("nothing-sent");
    const promtail = card("Promtail");
    promtail.getByText("Sends no logs, though rwa-wallet-1 writes some");
    promtail.getByText("Its own log says why.");
    expect(promtail.queryByText(/Held by/)).toBeNull();
    await userEvent.click(promtail.getByRole("button", { name: "Show log" }));
    expect(location.hash).toBe("#/component/promtail/logs");
  });

  it("that ended for its files leads to their check", async () => {
    open("config-refused");
    await userEvent.click(card("Loki").getByRole("button", { name: "Check its files" }));
    expect(location.hash).toBe("#/component/loki/config/check");
  });
});

it("a fault of a file outside of the stack's folder has no button that opens it", async () => {
  const { fake } = open("config-invalid");
  fake.world.faults.set("loki", [
    { file: "/etc/loki/loki-config.yml", line: 0, column: 0, words: "no such file or directory", fatal: true },
  ]);
  await userEvent.click(card("Loki").getByRole("switch"));
  const plan = await dialog();
  plan.getByText("/etc/loki/loki-config.yml");
  expect(plan.queryByRole("button", { name: "Open the file" })).toBeNull();
});
