// What Grafana's browser code runs: regular expressions, in JavaScript, and the links between logs, traces and metrics.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

const source = (stack, uid) =>
  stack.yaml('grafana/provisioning/datasources/datasources.yml').datasources.find((each) => each.uid === uid).jsonData
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

/** Every regular expression in a data source or dashboard, with the path to it. */
function expressions(value, path) {
  if (value === null || typeof value !== 'object') return []
  const own = []
  if (['byRegexp', 'byRegex'].includes(value.id)) own.push([`${path}.options`, value.options])
  for (const key of ['matcherRegex', 'regex', 'regExp', 'pattern', 'renamePattern']) {
    if (typeof value[key] === 'string' && value[key] !== '') own.push([`${path}.${key}`, value[key]])
  }
  return [...own, ...Object.entries(value).flatMap(([key, child]) => expressions(child, `${path}.${key}`))]
}

function all(stack) {
  const dashboards = stack.files().filter((path) => path.includes('/dashboards/') && path.endsWith('.json'))
  return [
    ...expressions(stack.yaml('grafana/provisioning/datasources/datasources.yml').datasources, 'datasources'),
    ...dashboards.flatMap((path) => expressions(stack.json(path), path.split('/').at(-1))),
  ]
}

/** As Grafana reads one: `/pattern/flags`, or the pattern alone. */
function javascript(text) {
  const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? []
  return pattern === undefined ? new RegExp(text) : new RegExp(pattern, flags)
}

/** Path of an expression: texts in which it must find this, or nothing. */
const samples = {
  'datasources.1.jsonData.derivedFields.0.matcherRegex': [['trace_id', 'trace_id'], ['traceparent', null]],
  'datasources.1.jsonData.derivedFields.1.matcherRegex': [
    [`{"msg":"x","traceId":"${trace}"}`, trace],
    [`level=info TRACE-ID=${trace.toUpperCase()}`, trace.toUpperCase()],
    [`Trace_ID: ${trace.slice(16)} done`, trace.slice(16)],
    ['{"level":"error","trace_id":"abc123"}', 'abc123'],
    ['trace_id=none', null],
    ['trace_id=abc12', null],
    ['trace_id=feedbacks', null],
    ['traceId=550e8400-e29b-41d4-a716-446655440000', null],
  ],
}

export default {
  'every regular expression is one of JavaScript, and finds what it is for': (stack) => {
    const found = all(stack)
    none(found.flatMap(([path, text]) => {
      let expression
      try {
        expression = javascript(text)
      } catch (error) {
        return [`${path}: ${error.message}`]
      }
      if (!samples[path]) return [`${path}: ${text} has no sample here`]
      return samples[path].flatMap(([line, expected]) => {
        const match = expression.exec(line)
        const what = match ? match[1] ?? match[0] : null
        return what === expected ? [] : [`${path}: finds ${what} in ${line}`]
      })
    }))
    same(Object.keys(samples).filter((path) => !found.some(([each]) => each === path)), [], 'samples of what is not there')
  },

  'expressions are looked for in all places where Grafana keeps them': () => {
    const panel = {
      fieldConfig: { overrides: [{ matcher: { id: 'byRegexp', options: '/a/' } }],
        defaults: { mappings: [{ type: 'regex', options: { pattern: 'b', result: {} } }] } },
      transformations: [{ id: 'renameByRegex', options: { regex: 'c', renamePattern: 'd' } },
        { id: 'filterFieldsByName', options: { include: { pattern: 'e' } } }],
    }
    const board = { panels: [panel], templating: { list: [{ name: 'x', regex: '/f/' }, { name: 'y', regex: '' }] } }
    same(expressions(board, '').map(([, text]) => text).sort(), ['/a/', '/f/', 'b', 'c', 'd', 'e'], 'expressions')
  },

  'a derived field takes one group': (stack) => {
    const { derivedFields } = source(stack, 'loki')
    same(derivedFields.map(({ name }) => name).length, new Set(derivedFields.map(({ name }) => name)).size, 'names')
    same(derivedFields.map(({ matcherType }) => matcherType), ['label', 'regex'], 'kinds')
    none(derivedFields.filter(({ matcherType, matcherRegex }) =>
      matcherType === 'regex' && new RegExp(`${matcherRegex}|`).exec('').length !== 2).map(({ name }) => `${name}: groups`))
  },

  'the logs of a trace are asked for without a tag, which Jaeger does not give': (stack) => {
    const { tracesToLogsV2: { query, customQuery, tags } } = source(stack, 'jaeger')
    same([query.replaceAll('$$', '$'), customQuery, tags], ['{job="rwa-backend"} | trace_id="${__trace.traceId}"', true, undefined], 'query')
  },

  'the metrics of a span are a query with tags and without': (stack) => {
    const { queries, tags } = source(stack, 'jaeger').tracesToMetrics
    same(tags, [{ key: 'service.name', value: 'service_name' }], 'tags')
    const filled = queries.flatMap(({ query }) => ['', 'service_name="identity-service"'].map((value) => query
      .replaceAll('$$', '$').replaceAll('${__tags}', value).replaceAll('${__span.name}', 'POST /login')))
    none(filled.filter((query) => query.includes('$') || !query.includes('{span_name="POST /login", ')))
    stack.temporary((temp) => {
      const file = join(temp, 'links.yml')
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'links', rules: filled.map((expr, index) => ({ record: `link:${index}`, expr })) }] }))
      stack.run('promtool', ['check', 'rules', file])
    })
  },
}
