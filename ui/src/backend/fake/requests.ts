import type { AppError, Added, Intent, Notice, Offer, Preview, Reply, Review, Step, Waiting } from "../api";
import { type Wanted, planOf } from "./plan";
import type { World } from "./world";

/** A request that waits for its turn. */
interface Pending {
  wanted: Wanted;
  review: Review;
  /** The plan that was agreed to. */
  shown: Preview | null;
  since: number;
  resolve: (reply: Reply) => void;
  reject: (error: AppError) => void;
}

const acts = new Set(["create", "start", "unpause", "stop", "remove", "remove-network", "remove-volume"]);
const errorOf = (code: AppError["code"], subject: string, detail = ""): AppError => ({
  code,
  subject,
  detail,
  facts: {},
});

/** What a plan has beyond one that was shown; `null` when it stays within. */
export function beyond(shown: Preview, plan: Preview): Added | null {
  const act = (step: Step) => `${step.verb} ${step.subject}`;
  const word = (consent: Notice) => `${consent.code} ${consent.subject} ${consent.other ?? ""}`;
  const [done, known] = [new Set(shown.steps.map(act)), new Set(shown.consents.map(word))];
  const steps = plan.steps.flatMap((step, index) => (acts.has(step.verb) && !done.has(act(step)) ? [index] : []));
  const consents = plan.consents.filter((consent) => !known.has(word(consent)));
  return steps.length || consents.length ? { steps, consents } : null;
}

/** Whether it acts on components that were not named. */
function reachesFurther(wanted: Wanted, plan: Preview, world: World): boolean {
  const named = wanted.type === "undo" ? [...wanted.off, ...wanted.on] : wanted.components;
  if (named.length === 0) return wanted.type === "down";
  return plan.steps.some(({ service }) => service !== null && world.component(service) && !named.includes(service));
}

/** Requests take their turns, one after the other, and never beside another program's. */
export class Requests {
  /** The other program that changes the stack. */
  holder: string | null = null;
  /** What another tool does after a plan was shown. */
  meanwhile: (() => void) | null = null;
  #queue: Pending[] = [];
  #shown = new Map<number, { wanted: Wanted; plan: Preview }>();
  #tokens = 0;

  constructor(readonly world: World) {
    world.watch(() => this.#turn());
  }

  intent(intent: Intent, review: Review): Promise<Reply> {
    switch (intent.type) {
      case "cancel":
        this.world.cancel();
        break;
      case "stopWaiting":
        for (const one of this.#queue.splice(0)) one.reject(errorOf("cancelled", ""));
        this.#tell();
        break;
      case "refresh":
        this.world.publish();
        break;
      default:
        return this.#ask(intent, review);
    }
    return Promise.resolve({ kind: "done" });
  }

  agree(token: number): Promise<Reply> {
    const shown = this.#shown.get(token);
    // A token is good once.
    this.#shown.delete(token);
    if (!shown) return Promise.reject(errorOf("plan-unknown", String(token)));
    return this.#ask(shown.wanted, "consents", shown.plan);
  }

  take(operation: number, offer: Offer): Promise<Reply> {
    const wanted = this.world.operation?.id === operation ? this.world.offers().get(offer) : undefined;
    return wanted ? this.#ask(wanted, "reach") : Promise.reject(errorOf("plan-unknown", String(operation)));
  }

  /** The other program has the stack, or lets go of it. */
  hold(holder: string | null): void {
    this.holder = holder;
    this.#turn();
    this.#tell();
  }

  #ask(wanted: Wanted, review: Review, shown: Preview | null = null): Promise<Reply> {
    const { engine } = this.world;
    if (engine.kind !== "connected") return Promise.reject(errorOf("engine-lost", engine.endpoint, "not connected"));
    return new Promise((resolve, reject) => {
      this.#queue.push({ wanted, review, shown, since: Date.now(), resolve, reject });
      this.#turn();
      this.#tell();
    });
  }

  #turn(): void {
    while (this.holder === null && this.world.operation?.outcome !== null) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#decide(next);
      this.#tell();
    }
  }

  #tell(): void {
    const waiting = this.#queue.map(({ wanted, since }, index): Waiting => {
      const components = wanted.type === "undo" ? [...wanted.off, ...wanted.on] : wanted.components;
      const verb = wanted.type === "down" || wanted.type === "restart" ? wanted.type : "up";
      return { verb, components, since, holder: index === 0 ? this.holder : null };
    });
    if (waiting.length === 0 && this.world.waiting.length === 0) return;
    this.world.waiting = waiting;
    this.world.publish();
  }

  #decide({ wanted, review, shown, resolve, reject }: Pending): void {
    const { world } = this;
    const [unreadable] = world.unreadable;
    if (unreadable && wanted.type !== "down") return reject(unreadable);
    const plan = planOf(wanted, world.known);
    const file = unreadable?.facts["file"] ?? unreadable?.subject;
    if (file) plan.consents.push({ code: "files-unreadable", subject: file, other: null });
    const [error] = plan.refusals;
    if (error) return resolve({ kind: "refused", error, plan });
    const added = shown && beyond(shown, plan);
    const further = review === "reach" && reachesFurther(wanted, plan, world);
    const show = shown ? added !== null : review === "always" || plan.consents.length > 0 || further;
    if (show) {
      const token = ++this.#tokens;
      this.#shown.set(token, { wanted, plan });
      resolve({ kind: "needs-consent", token, plan, ...(added && { added }) });
      this.meanwhile?.();
      this.meanwhile = null;
      return;
    }
    resolve({ kind: "accepted", operation: world.start(wanted, plan) });
  }
}
