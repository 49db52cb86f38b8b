import type { Words } from "../../i18n/en";
import type { Addresses } from "./addresses";
import { sentryRecipes } from "./sentry";

type Key = keyof Words["connect"]["recipes"];

/** One way to use a component: a title, a sentence, and texts to copy. */
export interface Recipe {
  title: Key;
  text: Key | null;
  effort: "none" | "little";
  blocks: { label: string; code: string }[];
}

const jaeger = (at: Addresses): Recipe[] => [
  {
    title: "otlpEnv",
    text: "otlpEnvText",
    effort: "none",
    blocks: [
      {
        label: ".env",
        code: `OTEL_SERVICE_NAME=identity-service
OTEL_EXPORTER_OTLP_ENDPOINT=http://${at.host(4318)}
# in a container of the same network:
# OTEL_EXPORTER_OTLP_ENDPOINT=http://${at.inside(4318)}
# gRPC instead of HTTP:
# OTEL_EXPORTER_OTLP_PROTOCOL=grpc
# OTEL_EXPORTER_OTLP_ENDPOINT=http://${at.host(4317)}`,
      },
    ],
  },
  {
    title: "otlp",
    text: "otlpText",
    effort: "little",
    blocks: [
      {
        label: "shell",
        code: `npm install @opentelemetry/sdk-node @opentelemetry/auto-instrumentations-node \\
  @opentelemetry/exporter-trace-otlp-http`,
      },
      {
        label: "src/tracing.ts",
        code: `import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK({
  serviceName: "identity-service",
  traceExporter: new OTLPTraceExporter({ url: "http://${at.host(4318)}/v1/traces" }),
  instrumentations: [getNodeAutoInstrumentations()],
});
sdk.start();
process.on("SIGTERM", () => void sdk.shutdown());`,
      },
      { label: "shell", code: "node --require ./dist/tracing.js dist/main.js" },
    ],
  },
  {
    title: "thrift",
    text: "thriftText",
    effort: "none",
    blocks: [
      {
        label: "src/tracing.ts",
        code: `import { JaegerExporter } from "@opentelemetry/exporter-jaeger";

const exporter = new JaegerExporter({ endpoint: "http://${at.host(14268)}/api/traces" });`,
      },
      { label: ".env", code: `JAEGER_ENDPOINT=http://${at.host(14268)}/api/traces` },
    ],
  },
  {
    title: "curlTrace",
    text: null,
    effort: "none",
    blocks: [
      {
        label: "shell",
        code: `curl -sS http://${at.host(4318)}/v1/traces -H 'Content-Type: application/json' -d '{
  "resourceSpans": [{
    "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "hello" } }] },
    "scopeSpans": [{ "spans": [{
      "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'", "name": "first span", "kind": 1,
      "startTimeUnixNano": "'$(date +%s)000000000'", "endTimeUnixNano": "'$(date +%s)500000000'"
    }] }]
  }]
}'`,
      },
    ],
  },
];

const prometheus = (at: Addresses): Recipe[] => [
  {
    title: "prom",
    text: "promText",
    effort: "little",
    blocks: [
      { label: "shell", code: "npm install prom-client" },
      {
        label: "src/metrics.middleware.ts",
        code: `import { Injectable, NestMiddleware } from "@nestjs/common";
import { NextFunction, Request, Response } from "express";
import { Histogram, collectDefaultMetrics, register } from "prom-client";

collectDefaultMetrics();
const seconds = new Histogram({
  name: "http_request_duration_seconds",
  help: "Duration of HTTP requests",
  labelNames: ["method", "route", "status"],
  buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
});

@Injectable()
export class MetricsMiddleware implements NestMiddleware {
  async use(request: Request, response: Response, next: NextFunction) {
    if (request.path === "/metrics") {
      response.set("Content-Type", register.contentType).send(await register.metrics());
      return;
    }
    const done = seconds.startTimer();
    response.on("finish", () => {
      done({ method: request.method, route: request.route?.path ?? "other", status: response.statusCode });
    });
    next();
  }
}`,
      },
    ],
  },
  {
    title: "promTarget",
    text: "promTargetText",
    effort: "none",
    blocks: [
      {
        label: "prometheus/targets/services.json",
        code: `[
  {
    "targets": ["host.docker.internal:3001"],
    "labels": { "service": "identity-service" }
  }
]`,
      },
      {
        label: "shell",
        code: `curl -sS http://${at.host(9090)}/api/v1/targets | jq '.data.activeTargets[].scrapeUrl'`,
      },
    ],
  },
];

