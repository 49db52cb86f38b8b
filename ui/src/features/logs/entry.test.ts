import { expect, it } from "vitest";

import type { LogLine, LogNotice } from "../../backend/contract";
import { ofLine, ofNotice } from "./entry";

const line = (text: string): LogLine => ({ seq: 1, service: "loki", stream: "stdout", at: 0, text, cut: 0 });

it("keeps a line without sequences as it is, and takes them out of others", () => {
  const usual = ofLine(line("level=warn msg=值\tx"));
  expect([usual.plain, usual.level, usual.notice]).toEqual(["level=warn msg=值\tx", "warn", false]);
  const coloured = ofLine(line("\u001b[31mERROR\u001b[0m gone\r"));
  expect([coloured.plain, coloured.level]).toEqual(["ERROR gone", "error"]);
  expect(coloured.text).toContain("\u001b");
});

it("shows a failure of the stream as a warning that no container can dress up", () => {
  const notice: LogNotice = { seq: 7, service: "loki", kind: "unreadable", at: 5, detail: "\u001b[2Jno" };
  const entry = ofNotice(notice, "Loki cannot be read: \u001b[2Jno");
  expect([entry.seq, entry.at, entry.level, entry.plain]).toEqual([7, 5, "warn", "Loki cannot be read: no"]);
  expect(ofNotice({ ...notice, kind: "readable", detail: "" }, "x").level).toBe("info");
});
