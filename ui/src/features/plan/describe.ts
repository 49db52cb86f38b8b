import type { Notice, Preview, Step } from "../../backend/api";
import type { Words } from "../../i18n/en";

type NameOf = (id: string) => string;

/** Why a step is done, in words; empty where it only follows from another. */
export function causeOf(step: Step, nameOf: NameOf, t: Words): string {
  const words = t.plan.because[step.cause];
  if (words === undefined) return step.cause;
  return typeof words === "function" ? words(nameOf(step.becauseOf ?? "")) : words;
}

/** A step in words: "Download grafana/loki:3.7.6", "Start Loki". */
export function stepOf(step: Step, nameOf: NameOf, t: Words): string {
  const verb = t.plan.verbs[step.verb] ?? step.verb;
  const about = ["create", "start", "stop", "remove", "wait", "unpause", "seed"].includes(step.verb) && step.service;
  return `${verb} ${about ? nameOf(about) : step.subject}`;
}

export function noticeOf(notice: Notice, nameOf: NameOf, t: Words): string {
  const words = t.plan.notice[notice.code];
  const other = notice.other ? nameOf(notice.other) : "";
  return words ? words(nameOf(notice.subject), other) : `${notice.code}: ${notice.subject}`;
}

/** One line of the summary: a service and what becomes of it. */
export interface Fate {
  service: string;
  kind: "starts" | "stops";
  pulls: boolean;
  because: string;
}

/** What becomes of each service, stops first, in the plan's order. */
export function fatesOf(preview: Preview, nameOf: NameOf, t: Words): Fate[] {
  const fates = new Map<string, Fate>();
  for (const step of preview.steps) {
    if (step.service === null) continue;
    const before = fates.get(step.service);
    const kind = ["pull", "create", "start", "wait", "unpause", "seed"].includes(step.verb) ? "starts" : "stops";
    const because = before?.because || causeOf(step, nameOf, t);
    const pulls = step.verb === "pull" || (before?.pulls ?? false);
    fates.set(step.service, { service: step.service, kind, pulls, because });
  }
  return [...fates.values()].sort((a, b) => Number(a.kind === "starts") - Number(b.kind === "starts"));
}
