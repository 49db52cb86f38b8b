import type { AppError } from "../backend/api";

/** Something wrong with a configuration file, as its checker tells it in one line. */
export interface Fault {
  /** As the backend names it: relative to the stack's folder where it lies in it. Empty where no file is named. */
  file: string;
  /** `file:line:column`, as far as it is known; empty where it is not. */
  place: string;
  /** In the checker's own words. */
  words: string;
}

const withLine = /^(.+?)((?::\d+){1,2}): (.*)$/s;
const wholeFile = /^([^\s:]+[./][^\s:]*): (.*)$/s;
const lineOnly = /^(\d+:\d+): (.*)$/s;
const lineLast = / at line (\d+) column (\d+)$/;

/** Reads `file:line:column: words`. Line and column may be missing; what is not of this form is words alone. */
export function faultOf(text: string, file = ""): Fault {
  if (file && text.startsWith(file)) {
    const [, place, words] = /^((?::\d+){0,2}): (.*)$/s.exec(text.slice(file.length)) ?? [];
    if (words !== undefined) return { file, place: file + place, words };
  }
  if (file) {
    const [, place, words] = lineOnly.exec(text) ?? [];
    if (words !== undefined) return { file, place: `${file}:${place}`, words };
    const [, line, column] = lineLast.exec(text) ?? [];
    return { file, place: line === undefined ? "" : `${file}:${line}:${column}`, words: text };
  }
  const [, named = "", line = "", words] = withLine.exec(text) ?? [];
  if (words !== undefined) return { file: named, place: named + line, words };
  const [, whole = "", rest] = wholeFile.exec(text) ?? [];
  return rest === undefined ? { file: "", place: "", words: text } : { file: whole, place: whole, words: rest };
}

/** Every fault of what a check of one file says: one a line. A line without a place goes on with the one before. */
export function faultsOf(output: string, file: string): Fault[] {
  const faults: Fault[] = [];
  for (const line of output.trimEnd().split("\n")) {
    const fault = faultOf(line, file);
    const before = faults.at(-1);
    if (before && !fault.place) before.words += `\n${line}`;
    else if (line.trim()) faults.push(fault);
  }
  return faults;
}

/** Whether the window may ask for the file: only those of the stack's own folder are opened. */
export function canOpen(file: string): boolean {
  return file !== "" && !/^(?:[/\\]|[A-Za-z]:[/\\])/.test(file);
}

/** Where and why a stack's files cannot be read. `file` is relative to its folder, and empty for one that is outside. */
export function faultInStack(error: AppError, folder: string): Fault {
  const named = error.facts["file"] ?? "";
  const fault = faultOf(error.detail, named);
  const { line = "0", column = "0" } = error.facts;
  // What cannot even be opened is named by the error itself.
  const path = fault.file || error.subject;
  const inside = folder !== "" && [`${folder}/`, `${folder}\\`].some((start) => path.startsWith(start));
  const place = fault.place || [path, ...[line, column].filter((one) => one !== "0")].join(":");
  const cut = (text: string) => (inside ? text.slice(folder.length + 1) : text);
  return { file: inside ? cut(path) : "", place: cut(place), words: fault.words };
}
