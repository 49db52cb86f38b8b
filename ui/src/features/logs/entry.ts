import type { LogLine, LogNotice } from "../../backend/contract";
import type { Entry } from "../../state/logs.svelte";
import { stripAnsi } from "./ansi";
import { levelOf } from "./level";

/* eslint-disable-next-line no-control-regex */
const unusual = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/**
 * A line as it is held. One without sequences, as most are, is its own plain text and is never parsed. The looks of the
 * others are found when they are drawn: those of all that are held would take more memory than the lines.
 */
export function ofLine(line: LogLine): Entry {
  const plain = unusual.test(line.text) ? stripAnsi(line.text) : line.text;
  return { ...line, plain, level: levelOf(plain), notice: false };
}

/** What happened to the stream, as a line among the others. */
export function ofNotice(notice: LogNotice, words: string): Entry {
  const plain = stripAnsi(words);
  const well = notice.kind === "readable" || notice.kind === "engine-back";
  return {
    seq: notice.seq,
    service: notice.service ?? "",
    stream: "stderr",
    at: notice.at,
    text: plain,
    cut: 0,
    plain,
    level: well ? "info" : "warn",
    notice: true,
  };
}
