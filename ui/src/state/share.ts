/**
 * The next value, made of as much of the one before as is still true.
 *
 * A snapshot comes whole, and nearly all of it says what the last one said. What is the same object as before is not
 * drawn again: of sixty cards only the one that changed.
 */
export function share<T>(before: unknown, next: T): T {
  if (Object.is(before, next) || typeof before !== "object" || before === null) return next;
  if (Array.isArray(next)) return Array.isArray(before) ? (shareList(before, next) as T) : next;
  if (typeof next !== "object" || next === null || Array.isArray(before)) return next;
  const old = before as Record<string, unknown>;
  const entries = Object.entries(next).map(([key, value]) => [key, share(old[key], value)] as const);
  const same =
    entries.length === Object.keys(old).length && entries.every(([key, value]) => Object.is(old[key], value));
  return (same ? before : Object.fromEntries(entries)) as T;
}

/** Items with an id are found again where they have moved to. */
function shareList(before: unknown[], next: unknown[]): unknown[] {
  const known = new Map(before.map((item) => [idOf(item), item]));
  const shared = next.map((item, index) =>
    share(idOf(item) === undefined ? before[index] : known.get(idOf(item)), item),
  );
  const same = shared.length === before.length && shared.every((item, index) => Object.is(item, before[index]));
  return same ? before : shared;
}

function idOf(item: unknown): unknown {
  return typeof item === "object" && item !== null && "id" in item ? item.id : undefined;
}
