import type { Component, Part } from "../backend/api";
import { pick } from "../i18n/index.svelte";

/** What a component or a service is called, whichever it is. */
export function nameOf(components: Component[], id: string): string {
  const component = components.find((one) => one.id === id);
  if (component) return pick(component.title);
  for (const one of components) {
    const part = one.parts.find((part) => part.service === id);
    if (part) return partName(part);
  }
  return id;
}

/** What a part is called: often only its service has a name. */
export function partName(part: Part): string {
  return part.title ? pick(part.title) : part.service;
}

/** The parts that are shown of a component of several services: all but those that a profile holds back. */
export function partsOf(component: Component): Part[] {
  if (component.parts.length < 2) return [];
  return component.parts.filter((part) => part.active || part.phase.kind !== "off");
}

/** One part as the views take a component. */
export function alone(component: Component, part: Part): Component {
  const { phase, runs, health, container, image, ports, limits } = part;
  const links = component.links.filter((link) => link.component === part.service);
  return { ...component, phase, runs, health, container, image, ports, limits, links, worst: null, parts: [part] };
}
