import type { Component } from "../../backend/api";
import { wordsFor } from "../../i18n/codes";
import type { Words } from "../../i18n/en";
import type { App } from "../../state/app.svelte";
import { upOf } from "../../state/actions.svelte";
import { holderOf, present } from "../../state/errors";
import { go } from "../../state/route.svelte";

export interface RemedyButton {
  id: string;
  title: string;
  primary: boolean;
  run: () => void;
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

  const { error } = phase.cause;
  const log = button("log", t.cause.openLogs, () => go({ screen: "component", component: id, tab: "logs" }));
  switch (present(error).remedy) {
    case "use-free-port": {
      const { free, variable } = error.facts;
      const buttons = [again(t.cause.checkAgain)];
      if (free && variable) {
        const use = () => void app.actions.send({ type: "setVariable", name: variable, value: free, components: [id] });
        buttons.unshift(button("port", t.cause.usePort(free), use, true));
      }
      return buttons;
    }
    case "choose-engine":
      return [button("engine", t.cause.startEngine, () => go({ screen: "engine" }), true)];
    case "open-env":
      return [
        button("env", t.cause.openFile, () => void app.actions.send({ type: "openFile", path: ".env" }), true),
        again(t.retry),
      ];
    case "show-log":
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

/** Why it is not as it should be, in one sentence. */
export function reasonOf(component: Component, nameOf: (id: string) => string, t: Words): string {
  const { phase } = component;
  switch (phase.kind) {
    case "waiting":
      return phase.reason.kind === "dependency"
        ? t.waits.dependency(nameOf(phase.reason.component))
        : t.waits[phase.reason.kind];
    case "degraded":
    case "failed": {
      const { error } = phase.cause;
      return t.errors[error.code].title({ ...error, subject: nameOf(error.subject) });
    }
    case "drifted":
      return t.drift[phase.drift];
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
  const known = diagnosis ? wordsFor(t.cause.diagnosis, diagnosis) : undefined;
  return known ?? (evidence.probe || t.errors[error.code].next);
}
