/** What the window needs of the generated contract, by the names that the screens use. */
import type { AppError, Detail, EngineCandidate, EngineFacts, Settings, Validation } from "./api";

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
  LogNotice,
  LogRequest,
  Mount,
  Reply,
  Request,
  Settings,
  Stats,
  StatsBatch,
  Validation,
  View,
} from "./api";

/** What `diagnostics` is asked; the answer's type stands beside the question. */
export interface Answers {
  detail: { question: { service: string }; answer: Detail };
  engineFacts: { question: object; answer: EngineFacts };
  engines: { question: object; answer: EngineCandidate[] };
  settings: { question: object; answer: Settings };
  validate: { question: { service: string; path: string }; answer: Validation };
  /** Bytes of each volume, by its name. */
  volumeSizes: { question: object; answer: Record<string, number> };
  /** Redacted report about this machine, stack and engine, as text. */
  report: { question: object; answer: string };
}

/** Whether a thrown value is the contract's error. */
export function isAppError(value: unknown): value is AppError {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}
