import type { Component, Link, Stack, Text } from "../api";

/** What the shipped stack says of its components; the fake engine plays with these. */
export interface Entry {
  id: string;
  title: string;
  about: Text;
  group: string;
  recipe: string;
  image: string;
  imageBytes: number;
  /** Published port, private port. */
  ports: [number, number][];
  /** Id, English, Chinese, path, and the component that serves it when that is another one. */
  links: [string, string, string, string, string?][];
  needs: string[];
  excludes: string[];
  uses: string[];
  probe: string;
  answer: string;
  cpu: number;
  cpuLimit: number;
  memory: number;
  memoryLimit: number;
  replacement?: { component: string; reason: Text };
}

const mebi = 1024 * 1024;

/** A service of which nothing else matters. */
export const entryOf = (id: string, image: string): Entry => ({
  id,
  title: id,
  about: { en: "", zh: "" },
  group: "",
  recipe: id,
  image,
  imageBytes: 64 * mebi,
  ports: [],
  links: [],
  needs: [],
  excludes: [],
  uses: [],
  probe: "/",
  answer: "200",
  cpu: 0.012,
  cpuLimit: 0.5,
  memory: 40,
  memoryLimit: 128,
});

export const catalog: Entry[] = [
  {
    id: "consul",
    title: "Consul",
    about: {
      en: "Service registry, health checks and key-value configuration.",
      zh: "服务注册、健康检查与键值配置。",
    },
    group: "discovery",
    recipe: "consul",
    image: "hashicorp/consul:2.0.3",
    imageBytes: 88 * mebi,
    ports: [
      [8500, 8500],
      [8600, 8600],
    ],
    links: [
      ["ui", "Open Consul", "打开 Consul", "/ui/"],
      ["services", "Services", "服务", "/ui/dc1/services"],
      ["kv", "Key/value", "键值", "/ui/dc1/kv"],
    ],
    needs: [],
    excludes: [],
    uses: [],
    probe: "/v1/status/leader",
    answer: '200 "127.0.0.1:8300"',
    cpu: 0.012,
    cpuLimit: 0.5,
    memory: 87,
    memoryLimit: 256,
  },
  {
    id: "jaeger",
    title: "Jaeger",
    about: { en: "Follows one request through all services.", zh: "追踪一个请求经过的所有服务。" },
    group: "tracing",
    recipe: "jaeger",
    image: "jaegertracing/jaeger:2.20.0",
    imageBytes: 61 * mebi,
    ports: [
      [16686, 16686],
      [14268, 14268],
      [4317, 4317],
      [4318, 4318],
    ],
    links: [
      ["ui", "Open Jaeger", "打开 Jaeger", "/search"],
      ["dependencies", "Service graph", "服务依赖图", "/dependencies"],
      ["monitor", "Monitor", "监控", "/monitor"],
      ["explore", "Traces in Grafana", "在 Grafana 中查询链路", "/explore", "grafana"],
    ],
    needs: [],
    excludes: [],
    uses: ["prometheus"],
    probe: "/api/services",
    answer: '200 {"data":["identity-service","wallet-service"],"total":4}',
    cpu: 0.028,
    cpuLimit: 1,
    memory: 113,
    memoryLimit: 512,
  },
  {
    id: "loki",
    title: "Loki",
    about: { en: "Stores the logs of all containers and answers queries.", zh: "存储并查询所有容器的日志。" },
    group: "logs",
    recipe: "loki",
    image: "grafana/loki:3.7.6",
    imageBytes: 34 * mebi,
    ports: [[3100, 3100]],
    links: [
      ["search", "Search logs", "查询日志", "/explore", "grafana"],
      ["config", "Effective configuration", "生效的配置", "/config"],
      ["metrics", "Metrics", "指标", "/metrics"],
    ],
    needs: [],
    excludes: [],
    uses: [],
    probe: "/ready",
    answer: "200 ready",
    cpu: 0.021,
    cpuLimit: 1,
    memory: 154,
    memoryLimit: 512,
  },
  {
    id: "promtail",
    title: "Promtail",
    about: { en: "Sends the logs of all containers to Loki.", zh: "将所有容器的日志发送到 Loki。" },
    group: "logs",
    recipe: "collector",
    image: "grafana/promtail:3.6.15",
    imageBytes: 72 * mebi,
    ports: [[9080, 9080]],
    links: [["targets", "Targets", "采集目标", "/targets"]],
    needs: ["loki"],
    excludes: ["alloy"],
    uses: [],
    probe: "/ready",
    answer: "200 Ready",
    cpu: 0.009,
    cpuLimit: 0.5,
    memory: 48,
    memoryLimit: 192,
    replacement: {
      component: "alloy",
      reason: {
        en: "Promtail has had no updates, security fixes included, since March 2026. Alloy collects the same logs with the same labels.",
        zh: "Promtail 自 2026 年 3 月起不再更新，也不再提供安全修复。Alloy 以相同的标签采集相同的日志。",
      },
    },
  },
  {
    id: "alloy",
    title: "Alloy",
    about: {
      en: "Sends the logs of all containers to Loki; takes Promtail's place.",
      zh: "将所有容器的日志发送到 Loki，用于取代 Promtail。",
    },
    group: "logs",
    recipe: "collector",
    image: "grafana/alloy:v1.19.2",
    imageBytes: 148 * mebi,
    ports: [[12345, 12345]],
    links: [
      ["ui", "Open Alloy", "打开 Alloy", "/"],
      ["graph", "Pipeline graph", "管道图", "/graph"],
    ],
    needs: ["loki"],
    excludes: ["promtail"],
    uses: [],
    probe: "/-/ready",
    answer: "200 Alloy is ready.",
    cpu: 0.014,
    cpuLimit: 0.5,
    memory: 96,
    memoryLimit: 256,
  },
  {
    id: "prometheus",
    title: "Prometheus",
    about: { en: "Collects metrics and evaluates alert rules.", zh: "采集指标并计算告警规则。" },
    group: "metrics",
    recipe: "prometheus",
    image: "prom/prometheus:v3.13.2",
    imageBytes: 112 * mebi,
    ports: [[9090, 9090]],
    links: [
      ["ui", "Open Prometheus", "打开 Prometheus", "/query"],
      ["targets", "Targets", "抓取目标", "/targets"],
      ["alerts", "Alerts", "告警", "/alerts"],
      ["rules", "Rules", "规则", "/rules"],
      ["explore", "Metrics in Grafana", "在 Grafana 中查询指标", "/explore", "grafana"],
    ],
    needs: [],
    excludes: [],
    uses: ["consul", "jaeger", "alertmanager"],
    probe: "/-/ready",
    answer: "200 Prometheus Server is Ready.",
    cpu: 0.034,
    cpuLimit: 1,
    memory: 210,
    memoryLimit: 512,
  },
  {
    id: "alertmanager",
    title: "Alertmanager",
    about: { en: "Groups, silences and routes alerts.", zh: "对告警进行分组、静默与分发。" },
    group: "metrics",
    recipe: "alertmanager",
    image: "prom/alertmanager:v0.34.0",
    imageBytes: 31 * mebi,
    ports: [[9093, 9093]],
    links: [
      ["ui", "Open Alertmanager", "打开 Alertmanager", "/#/alerts"],
      ["silences", "Silences", "静默", "/#/silences"],
    ],
    needs: [],
    excludes: [],
    uses: [],
    probe: "/-/ready",
    answer: "200 OK",
    cpu: 0.004,
    cpuLimit: 0.25,
    memory: 24,
    memoryLimit: 96,
  },
  {
    id: "grafana",
    title: "Grafana",
    about: {
      en: "Dashboards, and one place to search metrics, logs and traces.",
      zh: "仪表盘，以及统一查询指标、日志和链路的入口。",
    },
    group: "dashboards",
    recipe: "grafana",
    image: "grafana/grafana:12.4.9",
    imageBytes: 208 * mebi,
    ports: [[3030, 3000]],
    links: [
      ["ui", "Open Grafana", "打开 Grafana", "/"],
      ["overview", "Services overview", "服务总览", "/d/rwa-services-overview"],
      ["kong", "Kong gateway", "Kong 网关", "/d/rwa-kong"],
      ["presence", "Presence", "在线状态服务", "/d/rwa-presence"],
      ["explore", "Search logs", "查询日志", "/explore"],
    ],
    needs: [],
    excludes: [],
    uses: ["prometheus", "loki", "jaeger", "alertmanager"],
    probe: "/api/health",
    answer: '200 {"database": "ok","version": "12.4.9"}',
    cpu: 0.041,
    cpuLimit: 1,
    memory: 186,
    memoryLimit: 512,
  },
];

