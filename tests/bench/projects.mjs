/** Compose projects that are measured: neutral ones, made up here. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./room.mjs";

/** The tag that the shipped stack names is the one that the test engine serves. */
function prometheus() {
  const text = readFileSync(join(root, "assets/stack/docker-compose.yml"), "utf8");
  const [, tag] = /prom\/prometheus:\$\{\w+:-([^}]+)\}/.exec(text) ?? [];
  if (!tag) throw new Error("the shipped stack names no tag of prom/prometheus");
  return `prom/prometheus:${tag}`;
}

const health = (test) => `healthcheck: { test: ${test}, interval: 1s, timeout: 5s, retries: 30 }`;

const web = (name, needs, condition) => `
  ${name}:
    image: switchyard/test-base:1
    command: [sh, -c, "echo well >/data/index.html && exec httpd -f -p 80 -h /data"]
    init: true
    volumes: ["${name}-data:/data"]
    ${health('[CMD, wget, -q, -O-, "http://127.0.0.1/"]')}
    ${needs ? `depends_on: { ${needs}: { condition: ${condition} } }` : ""}`;

const idle = (name, value) => `
  ${name}:
    image: switchyard/test-base:1
    command: [sleep, infinity]
    init: true
    environment: { VALUE: "${value}" }`;

/** Seven services: three in a chain, three that do nothing, and a real Prometheus. One network, four volumes. */
export const seven = (condition, value = "first") => `name: bench
services:${web("front", "middle", condition)}${web("middle", "back", condition)}${web("back")}
${idle("one", value)}${idle("two", "same")}${idle("three", "same")}
  metrics:
    image: ${prometheus()}
    volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "metrics-data:/prometheus"]
    ports: ["127.0.0.1:29090:9090"]
    ${health('[CMD, wget, -q, -O-, "http://127.0.0.1:9090/-/ready"]')}
volumes: { front-data: , middle-data: , back-data: , metrics-data: }
`;

/** One service that wrote so many lines of a hundred characters and then rests. */
export const talker = (lines) => `name: bench-logs
services:
  talker:
    image: switchyard/test-base:1
    init: true
    command:
      - sh
      - -c
      - >-
        awk 'BEGIN { for (n = 1; n <= ${lines}; n++)
        printf "%08d a line of a log with a hundred characters as programs write them all day long, more or less so\\n", n }';
        exec sleep infinity
`;

/** As many services as the largest project that is known to be in wide use, with the keys that it uses. */
export const large = (count) => `name: bench-large
x-defaults: &defaults
  restart: unless-stopped
  image: "example/service:\${VERSION:-26.8.0}"
  logging: { driver: json-file, options: { max-size: 10m, max-file: "3" } }
x-health: &health { interval: 30s, timeout: 1m30s, retries: 10, start_period: 10s }
x-environment: &environment
  MODE: \${MODE:-production}
  STORE: "redis://service-0:6379/\${STORE_NUMBER:-0}"
  TOKEN: \${TOKEN:-not-a-secret}
  HOSTS: \${HOSTS:-service-1:9092,service-2:9092}
  EVENT_RETENTION_DAYS: "90"
services:
${Array.from(
  { length: count },
  (_, index) => `  service-${index}:
    <<: *defaults
    command: [run, --bind, "0.0.0.0:\${PORT_${index}:-${9000 + index}}", --workers, "\${WORKERS:-3}"]
    environment: { <<: *environment, NAME: "service-${index}", "PRICE": "$$5" }
    healthcheck: { <<: *health, test: ["CMD-SHELL", "nc -z 127.0.0.1 \${PORT_${index}:-${9000 + index}} || exit 1"] }
    volumes: ["data-${index % 6}:/var/lib/data", "./config:/etc/service:ro", { type: tmpfs, target: /tmp }]
    ports: ["127.0.0.1:${20000 + index}:\${PORT_${index}:-${9000 + index}}"]
    ulimits: { nofile: { soft: 4096, hard: 4096 } }
    labels: { "example.service/number": "${index}" }
    ${index > 2 ? `depends_on: { service-0: { condition: service_healthy }, service-${1 + (index % 2)}: { condition: service_started } }` : ""}
`,
).join("")}volumes: {${Array.from({ length: 6 }, (_, index) => ` data-${index}: `).join(",")}}
`;

/**
 * Sixty containers: one whose health is asked each second, one that floods its log when it is told for how many
 * seconds, and others that rest, a third of them with a health check.
 */
export const sixty = () => `name: bench-sixty
x-rest: &rest { image: "switchyard/test-base:1", command: [sleep, infinity], init: true }
services:
  watched: { <<: *rest, ${health('[CMD, "true"]')} }
  flood:
    image: switchyard/test-base:1
    init: true
    stop_grace_period: 1s
    command:
      - sh
      - -c
      - |
        mkfifo /go
        while read -r rounds </go; do
          awk -v rounds="$$rounds" 'BEGIN { while (rounds-- > 0) { for (i = 0; i < 550; i++)
            printf "level=info n=%08d msg=\\"a line of a log, with a hundred characters, as programs write them all day\\"\\n", n++
            fflush(); system("usleep 100000") } }'
        done
${Array.from({ length: 58 }, (_, index) => {
  const check = index % 3 === 0 ? ', healthcheck: { test: [CMD, "true"], interval: 10s }' : "";
  return `  rest-${String(index).padStart(2, "0")}: { <<: *rest${check} }\n`;
}).join("")}`;

/** Writes a project's folder and returns its path. */
export function write(folder, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "compose.yaml"), text);
  writeFileSync(join(folder, "prometheus.yml"), "global: { scrape_interval: 15s }\n");
  return folder;
}
