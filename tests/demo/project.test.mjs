// The files of the demo agree with each other and with the stack.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { NAMES, settings } from "../../assets/demo/services/settings.mjs";

const read = (path) => readFileSync(new URL(`../../assets/${path}`, import.meta.url), "utf8");
const compose = read("demo/docker-compose.yml");

test("every variable of the compose file is explained, or is one of the stack's", () => {
  const used = new Set([...compose.matchAll(/\$\{([A-Z_]+)/g)].map((found) => found[1]));
  const [example, readme, stack] = [read("demo/.env.example"), read("demo/README.md"), read("stack/.env.example")];
  for (const name of used) {
    if (name.startsWith("DEMO_")) {
      assert.ok(example.includes(`# ${name}=`) && readme.includes(`| \`${name}\` |`) && compose.includes(`- { name: ${name},`), name);
    } else {
      assert.ok(stack.includes(`${name}=`), name);
    }
  }
  for (const [, name, value] of compose.matchAll(/- \{ name: (\w+), type: \w+, default: "(.*?)"/g)) {
    assert.ok(example.includes(`# ${name}=${value}\n`), name);
    assert.ok(compose.includes(`\${${name}:-${value}}`), `${name} has another default where it is used`);
  }
});

test("each service has its container, under its own name in the network", () => {
  for (const name of NAMES) {
    const [, block] = new RegExp(`\n  ${name}:\n((?:    .*\n)+)`).exec(compose) ?? assert.fail(name);
    assert.ok(block.includes(`/demo/main.mjs, ${name}]`) && block.includes(`"http://127.0.0.1:${settings.port(name)}/health"`), name);
    assert.ok(block.includes(`aliases: [${settings.host(name)}]`), name);
  }
});

test("names and ports are those that the team's services have in Consul", () => {
  const known = JSON.parse(read("stack/consul/config/services.json")).services;
  for (const name of NAMES) assert.equal(settings.port(name), known.find((it) => it.name === name)?.port, name);
});
