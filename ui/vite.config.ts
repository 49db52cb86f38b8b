import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

/** What the shell allows; the preview serves it too, so that a violation shows up in the tests. */
const policy =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ipc: http://ipc.localhost; object-src 'none'";

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), ...(process.env["VITEST"] ? [svelteTesting()] : [])],
  clearScreen: false,
  // The fake backend is compiled in only for `--mode fake`.
  define: { __FAKE__: JSON.stringify(mode === "fake" || mode === "test") },
  server: { port: 1420, strictPort: true },
  preview: { headers: { "Content-Security-Policy": policy } },
  build: { target: "es2022", chunkSizeWarningLimit: 400 },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/test-setup.ts"],
    // Forks would each load jsdom anew; the files are few.
    pool: "threads",
    maxWorkers: 2,
    // Two busy cores: a time-out is for what hangs, not for what is slow.
    testTimeout: 60_000,
  },
}));
