import type { Locate } from "./addresses";
import { network } from "./network";
import type { Recipe } from "./recipes";

export const jaeger = (at: Locate): Recipe[] => {
  const { host, inside } = at("jaeger");
  return [
    {
      title: "otlpEnv",
      text: "otlpEnvText",
      effort: "none",
      blocks: [
        {
          label: "environment",
          code: `OTEL_SERVICE_NAME=identity-service
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_ENDPOINT=http://${host(4318)}
OTEL_METRICS_EXPORTER=none
OTEL_LOGS_EXPORTER=none

# from a container: OTEL_EXPORTER_OTLP_ENDPOINT=http://${inside(4318)}
# gRPC: OTEL_EXPORTER_OTLP_PROTOCOL=grpc, OTEL_EXPORTER_OTLP_ENDPOINT=http://${host(4317)}`,
        },
      ],
    },
    {
      title: "otlpAuto",
      text: "otlpAutoText",
      effort: "none",
      blocks: [
        { label: "shell", code: "npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node" },
        {
          label: "docker-compose.yml",
          code: `services:
  identity-service:
    environment:
      NODE_OPTIONS: --require @opentelemetry/auto-instrumentations-node/register
      OTEL_SERVICE_NAME: identity-service
      OTEL_EXPORTER_OTLP_ENDPOINT: http://${inside(4318)}
      OTEL_METRICS_EXPORTER: none
      OTEL_LOGS_EXPORTER: none`,
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
          code: `npm install @opentelemetry/api @opentelemetry/sdk-node @opentelemetry/auto-instrumentations-node \\
  @opentelemetry/exporter-trace-otlp-http`,
        },
        {
          label: "src/tracing.ts",
          code: `import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK({
  serviceName: "identity-service",
  traceExporter: new OTLPTraceExporter({ url: "http://${host(4318)}/v1/traces" }),
  instrumentations: [getNodeAutoInstrumentations()],
  // Jaeger takes traces only.
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

// The last spans are sent; then the signal does what it would have done.
process.once("SIGTERM", () => void sdk.shutdown().finally(() => process.kill(process.pid, "SIGTERM")));`,
        },
        {
          label: "src/main.ts",
          code: `import "./tracing";
import { NestFactory } from "@nestjs/core";`,
        },
      ],
    },
    {
      title: "thrift",
      text: "thriftText",
      effort: "none",
      blocks: [
        {
          label: "environment",
          code: `# @opentelemetry/exporter-jaeger
OTEL_EXPORTER_JAEGER_ENDPOINT=http://${host(14268)}/api/traces
# jaeger-client
JAEGER_ENDPOINT=http://${host(14268)}/api/traces`,
        },
        {
          label: "src/tracing.ts",
          code: `import { JaegerExporter } from "@opentelemetry/exporter-jaeger";

const traceExporter = new JaegerExporter({ endpoint: "http://${host(14268)}/api/traces" });`,
        },
      ],
    },
    {
      title: "curlTrace",
      text: "curlTraceText",
      effort: "none",
      blocks: [
        {
          label: "shell",
          code: `curl -sS http://${host(4318)}/v1/traces -H 'Content-Type: application/json' -d '{
  "resourceSpans": [{
    "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "hello" } }] },
    "scopeSpans": [{ "spans": [{
      "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'", "name": "first span", "kind": 2,
      "startTimeUnixNano": "'$(date +%s)000000000'", "endTimeUnixNano": "'$(date +%s)500000000'"
    }] }]
  }]
}'`,
        },
      ],
    },
    network,
  ];
};
