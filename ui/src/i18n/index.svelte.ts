import type { Text } from "../backend/api";
import type { Settings } from "../backend/contract";
import { type Words, en } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh";

const all: Record<Language, Words> = { en, zh };

const current = $state<{ language: Language }>({ language: "en" });

/** The language of the system. `navigator.language` is "C" in a bare locale, which no `Intl` takes: never pass it on. */
export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function setLanguage(choice: Settings["language"]): void {
  current.language = choice === "system" ? systemLanguage() : choice;
  document.documentElement.lang = current.language === "zh" ? "zh-CN" : "en";
}

/** The words of the chosen language; reading them in markup makes it follow a switch. */
export function words(): Words {
  return all[current.language];
}

export function language(): Language {
  return current.language;
}

/** A text of the stack in the chosen language. */
export function pick(text: Text): string {
  return text[current.language] || text.en;
}
