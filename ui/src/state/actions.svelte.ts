import type { Component, Intent, Preview } from "../backend/api";
import type { Backend } from "../backend/backend";
import { isAppError, type Request } from "../backend/contract";
import type { StackState } from "./stack.svelte";
import type { Toasts } from "./toasts.svelte";

type Up = Extract<Intent, { type: "up" }>;
type Down = Extract<Intent, { type: "down" }>;
type Plannable = Up | Down | Extract<Intent, { type: "restart" }>;

/** A plan that waits for the user's word. */
export interface Proposal {
  intent: Plannable;
  preview: Preview;
}

/** The switches as they were before the last toggle. */
export interface Undo {
  verb: "up" | "down";
  components: string[];
  enabledBefore: string[];
}

export function upOf(components: string[]): Up {
  return { type: "up", components, recreate: false, pull: false, wait: true, agreed: false };
}

export function downOf(components: string[]): Down {
  return { type: "down", components, volumes: false, orphans: false, agreed: false };
}

/** Whether a plan is shown before it runs: it needs consent, cannot run, or touches what the user did not name. */
export function needsLook(intent: Plannable, preview: Preview, components: Component[]): boolean {
  if (preview.consents.length > 0 || preview.refusals.length > 0) return true;
  if (intent.components.length === 0) return intent.type === "down";
  const known = new Set(components.map((one) => one.id));
  const named = new Set(intent.components);
  return preview.steps.some((step) => step.service !== null && known.has(step.service) && !named.has(step.service));
}

/** What brings the switches back: what was on goes on; what came on goes off, unless going on pushes it off anyway. */
export function undoIntents(undo: Undo, components: Component[]): Plannable[] {
  const before = new Set(undo.enabledBefore);
  const on = components.filter((one) => !one.enabled && before.has(one.id));
  const pushed = new Set(on.flatMap((one) => one.excludes));
  const off = components.filter((one) => one.enabled && !before.has(one.id) && !pushed.has(one.id));
  const intents: Plannable[] = [];
  if (off.length) intents.push({ ...downOf(off.map((one) => one.id)), agreed: true });
  if (on.length) intents.push({ ...upOf(on.map((one) => one.id)), agreed: true });
  return intents;
}

function plans(request: Request): request is Plannable {
  return request.type === "up" || request.type === "down" || request.type === "restart";
}

/** Another Switchyard works on the stack, and what was asked for here begins when it has finished. */
export interface Waiting {
  /** Its program and process, in its own words. */
  holder: string;
  /** Unix milliseconds. */
  since: number;
}

/** Between two looks whether another Switchyard has finished. */
const pause = 300;

/** What the user does, from the click to the accepted intent. Nothing is shown as done before a snapshot says so. */
export class Actions {
  proposal = $state.raw<Proposal | null>(null);
  undo = $state.raw<Undo | null>(null);
  waiting = $state.raw<Waiting | null>(null);
  #last: Plannable | null = null;
  #backend: Backend;
  #stack: StackState;
  #toasts: Toasts;

  constructor(backend: Backend, stack: StackState, toasts: Toasts) {
    this.#backend = backend;
    this.#stack = stack;
    this.#toasts = toasts;
  }

  /** Sends, and says a refusal once. Resolves to whether it was accepted. */
  send = async (request: Request): Promise<boolean> => {
    try {
      await this.#backend.send(request);
      return true;
    } catch (error) {
      if (isAppError(error) && error.code === "busy" && plans(request)) return this.#wait(request, error.detail);
      this.#toasts.fail(error, this.#again(request));
      return false;
    }
  };

  /** Shows the plan of what was refused, once its cause is gone; nothing for what has no plan. */
  #again(request: Request): (() => void) | null {
    if (plans(request)) return () => void this.show(request);
    return request.type === "setVariable" ? () => void this.show(upOf(request.components)) : null;
  }

  /** Asks again until the other one has finished, the user has had enough, or it is refused for another reason. */
  async #wait(request: Request, holder: string): Promise<boolean> {
    // One thing at a time waits; the newer wish is the one that counts.
    const waiting: Waiting = { holder, since: Date.now() };
    this.waiting = waiting;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.waiting?.since !== waiting.since) return false;
      try {
        await this.#backend.send(request);
        this.waiting = null;
        return true;
      } catch (error) {
        if (this.waiting?.since !== waiting.since) return false;
        if (isAppError(error) && error.code === "busy") {
          if (error.detail !== this.waiting.holder) this.waiting = { ...waiting, holder: error.detail };
          continue;
        }
        this.waiting = null;
        this.#toasts.fail(error, this.#again(request));
        return false;
      }
    }
  }

  /** Does not wait for the other Switchyard any more. */
  stopWaiting = (): void => {
    this.waiting = null;
  };

  toggle = (id: string, on: boolean): Promise<void> => this.propose(on ? upOf([id]) : downOf([id]));

  /** Looks at the plan; runs it at once when it is about the named components only. */
  propose = async (intent: Plannable): Promise<void> => {
    try {
      const preview = await this.#backend.preview(intent);
      if (needsLook(intent, preview, this.#stack.components)) this.proposal = { intent, preview };
      else await this.#run(intent);
    } catch (error) {
      this.#toasts.fail(error);
    }
  };

  /** Shows the plan in any case. */
  show = async (intent: Plannable): Promise<void> => {
    try {
      this.proposal = { intent, preview: await this.#backend.preview(intent) };
    } catch (error) {
      this.#toasts.fail(error);
    }
  };

  agree = async (): Promise<void> => {
    const proposal = this.proposal;
    this.proposal = null;
    if (!proposal) return;
    const { intent } = proposal;
    await this.#run(intent.type === "restart" ? intent : { ...intent, agreed: true });
  };

  /** Looks again at the plan on the screen: what stood against it may be gone. Starts nothing. */
  lookAgain = async (): Promise<void> => {
    const before = this.proposal;
    if (!before) return;
    try {
      const preview = await this.#backend.preview(before.intent);
      if (this.proposal === before) this.proposal = { ...before, preview };
    } catch (error) {
      this.#toasts.fail(error);
    }
  };

  dismiss = (): void => {
    this.proposal = null;
  };

  /** Does the last thing again, after its cause was removed. */
  retry = async (): Promise<void> => {
    const failed = this.#stack.snapshot?.operation;
    const services = new Set(failed?.steps.flatMap((step) => (step.service ? [step.service] : [])));
    const named = this.#stack.components.filter((one) => services.has(one.id)).map((one) => one.id);
    const verb = failed?.verb === "down" ? downOf : upOf;
    await this.propose(this.#last ?? verb(named));
  };

  undoLast = async (): Promise<void> => {
    const undo = this.undo;
    this.undo = null;
    if (!undo) return;
    for (const intent of undoIntents(undo, this.#stack.components)) await this.send(intent);
  };

  cancel = (): Promise<boolean> => this.send({ type: "cancel" });

  async #run(intent: Plannable): Promise<void> {
    const enabledBefore = this.#stack.components.filter((one) => one.enabled).map((one) => one.id);
    if (!(await this.send(intent))) return;
    this.#last = intent;
    if (intent.type === "restart") return;
    this.undo = { verb: intent.type, components: intent.components, enabledBefore };
  }
}
