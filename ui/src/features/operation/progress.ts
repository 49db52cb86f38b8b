import type { Operation, PullProgress, Step } from "../../backend/api";

/** Speed and time left of a pull, from what came since it began. */
export function paceOf(step: Step, progress: PullProgress, now: number): { rate: number; left: number | null } | null {
  if (step.state.kind !== "running") return null;
  const seconds = (now - step.state.since) / 1000;
  if (seconds < 0.5 || progress.current <= 0) return null;
  const rate = progress.current / seconds;
  const left = progress.total > progress.current ? ((progress.total - progress.current) / rate) * 1000 : null;
  return { rate, left };
}

/** Steps that are over, and the share of the whole with the pulls' own progress. */
export function progressOf(operation: Operation): { done: number; all: number; share: number } {
  const all = operation.steps.length;
  let done = 0;
  let part = 0;
  for (const { state } of operation.steps) {
    if (state.kind === "done" || state.kind === "skipped" || state.kind === "failed") done += 1;
    else if (state.kind === "running" && state.progress && state.progress.total > 0) {
      part += state.progress.current / state.progress.total;
    }
  }
  return { done, all, share: all === 0 ? 1 : (done + part) / all };
}

/** The step to name while several run: the first that is under way. */
export function currentStep(operation: Operation): Step | undefined {
  return operation.steps.find((step) => step.state.kind === "running");
}
