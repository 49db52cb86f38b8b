// Generated from crates/supervisor/src/api by `UPDATE_TS=1 cargo test -p supervisor`. Not to be edited.

/**
 * Every kind of failure. A code is never renamed: scripts and translations hang on it.
 */
export type ErrorCode = "no-engine" | "engine-denied" | "engine-unreachable" | "engine-too-old" | "engine-timeout" | "engine-lost" | "engine-refused" | "engine-unsupported" | "image-not-found" | "rate-limited" | "registry-unreachable" | "registry-denied" | "credentials-failed" | "bad-endpoint" | "volume-in-use" | "disk-full" | "port-taken" | "name-taken" | "foreign-project" | "external-missing" | "image-missing" | "excluded" | "no-healthcheck" | "consent-needed" | "busy" | "plan-unknown" | "file-changed" | "unknown-component" | "stack-invalid" | "file-unreadable" | "file-unwritable" | "config-invalid" | "part-unwell" | "nothing-sent" | "no-stack" | "variable-missing" | "exited" | "unhealthy" | "wait-timeout" | "gone" | "probe-failed" | "seed-failed" | "cannot-open" | "no-link" | "not-running" | "bad-pattern" | "bad-time" | "settings-damaged" | "cancelled" | "internal";

/**
 * What compose calls external.
 */
export type ResourceKind = "network" | "volume";

/**
 * Who makes what is missing.
 */
export type Owner = "stack";

/**
 * How a part of a component is that is not well.
 */
export type PartState = "unhealthy" | "paused" | "restarting" | "stopped" | "gone";

/**
 * What a wait was for that took too long.
 */
export type Awaited = "start" | "health-check" | "exit" | "restart";

/**
 * What the sentence about an error names besides its subject, as texts.
 */
export type Facts = { 
/**
 * The file where something is wrong.
 */
file?: string, 
/**
 * The line of it.
 */
line?: string, 
/**
 * The column of the line.
 */
column?: string, 
/**
 * How many faults there are, where the error tells the first of several.
 */
faults?: string, 
/**
 * How many errors there are besides this one.
 */
more?: string, 
/**
 * The word that is most like the unknown one.
 */
nearest?: string, 
/**
 * The stack that it happened in.
 */
stack?: string, 
/**
 * The folder that has the project's name.
 */
folder?: string, 
/**
 * A host port that is taken.
 */
port?: string, 
/**
 * A free one near it.
 */
free?: string, 
/**
 * The variable of `.env` that sets the port.
 */
variable?: string, 
/**
 * The container that has the port, or that writes what is not passed on.
 */
container?: string, 
/**
 * The project of the container that has the port.
 */
project?: string, 
/**
 * The program that has the port.
 */
process?: string, 
/**
 * Its number.
 */
pid?: string, 
/**
 * What is missing.
 */
kind?: ResourceKind, 
/**
 * Whose it is, when it is not for the user to make.
 */
owner?: Owner, 
/**
 * The service that is in need of it.
 */
service?: string, 
/**
 * The component that cannot run beside this one.
 */
other?: string, 
/**
 * The part of the component that is not well.
 */
part?: string, 
/**
 * How that part is.
 */
state?: PartState, 
/**
 * What was asked.
 */
url?: string, 
/**
 * How long was waited.
 */
seconds?: string, 
/**
 * What was waited for.
 */
awaited?: Awaited, 
/**
 * With what its main process has ended.
 */
exitCode?: string, 
/**
 * Where a damaged file is kept.
 */
kept?: string, 
/**
 * The other program that changes the stack.
 */
holder?: string, };

/**
 * A failure as every face gets it. The face turns the code into a sentence and a remedy.
 */
export type AppError = { 
/**
 * What happened.
 */
code: ErrorCode, 
/**
 * What it happened to: a component, an image, a port, a file.
 */
subject: string, 
/**
 * Technical words: the engine's message, the place in a file, who holds a port.
 */
detail: string, 
/**
 * Further facts that the sentence names.
 */
facts: Facts, };

/**
 * Everything a user can ask for. Progress is not returned: it shows up in the next snapshots.
 */
