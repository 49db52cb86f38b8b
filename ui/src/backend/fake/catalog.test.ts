import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { catalog, stack } from "./catalog";

const file = readFileSync(join(import.meta.dirname, "../../../../assets/stack/docker-compose.yml"), "utf8");
const services = file.slice(file.indexOf("\nservices:\n"), file.indexOf("\nnetworks:\n"));

/** The lines of a service, with the defaults of its variables filled in and folded lines joined. */
function block(id: string): string {
  const [, found] = new RegExp(`\\n  ${id}:\\n((?: {4}.*\\n|\\n)+)`).exec(services) ?? [];
  if (!found) throw new Error(`no service ${id}`);
  return found
    .replace(/\$\{\w+:-([^}]*)\}/g, "$1")
    .replace(/\\n\s+/g, " ")
    .replace(/,\n\s+/g, ", ");
}

const words = (text: { en: string; zh: string }) => `{ en: "${text.en}", zh: "${text.zh}" }`;

it.each(catalog.map((entry) => [entry.id, entry] as const))("%s is as the shipped stack has it", (id, entry) => {
  const text = block(id);
  expect(text).toContain(`image: ${entry.image}\n`);
  expect(text).toContain(`about: ${words(entry.about)}`);
  expect(text).toContain(`group: ${entry.group}\n`);
  expect(text).toContain(`recipe: ${entry.recipe}\n`);
  expect(text).toContain(`mem_limit: ${entry.memoryLimit}m\n`);
  expect(Number(/cpus: (.+)/.exec(text)?.[1])).toBe(entry.cpuLimit);
  expect(
    [...text.matchAll(/127\.0\.0\.1:(\d+):(\d+)(?:\/tcp)?"/g)].map(([, open, inside]) => [
      Number(open),
      Number(inside),
    ]),
  ).toEqual(entry.ports);
  const links = [
    ...text.matchAll(
      /\{ id: (\w+), title: \{ en: "(.+?)", zh: "(.+?)" \},(?: component: (\w+),)? port: \d+,\s+path: "?([^?"\s]+)/g,
    ),
  ];
  expect(links.map(([, name, en, zh, other, path]) => [name, en, zh, path, ...(other ? [other] : [])])).toEqual(
    entry.links,
  );
  expect(text).toContain(`path: ${entry.probe}, status: 200`);
  const list = (key: string) => /\[(.*)\]/.exec(new RegExp(`\\n {6}${key}: (.*)`).exec(text)?.[1] ?? "")?.[1] ?? "";
  expect(list("uses")).toBe(entry.uses.join(", "));
  expect(list("excludes")).toBe(entry.excludes.join(", "));
  expect(/replacement:\n\s+component: (\w+)/.exec(text)?.[1]).toBe(entry.replacement?.component);
});

it("groups and presets are those of the shipped stack, and components come in its order", () => {
  const head = file.slice(0, file.indexOf("  env:\n"));
  for (const { id, title } of stack.groups) expect(head).toContain(`{ id: ${id}, title: ${words(title)} }`);
  for (const { id, components } of stack.presets) {
    expect(head.replace(/,\n\s+/g, ", ")).toMatch(
      new RegExp(`id: ${id}, .* components: \\[${components.join(", ")}\\]`),
    );
  }
  const place = (group: string) => stack.groups.findIndex((one) => one.id === group);
  const line = (id: string) => services.indexOf(`\n  ${id}:\n`);
  const sorted = [...catalog].sort((a, b) => place(a.group) - place(b.group) || line(a.id) - line(b.id));
  expect(catalog.map((one) => one.id)).toEqual(sorted.map((one) => one.id));
});
