import type { Snapshot } from "./api";
import type {
  Detail,
  EngineCandidate,
  EngineFacts,
  LogBatch,
  LogRequest,
  Reply,
  Request,
  Settings,
  StatsBatch,
  Validation,
  View,
} from "./contract";

/** Ends what it was returned for. */
export type Stop = () => void;

/**
 * The only door to the host. Every method fails with an `AppError`.
 *
 * Streams are live before the call returns, so the first message is never lost.
 */
export interface Backend {
  /**
   * Resolves when it is known what becomes of the request, which may be after another one has had its turn. What it
   * does shows up in the next snapshots.
   */
  send(request: Request): Promise<Reply>;
  /** The whole state, now and at every change. */
  watch(next: (snapshot: Snapshot) => void): Stop;
  followLogs(request: LogRequest, next: (batch: LogBatch) => void): Stop;
  /** What is chosen in the window's own menu. */
  onView(next: (view: View) => void): Stop;
  followStats(next: (batch: StatsBatch) => void): Stop;
  /** Everything about a service. */
  detail(service: string): Promise<Detail>;
  engineFacts(): Promise<EngineFacts>;
  engines(): Promise<EngineCandidate[]>;
  /** Whether a service can read a file of its configuration. */
  validate(service: string, path: string): Promise<Validation>;
  /** Bytes of each volume, by its name. Takes a while where there is much in them. */
  volumeSizes(): Promise<Record<string, number>>;
  settings(): Promise<Settings>;
  /** A redacted report to attach to an issue. */
  report(): Promise<string>;
  /** Opens a page of the stack in the system's browser. */
  openLink(url: string): Promise<void>;
  /** Offers a text to be saved as a file. */
  saveText(name: string, text: string): Promise<void>;
}
