// What the demo services are: how each logs and sends its spans, what it answers, and what it does by itself.
//
//   identity ──▶ wallet ──▶ mpc             presence ──▶ identity
//       │           └─────▶ reward (fails)
//       └──────▶ presence
import { setTimeout as sleep } from "node:timers/promises";
import { call } from "./http.mjs";
import { settings } from "./settings.mjs";

const USERS = 12;
/** Milliseconds without a heartbeat after which a user is gone. */
const SILENCE = 20_000;

const anyOf = (most) => 1 + Math.floor(Math.random() * most);
const anyUser = () => `user-${anyOf(USERS)}`;
/** Work that takes some time. */
const takes = (least, most) => sleep(least + Math.random() * (most - least));

export const services = {
  "identity-service": { log: "json", spans: "otlp", make: identity },
  "wallet-service": { log: "plain", spans: "thrift", make: wallet },
  "mpc-service": { log: "json", spans: "otlp", make: mpc },
  "reward-service": { log: "plain", spans: "otlp", make: reward },
  "presence-service": { log: "json", spans: "thrift", make: presence },
};

/** Users come, look at their wallet, and stay a while. */
function identity({ log, tracer, stop }) {
  const session = (user) =>
    tracer.span("session", { attributes: { "user.id": user } }, async () => {
      log.info("login", { user });
      await call(tracer, "POST", "presence-service", `/heartbeats/${user}`);
      const wallet = await call(tracer, "GET", "wallet-service", `/wallets/${user}`);
      log.info("wallet shown", { user, balance: wallet.balance });
    });
  const routes = {
    "GET /users/:user": async (user) => {
      await takes(2, 15);
      log.info("user looked up", { user });
      return { user, name: user.replace("user-", "User ") };
    },
  };
  const early = (error) => log.warn("session ended early", { error });
  const work = [() => rounds(settings.pace, stop, () => session(anyUser()), early)];
  return { routes, work };
}

/** Goes on without a reward, so that one failing service is seen as one. */
function wallet({ log, tracer }) {
  const routes = {
    "GET /wallets/:user": async (user) => {
      const { signature } = await call(tracer, "POST", "mpc-service", "/signatures");
      await takes(5, 25);
      log.info("balance read and signed", { user, signature: signature.slice(0, 8) });
      const reward = await call(tracer, "POST", "reward-service", `/rewards/${user}`).catch((error) => {
        log.warn(`going on without a reward: ${error.message}`, { user });
        return { points: 0 };
      });
      return { user, balance: anyOf(1000), points: reward.points, signature };
    },
  };
  return { routes, work: [] };
}

/** Several parties sign together; now and then one of them is slow. */
function mpc({ log, tracer }) {
  const routes = {
    "POST /signatures": async () => {
      const slow = Math.random() < 0.1;
      await tracer.span("collect shares", { attributes: { "mpc.parties": 3 } }, () =>
        slow ? takes(400, 900) : takes(20, 120),
      );
      if (slow) log.warn("a party was slow", { parties: 3 });
      else log.info("signed", { parties: 3 });
      return { signature: Math.random().toString(16).slice(2).padEnd(16, "0") };
    },
  };
  return { routes, work: [] };
}

/** Fails on purpose, as regularly as it is told to. */
function reward({ log }) {
  let asked = 0;
  const routes = {
    "POST /rewards/:user": async (user) => {
      await takes(5, 40);
      asked += 1;
      if (settings.failEvery > 0 && asked % settings.failEvery === 0) throw refusedByLedger(user);
      log.info("points booked", { user, points: 5 });
      return { user, points: 5 };
    },
  };
  return { routes, work: [] };
}

function refusedByLedger(user) {
  const cause = new Error("connect ECONNREFUSED ledger:5432 (on purpose, this is a demo)");
  cause.name = "LedgerError";
  const error = new Error(`points of ${user} could not be booked`, { cause });
  error.name = "RewardError";
  return error;
}

/** Knows who is there by their heartbeats. */
function presence({ log, metrics, tracer, stop }) {
  const seen = new Map();
  metrics.gauge("presence_connections", "Users that are there", () => seen.size);
  const missed = metrics.counter("presence_heartbeat_timeouts_total", "Users that fell silent", []);
  const connect = async (user) => {
    const { name } = await call(tracer, "GET", "identity-service", `/users/${user}`);
    log.info(`${user} connected`, { user, display_name: name });
  };
  const routes = {
    "POST /heartbeats/:user": async (user) => {
      const known = seen.has(user);
      seen.set(user, Date.now());
      if (!known) await connect(user);
      return { user, connections: seen.size };
    },
  };
  const sweep = () =>
    tracer.span("sweep", { attributes: { "presence.connections": seen.size } }, () => {
      for (const [user, at] of seen) {
        if (Date.now() - at < SILENCE) continue;
        seen.delete(user);
        missed.add({});
        log.warn(`heartbeat timeout: ${user} disconnected`, { user, silent_ms: Date.now() - at });
      }
    });
  const failed = (error) => log.error("sweep failed", { error });
  const work = [() => rounds(settings.pace * 3, stop, sweep, failed)];
  if (settings.crash) work.push(() => crash(log, stop));
  return { routes, work };
}

/** What a service looks like that dies and is started again. */
async function crash(log, stop) {
  await sleep((10 + anyOf(20)) * settings.pace, undefined, { signal: stop }).catch(() => {});
  if (stop.aborted) return;
  log.fatal("out of order, by DEMO_CRASH=1", { error: new Error("crash on purpose") });
  process.exit(1);
}

/** One round after the other, at a pace that is never quite the same. */
async function rounds(pace, stop, round, failed) {
  while (!stop.aborted) {
    await sleep(pace * (0.5 + Math.random()), undefined, { signal: stop }).catch(() => {});
    if (!stop.aborted) await Promise.resolve(round()).catch((error) => stop.aborted || failed(error));
  }
}
