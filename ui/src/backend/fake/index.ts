import type { AppError } from "../api";
import type { Backend } from "../backend";
import type { Change, Request, Settings, Stats, StatsBatch, Validation, View } from "../contract";
import { download } from "../download";
import { candidates, detailOf, rules } from "./details";
import { textOf } from "./faults";
import { follow } from "./logs";
import { Requests } from "./requests";
import { scenarios, stopped } from "./scenarios";
import { World } from "./world";

const key = "switchyard.fake.settings";

const defaults: Settings = { language: "system", theme: "system", autostart: false, startHidden: false, notify: true };

function refuse(code: AppError["code"], subject: string, detail: string, facts: Record<string, string> = {}) {
  const error: AppError = { code, subject, detail, facts };
  return Promise.reject(error);
}

/** What tests and the console may do to the simulated world. */
export interface FakeControls {
  world: World;
  opened: string[];
  sent: Request[];
  losesEngine(): void;
  regainsEngine(): void;
  kills(component: string): void;
  /** The user has put the files of a component right. */
  mends(component: string): void;
  /** Another Switchyard works on the stack, or has finished. */
  held(holder: string | null): void;
  /** The files cannot be read, or can be again. */
  unreadable(errors: AppError[]): void;
  /** Something was chosen in the menu of the window. */
  chooses(view: View): void;
}

/**
 * A backend without an engine, for `npm run ui:dev` and the tests.
 *
 * The address bar decides: `scenario` (see scenarios.ts), `pace` (time's speed, 0 stands still), `rate` (log lines a
 * second), `hostile` (bad log bytes), `simulated` (an engine that is not real is offered), `lang` and `theme`.
 */
