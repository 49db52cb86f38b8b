import { afterEach } from "vitest";

// What jsdom lacks and the window uses.
if (typeof matchMedia === "undefined") {
  Object.defineProperty(globalThis, "matchMedia", {
    value: (query: string) => ({ matches: false, media: query, addEventListener: () => undefined }),
  });
}
if (typeof HTMLDialogElement !== "undefined") {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
}

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});
