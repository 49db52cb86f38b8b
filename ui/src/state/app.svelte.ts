import { getContext, setContext } from "svelte";

import type { Backend } from "../backend/backend";
import { words } from "../i18n/index.svelte";
import { Actions } from "./actions.svelte";
import { SettingsState } from "./settings.svelte";
import { StackState } from "./stack.svelte";
import { StatsState } from "./stats.svelte";
import { Toasts } from "./toasts.svelte";

/** Everything the screens share. They get it from here; the kit never does. */
export class App {
  readonly toasts = new Toasts();
  readonly stack: StackState;
  readonly stats: StatsState;
  readonly settings: SettingsState;
  readonly actions: Actions;
  /** The command palette is open. */
  palette = $state(false);

  constructor(readonly backend: Backend) {
    this.stack = new StackState(backend);
    this.stats = new StatsState(backend);
    this.settings = new SettingsState(backend);
    this.actions = new Actions(backend, this.toasts);
  }

  openLink = (url: string): void => {
    this.backend.openLink(url).catch((error: unknown) => this.toasts.fail(error));
  };

  copy = async (text: string): Promise<boolean> => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      this.toasts.say(words().toast.copyFailed);
      return false;
    }
  };

  saveReport = async (): Promise<void> => {
    try {
      await this.backend.saveText("switchyard-report.txt", await this.backend.report());
      this.toasts.say(words().toast.saved);
    } catch (error) {
      this.toasts.fail(error);
    }
  };
}

const key = Symbol("app");

export function provide(app: App): App {
  return setContext(key, app);
}

export function useApp(): App {
  return getContext<App>(key);
}
