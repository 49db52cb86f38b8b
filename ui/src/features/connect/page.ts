import type { Words } from "../../i18n/en";
import { addressesOf, locate } from "./addresses";
import { capabilities } from "./capabilities";
import { network } from "./network";
import { type Recipe, recipesOf } from "./recipes";

/** What the page needs to know of a component: its name, the word of its recipe, and the ports of its container. */
export interface Subject {
  id: string;
  recipe: string;
  title: string;
  ports: number[];
}

const fences: Record<string, string> = { shell: "sh", LogQL: "logql", environment: "sh" };

const fenceOf = (label: string): string => fences[label] ?? label.slice(label.lastIndexOf(".") + 1);

/** The end of a heading's address, as the hosts of repositories make it: letters, digits, hyphens. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Neighbours of the same kind are one block on paper, where nothing is copied by a button. */
function merged(blocks: Recipe["blocks"]): Recipe["blocks"] {
  const all: Recipe["blocks"] = [];
  for (const block of blocks) {
    const last = all.at(-1);
    if (last?.label === block.label) all[all.length - 1] = { ...last, code: `${last.code}\n${block.code}` };
    else all.push(block);
  }
  return all;
}

/** What the tabs "Connect" show, as one page in Markdown with the usual addresses. `other` is its translation. */
export function pageOf(subjects: Subject[], t: Words, other: string): string {
  const c = t.connect;
  const at = locate([]);
  /** Several components may be used alike. */
  const titlesOf = (word: string) => subjects.filter((one) => one.recipe === word).map((one) => one.title);
  const titleOf = (word: string) => titlesOf(word)[0] ?? word;
  /** Some titles stand under several components; the component's name tells them apart. */
  const heading = (recipe: Recipe, word: string) => t.palette.open(titleOf(word), c.recipes[recipe.title]);

  const body = (recipe: Recipe): string[] => [
    [`**${c[recipe.effort]}**`, ...(recipe.text ? [c.recipes[recipe.text]] : [])].join(" · "),
    ...merged(recipe.blocks).map(({ label, code }) => {
      const named = fences[label] === undefined ? `\`${label}\`\n` : "";
      return `${named}\`\`\`${fenceOf(label)}\n${code}\n\`\`\``;
    }),
  ];

  const table = [
    `| ${c.table.what} | ${c.table.with} | ${c.table.how} | ${c.effort} |`,
    "| --- | --- | --- | --- |",
    ...capabilities.map(({ id, by, effort, recipe }) => {
      const [what, how] = c.capabilities[id];
      const found = recipe && recipesOf(recipe.of, at).find((one) => one.title === recipe.title);
      const link = found ? ` [→](#${slug(heading(found, recipe.of))})` : "";
      return `| ${cell(what)} | ${by.flatMap(titlesOf).join(", ")} | ${cell(how)}${link} | ${c[effort]} |`;
    }),
  ].join("\n");

  /** What several components have in common stands once; the others lead there. */
  const told = new Map<Recipe, string>([[network, c.recipes[network.title]]]);
  const tell = (recipe: Recipe, word: string): string[] => {
    const before = told.get(recipe);
    if (before) return [`→ [${before}](#${slug(before)})`];
    told.set(recipe, heading(recipe, word));
    return [`### ${heading(recipe, word)}`, ...body(recipe)];
  };

  const sections = subjects.flatMap(({ id, recipe: word, title, ports }) => {
    const own = addressesOf(undefined, id);
    const rows = ports.map((port) => `| \`${own.host(port)}\` | \`${own.inside(port)}\` |`);
    return [
      `## ${title}`,
      ...(rows.length ? [[`| ${c.fromHost} | ${c.fromContainer} |`, "| --- | --- |", ...rows].join("\n")] : []),
      ...(word === "sentry" ? [c.page.sentry] : []),
      ...recipesOf(word, at).flatMap((recipe) => tell(recipe, word)),
    ];
  });

  return [
    `# ${c.page.title}`,
    `<!-- ${c.page.generated} -->`,
    `[${c.page.other}](${other})`,
    c.page.lead,
    `## ${c.table.caption}`,
    table,
    `## ${c.recipes[network.title]}`,
    ...body(network),
    ...sections,
  ]
    .join("\n\n")
    .concat("\n");
}