export type Intent = { "type": "up", 
/**
 * Component names; empty means those that are switched on.
 */
components: Array<string>, 
/**
 * Replace their containers even when nothing changed.
 */
recreate: boolean, 
/**
 * Ask the registry for newer images first.
 */
pull: boolean, 
/**
 * Wait until they are healthy.
 */
wait: boolean, } | { "type": "down", 
/**
 * Component names; empty means the whole stack.
 */
components: Array<string>, 
/**
 * Delete the named volumes with their data.
 */
volumes: boolean, 
/**
 * Remove containers whose service the file no longer has.
 */
orphans: boolean, } | { "type": "restart", 
/**
 * Component names; empty means those that are up.
 */
components: Array<string>, 
/**
 * Wait until they are healthy.
 */
wait: boolean, } | { "type": "configure", 
/**
 * The variables.
 */
edits: Array<Edit>, 
/**
 * Component names; empty means those that are switched on.
 */
components: Array<string>, } | { "type": "cancel" } | { "type": "stopWaiting" } | { "type": "refresh" };

/**
 * A new value of a variable in `.env`.
 */
export type Edit = { 
/**
 * Name of a variable that the stack declares.
 */
name: string, 
/**
 * Its new value.
 */
value: string, };

/**
 * When a plan is shown before it is carried out.
 */
export type Review = "consents" | "reach" | "always";

/**
 * Something that is offered when an operation has ended.
 */
export type Offer = "undo" | "retry";

/**
 * The answer to a request.
 */
export type Reply = { "kind": "accepted", 
/**
 * Id of the operation.
 */
operation: number, } | { "kind": "needs-consent", 
/**
 * What `agree` takes.
 */
token: number, 
/**
 * What would be done.
 */
plan: Preview, 
/**
 * What came up since the plan that was agreed to; absent when none was.
 */
added?: Added, } | { "kind": "refused", 
/**
 * The first reason, with the number of further ones.
 */
error: AppError, 
/**
 * The plan with all reasons.
 */
plan: Preview, } | { "kind": "done" };

/**
 * What a plan has beyond the one that a user has seen.
 */
export type Added = { 
/**
 * Indices of its steps.
 */
steps: Array<number>, 
/**
 * Consents that were not asked for.
 */
consents: Array<Notice>, };

/**
 * The state of a stack at one moment.
 */
export type Snapshot = { 
/**
 * Grows by one with each snapshot of a supervisor.
 */
revision: number, 
/**
 * Which stack.
 */
stack: Stack, 
/**
 * The engine it runs on.
 */
engine: Engine, 
/**
 * How all of it is in one word.
 */
overall: Overall, 
/**
 * Components in display order.
 */
components: Array<Component>, 
/**
 * The operation that runs, or the last one that ended.
 */
operation: Operation | null, 
/**
 * Requests that wait for their turn, in its order.
 */
waiting: Array<Waiting>, 
/**
 * Why the stack's files cannot be read now; everything shown is what they said last.
 */
unreadable: Array<AppError>, 
/**
 * Things the user should know that belong to no component.
 */
notices: Array<Notice>, 
/**
 * Every question to engine and components has been answered and nothing is under way.
 */
settled: boolean, };

/**
 * Which stack a snapshot is about.
 */
export type Stack = { 
/**
 * Compose project name.
 */
name: string, 
/**
 * Title for people.
 */
title: Text, 
/**
 * Absolute path of its folder.
 */
folder: string, 
/**
 * Purposes, in display order.
 */
groups: Array<Named>, 
/**
 * Named sets of components.
 */
presets: Array<Preset>, };

/**
 * A text in both languages.
 */
export type Text = { en: string, zh: string, };

/**
 * An id with its title.
 */
export type Named = { id: string, title: Text, };

/**
 * A named set of components.
 */
export type Preset = { 
/**
 * The word on the command line.
 */
id: string, 
/**
 * For people.
 */
title: Text, 
/**
 * Component names.
 */
components: Array<string>, };

/**
 * The engine, as far as it is known.
 */
export type Engine = { "kind": "connecting", 
/**
 * Where.
 */
endpoint: string, } | { "kind": "connected", 
/**
 * Where.
 */
endpoint: string, 
/**
 * Such as "Docker Engine".
 */
product: string, 
/**
 * Its version.
 */
version: string, 
/**
 * The API version that requests are pinned to.
 */
api: string, } | { "kind": "lost", 
/**
 * Where.
 */
endpoint: string, 
/**
 * Unix milliseconds.
 */
since: number, 
/**
 * What happened.
 */
error: AppError, };

/**
 * How the components are, together.
 */
