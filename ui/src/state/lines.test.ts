import { expect, it } from "vitest";

import { Lines } from "./lines";

const chunk = { lines: 3, characters: 1000 };
const of = (...texts: string[]) => texts.map((text) => ({ text }));
const empty: Lines<{ text: string }> = Lines.empty;
const show = (lines: Lines<{ text: string }>) =>
  lines
    .toArray()
    .map((line) => line.text)
    .join("");

it("finds every line by its place across chunks", () => {
  const lines = empty.add(of(..."abcdefgh"), chunk);
  expect([..."abcdefgh"].every((text, index) => lines.at(index)?.text === text)).toBe(true);
  expect(lines.at(8)).toBeUndefined();
  expect(lines.at(-1)).toBeUndefined();
});

it("leaves a list as it was when another one grows out of it", () => {
  const first = empty.add(of("a", "b"), chunk);
  const second = first.add(of("c", "d"), chunk);
  expect([show(first), show(second)]).toEqual(["ab", "abcd"]);
  expect(first.at(2)).toBeUndefined();
});

it("lets two lists grow out of one", () => {
  const first = empty.add(of("a"), chunk);
  const one = first.add(of("b"), chunk);
  const other = first.add(of("c"), chunk);
  expect([show(one), show(other)]).toEqual(["ab", "ac"]);
});

it("lets whole chunks go from the front, never the newest", () => {
  const lines = empty.add(of(..."abcdefgh"), chunk);
  const trimmed = lines.trim((left) => left.lines > 5);
  expect(show(trimmed)).toBe("defgh");
  expect(trimmed.at(0)?.text).toBe("d");
  expect(show(lines.trim(() => true))).toBe("gh");
  expect(show(lines)).toBe("abcdefgh");
});
