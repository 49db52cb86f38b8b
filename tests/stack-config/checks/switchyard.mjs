// x-switchyard: what the launcher shows and does.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { none, same } from '../stack.mjs'

const keys = new Set(['title', 'about', 'group', 'icon', 'recipe', 'default', 'excludes', 'uses', 'probe', 'links', 'reload', 'validate', 'check', 'part_of', 'flow', 'seed', 'replacement'])
const text = (value) => Boolean(value?.en && value.zh)

const each = (stack, complain) => none(stack.components().flatMap((component) =>
  complain(...component).map((what) => `${component[0]}: ${what}`)))

export default {
  'every service but the proxy is a component': (stack) => {
    const all = Object.keys(stack.config().services)
    same(all.filter((name) => !stack.components().some(([component]) => component === name)), ['docker-proxy'], 'supporting services')
  },

  'the proxy is a part of both collectors, and every service is checked by the rules of its program': (stack) => {
    const services = Object.entries(stack.written().services)
    same(services.filter(([, service]) => service['x-switchyard'].part_of).map(([name, service]) => [name, service['x-switchyard'].part_of]),
      [['docker-proxy', ['promtail', 'alloy']]], 'parts')
    none(services.filter(([name, service]) => service['x-switchyard'].check !== (name === 'docker-proxy' ? 'socket-proxy' : name)).map(([name]) => name))
  },

  'components are described in both languages': (stack) => {
    const groups = stack.config()['x-switchyard'].groups.map(({ id }) => id)
    each(stack, (name, meta) => [
      ...Object.keys(meta).filter((key) => !keys.has(key)).map((key) => `unknown key ${key}`),
      ...(text(meta.title) ? [] : ['title']),
      ...(text(meta.about) && /[一-鿿]/.test(meta.about.zh) ? [] : ['about']),
      ...(groups.includes(meta.group) ? [] : ['group']),
      ...(meta.icon === name ? [] : ['icon']),
    ])
    const { groups: titled, presets, title } = stack.config()['x-switchyard']
    none([{ id: 'stack', title }, ...titled, ...presets].filter((item) => !text(item.title)).map(({ id }) => `${id}: title`))
  },

  'all are on by default but alloy': (stack) => {
    same(stack.components().filter(([, meta]) => meta.default !== true).map(([name]) => name), ['alloy'], 'off')
  },

  'presets are the usual sets': (stack) => {
    const { presets } = stack.config()['x-switchyard']
    same(Object.fromEntries(presets.map(({ id, components }) => [id, components])), {
      discovery: ['consul'],
      logs: ['loki', 'promtail', 'grafana'],
      tracing: ['jaeger', 'grafana'],
      metrics: ['prometheus', 'alertmanager', 'grafana'],
      everything: ['consul', 'jaeger', 'loki', 'promtail', 'prometheus', 'alertmanager', 'grafana'],
    }, 'presets')
  },

  'relations name components': (stack) => {
    const names = stack.components().map(([name]) => name)
    const meta = Object.fromEntries(stack.components())
    each(stack, (name, { excludes = [], uses = [], replacement }) => [
      ...[...excludes, ...uses].filter((other) => !names.includes(other)).map((other) => `unknown ${other}`),
      ...excludes.filter((other) => !meta[other].excludes?.includes(name)).map((other) => `${other} does not exclude it`),
      ...(replacement && !(excludes.includes(replacement.component) && text(replacement.reason)) ? ['replacement'] : []),
    ])
    same(meta.promtail.replacement.component, 'alloy', 'replacement of promtail')
  },

  'probes and links use published ports': (stack) =>
    each(stack, (name, { probe, links = [], reload, seed }, { ports = [] }) => {
      const published = ports.map(({ target }) => target)
      const complaints = []
      for (const [what, item] of [['probe', probe], ['reload', reload?.port && reload], ...links.map((link) => [link.id, link])]) {
        if (!item) continue
        const server = item.component ? (stack.config().services[item.component]?.ports ?? []).map(({ target }) => target) : published
        if (!server.includes(item.port)) complaints.push(`${what}: port ${item.port} is not published`)
        if (!item.path.startsWith('/')) complaints.push(`${what}: path ${item.path}`)
        if (/[\s"{}]|\$/.test(item.path)) complaints.push(`${what}: path is not percent-encoded`)
      }
      if (!probe || probe.status !== 200) complaints.push('probe')
      if (probe?.body) new RegExp(probe.body)
      const ids = links.map(({ id }) => id)
      if (new Set(ids).size !== ids.length) complaints.push('two links with one id')
      complaints.push(...links.filter(({ title }) => !text(title)).map(({ id }) => `${id}: title`))
      if (seed && !existsSync(join(stack.folder, seed.file))) complaints.push(`seed: ${seed.file}`)
      return complaints
    }),

  'probes understand the answers of the real programs': (stack) => {
    const body = (name) => new RegExp(stack.written().services[name]['x-switchyard'].probe.body)
    const answers = [
      ['consul', '"127.0.0.1:8300"', true], ['consul', '""', false],
      ['prometheus', 'Prometheus Server is Ready.\n', true],
      ['loki', 'ready\n', true],
      ['promtail', 'Ready', true],
      ['alloy', 'Alloy is ready.\n', true],
      ['jaeger', '{"data":null,"total":0,"limit":0,"offset":0,"errors":null}', true],
      ['grafana', '{\n  "database": "ok",\n  "version": "12.4.9"\n}', true], ['grafana', '{"database":"failing"}', false],
    ]
    none(answers.filter(([name, answer, expected]) => body(name).test(answer) !== expected).map(([name, answer]) => `${name}: ${answer}`))
  },

  'links into Grafana name its data sources': (stack) => {
    const links = stack.components().flatMap(([name, { links = [] }]) => links.map((link) => [name, link]))
    const into = links.filter(([name, link]) => link.component === 'grafana' && link.path.startsWith('/explore'))
    same(into.map(([name]) => name).sort(), ['jaeger', 'loki', 'prometheus'], 'components with a link into Grafana')
    for (const [name, link] of into) {
      const pane = JSON.parse(new URL(link.path, 'http://x').searchParams.get('panes')).a
      same([pane.datasource, pane.queries[0].datasource.uid, pane.queries[0].datasource.type], [name, name, name], `data source of ${name}`)
    }
  },

  'the link to the logs is what Grafana understands': (stack) => {
    const link = stack.written().services.grafana['x-switchyard'].links.find(({ id }) => id === 'explore')
    const panes = JSON.parse(new URL(link.path, 'http://x').searchParams.get('panes'))
    same(panes.a.queries[0].expr, '{job="rwa-backend"}', 'query')
    same([panes.a.datasource, panes.a.queries[0].datasource.uid], ['loki', 'loki'], 'data source')
  },
}