export type Overall = { 
/**
 * In one word.
 */
state: OverallState, 
/**
 * Components that are well.
 */
well: number, 
/**
 * Components on their way up or down.
 */
working: number, 
/**
 * Components that need the user.
 */
attention: number, 
/**
 * Components that are off.
 */
off: number, 
/**
 * Components of which nothing is known.
 */
unknown: number, };

/**
 * How all is in one word. What needs the user comes before what is under way.
 */
export type OverallState = "connecting" | "lost" | "attention" | "working" | "waiting" | "well" | "off";

/**
 * One component.
 */
export type Component = { 
/**
 * Its name; often that of a service.
 */
id: string, 
/**
 * For people.
 */
title: Text, 
/**
 * One sentence.
 */
about: Text, 
/**
 * Id of its group.
 */
group: string, 
/**
 * Icon name.
 */
icon: string, 
/**
 * The word for how services use it: two components that are used alike have the same. May be empty.
 */
recipe: string, 
/**
 * Whether its switch is on.
 */
enabled: boolean, 
/**
 * Where it is: what the phases of its parts come to.
 */
phase: Phase, 
/**
 * The part that makes the phase what it is; `null` for a component of one service, and while no part stands out.
 */
worst: string | null, 
/**
 * Whether anything of it runs, by the engine's state. Parts that it shares do not count.
 */
runs: boolean, 
/**
 * What the engine's health checks and our own probes say, of all parts together.
 */
health: Health, 
/**
 * All of its services: the one it is named after first, when there is one.
 */
parts: Array<Part>, 
/**
 * The container of the service it is named after.
 */
container: Container | null, 
/**
 * Image reference with tag of the service it is named after; empty when it is named after none.
 */
image: string, 
/**
 * Ports that its parts publish when they run, as the files say.
 */
ports: Array<Port>, 
/**
 * What its active parts may use in all.
 */
limits: Limits, 
/**
 * Pages to open.
 */
links: Array<Link>, 
/**
 * Components that have to be on for it.
 */
needs: Array<string>, 
/**
 * Components that cannot be on beside it.
 */
excludes: Array<string>, 
/**
 * Components it makes use of when they are on.
 */
uses: Array<string>, 
/**
 * The component that takes its place, and why, when upstream has given it up.
 */
replacement: Replacement | null, };

/**
 * One service of a component.
 */
export type Part = { 
/**
 * Service name.
 */
service: string, 
/**
 * For people; `null` when the files give none.
 */
title: Text | null, 
/**
 * Whether it comes up with its component; otherwise a profile holds it back.
 */
active: boolean, 
/**
 * The components that it is a part of besides this one.
 */
sharedWith: Array<string>, 
/**
 * Where it is.
 */
phase: Phase, 
/**
 * Whether its container runs, by the engine's state.
 */
runs: boolean, 
/**
 * What the engine's health check and our own probe say.
 */
health: Health, 
/**
 * Its container, when there is one.
 */
container: Container | null, 
/**
 * Image reference with tag.
 */
image: string, 
/**
 * Ports that it publishes when it runs, as the files say.
 */
ports: Array<Port>, 
/**
 * What it may use.
 */
limits: Limits, };

/**
 * What may be used at most.
 */
export type Limits = { 
/**
 * Cores; `null` without a limit.
 */
cpus: number | null, 
/**
 * Bytes; `null` without a limit.
 */
memory: number | null, };

/**
 * Which component takes the place of this one.
 */
export type Replacement = { component: string, reason: Text, };

/**
 * Where a component is, in one word, with its cause when it is not fine.
 */
export type Phase = { "kind": "off" } | { "kind": "pulling", 
/**
 * Bytes so far.
 */
current: number, 
/**
 * Bytes in all, as far as the registry has said; 0 when unknown.
 */
total: number, } | { "kind": "creating" } | { "kind": "starting" } | { "kind": "waiting", 
/**
 * What.
 */
reason: WaitReason, 
/**
 * Unix milliseconds.
 */
since: number, } | { "kind": "healthy" } | { "kind": "degraded", 
/**
 * What.
 */
cause: Cause, } | { "kind": "failed", 
/**
 * Why.
 */
cause: Cause, } | { "kind": "stopping" } | { "kind": "completed" } | { "kind": "drifted", 
/**
 * How.
 */
drift: Drift, } | { "kind": "unknown" };

/**
 * The word of a phase.
 */
