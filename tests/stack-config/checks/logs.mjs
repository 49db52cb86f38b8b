// Loki and its two collectors, which must give every line the same labels.
import { none, same } from '../stack.mjs'

/** A string of Alloy's language; a variable within it is written as promtail writes it. */
const unquote = (text) => text.split(' + ')
  .map((part) => part.startsWith('sys.env') ? `\${${JSON.parse(part.slice(8, -1))}}` : JSON.parse(part)).join('')

/** The relabelling rules of a block of config.alloy, in the shape of promtail's. */
function alloyRules(text, block) {
  const body = text.slice(text.indexOf(`discovery.relabel "${block}"`))
  const end = body.indexOf('\n}')
  return [...body.slice(0, end).matchAll(/rule \{([\s\S]*?)\n\t\}/g)].map(([, rule]) => {
    const fields = Object.fromEntries([...rule.matchAll(/^\t\t(\w+)\s*= (.+)$/gm)].map(([, key, value]) => [key, value]))
    const result = {}
    for (const [key, value] of Object.entries(fields)) {
      // Lists of strings look like JSON.
      result[key] = value.startsWith('[') ? JSON.parse(value) : unquote(value)
    }
    return result
  })
}

/** Names and sources of labels: a source that is left out is the name. */
const pairs = (body) => Object.fromEntries(Object.entries(body).map(([name, source]) => [name, source ?? '']))

const promtail = (stack) => stack.yaml('loki/promtail-config.yml').scrape_configs[0]
const inOrder = (rules) => rules.map((rule) => Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1))))