const consul = (at: Addresses): Recipe[] => [
  {
    title: "consulRegister",
    text: null,
    effort: "none",
    blocks: [
      {
        label: "shell",
        code: `curl -sS -X PUT http://${at.host(8500)}/v1/agent/service/register -d '{
  "ID": "identity-service-1",
  "Name": "identity-service",
  "Address": "host.docker.internal",
  "Port": 3001,
  "Tags": ["rwa"],
  "Check": { "HTTP": "http://host.docker.internal:3001/health", "Interval": "10s", "Timeout": "2s" }
}'`,
      },
      {
        label: "shell",
        code: `curl -sS -X PUT http://${at.host(8500)}/v1/agent/service/deregister/identity-service-1`,
      },
    ],
  },
  {
    title: "consulKv",
    text: "consulKvText",
    effort: "none",
    blocks: [
      {
        label: "shell",
        code: `curl -sS http://${at.host(8500)}/v1/kv/rwa/config/global/log_level?raw
curl -sS -X PUT http://${at.host(8500)}/v1/kv/rwa/config/global/log_level -d debug`,
      },
      {
        label: "src/config.ts",
        code: `const base = process.env.CONSUL_HTTP_ADDR ?? "http://${at.host(8500)}";

export async function configured(key: string): Promise<string | null> {
  const response = await fetch(\`\${base}/v1/kv/rwa/config/\${key}?raw\`);
  return response.ok ? response.text() : null;
}

const level = (await configured("global/log_level")) ?? "info";`,
      },
    ],
  },
  {
    title: "consulDiscover",
    text: null,
    effort: "none",
    blocks: [
      { label: "shell", code: `curl -sS 'http://${at.host(8500)}/v1/health/service/wallet-service?passing=true'` },
      { label: ".env", code: `CONSUL_HTTP_ADDR=http://${at.host(8500)}\n# in a container: http://${at.inside(8500)}` },
    ],
  },
];

const collector = (): Recipe => ({
  title: "labels",
  text: "labelsText",
  effort: "none",
  blocks: [
    {
      label: "docker-compose.yml",
      code: `services:
  identity-service:
    labels:
      com.rwa.service: identity-service   # becomes service="identity-service"
    logging:
      driver: json-file
      options: { max-size: 10m, max-file: "3" }`,
    },
  ],
});

const loki = (at: Addresses): Recipe[] => [
  collector(),
  {
    title: "logql",
    text: "logqlText",
    effort: "none",
    blocks: [
      { label: "LogQL", code: `{job="rwa-backend"} |= "error"` },
      { label: "LogQL", code: `{job="rwa-backend", service="identity-service"} | json | level="error"` },
      { label: "LogQL", code: `{job="rwa-backend"} |= "4bf92f3577b34da6a3ce929d0e0e4736"` },
      { label: "LogQL", code: `sum by (service) (rate({job="rwa-backend"} |~ "(?i)error" [5m]))` },
      {
        label: "shell",
        code: `curl -sS -G http://${at.host(3100)}/loki/api/v1/query_range \\
  --data-urlencode 'query={job="rwa-backend"}' --data-urlencode 'limit=20'`,
      },
    ],
  },
  {
    title: "push",
    text: null,
    effort: "none",
    blocks: [
      {
        label: "shell",
        code: `curl -sS http://${at.host(3100)}/loki/api/v1/push -H 'Content-Type: application/json' -d '{
  "streams": [{ "stream": { "job": "rwa-backend", "service": "hello" }, "values": [["'$(date +%s%N)'", "hello from curl"]] }]
}'`,
      },
    ],
  },
];

const alertmanager = (at: Addresses): Recipe[] => [
  {
    title: "alert",
    text: "alertText",
    effort: "none",
    blocks: [
      {
        label: "shell",
        code: `curl -sS http://${at.host(9093)}/api/v2/alerts -H 'Content-Type: application/json' -d '[{
  "labels": { "alertname": "TryOut", "service": "identity-service", "severity": "warning" },
  "annotations": { "summary": "Raised by hand" }
}]'`,
      },
    ],
  },
];

const grafana = (at: Addresses): Recipe[] => [
  {
    title: "dashboards",
    text: "dashboardsText",
    effort: "none",
    blocks: [
      { label: "folder", code: "grafana/provisioning/dashboards/" },
      { label: "shell", code: `curl -sS http://${at.host(3000)}/api/health` },
    ],
  },
];

const all: Record<string, (at: Addresses) => Recipe[]> = {
  jaeger,
  prometheus,
  consul,
  loki,
  promtail: () => [collector()],
  alloy: () => [collector()],
  alertmanager,
  grafana,
  sentry: sentryRecipes,
};

/** How to use a component; nothing for one that we know nothing of. */
export function recipesOf(id: string, at: Addresses): Recipe[] {
  return all[id]?.(at) ?? [];
}
