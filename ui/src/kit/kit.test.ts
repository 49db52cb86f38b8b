import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

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
