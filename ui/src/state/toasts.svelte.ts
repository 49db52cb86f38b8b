import type { AppError } from "../backend/api";
import { isAppError } from "../backend/contract";

export interface Toast {
  id: number;
  /** A failed command, shown by the table of errors, or a plain message. */
  error: AppError | null;
  text: string;
  /** Shows the plan of what was refused, where trying again may help. */
  again: (() => void) | null;
}

/** What has to be said once: failures of commands, and that something was done. A component's failure is never here. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  say(text: string): void {
    this.#add({ error: null, text, again: null });
  }

  fail(reason: unknown, again: (() => void) | null = null): void {
    const error: AppError = isAppError(reason)
      ? reason
      : { code: "internal", subject: "", detail: String(reason), facts: {} };
    this.#add({ error, text: "", again });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((one) => one.id !== id);
  }

  #add(toast: Omit<Toast, "id">): void {
    const id = this.#next++;
    this.list = [...this.list.slice(-2), { id, ...toast }];
    // An error stays until it is dismissed: it may need an action.
    if (!toast.error) setTimeout(() => this.dismiss(id), 4000);
  }
}