export const stack: Stack = {
  name: "rwa-observability",
  title: { en: "RWA Infrastructure", zh: "RWA 基础设施" },
  folder: "/home/lin/.local/share/switchyard/rwa-observability",
  groups: [
    { id: "discovery", title: { en: "Discovery", zh: "服务发现" } },
    { id: "tracing", title: { en: "Tracing", zh: "链路追踪" } },
    { id: "logs", title: { en: "Logs", zh: "日志" } },
    { id: "metrics", title: { en: "Metrics", zh: "指标" } },
    { id: "dashboards", title: { en: "Dashboards", zh: "仪表盘" } },
  ],
  presets: [
    { id: "discovery", title: { en: "Discovery", zh: "服务发现" }, components: ["consul"] },
    { id: "logs", title: { en: "Logs", zh: "日志" }, components: ["loki", "promtail", "grafana"] },
    { id: "tracing", title: { en: "Tracing", zh: "链路追踪" }, components: ["jaeger", "grafana"] },
    { id: "metrics", title: { en: "Metrics", zh: "指标" }, components: ["prometheus", "alertmanager", "grafana"] },
    {
      id: "everything",
      title: { en: "Everything", zh: "全部" },
      components: ["consul", "jaeger", "loki", "promtail", "prometheus", "alertmanager", "grafana"],
    },
  ],
};

