// Loki and its two collectors, which must give every line the same labels.
import { none, same } from '../stack.mjs'

/** A string of Alloy's language. */
const unquote = (text) => JSON.parse(text)

/** The relabelling rules of a block of config.alloy, in the shape of promtail's. */
function alloyRules(text, block) {
  const body = text.slice(text.indexOf(`discovery.relabel "${block}"`))
  const end = body.indexOf('\n}')
  return [...body.slice(0, end).matchAll(/rule \{([\s\S]*?)\n\t\}/g)].map(([, rule]) => {
    const fields = Object.fromEntries([...rule.matchAll(/^\t\t(\w+)\s*= (.+)$/gm)].map(([, key, value]) => [key, value]))
    const result = {}
    for (const [key, value] of Object.entries(fields)) {
      // Lists of strings look like JSON; a variable is written as promtail writes it.
      result[key] = value.startsWith('sys.env') ? `\${${unquote(value.slice(8, -1))}}` : JSON.parse(value)
    }
    return result
  })
}

const promtail = (stack) => stack.yaml('loki/promtail-config.yml').scrape_configs[0]
const inOrder = (rules) => rules.map((rule) => Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1))))

/** RE2 as JavaScript. */
function expression(text) {
  const insensitive = text.startsWith('(?i)')
  const source = text.replace('(?i)', '').replaceAll('(?P<', '(?<').replaceAll('[[:space:]]', '\\s').replaceAll('[^[:space:]]', '\\S')
  return new RegExp(source, insensitive ? 'i' : '')
}

/** What relabelling makes of the labels of a container. */
function relabel(rules, meta, projects) {
  const labels = { ...meta }
  for (const { source_labels: sources = [], regex = '(.*)', target_label: target, replacement = '$1' } of rules) {
    const value = sources.map((name) => labels[name] ?? '').join(';')
    const found = new RegExp(`^(?:${regex.replace('${RWA_PROJECTS}', projects)})$`).exec(value)
    if (found) labels[target] = replacement.replace('$1', found[1] ?? '')
  }
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => !name.startsWith('__') && value !== ''))
}

function container(name, { service, project, ...labels } = {}) {
  const meta = { __meta_docker_container_name: `/${name}`, __meta_docker_container_log_stream: 'stdout' }
  if (service) meta.__meta_docker_container_label_com_docker_compose_service = service
  if (project) meta.__meta_docker_container_label_com_docker_compose_project = project
  for (const [key, value] of Object.entries(labels)) meta[`__meta_docker_container_label_${key}`] = value
  return meta
}

/** The extraction of one line by promtail's stages. */
function extract(stack, line) {
  const values = {}
  for (const stage of promtail(stack).pipeline_stages) {
    if (stage.regex) Object.assign(values, expression(stage.regex.expression).exec(line)?.groups ?? {})
  }
  if (values.level !== undefined) values.level = level(stack, values.level.toLowerCase())
  return values
}

/** The second template, a chain of `if eq`, as a table. */
function level(stack, value) {
  const templates = promtail(stack).pipeline_stages.filter((stage) => stage.template).map((stage) => stage.template.template)
  for (const [, equal, result] of templates[1].matchAll(/if eq \.Value ((?:"\w+" ?)+)\}\}(\w+)/g)) {
    if (equal.includes(`"${value}"`)) return result
  }
  return value
}

