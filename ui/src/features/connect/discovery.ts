import type { Locate } from "./addresses";
import { network } from "./network";
import type { Recipe } from "./recipes";

export const consul = (at: Locate): Recipe[] => {
  const { host, inside } = at("consul");
  return [
    {
      title: "consulFile",
      text: "consulFileText",
      effort: "none",
      blocks: [
        {
          label: "consul/config/services.json",
          code: `{
  "id": "audit-service",
  "name": "audit-service",
  "address": "host.docker.internal",
  "port": 3005,
  "tags": ["rwa", "http"],
  "meta": {
    "service": "audit-service",
    "scrape": "true",
    "metrics_port": "3005",
    "metrics_path": "/metrics"
  },
  "checks": [
    {
      "id": "audit-service-http",
      "name": "audit-service answers /health",
      "http": "http://host.docker.internal:3005/health",
      "interval": "30s",
      "timeout": "5s"
    }
  ]
}`,
        },
        { label: "shell", code: `curl -sS -X PUT http://${host(8500)}/v1/agent/reload` },
      ],
    },
    {
      title: "consulRegister",
      text: "consulRegisterText",
      effort: "little",
      blocks: [
        {
          label: "src/consul.ts",
          code: `const consul = process.env.CONSUL_HTTP_ADDR ?? "http://${host(8500)}";

/** \`address\` is where Consul reaches the service: its name in a shared network, or host.docker.internal. */
export async function register(name: string, address: string, port: number): Promise<void> {
  const response = await fetch(\`\${consul}/v1/agent/service/register?replace-existing-checks=true\`, {
    method: "PUT",
    body: JSON.stringify({
      ID: name,
      Name: name,
      Address: address,
      Port: port,
      Meta: { service: name, scrape: "true", metrics_port: String(port), metrics_path: "/metrics" },
      Check: { HTTP: \`http://\${address}:\${port}/health\`, Interval: "30s", Timeout: "5s" },
    }),
  });
  if (!response.ok) throw new Error(\`Consul: \${response.status} \${await response.text()}\`);
}`,
        },
        {
          label: "src/main.ts",
          code: `await app.listen(3005, "0.0.0.0");
await register("audit-service", "host.docker.internal", 3005);`,
        },
        { label: "shell", code: `curl -sS -X PUT http://${host(8500)}/v1/agent/service/deregister/audit-service` },
      ],
    },
    {
      title: "consulKv",
      text: "consulKvText",
      effort: "little",
      blocks: [
        {
          label: "shell",
          code: `curl -sS 'http://${host(8500)}/v1/kv/rwa/config/global/log_level?raw'
curl -sS -X PUT http://${host(8500)}/v1/kv/rwa/config/global/log_level -d debug`,
        },
        {
          label: "src/config.ts",
          code: `const consul = process.env.CONSUL_HTTP_ADDR ?? "http://${host(8500)}";

export async function configured(key: string): Promise<string | null> {
  const response = await fetch(\`\${consul}/v1/kv/rwa/config/\${key}?raw\`);
  return response.ok ? response.text() : null;
}`,
        },
        {
          label: "src/main.ts",
          code: `async function bootstrap() {
  const level = (await configured("global/log_level")) ?? "info";`,
        },
      ],
    },
    {
      title: "consulDiscover",
      text: "consulDiscoverText",
      effort: "little",
      blocks: [
        {
          label: "shell",
          code: `curl -sS 'http://${host(8500)}/v1/health/service/wallet-service?passing=true' |
  jq -r '.[].Service | "\\(.Address):\\(.Port)"'`,
        },
        {
          label: "docker-compose.yml",
          code: `services:
  identity-service:
    environment:
      CONSUL_HTTP_ADDR: http://${inside(8500)}
    extra_hosts: ["host.docker.internal:host-gateway"]`,
        },
      ],
    },
    network,
  ];
};
