import type { Locate } from "./addresses";
import { network } from "./network";
import type { Recipe } from "./recipes";

export const prometheus = (at: Locate): Recipe[] => [
  {
    title: "promTarget",
    text: "promTargetText",
    effort: "none",
    blocks: [
      {
        label: "consul/config/services.json",
        code: `"meta": {
  "service": "identity-service",
  "scrape": "true",
  "metrics_port": "3000",
  "metrics_path": "/metrics"
}`,
      },
      {
        label: "shell",
        code: `curl -sS -X PUT http://${at("consul").host(8500)}/v1/agent/reload
curl -sS http://${at("prometheus").host(9090)}/api/v1/targets |
  jq -r '.data.activeTargets[] | "\\(.health) \\(.scrapePool) \\(.scrapeUrl) \\(.lastError)"'`,
      },
    ],
  },
  {
    title: "promFile",
    text: "promFileText",
    effort: "none",
    blocks: [
      {
        label: "prometheus/targets/services.json",
        code: `[
  {
    "targets": ["host.docker.internal:3005"],
    "labels": { "service": "audit-service", "instance": "audit-service" }
  }
]`,
      },
    ],
  },
  {
    title: "prom",
    text: "promText",
    effort: "little",
    blocks: [
      { label: "shell", code: "npm install prom-client" },
      {
        label: "src/metrics.ts",
        code: `import type { NextFunction, Request, Response } from "express";
import { Histogram, collectDefaultMetrics, register } from "prom-client";

collectDefaultMetrics();
const seconds = new Histogram({
  name: "http_request_duration_seconds",
  help: "Duration of HTTP requests",
  labelNames: ["method", "route", "status"],
  buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
});

export async function metrics(request: Request, response: Response, next: NextFunction) {
  if (request.path === "/metrics") {
    response.set("Content-Type", register.contentType).end(await register.metrics());
    return;
  }
  const done = seconds.startTimer({ method: request.method });
  // The route's pattern, not the address: a series for every id would be too many.
  response.once("finish", () => done({ route: request.route?.path ?? "none", status: response.statusCode }));
  next();
}`,
      },
      {
        label: "src/main.ts",
        code: `const app = await NestFactory.create(AppModule);
app.use(metrics);
await app.listen(3000, "0.0.0.0");`,
      },
    ],
  },
  {
    title: "kong",
    text: "kongText",
    effort: "none",
    blocks: [
      {
        label: "kong.yml",
        code: `plugins:
  - name: prometheus
    config:
      status_code_metrics: true
      latency_metrics: true
      bandwidth_metrics: true
      upstream_health_metrics: true`,
      },
      {
        label: "docker-compose.yml",
        code: `services:
  kong:
    environment:
      KONG_STATUS_LISTEN: 0.0.0.0:8100
    networks: [default, rwa-observability]`,
      },
      {
        label: "prometheus/targets/kong.json",
        code: `[
  { "targets": ["kong:8100"], "labels": { "instance": "kong" } }
]`,
      },
    ],
  },
  {
    title: "alertRule",
    text: "alertRuleText",
    effort: "none",
    blocks: [
      {
        label: "prometheus/rules/identity.yml",
        code: `groups:
  - name: identity
    rules:
      - alert: ManyFailedLogins
        expr: sum(rate(http_request_duration_seconds_count{service="identity-service", status="401"}[5m])) > 1
        for: 5m
        labels: { severity: warning, service: identity-service }
        annotations: { summary: "More than one login a second fails" }`,
      },
    ],
  },
  network,
];

export const alertmanager = (at: Locate): Recipe[] => [
  {
    title: "alert",
    text: "alertText",
    effort: "none",
    blocks: [
      {
        label: "shell",
        code: `curl -sS http://${at("alertmanager").host(9093)}/api/v2/alerts -H 'Content-Type: application/json' -d '[{
  "labels": { "alertname": "TryOut", "service": "identity-service", "severity": "warning" },
  "annotations": { "summary": "Raised by hand" }
}]'`,
      },
    ],
  },
];

export const grafana = (at: Locate): Recipe[] => [
  {
    title: "dashboards",
    text: "dashboardsText",
    effort: "none",
    blocks: [
      { label: "shell", code: "cp identity.json grafana/provisioning/dashboards/" },
      { label: "shell", code: `curl -sS http://${at("grafana").host(3000)}/api/health` },
    ],
  },
];
