// Where the services find each other, and what can be set from outside.

/** In the order of their ports. */
export const NAMES = ["identity-service", "wallet-service", "mpc-service", "reward-service", "presence-service"];

const number = (name, otherwise) => {
  const value = Number(process.env[name] || otherwise);
  return Number.isFinite(value) && value >= 0 ? value : otherwise;
};

export const settings = {
  /** Milliseconds between two rounds, on average. */
  pace: Math.max(50, number("DEMO_PACE", 2000)),
  /** Every so manieth reward fails; 0 is never. */
  failEvery: number("DEMO_FAIL_EVERY", 5),
  /** Whether presence-service crashes now and then. */
  crash: process.env.DEMO_CRASH === "1",
  /** Their own names in the network: under the plain ones the team's real services may be there too. */
  host: (service) => process.env.DEMO_HOST || `${service}-demo`,
  port: (service) => number("DEMO_FIRST_PORT", 3000) + NAMES.indexOf(service),
};
