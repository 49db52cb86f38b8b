import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { catalog } from "../../backend/fake/catalog";
import { en } from "../../i18n/en";
import { zh } from "../../i18n/zh";
import { type Subject, pageOf } from "./page";

const docs = join(import.meta.dirname, "../../../../docs");
const subjects: Subject[] = [
  ...catalog.map(({ id, recipe, title, ports }) => ({ id, recipe, title, ports: ports.map(([, inside]) => inside) })),
  { id: "sentry", recipe: "sentry", title: "Sentry", ports: [] },
];

describe.each([
  ["connect.md", en, "connect.zh.md"],
  ["connect.zh.md", zh, "connect.md"],
])("docs/%s", (name, words, other) => {
  const page = pageOf(subjects, words, other);

  it("is what the window shows; `UPDATE_DOCS=1 npm run ui:test` writes it anew", () => {
    const path = join(docs, name);
    if (process.env["UPDATE_DOCS"]) writeFileSync(path, page);
    expect(readFileSync(path, "utf8")).toBe(page);
  });

  it("links to headings that it has, each of them once", () => {
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      (heading ?? "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-"),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => headings.filter((one) => one === link).length !== 1)).toEqual([]);
  });

  it("closes every fence", () => {
    expect((page.match(/^```/gm) ?? []).length % 2).toBe(0);
  });
});
