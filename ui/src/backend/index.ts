import type { Backend } from "./backend";

/** The backend of this window. The fake one is not part of the shipped bundle. */
export async function openBackend(): Promise<Backend> {
  if (__FAKE__) {
    const { fakeBackend } = await import("./fake");
    return fakeBackend(new URLSearchParams(location.search));
  }
  const { tauriBackend } = await import("./tauri");
  return tauriBackend();
}
