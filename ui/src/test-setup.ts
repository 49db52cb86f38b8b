import { afterEach } from "vitest";

// What jsdom lacks and the window uses.
if (typeof matchMedia === "undefined") {
  Object.defineProperty(globalThis, "matchMedia", {
    value: (query: string) => ({ matches: false, media: query, addEventListener: () => undefined }),
  });
}
if (typeof ResizeObserver === "undefined") {
  Object.defineProperty(globalThis, "ResizeObserver", {
    value: class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  });
}
if (typeof HTMLElement !== "undefined") {
  HTMLElement.prototype.scrollTo ??= function scrollTo(): void {
    // Nothing has a size in jsdom.
  };
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