export type PhaseKind = "off" | "pulling" | "creating" | "starting" | "waiting" | "healthy" | "degraded" | "failed" | "stopping" | "completed" | "drifted" | "unknown";

/**
 * What a component waits for.
 */
export type WaitReason = { "kind": "turn" } | { "kind": "dependency", 
/**
 * Which.
 */
component: string, } | { "kind": "health-check" } | { "kind": "probe" } | { "kind": "restart" } | { "kind": "exit" };

/**
 * How a component differs from what was asked for.
 */
export type Drift = "stopped" | "gone" | "running" | "outdated" | "paused";

/**
 * Why something failed.
 */
export type Cause = { 
/**
 * The kind of failure.
 */
error: AppError, 
/**
 * The name of the failure, when its signature is known.
 */
diagnosis: Diagnosis | null, 
/**
 * What was seen.
 */
evidence: Evidence, };

/**
 * A failure that is known by what it leaves behind.
 */
export type Diagnosis = "out-of-memory" | "killed" | "command-missing" | "command-not-executable" | "disk-full" | "permission-denied" | "address-in-use" | "docker-client-too-old" | "consul-config-read-only" | "config-invalid" | "labels-missing" | "data-locked" | "spans-refused";

/**
 * What was seen of a failed component.
 */
export type Evidence = { 
/**
 * Code of the last exit.
 */
exitCode: number | null, 
/**
 * The kernel killed it for its memory limit.
 */
oomKilled: boolean, 
/**
 * How often the engine has started it again.
 */
restarts: number, 
/**
 * Last output of the engine's health check.
 */
healthCheck: string | null, 
/**
 * Last answer to our own probe.
 */
probe: string | null, 
/**
 * Last log lines.
 */
logTail: Array<string>, };

/**
 * The two opinions on a component's health. They are kept apart since they look from different sides.
 */
export type Health = { 
/**
 * The engine's health check inside the container; `None` when it has none or does not run.
 */
engine: EngineHealth | null, 
/**
 * Our question over HTTP from outside; `None` when it has none or was not asked yet.
 */
probe: ProbeResult | null, 
/**
 * Who says that it is ready; absent while nobody does.
 */
readyBy?: ReadyBy, };

/**
 * Who found a component ready.
 */
export type ReadyBy = "engine" | "probe" | "health-check";

/**
 * The engine's verdict.
 */
export type EngineHealth = "starting" | "healthy" | "unhealthy";

/**
 * The answer to one probe.
 */
export type ProbeResult = { 
/**
 * Whether it is the answer of a ready component.
 */
ok: boolean, 
/**
 * What was asked.
 */
url: string, 
/**
 * Status and the beginning of the body, or the error.
 */
answer: string, 
/**
 * How long it took, in milliseconds.
 */
millis: number, 
/**
 * Unix milliseconds.
 */
at: number, };

/**
 * The container of a service.
 */
export type Container = { 
/**
 * Full id.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * The engine's words, such as `Up 3 minutes (healthy)`.
 */
status: string, 
/**
 * Published ports.
 */
ports: Array<Port>, 
/**
 * Unix milliseconds of its last start; `null` while it does not run, and until the engine was asked.
 */
started: number | null, 
/**
 * How often the engine has started it again by its restart policy.
 */
restarts: number, };

/**
 * A published port.
 */
export type Port = { ip: string, public: number, private: number, protocol: string, };

/**
 * A page of a component.
 */
export type Link = { 
/**
 * Stable word.
 */
id: string, 
/**
 * For people.
 */
title: Text, 
/**
 * Full address.
 */
url: string, 
/**
 * The service that serves it; usually the one that the component is named after.
 */
component: string, 
/**
 * Whether that one is ready.
 */
live: boolean, };

/**
 * What a user asked for.
 */
export type OperationVerb = "up" | "down" | "restart";

/**
 * A plan that is being carried out, or was.
 */
export type Operation = { 
/**
 * Grows with each operation of a supervisor.
 */
id: number, 
/**
 * What was asked for.
 */
verb: OperationVerb, 
/**
 * Unix milliseconds.
 */
started: number, 
/**
 * Its steps, in plan order.
 */
steps: Array<Step>, 
/**
 * How it ended; `None` while it runs.
 */
outcome: Outcome | null, 
/**
 * What a user can ask for now that it has ended.
 */
offers: Array<Offer>, };

