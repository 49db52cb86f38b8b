import { expect, it } from "vitest";

import { type Route, hashOf, parseRoute } from "./route.svelte";

const routes: Route[] = [
  { screen: "stack" },
  { screen: "settings" },
  { screen: "engine" },
  { screen: "logs", component: null },
  { screen: "logs", component: "loki" },
  { screen: "component", component: "grafana", tab: "connect" },
  { screen: "component", component: "loki", tab: "config", check: true },
  { screen: "component", component: "资产/服务 %", tab: "overview" },
  { screen: "component", component: "sentry", tab: "logs", part: "snuba-api" },
  { screen: "component", component: "sentry", tab: "config", part: "check", check: true },
];

it.each(routes)("finds its way back from the hash of %j", (route) => {
  expect(parseRoute(hashOf(route))).toEqual(route);
});

it.each(["", "#", "#/", "#/nowhere", "#/component", "#/component/", "nonsense"])("takes %j for the stack", (hash) => {
  expect(parseRoute(hash)).toEqual({ screen: "stack" });
});

it("shows the overview for a tab that there is not", () => {
  expect(parseRoute("#/component/loki/%E0%A4%A/x")).toMatchObject({ tab: "overview" });
});
