import type { AppError, Cause, Component, Diagnosis, Evidence } from "../api";
import { type Entry, containerOf, offComponent, probeOf } from "./catalog";
import { broken, suspect } from "./faults";
import { sentry } from "./parts";
import type { Requests } from "./requests";
import type { World } from "./world";

const none: Evidence = { exitCode: null, oomKilled: false, restarts: 0, healthCheck: null, probe: null, logTail: [] };

function failed(error: AppError, evidence: Partial<Evidence>, diagnosis: Diagnosis | null = null): Component["phase"] {
  const cause: Cause = { error, diagnosis, evidence: { ...none, ...evidence } };
  return { kind: "failed", cause };
}

const minute = 60_000;

function usual(world: World): void {
  const ages: Record<string, number> = { consul: 182, jaeger: 182, loki: 64, prometheus: 181, alertmanager: 2900 };
  for (const [id, age] of Object.entries(ages)) world.bringUp(id, age * minute);
  world.bringUp("promtail", 64 * minute);
  world.bringUp("grafana", 47 * minute);
}

/** Stopped from outside: its container is there, and does not run. */
export function stopped(component: Component): void {
  if (!component.container) return;
  const container = { ...component.container, status: "Exited (0) 2 minutes ago", ports: [], started: null };
  Object.assign(component, { container, health: { engine: null, probe: null } });
  component.phase = { kind: "drifted", drift: "stopped" };
}

function wait(world: World, id: string, answer: string): void {
  const component = world.component(id);
  const entry = world.entry(id);
  if (!component || !entry) return;
  component.enabled = true;
  component.phase = { kind: "waiting", reason: { kind: "health-check" }, since: Date.now() - 9000 };
  component.container = containerOf(entry, Date.now() - 9000);
  component.health = { engine: "starting", probe: probeOf(entry, false, answer) };
}

function portTaken(world: World): void {
  const grafana = world.component("grafana");
  if (!grafana) return;
  world.portTaken = "grafana";
  grafana.enabled = true;
  grafana.container = null;
  grafana.health = { engine: null, probe: null };
  grafana.phase = failed(
    {
      // Found out while starting, so only the engine's words say which port; the plan of the next try says more.
      code: "port-taken",
      subject: "",
      detail:
        "driver failed programming external connectivity on endpoint rwa-observability-grafana-1: Bind for 127.0.0.1:3030 failed: port is already allocated",
      facts: {},
    },
    {},
    "address-in-use",
  );
}

function crashLoop(world: World): void {
  const loki = world.component("loki");
  const entry = world.entry("loki");
  if (!loki || !entry) return;
  loki.container = containerOf(entry, Date.now() - 4000, 6);
  loki.health = { engine: "unhealthy", probe: probeOf(entry, false, "connection refused") };
  loki.phase = failed(
    { code: "exited", subject: "loki", detail: "1", facts: { exitCode: "1" } },
    {
      exitCode: 1,
      restarts: 6,
      probe: "http://127.0.0.1:3100/ready: connection refused",
      healthCheck: "Get http://localhost:3100/ready: dial tcp 127.0.0.1:3100: connect: connection refused",
      logTail: [
        'level=info ts=2026-11-22T10:41:02Z caller=main.go:126 msg="Starting Loki" version="3.7.6"',
        'level=error ts=2026-11-22T10:41:02Z caller=log.go:223 msg="error running loki" err="mkdir /loki/rules: permission denied\nerror creating index client"',
        "mkdir /loki/rules: permission denied",
      ],
    },
    "permission-denied",
  );
  const promtail = world.component("promtail");
  const collector = world.entry("promtail");
  if (!promtail || !collector) return;
  promtail.health = { engine: "healthy", probe: probeOf(collector, false, "500 Not ready: no targets") };
  promtail.phase = {
    kind: "degraded",
    cause: {
      error: {
        code: "probe-failed",
        subject: "promtail",
        detail: "500 Not ready: no targets",
        facts: { url: "http://127.0.0.1:9080/ready" },
      },
      diagnosis: null,
      evidence: { ...none, probe: "http://127.0.0.1:9080/ready: 500 Not ready: no targets" },
    },
  };
}

function degraded(world: World, id: string, cause: Partial<Cause> & { error: AppError }): void {
  const component = world.component(id);
  if (!component) return;
  component.phase = { kind: "degraded", cause: { diagnosis: null, evidence: none, ...cause } };
}

/** A collector whose part has ended, and a Jaeger that is full. */
function unwell(world: World): void {
  degraded(world, "promtail", {
    error: {
      code: "part-unwell",
      subject: "promtail",
      detail: "docker-proxy",
      facts: { part: "docker-proxy", state: "stopped" },
    },
    evidence: { ...none, exitCode: 137, logTail: ['level=INFO msg="shutting down" signal=terminated'] },
  });
  const jaeger = world.component("jaeger");
  if (!jaeger) return;
  const words = "memory is full: spans are refused until Jaeger is restarted";
  jaeger.health = { ...jaeger.health, engine: "unhealthy" };
  jaeger.phase = failed(
    { code: "unhealthy", subject: "jaeger", detail: "", facts: {} },
    {
      healthCheck: words,
      probe: "http://127.0.0.1:16686/api/services: 200",
      logTail: ['{"level":"warn","msg":"Memory usage is above soft limit. Refusing data.","cur_mem_mib":402}'],
    },
    "spans-refused",
  );
}

