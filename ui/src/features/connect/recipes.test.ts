import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { catalog, containerOf, offComponent } from "../../backend/fake/catalog";
import { whole } from "../../backend/fake/parts";
import { World } from "../../backend/fake/world";
import { locate, openPorts } from "./addresses";
import { capabilities } from "./capabilities";
import { recipesOf } from "./recipes";

const usual = locate([]);
const known = [...new Set([...catalog.map((entry) => entry.recipe), "sentry"])];
const textsOf = (id: string, at = usual) => recipesOf(id, at).flatMap((one) => one.blocks.map((block) => block.code));
const stack = (path: string) => readFileSync(join(import.meta.dirname, "../../../../assets/stack", path), "utf8");

function entry(id: string) {
  const found = catalog.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

it("has something to say about every component of the stack, and of Sentry", () => {
  for (const id of known) expect(recipesOf(id, usual).length, id).toBeGreaterThan(0);
});

it("knows nothing of a word that it does not know", () => {
  for (const word of ["", "zipkin", "constructor", "__proto__"]) expect(recipesOf(word, usual)).toEqual([]);
});

it("has no title twice on a page, so that blocks are told apart", () => {
  for (const id of known) {
    const titles = recipesOf(id, usual).map((one) => one.title);
    expect(new Set(titles).size, id).toBe(titles.length);
  }
});

describe("addresses", () => {
  const jaeger = entry("jaeger");
  const moved = { ...jaeger, ports: jaeger.ports.map(([open, inside]) => [open + 1000, inside] as [number, number]) };
  const running = whole({ ...offComponent(moved), container: containerOf(moved, 0) }, moved);

  it("are those that are published now", () => {
    const all = textsOf("jaeger", locate([running])).join("\n");
    expect(all).toContain("http://127.0.0.1:5318/v1/traces");
    expect(all).toContain("http://127.0.0.1:15268/api/traces");
    expect(all).toContain("http://jaeger:4318");
    expect(all).not.toContain("127.0.0.1:4318");
  });

  it("are those of another component where a recipe names it", () => {
    const consul = entry("consul");
    const container = containerOf({ ...consul, ports: [[18500, 8500]] }, 0);
    const at = locate([whole({ ...offComponent(consul), container }, consul)]);
    expect(textsOf("prometheus", at).join("\n")).toContain("http://127.0.0.1:18500/v1/agent/reload");
  });

  it("are found by what the component is, whatever its service is called", () => {
    const consul = entry("consul");
    const registry = { ...consul, id: "registry" };
    const at = locate([whole(offComponent(registry), registry)]);
    expect(textsOf("consul", at).join("\n")).toContain("registry:8500");
  });

  it("are on the engine's machine", () => {
    const links = running.links.map((link) => ({ ...link, url: link.url.replace("127.0.0.1", "build.example") }));
    expect(locate([{ ...running, links }])("jaeger").host(4318)).toBe("build.example:5318");
  });

  it("of one port are one, whatever the engine lists", () => {
    const port = { ip: "0.0.0.0", public: 8600, private: 8600, protocol: "tcp" };
    const ports = [port, { ...port, ip: "::" }, { ...port, protocol: "udp" }, { ...port, private: 8500 }];
    const component = whole({ ...offComponent(moved), container: { ...containerOf(moved, 0), ports } }, moved);
    expect(openPorts(component)).toEqual([
      { port: 8600, protocols: ["tcp", "udp"] },
      { port: 8500, protocols: ["tcp"] },
    ]);
  });
});

describe("the table of what needs how much", () => {
  it("has a row for every component, and rows lead to recipes that are there", () => {
    for (const id of known)
      expect(
        capabilities.some((row) => row.by.includes(id)),
        id,
      ).toBe(true);
    for (const { id, recipe, by } of capabilities) {
      expect(
        by.filter((one) => !known.includes(one)),
        id,
      ).toEqual([]);
      if (!recipe) continue;
      expect(
        recipesOf(recipe.of, usual).map((one) => one.title),
        id,
      ).toContain(recipe.title);
    }
  });

  it("says of a recipe what the recipe says of itself", () => {
    for (const { id, effort, recipe } of capabilities) {
      const found = recipe && recipesOf(recipe.of, usual).find((one) => one.title === recipe.title);
      if (found) expect(found.effort, id).toBe(effort);
    }
  });
});

describe("what recipes say of the stack is so", () => {
  it("every file and folder that they name is there, or in one that is read", () => {
    const labels = known.flatMap((id) => recipesOf(id, usual).flatMap((one) => one.blocks.map((block) => block.label)));
    const files = labels.filter((label) => /^(consul|prometheus|grafana)\//.test(label));
    expect(files.length).toBeGreaterThan(2);
    expect(stack("prometheus/prometheus.yml")).toContain("rules/*.yml");
    for (const file of files.filter((one) => !one.startsWith("prometheus/rules/"))) expect(stack(file)).not.toBe("");
    expect(stack("grafana/provisioning/dashboards/dashboards.yml")).toContain("updateIntervalSeconds: 30");
  });

  it("the collectors know the container label, and the labels in queries", () => {
    const told = textsOf("loki").join("\n");
    expect(told).toContain("rwa.logs: ignore");
    for (const collector of ["loki/promtail-config.yml", "alloy/config.alloy"]) {
      const config = stack(collector);
      expect(config).toContain("__meta_docker_container_label_rwa_logs");
      for (const label of ["job", "service", "level", "container", "stream", "compose_project", "trace_id"]) {
        expect(config, label).toContain(label);
      }
    }
  });

  it("Jaeger takes traces on these ports, and neither metrics nor logs", () => {
    const config = stack("jaeger/config.yml");
    for (const port of [4317, 4318, 14268]) expect(config).toContain(`0.0.0.0:${port}`);
    expect(config).not.toMatch(/^ {4}(logs|metrics):\n {6}receivers: \[otlp/m);
  });

  it("Prometheus finds services by the metadata of Consul", () => {
    const config = stack("prometheus/prometheus.yml");
    for (const key of ["scrape", "metrics_port", "metrics_path"]) {
      expect(config).toContain(`__meta_consul_service_metadata_${key}`);
      expect(textsOf("prometheus").join("\n")).toContain(`"${key}"`);
    }
    expect(config).toContain("targets/kong*.json");
  });

  it("an entry for services.json is shaped like those in the file", () => {
    const text = textsOf("consul").find((one) => one.startsWith("{\n"));
    const entry = JSON.parse(text ?? "") as Record<string, unknown>;
    const { services } = JSON.parse(stack("consul/config/services.json")) as { services: Record<string, unknown>[] };
    expect(Object.keys(entry)).toEqual(Object.keys(services[0] ?? {}));
    expect(services.map((one) => one["id"])).not.toContain(entry["id"]);
    expect(services.map((one) => one["port"])).not.toContain(entry["port"]);
  });

  it("the network has this name unless .env says otherwise", () => {
    expect(stack("docker-compose.yml")).toContain("name: ${STACK_NETWORK:-rwa-observability}");
    expect(new World(0).stack.name).toBe("rwa-observability");
  });
});
