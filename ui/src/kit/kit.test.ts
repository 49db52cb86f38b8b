import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import Menu from "./Menu.svelte";
import Sparkline from "./Sparkline.svelte";
import Switch from "./Switch.svelte";
import Tabs from "./Tabs.svelte";

describe("a switch", () => {
  it("asks, and does not move by itself", async () => {
    const onchange = vi.fn();
    render(Switch, { label: "Run Loki", checked: false, onchange });
    const control = screen.getByRole("switch", { name: "Run Loki" });
    await userEvent.click(control);
    expect(onchange).toHaveBeenCalledExactlyOnceWith(true);
    expect(control.getAttribute("aria-checked")).toBe("false");
  });

  it("stays reachable while it cannot be used, and says why", async () => {
    const onchange = vi.fn();
    render(Switch, { label: "Run Loki", checked: true, onchange, reason: "The engine does not answer" });
    await userEvent.tab();
    const control = screen.getByRole("switch", { name: "Run Loki" });
    expect(document.activeElement).toBe(control);
    await userEvent.keyboard(" ");
    expect(onchange).not.toHaveBeenCalled();
    const description = document.getElementById(control.getAttribute("aria-describedby") ?? "");
    expect(description?.textContent).toBe("The engine does not answer");
  });
});

describe("tabs", () => {
  const tabs = ["one", "two", "three"].map((id) => ({ id, title: id }));

  it.each([
    ["one", "{ArrowLeft}", "three"],
    ["three", "{ArrowRight}", "one"],
    ["two", "{End}", "three"],
    ["two", "{Home}", "one"],
  ])("go from %s by %s to %s", async (current, key, next) => {
    const onchoose = vi.fn();
    render(Tabs, { label: "Views", tabs, current, panel: "panel", onchoose });
    screen.getByRole("tab", { selected: true }).focus();
    await userEvent.keyboard(key);
    expect(onchoose).toHaveBeenCalledExactlyOnceWith(next);
  });
});

describe("a menu", () => {
  const items = ["Start", "Stop"].map((title) => ({ id: title.toLowerCase(), title }));

  it("is walked and left by keyboard, and chosen from", async () => {
    const onchoose = vi.fn();
    render(Menu, { label: "Presets", items, onchoose });
    const button = screen.getByRole("button", { name: "Presets" });
    button.focus();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Start"));
    await userEvent.keyboard("{ArrowDown}");
    expect(document.activeElement?.textContent).toContain("Stop");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(button));
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
    await userEvent.keyboard(" ");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Start"));
    await userEvent.keyboard("{Enter}");
    expect(onchoose).toHaveBeenCalledExactlyOnceWith("start");
  });

  it("keeps Esc to itself while it is open", async () => {
    const outside = vi.fn();
    addEventListener("keydown", outside);
    render(Menu, { label: "Presets", items, onchoose: vi.fn() });
    screen.getByRole("button", { name: "Presets" }).focus();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Start"));
    outside.mockClear();
    await userEvent.keyboard("{Escape}");
    expect(outside).not.toHaveBeenCalled();
    removeEventListener("keydown", outside);
  });

  it("does not open while it cannot be used", async () => {
    render(Menu, { label: "Presets", items, reason: "An operation runs", onchoose: vi.fn() });
    const button = screen.getByRole("button", { name: /Presets/ });
    await userEvent.click(button);
    button.focus();
    await userEvent.keyboard("{Enter}");
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toBe(
      "An operation runs",
    );
  });
});

describe("a small chart", () => {
  const path = () => document.querySelector(".line")?.getAttribute("d") ?? "";

  it("keeps a quiet line low and the newest value at the right", () => {
    render(Sparkline, { values: [0.01, 0.01], floor: 1, label: "CPU", height: 22 });
    expect(path()).toMatch(/L120\.0 20\.\d$/);
  });

  it("draws nothing of nothing, and survives readings that make no sense", () => {
    const { rerender } = render(Sparkline, { values: [], floor: 0, label: "CPU" });
    expect(path()).toBe("");
    return rerender({ values: [-1, 0] }).then(() => expect(path()).not.toContain("NaN"));
  });
});
