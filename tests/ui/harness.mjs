/** A server of the built fake window, and a Chromium to look at it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { preview } from "vite";

const ui = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "ui");

export const folder = dirname(fileURLToPath(import.meta.url));

export async function open() {
  const server = await preview({
    root: ui,
    build: { outDir: "dist-fake" },
    preview: { port: 0, host: "127.0.0.1" },
    logLevel: "error",
  });
  const base = server.resolvedUrls.local[0];
  const profile = mkdtempSync(join(tmpdir(), "switchyard-ui-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  browser.setDefaultTimeout(15_000);

  return {
    base,
    browser,
    /** A fresh page of a scenario; what must never happen is collected in `page.faults`. */
    async page(query = "", { hash = "", width = 1280, height = 800 } = {}) {
      const page = await browser.newPage();
      await page.setViewportSize({ width, height });
      page.faults = [];
      page.on("pageerror", (error) =>
        page.faults.push(`error: ${error.message}`),
      );
      page.on("console", (message) => {
        if (message.type() === "error")
          page.faults.push(`console: ${message.text()}`);
      });
      await page.goto(`${base}?${query}${hash}`);
      await page.locator("main").waitFor();
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export const card = (page, id) => page.locator(`[data-component="${id}"]`);
