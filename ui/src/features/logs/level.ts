export type Level = "error" | "warn" | "info" | "debug" | "none";

const named = /\b(?:level|lvl|severity)["']?\s*[=:]\s*["']?([a-z]+)/i;
const word =
  /(?:^|[\s[|(])(TRACE|DEBUG|DBG|INFO|NOTICE|WARN(?:ING)?|EROR|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL|PANIC)(?=[\s\]|):]|$)/;

function levelOfWord(text: string): Level {
  const start = text.slice(0, 3).toLowerCase();
  if (["err", "ero", "cri", "fat", "pan", "ale", "eme"].includes(start)) return "error";
  if (start === "war") return "warn";
  if (start === "inf" || start === "not") return "info";
  if (start === "deb" || start === "dbg" || start === "tra") return "debug";
  return "none";
}

/** The level a line says it has. A word inside a sentence is not a level: only a named field, or a capital word near the start. */
export function levelOf(text: string): Level {
  const head = text.slice(0, 400);
  const field = named.exec(head)?.[1];
  if (field) return levelOfWord(field);
  const found = word.exec(head.slice(0, 80))?.[1];
  return found ? levelOfWord(found) : "none";
}
