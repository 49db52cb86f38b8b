import { expect, it } from "vitest";

import { type Command, find } from "./commands";

const command = (id: string, title: string): Command => ({ id, title, kind: "action", run: () => undefined });
const english = [
  command("on loki", "Start Loki"),
  command("logs loki", "Logs of Loki"),
  command("off grafana", "Stop Grafana"),
  command("link grafana explore", "Grafana: Search logs"),
];
const chinese = [
  command("on loki", "启动 Loki"),
  command("off grafana", "停止 Grafana"),
  command("logs loki", "Loki 的日志"),
  command("logs", "日志"),
  command("preset tracing", "启动预设：链路追踪"),
];
const titles = (query: string, commands = english) => find(commands, query).map((one) => one.title);

it("finds words in any order", () => {
  expect(titles("loki start")).toEqual(["Start Loki"]);
});

it("puts beginnings first", () => {
  expect(titles("logs")[0]).toBe("Logs of Loki");
});

it("finds Chinese words, from their middle too", () => {
  expect(titles("日志", chinese)).toEqual(["日志", "Loki 的日志"]);
  expect(titles("停止 grafana", chinese)).toEqual(["停止 Grafana"]);
  expect(titles("链路", chinese)).toEqual(["启动预设：链路追踪"]);
  expect(titles("追踪", chinese)).toEqual(["启动预设：链路追踪"]);
});

it("finds by id in the other language", () => {
  expect(titles("off", chinese)).toEqual(["停止 Grafana"]);
});

it("forgives a slip", () => {
  expect(titles("grafna stop")).toEqual(["Stop Grafana"]);
  expect(titles("garfana stop")).toEqual(["Stop Grafana"]);
});

it("keeps the order of what answers equally well", () => {
  expect(titles("loki")).toEqual(["Start Loki", "Logs of Loki"]);
});

it.each(["(", "[", "\\", ".*", "🙂", "'", "a".repeat(300), "l o k i ".repeat(40), "loki ".repeat(60)])(
  "takes %j as it comes",
  (query) => {
    expect(titles(query).length).toBeLessThanOrEqual(english.length);
  },
);

it("finds nothing for what is not there, and everything for nothing", () => {
  expect(titles("zipkin")).toEqual([]);
  expect(titles("")).toHaveLength(4);
  expect(titles("  ")).toHaveLength(4);
});
