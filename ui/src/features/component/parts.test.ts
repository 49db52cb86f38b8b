import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it } from "vitest";

import App from "../../App.svelte";
import { fakeBackend } from "../../backend/fake";
import type { LogRequest } from "../../backend/contract";
import { place } from "../../state/route.svelte";

function open(hash: string, lang = "en") {
  const asked: LogRequest[] = [];
  const fake = fakeBackend(new URLSearchParams(`scenario=parts&pace=0&rate=0&lang=${lang}`));
  const backend: typeof fake = {
    ...fake,
    followLogs(request, next) {
      asked.push(request);
      return fake.followLogs(request, next);
    },
  };
  place.route = { screen: "stack" };
  location.hash = hash;
  dispatchEvent(new HashChangeEvent("hashchange"));
  render(App, { backend });
  return { asked };
}

const rows = () => [...document.querySelectorAll<HTMLElement>("[data-part]")];
const row = (part: string) => within(rows().find((one) => one.dataset["part"] === part) as HTMLElement);
const choice = () => screen.getByRole<HTMLSelectElement>("combobox", { name: "Part" });

beforeEach(() => void (location.hash = ""));
afterEach(() => void (location.hash = ""));

it("is one card that names the part which is to blame", async () => {
  open("#/stack");
  const card = within(screen.getByRole("article", { name: "Sentry" }));
  expect(card.getAllByRole("switch")).toHaveLength(1);
  card.getByText("14 parts");
  await userEvent.click(card.getByRole("button", { name: "Log of the part" }));
  expect(location.hash).toBe("#/component/sentry/logs/@snuba-errors-consumer");
});

it("lists its parts, but for those that a profile holds back", () => {
  open("#/component/sentry/overview");
  expect(rows()).toHaveLength(14);
  expect(rows().some((one) => one.dataset["part"] === "snuba-replays-consumer")).toBe(false);
  row("snuba-errors-consumer").getByText("Failed");
  row("kafka").getByText("Healthy");
  // The service is told where people gave it another name.
  row("kafka").getByText("kafka");
  row("kafka").getByText("Kafka");
});

it("shows one part alone, with what is its own", async () => {
  open("#/component/sentry/overview");
  await userEvent.selectOptions(choice(), "Kafka");
  expect(location.hash).toBe("#/component/sentry/overview/@kafka");
  dispatchEvent(new HashChangeEvent("hashchange"));
  await screen.findByText("rwa-observability-kafka-1");
  expect(rows()).toHaveLength(0);
  await userEvent.selectOptions(choice(), "All 14 parts");
  expect(location.hash).toBe("#/component/sentry/overview");
});

it("follows the logs of all its parts, or of one", () => {
  const { asked } = open("#/component/sentry/logs");
  expect(asked.at(-1)?.services).toHaveLength(15);
  expect(asked.at(-1)?.services).toContain("relay");
});

it("follows the log of a part alone", () => {
  const { asked } = open("#/component/sentry/logs/@relay");
  expect(asked.at(-1)?.services).toEqual(["relay"]);
});

it("shows the files of one part, of the first when none was chosen", () => {
  open("#/component/sentry/config");
  expect(choice().value).toBe("postgres");
});

it("says what a part is shared with, in both languages", async () => {
  open("#/component/promtail/overview", "zh");
  await row("docker-proxy").findByText("与 Alloy 共用");
});
