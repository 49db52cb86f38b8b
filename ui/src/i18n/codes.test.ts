import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { capabilities } from "../features/connect/capabilities";
import { wordsFor } from "./codes";
import { en } from "./en";

const crates = join(import.meta.dirname, "../../../crates");
const read = (path: string) => readFileSync(join(crates, path), "utf8");

/** The codes that a function of a Rust file gives, or that a pattern finds in a file. */
function codes(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, code]) => code ?? ""))].sort();
}

function body(text: string, name: string): string {
  const start = text.indexOf(`fn ${name}(`);
  const end = text.indexOf("\n    }\n", start);
  if (start < 0 || end < 0) throw new Error(`no function ${name}`);
  return text.slice(start, end);
}

const given = /=> "([a-z-]+)"/g;
const plan = read("stack/src/plan/text.rs");
const sorted = (table: object) => Object.keys(table).sort();

describe("there are words for every code of the backend, and for no other", () => {
  it("steps", () => expect(sorted(en.plan.verbs)).toEqual(codes(body(plan, "verb"), given)));

  it("causes of steps", () => expect(sorted(en.plan.because)).toEqual(codes(body(plan, "code"), given)));

  it("diagnoses", () =>
    expect(sorted(en.cause.diagnosis)).toEqual(codes(body(read("stack/src/diagnosis.rs"), "code"), given)));

  it("consents, warnings and notices", () => {
    const fixed = /code: "([a-z-]+)"\.to_owned\(\)/g;
    const all = [
      ...codes(read("supervisor/src/errors.rs"), /\bnotice\("([a-z-]+)"/g),
      ...codes(read("supervisor/src/desk.rs"), fixed),
      ...codes(read("supervisor/src/state/view.rs"), fixed),
      // An error of the settings is a notice too; the other errors are told in the words of errors.
      "settings-damaged",
    ];
    expect(sorted(en.notices.words)).toEqual([...new Set(all)].sort());
  });

  it("phases and verdicts in the history of a component's health", () => {
    const history = read("supervisor/src/desk/history.rs");
    expect(sorted(en.phase)).toEqual(codes(history, /Phase::\w+(?: \{ \.\. \})? => \("([a-z]+)"/g));
    expect(sorted(en.detail.engineSaid)).toEqual(codes(history, /EngineHealth::\w+\) => "([a-z]+)"/g));
  });
});

it("a code that looks like a method has no words", () => {
  expect(wordsFor(en.plan.verbs, "constructor")).toBeUndefined();
  expect(wordsFor(en.plan.verbs, "start")).toBe("Start");
});

it("every row of the table of what needs how much has words", () => {
  expect(capabilities.map((one) => one.id).sort()).toEqual(sorted(en.connect.capabilities));
});
