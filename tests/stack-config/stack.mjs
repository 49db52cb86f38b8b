// The stack folder as data, and the programs that judge it.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const folder = join(root, 'assets', 'stack')

/** A program that is not on this machine. */
export class MissingTool extends Error {}

const known = {
  promtool: { variable: 'PROMTOOL', names: ['promtool'], package: 'prometheus' },
  amtool: { variable: 'AMTOOL', names: ['amtool'], package: 'prometheus-alertmanager' },
  consul: { variable: 'CONSUL', names: ['consul'], package: 'consul' },
  compose: { variable: 'DOCKER_COMPOSE', names: ['docker-compose'], package: 'docker-compose' },
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function find(tool) {
  const { variable, names, package: debian } = known[tool]
  const set = process.env[variable]
  if (set) {
    if (executable(set)) return set
    throw new MissingTool(`${variable}=${set} is not a program`)
  }
  const folders = [join(root, 'target', 'test-engine', 'tools', 'bin'), ...(process.env.PATH ?? '').split(delimiter)]
  for (const name of names) {
    const path = folders.map((each) => join(each, name)).find(executable)
    if (path) return path
  }
  throw new MissingTool(`${names[0]} not found: install Debian's package ${debian}, or set ${variable}`)
}

/** Runs a program; its output is part of the error when it fails. */
function run(tool, args, { env = {}, fails = false } = {}) {
  const path = find(tool)
  // Variables of the shell win over .env, so a port that is set there would be checked in place of the default.
  const result = spawnSync(path, args, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: tmpdir(), ...env } })
  if (result.error) throw result.error
  const output = `${result.stdout}${result.stderr}`
  if ((result.status !== 0) !== fails) {
    throw new Error(`${tool} ${args.join(' ')} ended with ${result.status}:\n${output}`)
  }
  return fails ? output : result.stdout
}

/** Calls `use` with a new folder that is gone afterwards. */
function temporary(use) {
  const path = mkdtempSync(join(tmpdir(), 'stack-config-'))
  try {
    return use(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

const read = (path) => readFileSync(join(folder, path), 'utf8')
const json = (path) => JSON.parse(read(path))

function files(path = folder) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name)
    return entry.isDirectory() ? files(child) : [relative(folder, child)]
  })
}

/**
 * A YAML file as data. Node has no YAML parser and compose has a good one, so the file travels as an extension field
 * of an empty project.
 */
function yaml(path, env, more) {
  const indented = read(path).split('\n').map((line) => `  ${line}`).join('\n')
  return temporary((temp) => {
    const project = join(temp, 'compose.yaml')
    writeFileSync(project, `name: check\nservices: { none: { image: none } }\nx-file:\n${indented}\n`)
    return JSON.parse(run('compose', ['--env-file', '/dev/null', '-f', project, 'config', '--format', 'json', ...more], { env }))['x-file']
  })
}

const cache = new Map()
function once(key, make) {
  if (!cache.has(key)) cache.set(key, make())
  return cache.get(key)
}

const password = { GRAFANA_ADMIN_PASSWORD: 'for-the-check' }
function config(env = password) {
  const args = ['--env-file', '/dev/null', '-f', join(folder, 'docker-compose.yml'), '--profile', '*', 'config', '--format', 'json']
  return once(`config ${JSON.stringify(env)}`, () => JSON.parse(run('compose', args, { env })))
}

const written = () => once('written', () => yaml('docker-compose.yml', password, []))

export const stack = {
  folder,
  here,
  read,
  json,
  files,
  run,
  temporary,
  password,
  yaml: (path) => once(`yaml ${path}`, () => yaml(path, {}, ['--no-interpolate'])),
  /** The resolved project; the variables are the environment, as if `.env` said so. */
  config,
  /** The project as written, with defaults in place of variables: compose leaves `x-` keys of services out of `config`. */
  written,
  /** The components: services with a card, as `[name, x-switchyard, service]`. */
  components: () => Object.entries(written().services).filter(([, service]) => service['x-switchyard'] && !service['x-switchyard'].part_of)
    .map(([name, service]) => [name, service['x-switchyard'], config().services[name]]),
}

/** Fails with all of the given complaints at once. */
export function none(complaints) {
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
}

/** Fails unless both are the same as JSON. */
export function same(actual, expected, what) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== e) throw new Error(`${what}\n  is       ${a}\n  expected ${e}`)
}
