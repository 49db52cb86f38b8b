import type { Locate } from "./addresses";
import type { Recipe } from "./recipes";

const labels: Recipe = {
  title: "labels",
  text: "labelsText",
  effort: "none",
  blocks: [
    {
      label: "docker-compose.yml",
      code: `name: rwa-backend
services:
  identity-service:
    image: rwa/identity-service
  test-data:
    image: rwa/test-data
    labels:
      rwa.logs: ignore`,
    },
  ],
};

const traceIds: Recipe = {
  title: "traceIds",
  text: "traceIdsText",
  effort: "little",
  blocks: [
    { label: "shell", code: "npm install nestjs-pino pino-http" },
    {
      label: "src/app.module.ts",
      code: `import { Module } from "@nestjs/common";
import { LoggerModule } from "nestjs-pino";

@Module({ imports: [LoggerModule.forRoot()] })
export class AppModule {}`,
    },
    {
      label: "src/main.ts",
      code: `import "./tracing";
import { NestFactory } from "@nestjs/core";
import { Logger } from "nestjs-pino";
import { AppModule } from "./app.module";

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { bufferLogs: true });
  app.useLogger(app.get(Logger));
  await app.listen(3000, "0.0.0.0");
}
void bootstrap();`,
    },
  ],
};

/** Of Promtail and of Alloy: they give the same labels. */
export const collector = (): Recipe[] => [labels, traceIds];

export const loki = (at: Locate): Recipe[] => [
  labels,
  {
    title: "logql",
    text: "logqlText",
    effort: "none",
    blocks: [
      { label: "LogQL", code: `{job="rwa-backend"} | level=~"error|fatal" or detected_level=~"error|fatal|critical"` },
      { label: "LogQL", code: `{job="rwa-backend", service="identity-service"} |= "timeout"` },
      { label: "LogQL", code: `sum by (service) (rate({job="rwa-backend", level=~"error|fatal"} [5m]))` },
      {
        label: "shell",
        code: `curl -sS -G http://${at("loki").host(3100)}/loki/api/v1/query_range \\
  --data-urlencode 'query={job="rwa-backend"}' --data-urlencode 'limit=20'`,
      },
    ],
  },
  {
    title: "logqlTrace",
    text: "logqlTraceText",
    effort: "none",
    blocks: [
      { label: "LogQL", code: `{job="rwa-backend"} | trace_id="4bf92f3577b34da6a3ce929d0e0e4736"` },
      { label: "LogQL", code: `{job="rwa-backend"} |= "abc123"` },
      {
        label: ".env",
        code: `# {trace_id="abc123"}, for small stacks only
LOKI_TRACE_ID_LABEL=true`,
      },
    ],
  },
  {
    title: "logqlJson",
    text: "logqlJsonText",
    effort: "none",
    blocks: [
      { label: "LogQL", code: `{job="rwa-backend", level="error"}` },
      { label: "LogQL", code: `{job="rwa-backend"} | json | __error__="" | userId="42"` },
      { label: "LogQL", code: `{job="rwa-backend"} | json | drop __error__, __error_details__` },
    ],
  },
  traceIds,
  {
    title: "push",
    text: "pushText",
    effort: "little",
    blocks: [
      {
        label: "shell",
        code: `curl -sS http://${at("loki").host(3100)}/loki/api/v1/push -H 'Content-Type: application/json' -d '{
  "streams": [{
    "stream": { "job": "rwa-backend", "service": "hello", "level": "info" },
    "values": [["'$(date +%s)000000000'", "hello from curl"]]
  }]
}'`,
      },
    ],
  },
];