export default {
  'promtail and alloy have the same rules for labels': (stack) => {
    const [marking, ...rules] = promtail(stack).relabel_configs
    const alloy = stack.read('alloy/config.alloy')
    same(inOrder(alloyRules(alloy, 'labels')), inOrder(rules), 'rules')
    // The same containers are left out: marked and dropped by the one, dropped as targets by the other.
    const [drop, ...more] = alloyRules(alloy, 'collected')
    same([more.length, drop.action, drop.source_labels, drop.regex], [0, 'drop', marking.source_labels, marking.regex], 'left out')
    const [{ match }] = promtail(stack).pipeline_stages
    same([match.selector, match.action], [`{${marking.target_label}="${marking.replacement}"}`, 'drop'], 'dropped by promtail')
  },

  'promtail and alloy have the same stages': (stack) => {
    const stages = promtail(stack).pipeline_stages.slice(1).flatMap((stage) => Object.entries(stage)).map(([kind, body]) => {
      if (kind === 'labels' || kind === 'structured_metadata') return [kind, { values: Object.keys(body).join() }]
      return [kind, body ?? {}]
    })
    const text = stack.read('alloy/config.alloy')
    const alloy = [...text.slice(text.indexOf('loki.process')).matchAll(/stage\.(\w+) \{([\s\S]*?)\}\n(?=\n|\})/g)].map(([, kind, body]) => {
      const fields = {}
      for (const [, key, value] of body.matchAll(/^\t\t(\w+)\s*= (.+)$/gm)) {
        fields[key] = value.startsWith('{') ? /\{ (\w+) = "" \}/.exec(value)[1] : unquote(value)
      }
      return [kind, fields]
    })
    const sorted = (list) => list.map(([kind, fields]) => [kind, inOrder([fields])[0]])
    same(sorted(alloy), sorted(stages), 'stages')
  },

  'neither uses a rule that would take the labels of a line': (stack) => {
    none(promtail(stack).relabel_configs.filter(({ action }) => action).map(({ action }) => `promtail: ${action}`))
    none(alloyRules(stack.read('alloy/config.alloy'), 'labels').filter(({ action }) => action).map(({ action }) => `alloy: ${action}`))
  },

  'containers get the labels that the team knows': (stack) => {
    const rules = promtail(stack).relabel_configs
    const own = { project: 'rwa-observability', rwa_stack: 'infrastructure' }
    const projects = stack.config().services.promtail.environment.RWA_PROJECTS
    const cases = [
      [container('rwa-identity-service-1', { service: 'identity-service', project: 'rwa' }),
        { job: 'rwa-backend', service: 'identity-service', container: 'rwa-identity-service-1', stream: 'stdout', compose_project: 'rwa' }],
      [container('rwa-backend-wallet-service-2', { service: 'wallet-service', project: 'rwa-backend' }),
        { job: 'rwa-backend', service: 'wallet-service', container: 'rwa-backend-wallet-service-2', stream: 'stdout',
          compose_project: 'rwa-backend' }],
      [container('rwa-mpc-service-1'),
        { job: 'rwa-backend', service: 'mpc-service', container: 'rwa-mpc-service-1', stream: 'stdout' }],
      [container('rwa_reward-service'),
        { job: 'rwa-backend', service: 'reward-service', container: 'rwa_reward-service', stream: 'stdout' }],
      [container('rwa-observability-grafana-1', { service: 'grafana', ...own }),
        { job: 'rwa-infrastructure', service: 'grafana', container: 'rwa-observability-grafana-1', stream: 'stdout',
          compose_project: own.project }],
      [container('blog-db-1', { service: 'db', project: 'blog' }),
        { job: 'docker', service: 'db', container: 'blog-db-1', stream: 'stdout', compose_project: 'blog' }],
      [container('redis'), { job: 'docker', service: 'redis', container: 'redis', stream: 'stdout' }],
      [container('prod_presence.1.x7', { com_docker_swarm_service_name: 'prod_presence-service' }),
        { job: 'docker', service: 'presence-service', container: 'prod_presence.1.x7', stream: 'stdout' }],
      [container('rwa-observability-loki-1', { service: 'loki', ...own, rwa_logs: 'ignore' }),
        { collect: 'no', job: 'rwa-infrastructure', service: 'loki', container: 'rwa-observability-loki-1', stream: 'stdout',
          compose_project: own.project }],
    ]
    const sorted = (object) => Object.fromEntries(Object.entries(object).sort())
    for (const [meta, expected] of cases) same(sorted(relabel(rules, meta, projects)), sorted(expected), meta.__meta_docker_container_name)
  },

  'level and trace id are found in the lines that services write': (stack) => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const cases = [
      [`{"level":"info","msg":"login","trace_id":"${trace}"}`, { level: 'info', trace_id: trace }],
      [`{"level":50,"time":1,"traceId":"${trace}","msg":"no"}`, { level: 'error', trace_id: trace }],
      [`{"severity":"WARNING","message":"x","traceID":"${trace.slice(16)}"}`, { level: 'warn', trace_id: trace.slice(16) }],
      [`time=1 level=debug msg="x" trace-id=${trace}`, { level: 'debug', trace_id: trace }],
      [`2026-11-22T09:14:18Z ERROR identity: failed traceparent: 00-${trace}-00f067aa0ba902b7-01`, { level: 'error', trace_id: trace }],
      ['[Nest] 1  - 11/22/2026, 9:14:18 AM     LOG [Bootstrap] started', { level: 'info' }],
      ['[Nest] 1  - 11/22/2026, 9:14:18 AM   VERBOSE [Bootstrap] details', { level: 'debug' }],
      ['2026/11/22 09:14:18 [error] 7#7: upstream timed out', {}],
      ['an information without any level', {}],
      ['water level: high', {}],
      ['{"msg":"level up","level":"fatal"}', { level: 'fatal' }],
      ['order 123 trace_id=none', {}],
    ]
    for (const [line, expected] of cases) same(extract(stack, line), expected, line)
  },

  'stack traces stay together': (stack) => {
    const { multiline } = promtail(stack).pipeline_stages.find((stage) => stage.multiline)
    const first = expression(multiline.firstline)
    same(['Error: x', '{"a":1}', '    at f (a.js:1)', '\tat g', ''].map((line) => first.test(line)), [true, true, false, false, false], 'first lines')
  },

  'expansion of variables leaves the expressions alone': (stack) => {
    // -config.expand-env replaces ${…} and halves backslashes.
    const lines = stack.read('loki/promtail-config.yml').split('\n').filter((line) => !/^\s*#/.test(line))
    none(lines.filter((line) => line.includes('\\') && !line.includes('\\"')).map((line) => `backslash: ${line.trim()}`))
    same([...new Set([...lines.join('\n').matchAll(/\$\{?\w+\}?/g)].map(([found]) => found))], ['${RWA_PROJECTS}'], 'variables of promtail')
    const loki = stack.read('loki/loki-config.yml').split('\n').filter((line) => !/^\s*#/.test(line)).join('\n')
    const [, name, value] = /\$\{(\w+):-(\w+)\}/.exec(loki)
    same(stack.config().services.loki.environment[name], value, name)
    for (const collector of ['promtail', 'alloy']) {
      same(stack.config().services[collector].environment.RWA_PROJECTS, 'rwa.*', `RWA_PROJECTS of ${collector}`)
    }
  },

  'collectors reach Loki and the proxy, and remember where they were': (stack) => {
    const { clients, positions, server } = stack.yaml('loki/promtail-config.yml')
    const alloy = stack.read('alloy/config.alloy')
    const push = 'http://loki:3100/loki/api/v1/push'
    const proxy = 'tcp://docker-proxy:2375'
    same([clients[0].url, promtail(stack).docker_sd_configs[0].host, server.http_listen_port], [push, proxy, 9080], 'promtail')
    if (alloy.split(`"${proxy}"`).length !== 3 || !alloy.includes(`url = "${push}"`)) throw new Error('alloy: addresses')
    const target = (name) => stack.config().services[name].volumes.find(({ type }) => type === 'volume').target
    if (!positions.filename.startsWith(target('promtail'))) throw new Error(`promtail: ${positions.filename} is not in a volume`)
    same(stack.config().services.alloy.command.find((flag) => flag.startsWith('--storage.path=')), `--storage.path=${target('alloy')}`, 'alloy')
  },

  'Loki keeps its data in its volume and for a while only': (stack) => {
    const config = stack.yaml('loki/loki-config.yml')
    const volume = stack.config().services.loki.volumes.find(({ type }) => type === 'volume').target
    const { common, storage_config: storage, compactor, ingester, limits_config: limits, schema_config: schema } = config
    const paths = [common.path_prefix, ...Object.values(common.storage.filesystem), storage.filesystem.directory,
      ...Object.values(storage.tsdb_shipper), compactor.working_directory, ingester.wal.dir]
    none(paths.filter((path) => path !== volume && !path.startsWith(`${volume}/`)))
    same(storage.filesystem.directory, common.storage.filesystem.chunks_directory, 'chunks')
    same([compactor.retention_enabled, compactor.delete_request_store], [true, 'filesystem'], 'retention')
    same(schema.configs.map(({ store, schema: version, index }) => [store, version, index.period]), [['tsdb', 'v13', '24h']], 'schema')
    same([limits.allow_structured_metadata, ingester.lifecycler.min_ready_duration], [true, '1s'], 'limits')
    // Collectors must drop what Loki would refuse.
    const { drop } = promtail(stack).pipeline_stages.find((stage) => stage.drop)
    same(drop.older_than, limits.reject_old_samples_max_age, 'age')
    const ceiling = parseInt(ingester.wal.replay_memory_ceiling, 10) * 1e6
    if (ceiling > 0.7 * Number(stack.config().services.loki.mem_limit)) throw new Error('replay_memory_ceiling')
  },
}
