import { execFile } from 'node:child_process'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { commands } from '../src/commands/index.ts'
import { run } from './support/command.ts'
import { t } from './support/tap.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

t.test('it names every command, and every guide', async (t) => {
  for (const name of Object.keys(commands)) t.ok(readme.includes(`\`${name}\``), name)
  for (const name of readdirSync(new URL('../docs/', import.meta.url)).filter((name) => name.endsWith('.md'))) t.ok(readme.includes(`(docs/${name})`), name)
})

t.test('its curl lines do the main job when pasted', async (t) => {
  const block = /## The main job[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  t.equal([...block.matchAll(/^curl /gm)].length, 5)
  const server = run(t, ['serve'], { env: { PORT: '0', LOG_LEVEL: 'warn' } })
  const port = (await server.sees(/answers on http:\/\/127\.0\.0\.1:(\d+)/))[1]
  const token = (await server.sees(/Admin token: (\S+)/))[1]
  const script = block.replaceAll('localhost:3000', `localhost:${port}`).replaceAll(/^(curl .*)$/gm, '$1; echo')
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: { PATH: process.env.PATH, TOKEN: token } })
  const [made, published, read, comment, found] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(made, { status: 'draft', slug: 'harbour-reopens', highlightLists: [{ items: [{ target: { anchor: 'background' } }] }] })
  t.match(published, { status: 'published' })
  t.match(read, { id: made.id, headline: 'Harbour reopens', authors: [{ name: 'Ada Berg' }], commentCount: 0 })
  t.match(comment, { status: 'approved', bodyHtml: '<p>Good <em>news</em>.</p>' })
  t.match(found, { data: [{ id: made.id, snippet: '<mark>Crews</mark> worked through the <mark>night</mark>.' }] })
})

t.test('npm test runs each file of tests once', async (t) => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  const files = (pattern: string) => globSync(pattern, { cwd: new URL('../', import.meta.url).pathname })
  const run = [...read('.taprc').matchAll(/^ {2}- "(test\/.*)"$/gm)].flatMap(([, pattern = '']) => files(pattern))
  const patterns = run.flatMap((file) => (file.startsWith('test/processes/') ? [...read(file).matchAll(/'([^']+\.test\.ts)'/g)] : []))
  const alone = run.filter((file) => file.endsWith('.test.ts'))
  const together = patterns.flatMap(([, pattern]) => files(`test/${pattern}`))
  t.strictSame([...alone, ...together].sort(), files('test/**/*.test.ts').sort())
})
