import type { Added, Notice, NoticeCode, Preview, Remark, Step, StepVerb } from "../../backend/api";
import type { Words } from "../../i18n/en";
import { type Fault, faultOf } from "../../state/fault";

type NameOf = (id: string) => string;

/** Steps that are told by the service they are done for; the others by their subject. */
const ofService = new Set<StepVerb>([
  "create",
  "start",
  "stop",
  "remove",
  "unpause",
  "wait-started",
  "wait-healthy",
  "wait-completed",
  "seed",
]);
/** Steps after which a service is on. A restart stops too, and a replacement removes. */
const starting = new Set<StepVerb>([
  "pull",
  "create",
  "start",
  "unpause",
  "wait-started",
  "wait-healthy",
  "wait-completed",
  "seed",
]);

/** Why a step is done, in words; empty where it only follows from another. */
export function causeOf(step: Step, nameOf: NameOf, t: Words): string {
  const words = t.plan.because[step.cause];
  return typeof words === "function" ? words(nameOf(step.becauseOf ?? "")) : words;
}

/** A step in words: "Download grafana/loki:3.7.6", "Start Loki". */
export function stepOf(step: Step, nameOf: NameOf, t: Words): string {
  const verb = t.plan.verbs[step.verb];
  const about = ofService.has(step.verb) && step.service;
  return `${verb} ${about ? nameOf(about) : step.subject}`;
}

/** A consent, a warning or a notice in words. A notice can be an error too: the stack's files may be faulty. */
export function noticeOf(notice: Notice, nameOf: NameOf, t: Words): string {
  const [subject, other] = [nameOf(notice.subject), notice.other ? nameOf(notice.other) : ""];
  const { code } = notice;
  if (isRemark(code, t)) return t.notices.words[code](subject, other);
  return [t.errors[code].title({ code, subject, detail: other, facts: {} }), other].filter(Boolean).join(": ");
}

const isRemark = (code: NoticeCode, t: Words): code is Remark => Object.hasOwn(t.notices.words, code);

/** The place in a file that a notice is about, with what its checker says; `null` for a notice that says it all. */
export function faultOfNotice(notice: Notice): Fault | null {
  return notice.code === "config-suspect" && notice.other ? faultOf(notice.other) : null;
}

/** Whether a consent is new since the user has agreed. */
export function isAdded(consent: Notice, added: Added | null): boolean {
  const same = (one: Notice) =>
    one.code === consent.code && one.subject === consent.subject && one.other === consent.other;
  return added?.consents.some(same) ?? false;
}

/** One line of the summary: a service and what becomes of it. */
export interface Fate {
  service: string;
  kind: "starts" | "stops";
  pulls: boolean;
  because: string;
  /** Some of it is new since the user has agreed. */
  added: boolean;
}

/** What becomes of each service, stops first, in the plan's order. */
export function fatesOf(preview: Preview, nameOf: NameOf, t: Words, added: Added | null = null): Fate[] {
  const fates = new Map<string, Fate>();
  for (const [index, step] of preview.steps.entries()) {
    if (step.service === null) continue;
    const before = fates.get(step.service);
    const kind = starting.has(step.verb) || before?.kind === "starts" ? "starts" : "stops";
    const because = before?.because || causeOf(step, nameOf, t);
    const pulls = step.verb === "pull" || (before?.pulls ?? false);
    const fresh = added?.steps.includes(index) || (before?.added ?? false);
    fates.set(step.service, { service: step.service, kind, pulls, because, added: fresh });
  }
  return [...fates.values()].sort((a, b) => Number(a.kind === "starts") - Number(b.kind === "starts"));
}
