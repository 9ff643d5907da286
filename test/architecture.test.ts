import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { t } from './support/tap.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const page = read('docs/architecture.md')
const sources = (readdirSync(new URL('../src/', import.meta.url), { recursive: true }) as string[])
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(`src/${name}`))

t.test('every lock has its place in the list', async (t) => {
  const names = new Set(['migrations', 'listeners'])
  for (const text of sources)
    for (const [, list = ''] of text.matchAll(/(?:lock\(\[|\(\{ id \}\) => |\(key\) => |\(\) => )((?:[`'][a-z-]+(?::[a-z]+)?(?::\$|'|`)[^\n]*))/g))
      for (const [, name = ''] of list.matchAll(/[`']([a-z-]+(?::[a-z]+)?:?)(?=\$|'|`)/g)) names.add(name)
  t.ok(names.has('article:') && names.has('events') && names.has('slug:') && names.has('name:author:'))
  for (const name of names) t.ok(page.includes(`\`${name}\``), String(name))
})

t.test('every member of the engine is named', async (t) => {
  const [, members = ''] = /export type Engine = \{([\s\S]*?)\n\}/.exec(read('src/database/engine.ts')) ?? []
  const names = [...members.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name)
  t.ok(names.length > 20)
  for (const name of names) t.ok(page.includes(`\`${name}\``), String(name))
})

t.test('the files and flags that it names are there', async (t) => {
  for (const [, path = ''] of page.matchAll(/`((?:[a-z-]+\/)+[a-z0-9.-]+\.ts)`/g))
    t.ok(
      ['', 'src/', 'test/'].some((folder) => sourcesAt(`${folder}${path}`)),
      path,
    )
  const { config } = JSON.parse(read('package.json'))
  for (const flag of config.node_flags.split(' ')) t.ok(page.includes(`\`${flag}\``), flag)
  // One that V8 doesn't know any more is passed over at run time, where the server sets it.
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
  const flags = page.slice(page.indexOf('## Flags of V8')).matchAll(/`--(?:no-)?([a-z-]+)(?:=\d+)?`/g)
  for (const [, name = ''] of flags) t.match(known, `--${name} `, name)
})

function sourcesAt(path: string): boolean {
  try {
    return read(path).length > 0
  } catch {
    return false
  }
}

t.test('each decision is listed, and says why and what was rejected', async (t) => {
  const folder = new URL('../docs/decisions/', import.meta.url)
  const names = readdirSync(folder).filter((name) => name !== 'README.md')
  t.ok(names.length >= 8)
  const list = read('docs/decisions/README.md')
  for (const name of names) {
    const text = read(`docs/decisions/${name}`)
    const [, number, title] = /^# (\d+)\. (.*)/.exec(text) ?? []
    t.ok(list.includes(`${number}. [${title}](${name})`), name)
    for (const part of ['Context', 'Decision', 'Considered and rejected', 'Consequences']) t.ok(text.includes(`**${part}`), `${name}: ${part}`)
  }
})

t.test('every setting is explained in it or in the guide for operators', async (t) => {
  const pages = page + read('docs/operators.md')
  for (const [, name = ''] of read('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): setting\(/gm)) t.ok(pages.includes(`\`${name}\``), name)
})
