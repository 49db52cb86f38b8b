// Checks of assets/stack with the real programs: `node tests/stack-config/check.mjs [WORD…]`.
//
// A word runs only the checks whose name contains it. Programs are looked for in the variables PROMTOOL, AMTOOL,
// CONSUL and DOCKER_COMPOSE, in target/test-engine/tools/bin and in PATH. A missing one fails its checks, unless
// SWITCHYARD_SKIP_MISSING_TOOLS=1.
import { MissingTool, stack } from './stack.mjs'
import * as compose from './checks/compose.mjs'
import * as consul from './checks/consul.mjs'
import * as env from './checks/env.mjs'
import * as grafana from './checks/grafana.mjs'
import * as house from './checks/house.mjs'
import * as links from './checks/links.mjs'
import * as logs from './checks/logs.mjs'
import * as metrics from './checks/metrics.mjs'
import * as switchyard from './checks/switchyard.mjs'
import * as tracing from './checks/tracing.mjs'

const skipMissing = process.env.SWITCHYARD_SKIP_MISSING_TOOLS === '1'
const words = process.argv.slice(2)
const count = { passed: 0, failed: 0, skipped: 0 }

for (const [area, checks] of Object.entries({ compose, env, switchyard, consul, tracing, logs, metrics, grafana, links, house })) {
  for (const [name, check] of Object.entries(checks.default)) {
    const title = `${area}: ${name}`
    if (words.length > 0 && !words.some((word) => title.includes(word))) continue
    try {
      check(stack)
      count.passed += 1
      console.log(`ok      ${title}`)
    } catch (error) {
      if (error instanceof MissingTool && skipMissing) {
        count.skipped += 1
        console.log(`skipped ${title}: ${error.message}`)
      } else {
        count.failed += 1
        console.log(`FAILED  ${title}\n        ${error.message.trim().replaceAll('\n', '\n        ')}`)
      }
    }
  }
}

const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0
