import type { AppError, ErrorCode } from "../backend/api";
import type { Words } from "../i18n/en";
import { type Fault, faultOf } from "./fault";

/** The one thing a user can do about a failure from where it is shown. */
export type Remedy =
  | "none"
  | "retry"
  | "start-again"
  | "use-free-port"
  | "choose-engine"
  | "show-log"
  | "open-env"
  | "open-config"
  | "open-settings"
  | "save-report";

export interface Presentation {
  tone: "warn" | "bad";
  remedy: Remedy;
}

const warn = (remedy: Remedy): Presentation => ({ tone: "warn", remedy });
const bad = (remedy: Remedy): Presentation => ({ tone: "bad", remedy });

/** How each failure looks. A new code in Rust breaks this table until someone decides. */
const presentations = {
  "no-engine": warn("choose-engine"),
  "engine-denied": bad("choose-engine"),
  "engine-unreachable": warn("choose-engine"),
  "engine-too-old": bad("choose-engine"),
  "engine-timeout": warn("retry"),
  "engine-lost": warn("choose-engine"),
  "engine-refused": bad("retry"),
  "engine-unsupported": bad("choose-engine"),
  "image-not-found": bad("open-env"),
  "rate-limited": warn("retry"),
  "registry-unreachable": warn("retry"),
  "registry-denied": bad("retry"),
  "credentials-failed": bad("retry"),
  "bad-endpoint": bad("choose-engine"),
  "volume-in-use": warn("retry"),
  "disk-full": bad("retry"),
  "port-taken": bad("use-free-port"),
  "name-taken": bad("retry"),
  "foreign-project": bad("none"),
  "external-missing": bad("retry"),
  "image-missing": bad("retry"),
  excluded: warn("none"),
  "no-healthcheck": bad("none"),
  "consent-needed": warn("none"),
  busy: warn("retry"),
  "plan-unknown": warn("retry"),
  "file-changed": warn("retry"),
  "unknown-component": warn("none"),
  "stack-invalid": bad("none"),
  "config-invalid": bad("open-config"),
  "part-unwell": warn("start-again"),
  "nothing-sent": warn("show-log"),
  "file-unreadable": bad("retry"),
  "file-unwritable": bad("retry"),
  "no-stack": bad("open-settings"),
  "variable-missing": bad("open-env"),
  exited: bad("show-log"),
  unhealthy: bad("show-log"),
  "wait-timeout": bad("show-log"),
  gone: warn("retry"),
  "probe-failed": warn("show-log"),
  "seed-failed": warn("retry"),
  "cannot-open": warn("none"),
  "no-link": warn("none"),
  "not-running": warn("none"),
  "bad-pattern": warn("none"),
  "bad-time": warn("none"),
  "settings-damaged": warn("open-settings"),
  cancelled: warn("none"),
  internal: bad("save-report"),
} as const satisfies Record<ErrorCode, Presentation>;

export function present(error: AppError): Presentation {
  return presentations[error.code];
}

/** Details that are words for programs, or that the sentence says already. */
const said: ErrorCode[] = ["exited", "wait-timeout", "consent-needed", "part-unwell", "nothing-sent"];

/** What is worth reading beside the sentence: the engine's words, a place in a file, the holder of a lock. */
export function detailOf(error: AppError): string {
  if (said.includes(error.code)) return "";
  return error.detail;
}

/** What is wrong with a configuration file, and where; `null` for a failure of another kind. */
export function faultOfError(error: AppError): Fault | null {
  return error.code === "config-invalid" ? faultOf(error.detail, error.facts.file) : null;
}

/** How many faults there are where a failure tells the first of them. */
export function faultCount(error: AppError): number {
  const count = Number(error.facts.faults ?? 1);
  return Number.isInteger(count) && count > 0 ? count : 1;
}

/** Who has the port; `null` where nobody could tell. */
export function holderOf(error: AppError, t: Words): string | null {
  // A container that is named for another reason holds nothing.
  if (error.code !== "port-taken") return null;
  const { container, project, process, pid } = error.facts;
  if (container) return project ? t.cause.heldBy.project(container, project) : t.cause.heldBy.container(container);
  return process ? t.cause.heldBy.process(process, pid ?? "?") : null;
}
