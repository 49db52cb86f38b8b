// docker-compose.yml as docker compose itself understands it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

const mebibyte = 1024 * 1024
const supported = new Set([
  'image', 'command', 'entrypoint', 'environment', 'env_file', 'depends_on', 'healthcheck', 'ports', 'expose', 'volumes',
  'networks', 'restart', 'logging', 'labels', 'mem_limit', 'mem_reservation', 'cpus', 'deploy', 'user', 'group_add', 'init',
  'read_only', 'tmpfs', 'cap_add', 'cap_drop', 'security_opt', 'pids_limit', 'ulimits', 'sysctls', 'extra_hosts', 'dns',
  'stop_grace_period', 'stop_signal', 'profiles', 'hostname', 'domainname', 'working_dir', 'pull_policy', 'platform',
  'shm_size', 'tty', 'stdin_open', 'network_mode', 'x-switchyard',
])

const services = (stack, env) => Object.entries(stack.config({ ...stack.password, ...env }).services)
const each = (stack, complain) => none(services(stack).flatMap(([name, service]) => complain(name, service) ?? []))

export default {
  'docker compose accepts the project': (stack) => {
    same(stack.config().name, 'rwa-observability', 'project name')
    same(Object.keys(stack.config().services).sort(),
      ['alertmanager', 'alloy', 'consul', 'docker-proxy', 'grafana', 'jaeger', 'loki', 'prometheus', 'promtail'], 'services')
  },

  'without a password it says which one and where': (stack) => {
    const output = stack.run('compose',
      ['--env-file', '/dev/null', '-f', join(stack.folder, 'docker-compose.yml'), 'config', '-q'], { fails: true })
    if (!/GRAFANA_ADMIN_PASSWORD.*set it in \.env/.test(output)) throw new Error(output)
  },

  'a plain up starts everything but alloy': (stack) => {
    const held = services(stack).filter(([, service]) => service.profiles).map(([name]) => name)
    same(held, ['alloy'], 'services behind a profile')
  },

  'only keys that Switchyard loads': (stack) =>
    each(stack, (name, service) =>
      Object.keys(service).filter((key) => !supported.has(key)).map((key) => `${name}: ${key}`)),

  'every image is pinned, and follows the registry prefix': (stack) => {
    each(stack, (name, { image }) => /^[a-z0-9-]+\/[a-z0-9-]+:v?\d+\.\d+\.\d+$/.test(image) ? [] : [`${name}: ${image}`])
    none(services(stack, { HUB_REGISTRY: 'mirror.example.com/' })
      .filter(([, { image }]) => !image.startsWith('mirror.example.com/'))
      .map(([name, { image }]) => `${name} ignores HUB_REGISTRY: ${image}`))
  },

  'every port is on the bind address, and on none twice': (stack) => {
    for (const address of ['127.0.0.1', '10.1.2.3']) {
      const ports = services(stack, { BIND_ADDRESS: address })
        .flatMap(([name, { ports = [] }]) => ports.map((port) => ({ name, ...port })))
      none(ports.filter((port) => port.host_ip !== address).map((port) => `${port.name}: ${port.published} on ${port.host_ip}`))
      const keys = ports.map((port) => `${port.published}/${port.protocol}`)
      none(keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} is published twice`))
      // Sentry's port.
      none(keys.filter((key) => key.startsWith('9000/')).map((key) => `${key} is not ours`))
    }
  },

  'the ports that everyone knows': (stack) => {
    const published = Object.fromEntries(services(stack)
      .map(([name, { ports = [] }]) => [name, ports.map((port) => `${port.published}:${port.target}`)]))
    same(published, {
      alertmanager: ['9093:9093'], alloy: ['12345:12345'], consul: ['8500:8500', '8600:8600', '8600:8600'], 'docker-proxy': [],
      grafana: ['3030:3000'], jaeger: ['16686:16686', '14268:14268', '4317:4317', '4318:4318'], loki: ['3100:3100'],
      prometheus: ['9090:9090'], promtail: ['9080:9080'],
    }, 'published ports')
  },

  'every service is confined': (stack) =>
    each(stack, (name, service) => {
      const complaints = []
      const want = (holds, what) => holds || complaints.push(`${name}: ${what}`)
      want(service.restart === 'unless-stopped', 'restart')
      want(service.cap_drop?.includes('ALL'), 'cap_drop ALL')
      want(service.cap_add === undefined || name === 'consul', 'cap_add')
      want(service.security_opt?.includes('no-new-privileges:true'), 'no-new-privileges')
      want(!service.privileged && !service.ulimits && !service.network_mode, 'privileged, ulimits or network_mode')
      want(service.pids_limit > 0, 'pids_limit')
      want(Number(service.cpus) > 0, 'cpus')
      want(service.logging?.driver === 'json-file', 'logging driver')
      want(service.logging?.options?.['max-size'] && service.logging.options['max-file'], 'log rotation')
      want(service.read_only || ['consul', 'grafana'].includes(name), 'read_only')
      return complaints
    }),

  'a laptop with 8 GB can hold it': (stack) => {
    const limits = Object.fromEntries(services(stack).map(([name, { mem_limit }]) => [name, Number(mem_limit) / mebibyte]))
    none(Object.entries(limits).filter(([, limit]) => !(limit >= 16)).map(([name]) => `${name}: mem_limit`))
    const sum = Object.values(limits).reduce((a, b) => a + b, 0)
    // Only one of the collectors runs.
    const total = sum - Math.min(limits.promtail, limits.alloy)
    if (total > 2.75 * 1024) throw new Error(`${total} MiB`)
  },

  'Go programs know their memory limit': (stack) =>
    each(stack, (name, { mem_limit, environment }) => {
      if (!environment?.GOMEMLIMIT) return []
      const [, mebibytes] = /^(\d+)MiB$/.exec(environment.GOMEMLIMIT) ?? []
      const part = (Number(mebibytes) * mebibyte) / Number(mem_limit)
      return part >= 0.8 && part <= 0.92 ? [] : [`${name}: GOMEMLIMIT is ${part} of mem_limit`]
    }),

  'every service has a health check that works on every engine': (stack) =>
    each(stack, (name, { healthcheck }) => {
      if (!healthcheck?.test) return [`${name}: none`]
      const complaints = []
      // Needs API 1.44.
      if (healthcheck.start_interval) complaints.push(`${name}: start_interval`)
      // localhost may be ::1, where not every program listens.
      if (healthcheck.test.join(' ').includes('localhost')) complaints.push(`${name}: localhost`)
      for (const key of ['interval', 'timeout', 'retries', 'start_period']) {
        if (!healthcheck[key]) complaints.push(`${name}: ${key}`)
      }
      const programs = {
        loki: '/usr/bin/loki', 'docker-proxy': '/healthcheck', promtail: 'bash', alloy: 'bash',
      }
      const expected = programs[name] ?? 'wget'
      if (!healthcheck.test[1].startsWith(expected)) complaints.push(`${name}: its image has only ${expected}`)
      return complaints
    }),

  'only the collectors depend on something': (stack) =>
    each(stack, (name, { depends_on = {} }) => {
      const collector = ['promtail', 'alloy'].includes(name)
      same(Object.entries(depends_on).map(([on, { condition }]) => `${on} ${condition}`).sort(),
        collector ? ['docker-proxy service_healthy', 'loki service_healthy'] : [], name)
    }),

  'stop signals arrive, and nobody waits for what does not end': (stack) => {
    const { consul, 'docker-proxy': proxy } = stack.config().services
    same(consul.cap_add.slice().sort(), ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'], 'capabilities of consul')
    same(proxy.command.filter((flag) => flag.startsWith('-shutdown')), ['-shutdowngracetime=1'], 'docker-proxy')
  },

  'configuration is mounted read-only as folders that exist': (stack) =>
    each(stack, (name, { volumes = [] }) =>
      volumes.filter(({ type }) => type === 'bind').flatMap(({ source, target, read_only: readOnly }) => {
        const complaints = readOnly ? [] : [`${name}: ${target} is writable`]
        if (source !== '/var/run/docker.sock') {
          if (!existsSync(join(source, '.'))) complaints.push(`${name}: ${source} is not a folder`)
          if (!source.startsWith(stack.folder)) complaints.push(`${name}: ${source} is outside of the stack`)
        }
        return complaints
      })),

  'data is in volumes of its own': (stack) => {
    const used = services(stack).flatMap(([, { volumes = [] }]) =>
      volumes.filter(({ type }) => type === 'volume').map(({ source }) => source))
    same(used.sort(), Object.keys(stack.config().volumes).sort(), 'volumes')
  },

  'the Docker socket is only behind the proxy': (stack) => {
    const { services: all, networks } = stack.config()
    const mounted = Object.entries(all).filter(([, { volumes = [] }]) => volumes.some(({ source }) => source.endsWith('.sock')))
    same(mounted.map(([name]) => name), ['docker-proxy'], 'mounts of the socket')
    same(Object.keys(all['docker-proxy'].networks), ['docker-api'], 'networks of the proxy')
    same(networks['docker-api'].internal, true, 'docker-api is internal')
    const near = Object.entries(all).filter(([, { networks: joined }]) => 'docker-api' in joined).map(([name]) => name).sort()
    same(near, ['alloy', 'docker-proxy', 'promtail'], 'services on docker-api')
    const from = all['docker-proxy'].command.find((flag) => flag.startsWith('-allowfrom=')).slice('-allowfrom='.length)
    for (const name of ['promtail', 'alloy']) same(all[name].networks['docker-api'].aliases, [from], `alias of ${name}`)
  },

  'the proxy lets logs through and nothing else': (stack) => {
    const { command } = stack.config().services['docker-proxy']
    const allowed = command.filter((flag) => flag.startsWith('-allow') && !/^-allow(from|healthcheck)/.test(flag))
    same(allowed.map((flag) => flag.split('=')[0]), ['-allowHEAD', '-allowGET'], 'methods')
    // The proxy anchors the expression itself.
    const get = new RegExp(`^${allowed[1].slice('-allowGET='.length)}$`)
    const id = '4f1c'.repeat(16)
    const yes = ['/_ping', '/version', '/events', '/networks', '/networks/bridge', '/containers/json',
      `/containers/${id}/json`, `/containers/${id}/logs`].flatMap((path) => [path, `/v1.41${path}`])
    const no = ['/', '/info', '/images/json', '/secrets', '/configs', '/volumes', '/system/df', '/build', '/v1.41/info',
      `/containers/${id}/archive`, `/containers/${id}/export`, `/containers/${id}/top`, `/containers/${id}/attach/ws`,
      `/containers/${id}/logs/x`, `/containers/a/b/json`, '/exec/1/json', '/v1.41/../info', '/x/version', '/versionx']
    none([...yes.filter((path) => !get.test(path)).map((path) => `refused: ${path}`),
      ...no.filter((path) => get.test(path)).map((path) => `allowed: ${path}`)])
  },

  'containers reach services on this machine': (stack) => {
    for (const name of ['consul', 'prometheus']) {
      same(stack.config().services[name].extra_hosts, ['host.docker.internal=host-gateway'], name)
    }
  },

  'the log pipeline does not collect itself': (stack) => {
    const label = (key, value) => services(stack).filter(([, { labels = {} }]) => labels[key] === value).map(([name]) => name)
    same(label('rwa.logs', 'ignore').sort(), ['alloy', 'docker-proxy', 'loki', 'promtail'], 'rwa.logs: ignore')
    same(label('rwa.stack', 'infrastructure').length, services(stack).length, 'rwa.stack: infrastructure')
  },
}
