// Grafana: data sources and dashboards.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

const folder = 'grafana/provisioning/dashboards'
const uids = ['rwa-kong', 'rwa-presence', 'rwa-services-overview']
const dashboards = (stack) => stack.files().filter((path) => path.startsWith(folder) && path.endsWith('.json')).sort()
  .map((path) => [path, stack.json(path)])
const data = (dashboard) => dashboard.panels.filter(({ type }) => type !== 'row' && type !== 'text')
const sources = (stack) => stack.yaml('grafana/provisioning/datasources/datasources.yml').datasources

/** A query as the data source gets it. */
function filled(expr, variables) {
  let text = expr.replaceAll('$__rate_interval', '1m').replaceAll('$__auto', '1m').replaceAll('$__range', '1h')
  for (const { name, allValue, query, type } of variables) {
    text = text.replaceAll(`\${${name}}`, query).replaceAll(`$${name}`, type === 'custom' ? allValue : query)
  }
  return text
}

export default {
  'data sources have the uids that everything refers to': (stack) => {
    same(sources(stack).map(({ uid, url }) => [uid, url]), [['prometheus', 'http://prometheus:9090'], ['loki', 'http://loki:3100'],
      ['jaeger', 'http://jaeger:16686'], ['alertmanager', 'http://alertmanager:9093']], 'data sources')
    none(sources(stack).filter(({ editable, access }) => editable !== false || access !== 'proxy').map(({ uid }) => uid))
    same(sources(stack).filter(({ isDefault }) => isDefault).map(({ uid }) => uid), ['prometheus'], 'default')
    const known = sources(stack).map(({ uid }) => uid)
    const referred = [...stack.read('grafana/provisioning/datasources/datasources.yml').matchAll(/datasourceUid: (\w+)/g)].map(([, uid]) => uid)
    none(referred.filter((uid) => !known.includes(uid)))
    if (referred.length < 5) throw new Error('links between metrics, logs and traces')
  },

  'a dollar sign in data sources is doubled': (stack) => {
    const lines = stack.read('grafana/provisioning/datasources/datasources.yml').split('\n')
    none(lines.filter((line) => !/^\s*#/.test(line) && line.replaceAll('$$', '').includes('$')))
  },

  'the provider reads the folder that is mounted': (stack) => {
    const { providers } = stack.yaml(`${folder}/dashboards.yml`)
    const targets = stack.config().services.grafana.volumes.filter(({ type }) => type === 'bind').map(({ target }) => target)
    same(providers.map(({ options }) => options.path), targets.filter((target) => target.endsWith('/dashboards')), 'path')
    const { environment } = stack.config().services.grafana
    const { links } = stack.written().services.grafana['x-switchyard']
    same(environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH, `${providers[0].options.path}/rwa-services-overview.json`, 'home')
    const linked = links.filter(({ path }) => path.startsWith('/d/')).map(({ path }) => path.slice(3)).sort()
    same(linked, uids, 'links to dashboards')
  },

  'dashboards are importable from files': (stack) => {
    same(dashboards(stack).map(([path, { uid }]) => [path, uid]), uids.map((uid) => [`${folder}/${uid}.json`, uid]), 'uids')
    const titles = dashboards(stack).map(([, { title }]) => title)
    same(new Set(titles).size, titles.length, 'unique titles')
    none(dashboards(stack).flatMap(([path, dashboard]) => {
      const complaints = []
      const want = (holds, what) => holds || complaints.push(`${path}: ${what}`)
      want(!('id' in dashboard) && !dashboard.__inputs && !JSON.stringify(dashboard).includes('${DS_'), 'made for import by hand')
      want(dashboard.schemaVersion >= 39 && dashboard.schemaVersion <= 41, 'schemaVersion')
      want(Array.isArray(dashboard.panels), 'not the classic model')
      const ids = dashboard.panels.map(({ id }) => id)
      want(new Set(ids).size === ids.length, 'panel ids')
      const names = dashboard.panels.map(({ title }) => title)
      want(new Set(names).size === names.length, 'panel titles')
      for (const [index, { gridPos: a, title }] of dashboard.panels.entries()) {
        want(a.x + a.w <= 24, `${title} is too wide`)
        for (const { gridPos: b, title: other } of dashboard.panels.slice(index + 1)) {
          want(a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h, `${title} lies over ${other}`)
        }
      }
      return complaints
    }))
  },

  'every panel asks a known data source something, and says what to switch on': (stack) => {
    const known = sources(stack).map(({ uid, type }) => `${type} ${uid}`)
    none(dashboards(stack).flatMap(([path, dashboard]) => data(dashboard).flatMap((panel) => {
      const complaints = []
      const want = (holds, what) => holds || complaints.push(`${path}: ${panel.title}: ${what}`)
      want(panel.targets?.length > 0, 'no query')
      want(/^No /.test(panel.fieldConfig?.defaults?.noValue ?? ''), 'noValue')
      for (const { datasource, expr, refId } of [...(panel.targets ?? []), { datasource: panel.datasource, expr: '-', refId: '-' }]) {
        want(expr?.trim() && refId, 'an empty query')
        want(known.includes(`${datasource?.type} ${datasource?.uid}`), `data source ${JSON.stringify(datasource)}`)
      }
      return complaints
    })))
  },

  'loading a dashboard asks nothing of a source that may be off': (stack) => {
    none(dashboards(stack).flatMap(([path, { templating }]) =>
      templating.list.filter(({ type }) => !['custom', 'textbox'].includes(type)).map(({ name }) => `${path}: variable ${name}`)))
  },

  'promtool accepts every query to Prometheus': (stack) => {
    const rules = dashboards(stack).flatMap(([, dashboard]) => data(dashboard).flatMap(({ targets }) =>
      targets.filter(({ datasource }) => datasource.uid === 'prometheus').map(({ expr }) => filled(expr, dashboard.templating.list))))
    none(rules.filter((expr) => expr.replaceAll('${1}', '').includes('$')).map((expr) => `unknown variable: ${expr}`))
    if (rules.length < 40) throw new Error(`only ${rules.length} queries`)
    stack.temporary((temp) => {
      const file = join(temp, 'queries.yml')
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: rules.map((expr, index) => ({ record: `query:${index}`, expr })) }] }))
      stack.run('promtool', ['check', 'rules', file])
    })
  },

  'queries to Loki are well formed': (stack) => {
    const queries = dashboards(stack).flatMap(([, dashboard]) => data(dashboard).flatMap(({ targets }) =>
      targets.filter(({ datasource }) => datasource.uid === 'loki').map(({ expr }) => filled(expr, dashboard.templating.list))))
    if (queries.length < 6) throw new Error(`only ${queries.length} queries`)
    // Labels that the collectors give.
    const labels = new Set(['job', 'service', 'container', 'stream', 'compose_project', 'level'])
    none(queries.flatMap((query) => {
      const complaints = query.includes('$') ? [`unknown variable: ${query}`] : []
      for (const [open, close] of ['()', '{}', '[]']) {
        const bare = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
        if (bare.split(open).length !== bare.split(close).length) complaints.push(`${open}${close}: ${query}`)
      }
      for (const [, name] of query.slice(query.indexOf('{'), query.indexOf('}')).matchAll(/(\w+)(?:=~|=|!=)/g)) {
        if (!labels.has(name)) complaints.push(`label ${name}: ${query}`)
      }
      return complaints
    }))
  },

  'errors are counted with and without a label, and none are zero': (stack) => {
    const errors = dashboards(stack).flatMap(([, dashboard]) => data(dashboard)).filter(({ title }) => /errors/i.test(title))
      .flatMap(({ title, targets }) => targets.filter(({ datasource }) => datasource.uid === 'loki').map(({ expr }) => [title, expr]))
    same(errors.map(([title]) => title).sort(), ['Errors in logs', 'Errors in logs by service', 'Recent errors'], 'panels')
    // Loki finds a level itself in lines that have none for the collector.
    none(errors.filter(([, expr]) => !expr.includes('| level=~"error|fatal" or detected_level=~"error|fatal|critical"'))
      .map(([title]) => `${title}: level or detected_level`))
    none(errors.filter(([, expr]) => expr.startsWith('sum') && !/ or (vector\(0\)|0 \* sum)/.test(expr)).map(([title]) => `${title}: zero`))
  },

  'Grafana starts without the internet and without a known password': (stack) => {
    const { environment } = stack.config().services.grafana
    same([environment.GF_PLUGINS_PREINSTALL_DISABLED, environment.GF_ANALYTICS_REPORTING_ENABLED, environment.GF_ANALYTICS_CHECK_FOR_UPDATES,
      environment.GF_AUTH_ANONYMOUS_ENABLED, environment.GF_USERS_ALLOW_SIGN_UP], ['true', 'false', 'false', 'false', 'false'], 'settings')
    same(environment.GF_SECURITY_ADMIN_PASSWORD, stack.password.GRAFANA_ADMIN_PASSWORD, 'password')
  },
}
