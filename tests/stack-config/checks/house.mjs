// What holds for every file of the stack.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

export default {
  'the folder has the files that the team knows': (stack) => {
    same(stack.files().sort(), [
      '.env.example', 'README.md', 'alertmanager/alertmanager.yml', 'alloy/config.alloy', 'consul/config/agent.hcl',
      'consul/config/kv-defaults.json', 'consul/config/services.json', 'docker-compose.yml',
      'grafana/provisioning/dashboards/dashboards.yml', 'grafana/provisioning/dashboards/rwa-kong.json',
      'grafana/provisioning/dashboards/rwa-presence.json', 'grafana/provisioning/dashboards/rwa-services-overview.json',
      'grafana/provisioning/datasources/datasources.yml', 'jaeger/config.yml', 'jaeger/ui.json', 'loki/loki-config.yml',
      'loki/promtail-config.yml', 'prometheus/prometheus.yml', 'prometheus/rules/rwa-alerts.yml', 'prometheus/targets/kong.json',
      'prometheus/targets/services.json',
    ], 'files')
  },

  'every JSON and YAML file parses': (stack) => {
    for (const path of stack.files()) {
      if (path.endsWith('.json')) stack.json(path)
      if (path.endsWith('.yml') && path !== 'docker-compose.yml') stack.yaml(path)
    }
  },

  'components can read the files as their own users': (stack) => {
    none(stack.files().filter((path) => (statSync(join(stack.folder, path)).mode & 0o444) !== 0o444))
  },

  'nothing secret, nothing of one machine, no floating versions': (stack) => {
    const forbidden = [/:latest\b/, /admin\/admin/, /changeme/i, /password:\s*["']?\w+["']?$/im, /\/work\//, /\/root\//, /\/home\/\w/]
    none(stack.files().flatMap((path) => forbidden.filter((each) => each.test(stack.read(path))).map((each) => `${path}: ${each}`)))
  },

  'files are tidy': (stack) => {
    none(stack.files().flatMap((path) => {
      const text = stack.read(path)
      const complaints = []
      if (!text.endsWith('\n') || text.endsWith('\n\n')) complaints.push(`${path}: end of file`)
      if (/[ \t]$/m.test(text)) complaints.push(`${path}: blanks at the end of a line`)
      if (text.includes('\r')) complaints.push(`${path}: carriage returns`)
      if (text.includes('\t') && !path.endsWith('.alloy')) complaints.push(`${path}: tabs`)
      const limit = path.includes('dashboards/') ? 2000 : path === 'docker-compose.yml' ? 700 : 500
      if (text.split('\n').length > limit) complaints.push(`${path}: more than ${limit} lines`)
      return complaints
    }))
  },
}
