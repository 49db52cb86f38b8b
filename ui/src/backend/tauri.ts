import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Snapshot } from "./api";
import type { Backend, Stop } from "./backend";
import type { Answers, Change, LogBatch, LogRequest, Reply, Request, StatsBatch, View } from "./contract";

/** The host's five commands: send, watch, follow_logs, follow_stats, diagnostics. */
function stream<Message>(command: string, args: object, next: (message: Message) => void): Stop {
  let open = true;
  const channel = new Channel<Message>((message) => {
    if (open) next(message);
  });
  const viewer = channel.id;
  const started = invoke<undefined>(command, { ...args, viewer, channel });
  started.catch(() => undefined);
  return () => {
    open = false;
    // The same command without a channel ends the stream.
    void started.then(() => invoke(command, { ...args, viewer, channel: null })).catch(() => undefined);
  };
}

function ask<Name extends keyof Answers>(
  type: Name,
  question: Answers[Name]["question"],
): Promise<Answers[Name]["answer"]> {
  return invoke("diagnostics", { question: { type, ...question } });
}

const send = (request: Request): Promise<Reply> => invoke("send", { request });

async function change(change: Change): Promise<void> {
  await send({ type: "change", change });
}

/** The real backend. */
export function tauriBackend(): Backend {
  return {
    send,
    watch: (next: (snapshot: Snapshot) => void) => stream("watch", {}, next),
    followLogs: (request: LogRequest, next: (batch: LogBatch) => void) => stream("follow_logs", { request }, next),
    followStats: (next: (batch: StatsBatch) => void) => stream("follow_stats", {}, next),
    onView: (next) => {
      const listening = listen<View>("view", (event) => next(event.payload));
      listening.catch(() => undefined);
      return () => void listening.then((stop) => stop()).catch(() => undefined);
    },
    detail: (service) => ask("detail", { service }),
    engineFacts: () => ask("engineFacts", {}),
    engines: () => ask("engines", {}),
    validate: (service, path) => ask("validate", { service, path }),
    volumeSizes: () => ask("volumeSizes", {}),
    settings: () => ask("settings", {}),
    report: () => ask("report", {}),
    // The host opens addresses of the stack only, and saves beside what is there.
    openLink: (url) => change({ type: "openLink", url }),
    saveText: (name, text) => change({ type: "saveText", name, text }),
  };
}
