// Consul: the agent's configuration, the services and the initial keys.
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

export default {
  'consul accepts agent and services': (stack) => {
    stack.run('consul', ['validate', join(stack.folder, 'consul/config/agent.hcl'), join(stack.folder, 'consul/config/services.json')])
  },

  'the keys are not taken for configuration': (stack) => {
    const { command, volumes } = stack.config().services.consul
    none(command.filter((flag) => flag.startsWith('-config-dir')).map((flag) => `${flag} would load kv-defaults.json`))
    same(command.filter((flag) => flag.startsWith('-config-file=')),
      ['-config-file=/consul/rwa/agent.hcl', '-config-file=/consul/rwa/services.json'], 'configuration files')
    // The entrypoint changes the owner of /consul/config and ends when it cannot.
    none(volumes.filter(({ target }) => target === '/consul/config').map(() => 'mounted on /consul/config'))
  },

  'services are what Prometheus and the dashboards expect': (stack) => {
    const { services } = stack.json('consul/config/services.json')
    same(services.map(({ name }) => name),
      ['identity-service', 'wallet-service', 'mpc-service', 'reward-service', 'presence-service', 'kong'], 'services')
    const ids = services.flatMap(({ id, checks }) => [id, ...checks.map((check) => check.id)])
    none(ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} twice`))
    none(services.flatMap(({ name, address, port, meta, checks }) => {
      const complaints = []
      const want = (holds, what) => holds || complaints.push(`${name}: ${what}`)
      // Left out, it is the address of the agent: 127.0.0.1 in Consul's own container.
      want(address === 'host.docker.internal' && port > 0, 'address')
      want(Object.values(meta).every((value) => typeof value === 'string'), 'metadata are texts')
      want(meta.service === name, 'meta.service')
      want(meta.scrape === 'false' || (/^\d+$/.test(meta.metrics_port) && meta.metrics_path.startsWith('/')), 'metadata for metrics')
      want(checks.length > 0, 'checks')
      for (const check of checks) {
        // Consul warns of a service that is not there at each check.
        want(parseInt(check.interval, 10) >= 30, 'asked too often')
        want(/^http:\/\/host\.docker\.internal:\d+\//.test(check.http), 'http')
        want(/^\d+s$/.test(check.interval) && /^\d+s$/.test(check.timeout), 'durations have a unit')
        // A service from a file would vanish until the next reload.
        want(!check.deregister_critical_service_after, 'deregister_critical_service_after')
      }
      return complaints
    }))
  },

  'initial keys are keys that Consul takes': (stack) => {
    const { version, keys, ...rest } = stack.json('consul/config/kv-defaults.json')
    same(Object.keys(rest), [], 'other keys')
    same([typeof version, keys['rwa/config/global/log_level']], ['number', 'info'], 'version and log level')
    none(Object.entries(keys).filter(([key, value]) =>
      typeof value !== 'string' || !/^rwa(\/[a-z0-9_-]+)+$/.test(key)).map(([key]) => key))
  },
}
