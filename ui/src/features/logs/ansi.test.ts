import { describe, expect, it } from "vitest";

import { highlight, parseAnsi, stripAnsi } from "./ansi";

const esc = "\u001b";
/** Segments as text: `red bold:word`. */
const show = (text: string) =>
  parseAnsi(text).map(
    (one) =>
      [one.color, one.bold && "bold", one.underline && "underline", one.filled && "filled"].filter(Boolean).join(" ") +
      `:${one.text}`,
  );

describe("colours", () => {
  it("starts and ends where the line says", () => {
    expect(show(`a ${esc}[31mred${esc}[0m b`)).toEqual([":a ", "red:red", ": b"]);
  });

  it("keeps what is not reset", () => {
    expect(show(`${esc}[1;32mok${esc}[39m still bold`)).toEqual(["green bold:ok", "bold: still bold"]);
  });

  it.each([
    [`${esc}[38;5;196mx`, "red:x"],
    [`${esc}[38;5;46mx`, "green:x"],
    [`${esc}[38;2;20;40;250mx`, "blue:x"],
    [`${esc}[38;5;250mx`, "white:x"],
    [`${esc}[48;5;196mx`, "filled:x"],
    [`${esc}[97mx`, "white:x"],
    [`${esc}[38:5:196mx`, "red:x"],
    [`${esc}[7mx`, "black filled:x"],
  ])("gives %j one of our own colours", (text, expected) => {
    expect(show(text)).toEqual([expected]);
  });

  it("is not begun by what is left when another sequence is taken out", () => {
    expect(show(`${esc}${esc}[2J[31mx`)).toEqual([":[31mx"]);
  });

  it("does not end at a parameter list without an end", () => {
    expect(show(`${esc}[38;5mx`)).toEqual([":x"]);
  });
});

describe("a container cannot steer the window", () => {
  it.each([
    [`${esc}[2J${esc}[1;1Hhome`, "home"],
    [`${esc}]0;title\u0007text`, "text"],
    [`${esc}]8;;http://evil${esc}\\link${esc}]8;;${esc}\\`, "link"],
    ["bell\u0007 and\b backspace\r", "bell and backspace"],
    [`broken ${esc}[`, "broken "],
    ["c1 \u009b31m control", "c1 31m control"],
  ])("leaves the sequences of %j out", (text, expected) => {
    expect(stripAnsi(text)).toBe(expected);
    expect(
      parseAnsi(text)
        .map((one) => one.text)
        .join(""),
    ).toBe(expected);
  });

  it("keeps tabs, broken bytes and other scripts", () => {
    expect(stripAnsi("a\tb \ufffd 用户 שלום")).toBe("a\tb \ufffd 用户 שלום");
  });

  it("takes a megabyte in its stride", () => {
    expect(stripAnsi(`${esc}[31m`.repeat(100_000) + "x".repeat(1_000_000))).toHaveLength(1_000_000);
  });
});

describe("a search", () => {
  const hits = (text: string, pattern: RegExp) =>
    highlight(parseAnsi(text), pattern)
      .filter((one) => one.hit)
      .map((one) => one.text);

  it("marks a match that crosses colours", () => {
    expect(hits(`${esc}[31mfoo${esc}[0mbar baz`, /foobar/gu)).toEqual(["foo", "bar"]);
  });

  it("never loses or doubles a letter", () => {
    const parts = highlight(parseAnsi(`a${esc}[31mbca${esc}[0mbc`), /b|ca/gu);
    expect(parts.map((one) => one.text).join("")).toBe("abcabc");
  });

  it("leaves a match of nothing alone", () => {
    expect(hits("abc", /x*/gu)).toEqual([]);
  });
});
