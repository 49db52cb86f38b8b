import type { Detail } from "../../backend/contract";
import type { App } from "../../state/app.svelte";

/** Details of one service, asked for anew when it or its container changes. A late answer for another one is dropped. */
export function loadDetail(app: App, service: () => string | null, container: () => string): { value: Detail | null } {
  let value = $state.raw<Detail | null>(null);
  $effect(() => {
    const id = service();
    container();
    let current = true;
    if (id !== null) {
      app.backend.detail(id).then(
        (detail) => {
          if (current) value = detail;
        },
        (error: unknown) => {
          if (current) app.toasts.fail(error);
        },
      );
    }
    return () => {
      current = false;
    };
  });
  return {
    get value() {
      return value?.service === service() ? value : null;
    },
  };
}
