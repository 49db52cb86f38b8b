import { createSubscriber } from "svelte/reactivity";

/** One ticker for all ages on the screen; it stands still while nobody reads it. */
const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** The time in Unix milliseconds; what reads it in markup is shown anew every second. */
export function now(): number {
  subscribe();
  return Date.now();
}
