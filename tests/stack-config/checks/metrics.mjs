// Prometheus and Alertmanager.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

const config = (stack) => stack.yaml('prometheus/prometheus.yml')
const rules = (stack) => stack.yaml('prometheus/rules/rwa-alerts.yml').groups.flatMap((group) => group.rules)

const ruleTests = (stack) => readFileSync(join(stack.here, 'rwa-alerts.test.yml'), 'utf8')
const on = (tests, path) => tests.replace('- RULES', `- ${path}`)

/** Whether an inhibition of Alertmanager keeps `target` back while `source` is active. */
function inhibits({ source_matchers: sources, target_matchers: targets, equal }, source, target) {
  const holds = (labels) => (matcher) => {
    const [, name, operator, value] = /^(\w+)(=~|!~|!=|=)"(.*)"$/.exec(matcher)
    const found = operator.includes('~') ? new RegExp(`^(?:${value})$`).test(labels[name] ?? '') : (labels[name] ?? '') === value
    return operator.startsWith('!') ? !found : found
  }
  return sources.every(holds(source)) && targets.every(holds(target))
    && equal.every((name) => (source[name] ?? '') === (target[name] ?? ''))
}

/** Debian's Prometheus is older, and built without most kinds of discovery. */
export function forDebian(text) {
  return text
    .replace(/^ *fallback_scrape_protocol:.*\n/m, '')
    .replace(/^ *consul_sd_configs:\n(?: {6,}.*\n)+/m, '')
}

