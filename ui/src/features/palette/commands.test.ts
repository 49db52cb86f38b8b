import { expect, it } from "vitest";

import { type Command, find, score } from "./commands";

const command = (id: string, title: string): Command => ({ id, title, kind: "action", run: () => undefined });
const commands = [
  command("on loki", "Start Loki"),
  command("logs loki", "Logs of Loki"),
  command("off grafana", "Stop Grafana"),
  command("link grafana explore", "Grafana: Search logs"),
];
const titles = (query: string) => find(commands, query).map((one) => one.title);

it("finds words in any order", () => {
  expect(titles("loki start")).toEqual(["Start Loki"]);
});

it("puts beginnings first", () => {
  expect(titles("logs")[0]).toBe("Logs of Loki");
});

it("finds by id in the other language", () => {
  expect(score("停止 Grafana", "off grafana", "off")).not.toBeNull();
});

it("finds nothing for what is not there, and everything for nothing", () => {
  expect(titles("zipkin")).toEqual([]);
  expect(titles("")).toHaveLength(4);
});
