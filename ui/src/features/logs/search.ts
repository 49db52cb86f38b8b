import type { Entry } from "../../state/logs.svelte";

export type LevelChoice = "all" | "warn" | "error";

/** A search as typed: a pattern, nothing, or why it is not valid. Lower case finds both cases, as editors do. */
export function compile(text: string): { pattern: RegExp | null; fault: string | null } {
  if (!text) return { pattern: null, fault: null };
  try {
    return { pattern: new RegExp(text, /[A-Z]/.test(text) ? "gu" : "giu"), fault: null };
  } catch (error) {
    return { pattern: null, fault: error instanceof Error ? error.message.replace(/^.*?: /, "") : String(error) };
  }
}

/** Only the beginning of a line is searched, so that a line of a megabyte cannot stall the window. */
const searched = 4000;

export function passes(entry: Entry, pattern: RegExp | null, level: LevelChoice): boolean {
  if (level === "error" && entry.level !== "error") return false;
  if (level === "warn" && entry.level !== "error" && entry.level !== "warn") return false;
  if (!pattern) return true;
  pattern.lastIndex = 0;
  return pattern.test(entry.plain.slice(0, searched));
}

/** Lines as a file or the clipboard gets them. */
export function asText(entries: Entry[]): string {
  return entries.map((entry) => `${new Date(entry.at).toISOString()} ${entry.service} ${entry.plain}\n`).join("");
}
