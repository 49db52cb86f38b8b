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

/** How well a title answers a query: `null` when it does not. Words may be given in any order, as beginnings first. */
export function score(title: string, id: string, query: string): number | null {
  const haystack = `${title} ${id}`.toLowerCase();
  let sum = 0;
  for (const part of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = haystack.indexOf(part);
    if (at < 0) return null;
    const starts = at === 0 || /[\s:：]/.test(haystack[at - 1] ?? "");
    sum += at / 100 + (starts ? 0 : 10);
  }
  return sum;
}

export function find(commands: Command[], query: string): Command[] {
  return commands
    .map((command, index) => ({ command, index, score: score(command.title, command.id, query) }))
    .filter((one): one is typeof one & { score: number } => one.score !== null)
    .sort((a, b) => a.score - b.score || a.index - b.index)
    .map((one) => one.command)
    .slice(0, 60);
}
