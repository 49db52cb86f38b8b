// .env.example, the form in x-switchyard and the variables of docker-compose.yml say the same.
import { none, same } from '../stack.mjs'

const secrets = ['GRAFANA_ADMIN_PASSWORD']

/** name -> default, from lines `NAME=value` and `# NAME=value`. */
function example(stack) {
  const pairs = [...stack.read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name, value])
  none(pairs.map(([name]) => name).filter((name, index, all) => all.indexOf(name) !== index).map((name) => `${name} twice`))
  return Object.fromEntries(pairs)
}

/** name -> the defaults it is used with, in the text outside of comments. */
function used(stack) {
  const text = stack.read('docker-compose.yml').split('\n').filter((line) => !/^\s*#/.test(line)).join('\n')
  const defaults = {}
  for (const [, name, operator, value] of text.matchAll(/\$\{([A-Z][A-Z0-9_]*)(:-|:\?)?([^}]*)\}/g)) {
    defaults[name] ??= new Set()
    defaults[name].add(operator === ':-' ? value : undefined)
  }
  return defaults
}

const fields = (stack) => stack.config()['x-switchyard'].env
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))

const valid = {
  secret: () => true,
  string: () => true,
  path: (value) => value.startsWith('/'),
  port: (value) => /^\d+$/.test(value) && value > 0 && value < 65536,
  address: (value) => /^\d+(\.\d+){3}$/.test(value),
  bytes: (value) => /^\d+[kmg]$/.test(value),
  cpus: (value) => /^\d+(\.\d+)?$/.test(value) && value > 0,
  duration: (value) => /^\d+[smhd]$/.test(value),
  choice: (value, { choices }) => choices.includes(value),
  boolean: (value) => value === 'true' || value === 'false',
  number: (value) => /^\d+$/.test(value),
}

export default {
  'the form has every variable of .env.example with its default': (stack) => {
    const form = Object.fromEntries(fields(stack).map(({ name, default: value }) => [name, value ?? '']))
    same(sorted(form), sorted(example(stack)), 'x-switchyard.env against .env.example')
  },

  'every variable is used, always with the same default': (stack) => {
    const uses = Object.fromEntries(Object.entries(used(stack)).map(([name, defaults]) => {
      if (defaults.size !== 1) throw new Error(`${name} has several defaults: ${[...defaults].join(', ')}`)
      return [name, [...defaults][0] ?? '']
    }))
    same(sorted(uses), sorted(example(stack)), 'docker-compose.yml against .env.example')
  },

  'what is set takes effect': (stack) => {
    // Values that occur nowhere else; the resolved project must contain each of them.
    const probe = {
      port: (n) => `${20000 + n}`, bytes: (n) => `${400 + n}m`, cpus: (n) => `0.${600 + n}1`, number: (n) => `${700 + n}`,
      duration: (n) => `${900 + n}s`, address: () => '10.9.8.7', boolean: () => 'true', choice: () => 'error',
      path: () => '/run/probe.sock', string: (n) => `probe${n}`, secret: (n) => `probe${n}`,
    }
    const seen = { bytes: (value) => `${parseInt(value, 10) * 1024 * 1024}` }
    const env = Object.fromEntries(fields(stack).map(({ name, type }, index) => [name, probe[type](index)]))
    const { 'x-switchyard': _form, ...rest } = stack.config(env)
    const text = JSON.stringify(rest)
    none(fields(stack).flatMap(({ name, type, group }) => {
      const value = type === 'bytes' && name.endsWith('_MEMORY') ? seen.bytes(env[name]) : env[name]
      // Durations are rewritten by compose: 901s is 15m1s.
      const shown = type === 'duration' && group === 'general' ? `${Math.floor(parseInt(value, 10) / 60)}m${parseInt(value, 10) % 60}s` : value
      return text.includes(shown) ? [] : [`${name}=${value} changes nothing`]
    }))
  },

  'every field is complete in both languages': (stack) => {
    const groups = new Set(['general', ...stack.components().map(([name]) => name)])
    none(fields(stack).flatMap((field) => {
      const { name, type, default: value, group, title, help, choices, generate, ...rest } = field
      const complaints = []
      const want = (holds, what) => holds || complaints.push(`${name}: ${what}`)
      want(valid[type], `type ${type}`)
      want(groups.has(group), `group ${group}`)
      want(title?.en && title.zh, 'title')
      want(!help || (help.en && help.zh), 'help')
      want(!help || /[一-鿿]/.test(help.zh), 'help.zh is not Chinese')
      want((type === 'choice') === Array.isArray(choices), 'choices')
      want((type === 'secret') === (generate >= 16), 'generate')
      want((type === 'secret') === (value === undefined), 'default')
      want(value === undefined || typeof value === 'string', 'the default is not a text')
      want(!value || valid[type]?.(value, field), `${value} is not a ${type}`)
      want(Object.keys(rest).length === 0, `unknown keys ${Object.keys(rest)}`)
      return complaints
    }))
  },

  'no secret has a value': (stack) => {
    const values = example(stack)
    none(secrets.filter((name) => values[name] !== '').map((name) => `${name} has a value`))
    same(fields(stack).filter(({ type }) => type === 'secret').map(({ name }) => name), secrets, 'secrets')
  },

  'only the secret is set, so that an updated stack brings new versions': (stack) => {
    const set = [...stack.read('.env.example').matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name)
    same(set, secrets, 'lines without #')
  },
}
