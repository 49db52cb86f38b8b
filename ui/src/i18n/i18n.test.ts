import { describe, expect, it } from "vitest";

import { en } from "./en";
import { bytes, duration, imageVersion, percent } from "./format";
import { zh } from "./zh";

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, path = ""): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(tree)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === "object" && value !== null) for (const [k, v] of leaves(value as Tree, at)) found.set(k, v);
    else found.set(at, value);
  }
  return found;
}

describe("the two languages", () => {
  const english = leaves(en);
  const chinese = leaves(zh);

  it("have the same words", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("have none that is empty in one only", () => {
    const empty = (words: Map<string, unknown>) => [...words].filter(([, word]) => word === "").map(([key]) => key);
    expect(empty(chinese)).toEqual(empty(english));
  });

  it("use every argument that the other uses", () => {
    const used = (word: unknown) => (typeof word === "function" ? word.toString() : "");
    for (const [key, word] of english) {
      if (typeof word !== "function") continue;
      expect(typeof chinese.get(key), key).toBe("function");
      expect(used(chinese.get(key)), key).not.toBe("");
    }
  });

  it("are really translated", () => {
    const same = [...english]
      .filter(([key, word]) => typeof word === "string" && word.length > 12 && chinese.get(key) === word)
      .map(([key]) => key);
    expect(same).toEqual([]);
  });
});

describe("amounts", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1024, "1.0 KB"],
    [87 * 1024 * 1024, "87 MB"],
    [1.9 * 1024 ** 3, "1.9 GB"],
    [-5, "0 B"],
  ])("%d bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

  it.each([
    [400, "0 s"],
    [59_000, "59 s"],
    [60_000, "1 min"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [90_000_000, "1 d 1 h"],
    [-1, "0 s"],
  ])("%d ms last %s", (value, text) => expect(duration(value, "en")).toBe(text));

  it("speaks Chinese too", () => expect(duration(3_900_000, "zh")).toBe("1 小时 5 分钟"));

  it("shows a share of a core", () => {
    expect(percent(0.012)).toBe("1.2 %");
    expect(percent(1.5)).toBe("150 %");
  });

  it.each([
    ["grafana/loki:3.7.6", "3.7.6"],
    ["localhost:5000/loki", "latest"],
    ["ghcr.io/a/b:v1@sha256:abc", "v1"],
  ])("%s has version %s", (image, version) => expect(imageVersion(image)).toBe(version));
});
