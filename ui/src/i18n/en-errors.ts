import type { AppError, ErrorCode, PartState } from "../backend/api";

/** What happened in one sentence, and what to do about it. */
export interface ErrorWords {
  title: (error: AppError) => string;
  next: string;
}

const say = (title: string | ((error: AppError) => string), next: string): ErrorWords => ({
  title: typeof title === "string" ? () => title : title,
  next,
});

/** How a part is that is not well. */
const parts: Record<PartState, string> = {
  stopped: "does not run",
  unhealthy: "fails its health check",
  paused: "is paused",
  restarting: "ends again and again",
  gone: "has no container any more",
};

export const enErrors: Record<ErrorCode, ErrorWords> = {
  "no-engine": say("No container engine was found", "Start one that is installed, or install one."),
  "engine-denied": say(
    "This user may not use the engine",
    "Add your user to the docker group and log in again, or choose another engine.",
  ),
  "engine-unreachable": say("The engine does not answer", "Start it. Switchyard connects by itself."),
  "engine-too-old": say("The engine is too old", "Update it to Docker Engine 20.10 or newer."),
  "engine-timeout": say("The engine did not answer in time", "It may be busy. Try again in a moment."),
  "engine-lost": say("The connection to the engine broke", "Nothing is lost. Switchyard reconnects by itself."),
  "engine-refused": say((e) => `The engine refused: ${e.subject}`, "Its own words stand below."),
  "engine-unsupported": say(
    "This way to reach an engine is not supported",
    "Choose a local socket, or a Docker context over ssh or TCP.",
  ),
  "image-not-found": say((e) => `There is no image ${e.subject}`, "Check its name and version in .env, or log in."),
  "rate-limited": say(
    "The registry limits downloads for now",
    "Log in to Docker Hub, set a registry prefix, or try again later.",
  ),
  "registry-unreachable": say(
    "The registry cannot be reached",
    "Check the network or proxy, or set a registry prefix in .env.",
  ),
  "registry-denied": say("The registry wants other credentials", "Log in with docker login, then try again."),
  "disk-full": say("The engine's disk is full", "Remove unused images and volumes, then try again."),
  "port-taken": say(
    // When the engine finds it out, only its own words say which port.
    (e) => (e.facts.port ? `Port ${e.facts.port} is taken` : "A port is taken"),
    "Stop the program that has it, or use another port.",
  ),
  "name-taken": say((e) => `The name ${e.subject} is taken`, "Another container has it. Remove or rename that one."),
  "foreign-project": say(
    (e) => `${e.subject} belongs to another folder`,
    "Open that folder, or give this stack another project name.",
  ),
  "external-missing": say((e) => `${e.subject} does not exist`, "Create this external network or volume first."),
  "image-missing": say((e) => `The image ${e.subject} is not here`, "It must not be pulled; build or load it first."),
  "credentials-failed": say(
    (e) => `The credentials for ${e.subject} could not be read`,
    "Log in again with docker login; what the helper said stands below.",
  ),
  "bad-endpoint": say(
    (e) => `${e.subject} is no address of an engine`,
    "Use a form such as unix:///path or tcp://host:2375.",
  ),
  "volume-in-use": say((e) => `The volume ${e.subject} is in use`, "Remove the container that uses it first."),
  excluded: say((e) => `${e.subject} cannot run beside ${e.facts.other ?? "another component"}`, "Choose one."),
  "no-healthcheck": say((e) => `${e.subject} has no health check`, "Add one: another service waits for it."),
  "consent-needed": say("This needs your consent", "Look at the plan and agree to it."),
  busy: say(
    (e) => (e.facts.holder ? "Another Switchyard works on this stack" : "An operation is under way"),
    "Wait for it to end, or cancel it.",
  ),
  "plan-unknown": say("This plan or offer does not hold any more", "Ask for it again."),
  "file-changed": say(
    (e) => `${e.subject} was changed by another program meanwhile`,
    "Nothing was written. Look at the file, then try again.",
  ),
  "unknown-component": say((e) => `There is no component ${e.subject}`, "The compose file may have changed."),
  "stack-invalid": say("The stack’s files are not valid", "Correct them; the place stands below."),
  "file-unreadable": say((e) => `${e.subject} cannot be read`, "Check that it exists and that you may read it."),
  "file-unwritable": say((e) => `${e.subject} cannot be written`, "Check its permissions and the disk."),
  "no-stack": say("There is no compose file in this folder", "Open a folder that has one."),
  "variable-missing": say(
    // Of a compose file the subject is the place that uses it.
    (e) => (e.facts.file ? "A variable that is needed is not set" : `${e.subject} is not set`),
    "Set it in .env.",
  ),
  exited: say(
    (e) => `${e.subject} ended${e.facts.exitCode ? ` with exit code ${e.facts.exitCode}` : ""}`,
    "Its last lines say why. Correct the cause, then try again.",
  ),
  unhealthy: say((e) => `${e.subject} fails its health check`, "The check's output stands below."),
  "wait-timeout": say(
    (e) => `${e.subject} did not get ready ${e.facts.seconds ? `within ${e.facts.seconds} s` : "in time"}`,
    "Look at its log, then try again.",
  ),
  gone: say((e) => `The container of ${e.subject} was removed`, "Start it again."),
  "config-invalid": say(
    (e) => `${e.subject} cannot read its configuration`,
    "Nothing was started or stopped. Correct the file, then check again.",
  ),
  // Both stand where the component itself is named; on its card is room for few words.
  "part-unwell": say(
    (e) => `Its part ${e.detail} ${(e.facts.state && parts[e.facts.state]) ?? "is not well"}`,
    "Starting it again brings it back.",
  ),
  "nothing-sent": say((e) => `Sends no logs, though ${e.detail} writes some`, "Its own log says why."),
  "probe-failed": say((e) => `${e.subject} does not answer`, "It runs, yet its port gives no good answer."),
  "seed-failed": say((e) => `Initial data of ${e.subject} was not written`, "Try again; what is there stays."),
  "cannot-open": say("The page could not be opened", "Copy the address and open it yourself."),
  "no-link": say("The component has no such page", "The compose file may have changed."),
  "not-running": say((e) => `${e.subject} does not run`, "Switch it on first."),
  "bad-pattern": say("The pattern is not valid", "Check brackets and backslashes."),
  "bad-time": say("The time is not valid", "Use a form such as 10m or 2026-11-22T10:00."),
  "settings-damaged": say(
    "The settings file is damaged",
    "The defaults are used. The next change keeps the damaged file aside.",
  ),
  cancelled: say("Cancelled", "What was done until then stays."),
  internal: say("Switchyard made a mistake", "Save a report and open an issue with it."),
};
