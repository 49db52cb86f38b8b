/** What the window needs of the generated contract, by the names that the screens use. */
import type {
  AppError,
  Container,
  Detail,
  EngineCandidate,
  EngineFacts,
  Intent,
  Preview,
  Settings,
  Validation,
} from "./api";

export type {
  Change,
  ConfigFile,
  Detail,
  EngineCandidate,
  EngineFacts,
  EnvironmentVariable,
  HealthEvent,
  LogBatch,
  LogLine,
  LogRequest,
  Mount,
  Request,
  Settings,
  Stats,
  StatsBatch,
  Validation,
} from "./api";

/** When a container was started and how often the engine has restarted it. Wanted as fields of `Container`. */
export interface ContainerTimes {
  /** Unix milliseconds; `null` while it does not run. */
  started: number | null;
  /** Restarts by the engine since it was created. */
  restarts: number;
}

/** A container as the window reads it, whether or not the contract has the times already. */
export type TimedContainer = Container & Partial<ContainerTimes>;

/** What `diagnostics` is asked; the answer's type stands beside the question. */
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
