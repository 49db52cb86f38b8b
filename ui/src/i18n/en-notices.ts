import type { Remark } from "../backend/api";

/** What a user agrees to, should know, or is told: consents and warnings of plans, and notices of the stack. */
export const enNotices = {
  "stops-dependent": (a: string, b: string) => `${a} goes off too, since it needs ${b}.`,
  "stops-excluded": (a: string, b: string) => `${a} goes off, since it cannot run beside ${b}.`,
  "removes-volume": (a: string) => `The volume ${a} is deleted with all its data.`,
  "files-unreadable": (a: string) => `${a} cannot be read; this follows what it said before.`,
  orphan: (a: string, b: string) =>
    `${a} belongs to this stack, but the compose file has no service ${b} any more. It is left alone.`,
  "volume-not-ours": (a: string) => `The volume ${a} was made by something else and is used as it is.`,
  "network-not-ours": (a: string) => `The network ${a} was made by something else and is used as it is.`,
  "volume-changed": (a: string) => `The volume ${a} has new settings; the old one is kept with its data.`,
  "network-changed": (a: string) => `The network ${a} has new settings; it is kept while it is in use.`,
  "optional-dependency-off": (a: string, b: string) => `${a} would use ${b}, which is off.`,
  "nothing-to-restart": (a: string) => `${a} has no container to restart.`,
  "restart-keeps-config": (a: string) => `A restart does not apply the changed settings of ${a}; starting does.`,
  // What is wrong, and where, stands below the sentence.
  "config-suspect": (a: string) => `${a} starts, yet would not do what its configuration means:`,
  "unset-variable": (a: string) => `The variable ${a} is not set and counts as empty.`,
  "drive-like-volume": (a: string) => `Docker Compose takes the volume ${a} for a drive of Windows.`,
  "obsolete-key": (a: string) => `The key ${a} of the compose file is obsolete and ignored.`,
  "foreign-project": (a: string, b: string) =>
    `Another folder runs a stack named ${a} on this engine: ${b}. Stop that one, or set COMPOSE_PROJECT_NAME in .env.`,
  "edited-file": (a: string) =>
    `You have edited ${a}, so it is kept; the one of this version lies beside it, with .new at its end.`,
  "change-waits": () => "A change of the stack's files, or another engine, is used once this has ended.",
  "settings-damaged": (a: string, b: string) =>
    `The settings file is damaged, so the defaults are used. The next change keeps it as ${b || a}.`,
} satisfies Record<Remark, (subject: string, other: string) => string>;
