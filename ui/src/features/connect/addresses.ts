import type { Component } from "../../backend/api";

/** Where a component answers: published on this machine, and by name inside the stack's network. */
export interface Addresses {
  /** `localhost:8500` for a port of the container. */
  host(port: number): string;
  /** `consul:8500` for the same. */
  inside(port: number): string;
}

/** Live addresses; the container's own port where it does not run and no page tells another. */
export function addressesOf(id: string, component: Component | undefined): Addresses {
  const ports = component?.container?.ports ?? [];
  const published = (port: number): number => {
    const found = ports.find((one) => one.private === port)?.public;
    if (found !== undefined) return found;
    return id === "grafana" && port === 3000 ? 3030 : port;
  };
  return {
    host: (port) => `localhost:${published(port)}`,
    inside: (port) => `${id}:${port}`,
  };
}
