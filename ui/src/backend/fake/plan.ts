import type { Component, Intent, Notice, Preview, Step, StepCause } from "../api";
import { type ConfigFault, refusalOf, suspicionsOf } from "./faults";

/** What the fake engine needs to know to plan. */
export interface Known {
  components: Component[];
  /** Images that are here already. */
  images: Set<string>;
  portTaken: string | null;
  /** What is wrong with the files of components. */
  faults: Map<string, ConfigFault[]>;
}

class Draught {
  steps: Step[] = [];
  consents: Notice[] = [];
  warnings: Notice[] = [];
  refusals: Preview["refusals"] = [];

  add(step: Partial<Step> & Pick<Step, "verb" | "subject" | "cause">): number {
    this.steps.push({ service: null, becauseOf: null, after: [], state: { kind: "pending" }, ...step });
    return this.steps.length - 1;
  }
}

/** A container that is there, running or not, has to be stopped and removed before another one is made. */
const isThere = (component: Component) => component.container !== null && component.phase.kind !== "off";

const container = (id: string) => `rwa-observability-${id}-1`;

function stop(plan: Draught, id: string, cause: StepCause, becauseOf: string | null, after: number[]): number {
  const stopped = plan.add({ verb: "stop", subject: container(id), service: id, cause, becauseOf, after });
  return plan.add({ verb: "remove", subject: container(id), service: id, cause: "follows", after: [stopped] });
}

function start(plan: Draught, known: Known, id: string, cause: StepCause, becauseOf: string | null, after: number[]) {
  const component = known.components.find((one) => one.id === id);
  if (!component) return null;
  const before = [...after];
  const shared = { service: id, becauseOf };
  if (!known.images.has(component.image)) {
    before.push(plan.add({ verb: "pull", subject: component.image, cause, ...shared }));
  }
  const made = plan.add({ verb: "create", subject: container(id), cause, after: before, ...shared });
  const begun = plan.add({ verb: "start", subject: container(id), cause: "follows", after: [made], service: id });
  const ready = plan.add({ verb: "wait-healthy", subject: id, cause: "follows", after: [begun], service: id });
  if (id === "consul") plan.add({ verb: "seed", subject: id, cause: "missing", after: [ready], service: id });
  return ready;
}

function up(plan: Draught, known: Known, names: string[], recreate: boolean): void {
  const byId = (id: string) => known.components.find((one) => one.id === id);
  const done = new Map<string, number | null>();
  const visit = (id: string, cause: StepCause, becauseOf: string | null): number | null => {
    if (done.has(id)) return done.get(id) ?? null;
    const component = byId(id);
    if (!component) return null;
    done.set(id, null);
    const after: number[] = [];
    for (const other of component.excludes) {
      const excluded = byId(other);
      if (!excluded || (!isThere(excluded) && !excluded.enabled)) continue;
      plan.consents.push({ code: "stops-excluded", subject: other, other: id });
      after.push(stop(plan, other, "excluded-by", id, []));
    }
    for (const need of component.needs) {
      const wait = visit(need, "needed-by", id);
      if (wait !== null) after.push(wait);
    }
    if (isThere(component) && component.phase.kind === "healthy" && !recreate) return null;
    if (isThere(component) && component.phase.kind !== "unknown") {
      after.push(stop(plan, id, recreate ? "requested" : "not-running", null, []));
    }
    if (id === known.portTaken) {
      plan.refusals.push({
        code: "port-taken",
        subject: id,
        detail: "127.0.0.1:3030/tcp",
        facts: {
          port: "3030",
          process: "node",
          pid: "4312",
          free: "3031",
          variable: "GRAFANA_PORT",
          stack: "rwa-observability",
        },
      });
    }
    const wait = start(plan, known, id, cause, becauseOf, after);
    done.set(id, wait);
    return wait;
  };
  for (const name of names) visit(name, "requested", null);
}

function down(plan: Draught, known: Known, names: string[], volumes: boolean): void {
  const all = names.length === 0;
  const wanted = new Set(all ? known.components.map((one) => one.id) : names);
  const gone = new Map<string, number>();
  if (!all) {
    for (const component of known.components) {
      const need = component.needs.find((one) => wanted.has(one));
      if (need === undefined || wanted.has(component.id) || !isThere(component)) continue;
      plan.consents.push({ code: "stops-dependent", subject: component.id, other: need });
      gone.set(component.id, stop(plan, component.id, "needs", need, []));
    }
  }
  for (const id of wanted) {
    const component = known.components.find((one) => one.id === id);
    if (!component || !isThere(component)) continue;
    const after = [...gone.entries()]
      .filter(([other]) => known.components.find((one) => one.id === other)?.needs.includes(id))
      .map(([, step]) => step);
    stop(plan, id, "switched-off", null, after);
    if (volumes) {
      plan.consents.push({ code: "removes-volume", subject: `rwa-observability_${id}-data`, other: null });
    }
  }
}

/** What becomes an operation: what a user can say, or what takes back what he said. */
export type Wanted = Extract<Intent, { components: string[] }> | { type: "undo"; off: string[]; on: string[] };

/** The plan of what is wanted, as the real planner would shape it. */
export function planOf(intent: Wanted, known: Known): Preview {
  const plan = new Draught();
  if (intent.type === "up" || intent.type === "configure") {
    const names = intent.components.length
      ? intent.components
      : known.components.filter((one) => one.enabled).map((one) => one.id);
    // The only variable that is configured here is that of the port.
    const later = intent.type === "configure" ? { ...known, portTaken: null } : known;
    up(plan, later, names, intent.type === "up" && intent.recreate);
  } else if (intent.type === "undo") {
    const pushed = known.components.filter((one) => intent.on.includes(one.id)).flatMap((one) => one.excludes);
    const off = intent.off.filter((id) => !pushed.includes(id));
    if (off.length) down(plan, known, off, false);
    up(plan, known, intent.on, false);
    // To take them down is what was asked for.
    plan.consents = plan.consents.filter((consent) => !intent.off.includes(consent.subject));
  } else if (intent.type === "down") {
    down(plan, known, intent.components, intent.volumes);
  } else {
    for (const id of intent.components) {
      const stopped = plan.add({ verb: "stop", subject: container(id), service: id, cause: "requested" });
      const begun = plan.add({
        verb: "start",
        subject: container(id),
        service: id,
        cause: "follows",
        after: [stopped],
      });
      plan.add({ verb: "wait-healthy", subject: id, service: id, cause: "follows", after: [begun] });
    }
  }
  for (const id of new Set(plan.steps.flatMap((step) => (step.verb === "start" && step.service ? step.service : [])))) {
    const faults = known.faults.get(id) ?? [];
    const refusal = refusalOf(id, faults);
    if (refusal) plan.refusals.push(refusal);
    plan.warnings.push(...suspicionsOf(id, faults));
  }
  // What is forbidden is not done in part.
  const steps = plan.refusals.length ? [] : plan.steps;
  return { steps, consents: plan.consents, warnings: plan.warnings, refusals: plan.refusals };
}