/**
 * A request that waits for its turn: for another operation, or for another process that changes the stack.
 */
export type Waiting = { 
/**
 * What was asked for.
 */
verb: OperationVerb, 
/**
 * The components that were named.
 */
components: Array<string>, 
/**
 * Unix milliseconds.
 */
since: number, 
/**
 * The program that changes the stack now, in its own words; `None` when it waits for another request of this one.
 */
holder: string | null, };

/**
 * How an operation ended.
 */
export type Outcome = "succeeded" | "failed" | "cancelled";

/**
 * What a step does.
 */
export type StepVerb = "pull" | "create-network" | "create-volume" | "create" | "start" | "stop" | "unpause" | "remove" | "rename" | "remove-network" | "remove-volume" | "wait-started" | "wait-healthy" | "wait-completed" | "seed" | "plan";

/**
 * Why a step is in the plan.
 */
export type StepCause = "missing" | "config-changed" | "image-changed" | "detached" | "not-running" | "paused" | "requested" | "needed-by" | "needs" | "unneeded" | "switched-off" | "excluded-by" | "surplus" | "orphan" | "follows";

/**
 * One step of a plan.
 */
export type Step = { 
/**
 * What is done.
 */
verb: StepVerb, 
/**
 * To what.
 */
subject: string, 
/**
 * The service it is done for.
 */
service: string | null, 
/**
 * Why.
 */
cause: StepCause, 
/**
 * The service that the cause names.
 */
becauseOf: string | null, 
/**
 * Indices of the steps it comes after.
 */
after: Array<number>, 
/**
 * How far it is.
 */
state: StepState, };

/**
 * How far a step is.
 */
export type StepState = { "kind": "pending" } | { "kind": "running", 
/**
 * Unix milliseconds.
 */
since: number, 
/**
 * Bytes, for a pull.
 */
progress: PullProgress | null, } | { "kind": "done", 
/**
 * Milliseconds it took.
 */
millis: number, } | { "kind": "failed", 
/**
 * Why.
 */
error: AppError, } | { "kind": "skipped" };

/**
 * How far a pull is.
 */
export type PullProgress = { 
/**
 * Bytes downloaded.
 */
current: number, 
/**
 * Bytes in all, as far as known.
 */
total: number, 
/**
 * Layers complete.
 */
layersDone: number, 
/**
 * Layers in all, as far as known.
 */
layers: number, };

/**
 * What a user agrees to, should know, or is told.
 */
export type Remark = "stops-dependent" | "stops-excluded" | "removes-volume" | "files-unreadable" | "orphan" | "volume-not-ours" | "network-not-ours" | "volume-changed" | "network-changed" | "optional-dependency-off" | "nothing-to-restart" | "restart-keeps-config" | "config-suspect" | "unset-variable" | "drive-like-volume" | "obsolete-key" | "foreign-project" | "edited-file" | "change-waits" | "settings-damaged";

/**
 * What a notice tells.
 */
export type NoticeCode = Remark | ErrorCode;

/**
 * Something the user should know.
 */
export type Notice = { 
/**
 * What it tells.
 */
code: NoticeCode, 
/**
 * What it is about: a container, a volume, a file, a variable.
 */
subject: string, 
/**
 * A second name, where the sentence needs one.
 */
other: string | null, };

/**
 * A plan before it is carried out.
 */
export type Preview = { 
/**
 * What would be done.
 */
steps: Array<Step>, 
/**
 * What the user must agree to.
 */
consents: Array<Notice>, 
/**
 * What the user should know.
 */
warnings: Array<Notice>, 
/**
 * What forbids it.
 */
refusals: Array<AppError>, };

/**
 * What the engine tells of itself beside its version.
 */
export type EngineFacts = { 
/**
 * Docker context, such as `default` or `colima`.
 */
context: string, 
/**
 * Whether this is the simulated engine.
 */
simulated: boolean, 
/**
 * Bytes that the stack's containers use.
 */
memoryUsed: number, 
/**
 * Bytes that the engine has.
 */
memoryTotal: number, 
/**
 * Bytes in use where the engine keeps images and volumes; `null` where it cannot be told.
 */
diskUsed: number | null, 
/**
 * Bytes free there; `null` where it cannot be told.
 */
diskFree: number | null, };

/**
 * One reading of a component, all of its parts together, or of one part.
 */
