// Jaeger. No Jaeger runs here, so these are the traps that are known.
import { none, same } from '../stack.mjs'

export default {
  'receivers listen where the services send': (stack) => {
    const { receivers } = stack.yaml('jaeger/config.yml')
    same([receivers.otlp.protocols.grpc.endpoint, receivers.otlp.protocols.http.endpoint, receivers.jaeger.protocols.thrift_http.endpoint],
      ['0.0.0.0:4317', '0.0.0.0:4318', '0.0.0.0:14268'], 'receivers')
  },

  'no endpoint is loopback': (stack) => {
    const endpoints = []
    const walk = (value, path) => {
      if (value === null || typeof value !== 'object') return
      for (const [key, child] of Object.entries(value)) {
        if (key === 'endpoint' || key === 'host') endpoints.push([`${path}.${key}`, child])
        walk(child, `${path}.${key}`)
      }
    }
    walk(stack.yaml('jaeger/config.yml'), 'config')
    const own = endpoints.filter(([path]) => !path.includes('metric_backends'))
    none(own.filter(([, value]) => !value.startsWith('0.0.0.0')).map(([path, value]) => `${path} = ${value}`))
    if (endpoints.length < 8) throw new Error(`only ${endpoints.length} endpoints`)
  },

  'pipelines use what is defined, and everything is used': (stack) => {
    const config = stack.yaml('jaeger/config.yml')
    const { pipelines, extensions } = config.service
    same(extensions.slice().sort(), Object.keys(config.extensions).sort(), 'extensions')
    const used = { receivers: new Set(), processors: new Set(), exporters: new Set() }
    for (const pipeline of Object.values(pipelines)) {
      for (const kind of Object.keys(used)) (pipeline[kind] ?? []).forEach((name) => used[kind].add(name))
    }
    const connectors = Object.keys(config.connectors)
    for (const kind of Object.keys(used)) {
      same([...used[kind]].filter((name) => !connectors.includes(name)).sort(), Object.keys(config[kind]).sort(), kind)
    }
    none(connectors.filter((name) => !used.receivers.has(name) || !used.exporters.has(name)).map((name) => `${name} connects nothing`))
    same(pipelines.traces.processors[0], 'memory_limiter', 'first processor')
  },

  'storage, monitor and health check fit together': (stack) => {
    const { extensions, exporters } = stack.yaml('jaeger/config.yml')
    const { backends, metric_backends: metrics } = extensions.jaeger_storage
    same(exporters.jaeger_storage_exporter.trace_storage, Object.keys(backends)[0], 'written storage')
    same([extensions.jaeger_query.storage.traces, extensions.jaeger_query.storage.metrics],
      [Object.keys(backends)[0], Object.keys(metrics)[0]], 'read storage')
    same([extensions.healthcheckv2.use_v2, extensions.healthcheckv2.http.endpoint], [true, '0.0.0.0:13133'], 'health check')
    if (!stack.config().services.jaeger.healthcheck.test.join(' ').includes(':13133/status')) throw new Error('health check port')
    const ui = stack.json('jaeger/ui.json')
    same([ui.monitor.menuEnabled, ui.dependencies.menuEnabled], [true, true], 'menus')
    const mount = stack.config().services.jaeger.volumes.find(({ type }) => type === 'bind').target
    same(extensions.jaeger_query.ui.config_file, `${mount}/ui.json`, 'ui file')
  },

  'processes of one service count as one, and no name is one that Jaeger warns of': (stack) => {
    const { connectors, service } = stack.yaml('jaeger/config.yml')
    same(Object.keys(connectors), ['span_metrics'], 'connectors')
    same(connectors.span_metrics.resource_metrics_key_attributes, ['service.name'], 'what tells services apart')
    same(service.telemetry.resource, { attributes: [{ name: 'service.name', value: 'jaeger' }] }, 'its own name')
  },

  'old traces give way before spans are refused': (stack) => {
    const { memory_limiter: limiter } = stack.yaml('jaeger/config.yml').processors
    const { environment, mem_limit: memory } = stack.config().services.jaeger
    const limit = Number(environment.JAEGER_SPAN_MEMORY_MIB)
    // A span with a dozen attributes takes about 2.2 KiB; 30 of them, and a quarter for what is on its way.
    const each = ((limit - limiter.spike_limit_mib) * 1024) / Number(environment.JAEGER_MAX_TRACES)
    if (each < 84) throw new Error(`${each} KiB for a trace`)
    if (limit > 0.8 * (Number(memory) / 1024 ** 2) || limit >= parseInt(environment.GOMEMLIMIT, 10)) throw new Error(`limit ${limit} MiB`)
  },

  'variables of its configuration come from the container': (stack) => {
    const { environment } = stack.config().services.jaeger
    const names = [...stack.read('jaeger/config.yml').matchAll(/\$\{env:([A-Z_]+):-([^}]+)\}/g)]
    if (names.length !== 3) throw new Error(`${names.length} variables`)
    for (const [, name, value] of names) same(String(environment[name]), value, name)
    // Its own spans would fill every list of services.
    same(environment.OTEL_TRACES_SAMPLER, 'always_off', 'sampler')
  },
}
