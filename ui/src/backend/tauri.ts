import { Channel, invoke } from "@tauri-apps/api/core";

import type { Intent, Snapshot } from "./api";
import type { Backend, Stop } from "./backend";
import type { Answers, LogBatch, LogRequest, Request, StatsBatch } from "./contract";
import { download } from "./download";

/** The host's five commands: send, watch, follow_logs, follow_stats, diagnostics. */
function stream<Message>(command: string, args: object, next: (message: Message) => void): Stop {
  let open = true;
  const channel = new Channel<Message>((message) => {
    if (open) next(message);
  });
  const started = invoke<undefined>(command, { ...args, channel, stop: false });
  started.catch(() => undefined);
  return () => {
    open = false;
    void started.then(() => invoke(command, { ...args, channel: channel.id, stop: true })).catch(() => undefined);
  };
}

function ask<Name extends keyof Answers>(
  type: Name,
  question: Answers[Name]["question"],
): Promise<Answers[Name]["answer"]> {
  return invoke("diagnostics", { question: { type, ...question } });
}

/** The real backend. */
export function tauriBackend(): Backend {
  return {
    send: (request: Request) => invoke("send", { request }),
    preview: (intent: Intent) => ask("preview", { intent }),
    watch: (next: (snapshot: Snapshot) => void) => stream("watch", {}, next),
    followLogs: (request: LogRequest, next: (batch: LogBatch) => void) => stream("follow_logs", { request }, next),
    followStats: (next: (batch: StatsBatch) => void) => stream("follow_stats", {}, next),
    detail: (component) => ask("detail", { component }),
    engineFacts: () => ask("engineFacts", {}),
    engines: () => ask("engines", {}),
    validate: (path) => ask("validate", { path }),
    settings: () => ask("settings", {}),
    report: () => ask("report", {}),
    // The opener plugin's own command; the capability allows the stack's addresses only.
    openLink: (url) => invoke("plugin:opener|open_url", { url }),
    saveText: (name, text) => {
      download(name, text);
      return Promise.resolve();
    },
  };
}