export type Stats = { 
/**
 * Id of the component, or service name of the part.
 */
id: string, 
/**
 * Cores in use: 1 is one full core.
 */
cpu: number, 
/**
 * Cores it may use; `null` without a limit.
 */
cpuLimit: number | null, 
/**
 * Bytes in use, without the page cache.
 */
memory: number, 
/**
 * Bytes it may use; `null` without a limit.
 */
memoryLimit: number | null, 
/**
 * Bytes received since it started.
 */
networkIn: number, 
/**
 * Bytes sent since it started.
 */
networkOut: number, 
/**
 * Bytes read since it started.
 */
blockRead: number, 
/**
 * Bytes written since it started.
 */
blockWrite: number, };

/**
 * Readings of all running components, once a second.
 */
export type StatsBatch = { 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * One for each component that runs.
 */
components: Array<Stats>, 
/**
 * One for each service that runs.
 */
parts: Array<Stats>, };

/**
 * Where a line was written to.
 */
export type LogSource = "stdout" | "stderr";

/**
 * One line of a container's output.
 */
export type LogLine = { 
/**
 * Grows by one with each line of a viewer.
 */
seq: number, 
/**
 * Service name.
 */
service: string, 
/**
 * Where it was written to.
 */
stream: LogSource, 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * The text with its ANSI sequences; bytes that are not UTF-8 are U+FFFD. Never to be trusted.
 */
text: string, 
/**
 * Bytes cut off from a line that is too long.
 */
cut: number, };

/**
 * What may befall a stream of logs. It goes on all the same.
 */
export type LogNoticeKind = "unreadable" | "readable" | "engine-lost" | "engine-back";

/**
 * Something that happened to a stream of logs, told at its place between the lines.
 */
export type LogNotice = { 
/**
 * Counted with the lines.
 */
seq: number, 
/**
 * Service name; `null` when it is about all of them.
 */
service: string | null, 
/**
 * What happened.
 */
kind: LogNoticeKind, 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * The engine's words, where it had any. Never to be trusted.
 */
detail: string, };

/**
 * Lines since the last batch, at most ten batches a second.
 */
export type LogBatch = { 
/**
 * In the order in which they came.
 */
lines: Array<LogLine>, 
/**
 * What happened between them.
 */
notices: Array<LogNotice>, 
/**
 * Lines that did not fit between two batches.
 */
dropped: number, };

/**
 * What a viewer of logs wants to see.
 */
export type LogRequest = { 
/**
 * Names of services; empty means all.
 */
services: Array<string>, 
/**
 * Lines of the past to begin with.
 */
tail: number, };

/**
 * A variable of a container. Secret values never leave the backend.
 */
export type EnvironmentVariable = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value, or a mask.
 */
value: string, 
/**
 * The value is not shown: it is a secret, or the image's own.
 */
masked: boolean, 
/**
 * Where it was set.
 */
source: VariableSource, };

/**
 * Where a variable was set.
 */
export type VariableSource = "compose" | "env-file" | "image";

/**
 * A configuration file of a component.
 */
export type ConfigFile = { 
/**
 * Relative to the stack's folder.
 */
path: string, 
/**
 * Size.
 */
bytes: number, 
/**
 * Whether it can be checked now.
 */
validates: boolean, 
/**
 * Whether the component can take it over while it runs.
 */
reloads: boolean, };

/**
 * A volume or bind mount of a component.
 */
export type Mount = { 
/**
 * What is mounted.
 */
kind: MountKind, 
/**
 * Name of the volume, or path on the host.
 */
source: string, 
/**
 * Path in the container.
 */
target: string, 
/**
 * It cannot be written to.
 */
readOnly: boolean, };

/**
 * The kinds of mounts.
 */
export type MountKind = "volume" | "bind" | "tmpfs";

/**
 * A change of a component's health.
 */
export type HealthEvent = { 
/**
 * Unix milliseconds.
 */
at: number, 
/**
 * Who said so.
 */
from: HealthSource, 
/**
 * Whether it was good news.
 */
ok: boolean, 
/**
 * The phase that it got into, where that is the news.
 */
phase: PhaseKind | null, 
/**
 * The engine's verdict, where that is the news.
 */
engine: EngineHealth | null, 
/**
 * The output of the check, or the answer; empty where there is none.
 */
output: string, };

/**
 * Who speaks of a component's health.
 */
export type HealthSource = "engine" | "probe" | "phase";

