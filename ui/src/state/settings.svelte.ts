import type { Backend } from "../backend/backend";
import type { Settings } from "../backend/contract";
import { setLanguage } from "../i18n/index.svelte";

const defaults: Settings = { language: "system", theme: "system", autostart: false, startHidden: false, notify: true };

function paint(theme: Settings["theme"]): void {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const more = matchMedia("(prefers-contrast: more)").matches;
  const shown = theme === "system" ? (more ? "contrast" : dark ? "dark" : "light") : theme;
  document.documentElement.dataset["theme"] = shown;
}

/** The user's choices, as the backend keeps them. */
export class SettingsState {
  value = $state.raw<Settings>(defaults);
  #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => paint(this.value.theme));
    }
  }

  async load(): Promise<void> {
    this.#take(await this.#backend.settings());
  }

  async change(part: Partial<Settings>): Promise<void> {
    const next = { ...this.value, ...part };
    await this.#backend.send({ type: "change", change: { type: "saveSettings", settings: next } });
    this.#take(next);
  }

  #take(settings: Settings): void {
    this.value = settings;
    setLanguage(settings.language);
    paint(settings.theme);
  }
}