/** RE2 as JavaScript. */
function expression(text) {
  const insensitive = text.startsWith('(?i)')
  const source = text.replace('(?i)', '').replaceAll('(?P<', '(?<').replaceAll('[:space:]', '\\s')
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

const templates = (stack, name) => promtail(stack).pipeline_stages.map(({ template }) => template)
  .filter((template) => template?.source === name).map(({ template }) => template)

/** The second template of the level, a chain of `if eq`, as a table. */
function level(stack, value) {
  for (const [, equal, result] of templates(stack, 'level')[1].matchAll(/if eq \. ((?:"\w+" ?)+)\}\}(\w+)/g)) {
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
      if (kind === 'labels' || kind === 'structured_metadata') return [kind, pairs(body)]
      return [kind, body ?? {}]
    })
    const text = stack.read('alloy/config.alloy')
    const alloy = [...text.slice(text.indexOf('loki.process')).matchAll(/stage\.(\w+) \{([\s\S]*?)\}\n(?=\n|\})/g)].map(([, kind, body]) => {
      // Indented once more: what stands in `values`.
      const fields = [...body.matchAll(/^\t\t\t?(\w+)\s*= (?!\{$)(.+?),?$/gm)].map(([, key, value]) => [key, unquote(value)])
      return [kind, Object.fromEntries(fields)]
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
      ['Error: connect ECONNREFUSED 127.0.0.1:5432', { level: 'error' }],
      ['TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string', { level: 'error' }],
      ['Uncaught RangeError: Maximum call stack size exceeded', { level: 'error' }],
      ['java.lang.IllegalStateException: closed', { level: 'error' }],
      ['Error count: 0', {}],
      ['Errors: none', {}],
      ['an information without any level', {}],
      ['water level: high', {}],
      ['{"msg":"level up","level":"fatal"}', { level: 'fatal' }],
      ['order 123 trace_id=none', {}],
      ['{"level":"error","msg":"short","trace_id":"abc123"}', { level: 'error', trace_id: 'abc123' }],
      ['short trace_id=abc12', {}],
      ['word trace-id: feedback', {}],
      ['uuid traceId=550e8400-e29b-41d4-a716-446655440000', {}],
    ]
    for (const [line, expected] of cases) same(extract(stack, line), expected, line)
  },

  'stack traces stay together': (stack) => {
    const { multiline } = promtail(stack).pipeline_stages.find((stage) => stage.multiline)
    const first = expression(multiline.firstline)
    same(['Error: x', '{"a":1}', 'Connected', 'Caused a delay', 'Cause: x', 'Cz'].filter((line) => !first.test(line)), [], 'first lines')
    same(['    at f (a.js:1)', '\tat g', '', 'Caused by: java.io.IOException: x', '}'].filter((line) => first.test(line)), [], 'further lines')
  },

  'a value that is absent stays absent': (stack) => {
    // A template prints "<no value>" for it, which would be a label; nothing printed is none.
    const all = promtail(stack).pipeline_stages.filter((stage) => stage.template).map((stage) => stage.template.template)
    same(all.length, 4, 'templates')
    none(all.filter((text) => !/^(\{\{ if (eq|ne) "\$\{LOKI_TRACE_ID_LABEL\}" "true" \}\})?\{\{ with \.\w+ \}\}.*\{\{ end \}\}$/.test(text)))
    none(all.filter((text) => /\.\w+/.test(text.replace(/\{\{ with \.\w+ \}\}/, ''))))
  },

  'a trace id is a label only where that is wanted, and never twice': (stack) => {
    const stages = promtail(stack).pipeline_stages
    const at = (kind, holds) => stages.findIndex((stage) => stage[kind] && holds(stage[kind]))
    same(templates(stack, 'trace_label').map((text) => text.slice(0, 43)), ['{{ if eq "${LOKI_TRACE_ID_LABEL}" "true" }}'], 'label')
    same(templates(stack, 'trace_metadata').map((text) => text.slice(0, 43)), ['{{ if ne "${LOKI_TRACE_ID_LABEL}" "true" }}'], 'structured metadata')
    const order = [at('template', ({ source }) => source === 'trace_label'), at('template', ({ source }) => source === 'trace_metadata'),
      at('labels', (labels) => labels.trace_id === 'trace_label'), at('structured_metadata', (values) => values.trace_id === 'trace_metadata')]
    same(order, [...order].sort((a, b) => a - b), 'order')
    if (order.includes(-1)) throw new Error(`missing: ${order}`)
    for (const collector of ['promtail', 'alloy']) {
      same(stack.config().services[collector].environment.LOKI_TRACE_ID_LABEL, 'false', collector)
    }
  },

  'expansion of variables leaves the expressions alone': (stack) => {
    // -config.expand-env replaces variables and halves backslashes in the whole text, comments included.
    const files = ['loki/promtail-config.yml', 'loki/loki-config.yml']
    none(files.flatMap((path) => stack.read(path).split('\n').filter((line) => /#.*\$/.test(line)).map((line) => `${path}: ${line}`)))
    const lines = stack.read('loki/promtail-config.yml').split('\n').filter((line) => !/^\s*#/.test(line))
    none(lines.filter((line) => line.includes('\\') && !line.includes('\\"')).map((line) => `backslash: ${line.trim()}`))
    const dollars = (path) => [...new Set([...stack.read(path).matchAll(/\$(\{[^}]*\}|.)/g)].map(([found]) => found))]
    same(dollars('loki/promtail-config.yml'), ['${RWA_PROJECTS}', '$)', '${LOKI_TRACE_ID_LABEL}'], 'dollar signs of promtail')
    same(dollars('loki/loki-config.yml'), ['${LOKI_RETENTION:-168h}'], 'dollar signs of loki')
    const [, name, value] = /\$\{(\w+):-(\w+)\}/.exec(stack.read('loki/loki-config.yml'))
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
    // What another collector sends again must be in the same stream to count as the same.
    same(limits.shard_streams, { enabled: false }, 'shards')
    same([config.frontend.scheduler_dns_lookup_period, config.frontend_worker.dns_lookup_duration], ['1s', '1s'], 'time until ready')
    same([config.server.grpc_server_max_recv_msg_size, config.server.grpc_server_max_send_msg_size], [16777216, 16777216], 'message size')
    // Collectors must drop what Loki would refuse.
    const { drop } = promtail(stack).pipeline_stages.find((stage) => stage.drop)
    same(drop.older_than, limits.reject_old_samples_max_age, 'age')
    const ceiling = parseInt(ingester.wal.replay_memory_ceiling, 10) * 1e6
    if (ceiling > 0.7 * Number(stack.config().services.loki.mem_limit)) throw new Error('replay_memory_ceiling')
  },
}
