import type { Added, Change, Intent, Offer, Preview, Reply, Request } from "../backend/api";
import type { Backend } from "../backend/backend";
import { isAppError } from "../backend/contract";
import type { Toasts } from "./toasts.svelte";

/** An intent that becomes an operation. */
export type Plannable = Extract<Intent, { components: string[] }>;
type Sent = Extract<Request, { type: "send" }> & { intent: Plannable };
type Taken = Extract<Request, { type: "take" }>;

/** A plan that waits for the user's word, or that cannot be carried out. */
export interface Proposal {
  /** Stays when the plan is looked at again. */
  id: number;
  /** What it is the plan of. */
  asked: Sent | Taken;
  plan: Preview;
  /** Agrees to it; `null` where it cannot be carried out. */
  token: number | null;
  /** The user has agreed to another one before. */
  changed: boolean;
  /** What this one has beyond that. */
  added: Added | null;
}

export function upOf(components: string[]): Extract<Intent, { type: "up" }> {
  return { type: "up", components, recreate: false, pull: false, wait: true };
}

export function downOf(components: string[]): Extract<Intent, { type: "down" }> {
  return { type: "down", components, volumes: false, orphans: false };
}

/** What the user does, from the click to the answer. Nothing is shown as done before a snapshot says so. */
export class Actions {
  /** One is on the screen; those that came meanwhile wait behind it. */
  #proposals = $state.raw<Proposal[]>([]);
  /** The plan that was sent and is not answered yet. */
  #open = $state.raw<Proposal | null>(null);
  readonly proposal = $derived(this.#proposals[0] ?? null);
  /** The plan on the screen is being looked at: it can neither be agreed to nor looked at again. */
  readonly pending = $derived(this.#open !== null && this.#open === this.proposal);
  #next = 1;
  #backend: Backend;
  #toasts: Toasts;

  constructor(backend: Backend, toasts: Toasts) {
    this.#backend = backend;
    this.#toasts = toasts;
  }

  toggle = (id: string, on: boolean): Promise<void> => this.propose(on ? upOf([id]) : downOf([id]));

  /** Runs it at once when it is about the named components only; shows its plan otherwise. */
  propose = (intent: Plannable): Promise<void> => this.#ask({ type: "send", intent, review: "reach" });

  /** Shows the plan in any case. */
  show = (intent: Plannable): Promise<void> => this.#ask({ type: "send", intent, review: "always" });

  /** Asks for what was offered when an operation had ended. */
  take = (operation: number, offer: Offer): Promise<void> => this.#ask({ type: "take", operation, offer });

  /** Agrees to the plan on the screen. It is shown again when it would do more than was shown. */
  agree = async (): Promise<void> => {
    const { proposal } = this;
    if (!proposal || proposal.token === null || this.pending) return;
    await this.#ask(proposal.asked, { type: "agree", token: proposal.token }, proposal);
  };

  /** Looks again at what is on the screen: what stood against it may be gone. */
  lookAgain = async (): Promise<void> => {
    const { proposal } = this;
    if (!proposal || this.pending) return;
    const { asked } = proposal;
    await this.#ask(asked, asked.type === "send" ? { ...asked, review: "always" } : asked, proposal);
  };

  /** Takes the plan off the screen, and with it the user's word where that still waits. */
  dismiss = (): void => {
    const { proposal, pending } = this;
    if (!proposal) return;
    this.#replace(proposal, null);
    if (pending) void this.stopWaiting();
  };

  cancel = (): Promise<boolean> => this.#tell({ type: "cancel" });

  refresh = (): Promise<boolean> => this.#tell({ type: "refresh" });

  /** Gives up everything that waits for its turn. */
  stopWaiting = (): Promise<boolean> => this.#tell({ type: "stopWaiting" });

  /** Resolves to whether it was done. */
  change = (change: Change): Promise<boolean> => this.#done({ type: "change", change });

  #tell(intent: Intent): Promise<boolean> {
    return this.#done({ type: "send", intent, review: "consents" });
  }

  async #done(request: Request): Promise<boolean> {
    try {
      await this.#backend.send(request);
      return true;
    } catch (error) {
      this.#toasts.fail(error);
      return false;
    }
  }

  /** `before` is the plan on the screen that the request is about. */
  async #ask(asked: Sent | Taken, request: Request = asked, before: Proposal | null = null): Promise<void> {
    this.#open = before ?? this.#open;
    let reply: Reply;
    try {
      reply = await this.#backend.send(request);
    } catch (error) {
      // A token is good once.
      if (before && request.type === "agree") this.#replace(before, null);
      this.#fail(error, asked);
      return;
    } finally {
      if (this.#open === before) this.#open = null;
    }
    const withdrawn = before !== null && !this.#proposals.includes(before);
    if (withdrawn) {
      if (request.type === "agree" && reply.kind === "accepted") await this.cancel();
      return;
    }
    this.#replace(before, this.#proposalOf(asked, request, reply, before));
  }

  #proposalOf(asked: Sent | Taken, request: Request, reply: Reply, before: Proposal | null): Proposal | null {
    if (reply.kind !== "needs-consent" && reply.kind !== "refused") return null;
    const token = reply.kind === "refused" ? null : reply.token;
    const added = (reply.kind === "refused" ? null : reply.added) ?? null;
    const id = before?.id ?? this.#next++;
    return { id, asked, plan: reply.plan, token, changed: request.type === "agree", added };
  }

  #replace(before: Proposal | null, after: Proposal | null): void {
    const others = this.#proposals.filter((one) => one !== before);
    const place = before ? this.#proposals.indexOf(before) : others.length;
    this.#proposals = after ? others.toSpliced(place, 0, after) : others;
  }

  /** Says a refusal once. What the user gave up is none. */
  #fail(error: unknown, asked: Sent | Taken): void {
    if (isAppError(error) && error.code === "cancelled") return;
    this.#toasts.fail(error, asked.type === "send" ? () => void this.show(asked.intent) : null);
  }
}
