import type { Component, Link } from "../backend/api";
import type { Words } from "../i18n/en";
import { nameOf } from "./parts";

/** Why a switch cannot be used now; `null` when it can. */
export function switchBlocked(connected: boolean, working: boolean, t: Words): string | null {
  if (!connected) return t.card.blocked.lost;
  return working ? t.card.blocked.busy : null;
}

/** Why a page cannot be opened now; `null` when it can. */
export function linkBlocked(link: Link, components: Component[], connected: boolean, t: Words): string | null {
  if (!connected) return t.card.notLive.lost;
  if (link.live) return null;
  const serving = components.flatMap((one) => one.parts).find((part) => part.service === link.component);
  const name = nameOf(components, link.component);
  return !serving || serving.phase.kind === "off" ? t.card.notLive.off(name) : t.card.notLive.waiting(name);
}