function address(entry: Entry, path: string): string {
  return `http://127.0.0.1:${entry.ports[0]?.[0] ?? 80}${path}`;
}

/** DNS is answered over UDP too; the engine lists that as a port of its own. */
function portsOf(entry: Entry) {
  return entry.ports.flatMap(([open, inside]) =>
    (inside === 8600 ? ["tcp", "udp"] : ["tcp"]).map((protocol) => ({
      ip: "127.0.0.1",
      public: open,
      private: inside,
      protocol,
    })),
  );
}

/** A component that is off. */
export function offComponent(entry: Entry): Component {
  const links: Link[] = entry.links.map(([id, en, zh, path, component = entry.id]) => ({
    id,
    title: { en, zh },
    url: address(catalog.find((one) => one.id === component) ?? entry, path),
    component,
    live: false,
  }));
  return {
    id: entry.id,
    title: { en: entry.title, zh: entry.title },
    about: entry.about,
    group: entry.group,
    icon: entry.id,
    recipe: entry.recipe,
    enabled: false,
    phase: { kind: "off" },
    worst: null,
    runs: false,
    health: { engine: null, probe: null },
    parts: [],
    container: null,
    image: entry.image,
    ports: portsOf(entry),
    limits: { cpus: null, memory: null },
    links,
    needs: entry.needs,
    excludes: entry.excludes,
    uses: entry.uses,
    replacement: entry.replacement ?? null,
  };
}

/** How a component answers the probe when it is ready. */
export function probeOf(entry: Entry, ok: boolean, answer = entry.answer) {
  return {
    ok,
    url: `http://127.0.0.1:${entry.ports[0]?.[0] ?? 80}${entry.probe}`,
    answer,
    millis: ok ? 3 + (entry.memory % 7) : 2,
    at: Date.now(),
  };
}

let containers = 0;

/** A container that runs. */
export function containerOf(entry: Entry, started: number, restarts = 0) {
  containers += 1;
  const id = (containers * 2654435761).toString(16).padStart(12, "0").repeat(6).slice(0, 64);
  return {
    id,
    name: `rwa-observability-${entry.id}-1`,
    status: "Up 3 minutes (healthy)",
    ports: portsOf(entry),
    started,
    restarts,
  };
}
