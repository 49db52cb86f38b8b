import { describe, expect, it } from "vitest";

import type { AppError } from "../backend/api";
import { canOpen, faultInStack, faultOf, faultsOf } from "./fault";

describe("a fault of a configuration file", () => {
  it.each([
    ["loki/loki-config.yml:5:1: field nonsense not found", "loki/loki-config.yml:5:1", "field nonsense not found"],
    ["a.yml:5: no column: is known", "a.yml:5", "no column: is known"],
    ["my files/a.yml:5:1: a path with a blank", "my files/a.yml:5:1", "a path with a blank"],
    ["C:\\stack\\a.yml:5:1: a drive", "C:\\stack\\a.yml:5:1", "a drive"],
    ["loki/rules: is a directory", "loki/rules", "is a directory"],
    ["only words: and no file", "", "only words: and no file"],
    ["a.yml:1:1: two\nlines", "a.yml:1:1", "two\nlines"],
    ["", "", ""],
  ])("is read from %j", (text, place, words) => {
    expect(faultOf(text)).toMatchObject({ place, words });
  });

  it("has the file that is known, whatever its name looks like", () => {
    const file = "odd: 1:2: name.yml";
    expect(faultOf(`${file}:7:3: words`, file)).toEqual({ file, place: `${file}:7:3`, words: "words" });
    expect(faultOf(`${file}: no such file`, file)).toEqual({ file, place: file, words: "no such file" });
  });

  it("whose line alone is told stands in the file that was asked about", () => {
    expect(faultOf("2:1: a stands there twice", "a.yml")).toMatchObject({ place: "a.yml:2:1" });
    expect(faultOf("expected `,` at line 14 column 3", "a.json")).toMatchObject({
      place: "a.json:14:3",
      words: "expected `,` at line 14 column 3",
    });
  });

  it("is told from the next by its place, and keeps its further lines", () => {
    expect(faultsOf("a.yml:1:1: one\n  goes on\na.yml:9:2: two\n\n", "a.yml")).toEqual([
      { file: "a.yml", place: "a.yml:1:1", words: "one\n  goes on" },
      { file: "a.yml", place: "a.yml:9:2", words: "two" },
    ]);
    expect(faultsOf("\n", "a.yml")).toEqual([]);
  });

  it("can be opened where it lies in the stack's folder", () => {
    expect(["loki/a.yml", "a"].map(canOpen)).toEqual([true, true]);
    expect(["", "/etc/loki/a.yml", "C:\\a.yml", "\\\\host\\a"].map(canOpen)).toEqual([false, false, false, false]);
  });
});

describe("why a stack's files cannot be read", () => {
  const error = (subject: string, detail: string, facts: Record<string, string> = {}): AppError => ({
    code: "stack-invalid",
    subject,
    detail,
    facts,
  });
  const facts = { file: "/stack/docker-compose.yml", line: "3", column: "5" };

  it.each([
    [
      error("services.loki", "/stack/docker-compose.yml:3:5: services.loki: not a key", facts),
      { file: "docker-compose.yml", place: "docker-compose.yml:3:5", words: "services.loki: not a key" },
    ],
    [
      error("services.loki", "not a key", facts),
      { file: "docker-compose.yml", place: "docker-compose.yml:3:5", words: "not a key" },
    ],
    [error("/stack/.env", "Permission denied"), { file: ".env", place: ".env", words: "Permission denied" }],
    [
      error("/stack/.env", "/stack/.env:7: no name before the equals sign"),
      { file: ".env", place: ".env:7", words: "no name before the equals sign" },
    ],
    [error("/etc/x.yml", "Permission denied"), { file: "", place: "/etc/x.yml", words: "Permission denied" }],
    [error("/stack-2/x.yml", "no such file"), { file: "", place: "/stack-2/x.yml", words: "no such file" }],
  ])("is told with the place in the folder (%#)", (given, fault) => {
    expect(faultInStack(given, "/stack")).toEqual(fault);
  });
});
