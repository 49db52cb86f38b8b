import type { Component } from "../backend/api";

/** What "all" starts: of components that exclude each other the one that is switched on, else the first. */
export function everythingOf(components: Component[]): string[] {
  const taken: Component[] = [];
  const byChoice = [...components.filter((one) => one.enabled), ...components.filter((one) => !one.enabled)];
  for (const component of byChoice) {
    const clash = (one: Component) => one.excludes.includes(component.id) || component.excludes.includes(one.id);
    if (!taken.some(clash)) taken.push(component);
  }
  return components.filter((one) => taken.includes(one)).map((one) => one.id);
}
