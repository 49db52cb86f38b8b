import type { Detail, EngineCandidate, HealthEvent } from "../contract";
import type { Entry } from "./catalog";

const mebi = 1024 * 1024;

const files: Record<string, [string, number, boolean, boolean][]> = {
  consul: [
    ["consul/config/agent.hcl", 1420, true, true],
    ["consul/config/services.json", 3188, true, true],
    ["consul/config/kv-defaults.json", 912, true, false],
  ],
  jaeger: [
    ["jaeger/config.yml", 2210, true, false],
    ["jaeger/ui.json", 640, false, false],
  ],
  loki: [["loki/loki-config.yml", 2604, true, false]],
  promtail: [["loki/promtail-config.yml", 2980, true, false]],
  alloy: [["alloy/config.alloy", 3402, true, true]],
  prometheus: [
    ["prometheus/prometheus.yml", 4120, true, true],
    ["prometheus/rules/rwa-alerts.yml", 6804, true, true],
    ["prometheus/targets/kong.json", 120, false, true],
  ],
  alertmanager: [["alertmanager/alertmanager.yml", 1310, true, true]],
  grafana: [
    ["grafana/provisioning/datasources/datasources.yml", 1840, true, false],
    ["grafana/provisioning/dashboards/dashboards.yml", 420, true, false],
    ["grafana/provisioning/dashboards/rwa-services-overview.json", 48_211, true, false],
  ],
};

/** Details of a component, as the backend would collect them. */
export function detailOf(entry: Entry, running: boolean): Detail {
  const upper = entry.id.toUpperCase();
  const now = Date.now();
  const history: HealthEvent[] = running
    ? [
        { at: now - 4000, from: "probe", ok: true, output: entry.answer },
        { at: now - 180_000, from: "engine", ok: true, output: entry.answer.replace(/^200 /, "") },
        { at: now - 186_000, from: "probe", ok: false, output: "503 Service Unavailable: starting" },
        {
          at: now - 187_000,
          from: "engine",
          ok: false,
          output: "wget: can't connect to remote host: Connection refused",
        },
        { at: now - 190_000, from: "phase", ok: true, output: "created → starting → waiting" },
      ]
    : [];
  return {
    component: entry.id,
    imageId: `sha256:${"5f3a9c01be774d28".repeat(4)}`,
    created: running ? now - 190_000 : null,
    environment: [
      { name: `${upper}_PORT`, value: String(entry.ports[0]?.[0] ?? ""), masked: false, source: "env-file" },
      { name: "GOMEMLIMIT", value: `${Math.round(entry.memoryLimit * 0.88)}MiB`, masked: false, source: "compose" },
      ...(entry.id === "grafana"
        ? ([
            { name: "GF_SECURITY_ADMIN_PASSWORD", value: "••••••••", masked: true, source: "env-file" },
            { name: "GF_SECURITY_ADMIN_USER", value: "admin", masked: false, source: "compose" },
            { name: "GF_SERVER_ROOT_URL", value: "http://localhost:3030/", masked: false, source: "compose" },
          ] as const)
        : []),
      { name: "PATH", value: "/usr/local/sbin:/usr/local/bin:/usr/bin:/bin", masked: false, source: "image" },
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
    files: (files[entry.id] ?? []).map(([path, bytes, validates, reloads]) => ({ path, bytes, validates, reloads })),
    mounts: [
      {
        kind: "volume",
        source: `rwa-observability_${entry.id}-data`,
        target: `/${entry.id}`,
        readOnly: false,
        bytes: entry.memory * 3 * mebi,
      },
      { kind: "bind", source: `./${entry.id}`, target: `/etc/${entry.id}`, readOnly: true, bytes: null },
      { kind: "tmpfs", source: "tmpfs", target: "/tmp", readOnly: false, bytes: null },
    ],
    history,
  };
}

/** What a search for engines finds on a machine without a running one. */
export function candidates(connected: boolean, simulatedRuns: boolean): EngineCandidate[] {
  return [
    {
      id: "docker-engine",
      product: "Docker Engine",
      endpoint: "unix:///var/run/docker.sock",
      state: connected && !simulatedRuns ? "running" : "stopped",
      detail: connected ? "28.5.1, API 1.51" : "/var/run/docker.sock exists; connection refused",
      command: connected ? null : "sudo systemctl start docker",
      startable: true,
    },
    {
      id: "podman",
      product: "Podman",
      endpoint: "unix:///run/user/1000/podman/podman.sock",
      state: "denied",
      detail: "permission denied (os error 13)",
      command: "systemctl --user enable --now podman.socket",
      startable: true,
    },
    {
      id: "colima",
      product: "Colima",
      endpoint: "unix:///home/lin/.colima/default/docker.sock",
      state: "absent",
      detail: "no such file",
      command: null,
      startable: false,
    },
    {
      id: "docker-desktop",
      product: "Docker Desktop",
      endpoint: "unix:///home/lin/.docker/desktop/docker.sock",
      state: "absent",
      detail: "no such file",
      command: null,
      startable: false,
    },
    {
      id: "simulated",
      product: "Switchyard",
      endpoint: "simulated",
      state: simulatedRuns ? "running" : "stopped",
      detail: "built in",
      command: null,
      startable: true,
    },
  ];
}
