/**
 * What the window needs and the generated contract does not have yet, in the same style:
 * these types belong into `crates/supervisor/src/api` and then come from there.
 */
import type { AppError, Container, Intent, Preview } from "./api";

/** When a container was started and how often the engine has restarted it. Wanted as fields of `Container`. */
export interface ContainerTimes {
  /** Unix milliseconds; `null` while it does not run. */
  started: number | null;
  /** Restarts by the engine since it was created. */
  restarts: number;
}

/** A container as the window reads it, whether or not the contract has the times already. */
export type TimedContainer = Container & Partial<ContainerTimes>;

/** What the engine tells of itself beside its version. Wanted as optional fields of `Engine::Connected`. */
export interface EngineFacts {
  /** Docker context, such as `default` or `colima`. */
  context: string;
  /** Whether this is the simulated engine. */
  simulated: boolean;
  /** Bytes that containers use, and may use. */
  memoryUsed: number;
  memoryTotal: number;
  /** Bytes used and free where the engine keeps images and volumes; `null` where it cannot be told. */
  diskUsed: number;
  diskFree: number | null;
}

/** One reading of one component. */
export interface Stats {
  component: string;
  /** Cores in use: 1 is one full core. */
  cpu: number;
  /** Cores it may use; `null` without a limit. */
  cpuLimit: number | null;
  /** Bytes in use, without the page cache. */
  memory: number;
  /** Bytes it may use; `null` without a limit. */
  memoryLimit: number | null;
  /** Bytes since it started. */
  networkIn: number;
  networkOut: number;
  blockRead: number;
  blockWrite: number;
}

/** Readings of all running components, once a second. */
export interface StatsBatch {
  /** Unix milliseconds. */
  at: number;
  stats: Stats[];
}

/** One line of a container's output. */
export interface LogLine {
  /** Grows by one with each line of a viewer. */
  seq: number;
  component: string;
  stream: "stdout" | "stderr";
  /** Unix milliseconds. */
  at: number;
  /** The text with its ANSI sequences; bytes that are not UTF-8 are U+FFFD. */
  text: string;
  /** Bytes cut off from a line that is too long. */
  cut: number;
}

/** Lines since the last batch, at most ten batches a second. */
export interface LogBatch {
  lines: LogLine[];
  /** Lines that did not fit between two batches. */
  dropped: number;
}

/** What a viewer of logs wants to see. */
export interface LogRequest {
  /** Empty means all. */
  components: string[];
  /** Lines of the past to begin with. */
  tail: number;
}

/** A variable of a container. Secret values never leave the backend. */
export interface EnvironmentVariable {
  name: string;
  value: string;
  /** The value is a secret, and `value` is a mask. */
  masked: boolean;
  /** Where it was set: the compose file, `.env`, or the image. */
  source: "compose" | "env-file" | "image";
}

/** A configuration file of a component. */
export interface ConfigFile {
  /** Relative to the stack's folder. */
  path: string;
  bytes: number;
  /** Whether the component can check it, and take it over while it runs. */
  validates: boolean;
  reloads: boolean;
}

/** A volume or bind mount of a component. */
export interface Mount {
  kind: "volume" | "bind" | "tmpfs";
  source: string;
  target: string;
  readOnly: boolean;
  /** `null` where the engine does not tell. */
  bytes: number | null;
}

/** A change of a component's health. */
export interface HealthEvent {
  /** Unix milliseconds. */
  at: number;
  from: "engine" | "probe" | "phase";
  ok: boolean;
  /** The output of the check, or the answer. */
  output: string;
}

/** Everything about one component that is too much for the snapshot. */
export interface Detail {
  component: string;
  /** Image id with digest. */
  imageId: string;
  /** Unix milliseconds. */
  created: number | null;
  environment: EnvironmentVariable[];
  /** The service as resolved from compose file and `.env`, as YAML, secrets masked. */
  resolved: string;
  files: ConfigFile[];
  mounts: Mount[];
  /** Newest first. */
  history: HealthEvent[];
}

/** An engine that was looked for, and what was found. */
export interface EngineCandidate {
  /** Stable word: docker-desktop, docker-engine, colima, orbstack, rancher-desktop, podman, simulated. */
  id: string;
  product: string;
  endpoint: string;
  state: "running" | "stopped" | "denied" | "too-old" | "absent";
  /** What was tried, and the answer. */
  detail: string;
  /** What a user types to start or install it; `null` where there is no command. */
  command: string | null;
  /** Whether Switchyard can start it itself. */
  startable: boolean;
}

/** The user's choices for the window. */
export interface Settings {
  language: "system" | "en" | "zh";
  theme: "system" | "light" | "dark" | "contrast";
  autostart: boolean;
  startHidden: boolean;
  notify: boolean;
}

/** The outcome of checking a configuration file. */
export interface Validation {
  ok: boolean;
  /** What the component's own checker said. */
  output: string;
}

/** What a user changes beside starting and stopping. Wanted as further variants of `Intent`. */
export type Change =
  | { type: "setVariable"; name: string; value: string; components: string[] }
  | { type: "openFile"; path: string }
  | { type: "reload"; component: string }
  | { type: "startEngine"; id: string }
  | { type: "useEngine"; endpoint: string }
  | { type: "saveSettings"; settings: Settings };

/** What `send` takes. */
export type Request = Intent | Change;

/** What `diagnostics` is asked; the name of the answer's type stands beside it. */
export interface Answers {
  preview: { question: { intent: Intent }; answer: Preview };
  detail: { question: { component: string }; answer: Detail };
  engineFacts: { question: object; answer: EngineFacts };
  engines: { question: object; answer: EngineCandidate[] };
  settings: { question: object; answer: Settings };
  validate: { question: { path: string }; answer: Validation };
  /** Redacted report about this machine, stack and engine, as text. */
  report: { question: object; answer: string };
}

/** Whether a thrown value is the contract's error. */
export function isAppError(value: unknown): value is AppError {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}
