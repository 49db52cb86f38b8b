import type { AppError, Component, Phase } from "../../backend/api";
import type { Words } from "../../i18n/en";
import type { App } from "../../state/app.svelte";
import { upOf } from "../../state/actions.svelte";
import { faultCount, faultOfError, holderOf, present } from "../../state/errors";
import { canOpen } from "../../state/fault";
import { go } from "../../state/route.svelte";

export interface RemedyButton {
  id: string;
  title: string;
  primary: boolean;
  /** What it opens stands beside the window: a dialog that offers it stays. */
  aside?: true;
  run: () => void;
}

/** What removes the cause of a failure, wherever that is told: another port, the file at fault. */
export function fixesOf(error: AppError, component: string, app: App, t: Words): RemedyButton[] {
  const { free, variable, file } = error.facts;
  const fixes: RemedyButton[] = [];
  switch (present(error).remedy) {
    case "use-free-port":
      if (free && variable) {
        const use = () =>
          void app.actions.propose({
            type: "configure",
            edits: [{ name: variable, value: free }],
            components: [component],
          });
        fixes.push({ id: "port", title: t.cause.usePort(free), primary: true, run: use });
      }
      return fixes;
    case "open-config":
      if (file && canOpen(file)) {
        const open = () => void app.actions.change({ type: "openFile", path: file });
        fixes.push({ id: "file", title: t.cause.openConfig, primary: true, aside: true, run: open });
      }
      if (faultCount(error) > 1) {
        const all = () => go({ screen: "component", component, tab: "config", check: true });
        fixes.push({ id: "faults", title: t.cause.allFaults(faultCount(error)), primary: false, run: all });
      }
      return fixes;
    default:
      return fixes;
  }
}

/** What can be done about a component that is not as it should be, most helpful first. */
export function remediesOf(component: Component, app: App, t: Words): RemedyButton[] {
  const { id, phase } = component;
  const button = (name: string, title: string, run: () => void, primary = false): RemedyButton => ({
    id: name,
    title,
    run,
    primary,
  });
  const again = (title: string, primary = false) =>
    button("retry", title, () => void app.actions.propose(upOf([id])), primary);
  const off = (title: string) => button("off", title, () => void app.actions.toggle(id, false));

  if (phase.kind === "drifted") {
    const d = t.driftActions;
    const apply = { stopped: d.startAgain, gone: d.startAgain, running: d.keepOn, outdated: d.apply, paused: d.resume };
    const leave = phase.drift === "stopped" || phase.drift === "gone" ? d.leaveOff : d.switchOff;
    return [again(apply[phase.drift], true), off(leave)];
  }
  if (phase.kind !== "failed" && phase.kind !== "degraded") return [];

  const { error, diagnosis } = phase.cause;
  const log = button("log", t.cause.openLogs, () => go({ screen: "component", component: id, tab: "logs" }));
  // What it holds in memory goes with the restart, and only with it.
  if (diagnosis === "spans-refused") {
    const restart = () => void app.actions.propose({ type: "restart", components: [id], wait: true });
    return [button("restart", t.detail.restart, restart, true), log];
  }
  switch (present(error).remedy) {
    case "use-free-port":
    case "open-config":
      return [...fixesOf(error, id, app, t), again(t.cause.checkAgain)];
    case "start-again": {
      const part = error.facts.part ?? error.detail;
      const open = () => go({ screen: "component", component: id, tab: "logs", part });
      const ofPart = button("log", t.cause.partLog, open);
      return [again(t.driftActions.startAgain, true), ofPart];
    }
    case "choose-engine":
      return [button("engine", t.cause.startEngine, () => go({ screen: "engine" }), true)];
    case "open-env":
      return [
        button("env", t.cause.openFile, () => void app.actions.change({ type: "openFile", path: ".env" }), true),
        again(t.retry),
      ];
    case "show-log":
      // It runs and answers: there is nothing to try again.
      if (error.code === "nothing-sent") return [{ ...log, primary: true }];
      if (diagnosis === "config-invalid") {
        const check = () => go({ screen: "component", component: id, tab: "config", check: true });
        return [again(t.retry, true), button("files", t.cause.checkFiles, check), log];
      }
      return [again(t.retry, true), log];
    case "save-report":
      return [button("report", t.cause.report, () => void app.saveReport(), true), again(t.retry)];
    case "open-settings":
      return [button("settings", t.settings.title, () => go({ screen: "settings" }), true)];
    case "retry":
      return [again(t.retry, true), log];
    case "none":
      return [log];
  }
}

/** Why it is not as it should be, in one sentence, with the part that it is about. */
export function reasonOf(of: { phase: Phase; worst: string | null }, nameOf: (id: string) => string, t: Words): string {
  const { phase, worst } = of;
  const ofPart = (reason: string) => (worst === null ? reason : t.parts.reason(nameOf(worst), reason));
  switch (phase.kind) {
    case "waiting":
      return ofPart(
        phase.reason.kind === "dependency"
          ? t.waits.dependency(nameOf(phase.reason.component))
          : t.waits[phase.reason.kind],
      );
    case "degraded":
    case "failed": {
      const { error } = phase.cause;
      return t.errors[error.code].title({ ...error, subject: nameOf(error.subject) });
    }
    case "drifted":
      return ofPart(t.drift[phase.drift]);
    default:
      return "";
  }
}

/** What more is known: who holds a port, the diagnosis, or the advice of the table. */
export function adviceOf(component: Component, t: Words): string {
  const { phase } = component;
  if (phase.kind !== "failed" && phase.kind !== "degraded") return "";
  const { error, diagnosis, evidence } = phase.cause;
  const holder = holderOf(error, t);
  if (holder) return holder;
  const known = diagnosis ? t.cause.diagnosis[diagnosis] : undefined;
  if (known) return known;
  const fault = faultOfError(error);
  if (fault) return [fault.place, fault.words].filter(Boolean).join(": ");
  // Its own answer to the probe is good, and no answer to why it is in trouble.
  const answers = error.code === "nothing-sent" || error.code === "part-unwell";
  return (answers ? "" : evidence.probe) || t.errors[error.code].next;
}