export default {
  'promtool accepts the configuration': (stack) => {
    stack.temporary((temp) => {
      const adapted = forDebian(stack.read('prometheus/prometheus.yml'))
        .replace('rules/*.yml', join(stack.folder, 'prometheus/rules/*.yml'))
        .replaceAll(/targets\/(kong|services)/g, (path) => join(stack.folder, 'prometheus', path))
      if (/consul_sd|fallback/.test(adapted)) throw new Error('not adapted')
      writeFileSync(join(temp, 'prometheus.yml'), adapted)
      stack.run('promtool', ['check', 'config', join(temp, 'prometheus.yml')])
    })
  },

  'promtool accepts the rules': (stack) => {
    const output = stack.run('promtool', ['check', 'rules', join(stack.folder, 'prometheus/rules/rwa-alerts.yml')])
    if (rules(stack).length < 20) throw new Error(output)
  },

  'the rules do what their tests say': (stack) => {
    stack.temporary((temp) => {
      const tests = ruleTests(stack)
      const file = join(temp, 'test.yml')
      writeFileSync(file, on(tests, join(stack.folder, 'prometheus/rules/rwa-alerts.yml')))
      stack.run('promtool', ['test', 'rules', file])
      const untested = rules(stack).filter(({ alert }) => !new RegExp(`alertname: ${alert}\\b`).test(tests))
      none(untested.map(({ alert }) => `${alert} has no test`))
    })
  },

  'the tests notice a rule that no longer fires': (stack) => {
    stack.temporary((temp) => {
      const broken = join(temp, 'broken.yml')
      writeFileSync(broken, stack.read('prometheus/rules/rwa-alerts.yml').replace('> 0.05\n', '> 5\n'))
      writeFileSync(join(temp, 'test.yml'), on(ruleTests(stack), broken))
      const output = stack.run('promtool', ['test', 'rules', join(temp, 'test.yml')], { fails: true })
      same([...new Set([...output.matchAll(/alertname: (\w+)/g)].map(([, alert]) => alert))], ['GatewayErrorRate'], 'failing tests')
    })
  },

  'alerts are named, graded and explained': (stack) => {
    // One name may stand for two severities; Alertmanager then keeps the lesser back.
    const names = rules(stack).map(({ alert, labels }) => `${alert} ${labels?.severity}`)
    none(names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} twice`))
    none(rules(stack).flatMap(({ alert, labels, annotations }) => {
      const graded = ['critical', 'warning', 'info', 'none'].includes(labels?.severity)
      return [...(graded ? [] : [`${alert}: severity`]), ...(annotations?.summary ? [] : [`${alert}: summary`])]
    }))
  },

  'a component that is off is no target': (stack) => {
    const jobs = config(stack).scrape_configs
    same(jobs.filter((job) => job.static_configs).map((job) => job.job_name), ['prometheus'], 'fixed targets')
    const found = jobs.flatMap((job) => job.dns_sd_configs ?? []).map(({ names, type, port }) => `${names} ${type} ${port}`)
    same(found, ['consul A 8500', 'jaeger A 8888', 'jaeger A 8889', 'loki A 3100', 'promtail A 9080', 'alloy A 12345',
      'grafana A 3000', 'alertmanager A 9093'], 'targets by name')
    const { alerting } = config(stack)
    const receivers = alerting.alertmanagers.flatMap((each) => each.dns_sd_configs)
    same(receivers.map(({ names, port }) => `${names} ${port}`), ['alertmanager 9093'], 'alertmanager')
    const names = Object.keys(stack.config().services)
    none(jobs.flatMap((job) => job.dns_sd_configs ?? []).flatMap((each) => each.names).filter((name) => !names.includes(name)))
  },

  'rules about up leave out what never ran here': (stack) => {
    none(rules(stack).filter(({ expr }) => /\bup\{/.test(expr) && !/max_over_time\(up\{.*\[6h\]\)/.test(expr)).map(({ alert }) => alert))
  },

  'rules name jobs that exist': (stack) => {
    const jobs = new Set(config(stack).scrape_configs.map((job) => job.job_name))
    none(rules(stack).flatMap(({ alert, expr }) =>
      [...expr.matchAll(/job=~?"([^"]+)"/g)].flatMap(([, list]) => list.split('|'))
        .filter((job) => !jobs.has(job)).map((job) => `${alert}: ${job}`)))
  },

  'RWA services are found in Consul': (stack) => {
    const job = config(stack).scrape_configs.find(({ job_name: name }) => name === 'rwa-consul-services')
    same(job.consul_sd_configs[0].server, 'consul:8500', 'server')
    const address = job.relabel_configs.find(({ target_label: target }) => target === '__address__')
    const { meta, address: host } = stack.json('consul/config/services.json').services[0]
    const found = new RegExp(`^${address.regex}$`).exec([host, meta.metrics_port].join(';'))
    same(`${found[1]}:${found[2]}`, 'host.docker.internal:3000', 'address')
    const sources = job.relabel_configs.flatMap(({ source_labels: labels }) => labels)
    none(['scrape', 'metrics_port', 'metrics_path'].filter((key) => !sources.includes(`__meta_consul_service_metadata_${key}`)))
  },

  'RWA services are found in a file too, and keep the labels that it gives': (stack) => {
    const job = config(stack).scrape_configs.find(({ job_name: name }) => name === 'rwa-consul-services')
    same(job.file_sd_configs.flatMap(({ files }) => files), ['targets/services*.json'], 'files')
    const [keep, ...rules] = job.relabel_configs
    const kept = (scrape, file) => new RegExp(`^(?:${keep.regex})$`).test(`${scrape};${file}`)
    same([keep.action, kept('true', ''), kept('false', ''), kept('', ''), kept('', '/etc/prometheus/targets/services.json')],
      ['keep', true, false, false, true], 'kept')
    // An empty replacement removes a label.
    none(rules.filter(({ regex }) => !regex || new RegExp(`^(?:${regex})$`).test('')).map(({ target_label: target }) => target))
  },

  'targets from files are lists of targets': (stack) => {
    const lists = stack.files().filter((path) => path.startsWith('prometheus/targets/'))
    same(lists, ['prometheus/targets/kong.json', 'prometheus/targets/services.json'], 'files')
    none(lists.flatMap((path) => stack.json(path)).filter(({ targets }) => !targets.every((target) => /^[\w.-]+:\d+$/.test(target))))
  },

  'Prometheus keeps its data for a while only, and cannot be stopped from a web page': (stack) => {
    const { command } = stack.config().services.prometheus
    for (const flag of ['--storage.tsdb.retention.time=7d', '--storage.tsdb.retention.size=2GB', '--config.auto-reload',
      '--storage.tsdb.path=/prometheus']) {
      if (!command.includes(flag)) throw new Error(flag)
    }
    if (command.some((flag) => flag.startsWith('--web.enable'))) throw new Error('lifecycle or admin API')
  },

  'amtool accepts Alertmanager': (stack) => {
    const path = join(stack.folder, 'alertmanager/alertmanager.yml')
    stack.run('amtool', ['check-config', path])
    const route = (...labels) => stack.run('amtool', ['config', 'routes', 'test', `--config.file=${path}`, ...labels]).trim()
    same([route('alertname=Watchdog'), route('alertname=ServiceDown', 'severity=critical')], ['nobody', 'default'], 'routes')
    same(stack.yaml('alertmanager/alertmanager.yml').receivers, [{ name: 'nobody' }, { name: 'default' }], 'receivers')
  },

  'every inhibition holds back an alert that exists': (stack) => {
    const { inhibit_rules: inhibitions } = stack.yaml('alertmanager/alertmanager.yml')
    // `service` is a label of the series where the rule does not set it.
    const alerts = rules(stack).map(({ alert, labels }) => ({ service: 'some-service', ...labels, alertname: alert }))
    const pairs = inhibitions.map((inhibition) => alerts.flatMap((source) => alerts
      .filter((target) => target !== source && inhibits(inhibition, source, target))
      .map((target) => `${source.alertname} ${source.severity} > ${target.alertname} ${target.severity}`)))
    same(pairs[0], ['GatewayErrorRate critical > GatewayErrorRate warning'], 'the same alert, critical and warning')
    none(pairs.flatMap((held, index) => held.length > 0 ? [] : [`rule ${index + 1} never applies`]))
    none(pairs.flat().filter((pair) => / > (Watchdog|ServiceDown) /.test(pair)))
  },
}
