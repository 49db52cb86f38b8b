import { expect, it } from "vitest";

import type { AppError, Facts, PartState } from "../backend/api";
import { en } from "../i18n/en";
import { detailOf, faultCount, holderOf } from "./errors";

const error = (code: AppError["code"], detail: string, facts: Facts = {}): AppError => ({
  code,
  subject: "loki",
  detail,
  facts,
});

it.each([
  [{ container: "web-1", project: "shop" }, "Held by the container web-1 of shop"],
  [{ container: "web-1" }, "Held by the container web-1"],
  [{ process: "node", pid: "4312" }, "Held by node (process 4312)"],
  [{ free: "3031" }, null],
])("who has a port is said from %o", (facts, words) => {
  expect(holderOf(error("port-taken", "127.0.0.1:3030/tcp", facts), en)).toBe(words);
});

it("a container that writes what is not sent holds no port", () => {
  expect(holderOf(error("nothing-sent", "web-1", { container: "web-1" }), en)).toBeNull();
});

it("a part is told with its state", () => {
  const title = (state?: PartState) =>
    en.errors["part-unwell"].title(error("part-unwell", "docker-proxy", state && { state }));
  expect(title("stopped")).toBe("Its part docker-proxy does not run");
  expect(title()).toBe("Its part docker-proxy is not well");
});

it.each([
  [{ faults: "3" }, 3],
  [{}, 1],
  [{ faults: "many" }, 1],
])("faults are counted from %o", (facts, count) => {
  expect(faultCount(error("config-invalid", "a.yml:1:1: x", facts))).toBe(count);
});

it("words for programs are not shown", () => {
  expect(detailOf(error("exited", "1", { exitCode: "1" }))).toBe("");
  expect(detailOf(error("wait-timeout", "health-check", { seconds: "180" }))).toBe("");
  expect(detailOf(error("busy", "switchyard (process 8123)"))).toBe("switchyard (process 8123)");
  expect(detailOf(error("engine-refused", "no such network"))).toBe("no such network");
});

it("a port that only the engine's words name has no number in the sentence", () => {
  const title = en.errors["port-taken"].title;
  expect(title(error("port-taken", "address in use"))).toBe("A port is taken");
  expect(title(error("port-taken", "", { port: "3030" }))).toBe("Port 3030 is taken");
});