/** A collector that answers well, and sends nothing of what is written. */
function nothingSent(world: World): void {
  degraded(world, "promtail", {
    error: {
      code: "nothing-sent",
      subject: "promtail",
      detail: "rwa-wallet-1",
      facts: { container: "rwa-wallet-1" },
    },
    evidence: {
      ...none,
      probe: "http://127.0.0.1:9080/ready: 200 Ready",
      logTail: [
        'level=error caller=client.go:430 component=client msg="final error sending batch" status=400 error="entry has timestamp too old"',
      ],
    },
  });
}

/** What was switched off cannot be started any more: somebody has edited the files. */
function brokenFiles(world: World): void {
  usual(world);
  for (const id of ["loki", "promtail", "prometheus"]) switchOff(world, id);
  world.faults = new Map(Object.entries(broken));
}

function switchOff(world: World, id: string): void {
  const component = world.component(id);
  if (!component) return;
  Object.assign(component, { enabled: false, container: null, health: { engine: null, probe: null } });
  component.phase = { kind: "off" };
}

function drift(world: World): void {
  const promtail = world.component("promtail");
  if (promtail) stopped(promtail);
  const prometheus = world.component("prometheus");
  if (prometheus) prometheus.phase = { kind: "drifted", drift: "outdated" };
  const consul = world.component("consul");
  if (consul) {
    consul.enabled = false;
    consul.phase = { kind: "drifted", drift: "running" };
  }
}

/** A day in the life: most are well, one is pulled, one waits, one needs the user. */
function sketch(world: World): void {
  wait(world, "loki", "503 Ingester not ready: waiting for 15s after being ready");
  portTaken(world);
  const promtail = world.component("promtail");
  if (promtail) stopped(promtail);
  const alertmanager = world.component("alertmanager");
  if (alertmanager) {
    alertmanager.container = null;
    alertmanager.health = { engine: null, probe: null };
    alertmanager.phase = { kind: "pulling", current: 19 * 1024 * 1024, total: 31 * 1024 * 1024 };
  }
}

function extra(id: string, title: string, group: string): Entry {
  return {
    id,
    title,
    about: { en: "A service of your own compose project.", zh: "您自己的 compose 项目中的服务。" },
    group,
    recipe: "",
    image: `registry.example.com/team/${id}:1.4.2`,
    imageBytes: 40 * 1024 * 1024,
    ports: [[20000 + id.length, 80]],
    links: [["ui", "Open", "打开", "/"]],
    needs: [],
    excludes: [],
    uses: [],
    probe: "/health",
    answer: "200 ok",
    cpu: 0.01,
    cpuLimit: 1,
    memory: 40,
    memoryLimit: 128,
  };
}

function add(world: World, entry: Entry): void {
  world.entries = [...world.entries, entry];
  world.components.push(offComponent(entry));
  world.images.add(entry.image);
  world.bringUp(entry.id, 8 * minute);
}

function many(world: World, count: number): void {
  world.stack = {
    ...world.stack,
    groups: [...world.stack.groups, { id: "services", title: { en: "Services", zh: "服务" } }],
  };
  for (let index = 1; index <= count; index += 1) {
    add(world, extra(`service-${index}`, `Service ${index}`, "services"));
  }
}

function foreignNames(world: World): void {
  world.stack = {
    ...world.stack,
    groups: [...world.stack.groups, { id: "names", title: { en: "Names", zh: "名称" } }],
  };
  add(world, extra("خدمة-المحفظة", "خدمة المحفظة الرقمية", "names"));
  add(world, extra("שירות", "שירות הזהויות המרכזי", "names"));
  add(world, extra("资产登记服务", "资产登记与清算结算服务（生产环境镜像）", "names"));
  add(world, extra("long", "a-very-long-service-name-that-never-ends-and-has-no-space-in-it-at-all", "names"));
  add(world, extra("html", "<b>bold</b><img src=x onerror=alert(1)>", "names"));
}

const unreachable: AppError = {
  code: "engine-unreachable",
  subject: "unix:///var/run/docker.sock",
  detail: "connect: connection refused (os error 111)",
  facts: {},
};

