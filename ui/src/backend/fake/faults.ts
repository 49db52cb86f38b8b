import type { AppError, Notice } from "../api";

/** Something wrong with a component's configuration, as the rules of its program have it. */
export interface ConfigFault {
  file: string;
  /** 1-based; 0 for the file as a whole. */
  line: number;
  column: number;
  words: string;
  /** The program would not start with it. */
  fatal: boolean;
}

/** `file:line:column: words`, as the backend tells it. */
export function textOf({ file, line, column, words }: ConfigFault): string {
  const place = [line, column].filter((one) => one > 0).map((one) => `:${one}`);
  return `${file}${place.join("")}: ${words}`;
}

/** What forbids a component's start. */
export function refusalOf(component: string, faults: ConfigFault[]): AppError | null {
  const fatal = faults.filter((fault) => fault.fatal);
  const [first] = fatal;
  if (!first) return null;
  const count = fatal.length > 1 ? { faults: String(fatal.length) } : {};
  return {
    code: "config-invalid",
    subject: component,
    detail: textOf(first),
    facts: {
      file: first.file,
      line: String(first.line),
      column: String(first.column),
      ...count,
      stack: "rwa-observability",
    },
  };
}

/** What a component would do other than its files mean. */
export function suspicionsOf(component: string, faults: ConfigFault[]): Notice[] {
  const suspect = faults.filter((fault) => !fault.fatal);
  return suspect.map((fault) => ({ code: "config-suspect", subject: component, other: textOf(fault) }));
}

const fault = (file: string, line: number, column: number, words: string, fatal = true): ConfigFault => ({
  file,
  line,
  column,
  words,
  fatal,
});

/** Files that their programs would refuse: one fault, two in one file, and three in two files. */
export const broken: Record<string, ConfigFault[]> = {
  loki: [
    fault("loki/loki-config.yml", 5, 1, "field nonsense not found in type loki.ConfigWrapper (did you mean common?)"),
  ],
  promtail: [
    fault("loki/promtail-config.yml", 31, 23, 'not a valid duration string: "soon"'),
    fault("loki/promtail-config.yml", 58, 9, "Unknown stage type: decolourise (did you mean decolorize?)"),
  ],
  prometheus: [
    fault(
      "prometheus/prometheus.yml",
      1,
      1,
      "found character that cannot start any token (this line is indented with a tab; YAML wants spaces)",
    ),
    fault("prometheus/rules/rwa-alerts.yml", 12, 14, 'not a valid duration string: "two"'),
    fault(
      "prometheus/rules/rwa-alerts.yml",
      27,
      15,
      'could not parse expression: 1:4: parse error: unexpected "or" in label matching, expected identifier or "}": <img src=x onerror=alert(1)>',
    ),
  ],
};

/** Files that their programs take, and do something else with than was meant. */
export const suspect: Record<string, ConfigFault[]> = {
  loki: [
    fault(
      "loki/loki-config.yml",
      41,
      21,
      "deletes nothing: a retention under 24h is not applied (24h at least)",
      false,
    ),
  ],
  promtail: [
    fault(
      "loki/promtail-config.yml",
      63,
      13,
      "no stage extracts lvl: there is nothing to take here (did you mean level?)",
      false,
    ),
  ],
};
