import type { Words } from "../../i18n/en";
import type { Locate } from "./addresses";
import { consul } from "./discovery";
import { collector, loki } from "./logs";
import { alertmanager, grafana, prometheus } from "./metrics";
import { sentry } from "./sentry";
import { jaeger } from "./tracing";

export type RecipeWord = keyof Words["connect"]["recipes"];

/** Whether a service's code has to change. */
export type Effort = "none" | "little";

/** One way to use a component: a title, a sentence, and texts to copy. */
export interface Recipe {
  title: RecipeWord;
  text: RecipeWord | null;
  effort: Effort;
  /** A file's path, or the kind of text. */
  blocks: { label: string; code: string }[];
}

const all: Record<string, (at: Locate) => Recipe[]> = {
  consul,
  jaeger,
  loki,
  collector,
  prometheus,
  alertmanager,
  grafana,
  sentry,
};

/** How to use what has this word in the stack's file (`x-switchyard: recipe`); nothing for a word that we do not know. */
export function recipesOf(word: string, at: Locate): Recipe[] {
  return Object.hasOwn(all, word) ? (all[word]?.(at) ?? []) : [];
}