/** Sentinels of the address bar: `?scenario=name`. */
export const scenarios: Record<string, (world: World, requests: Requests) => void> = {
  usual,
  sketch(world) {
    usual(world);
    sketch(world);
  },
  "first-run"() {
    // Everything is off, and most images are still to be pulled.
  },
  off(world) {
    world.images.add("grafana/alloy:v1.19.2");
  },
  "port-taken"(world) {
    usual(world);
    portTaken(world);
  },
  "crash-loop"(world) {
    usual(world);
    crashLoop(world);
  },
  "config-invalid": brokenFiles,
  /** Runs, and could not be started again. */
  "config-invalid-running"(world) {
    usual(world);
    world.faults = new Map(Object.entries(broken));
  },
  /** The files go wrong between the look at a plan and its start. */
  "config-late"(world, requests) {
    brokenFiles(world);
    const { faults } = world;
    world.faults = new Map();
    requests.meanwhile = () => (world.faults = faults);
  },
  "config-suspect"(world) {
    brokenFiles(world);
    world.faults = new Map(Object.entries(suspect));
  },
  /** Ended because of its files, in a stack whose rules saw nothing. */
  "config-refused"(world) {
    usual(world);
    const loki = world.component("loki");
    const entry = world.entry("loki");
    if (!loki || !entry) return;
    world.faults = new Map([["loki", broken["loki"] ?? []]]);
    loki.container = { ...containerOf(entry, Date.now()), status: "Restarting (1) 3 seconds ago", started: null };
    loki.health = { engine: null, probe: null };
    loki.phase = failed(
      { code: "exited", subject: "loki", detail: "1", facts: { exitCode: "1" } },
      {
        exitCode: 1,
        restarts: 4,
        logTail: [
          "failed parsing config: /etc/loki/loki-config.yml: field nonsense not found in type loki.ConfigWrapper",
        ],
      },
      "config-invalid",
    );
  },
  unwell(world) {
    usual(world);
    unwell(world);
  },
  /** A component of many services, one of which has ended. */
  parts(world) {
    usual(world);
    const { component, entries } = sentry();
    world.components.push(component);
    world.entries = [...world.entries, ...entries];
  },
  "nothing-sent"(world) {
    usual(world);
    nothingSent(world);
  },
  drift(world) {
    usual(world);
    drift(world);
  },
  "pull-fails"(world) {
    usual(world);
    world.failingPulls.set("alloy", {
      code: "rate-limited",
      subject: "grafana/alloy:v1.19.2",
      detail: "toomanyrequests: You have reached your pull rate limit",
      facts: {},
    });
  },
  oom(world) {
    usual(world);
    const prometheus = world.component("prometheus");
    if (!prometheus) return;
    prometheus.phase = failed(
      { code: "exited", subject: "prometheus", detail: "137", facts: { exitCode: "137" } },
      {
        exitCode: 137,
        oomKilled: true,
        restarts: 3,
        logTail: ['level=info msg="Replaying WAL, this may take a while"'],
      },
      "out-of-memory",
    );
  },
  "engine-lost"(world) {
    usual(world);
    world.lose({ ...unreachable, code: "engine-lost", detail: "connection reset by peer" }, Date.now() - 14_000);
  },
  "no-engine"(world) {
    world.engine = {
      kind: "lost",
      endpoint: "",
      since: Date.now(),
      error: { code: "no-engine", subject: "", detail: "7 places were tried", facts: {} },
    };
  },
  "engine-stopped"(world) {
    world.engine = { kind: "lost", endpoint: "unix:///var/run/docker.sock", since: Date.now(), error: unreachable };
  },
  connecting(world) {
    world.engine = { kind: "connecting", endpoint: "unix:///var/run/docker.sock" };
  },
  simulated(world) {
    usual(world);
    world.facts.simulated = true;
  },
  /** Another Switchyard works on the stack. */
  busy(world, requests) {
    usual(world);
    requests.hold("switchyard (process 8123)");
  },
  /** Another tool starts something while a plan is on the screen. */
  "plan-grows"(world, requests) {
    usual(world);
    for (const id of ["loki", "promtail"]) switchOff(world, id);
    requests.meanwhile = () => {
      world.bringUp("promtail", minute);
      world.publish();
    };
  },
  /** Somebody edits the stack's files, and has not finished. */
  unreadable(world) {
    usual(world);
    const file = `${world.stack.folder}/docker-compose.yml`;
    world.unreadable = [
      {
        code: "stack-invalid",
        subject: "services.loki.prots",
        detail: `${file}:142:5: services.loki.prots: not a key of a service (did you mean ports?)`,
        facts: { file, line: "142", column: "5" },
      },
      {
        code: "file-unreadable",
        subject: "/etc/rwa/shared.yml",
        detail: "Permission denied (os error 13)",
        facts: {},
      },
    ];
  },
  many(world) {
    usual(world);
    many(world, 42);
  },
  thousand(world) {
    usual(world);
    many(world, 1000);
  },
  rtl(world) {
    usual(world);
    foreignNames(world);
  },
  notices(world) {
    usual(world);
    world.notices = [
      {
        code: "edited-file",
        subject: "/home/lin/.local/share/switchyard/rwa-observability/loki/loki-config.yml",
        other: null,
      },
      { code: "orphan", subject: "rwa-observability-zipkin-1", other: "zipkin" },
      {
        code: "settings-damaged",
        subject: "/home/lin/.config/switchyard/settings.json",
        other: "/home/lin/.config/switchyard/settings.json.damaged",
      },
    ];
  },
};
