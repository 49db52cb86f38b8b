import type { Component } from "../../backend/api";

/** Where a component answers: published on this machine, and by name inside the stack's network. */
export interface Addresses {
  /** `127.0.0.1:8500` for a port of the container. */
  host(port: number): string;
  /** `consul:8500` for the same. */
  inside(port: number): string;
}

/** The addresses of a component by the word of its recipe. */
export type Locate = (id: string) => Addresses;

/** The host of its pages: the engine may be another machine. A number, since `localhost` may be ::1, where nobody listens. */
function hostOf(component: Component | undefined): string {
  const own = component?.links.find((link) => component.parts.some((part) => part.service === link.component));
  const page = own?.url ?? component?.health.probe?.url ?? "";
  return URL.canParse(page) ? new URL(page).hostname : "127.0.0.1";
}

/** Published ports that are not those of the container, where nothing is known of a stack. */
const usual: Record<string, Record<number, number>> = { grafana: { 3000: 3030 } };

/** Live addresses; of what does not run, those that it will have. `name` is what it is called without a stack. */
export function addressesOf(component: Component | undefined, name: string): Addresses {
  const parts = component?.parts ?? [];
  const ports = [...parts.flatMap((part) => part.container?.ports ?? []), ...(component?.ports ?? [])];
  const serving = (port: number) => parts.find((part) => part.ports.some((one) => one.private === port))?.service;
  const published = (port: number): number =>
    ports.find((one) => one.private === port)?.public ?? usual[name]?.[port] ?? port;
  const host = hostOf(component);
  return {
    host: (port) => `${host}:${published(port)}`,
    inside: (port) => `${serving(port) ?? component?.id ?? name}:${port}`,
  };
}

export function locate(components: Component[]): Locate {
  return (word) =>
    addressesOf(
      components.find((one) => one.recipe === word),
      word,
    );
}

/** A port of a container, with the protocols that are published. */
export interface OpenPort {
  port: number;
  protocols: string[];
}

/** Each port once: the engine lists one for TCP and for UDP, and one for each kind of address. */
export function openPorts(component: Component | undefined): OpenPort[] {
  const open = new Map<number, Set<string>>();
  for (const { private: port, protocol } of component?.parts.flatMap((part) => part.container?.ports ?? []) ?? []) {
    open.set(port, (open.get(port) ?? new Set()).add(protocol));
  }
  return [...open].map(([port, protocols]) => ({ port, protocols: [...protocols] }));
}
