import { expect, it } from "vitest";

import { installOn } from "./install";

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko)", "get.docker.com"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", "colima"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Edg/140.0", "winget"],
])("%s installs an engine by %s", (agent, way) => expect(installOn(agent)).toContain(way));
