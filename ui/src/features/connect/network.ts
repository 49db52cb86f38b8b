import type { Recipe } from "./recipes";

/** How containers of another compose project reach the stack by name, and are reached. */
export const network: Recipe = {
  title: "network",
  text: "networkText",
  effort: "none",
  blocks: [
    {
      label: "docker-compose.yml",
      code: `services:
  identity-service:
    networks: [default, rwa-observability]

networks:
  rwa-observability:
    external: true`,
    },
  ],
};
