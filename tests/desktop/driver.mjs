/**
 * The built app under a display of its own, driven by WebKit's own driver.
 *
 * The protocol is a handful of HTTP requests; a client library would bring more packages than the whole user interface.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const element = "element-6066-11e4-a52e-4f735466cecf";
const patience = 30_000;

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Waits for a condition and says what it waited for. */
export async function until(what, condition, deadline = patience) {
  const end = Date.now() + deadline;
  let seen;
  for (;;) {
    try {
      seen = await condition();
      if (seen) return seen;
    } catch (error) {
      seen = error.message;
    }
    if (Date.now() > end) throw new Error(`not within ${deadline} ms: ${what} (last: ${seen})`);
    await pause(50);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a program that says something on a file descriptor when it is ready. */
function ready(program, words, { fd = 1, env = process.env } = {}) {
  const stdio = ["ignore", "ignore", "ignore"];
  stdio[fd] = "pipe";
  const child = spawn(program, words, { stdio, env });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.stdio[fd].once("data", (data) => resolve({ child, said: String(data).trim() }));
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
  });
}

/** A display, a message bus and folders of its own: what the app finds around it. */
export async function desktop() {
  const home = mkdtempSync(join(tmpdir(), "switchyard-desktop-"));
  const display = await ready("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x900x24", "-nolisten", "tcp"], {
    fd: 3,
  });
  const bus = await ready("dbus-daemon", ["--session", "--nofork", "--print-address"]);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: join(home, "run"),
    SWITCHYARD_HOME: join(home, "switchyard"),
    DISPLAY: `:${display.said}`,
    DBUS_SESSION_BUS_ADDRESS: bus.said,
    GDK_BACKEND: "x11",
    LANG: "en_US.UTF-8",
    // Without it, pictures of elements are empty.
    WEBKIT_DISABLE_COMPOSITING_MODE: "1",
  };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  return {
    home,
    env,
    close() {
      for (const child of [bus.child, display.child]) child.kill("SIGTERM");
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The command of the same build. */
export const command = join(root, "target/debug/switchyard");
const built = process.env.SWITCHYARD_APP ?? join(root, "target/debug/switchyard-app");

/** The processes that a process started. */
export function children(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

const alive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Opens the app, on a desktop that it leaves as it is, or on one of its own. */
export async function launch({ on, binary = built, args = [], env: extra = {} } = {}) {
  const around = on ?? (await desktop());
  const { home } = around;
  // Without automation, a session never begins.
  const env = { ...around.env, TAURI_WEBVIEW_AUTOMATION: "true", ...extra };
  const port = await freePort();
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
    env,
    stdio: "ignore",
  });
  const base = `http://127.0.0.1:${port}`;

  async function request(method, path, body) {
    const answer = await fetch(base + path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value?.error}: ${value?.message}`);
    return value;
  }

  await until("the driver listens", () => request("GET", "/status"));
  const begun = Date.now();
  const options = { binary, args };
  const { sessionId } = await request("POST", "/session", {
    capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } },
  });
  const at = `/session/${sessionId}`;
  // The driver starts nothing but the app.
  const [pid] = children(driver.pid);
  if (!pid) throw new Error("the driver has no app");

  const window = {
    home,
    /** What a command beside the window needs to find the same stack. */
    env,
    begun,
    pid,
    /** Runs the text of a function in the page. */
    run: (script, ...args) => request("POST", `${at}/execute/sync`, { script, args }),
    runAsync: (script, ...args) => request("POST", `${at}/execute/async`, { script, args }),
    find: async (css) =>
      (
        await request("POST", `${at}/element`, {
          using: "css selector",
          value: css,
        })
      )[element],
    /** Clicks as a user does; what covers it is an error. */
    async click(css) {
      const id = await until(`${css} is there`, () => window.find(css));
      await until(`${css} can be clicked`, async () => {
        await request("POST", `${at}/element/${id}/click`, {});
        return true;
      });
    },
    text: async (css) => request("GET", `${at}/element/${await window.find(css)}/text`),
    async picture(name) {
      // A picture is taken of the next frame, and a page in which nothing moves paints none.
      await window.run(
        "window.beat = setInterval(() => (document.body.style.opacity = Math.random() < 0.5 ? 0.999 : 1), 50)",
      );
      const folder = join(root, "target/desktop-shots");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${name}.png`), Buffer.from(await request("GET", `${at}/screenshot`), "base64"));
      await window.run("clearInterval(window.beat); document.body.style.opacity = ''");
    },
    async close() {
      await request("DELETE", at).catch(() => undefined);
      // The next one on this desktop would find it there and give way.
      if (alive(pid)) process.kill(pid, "SIGTERM");
      await until("the app has ended", () => !alive(pid));
      driver.kill("SIGTERM");
      if (!on) around.close();
    },
  };
  return window;
}

/** What docker says, for every journey that must not trust the window alone. */
export const docker = (...words) => execFileSync("docker", words, { encoding: "utf8" }).trim();
