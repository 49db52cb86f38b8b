/** The words of a code of the backend; nothing for one that this version does not know, whatever it is called. */
export function wordsFor<T>(table: Readonly<Record<string, T>>, code: string): T | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

/** What our own loop says of itself when it is busy; otherwise the detail names the other process. */
export const isOwnVerb = (detail: string): boolean => ["up", "down", "restart", ""].includes(detail);
