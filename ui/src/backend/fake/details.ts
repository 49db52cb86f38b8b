import type { Detail, EngineCandidate, HealthEvent } from "../contract";
import { type Entry, probeOf } from "./catalog";

/** Path and size of what a component mounts, and whether it can read it anew. */
const files: Record<string, { reloads: boolean; list: [string, number][] }> = {
  consul: {
    reloads: true,
    list: [
      ["consul/config/agent.hcl", 733],
      ["consul/config/kv-defaults.json", 779],
      ["consul/config/services.json", 3991],
    ],
  },
  jaeger: {
    reloads: false,
    list: [
      ["jaeger/config.yml", 2890],
      ["jaeger/ui.json", 86],
    ],
  },
  loki: {
    reloads: false,
    list: [
      ["loki/loki-config.yml", 2784],
      ["loki/promtail-config.yml", 4402],
    ],
  },
  promtail: {
    reloads: false,
    list: [
      ["loki/loki-config.yml", 2784],
      ["loki/promtail-config.yml", 4402],
    ],
  },
  alloy: { reloads: true, list: [["alloy/config.alloy", 4517]] },
  prometheus: {
    reloads: true,
    list: [
      ["prometheus/prometheus.yml", 4120],
      ["prometheus/rules/rwa-alerts.yml", 13_804],
      ["prometheus/targets/kong.json", 84],
      ["prometheus/targets/services.json", 3],
    ],
  },
  alertmanager: { reloads: true, list: [["alertmanager/alertmanager.yml", 1310]] },
  grafana: {
    reloads: false,
    list: [
      ["grafana/provisioning/dashboards/dashboards.yml", 420],
      ["grafana/provisioning/dashboards/rwa-kong.json", 31_020],
      ["grafana/provisioning/dashboards/rwa-presence.json", 28_114],
      ["grafana/provisioning/dashboards/rwa-services-overview.json", 48_211],
      ["grafana/provisioning/datasources/datasources.yml", 2940],
    ],
  },
};

/** Components whose program's rules are known. */
export const rules = new Set(Object.keys(files));

/** As every secret is shown, and every variable that only the image sets. */
const mask = "********";

/** Details of a component, as the backend would collect them. */
export function detailOf(entry: Entry, running: boolean): Detail {
  const upper = entry.id.toUpperCase();
  const now = Date.now();
  const { url: probe } = probeOf(entry, true);
  const said = (at: number, from: HealthEvent["from"], ok: boolean): HealthEvent => ({
    at,
    from,
    ok,
    phase: null,
    engine: null,
    output: "",
  });
  const history: HealthEvent[] = running
    ? [
        { ...said(now - 4000, "phase", true), phase: "healthy" },
        { ...said(now - 4100, "probe", true), output: `${probe}: ${entry.answer}` },
        { ...said(now - 4200, "engine", true), engine: "healthy" },
        { ...said(now - 9000, "probe", false), output: `${probe}: 503 Service Unavailable: starting` },
        { ...said(now - 9800, "engine", true), engine: "starting" },
        { ...said(now - 9900, "phase", true), phase: "waiting" },
        { ...said(now - 10_300, "phase", true), phase: "starting" },
      ]
    : [];
  return {
    service: entry.id,
    imageId: `sha256:${"5f3a9c01be774d28".repeat(4)}`,
    environment: [
      { name: `${upper}_PORT`, value: String(entry.ports[0]?.[0] ?? ""), masked: false, source: "env-file" },
      { name: "GOMEMLIMIT", value: `${Math.round(entry.memoryLimit * 0.88)}MiB`, masked: false, source: "compose" },
      ...(entry.id === "grafana"
        ? ([
            { name: "GF_SECURITY_ADMIN_PASSWORD", value: mask, masked: true, source: "env-file" },
            { name: "GF_SECURITY_ADMIN_USER", value: "admin", masked: false, source: "compose" },
            { name: "GF_SERVER_ROOT_URL", value: "http://localhost:3030/", masked: false, source: "compose" },
          ] as const)
        : []),
      { name: "PATH", value: mask, masked: true, source: "image" },
      { name: "TZ", value: "UTC", masked: false, source: "compose" },
    ],
    resolved: [
      `${entry.id}:`,
      `  image: ${entry.image}`,
      "  restart: unless-stopped",
      "  ports:",
      ...entry.ports.map(([open, inside]) => `    - "127.0.0.1:${open}:${inside}"`),
      "  volumes:",
      `    - ./${entry.id}:/etc/${entry.id}:ro`,
      `    - ${entry.id}-data:/${entry.id}`,
      "  healthcheck:",
      "    interval: 5s",
      "    timeout: 3s",
      "    retries: 5",
      `  mem_limit: ${entry.memoryLimit}m`,
      `  cpus: ${entry.cpuLimit}`,
      "  environment:",
      `    GOMEMLIMIT: ${Math.round(entry.memoryLimit * 0.88)}MiB`,
    ].join("\n"),
    // The rules of its program are known, so it need not run.
    files: (files[entry.id]?.list ?? []).map(([path, bytes]) => ({
      path,
      bytes,
      validates: rules.has(entry.id),
      reloads: files[entry.id]?.reloads ?? false,
    })),
    mounts: [
      {
        kind: "volume",
        source: `rwa-observability_${entry.id}-data`,
        target: `/${entry.id}`,
        readOnly: false,
      },
      { kind: "bind", source: `./${entry.id}`, target: `/etc/${entry.id}`, readOnly: true },
      { kind: "tmpfs", source: "tmpfs", target: "/tmp", readOnly: false },
    ],
    history,
  };
}

/** What a search for engines finds. One that is not real is among them only where the host offers it. */
export function candidates(connected: boolean, simulated: boolean, offered: boolean): EngineCandidate[] {
  const real: EngineCandidate[] = [
    {
      id: "docker-engine",
      key: "docker-engine",
      product: "Docker Engine",
      endpoint: "unix:///var/run/docker.sock",
      state: connected && !simulated ? "running" : "stopped",
      detail: connected ? "28.5.1, API 1.51" : "connect: Connection refused (os error 111)",
      command: connected ? null : "sudo systemctl start docker",
      startable: !connected,
    },
    {
      id: "docker-desktop",
      key: "docker-desktop",
      product: "Docker Desktop",
      endpoint: "unix:///home/lin/.docker/desktop/docker.sock",
      state: "absent",
      detail: "/home/lin/.docker/desktop/docker.sock: no such file",
      command: null,
      startable: false,
    },
    {
      id: "rootless-docker",
      key: "rootless-docker",
      product: "rootless Docker",
      endpoint: "unix:///run/user/1000/docker.sock",
      state: "denied",
      detail: "Permission denied (os error 13)",
      command: null,
      startable: false,
    },
    {
      id: "colima",
      key: "colima",
      product: "Colima",
      endpoint: "unix:///home/lin/.colima/default/docker.sock",
      state: "absent",
      detail: "/home/lin/.colima/default/docker.sock: no such file",
      command: null,
      startable: false,
    },
    {
      id: "podman",
      key: "podman",
      product: "Podman",
      endpoint: "unix:///run/user/1000/podman/podman.sock",
      state: "stopped",
      detail: "connect: Connection refused (os error 111)",
      command: "systemctl --user start podman.socket",
      startable: true,
    },
  ];
  if (!offered) return real;
  return [
    ...real,
    {
      id: "simulated",
      key: "simulated",
      product: "Switchyard",
      endpoint: "simulated",
      state: simulated ? "running" : "stopped",
      detail: "",
      command: null,
      startable: true,
    },
  ];
}
