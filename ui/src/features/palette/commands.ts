import uFuzzy from "@leeoniya/ufuzzy";

import type { Words } from "../../i18n/en";
import { pick } from "../../i18n/index.svelte";
import { downOf, upOf } from "../../state/actions.svelte";
import type { App } from "../../state/app.svelte";
import { go } from "../../state/route.svelte";

export type Kind = keyof Words["palette"]["kinds"];

export interface Command {
  id: string;
  title: string;
  kind: Kind;
  run: () => void;
}

/** So many are shown. */
const most = 60;

/** Everything that can be done by name now. What cannot is not offered. */
export function commandsOf(app: App, t: Words): Command[] {
  const commands: Command[] = [];
  const add = (kind: Kind, id: string, title: string, run: () => void) => commands.push({ id, title, kind, run });
  const free = app.stack.connected && !app.stack.working;

  for (const component of app.stack.components) {
    const { id } = component;
    const name = pick(component.title);
    const show = (tab: "overview" | "logs" | "connect") => () => go({ screen: "component", component: id, tab });
    if (free && component.enabled)
      add("action", `off ${id}`, t.palette.off(name), () => void app.actions.toggle(id, false));
    if (free && !component.enabled)
      add("action", `on ${id}`, t.palette.on(name), () => void app.actions.toggle(id, true));
    if (free && component.container) {
      const restart = { type: "restart", components: [id], wait: true } as const;
      add(
        "action",
        `restart ${id}`,
        t.palette.restart(name),
        () => void app.actions.propose({ ...restart, components: [id] }),
      );
    }
    for (const link of component.links.filter((one) => one.live)) {
      add("page", `link ${id} ${link.id}`, t.palette.open(name, pick(link.title)), () => app.openLink(link.url));
    }
    add("view", `details ${id}`, t.palette.detailsOf(name), show("overview"));
    add("view", `logs ${id}`, t.palette.logsOf(name), show("logs"));
    add("view", `connect ${id}`, t.palette.connectTo(name), show("connect"));
  }
  if (free) {
    for (const preset of app.stack.snapshot?.stack.presets ?? []) {
      const start = () => void app.actions.propose(upOf(preset.components));
      add("action", `preset ${preset.id}`, t.palette.preset(pick(preset.title)), start);
    }
    add("action", "down", t.bar.down, () => void app.actions.propose(downOf([])));
  }
  add("view", "logs", t.logs.title, () => go({ screen: "logs", component: null }));
  add("view", "engine", t.bar.engine, () => go({ screen: "engine" }));
  add("view", "settings", t.settings.title, () => go({ screen: "settings" }));
  for (const theme of ["system", "light", "dark", "contrast"] as const) {
    add(
      "setting",
      `theme ${theme}`,
      t.palette.theme(t.settings.themes[theme]),
      () => void app.settings.change({ theme }),
    );
  }
  for (const language of ["en", "zh"] as const) {
    const title = t.palette.language(t.settings.languages[language]);
    add("setting", `language ${language}`, title, () => void app.settings.change({ language }));
  }
  add("action", "report", t.settings.report, () => void app.saveReport());
  return commands;
}

/** Words in any script, in any order, anywhere in a name; one slip in a longer word is forgiven. */
const fuzzy = new uFuzzy({
  unicode: true,
  interSplit: "[^\\p{L}\\d']+",
  intraSplit: "\\p{Ll}\\p{Lu}",
  intraBound: "\\p{L}\\d|\\d\\p{L}|\\p{Ll}\\p{Lu}",
  intraChars: "[\\p{L}\\d']",
  intraContr: "'\\p{L}{1,2}\\b",
  intraMode: 1,
  // The pattern for slips grows faster than the square of a word's length: 300 letters take minutes and gigabytes.
  intraRules: (word) => {
    const slips = word.length > 3 && word.length <= 20 ? 1 : 0;
    return { intraSlice: [1, Infinity], intraIns: slips, intraSub: slips, intraTrn: slips, intraDel: slips };
  },
  // What answers equally well stays in the order of the list.
  compare: () => 0,
});

/** More words than this are taken in the order given: each order is a search of its own. */
const inAnyOrder = 4;

/** No name is longer. */
const longest = 100;

/** The commands that a query is about, best first; every command when it says nothing. Ids are found in any language. */
export function find(commands: Command[], query: string): Command[] {
  if (!query.trim()) return commands.slice(0, most);
  const names = commands.map((command) => `${command.title} ${command.id}`);
  const [matched, , order] = fuzzy.search(names, query.slice(0, longest), inAnyOrder);
  const best = order && matched ? order.map((at) => matched[at]) : (matched ?? []);
  return best.slice(0, most).flatMap((at) => (at === undefined ? [] : (commands[at] ?? [])));
}