/**
 * Everything about one service that is too much for the snapshot.
 */
export type Detail = { 
/**
 * Service name.
 */
service: string, 
/**
 * Id of the image; empty without a container.
 */
imageId: string, 
/**
 * Its variables by name.
 */
environment: Array<EnvironmentVariable>, 
/**
 * The service as resolved from compose file and `.env`, as YAML, secrets masked.
 */
resolved: string, 
/**
 * Files of the stack's folder that it mounts.
 */
files: Array<ConfigFile>, 
/**
 * What it mounts.
 */
mounts: Array<Mount>, 
/**
 * Newest first.
 */
history: Array<HealthEvent>, };

/**
 * An engine that was looked for, and what was found.
 */
export type EngineCandidate = { 
/**
 * Stable word: docker-desktop, docker-engine, colima, orbstack, rancher-desktop, podman, configured.
 */
id: string, 
/**
 * Names this very engine, with the certificates that reach it, where the user chooses it.
 */
key: string, 
/**
 * Its name.
 */
product: string, 
/**
 * Where it was looked for.
 */
endpoint: string, 
/**
 * What was found.
 */
state: EngineState, 
/**
 * What was tried, and the answer.
 */
detail: string, 
/**
 * What a user types to start it, or to be allowed to use it; `null` where there is no command.
 */
command: string | null, 
/**
 * Whether Switchyard can start it itself.
 */
startable: boolean, };

/**
 * How an engine was found.
 */
export type EngineState = "running" | "too-old" | "denied" | "stopped" | "absent";

/**
 * The language of the window.
 */
export type Language = "system" | "en" | "zh";

/**
 * The colours of the window.
 */
export type Theme = "system" | "light" | "dark" | "contrast";

/**
 * The user's choices for the window.
 */
export type Settings = { 
/**
 * Its language.
 */
language: Language, 
/**
 * Its colours.
 */
theme: Theme, 
/**
 * Start with the desktop session.
 */
autostart: boolean, 
/**
 * Start without the window, as the icon in the tray.
 */
startHidden: boolean, 
/**
 * Tell of failures and recoveries.
 */
notify: boolean, };

/**
 * The outcome of checking a configuration file.
 */
export type Validation = { 
/**
 * Whoever checked it has nothing against it.
 */
ok: boolean, 
/**
 * What the check said. May come from a container: never to be trusted.
 */
output: string, 
/**
 * Who checked it.
 */
by: Checker, };

/**
 * Who checks a configuration file.
 */
export type Checker = "syntax" | "rules" | "component";

/**
 * What a user changes beside starting and stopping.
 */
export type Change = { "type": "openFile", 
/**
 * Relative to the stack's folder.
 */
path: string, } | { "type": "openLink", 
/**
 * An address of the snapshot's links, or one on the same host and port.
 */
url: string, } | { "type": "saveText", 
/**
 * Name of the file.
 */
name: string, 
/**
 * Its content.
 */
text: string, } | { "type": "reload", 
/**
 * Which.
 */
service: string, } | { "type": "startEngine", 
/**
 * Id of a candidate.
 */
id: string, } | { "type": "useEngine", 
/**
 * The key of one that was found, the name of a Docker context, or an address.
 */
endpoint: string, } | { "type": "saveSettings", 
/**
 * All of them.
 */
settings: Settings, };

/**
 * What the window's own menu can ask the page to show.
 */
export type View = "stack" | "logs" | "palette" | "settings";

/**
 * What `send` takes.
 */
export type Request = { "type": "send", 
/**
 * What.
 */
intent: Intent, 
/**
 * When its plan is shown first.
 */
review: Review, } | { "type": "agree", 
/**
 * Of the answer that showed it.
 */
token: number, } | { "type": "take", 
/**
 * Its id.
 */
operation: number, 
/**
 * Which.
 */
offer: Offer, } | { "type": "change", 
/**
 * What.
 */
change: Change, };

/**
 * What `diagnostics` is asked.
 */
export type Question = { "type": "preview", 
/**
 * The intent.
 */
intent: Intent, } | { "type": "detail", 
/**
 * Which.
 */
service: string, } | { "type": "engineFacts" } | { "type": "engines" } | { "type": "settings" } | { "type": "validate", 
/**
 * Whose file it is.
 */
service: string, 
/**
 * Relative to the stack's folder.
 */
path: string, } | { "type": "volumeSizes" } | { "type": "report" };