export function fakeBackend(query: URLSearchParams): Backend {
  const scenario = query.get("scenario") ?? "usual";
  const pace = Number(query.get("pace") ?? 1);
  const world = new World(pace);
  const requests = new Requests(world);
  (scenarios[scenario] ?? scenarios["usual"])?.(world, requests);

  const settings: Settings = { ...defaults, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Settings>) };
  const chosen = { lang: query.get("lang"), theme: query.get("theme") };
  if (chosen.lang === "en" || chosen.lang === "zh") settings.language = chosen.lang;
  if (chosen.theme === "light" || chosen.theme === "dark" || chosen.theme === "contrast") settings.theme = chosen.theme;

  const viewers = new Set<(view: View) => void>();
  const controls: FakeControls = {
    world,
    opened: [],
    sent: [],
    held: (holder) => requests.hold(holder),
    losesEngine: () =>
      world.lose({
        code: "engine-lost",
        subject: world.engine.endpoint,
        detail: "connection reset by peer",
        facts: {},
      }),
    regainsEngine: () => world.regain(),
    kills(id) {
      const component = world.component(id);
      if (!component) return;
      stopped(component);
      world.publish();
    },
    chooses(view) {
      for (const next of viewers) next(view);
    },
    mends: (id) => void world.faults.delete(id),
    unreadable(errors) {
      world.unreadable = errors;
      world.publish();
    },
  };
  Object.assign(window, { fake: controls });

  const partsThere = () => world.snapshot().components.flatMap((one) => one.parts);
  // What has ended has a log too.
  const running = () =>
    partsThere().flatMap((part) => (part.container || part.phase.kind !== "off" ? [part.service] : []));
  const runs = (service: string) => partsThere().some((part) => part.service === service && part.runs);

  function verdictOf(component: string, path: string): Validation {
    const faults = (world.faults.get(component) ?? []).filter((fault) => fault.file === path);
    if (faults.length) return { ok: false, output: faults.map(textOf).join("\n"), by: "rules" };
    if (path.endsWith("-overview.json"))
      return { ok: false, output: "expected `,` or `}` at line 14 column 3", by: "syntax" };
    if (runs(component) && component !== "grafana") {
      return { ok: true, output: `${path}: configuration is valid`, by: "component" };
    }
    return { ok: true, output: "", by: rules.has(component) ? "rules" : "syntax" };
  }

  function change(request: Change): void {
    switch (request.type) {
      case "saveSettings":
        Object.assign(settings, request.settings);
        localStorage.setItem(key, JSON.stringify(request.settings));
        break;
      case "startEngine":
      case "useEngine": {
        const simulated = request.type === "startEngine" && request.id === "simulated";
        world.facts.simulated = simulated;
        world.regain();
        break;
      }
      default:
    }
  }

  return {
    send(request) {
      controls.sent.push(request);
      switch (request.type) {
        case "send":
          return requests.intent(request.intent, request.review);
        case "agree":
          return requests.agree(request.token);
        case "take":
          return requests.take(request.operation, request.offer);
        case "change":
          change(request.change);
          return Promise.resolve({ kind: "done" });
      }
    },
    watch: (next) => world.watch(next),
    followLogs: (request, next) =>
      follow(request, running, Number(query.get("rate") ?? 12), next, { hostile: query.has("hostile"), pace }),
    onView(next) {
      viewers.add(next);
      return () => void viewers.delete(next);
    },
    followStats(next) {
      const read = (service: string, index: number): Stats => {
        const entry = world.entry(service);
        const swing = 1 + 0.45 * Math.sin(Date.now() / 2700 + index * 1.7) + 0.2 * Math.sin(Date.now() / 900 + index);
        const memory = (entry?.memory ?? 40) * 1024 * 1024;
        return {
          id: service,
          cpu: (entry?.cpu ?? 0.01) * Math.max(0.15, swing),
          cpuLimit: entry?.cpuLimit ?? null,
          memory: memory * (1 + 0.02 * Math.sin(Date.now() / 5000 + index)),
          memoryLimit: (entry?.memoryLimit ?? 128) * 1024 * 1024,
          networkIn: 48_213_112 + (Date.now() % 10_000_000),
          networkOut: 12_113_400 + (Date.now() % 3_000_000),
          blockRead: 8_400_128,
          blockWrite: 77_213_696,
        };
      };
      const together = (id: string, of: Stats[]): Stats => {
        const total = (key: Exclude<keyof Stats, "id">) => of.reduce((sum, one) => sum + (one[key] ?? 0), 0);
        return {
          id,
          cpu: total("cpu"),
          cpuLimit: total("cpuLimit"),
          memory: total("memory"),
          memoryLimit: total("memoryLimit"),
          networkIn: total("networkIn"),
          networkOut: total("networkOut"),
          blockRead: total("blockRead"),
          blockWrite: total("blockWrite"),
        };
      };
      const batch = (of: (service: string, index: number) => Stats, at: number): StatsBatch => {
        const up = world.engine.kind === "connected" ? world.snapshot().components.filter((one) => one.runs) : [];
        const services = [
          ...new Set(up.flatMap((one) => one.parts.filter((part) => part.runs).map((part) => part.service))),
        ];
        const parts = services.map(of);
        const components = up.map((one) =>
          together(
            one.id,
            parts.filter((stats) => one.parts.some((part) => part.service === stats.id)),
          ),
        );
        return { at, components, parts };
      };
      const beat = () => batch(read, Date.now());
      const past = beat();
      for (let ago = 40; ago > 0; ago -= 1) {
        const then = (service: string, index: number) => {
          const stats = read(service, index);
          const swing = 1 + 0.4 * Math.sin(ago / 2.3 + index * 1.9) + 0.25 * Math.sin(ago * 1.7 + index);
          return { ...stats, cpu: stats.cpu * swing };
        };
        next(batch(then, past.at - ago * 1000));
      }
      next(past);
      if (pace === 0) return () => undefined;
      const timer = setInterval(() => next(beat()), 1000);
      return () => clearInterval(timer);
    },
    detail(id) {
      const entry = world.entry(id);
      if (!entry) return refuse("unknown-component", id, "no such service");
      return Promise.resolve(detailOf(entry, running().includes(id)));
    },
    engineFacts: () => Promise.resolve({ ...world.facts }),
    engines: () =>
      Promise.resolve(candidates(world.engine.kind === "connected", world.facts.simulated, query.has("simulated"))),
    validate: (component, path) => Promise.resolve(verdictOf(component, path)),
    volumeSizes: () =>
      Promise.resolve(
        Object.fromEntries(
          world.entries.map((entry) => [`rwa-observability_${entry.id}-data`, entry.memory * 3 * 1024 * 1024]),
        ),
      ),
    settings: () => Promise.resolve({ ...settings }),
    report: () =>
      Promise.resolve(`switchyard report\nengine: ${world.engine.kind}\ncomponents: ${world.components.length}\n`),
    openLink(url) {
      controls.opened.push(url);
      return Promise.resolve();
    },
    saveText(name, text) {
      download(name, text);
      return Promise.resolve();
    },
  };
}
