export const tabs = ["overview", "logs", "health", "stats", "config", "connect"] as const;
export type Tab = (typeof tabs)[number];

export type Route =
  | { screen: "stack" }
  | { screen: "logs"; component: string | null }
  /** `check`: the files are checked as soon as they are on the screen. */
  /** `part`: only that service of it. */
  | { screen: "component"; component: string; tab: Tab; part?: string; check?: true }
  | { screen: "engine" }
  | { screen: "settings" };

/** Reads a place from the address' hash; anything unknown is the stack. */
export function parseRoute(hash: string): Route {
  const [screen, first, second, ...rest] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .map(decode);
  if (screen === "logs") return { screen, component: first || null };
  if (screen === "settings" || screen === "engine") return { screen };
  if (screen === "component" && first) {
    const tab = tabs.find((one) => one === second) ?? "overview";
    const part = rest.find((one) => one.startsWith("@"))?.slice(1);
    const check = tab === "config" && rest.includes("check");
    return { screen, component: first, tab, ...(part ? { part } : {}), ...(check ? { check } : {}) };
  }
  return { screen: "stack" };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function hashOf(route: Route): string {
  switch (route.screen) {
    case "logs":
      return route.component ? `#/logs/${encodeURIComponent(route.component)}` : "#/logs";
    case "component":
      return [
        `#/component/${encodeURIComponent(route.component)}/${route.tab}`,
        ...(route.part ? [`@${encodeURIComponent(route.part)}`] : []),
        ...(route.check ? ["check"] : []),
      ].join("/");
    default:
      return `#/${route.screen}`;
  }
}

class Place {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.route = parseRoute(location.hash)));
  }
}

/** Where the window is. The address' hash is the only record of it, so back and forward work. */
export const place = new Place();

export function go(route: Route): void {
  location.hash = hashOf(route);
}
