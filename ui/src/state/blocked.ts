import type { Component, Link } from "../backend/api";
import type { Words } from "../i18n/en";

/** Why a switch cannot be used now; `null` when it can. */
export function switchBlocked(connected: boolean, working: boolean, t: Words): string | null {
  if (!connected) return t.card.blocked.lost;
  return working ? t.card.blocked.busy : null;
}

/** Why a page cannot be opened now; `null` when it can. `target` is the component that serves it. */
export function linkBlocked(link: Link, target: Component, name: string, connected: boolean, t: Words): string | null {
  if (!connected) return t.card.notLive.lost;
  if (link.live) return null;
  return target.phase.kind === "off" ? t.card.notLive.off(name) : t.card.notLive.waiting(name);
}
